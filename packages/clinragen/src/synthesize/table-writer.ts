/**
 * Writes the tables as gzip-compressed CSV, streaming: a row is gone from memory once its buffer is compressed, and the
 * compressor works on a thread of its own while the next rows are made.
 *
 * Quoting is MIMIC's: only where a value holds a comma, a quote or a line break; quotes are doubled; nothing stands for
 * NULL. Files carry a temporary name until `finish`, and zlib writes no time into the header, so the bytes depend on the
 * rows and the level alone.
 */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { createGzip, type Gzip } from 'node:zlib';

export type Value = string | number | undefined;

export interface Compression {
  /** gzip's level, 1 (fast) to 9 (small). */
  readonly level: number;
}

/** Characters of text that are turned into bytes at once: as few as die young, or collecting them takes half the time. */
const SPILL_AT = 1 << 13;
/** Bytes that are handed to the compressor at once: a few milliseconds of work for either side. */
const PORTION = 1 << 20;
/** Bytes that may wait for the compressor before the writer waits for it. */
const BACKLOG = 8 << 20;

export class TableFile {
  rows = 0;
  #text: string;
  #portion: Buffer = Buffer.allocUnsafe(0);
  #filled = 0; // bytes of the portion
  #waiting: Buffer[] = [];
  readonly #numbered: boolean;
  readonly #gzip: Gzip;
  readonly #file: WriteStream;
  readonly #temporary: string;
  readonly #final: string;

  /** @param columns  the header; a first column `ROW_ID` is filled by `row` itself */
  constructor(path: string, columns: string, { level }: Compression) {
    this.#final = path;
    this.#temporary = `${path}.tmp-${process.pid}`;
    this.#text = `${columns}\n`;
    this.#numbered = columns.startsWith('ROW_ID,');
    this.#gzip = createGzip({ level, chunkSize: 1 << 18, ...{ writableHighWaterMark: BACKLOG } });
    this.#file = createWriteStream(this.#temporary);
    this.#gzip.pipe(this.#file);
    // An error of the file must end the gzip stream too, or `finish` would wait for ever.
    this.#file.on('error', (error) => this.#gzip.destroy(error));
    this.#gzip.on('error', () => {});
  }

  /** One row; the number of the row is put before the values where the table has one. */
  row(values: readonly Value[]): void {
    let line = this.#numbered ? `${this.rows + 1},` : '';
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (i > 0) line += ',';
      line += typeof value === 'string' ? quoted(value) : (value ?? '');
    }
    this.line(line);
  }

  /** One row that is text already, quoted and numbered. */
  line(line: string): void {
    this.rows++;
    this.#text += `${line}\n`;
    if (this.#text.length >= SPILL_AT) this.#spill();
  }

  get full(): boolean {
    return this.#waiting.length > 0;
  }

  async flush(): Promise<void> {
    if (this.#gzip.destroyed) throw this.#gzip.errored ?? new Error(`${this.#final}: the stream closed early`);
    let more = true;
    for (const portion of this.#waiting) more = this.#gzip.write(portion);
    this.#waiting = [];
    // The event loop must turn, or the compressor's thread would wait for its next portion.
    if (more) await setImmediate();
    else await once(this.#gzip, 'drain');
  }

  async complete(): Promise<void> {
    this.#spill();
    for (const portion of this.#waiting) this.#gzip.write(portion);
    this.#gzip.end(this.#portion.subarray(0, this.#filled));
    await finished(this.#file);
  }

  async publish(): Promise<void> {
    await rename(this.#temporary, this.#final);
  }

  async abandon(): Promise<void> {
    this.#gzip.destroy();
    this.#file.destroy();
    await rm(this.#temporary, { force: true });
  }

  /** Text into bytes; a portion that has no room left waits for `flush`. */
  #spill(): void {
    const most = 3 * this.#text.length; // bytes that UTF-16 can take as UTF-8
    if (this.#filled + most > this.#portion.length) {
      if (this.#filled > 0) this.#waiting.push(this.#portion.subarray(0, this.#filled));
      this.#portion = Buffer.allocUnsafeSlow(Math.max(most, this.rows > 5000 ? PORTION : PORTION / 16));
      this.#filled = 0;
    }
    this.#filled += this.#portion.write(this.#text, this.#filled, 'utf8');
    this.#text = '';
  }
}

/** All tables of one layout: `columns` says the header of each, by its path without the ending. */
export class TableWriter<Table extends string = string> {
  readonly #files: ReadonlyMap<Table, TableFile>;

  private constructor(files: ReadonlyMap<Table, TableFile>) {
    this.#files = files;
  }

  static async open<Table extends string>(
    folder: string,
    columns: Readonly<Record<Table, string>>,
    compression: Compression,
  ): Promise<TableWriter<Table>> {
    const files = new Map<Table, TableFile>();
    for (const [table, header] of Object.entries(columns) as [Table, string][]) {
      const path = join(folder, `${table}.csv.gz`);
      await mkdir(dirname(path), { recursive: true });
      files.set(table, new TableFile(path, header, compression));
    }
    return new TableWriter(files);
  }

  table(name: Table): TableFile {
    return this.#files.get(name)!;
  }

  /** Hands full buffers on and waits where the compressor lags behind; to be called after every patient. */
  async settle(): Promise<void> {
    for (const file of this.#files.values()) if (file.full) await file.flush();
  }

  /** Completes every file and gives it its name. Rows by table. */
  async finish(): Promise<Record<Table, number>> {
    await Promise.all([...this.#files.values()].map((file) => file.complete()));
    const rows = {} as Record<Table, number>;
    for (const [table, file] of this.#files) {
      await file.publish();
      rows[table] = file.rows;
    }
    return rows;
  }

  /** Leaves nothing half-written behind. */
  async abandon(): Promise<void> {
    for (const file of this.#files.values()) await file.abandon();
  }
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
