/**
 * What a call of an operator costs, on tensors so small that arithmetic hardly counts; the peer is peers/torch_calls.py.
 *
 *   tsx --conditions=source bench/calls.ts calls - THREADS
 */
import { createInterface } from 'node:readline';
import { info, manualSeed, ops, randn, scope, setThreads } from '@clinragen/torch';

setThreads(Number(process.argv[4]));
manualSeed(1);
const ROUNDS = 5000;
const [x, y] = [randn([4, 4]), randn([4, 4])];
const weight = randn([4, 4], { requiresGrad: true });

/** The same eight calls on both sides. */
function calls(): number {
  for (let i = 0; i < ROUNDS; i++) {
    scope(() => {
      x.add(y);
      x.mul(2);
      x.add_(y, { alpha: 0 });
      x.transpose(0, 1);
      x.view([2, 8]);
      x.softmax(-1);
      ops.cat([x, y], 0);
      x.matmul(weight);
    });
  }
  return ROUNDS * 8;
}

console.log(JSON.stringify({ what: `clinragen, libtorch ${info().version}` }));
for await (const _ of createInterface({ input: process.stdin })) {
  const begun = performance.now();
  const amount = calls();
  console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000, amount }));
}
