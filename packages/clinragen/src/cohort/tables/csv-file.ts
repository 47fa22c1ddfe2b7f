import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { CohortError } from '../cohort-error.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
const UTF16_LE = Buffer.from([0xff, 0xfe]);
const UTF16_BE = Buffer.from([0xfe, 0xff]);

/** Longest header line that we take for one: MIMIC's longest has 600 bytes. */
const HEADER_BYTES = 65_536;

/** True for a file that begins with gzip's magic number, whatever its name says. */
async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** The decompressed bytes of a `.csv` or `.csv.gz`, and the reading stream below them (its `bytesRead` is on disk). */
export async function openBytes(path: string) {
  const gzip = await isGzip(path);
  if (gzip !== path.toLowerCase().endsWith('.gz')) {
    throw new CohortError(gzip ? 'compressed, but not named so' : 'named .gz, but not compressed', {
      file: path,
      expected: gzip ? 'a name that ends in .csv.gz' : 'a gzip file',
    });
  }
  const disk = createReadStream(path, { highWaterMark: 1 << 18 });
  if (!gzip) return { disk, bytes: disk };
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  disk.on('error', (error) => gunzip.destroy(error));
  disk.pipe(gunzip);
  return { disk, bytes: gunzip };
}

export function unreadable(path: string, error: unknown): CohortError {
  if (error instanceof CohortError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'Z_BUF_ERROR') {
    return new CohortError('the gzip file ends too early', { file: path, expected: 'a complete download' });
  }
  if (code.startsWith('Z_')) return new CohortError('the gzip file is damaged', { file: path, found: code });
  return new CohortError('cannot be read', { file: path, found: code || 'an error' }, { cause: error });
}

/**
 * The column names of a CSV file, in lower case, in the file's order.
 *
 * @throws CohortError for an empty or damaged file, or one that is not comma-separated
 */
export async function readHeader(path: string): Promise<string[]> {
  let head = Buffer.alloc(0);
  try {
    const { disk, bytes } = await openBytes(path);
    for await (const chunk of bytes) {
      head = Buffer.concat([head, chunk as Buffer]);
      if (head.includes(LF) || head.length > HEADER_BYTES) break;
    }
    bytes.destroy();
    disk.destroy();
  } catch (error) {
    throw unreadable(path, error);
  }
  if (head.subarray(0, 2).equals(UTF16_LE) || head.subarray(0, 2).equals(UTF16_BE)) {
    throw new CohortError('the text is UTF-16', { file: path, expected: 'UTF-8' });
  }
  const end = head.indexOf(LF);
  const line = head
    .subarray(0, end < 0 ? head.length : end)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '');
  if (line.trim() === '') throw new CohortError('the file is empty', { file: path, expected: 'a header line' });
  if (line.includes('\r')) {
    throw new CohortError('lines end in CR alone', { file: path, line: 1, expected: 'LF, or CR LF' });
  }
  const names = line.split(',').map((name) =>
    name
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .toLowerCase(),
  );
  const other = [';', '\t', '|'].find((delimiter) => line.includes(delimiter));
  if (names.length === 1 && other) {
    throw new CohortError('wrong delimiter', { file: path, line: 1, found: JSON.stringify(other), expected: '","' });
  }
  return names;
}

/** Counts records over the bytes of a file as they come: CSV as RFC 4180 has it, empty lines are none. */
export class RecordCount {
  /** Lines that hold something, the header among them. */
  lines = 0;
  quoted = false;
  /** The byte before; a line feed before the first. */
  #before = LF;
  /** The byte before was a closing quote: one more makes it an escaped quote. */
  #closed = false;
  #lineEmpty = true;

  /**
   * Steps from quote to line feed to quote: all other bytes only matter as the one before.
   *
   * @returns where the last record ends, behind its line feed; 0 where none does
   */
  feed(bytes: Buffer): number {
    let { lines, quoted } = this;
    let closed = this.#closed;
    let lineEmpty = this.#lineEmpty;
    const end = bytes.length;
    let recordEnd = 0;
    let i = 0;
    while (i < end) {
      if (quoted) {
        while (i < end && bytes[i] !== QUOTE) i++;
        if (i === end) break;
        quoted = false;
        closed = true;
        i++;
        continue;
      }
      const from = i;
      let byte = 0;
      while (i < end) {
        byte = bytes[i]!;
        if (byte === LF || byte === QUOTE) break;
        i++;
      }
      if (i > from) {
        closed = false;
        if (lineEmpty) for (let j = from; j < i && lineEmpty; j++) lineEmpty = bytes[j] === CR;
      }
      if (i === end) break;
      if (byte === LF) {
        if (!lineEmpty) lines++;
        lineEmpty = true;
        closed = false;
        recordEnd = i + 1;
      } else {
        const before = i === 0 ? this.#before : bytes[i - 1]!;
        quoted = closed || before === COMMA || before === LF; // elsewhere a quote is a character like others
        closed = false;
        lineEmpty = false;
      }
      i++;
    }
    this.lines = lines;
    this.quoted = quoted;
    this.#closed = closed;
    this.#lineEmpty = lineEmpty;
    if (end > 0) this.#before = bytes[end - 1]!;
    return recordEnd;
  }

  /** The last line need not end in a line feed. */
  get records(): number {
    return Math.max(0, this.lines + (this.#lineEmpty ? 0 : 1) - 1);
  }
}

/**
 * Counts the records of a CSV file (header and empty lines apart) with a reader of our own, so that the count is
 * independent of the engine that loads the table. Reads every byte, hence also finds a truncated or damaged gzip file.
 *
 * @param onBytes  bytes read on disk so far
 * @throws CohortError where the file is damaged or ends inside a quoted field
 */
export async function countRecords(path: string, onBytes?: (bytes: number) => void): Promise<number> {
  const count = new RecordCount();
  let reported = 0;
  try {
    const { disk, bytes } = await openBytes(path);
    for await (const chunk of bytes) {
      count.feed(chunk as Buffer);
      if (disk.bytesRead > reported) {
        reported = disk.bytesRead;
        onBytes?.(reported);
      }
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  if (count.quoted) {
    throw new CohortError('the file ends inside a quoted field', { file: path, expected: 'a closing quote' });
  }
  return count.records;
}
