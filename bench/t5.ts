/**
 * Our T5 on the work that bench/run.mjs measures; the peer is peers/transformers_t5.py.
 *
 *   tsx --conditions=source bench/t5.ts training|generation CONFIG THREADS
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { autocast, info, manualSeed, noGrad, ones, randint, scope, setThreads } from '@clinragen/torch';
import { AdamW } from '@clinragen/torch/optim';
import { generate } from '../packages/clinragen/src/model/generate.js';
import { T5 } from '../packages/clinragen/src/model/t5.js';
import { parseT5Config } from '../packages/clinragen/src/model/t5-config.js';

const [task, path, threads] = process.argv.slice(2) as [string, string, string];
setThreads(Number(threads));
manualSeed(1);
const BATCH = 4;
const SOURCE = 512;
const TARGET = 128;
const NEW = 64;

const config = parseT5Config(JSON.parse(readFileSync(path, 'utf8')), path);
const vocabulary = config.vocab_size;
// An end token that no token is: every sequence has its full length, as the peer's min_new_tokens has it.
const model = new T5(task === 'generation' ? { ...config, eos_token_id: vocabulary } : config);
const ids = randint(2, vocabulary, [BATCH, SOURCE]);
const mask = ones([BATCH, SOURCE], { dtype: 'int64' });

function training(): () => number {
  const labels = randint(2, vocabulary, [BATCH, TARGET]);
  const optimizer = new AdamW(model.train().trainableParameters(), { lr: 1e-4 });
  return () =>
    scope(() => {
      const { loss } = autocast(() => model.forward(model.shared.forward(ids), mask, labels));
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return BATCH * (SOURCE + TARGET);
    });
}

function generation(): () => number {
  model.eval().to({ dtype: 'bfloat16' });
  return () =>
    scope(() => {
      const states = noGrad(() => model.encode(model.shared.forward(ids), mask));
      const found = generate(model, states, mask, { beams: 2, maxTokens: NEW });
      if (found.ids.some((row) => row.length !== NEW)) throw new Error('a sequence ended early');
      return BATCH * NEW;
    });
}

const run = task === 'training' ? training() : generation();
console.log(JSON.stringify({ what: `clinragen, libtorch ${info().version}` }));
for await (const _ of createInterface({ input: process.stdin })) {
  const [begun, worked] = [performance.now(), process.cpuUsage()];
  const amount = run();
  const { user, system } = process.cpuUsage(worked);
  console.log(
    JSON.stringify({ seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6, amount }),
  );
}
