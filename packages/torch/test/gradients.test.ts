/**
 * Gradients against finite differences, in float64, for every operator that the models are made of.
 *
 * Central differences with a step of 1e-6 leave an error of about 1e-9 from rounding and 1e-12 · f''' from the formula;
 * a wrong gradient is wrong by far more than the 1e-6 asked for.
 */
import * as torch from '@clinragen/torch';
import { ops, type Tensor } from '@clinragen/torch';
import { explicitAttention, RMSNorm } from '@clinragen/torch/nn';
import { describe, expect, it } from 'vitest';

const STEP = 1e-6;
const TOLERANCE = 1e-6;

type Function = (...inputs: Tensor[]) => Tensor;

function expectGradients(f: Function, shapes: readonly (readonly number[])[]): void {
  torch.scope(() => {
    torch.manualSeed(20240608);
    const inputs = shapes.map((shape) => torch.randn(shape, { dtype: 'float64', requiresGrad: true }));
    const output = f(...inputs);
    const weights = torch.randn(output.shape, { dtype: 'float64' }); // every output counts differently
    const loss = () =>
      f(...inputs)
        .mul(weights)
        .sum();
    const gradients = torch.grad([loss()], inputs);
    for (const [i, input] of inputs.entries()) {
      const flat = input.detach().view([-1]);
      const gradient = (gradients[i] as Tensor).reshape([-1]).toTypedArray() as Float64Array;
      expect(Array.from(gradient).some((x) => x !== 0)).toBe(true);
      for (let k = 0; k < gradient.length; k++) {
        const at = (offset: number) =>
          torch.noGrad(() =>
            torch.scope(() => {
              flat.select(0, k).add_(offset);
              const value = loss().item();
              flat.select(0, k).sub_(offset);
              return value;
            }),
          );
        const measured = (at(STEP) - at(-STEP)) / (2 * STEP);
        const off = Math.abs(measured - (gradient[k] as number)) / Math.max(1, Math.abs(measured));
        expect(off, `input ${i}, element ${k}: ${gradient[k]} and ${measured} by differences`).toBeLessThan(TOLERANCE);
      }
    }
  });
}

const ids = (values: number[]) => torch.tensor(values, { dtype: 'int64' });
const hidden = torch.tensor([[false, true, false], [true, false, false]]); // biome-ignore format: a matrix
const running = { mean: torch.zeros([3], { dtype: 'float64' }), variance: torch.ones([3], { dtype: 'float64' }) };

