import {
  autocast,
  call,
  info,
  manualSeed,
  ops,
  randn,
  scope,
  type Tensor,
  TorchError,
  tensor,
  grad as torchGrad,
} from '@clinragen/torch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addDropped,
  bestContinuations,
  biasedAttention,
  crossEntropy,
  dropout,
  gatedGelu,
  useFused,
} from '../../src/model/fused.js';
import { BLOCKED } from '../../src/model/t5-buckets.js';
import { bothWays, expectSame, expectSameWithGradients, leaf, NEVER, norm } from './both-ways.js';

beforeEach(() => manualSeed(7));
afterEach(() => useFused(true));

describe('inputs of every layout', () => {
  const views: Record<string, (x: Tensor) => Tensor> = {
    transposed: (x) => x.transpose(0, 1), // [24, 6] → [6, 24]
    'every second': (x) => x.narrow(0, 0, 12).slice(1, 0, null, 2).transpose(0, 1), // [3, 12]
    expanded: (x) => x.narrow(1, 0, 1).transpose(0, 1).expand([5, 24]),
  };
  it.each(Object.keys(views))('%s', (name) => {
    scope(() => {
      const view = views[name] as (x: Tensor) => Tensor;
      const x = randn([24, 6]);
      const width = view(x).size(-1);
      expectSameWithGradients([x, randn([width])], (a, w) => norm(view(a as Tensor), w as Tensor));
      expectSameWithGradients([x, randn([24, 6])], (a, b) => gatedGelu(view(a as Tensor), view(b as Tensor), NEVER));
      expectSameWithGradients([x, randn([24, 6])], (a, b) => addDropped(view(a as Tensor), view(b as Tensor), NEVER));
      expectSameWithGradients([x], (a) =>
        crossEntropy(view(a as Tensor), ops.zeros([view(a as Tensor).size(0)], { dtype: 'int64' })),
      );
      expectSameWithGradients([x, randn([24, 6]), randn([24, 6])], (a, b, c) => {
        const [q, k, v] = [a, b, c].map((part) => view(part as Tensor).unsqueeze(0)) as [Tensor, Tensor, Tensor];
        return biasedAttention(q, k, v, null, null, 3, NEVER);
      });
    });
  });

  it('a bias and a mask that are expanded', () => {
    scope(() => {
      const [q, bias] = [randn([2, 5, 12]), randn([1, 1, 1, 5])];
      const mask = tensor([0, 0, -1e9, 0, -1e9]).view([1, 1, 1, 5]).expand([2, 1, 1, 5]);
      expectSameWithGradients([q, bias], (a, b) =>
        biasedAttention(a as Tensor, a as Tensor, a as Tensor, (b as Tensor).expand([1, 3, 5, 5]), mask, 3, NEVER),
      );
    });
  });

  it.each([
    [0, 16],
    [1, 1],
    [1, 300_001],
    [130, 17],
  ])('%i rows of %i', (rows, width) => {
    scope(() => {
      const x = randn([rows, width]);
      expectSameWithGradients([x, randn([width])], (a, w) => norm(a as Tensor, w as Tensor));
      expectSameWithGradients([x, randn([rows, width])], (a, b) => gatedGelu(a as Tensor, b as Tensor, NEVER));
      const labels = ops.zeros([rows], { dtype: 'int64' });
      expectSameWithGradients([x], (a) => crossEntropy(a as Tensor, labels));
      expect(dropout(x, 0.5).shape).toEqual([rows, width]);
      expect(addDropped(x, x, 0.5).shape).toEqual([rows, width]);
    });
  });

  it.each([
    [0, 4, 5],
    [2, 0, 5],
    [2, 4, 0],
    [1, 1, 1],
    [1, 3, 2000],
  ])('attention of %i items, %i queries and %i keys', (items, queries, keys) => {
    scope(() => {
      const [q, k, v] = [queries, keys, keys].map((n) => randn([items, n, 10])) as [Tensor, Tensor, Tensor];
      expectSameWithGradients([q, k, v, randn([1, 2, queries, keys])], (a, b, c, bias) =>
        biasedAttention(a as Tensor, b as Tensor, c as Tensor, bias as Tensor, null, 2, NEVER),
      );
    });
  });
});

