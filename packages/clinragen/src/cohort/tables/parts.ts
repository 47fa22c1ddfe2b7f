import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CohortError } from '../cohort-error.js';
import { tableError } from '../duck.js';
import { openBytes, RecordCount, unreadable } from './csv-file.js';

/** Some 700,000 rows of CHARTEVENTS. Two parts stand on disk at a time. */
const PART_BYTES = 1 << 26;

export interface Part {
  /** A plain CSV file with the header line. */
  readonly path: string;
  /** Records in the parts before. */
  readonly before: number;
  readonly records: number;
}

interface PartFile {
  readonly path: string;
  readonly file: FileHandle;
  bytes: number;
}

/**
 * Unpacks a `.csv.gz` into plain files of whole records, one after the other: what a part holds
 * bounds the memory of the work on it, and its records are counted on the way. While `work` reads a part the next one is unpacked; a part is gone when its work is done.
 *
 * @param folder   where the parts stand for as long as they are read
 * @param work     is called once per part, in order, never twice at a time
 * @param onBytes  bytes of the compressed file whose records have been worked on
 * @returns the records in the file (header and empty lines apart), counted independently of DuckDB
 * @throws CohortError where the file is damaged or ends inside a quoted field; whatever `work` throws
 */
export async function eachPart(
  path: string,
  folder: string,
  work: (part: Part) => Promise<void>,
  onBytes?: (bytes: number) => void,
  partBytes = PART_BYTES,
): Promise<number> {
  const count = new RecordCount();
  let header: Buffer | undefined;
  let kept: Buffer[] = []; // bytes read that are in no part yet: the record at the end of the last chunk
  let current: PartFile | undefined;
  let before = 0;
  let numbered = 0;
  let working: Promise<void> = Promise.resolve();
  let failed = false;

  const write = async (bytes: Buffer) => {
    try {
      if (current === undefined) {
        const name = join(folder, `part-${numbered++}.csv`);
        current = { path: name, file: await open(name, 'w'), bytes: 0 };
        if (header !== undefined) await current.file.writeFile(header);
      }
      for (const piece of [...kept, bytes]) await current.file.writeFile(piece);
      current.bytes += bytes.length;
    } catch (error) {
      throw tableError(folder, error); // of this disk, not of the source's
    }
    kept = [];
  };
  const handOver = async (records: number, onDisk: number) => {
    if (current === undefined) return;
    const { path: partPath, file } = current;
    current = undefined;
    await file.close();
    await working; // one part is read while one is written
    const part = { path: partPath, before, records: records - before };
    before = records;
    working = work(part)
      .then(() => onBytes?.(onDisk))
      .finally(() => rm(partPath, { force: true }));
    working.catch(() => {
      failed = true; // is thrown where it is awaited
    });
  };

  await mkdir(folder, { recursive: true });
  const { disk, bytes } = await openBytes(path);
  try {
    for await (const chunk of bytes) {
      if (failed) break;
      const buffer = chunk as Buffer;
      const end = count.feed(buffer); // behind the last line feed that ends a record
      if (end === 0) {
        kept.push(buffer);
        continue;
      }
      if (header === undefined) {
        const first = Buffer.concat([...kept, buffer.subarray(0, end)]);
        header = Buffer.from(first.subarray(0, first.indexOf(0x0a) + 1));
        kept = [];
        if (first.length > header.length) await write(first.subarray(header.length));
      } else await write(buffer.subarray(0, end));
      if (end < buffer.length) kept.push(buffer.subarray(end));
      if (current !== undefined && current.bytes >= partBytes)
        await handOver(Math.max(0, count.lines - 1), disk.bytesRead);
    }
    await working;
    if (count.quoted) {
      throw new CohortError('the file ends inside a quoted field', { file: path, expected: 'a closing quote' });
    }
    if (kept.length > 0) await write(Buffer.alloc(0));
    await handOver(count.records, disk.bytesRead);
    await working;
    return count.records;
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    bytes.destroy();
    disk.destroy();
    await working.catch(() => {});
    const left = current as PartFile | undefined;
    if (left !== undefined) {
      await left.file.close();
      await rm(left.path, { force: true });
    }
  }
}
