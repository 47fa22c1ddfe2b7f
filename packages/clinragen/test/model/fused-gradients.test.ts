import {
  manualSeed,
  noGrad,
  ops,
  randn,
  scope,
  setThreads,
  type Tensor,
  tensor,
  threads,
  grad as torchGrad,
} from '@clinragen/torch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDropped, biasedAttention, crossEntropy, dropout, gatedGelu, useFused } from '../../src/model/fused.js';
import { leaf, NEVER, norm } from './both-ways.js';

beforeEach(() => manualSeed(7));
afterEach(() => useFused(true));

describe('differentiation', () => {
  const operators: Record<string, (x: Tensor) => Tensor> = {
    'rms norm': (x) => norm(x, ops.ones([8])),
    'gated gelu': (x) => gatedGelu(x, x, 0.2),
    dropout: (x) => dropout(x, 0.2),
    'dropout and addition': (x) => addDropped(x, x, 0.2),
    attention: (x) => biasedAttention(x.unsqueeze(0), x.unsqueeze(0), x.unsqueeze(0), null, null, 2, 0.2),
    'cross-entropy': (x) => crossEntropy(x, tensor([1, 2, 3, -100, 0], { dtype: 'int64' })),
  };
  it.each(Object.keys(operators))('of %s: twice through the same graph, but not of the gradient', (name) => {
    scope(() => {
      const x = leaf(randn([5, 8]));
      const out = (operators[name] as (x: Tensor) => Tensor)(x).square().sum();
      const [once] = torchGrad([out], [x], { retainGraph: true });
      const [again] = torchGrad([out], [x], { retainGraph: true });
      expect((again as Tensor).toFloat32()).toEqual((once as Tensor).toFloat32());
      expect(() => torchGrad([out], [x], { createGraph: true })).toThrow(/cannot be differentiated again/);
    });
  });

  it('refuses what was changed in place between forward and backward', () => {
    scope(() => {
      for (const [change, run] of [
        [[3, 8], (x: Tensor) => norm(x, ops.ones([8]))],
        [[3, 8], (x: Tensor) => gatedGelu(x, x, NEVER)],
        [[3, 8], (x: Tensor) => crossEntropy(x, tensor([1, 2, 3], { dtype: 'int64' }))],
        [[2, 3, 8], (x: Tensor) => biasedAttention(x, x, x, null, null, 1, NEVER)],
      ] as const) {
        const x = leaf(randn([...change]));
        const inner = x.mul(2);
        const loss = run(inner).sum();
        noGrad(() => inner.add_(1));
        expect(() => loss.backward()).toThrow(/modified (by an )?inplace/);
      }
    });
  });

  it('gives gradients to those alone that need them', () => {
    scope(() => {
      const inputs = () => [randn([2, 4, 8]), randn([2, 6, 8]), randn([2, 6, 8]), randn([1, 2, 4, 6])];
      for (let wanted = 0; wanted < 4; wanted++) {
        const [q, k, v, bias] = inputs().map((x, i) => (i === wanted ? leaf(x) : x)) as [
          Tensor,
          Tensor,
          Tensor,
          Tensor,
        ];
        biasedAttention(q, k, v, bias, null, 2, 0.1).sum().backward();
        expect([q, k, v, bias].map((x) => x.grad !== null)).toEqual([0, 1, 2, 3].map((i) => i === wanted));
      }
    });
  });

  it('does not depend on the number of threads', () => {
    scope(() => {
      const before = threads();
      const [x, bias, w] = [randn([3, 200, 48]), randn([1, 4, 200, 200]), randn([48])];
      const run = (count: number) => {
        setThreads(count);
        manualSeed(3);
        const inputs = [x, bias, w].map(leaf) as [Tensor, Tensor, Tensor];
        const normed = norm(inputs[0], inputs[2], 0.1);
        const attended = biasedAttention(normed, normed, normed, inputs[1], null, 4, 0.1);
        addDropped(inputs[0], gatedGelu(attended, normed, 0.1), 0.1)
          .square()
          .sum()
          .backward();
        return inputs.map((input) => (input.grad as Tensor).toFloat32());
      };
      const [one, two] = [run(1), run(2)];
      setThreads(before);
      // The products between are the library's own, which may sum otherwise with more threads.
      for (const [i, values] of one.entries()) {
        const other = two[i] as Float32Array;
        for (const [j, value] of values.entries()) {
          expect(Math.abs(value - (other[j] as number))).toBeLessThan(1e-3 * (1 + Math.abs(value)));
        }
      }
    });
  });
});
