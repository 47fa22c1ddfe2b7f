/**
 * Writes the tables as gzip-compressed CSV, streaming: a row is gone from memory once its buffer is compressed.
 *
 * Quoting is MIMIC's: only where a value holds a comma, a quote or a line break; quotes are doubled; nothing stands for
 * NULL. Files carry a temporary name until `finish`, and zlib writes no time into the header, so the bytes depend on the
 * rows alone.
 */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { COLUMNS, type Table } from './tables.js';

export type Value = string | number | undefined;

interface Sink {
  readonly gzip: Gzip;
  readonly file: WriteStream;
  readonly temporary: string;
  readonly final: string;
  buffer: string[];
  size: number;
  rows: number;
}

const FLUSH_AT = 1 << 16; // characters

export class TableWriter {
  readonly #sinks = new Map<Table, Sink>();

  private constructor(sinks: Map<Table, Sink>) {
    this.#sinks = sinks;
  }

  static async open(folder: string): Promise<TableWriter> {
    await mkdir(folder, { recursive: true });
    const sinks = new Map<Table, Sink>();
    for (const table of Object.keys(COLUMNS) as Table[]) {
      const final = join(folder, `${table}.csv.gz`);
      const temporary = `${final}.tmp-${process.pid}`;
      const gzip = createGzip({ level: 6 });
      const file = createWriteStream(temporary);
      gzip.pipe(file);
      // An error of the file must end the gzip stream too, or `finish` would wait for ever.
      file.on('error', (error) => gzip.destroy(error));
      gzip.on('error', () => {});
      sinks.set(table, { gzip, file, temporary, final, buffer: [`${COLUMNS[table]}\n`], size: 0, rows: 0 });
    }
    return new TableWriter(sinks);
  }

  /** One row; ROW_ID is put before the values. Returns at once: `settle` waits for the disk. */
  row(table: Table, values: readonly Value[]): void {
    const sink = this.#sinks.get(table)!;
    sink.rows++;
    let line = String(sink.rows);
    for (const value of values) line += `,${typeof value === 'string' ? quoted(value) : (value ?? '')}`;
    line += '\n';
    sink.buffer.push(line);
    sink.size += line.length;
  }

  /** Hands full buffers on and waits where the compressor lags behind; to be called after every patient. */
  async settle(): Promise<void> {
    for (const sink of this.#sinks.values()) {
      if (sink.size < FLUSH_AT) continue;
      if (sink.gzip.destroyed) throw sink.gzip.errored ?? new Error(`${sink.final}: the stream closed early`);
      const more = sink.gzip.write(sink.buffer.join(''));
      sink.buffer = [];
      sink.size = 0;
      if (!more) await once(sink.gzip, 'drain');
    }
  }

  /** Completes every file and gives it its name. Rows by table. */
  async finish(): Promise<Record<Table, number>> {
    await Promise.all(
      [...this.#sinks.values()].map(async (sink) => {
        sink.gzip.end(sink.buffer.join(''));
        await finished(sink.file);
      }),
    );
    const rows = {} as Record<Table, number>;
    for (const [table, sink] of this.#sinks) {
      await rename(sink.temporary, sink.final);
      rows[table] = sink.rows;
    }
    return rows;
  }

  /** Leaves nothing half-written behind. */
  async abandon(): Promise<void> {
    for (const sink of this.#sinks.values()) {
      sink.gzip.destroy();
      sink.file.destroy();
      await rm(sink.temporary, { force: true });
    }
  }
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
