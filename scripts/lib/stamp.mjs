/** What setup remembers between runs, in `.cache/`: small JSON files that say for which state of the world a step is done. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cache, say } from './say.mjs';

export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // absent, or cut off by a crash: as good as absent
  }
}

export function writeJson(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(temporary, path);
}

export const readStamp = (name) => readJson(join(cache, `${name}.json`));
export const writeStamp = (name, value) => writeJson(join(cache, `${name}.json`), value);

export const hash = (value) =>
  createHash('sha256')
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('hex')
    .slice(0, 16);

/** Every file under the folder whose name ends so, sorted. */
export function filesUnder(folder, ...endings) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Changes with any of the files' size or time of change; contents are not read. */
export const fingerprint = (files) =>
  hash(files.map((file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}`).join('\n'));

/**
 * Holds `.cache/setup.lock` while work is done, so that two set-ups at a time do not write the same folders. The second
 * waits; a lock whose process is gone is taken over.
 */
export async function exclusively(work) {
  const path = join(cache, 'setup.lock');
  mkdirSync(cache, { recursive: true });
  let told = false;
  for (;;) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(path)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) say('setup waits for another set-up of this folder …');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const release = () => rmSync(path, { force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
  }
}

function isAlive(path) {
  let pid;
  try {
    pid = Number(readFileSync(path, 'utf8'));
    if (!pid) return Date.now() - statSync(path).mtimeMs < 2000; // just made, its owner's number not written yet
  } catch {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
