/** Runs that were killed. Some 15 seconds: every test starts processes. */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildCohort, type CohortPhase, readCohort } from '../../../src/cohort/index.js';
import { withFolder } from '../small-hospital.js';
import { smallMimic3 } from './hospitals.js';
import { inProcess } from './in-process.js';
import { writeFiles } from './spoilt.js';

const PHASES: readonly CohortPhase[] = ['files', 'stays', 'events', 'labels', 'notes', 'series', 'write'];

async function bytesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, (await readFile(join(folder, name))).toString('base64')] as const),
    ),
  );
}

/** What a process that is gone left behind: its folder beside the cohort. */
async function deadFolder(run: string, owner: object | undefined): Promise<string> {
  const work = join(run, 'cohort.tmp-0badcafe');
  await mkdir(join(work, 'cohort'), { recursive: true });
  await writeFile(join(work, 'cohort', 'stays.parquet'), 'half of it');
  if (owner) await writeFile(join(work, 'owner.json'), JSON.stringify(owner));
  return work;
}

/** No process has it: beyond what the kernel gives out. */
const GONE = { pid: 2 ** 30, host: hostname(), token: 'x' };

describe('an interrupted run', () => {
  it('killed in any phase leaves nothing that looks complete; the next run makes the same cohort and clears up', () =>
    withFolder(async (folder) => {
      const source = join(folder, 'tables');
      await writeFiles(source, smallMimic3());
      await buildCohort({ source, out: join(folder, 'reference') });
      const reference = await bytesOf(join(folder, 'reference'));
      for (const dieAt of [...PHASES.map((phase) => [phase, 'begin'] as const), ['write', 'end'] as const]) {
        const run = join(folder, dieAt.join('-'));
        const { signal } = await inProcess({ source, out: join(run, 'cohort'), dieAt });
        expect(signal, dieAt.join()).toBe('SIGKILL');
        const left = await readdir(run);
        expect(left, dieAt.join()).toEqual([expect.stringMatching(/^cohort\.tmp-[0-9a-f]{8}$/)]);
        await expect(readCohort(join(run, 'cohort'))).rejects.toThrow(/no cohort/);
        await buildCohort({ source, out: join(run, 'cohort') });
        expect(await readdir(run), dieAt.join()).toEqual(['cohort']);
        expect(await bytesOf(join(run, 'cohort'))).toEqual(reference);
      }
    }));

  it('leaves an older cohort as it was', () =>
    withFolder(async (folder) => {
      const source = join(folder, 'tables');
      await writeFiles(source, smallMimic3());
      const out = join(folder, 'run', 'cohort');
      await buildCohort({ source, out, maxHours: 3 });
      const before = await bytesOf(out);
      await inProcess({ source, out, dieAt: ['write', 'end'] });
      expect(await bytesOf(out)).toEqual(before);
    }));

  it('between taking the older cohort away and putting its own there: the older one comes back, whatever the next run does', () =>
    withFolder(async (folder) => {
      const source = join(folder, 'tables');
      await writeFiles(source, smallMimic3());
      const run = join(folder, 'run');
      const out = join(run, 'cohort');
      await buildCohort({ source, out });
      const before = await bytesOf(out);
      const work = await deadFolder(run, GONE);
      await rename(out, join(work, 'older'));
      await expect(buildCohort({ source: join(folder, 'nowhere'), out })).rejects.toThrow(/no such folder/);
      expect(await readdir(run)).toEqual(['cohort']);
      expect(await bytesOf(out)).toEqual(before);
    }));

  it('of another machine, or of nobody knows whom, is named and left alone', () =>
    withFolder(async (folder) => {
      const source = join(folder, 'tables');
      await writeFiles(source, smallMimic3());
      for (const owner of [{ ...GONE, host: 'elsewhere' }, undefined]) {
        const run = join(folder, String(owner?.host));
        await deadFolder(run, owner);
        const report = await buildCohort({ source, out: join(run, 'cohort') });
        expect(report.warnings).toContain(
          'cohort.tmp-0badcafe beside the cohort may be left of an interrupted run: delete it if none works in it',
        );
        expect((await readdir(run)).sort()).toEqual(['cohort', 'cohort.tmp-0badcafe']);
      }
    }));

  it('that still runs keeps its folder', () =>
    withFolder(async (folder) => {
      const source = join(folder, 'tables');
      await writeFiles(source, smallMimic3());
      const run = join(folder, 'run');
      await deadFolder(run, { ...GONE, pid: process.ppid });
      const out = join(run, 'cohort');
      await Promise.all([buildCohort({ source, out }), buildCohort({ source, out })]); // one of them may lose its place
      expect((await readdir(run)).sort()).toEqual(['cohort', 'cohort.tmp-0badcafe']);
      expect((await readCohort(out)).stays.length).toBeGreaterThan(0);
    }));
});
