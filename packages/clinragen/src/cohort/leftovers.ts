import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CohortError } from './cohort-error.js';

/**
 * The folder in which a cohort is made, beside the one that it will stand in: `cohort.tmp-3f2a10bc`. It knows its process, so
 * that the next run can tell what a dead one left behind.
 */

const OWNER = 'owner.json';
/** What the cohort in place is called while the finished one takes its place. */
const OLDER = 'older';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Process numbers come again. */
  readonly token: string;
}

const OWN: Owner = { pid: process.pid, host: hostname(), token: randomUUID() };

/** @returns its path; `cohort` is the finished cohort's place in it, `older` that of the one replaced */
export async function makeWorkFolder(out: string): Promise<string> {
  const work = join(dirname(out), `${basename(out)}.tmp-${randomBytes(4).toString('hex')}`);
  await mkdir(join(work, 'cohort'), { recursive: true });
  await writeFile(join(work, OWNER), JSON.stringify(OWN));
  return work;
}

/** `gone`: of this machine, and the process is no more. `unknown`: of another machine, or it does not say whose it is. */
async function ownerOf(work: string): Promise<'gone' | 'alive' | 'unknown'> {
  let owner: Owner;
  try {
    owner = JSON.parse(await readFile(join(work, OWNER), 'utf8'));
  } catch {
    return 'unknown';
  }
  if (owner.host !== OWN.host) return 'unknown';
  if (owner.pid === OWN.pid) return owner.token === OWN.token ? 'alive' : 'gone';
  try {
    process.kill(owner.pid, 0);
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'gone' : 'alive';
  }
}

/**
 * Takes away what interrupted runs left beside `out`. One that was interrupted while it put its cohort in place may hold the
 * only older one: that goes back first.
 *
 * @returns warnings that name the folders of which nobody can tell whether a run still works in them
 */
export async function clearLeftovers(out: string): Promise<string[]> {
  const names: string[] = await readdir(dirname(out)).catch(() => []);
  const left = names.filter((name) => name.startsWith(`${basename(out)}.tmp-`)).sort();
  const warnings: string[] = [];
  for (const name of left) {
    const work = join(dirname(out), name);
    const owner = await ownerOf(work);
    if (owner === 'unknown') {
      warnings.push(`${name} beside the cohort may be left of an interrupted run: delete it if none works in it`);
    }
    if (owner !== 'gone') continue;
    const isThere = await stat(out).catch(() => null);
    if (!isThere) await rename(join(work, OLDER), out).catch(() => undefined); // most have none
    await rm(work, { recursive: true, force: true });
  }
  return warnings;
}

/** Puts the finished cohort in place; the older one is only taken away when the new one is complete. */
export async function replaceFolder(work: string, out: string): Promise<void> {
  const older = join(work, OLDER);
  const hadOld = await rename(out, older).then(
    () => true,
    () => false,
  );
  await rename(join(work, 'cohort'), out).catch(async (error: unknown) => {
    if (hadOld) await rename(older, out);
    throw new CohortError('the finished cohort cannot be put in place', { file: out }, { cause: error });
  });
}