describe('numbers that are not finite', () => {
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30, -1e30, 200, -200];

  it('attention: rows that are blocked, altogether or by −∞, and scores that are NaN', () => {
    scope(() => {
      const [q, k, v] = [randn([7, 2, 8]), randn([7, 20, 8]), randn([7, 20, 8])];
      const row = (fill: number, at = 20) => Array.from({ length: 20 }, (_, i) => (i < at ? fill : 0));
      for (const masks of [
        [row(BLOCKED), row(BLOCKED, 19), row(Number.NEGATIVE_INFINITY), row(Number.NEGATIVE_INFINITY, 3), row(0)],
        odd.map((value) => row(value, 1)),
      ]) {
        const n = masks.length;
        const mask = tensor(masks).view([n, 1, 1, 20]);
        expectSame(
          bothWays(() =>
            biasedAttention(q.narrow(0, 0, n), k.narrow(0, 0, n), v.narrow(0, 0, n), null, mask, 2, NEVER),
          ),
        );
      }
      // Nothing to attend to: the mean of the values.
      const blocked = ops.full([7, 1, 1, 20], BLOCKED);
      const all = biasedAttention(q, k, v, null, blocked, 2, NEVER);
      expect(
        all
          .sub(v.mean([1], true))
          .abs()
          .max()
          .item(),
      ).toBeLessThan(1e-5);
    });
  });

  it('losses and gates', () => {
    scope(() => {
      for (const value of odd) {
        // In rows 0 and 2; row 1, whose label is ignored, gets gradients of 0 whatever it holds.
        const x = randn([63])
          .indexFill(0, tensor([4, 46], { dtype: 'int64' }), value)
          .view([3, 21]);
        for (const label of [0, 4]) {
          const labels = tensor([label, -100, label], { dtype: 'int64' });
          expectSame(bothWays(() => crossEntropy(x, labels)));
          expectSame(bothWays(() => torchGrad([crossEntropy(leafOf(x), labels)], [last as Tensor])[0] as Tensor));
        }
        const up = ops.ones([3, 21]);
        expectSame(bothWays(() => gatedGelu(x, up, NEVER)));
        const near = Math.abs(value) <= 200 ? 1 : Number.POSITIVE_INFINITY; // beyond: NaN or no number that means anything
        if (near === 1) {
          expectSame(bothWays(() => torchGrad([gatedGelu(leafOf(x), up, NEVER).sum()], [last as Tensor])[0] as Tensor));
        }
      }
    });
  });
  let last: Tensor | null = null;
  const leafOf = (x: Tensor) => {
    last = leaf(x);
    return last;
  };

  it('labels that are all ignored: NaN, and gradients of 0', () => {
    scope(() => {
      const labels = tensor([-100, -100], { dtype: 'int64' });
      const x = leaf(randn([2, 9]));
      const loss = crossEntropy(x, labels);
      expect(loss.item()).toBeNaN();
      loss.backward();
      expect((x.grad as Tensor).eq(0).all().item()).toBe(1);
    });
  });
});

