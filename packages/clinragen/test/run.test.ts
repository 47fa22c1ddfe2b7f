import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  atomicFolder,
  hashFile,
  hashFolder,
  hashJson,
  openRun,
  RunError,
  type RunOptions,
  type StepEvent,
  writeJsonAtomic,
  writeTextAtomic,
} from '../src/run.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'run-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Opens the run, does something in it, and says what became of each step, as `step state reason`. */
async function within(work: (run: Awaited<ReturnType<typeof openRun>>) => Promise<unknown>, options: RunOptions = {}) {
  const events: StepEvent[] = [];
  const run = await openRun(dir, { onStep: (event) => events.push(event), ...options });
  try {
    await work(run);
  } finally {
    await run.close();
  }
  return events.filter(({ state }) => state !== 'done').map(({ step, state, reason }) => `${step} ${state}: ${reason}`);
}

const writes = (text: string) => () => writeTextAtomic(join(dir, 'a.txt'), text);

describe('a step', () => {
  const one = (inputs: Record<string, string | number>, text = 'A') =>
    within((run) => run.step('one', inputs, ['a.txt'], writes(text)));

  it('runs once, and is skipped while inputs and outputs stay the same', async () => {
    expect(await one({ seed: 1 })).toEqual(['one started: first time']);
    expect(await one({ seed: 1 }, 'never written')).toEqual(['one skipped: same inputs']);
    expect(readFileSync(join(dir, 'a.txt'), 'utf8')).toBe('A');
  });

  it('runs again when an input changes, and says which', async () => {
    await one({ seed: 1, model: 'x' });
    expect(await one({ seed: 2, model: 'x' })).toEqual(['one started: changed: seed']);
    expect(await one({ seed: 2, teacher: 'y' })).toEqual(['one started: changed: teacher, model']);
    expect(await one({ seed: 2, teacher: 'y' })).toEqual(['one skipped: same inputs']);
  });

  it('runs again when an output is gone or holds other bytes, also of the same length', async () => {
    await one({ seed: 1 });
    rmSync(join(dir, 'a.txt'));
    expect(await one({ seed: 1 })).toEqual(['one started: a.txt is missing']);
    writeFileSync(join(dir, 'a.txt'), 'B');
    expect(await one({ seed: 1 })).toEqual(['one started: a.txt was changed since']);
    expect(readFileSync(join(dir, 'a.txt'), 'utf8')).toBe('A');
  });

  it('is skipped where an output was only touched: its bytes count', async () => {
    await one({ seed: 1 });
    utimesSync(join(dir, 'a.txt'), new Date(0), new Date(0));
    expect(await one({ seed: 1 })).toEqual(['one skipped: same inputs']);
  });

  it('runs again when it is to write more than it did', async () => {
    await one({ seed: 1 });
    const more = await within((run) =>
      run.step('one', { seed: 1 }, ['a.txt', 'b.txt'], () => writeTextAtomic(run.path('b.txt'), 'B')),
    );
    expect(more).toEqual(['one started: b.txt was not written then']);
  });

  it('runs when asked for, whatever its inputs', async () => {
    await one({ seed: 1 });
    const step = (run: Awaited<ReturnType<typeof openRun>>) => run.step('one', { seed: 1 }, ['a.txt'], writes('A'));
    expect(await within(step, { force: ['other'] })).toEqual(['one skipped: same inputs']);
    expect(await within(step, { force: ['one'] })).toEqual(['one started: asked for']);
    expect(await within(step, { force: true })).toEqual(['one started: asked for']);
  });

  it('that fails is not complete, and what stood before it is not taken for its work', async () => {
    await one({ seed: 1 });
    const fails = within((run) =>
      run.step('one', { seed: 2 }, ['a.txt'], () => {
        throw new Error('out of memory');
      }),
    );
    await expect(fails).rejects.toThrow('out of memory');
    expect(await one({ seed: 1 })).toEqual(['one started: first time']);
  });

  it('that did not write what it promised is an error', async () => {
    const lazy = within((run) => run.step('one', {}, ['a.txt'], () => {}));
    await expect(lazy).rejects.toThrow(new RunError(`step one ended, but ${join(dir, 'a.txt')} is missing`));
  });

  it('inside another step is an error: neither could be skipped alone', async () => {
    const nested = within((run) => run.step('one', {}, [], () => run.step('two', {}, [], () => {})));
    await expect(nested).rejects.toThrow(/step two: step one is still running/);
  });

  it('is run again by a changed artifact of the step before', async () => {
    const both = (text: string) =>
      within(async (run) => {
        await run.step('one', { text }, ['a.txt'], writes(text));
        await run.step('two', { a: await run.hash('a.txt') }, ['b.txt'], () =>
          writeTextAtomic(run.path('b.txt'), text),
        );
      });
    await both('A');
    expect(await both('A')).toEqual(['one skipped: same inputs', 'two skipped: same inputs']);
    expect(await both('B')).toEqual(['one started: changed: text', 'two started: changed: a']);
  });

  it('may write a folder, in which every file counts', async () => {
    const folder = () =>
      within((run) =>
        run.step('one', {}, ['checkpoint'], () =>
          atomicFolder(run.path('checkpoint'), (inside) => {
            mkdirSync(join(inside, 'sub'));
            writeFileSync(join(inside, 'config.json'), '{}');
            writeFileSync(join(inside, 'sub', 'weights'), 'w');
          }),
        ),
      );
    await folder();
    expect(await folder()).toEqual(['one skipped: same inputs']);
    writeFileSync(join(dir, 'checkpoint', 'sub', 'weights'), 'x');
    expect(await folder()).toEqual(['one started: checkpoint was changed since']);
    writeFileSync(join(dir, 'checkpoint', 'stray'), '');
    expect(await folder()).toEqual(['one started: checkpoint was changed since']);
    expect(readdirSync(join(dir, 'checkpoint')).sort()).toEqual(['config.json', 'sub']);
  });
});

