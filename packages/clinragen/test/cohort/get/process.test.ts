/** What becomes of the folder when a process dies or its disk fills up. Some seconds: every test starts processes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesOf, etagOf, filesIn, give, Mirror, sha256, withFolder } from './mirror.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const program = here('./fetch-program.ts');
const cli = here('../../../src/cli.ts');
const project = here('../../../../..');
const TYPESCRIPT = ['--conditions=source', '--import', 'tsx'];

const CHART = bytesOf(600_000, 3);
const FILES = { 'hosp/admissions.csv.gz': bytesOf(50_000, 2), 'icu/chartevents.csv.gz': CHART };
const whole = (mirror: Mirror) =>
  Object.fromEntries([...mirror.files, ['SHA256SUMS.txt', mirror.sums()] as const].map(([n, b]) => [n, sha256(b)]));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const started = new Set<ChildProcess>();
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

function start(command: string, ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(command, args, { cwd: project, env: { ...process.env, NO_COLOR: '1' } });
  started.add(child);
  const ended = new Promise<Ended>((resolve, reject) => {
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      started.delete(child);
      resolve({ code, out, err });
    });
  });
  return { child, ended };
}

const fetching = (base: string, out: string) => start(process.execPath, ...TYPESCRIPT, program, base, out);

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !(await what()); await sleep(10))
    if (Date.now() > end) throw new Error('waited in vain');
}
const holds = async (path: string, size: number) => (await stat(path).catch(() => undefined))?.size === size;

/** Gives the first bytes of the chart, and then nothing, the first time. */
const hangingAt =
  (upTo: number) => (asked: Parameters<typeof give>[1], response: Parameters<typeof give>[2], times: number) =>
    times === 1 && give(CHART, asked, response, upTo);

describe('a process that is killed', () => {
  it('kill -9 in the middle: no half file under its name; the next process goes on at that byte', () =>
    withFolder(async (folder) => {
      await using mirror = await Mirror.start(FILES);
      mirror.behaviours.set('icu/chartevents.csv.gz', hangingAt(400_000));
      const path = join(folder, 'icu/chartevents.csv.gz');
      const first = fetching(mirror.base, folder);
      await until(() => holds(`${path}.part`, 400_000));
      first.child.kill('SIGKILL');
      expect((await first.ended).code).toBe(null);
      expect(existsSync(path)).toBe(false);
      expect(existsSync(join(folder, 'SHA256SUMS.txt'))).toBe(false);

      const { code, out, err } = await fetching(mirror.base, folder).ended;
      expect(err).toBe('');
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ files: 2 });
      expect(mirror.of('icu/chartevents.csv.gz')[1]).toMatchObject({ range: 'bytes=400000-', ifRange: etagOf(CHART) });
      expect(await filesIn(folder)).toEqual(whole(mirror));
    }));

  it('kill -9, and the last bytes never reached the disk', () =>
    withFolder(async (folder) => {
      await using mirror = await Mirror.start(FILES);
      mirror.behaviours.set('icu/chartevents.csv.gz', hangingAt(400_000));
      const path = join(folder, 'icu/chartevents.csv.gz');
      const first = fetching(mirror.base, folder);
      await until(() => holds(`${path}.part`, 400_000));
      first.child.kill('SIGKILL');
      await first.ended;
      await truncate(`${path}.part`, 333_333);

      expect((await fetching(mirror.base, folder).ended).code).toBe(0);
      expect(mirror.of('icu/chartevents.csv.gz')[1]?.range).toBe('bytes=333333-');
      expect(await filesIn(folder)).toEqual(whole(mirror));
    }));
});