describe('mixed types', () => {
  it.each([
    ['bfloat16', 'float32'],
    ['float32', 'bfloat16'],
    ['bfloat16', 'bfloat16'],
  ] as const)('rms norm of %s by a weight of %s is of the type that ATen gives it', (of, by) => {
    scope(() => {
      const [x, w] = [randn([4, 20]).to(of), randn([20]).to(by)];
      expectSame(
        bothWays(() => norm(x, w)),
        0.03,
      );
    });
  });

  // Older ones refuse float16 on a CPU.
  it.skipIf(/^1\.|^2\.[0-5]\./.test(info().version))(
    'under autocast in float16, which the engine does not write, numbers are right',
    () => {
      scope(() => {
        const [x, w] = [randn([4, 20]), randn([20])];
        expectSame(bothWays(() => autocast(() => norm(x, w), { dtype: 'float16' })));
      });
    },
  );

  it.each(['float64', 'float16', 'int64'] as const)(
    '%s falls back where ATen can, and is refused where it is mixed in',
    (dtype) => {
      scope(() => {
        const [x, other] = [randn([2, 3, 8]), randn([2, 3, 8]).to(dtype)];
        if (dtype === 'float64') {
          expect(norm(other, ops.ones([8]).to(dtype)).dtype).toBe(dtype);
          expect(dropout(other, 0.2).dtype).toBe(dtype);
          expect(gatedGelu(other, other, NEVER).dtype).toBe(dtype);
        }
        expect(() => norm(x, ops.ones([8]).to(dtype))).toThrow(TorchError);
        expect(() => gatedGelu(x, other, NEVER)).toThrow(TorchError);
        expect(() => biasedAttention(x, other, x, null, null, 2, NEVER)).toThrow(TorchError);
        expect(() => biasedAttention(x, x, x, ops.zeros([1, 2, 3, 3]).to(dtype), null, 2, NEVER)).toThrow(TorchError);
        expect(() => biasedAttention(x, x, x, null, ops.zeros([2, 1, 1, 3]).to(dtype), 2, NEVER)).toThrow(TorchError);
        for (const name of [
          'rms_norm',
          'dropout',
          'dropout_add',
          'gated_gelu',
          'cross_entropy',
          'best_continuations',
        ]) {
          const rest: Record<string, unknown[]> = {
            rms_norm: [ops.ones([8]), 1e-6],
            dropout: [0.1],
            dropout_add: [x, 0.1],
            gated_gelu: [other, 0.1],
            cross_entropy: [ops.zeros([2], { dtype: 'int64' }), null, -100],
            best_continuations: [ops.zeros([2]), 1, 1],
          };
          expect(() => call(`clinragen::${name}`, [other, ...(rest[name] as [])]), name).toThrow(TorchError);
        }
      });
    },
  );

  it('on another device is refused, wherever it stands', () => {
    scope(() => {
      const x = randn([2, 3, 8]);
      const away = ops.empty([2, 3, 8], { device: 'meta' });
      const [bias, mask] = [ops.empty([1, 2, 3, 3], { device: 'meta' }), ops.empty([2, 1, 1, 3], { device: 'meta' })];
      for (const run of [
        () => norm(x, ops.empty([8], { device: 'meta' })),
        () => gatedGelu(x, away, NEVER),
        () => addDropped(x, away, 0.1),
        () => call('clinragen::dropout_add', [away, x, 0.1]),
        () => biasedAttention(x, away, x, null, null, 2, NEVER),
        () => biasedAttention(x, x, away, null, null, 2, NEVER),
        () => biasedAttention(x, x, x, bias, null, 2, NEVER),
        () => biasedAttention(x, x, x, null, mask, 2, NEVER),
        () => crossEntropy(x.view([6, 8]), ops.empty([6], { device: 'meta', dtype: 'int64' })),
        () => crossEntropy(x.view([6, 8]), ops.zeros([6], { dtype: 'int64' }), ops.empty([6], { device: 'meta' })),
        () => bestContinuations(x.view([6, 8]), ops.empty([6], { device: 'meta' }), 3, 6),
      ]) {
        expect(run).toThrow(TorchError);
      }
    });
  });

  it('a mask of queries is not taken for one of items, nor a bias of items for one of heads', () => {
    scope(() => {
      const x = randn([4, 4, 8]);
      expect(() => biasedAttention(x, x, x, null, ops.zeros([1, 1, 4, 4]), 2, NEVER)).toThrow(/mask is \[1, 1, 4, 4\]/);
      expect(() => biasedAttention(x, x, x, ops.zeros([2, 1, 4, 4]), null, 2, NEVER)).toThrow(/bias is \[2, 1, 4, 4\]/);
    });
  });
});