describe('the run', () => {
  it('keeps artifacts inside of its folder', async () => {
    await within(async (run) => {
      expect(run.path('cohort', 'stays.parquet')).toBe(join(dir, 'cohort', 'stays.parquet'));
      for (const path of ['../other', '/etc/passwd', 'a/../../b']) expect(() => run.path(path)).toThrow(RunError);
      await expect(run.hash('cohort')).rejects.toThrow(/cohort is missing: run the step that writes it first/);
    });
  });

  it('does not guess where steps.json is broken', async () => {
    for (const [text, message] of [
      ['{"one":', /steps\.json: found no JSON; delete it/],
      ['{"one":{"inputs":{}}}', /steps\.json: one\.outputs: .*delete it/],
    ] as const) {
      writeFileSync(join(dir, 'steps.json'), text);
      await expect(openRun(dir)).rejects.toThrow(message);
      expect(existsSync(join(dir, 'run.lock'))).toBe(false);
    }
  });

  it('takes one at a time', async () => {
    const first = await openRun(dir);
    await expect(openRun(dir)).rejects.toThrow(`process ${process.pid} on ${hostname()} works in it since`);
    await first.close();
    await (await openRun(dir)).close();
    expect(existsSync(join(dir, 'run.lock'))).toBe(false);
  });

  it('does not judge about a process on another machine', async () => {
    const owner = { pid: 1, host: 'elsewhere', since: 'yesterday', token: 'x' };
    writeFileSync(join(dir, 'run.lock'), JSON.stringify(owner));
    await expect(openRun(dir)).rejects.toThrow(/process 1 on elsewhere .*or delete .*run\.lock if it is gone/);
  });

  it('takes over a lock that was cut off', async () => {
    writeFileSync(join(dir, 'run.lock'), '{"pid":');
    await (await openRun(dir)).close();
  });
});

