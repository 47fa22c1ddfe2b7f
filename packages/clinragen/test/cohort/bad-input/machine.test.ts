/** A machine that is too small, and folders that are not ours. */
import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildCohort } from '../../../src/cohort/index.js';
import { synthesize } from '../../../src/synthesize/index.js';
import { withFolder } from '../small-hospital.js';
import { smallMimic3 } from './hospitals.js';
import { inProcess } from './in-process.js';
import { MARKER, writeFiles } from './spoilt.js';

const asRoot = process.getuid?.() === 0;

/** Mounts a disk of so many bytes for as long as `work` takes; false where that is not allowed. */
async function withSmallDisk(folder: string, size: string, work: () => Promise<void>): Promise<boolean> {
  await mkdir(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  try {
    await work();
  } finally {
    execFileSync('umount', ['-l', folder]);
  }
  return true;
}

describe('a machine that is too small', () => {
  it('a full disk: said so, and nothing left on it', ({ skip }) =>
    withFolder(async (folder) => {
      const source = join(folder, 'tables');
      await synthesize({ patients: 60, seed: 3, out: source });
      for (const size of ['64k', '1M', '3M']) {
        const disk = join(folder, `disk-${size}`);
        const mounted = await withSmallDisk(disk, size, async () => {
          await expect(buildCohort({ source, out: join(disk, 'run', 'cohort') })).rejects.toThrow(
            /cohort: the disk is full; expected room beside the output folder/,
          );
          expect(await readdir(join(disk, 'run')).catch(() => [])).toEqual([]);
        });
        if (!mounted) skip('no permission to mount a small disk');
      }
    }));

  it('a limit on the size of files, which is like a full disk', () =>
    withFolder(async (folder) => {
      const source = join(folder, 'tables');
      await synthesize({ patients: 60, seed: 3, out: source });
      const { said } = await inProcess({ source, out: join(folder, 'run', 'cohort') }, "trap '' XFSZ; ulimit -f 300");
      expect(said).toMatch(/^CohortError: .*cohort: the disk is full/);
      expect(await readdir(join(folder, 'run'))).toEqual([]);
    }));

  it('too small a memory limit: said so', () =>
    withFolder(async (folder) => {
      const source = join(folder, 'tables');
      await synthesize({ patients: 60, seed: 3, out: source });
      await expect(buildCohort({ source, out: join(folder, 'run', 'cohort'), memoryLimit: '20MB' })).rejects.toThrow(
        /: does not fit into the memory limit; expected a larger memoryLimit$/,
      );
      expect(await readdir(join(folder, 'run'))).toEqual([]);
    }));
});

describe('folders that are not ours', () => {
  it.skipIf(!asRoot)('no permission to write, or to read a table: said so', () =>
    withFolder(async (folder) => {
      await chmod(folder, 0o755);
      const source = join(folder, 'tables');
      await writeFiles(source, smallMimic3());
      const locked = join(folder, 'locked');
      await mkdir(locked, { mode: 0o755 });
      const nobody = 65534;
      const writing = await inProcess({ source, out: join(locked, 'cohort'), uid: nobody });
      expect(writing.said).toMatch(/^CohortError: .*locked\/cohort: no permission/);
      expect(await readdir(locked)).toEqual([]);

      const open = join(folder, 'open');
      await mkdir(open);
      await chown(open, nobody, nobody);
      await chmod(join(source, 'PATIENTS.csv'), 0o000);
      const reading = await inProcess({ source, out: join(open, 'cohort'), uid: nobody });
      expect(reading.said).toMatch(/^CohortError: .*PATIENTS.csv: cannot be read; found EACCES/);
      expect(reading.said).not.toMatch(MARKER);
      await chmod(source, 0o000);
      const listing = await inProcess({ source, out: join(open, 'cohort'), uid: nobody });
      expect(listing.said).toMatch(/tables: no permission to read the folder/);
      expect(await readdir(open)).toEqual([]);
    }),
  );

  it('a file in the place of the source, of the output, or above it', () =>
    withFolder(async (folder) => {
      const source = join(folder, 'tables');
      await writeFiles(source, smallMimic3());
      const file = join(folder, 'file');
      await writeFile(file, 'precious');
      await expect(buildCohort({ source: file, out: join(folder, 'c') })).rejects.toThrow(
        /file: a file, not a folder; expected a folder of tables/,
      );
      await expect(buildCohort({ source, out: file })).rejects.toThrow(/file: a file, not a folder/);
      await expect(buildCohort({ source, out: join(file, 'run', 'cohort') })).rejects.toThrow(
        /cohort: a file, not a folder/,
      );
      expect(await readFile(file, 'utf8')).toBe('precious');
    }));

  it('a link to nothing, a pipe', () =>
    withFolder(async (folder) => {
      const source = join(folder, 'tables');
      const files = smallMimic3();
      files.delete('LABEVENTS.csv');
      await writeFiles(source, files);
      await symlink('/nowhere/at/all', join(source, 'LABEVENTS.csv'));
      await expect(buildCohort({ source, out: join(folder, 'c') })).rejects.toThrow(
        /^LABEVENTS.csv: cannot be read; found ENOENT$/,
      );
      execFileSync('bash', ['-c', 'rm "$1" && mkfifo "$1"', 'bash', join(source, 'LABEVENTS.csv')]);
      await expect(buildCohort({ source, out: join(folder, 'c') })).rejects.toThrow(
        /^LABEVENTS.csv: not a file; found a device$/,
      );
    }));
});
