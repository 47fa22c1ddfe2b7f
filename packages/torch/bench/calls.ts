/**
 * What one call costs from TypeScript down to ATen, in microseconds: small tensors, so that arithmetic hardly counts.
 *
 *   npx tsx --conditions=source packages/torch/bench/calls.ts [calls]
 */
import * as torch from '@clinragen/torch';

const calls = Number(process.argv[2] ?? 100_000);
const x = torch.randn([4, 4]);
const y = torch.randn([4, 4]);
const weight = torch.randn([4, 4], { requiresGrad: true });

const bodies: Readonly<Record<string, () => unknown>> = {
  'x.add(y)': () => x.add(y),
  'x.add(y, { alpha: 2 })': () => x.add(y, { alpha: 2 }),
  'x.mul(2)': () => x.mul(2),
  'x.add_(y)': () => x.add_(y),
  'x.transpose(0, 1)': () => x.transpose(0, 1),
  'x.reshape([2, 8])': () => x.reshape([2, 8]),
  'x.softmax(-1)': () => x.softmax(-1),
  'x.matmul(weight), recorded': () => x.matmul(weight),
  'cat of two': () => torch.cat([x, y]),
  'x.max(0), two results': () => x.max(0),
  'shape of a new tensor': () => x.mul(2).shape,
};

const round = 1000; // tensors alive at a time
function time(body: () => unknown): number {
  const begun = performance.now();
  for (let i = 0; i < calls / round; i++) {
    torch.scope(() => {
      for (let k = 0; k < round; k++) body();
    });
  }
  return ((performance.now() - begun) * 1000) / calls;
}

torch.setThreads(1);
for (const [name, body] of Object.entries(bodies)) {
  time(body);
  const best = Math.min(time(body), time(body), time(body));
  console.log(`${name.padEnd(30)} ${best.toFixed(2)} µs`);
}
