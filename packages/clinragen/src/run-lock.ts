/** One process at a time in a run's folder: two that write the same artifacts would each skip what the other spoilt. */
import { randomUUID } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  readonly token: string;
}

/**
 * Takes `run.lock` in the folder. A lock whose process is gone is taken over; one of another machine never is, because
 * from here nobody can tell.
 *
 * @returns gives the lock back
 * @throws what `refuse` makes of the message, where another process has it
 */
export async function lockRun(dir: string, refuse: (message: string) => Error): Promise<() => Promise<void>> {
  const path = join(dir, 'run.lock');
  const own: Owner = { pid: process.pid, host: hostname(), since: new Date().toISOString(), token: randomUUID() };
  if (!(await create(path, own))) {
    const owner = (await readOwner(path)) ?? (await later(() => readOwner(path))); // its owner may be writing it just now
    if (owner && !isGone(owner))
      throw refuse(
        `${dir}: process ${owner.pid} on ${owner.host} works in it since ${owner.since}; wait for it` +
          (owner.host === own.host ? '' : `, or delete ${path} if it is gone`),
      );
    await takeOver(path, own, refuse);
  }
  const atExit = () => {
    try {
      unlinkSync(path);
    } catch {
      // gone with its folder
    }
  };
  process.on('exit', atExit);
  return async () => {
    process.off('exit', atExit);
    if ((await readOwner(path))?.token === own.token) await rm(path, { force: true });
  };
}

async function create(path: string, own: Owner): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(JSON.stringify(own));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Several processes may find the same dead lock: each puts its own in its place, and the last one stays. */
async function takeOver(path: string, own: Owner, refuse: (message: string) => Error): Promise<void> {
  const temporary = `${path}.${own.token}.tmp`;
  await writeFile(temporary, JSON.stringify(own));
  await rename(temporary, path);
  const owner = await later(() => readOwner(path));
  if (owner?.token !== own.token) throw refuse(`${path}: process ${owner?.pid ?? 'unknown'} took it first`);
}

async function later<T>(read: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return read();
}

/** Undefined where the lock is absent, or was cut off while it was written. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function isGone({ pid, host }: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