const CASES: [string, Function, number[][]][] = [
  ['linear', (x, w, b) => ops.linear(x, w, b as Tensor), [[2, 3, 4], [5, 4], [5]]],
  ['matmul of matrices', (a, b) => a.matmul(b as Tensor), [[3, 4], [4, 2]]],
  ['matmul of batches, broadcast', (a, b) => a.matmul(b as Tensor), [[2, 3, 4], [4, 2]]],
  ['baddbmm', (c, a, b) => c.baddbmm(a as Tensor, b as Tensor), [[2, 3, 2], [2, 3, 4], [2, 4, 2]]],
  ['softmax', (x) => x.softmax(-1), [[2, 5]]],
  ['logSoftmax', (x) => x.logSoftmax(1), [[2, 5]]],
  ['nllLoss', (x) => ops.nllLoss(x.logSoftmax(-1), ids([4, 0, 2])), [[3, 5]]],
  ['crossEntropyLoss', (x) => ops.crossEntropyLoss(x, ids([1, -100, 3]), { ignoreIndex: -100 }), [[3, 4]]],
  ['crossEntropyLoss, smoothed', (x) => ops.crossEntropyLoss(x, ids([1, 3]), { labelSmoothing: 0.1 }), [[2, 4]]],
  ['binaryCrossEntropyWithLogits', (x) => ops.binaryCrossEntropyWithLogits(x, ops.onesLike(x.detach())), [[2, 3]]],
  ['mseLoss', (x, y) => ops.mseLoss(x, y as Tensor), [[2, 3], [2, 3]]],
  ['layerNorm', (x, w, b) => ops.layerNorm(x, [4], w, b), [[3, 4], [4], [4]]],
  [
    'batchNorm while training',
    (x, w, b) => ops.batchNorm(x, w as Tensor, b as Tensor, running.mean, running.variance, true, 0, 1e-5, false),
    [[4, 3, 2], [3], [3]],
  ],
  [
    'batchNorm of running statistics',
    (x, w, b) => ops.batchNorm(x, w as Tensor, b as Tensor, running.mean, running.variance, false, 0, 1e-5, false),
    [[4, 3, 2], [3], [3]],
  ],
  ['RMS norm', (x) => new RMSNorm(4).to({ dtype: 'float64' }).forward(x), [[3, 4]]],
  ['RMS norm, by its weight', (x, w) => x.mul(x.square().mean(-1, true).add(1e-6).rsqrt()).mul(w as Tensor), [[3, 4], [4]]],
  ['embedding', (w) => ops.embedding(w, ids([2, 0, 2])), [[4, 3]]],
  ['gelu, exact', (x) => x.gelu(), [[7]]],
  ['gelu, tanh', (x) => x.gelu({ approximate: 'tanh' }), [[7]]],
  ['relu', (x) => x.relu(), [[7]]],
  ['silu', (x) => x.silu(), [[7]]],
  ['tanh', (x) => x.tanh(), [[7]]],
  ['sigmoid', (x) => x.sigmoid(), [[7]]],
  ['exp, log', (x) => x.exp().add(1).log(), [[7]]],
  ['sqrt, square, division', (x, y) => x.div((y as Tensor).square().add(1).sqrt()), [[5], [5]]],
  ['dropout of nothing', (x) => ops.dropout(x, 0, true), [[5]]],
  ['indexSelect', (x) => x.indexSelect(0, ids([1, 1, 3])), [[4, 2]]],
  ['index by a tensor', (x) => ops.index(x, [null, ids([2, 0])]), [[2, 3]]],
  ['gather', (x) => x.gather(1, torch.tensor([[0, 2], [1, 1]], { dtype: 'int64' })), [[2, 3]]],
  ['cat', (x, y) => torch.cat([x, y as Tensor], 1), [[2, 2], [2, 3]]],
  ['stack', (x, y) => torch.stack([x, y as Tensor], 1), [[2, 2], [2, 2]]],
  ['maskedFill', (x) => x.maskedFill(hidden, -3), [[2, 3]]],
  ['where', (x, y) => torch.where(hidden, x, y as Tensor), [[2, 3], [2, 3]]],
  ['mean', (x) => x.mean([0]), [[4, 3]]],
  ['sum', (x) => x.sum([1], true), [[4, 3]]],
  ['variance', (x) => x.var([1], true), [[4, 3]]],
  ['max', (x) => (x.max(1) as unknown as Tensor[])[0] as Tensor, [[4, 3]]],
  ['cumsum', (x) => x.cumsum(0), [[5]]],
  ['unfold', (x) => x.unfold(1, 3, 2), [[2, 7]]],
  ['permute, reshape', (x) => x.permute([2, 0, 1]).reshape([4, -1]).square(), [[2, 3, 4]]],
  ['transpose, view, expand', (x) => x.transpose(0, 1).unsqueeze(0).expand([2, 3, 2]).square(), [[2, 3]]],
  ['select, slice, narrow', (x) => x.select(0, 1).slice(0, 1, 4).add(x.narrow(1, 0, 3).sum([0])), [[2, 5]]],
  ['pad', (x) => ops.constantPadNd(x, [1, 2], 0.5).square(), [[2, 3]]],
  ['einsum', (x, y) => torch.einsum('bhqd,bhkd->bhqk', x, y as Tensor), [[1, 2, 3, 2], [1, 2, 3, 2]]],
  ['conv1d', (x, w, b) => ops.conv1d(x, w as Tensor, b, 2), [[2, 3, 7], [4, 3, 3], [4]]],
  ['power, negation, subtraction', (x, y) => x.pow(3).neg().sub(y as Tensor, { alpha: 2 }), [[4], [4]]],
  [
    'attention, step by step',
    (q, k, v) => explicitAttention(q, k as Tensor, v as Tensor).states,
    [[1, 2, 3, 4], [1, 2, 5, 4], [1, 2, 5, 4]],
  ],
]; // biome-ignore format: a table

describe('gradients equal finite differences', () => {
  it.each(CASES)('%s', (_, f, shapes) => expectGradients(f, shapes));

  it.skipIf(torch.atenName('scaledDotProductAttention') === undefined)('scaledDotProductAttention', () => {
    const mask = torch.tensor([[0, -5, 0], [0, 0, -7]], { dtype: 'float64' }); // biome-ignore format: a matrix
    expectGradients(
      (q, k, v) => ops.scaledDotProductAttention(q, k as Tensor, v as Tensor, { attnMask: mask, scale: 0.7 }),
      [[1, 2, 2, 4], [1, 2, 3, 4], [1, 2, 3, 4]], // biome-ignore format: shapes
    );
  });

  it('finds a gradient that is wrong', () => {
    const wrong: Function = (x) => x.detach().mul(x); // says x, is 2x
    expect(() => expectGradients(wrong, [[3]])).toThrow(/by differences/);
  });
});
