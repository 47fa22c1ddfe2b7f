/** A whole open database: every file of PhysioNet's list, each exactly as it was published. */
import { mkdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile, writeTextAtomic } from '../../run-files.js';
import { lockRun } from '../../run-lock.js';
import { CohortError } from '../cohort-error.js';
import { DATABASES, filesUrl, isOpen, type OpenDatabase } from './databases.js';
import { download } from './download.js';
import { onDisk, removePart } from './part.js';
import { PATIENCE, type Patience, patiently, request } from './request.js';
import { type ListedFile, parseSums, SUMS } from './sums.js';

export interface GetOptions {
  readonly database: OpenDatabase;
  /** The folder that becomes the database. */
  readonly out: string;
  /** The folder of a mirror, http or https. Default PhysioNet's. */
  readonly base?: string | undefined;
  /** Aborted, it rejects with the signal's reason and leaves the parts, with which the next call goes on. */
  readonly signal?: AbortSignal | undefined;
  readonly patience?: Partial<Patience>;
  readonly onProgress?: ((progress: GetProgress) => void) | undefined;
  /** Told, in a line, of pauses and of files that have to start over. */
  readonly onNote?: ((line: string) => void) | undefined;
}

export interface GetProgress {
  /** Bytes held of the files that were missing, with those of an earlier call. */
  readonly bytes: number;
  /** Bytes of the files that were missing, where the server says so. */
  readonly total: number | undefined;
}

export interface GetReport {
  readonly folder: string;
  /** Files in the list, all of them right now. */
  readonly files: number;
  /** Those of them that were not right before. */
  readonly fetched: number;
}

const PARALLEL = 4;
const LONGEST_LIST = 16 * 2 ** 20; // bytes; MIMIC-IV's has 4,000

/**
 * Fetches what is missing of an open database. Files that are there already and right (their bytes are read) stay; the list
 * itself is written last, so that `SHA256SUMS.txt` stands only in a folder that was once complete.
 *
 * @throws CohortError that names the URL or the file, what was found and what was expected; no half file has its final name
 *
 * @example
 * await getDatabase({ database: 'mimic4-demo', out: 'data/mimic-iv-demo-2.2' });
 */
export async function getDatabase(options: GetOptions): Promise<GetReport> {
  const { database, out, signal, onNote } = options;
  if (!isOpen(database)) throw new CohortError(`${database} needs credentials`, { expected: 'an open demo' });
  const base = folderUrl(options.base ?? filesUrl(DATABASES[database]));
  await onDisk(out, () => mkdir(out, { recursive: true }));
  const unlock = await onDisk(out, () => lockRun(out, (message) => new CohortError(message)));
  try {
    const patience = { ...PATIENCE, ...options.patience };
    const list = await fetchText(`${base}${SUMS}`, patience, options);
    const files = parseSums(list, `${base}${SUMS}`);
    const missing = await notRight(files, out, signal);
    if (missing.length > 0) {
      const total = await sizes(missing, base, patience, signal);
      const held = new Map<string, number>();
      const tell = () => {
        options.onProgress?.({ bytes: [...held.values()].reduce((sum, bytes) => sum + bytes, 0), total });
      };
      await checkRoom(out, missing, total);
      await inParallel(missing, signal, async ({ name, sha256 }, stop) => {
        const onBytes = (bytes: number) => {
          held.set(name, bytes);
          tell();
        };
        await download(fileUrl(base, name), place(out, name), sha256, { patience, signal: stop, onBytes, onNote });
      });
    }
    await onDisk(join(out, SUMS), () => writeTextAtomic(join(out, SUMS), list));
    return { folder: out, files: files.length, fetched: missing.length };
  } finally {
    await unlock();
  }
}

const place = (folder: string, name: string): string => join(folder, ...name.split('/'));
const fileUrl = (base: string, name: string): string => base + name.split('/').map(encodeURIComponent).join('/');

/** A mirror's address as a folder: with one slash at its end. */
function folderUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A password in an address would end up in errors and in the shell's history.
  if (url?.username || url?.password)
    throw new CohortError('the mirror’s address holds a name or password', { expected: 'an address without' });
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new CohortError('not the address of a folder', {
      found: JSON.stringify(text),
      expected: 'http(s)://host/folder/',
    });
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

async function fetchText(url: string, patience: Patience, { signal, onNote }: GetOptions): Promise<string> {
  const read = () =>
    request(url, { signal, stall: patience.stall }, async ({ chunks }) => {
      const parts: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of chunks()) {
        bytes += chunk.length;
        if (bytes > LONGEST_LIST) throw new CohortError('the list of files is too long', { file: url });
        parts.push(chunk);
      }
      return Buffer.concat(parts).toString('utf8');
    });
  return patiently(url, patience, read, { signal, onNote });
}

/** Those that are absent, or have other bytes than were published. */
async function notRight(
  files: readonly ListedFile[],
  out: string,
  signal: AbortSignal | undefined,
): Promise<ListedFile[]> {
  const right = new Set<string>();
  await inParallel(files, signal, async ({ name, sha256 }) => {
    const path = place(out, name);
    await onDisk(path, async () => {
      if (!(await isFile(path)) || (await hashFile(path)) !== sha256) return;
      right.add(name);
      await removePart(path);
    });
  });
  return files.filter(({ name }) => !right.has(name));
}

async function isFile(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isFile()) return true;
    throw new CohortError('a folder stands where the file belongs', { file: path, expected: 'a file, or nothing' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Bytes of all files, for the progress and the disk; undefined where the server does not say. */
async function sizes(
  files: readonly ListedFile[],
  base: string,
  patience: Patience,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const stall = Math.min(patience.stall, 10_000);
  let total = 0;
  const ask = async ({ name }: ListedFile) => {
    const length = await request(fileUrl(base, name), { method: 'HEAD', signal, stall }, async ({ headers }) =>
      Number(headers.get('content-length') ?? Number.NaN),
    );
    if (!Number.isSafeInteger(length)) throw new Error('no Content-Length');
    total += length;
  };
  try {
    await inParallel(files, signal, ask);
    return total;
  } catch {
    // Not worth an error: the download will say what is wrong, if anything is.
    signal?.throwIfAborted();
    return undefined;
  }
}

/** Says before, and not after an hour, that the disk is too small. */
async function checkRoom(out: string, missing: readonly ListedFile[], total: number | undefined): Promise<void> {
  if (total === undefined) return;
  const { bavail, bsize, blocks } = await onDisk(out, () => statfs(out));
  if (blocks === 0) return; // a file system that does not count
  let need = total;
  for (const { name } of missing) need -= (await stat(`${place(out, name)}.part`).catch(() => undefined))?.size ?? 0;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`;
  if (need > bavail * bsize)
    throw new CohortError('the disk is too small', {
      file: out,
      found: `${megabytes(bavail * bsize)} free`,
      expected: megabytes(need),
    });
}

/** Does the work on a few at a time. The first that fails stops the others and is what is thrown. */
async function inParallel<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);
  const failures: unknown[] = [];
  const queue = items.values();
  const worker = async () => {
    try {
      for (const item of queue) {
        stop.signal.throwIfAborted();
        await work(item, stop.signal);
      }
    } catch (error) {
      failures.push(error);
      stop.abort(error);
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  if (failures.length > 0) throw failures[0];
}
