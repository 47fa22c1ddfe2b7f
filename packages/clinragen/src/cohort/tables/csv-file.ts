import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { CohortError } from '../cohort-error.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;

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
async function openBytes(path: string) {
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

function unreadable(path: string, error: unknown): CohortError {
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
  const end = head.indexOf(LF);
  const line = head
    .subarray(0, end < 0 ? head.length : end)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '');
  if (line.trim() === '') throw new CohortError('the file is empty', { file: path, expected: 'a header line' });
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

/**
 * Counts the records of a CSV file (header and empty lines apart) with a reader of our own, so that the count is
 * independent of the engine that loads the table. Reads every byte, hence also finds a truncated or damaged gzip file.
 *
 * @param onBytes  bytes read on disk so far
 * @throws CohortError where the file is damaged or ends inside a quoted field
 */
export async function countRecords(path: string, onBytes?: (bytes: number) => void): Promise<number> {
  let lines = 0;
  let quoted = false;
  let closed = false; // the byte before was a closing quote: one more makes it an escaped quote
  let fieldStart = true;
  let lineEmpty = true;
  let reported = 0;
  try {
    const { disk, bytes } = await openBytes(path);
    for await (const chunk of bytes) {
      const buffer = chunk as Buffer;
      for (let i = 0; i < buffer.length; i++) {
        const byte = buffer[i]!;
        if (quoted) {
          if (byte === QUOTE) {
            quoted = false;
            closed = true;
          }
        } else if (byte === QUOTE && (fieldStart || closed)) {
          quoted = true;
          closed = false;
          fieldStart = false;
          lineEmpty = false;
        } else if (byte === LF) {
          if (!lineEmpty) lines++;
          fieldStart = true;
          lineEmpty = true;
          closed = false;
        } else {
          fieldStart = byte === COMMA;
          closed = false;
          if (byte !== CR) lineEmpty = false;
        }
      }
      if (disk.bytesRead > reported) {
        reported = disk.bytesRead;
        onBytes?.(reported);
      }
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  if (quoted) throw new CohortError('the file ends inside a quoted field', { file: path, expected: 'a closing quote' });
  if (!lineEmpty) lines++;
  return Math.max(0, lines - 1);
}