describe('a disk that fills up', () => {
  const inNamespace = ['-rm', 'sh', '-c'];
  const mounts = spawnSync('unshare', [...inNamespace, 'mount -t tmpfs none /mnt']).status === 0;

  it.skipIf(!mounts)('one clear error, no half file under its name', () =>
    withFolder(async (folder) => {
      await using mirror = await Mirror.start(FILES);
      mirror.sizeOf = () => undefined; // so that it is not said beforehand
      const script = `mount -t tmpfs -o size=400k none "${folder}" && "$@"; code=$?; find "${folder}" -type f; exit $code`;
      const command = [process.execPath, ...TYPESCRIPT, program, mirror.base, folder];
      const { code, out, err } = await start('unshare', ...inNamespace, script, 'sh', ...command).ended;
      const path = join(folder, 'icu/chartevents.csv.gz');
      expect(err).toBe(
        `${path}: the disk is full; what is there is kept, the same command goes on once there is room; found ENOSPC\n`,
      );
      expect(code).toBe(1);
      const there = out.trim().split('\n');
      expect(there).toContain(`${path}.part`);
      expect(there).not.toContain(path);
      expect(there).not.toContain(join(folder, 'SHA256SUMS.txt'));
    }),
  );

  it('a limit on the size of files stands for it: what was written is kept, and gone on with', () =>
    withFolder(async (folder) => {
      await using mirror = await Mirror.start(FILES);
      // 300 KiB; the signal that would end the process is turned into an error of the write.
      const script = `trap '' XFSZ; ulimit -f 300; exec "$@"`;
      const command = [process.execPath, ...TYPESCRIPT, program, mirror.base, folder];
      const { code, err } = await start('bash', '-c', script, 'bash', ...command).ended;
      const path = join(folder, 'icu/chartevents.csv.gz');
      expect(err).toBe(`${path}: the file cannot be written; found EFBIG\n`);
      expect(code).toBe(1);
      expect(existsSync(path)).toBe(false);
      expect(await holds(`${path}.part`, 307_200)).toBe(true);

      expect((await fetching(mirror.base, folder).ended).code).toBe(0);
      expect(mirror.of('icu/chartevents.csv.gz')[1]?.range).toBe('bytes=307200-');
      expect(await filesIn(folder)).toEqual(whole(mirror));
    }));
});

describe('the command', () => {
  const clinragen = (...args: string[]) => start(process.execPath, ...TYPESCRIPT, cli, 'get', ...args);

  it('fetches from a mirror, says what it did; Ctrl-C ends with 130 and the same command goes on', () =>
    withFolder(async (folder) => {
      await using mirror = await Mirror.start(FILES);
      mirror.behaviours.set('icu/chartevents.csv.gz', hangingAt(200_000));
      const args = ['mimic4-demo', '--from', mirror.base, '--out', folder];
      const first = clinragen(...args);
      await until(() => holds(join(folder, 'icu/chartevents.csv.gz.part'), 200_000));
      first.child.kill('SIGINT');
      const stopped = await first.ended;
      expect(stopped.code).toBe(130);
      expect(stopped.err).toContain('clinragen: stopped; the same command goes on where it was\n');
      expect(Object.keys(await filesIn(folder)).sort()).toEqual([
        'hosp/admissions.csv.gz',
        'icu/chartevents.csv.gz.part',
        'icu/chartevents.csv.gz.part.json',
      ]);

      const { code, out, err } = await clinragen(...args).ended;
      expect(err).toMatch(/^mimic4-demo: 0\.60 MB in /m);
      expect(code).toBe(0);
      expect(out).toContain(`${folder}: all 2 files as published, 1 of them fetched now`);
      expect(out).toContain('ODbL');
      expect(out).toContain(`clinragen cohort --source mimic4:${folder}`);
      expect(await filesIn(folder)).toEqual(whole(mirror));
    }));

  it('one line for what goes wrong, exit code 1', () =>
    withFolder(async (folder) => {
      await using mirror = await Mirror.start();
      mirror.list = '<html>';
      const { code, out, err } = await clinragen('eicu-demo', '--from', mirror.base, '--out', folder).ended;
      expect(err).toMatch(
        /^clinragen: http:\/\/127\.0\.0\.1:\d+\/.*SHA256SUMS\.txt, line 1: not a list of files .*\n$/,
      );
      expect(code).toBe(1);
      expect(out).toBe('');
      const unknown = await clinragen('mimic5').ended;
      expect(unknown.err).toMatch(/'mimic5' is invalid .*Allowed choices are mimic3-demo, mimic4-demo, eicu-demo/);
      expect(unknown.code).toBe(1);
    }));

  it('explains the credentialed ones, and the --help the rest', async () => {
    const { code, out } = await clinragen('mimic3').ended;
    expect(out).toContain('nothing was downloaded');
    expect(out).toContain('https://physionet.org/files/mimiciii/1.4/');
    expect(code).toBe(0);
    const help = await clinragen('--help').ended;
    for (const word of [
      '--out',
      '--from',
      'mimic4-note',
      'NODE_USE_ENV_PROXY',
      'SHA256SUMS.txt',
      'same command goes on',
    ])
      expect(help.out).toContain(word);
  });
});