describe('a process killed in the middle of a step', () => {
  it('leaves nothing that looks complete, and the next one runs the step again', async () => {
    const child = spawn(
      process.execPath,
      [
        ...['--import', import.meta.resolve('tsx'), '--input-type=module', '-e'],
        `
        import { writeFileSync } from 'node:fs';
        import { join } from 'node:path';
        import { atomicFolder, openRun } from ${JSON.stringify(pathToFileURL(fileURLToPath(new URL('../src/run.ts', import.meta.url))).href)};
        const run = await openRun(process.argv[1], { onStep() {} });
        await run.step('one', { seed: 1 }, ['folder'], () => atomicFolder(run.path('folder'), (folder) => {
          writeFileSync(join(folder, 'part'), 'old');
        }));
        await run.step('one', { seed: 2 }, ['folder'], () => atomicFolder(run.path('folder'), async (folder) => {
          writeFileSync(join(folder, 'part'), 'half');
          console.log('ready');
          await new Promise((resolve) => setTimeout(resolve, 60_000));
        }));
        `,
        dir,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    await expect(openRun(dir)).rejects.toThrow(`process ${child.pid}`); // alive, it keeps others out
    child.kill('SIGKILL');
    await once(child, 'exit');

    expect(readFileSync(join(dir, 'folder', 'part'), 'utf8')).toBe('old');
    expect(JSON.parse(readFileSync(join(dir, 'steps.json'), 'utf8'))).toEqual({});
    const again = await within((run) =>
      run.step('one', { seed: 2 }, ['folder'], () =>
        atomicFolder(run.path('folder'), (folder) => writeFileSync(join(folder, 'part'), 'whole')),
      ),
    );
    expect(again).toEqual(['one started: first time']);
    expect(readFileSync(join(dir, 'folder', 'part'), 'utf8')).toBe('whole');
    expect(readdirSync(dir).sort()).toEqual(['folder', 'steps.json']); // what the killed one had begun is gone
  });
});

describe('atomic files', () => {
  it('a write that fails leaves the old file and no temporary one', async () => {
    const path = join(dir, 'metrics.json');
    await writeJsonAtomic(path, { f1: 0.5 });
    await expect(writeJsonAtomic(path, { count: 1n })).rejects.toThrow(TypeError);
    const half = atomicFolder(join(dir, 'folder'), (folder) => {
      writeFileSync(join(folder, 'a'), 'a');
      throw new Error('full disk');
    });
    await expect(half).rejects.toThrow('full disk');
    expect(readFileSync(path, 'utf8')).toBe('{\n  "f1": 0.5\n}\n');
    expect(readdirSync(dir)).toEqual(['metrics.json']);
  });
});

describe('hashes', () => {
  it('of JSON do not depend on the order of keys, and do on everything else', () => {
    expect(hashJson({ a: 1, b: [1, { c: null, d: 'x' }] })).toBe(hashJson({ b: [1, { d: 'x', c: null }], a: 1 }));
    expect(hashJson({ a: 1, b: undefined })).toBe(hashJson({ a: 1 }));
    const others = [
      { a: '1' },
      { a: 1 },
      { a: [1] },
      { b: 1 },
      { a: true },
      { a: null },
      {},
      [],
      'a',
      '{"a":1}',
      1,
      '1',
    ];
    expect(new Set(others.map(hashJson)).size).toBe(others.length);
    expect(() => hashJson({ loss: Number.NaN })).toThrow(TypeError);
  });

  it('of files are SHA-256', async () => {
    writeFileSync(join(dir, 'abc'), 'abc'); // FIPS 180-2, appendix B.1
    expect(await hashFile(join(dir, 'abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('of folders change with a file’s name, place and bytes', async () => {
    const seen = new Set<string>();
    for (const [name, text] of [
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
      ['sub/a', '1'],
    ] as const) {
      const folder = mkdtempSync(join(dir, 'f-'));
      mkdirSync(join(folder, 'sub'));
      writeFileSync(join(folder, name), text);
      expect(await hashFolder(`${folder}/`)).toBe(await hashFolder(folder));
      seen.add(await hashFolder(folder));
    }
    expect(seen.size).toBe(4);
  });
});
