/**
 * Thousands of random calls, most of them nonsense: each gives a result or a TorchError, and the process lives.
 *
 * The calls run in child processes, because what is feared is the end of the process; the call at hand stands in a file.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'hostile-calls-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Summary {
  operators: number;
  results: number;
  errors: Record<string, number>;
  live: number;
}

/** Runs calls in a child; fails with the call that ended it. */
function run(seed: number, calls: number, operators: string[] = [], preload: string[] = []): Promise<Summary> {
  const log = join(folder, `${seed}.log`);
  const script = fileURLToPath(new URL('hostile/run-calls.ts', import.meta.url));
  const args = [...preload, '--import', 'tsx', '--conditions=source', script, String(seed), String(calls), log];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, ...operators], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, OMP_WAIT_POLICY: 'passive' }, // waiting threads leave the processors to the other tests
    });
    let output = '';
    let complaints = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text;
    });
    child.stderr.on('data', (text: Buffer) => {
      complaints = (complaints + text).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(output) as Summary);
      else
        reject(
          new Error(`seed ${seed}: ended by ${signal ?? code} at\n${readFileSync(log, 'utf8').trim()}\n${complaints}`),
        );
    });
  });
}

describe('random calls', () => {
  // Fixed seeds: a failure must mean that something changed. CLINRAGEN_HOSTILE_SEED tries others.
  const first = Number(process.env.CLINRAGEN_HOSTILE_SEED ?? 1000);

  it.each([first, first + 1])(
    'give a result or a TorchError: 5,000 with seed %i',
    { timeout: 120_000 },
    async (seed) => {
      const { operators, results, errors, live } = await run(seed, 5000);
      const refused = Object.values(errors).reduce((a, b) => a + b, 0);
      expect(operators).toBeGreaterThan(400);
      expect(results + refused).toBe(5000);
      // Neither all valid nor all nonsense, or the test would show nothing.
      expect(results).toBeGreaterThan(1000);
      expect(errors.operator).toBeGreaterThan(1000);
      expect(errors.argument).toBeGreaterThan(300);
      expect(errors['use-after-free']).toBeGreaterThan(50);
      expect(live).toBe(0);
    },
  );

  it('of the operators that the models use, 4,000 of them', { timeout: 120_000 }, async () => {
    const used =
      'linear matmul bmm softmax log_softmax nll_loss cross_entropy_loss layer_norm batch_norm embedding gelu relu dropout ' +
      'index_select index gather scatter cat stack masked_fill mean sum unfold permute reshape view transpose where topk ' +
      'sort cumsum narrow slice select expand copy_ add_ mul_ conv1d index_put_ masked_fill_ one_hot multinomial pad';
    const { results, errors } = await run(first, 4000, used.split(' '));
    expect(results + Object.values(errors).reduce((a, b) => a + b, 0)).toBe(4000);
    expect(results).toBeGreaterThan(300);
  });

  it('an end of the process is seen, and the call named', { timeout: 60_000 }, async () => {
    // Preloaded: the process ends while the fiftieth call stands in the file.
    const preload = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const write = fs.writeSync;
      let calls = 0;
      fs.writeSync = (file, text, ...rest) => {
        const written = write(file, text, ...rest);
        if (text.startsWith('relu(') && ++calls === 50) process.abort();
        return written;
      };
      syncBuiltinESMExports();`;
    const url = `data:text/javascript,${encodeURIComponent(preload)}`;
    await expect(run(7, 1000, ['relu'], ['--import', url])).rejects.toThrow(/SIGABRT at\nrelu\(/);
  });
});
