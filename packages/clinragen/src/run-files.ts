/** Files and folders that appear under their name only when they are complete, and the hashes that tell two apart. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Writes text under a temporary name in the same folder and renames it. */
export async function writeTextAtomic(path: string, text: string): Promise<void> {
  const temporary = temporaryName(path);
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** As writeTextAtomic, indented JSON with a line break at its end. */
export async function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  await writeTextAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Fills a folder under a temporary name and puts it in the place of the old one when it is complete.
 *
 * @param fill  is given the temporary folder
 * @example
 * await atomicFolder('runs/demo/checkpoints/stage-1', async (folder) => saveCheckpoint(model, folder));
 */
export async function atomicFolder<T>(path: string, fill: (folder: string) => Promise<T> | T): Promise<T> {
  await removeLeftovers(path);
  const temporary = temporaryName(path);
  await mkdir(temporary, { recursive: true });
  try {
    const result = await fill(temporary);
    // A folder cannot be renamed over another: a crash between these two lines leaves none, and never a half one.
    await rm(path, { recursive: true, force: true });
    await rename(temporary, path);
    return result;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

let names = 0;
const temporaryName = (path: string): string => `${path}.${process.pid}-${++names}.tmp`;

/** What processes that were killed have left of this folder. */
async function removeLeftovers(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  const entries = await readdir(dirname(path)).catch(() => []);
  for (const name of entries) {
    if (!name.startsWith(prefix)) continue;
    const pid = /^(\d+)-\d+\.tmp$/.exec(name.slice(prefix.length))?.[1];
    if (pid !== undefined && Number(pid) !== process.pid && !isAlive(Number(pid)))
      await rm(join(dirname(path), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** SHA-256 of a file's bytes, streamed. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** SHA-256 of the names and bytes of every file in a folder, whatever the order in which the system lists them. */
export async function hashFolder(path: string): Promise<string> {
  const hashes: [string, string][] = [];
  for (const file of await filesIn(path)) hashes.push([file, await hashFile(join(path, file))]);
  return hashJson(hashes);
}

/** hashFile or hashFolder. */
export async function hashPath(path: string): Promise<string> {
  return (await stat(path)).isDirectory() ? hashFolder(path) : hashFile(path);
}

/** SHA-256 of a value, whatever the order of its keys; keys without a value count as absent. */
export function hashJson(value: Json): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as { readonly [key: string]: Json | undefined })
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no JSON to be hashed`);
  return JSON.stringify(value ?? null);
}

/** An artifact's content hash, and its files' sizes and times: where those are the same, the bytes are not read again. */
export interface Fingerprint {
  readonly hash: string;
  readonly stamp: string;
}

/** @returns undefined where there is no such file or folder */
export async function fingerprint(path: string, kept?: Fingerprint): Promise<Fingerprint | undefined> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const files = isFolder ? await filesIn(path) : [''];
  const stamps: [string, number, number][] = [];
  for (const file of files) {
    const { size, mtimeMs } = await stat(join(path, file));
    stamps.push([file, size, mtimeMs]);
  }
  const stamp = hashJson(stamps);
  if (kept?.stamp === stamp) return kept;
  return { hash: await hashPath(path), stamp };
}

export const sameFingerprint = (a: Fingerprint, b: Fingerprint): boolean => a.hash === b.hash;

/** Paths of all files below a folder, sorted, with `/`. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}
