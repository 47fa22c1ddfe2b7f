import {
  autocast,
  Generator,
  manualSeed,
  noGrad,
  ops,
  randint,
  randn,
  schemasOf,
  scope,
  setThreads,
  type Tensor,
  TorchError,
  tensor,
  threads,
} from '@clinragen/torch';
import { RMSNorm } from '@clinragen/torch/nn';
import { afterEach, describe, expect, it } from 'vitest';
import {
  addDropped,
  bestContinuations,
  biasedAttention,
  crossEntropy,
  dropout,
  gatedGelu,
  rmsNorm,
  useFused,
} from '../../src/model/fused.js';
import { T5 } from '../../src/model/t5.js';
import { parseT5Config } from '../../src/model/t5-config.js';
import { distance } from './expected.js';

afterEach(() => useFused(true));

/** Result and gradients of a function of leaves, with the engine's own operators or ATen's. */
function both(leaves: readonly Tensor[], run: (...inputs: Tensor[]) => Tensor, dtype: 'float32' | 'bfloat16') {
  return [true, false].map((fused) => {
    useFused(fused);
    const inputs = leaves.map((leaf) => {
      const copy = leaf.to(dtype, undefined, { copy: true }).detach();
      copy.requiresGrad = true;
      return copy;
    });
    const out = run(...inputs);
    const weight = tensor(
      Array.from({ length: out.shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
      {},
    ).view([...out.shape]);
    out.to('float32').mul(weight).sum().backward();
    return [out.toFloat32(), ...inputs.map((input) => (input.grad as Tensor).toFloat32())];
  }) as [Float32Array[], Float32Array[]];
}

// Widths that fill lanes of 16, and that do not. A share this small drops nothing, but takes the fused way in float32.
const NEVER = 1e-12;
// float32: other orders of summation. bfloat16: ATen rounds after each step, 8 bits a time; we round once at the end.
const TOLERANCE = { float32: 2e-5, bfloat16: 0.03 };

describe.each(['float32', 'bfloat16'] as const)("the engine's own operators in %s", (dtype) => {
  const same = (leaves: readonly Tensor[], run: (...inputs: Tensor[]) => Tensor) => {
    const [ours, atens] = both(leaves, run, dtype);
    for (const [i, values] of ours.entries()) {
      expect(distance(values, atens[i] as Float32Array), `part ${i}`).toBeLessThan(TOLERANCE[dtype]);
    }
  };

  it.each([16, 45])('rms norm, width %i', (d) => {
    scope(() => {
      manualSeed(1);
      const layer = new RMSNorm(d);
      noGrad(() => layer.weight.add_(randn([d]).mul(0.1)));
      same([randn([70, d]), layer.weight], (x, w) =>
        rmsNorm(Object.assign(Object.create(RMSNorm.prototype), { weight: w, epsilon: 1e-6 }), x, NEVER),
      );
      layer.dispose();
    });
  });

  it.each([32, 50])('gated gelu, width %i', (d) => {
    scope(() => {
      manualSeed(2);
      same([randn([9, d]).mul(3), randn([9, d])], (gate, up) => gatedGelu(gate, up, NEVER));
    });
  });

  it.each([
    [32, 32, 16],
    [7, 37, 12],
  ])('attention with a learned bias and a mask, %i queries, %i keys', (queries, keys, width) => {
    scope(() => {
      manualSeed(3);
      const heads = 3;
      const mask = randint(0, 2, [2, 1, 1, keys]).to('float32').sub(1).mul(1e9);
      const [q, k, v] = [queries, keys, keys].map((n) => randn([2, n, heads * width]).mul(0.5)) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      same([q, k, v, randn([1, heads, queries, keys])], (a, b, c, bias) =>
        biasedAttention(a, b, c, bias, mask, heads, NEVER),
      );
    });
  });

  it('cross-entropy, with labels left out and weights', () => {
    scope(() => {
      manualSeed(4);
      const labels = tensor([3, -100, 0, 70, 5], { dtype: 'int64' });
      const weights = tensor([1, 0, 0.5, 2, 1]);
      const logits = randn([5, 71]).mul(3);
      same([logits], (x) => crossEntropy(x, labels));
      same([logits], (x) => crossEntropy(x, labels, weights));
    });
  });
});

describe('dropout', () => {
  it('drops the share that was asked for and keeps the mean, differently each time', () => {
    scope(() => {
      manualSeed(5);
      const x = ops.ones([400, 500]);
      const [once, again] = [dropout(x, 0.1), dropout(x, 0.1)];
      // 200,000 draws: three deviations are 0.002
      expect(Math.abs(once.eq(0).to('float32').mean().item() - 0.1)).toBeLessThan(0.002);
      expect(Math.abs(once.mean().item() - 1)).toBeLessThan(0.003);
      const overlap = once.eq(0).to('float32').mul(again.eq(0).to('float32')).mean().item();
      expect(Math.abs(overlap - 0.01)).toBeLessThan(0.001); // two draws that know nothing of each other
      // Neither rows nor columns go together.
      expect(once.mean(0).std().item()).toBeLessThan(0.03);
      expect(once.mean(1).std().item()).toBeLessThan(0.03);
    });
  });

  it('backward drops what forward dropped', () => {
    scope(() => {
      const x = randn([30, 50], { requiresGrad: true });
      const dropped = dropout(x, 0.3);
      dropped.sum().backward();
      const kept = dropped.detach().ne(0).to('float32');
      expect(distance((x.grad as Tensor).toFloat32(), kept.div(0.7).toFloat32())).toBeLessThan(1e-6);

      const [base, branch] = [randn([30, 50], { requiresGrad: true }), randn([30, 50], { requiresGrad: true })];
      const joined = addDropped(base, branch, 0.3);
      joined.sum().backward();
      const taken = joined.detach().sub(base.detach()).abs().gt(1e-6).to('float32');
      expect(distance((branch.grad as Tensor).toFloat32(), taken.div(0.7).toFloat32())).toBeLessThan(1e-6);
      expect((base.grad as Tensor).eq(1).all().item()).toBe(1);
    });
  });

  it('in attention, gradients are those of the weights that were kept', () => {
    scope(() => {
      manualSeed(6);
      const [q, k, v] = Array.from({ length: 3 }, () => randn([1, 20, 8], { requiresGrad: true })) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const bias = randn([1, 2, 20, 20], { requiresGrad: true });
      const state = Generator.default().state();
      const at = (step: number, part: Tensor, index: number) => {
        Generator.default().setState(state);
        return noGrad(() => {
          part.view([-1]).narrow(0, index, 1).add_(step);
          const value = biasedAttention(q, k, v, bias, null, 2, 0.4).square().sum().item();
          part.view([-1]).narrow(0, index, 1).sub_(step);
          return value;
        });
      };
      Generator.default().setState(state);
      biasedAttention(q, k, v, bias, null, 2, 0.4).square().sum().backward();
      for (const part of [q, k, v, bias]) {
        for (const index of [0, 37, 91]) {
          const slope = (at(1e-2, part, index) - at(-1e-2, part, index)) / 2e-2;
          const ours = (part.grad as Tensor).view([-1]).narrow(0, index, 1).item();
          // Central differences in float32: about three digits.
          expect(Math.abs(ours - slope)).toBeLessThan(0.02 * Math.abs(slope) + 5e-3);
        }
      }
    });
  });

  it('is decided by the seed, not by the number of threads', () => {
    scope(() => {
      const before = threads();
      const run = (count: number) => {
        setThreads(count);
        manualSeed(9);
        const [q, k, v] = Array.from({ length: 3 }, () => randn([4, 150, 32])) as [Tensor, Tensor, Tensor];
        return dropout(biasedAttention(q, k, v, null, null, 4, 0.2), 0.2).toFloat32();
      };
      expect(run(1)).toEqual(run(2));
      setThreads(before);
    });
  });
});

const config = parseT5Config(
  {
    model_type: 't5',
    vocab_size: 77,
    d_model: 40,
    d_kv: 9,
    d_ff: 50,
    num_layers: 2,
    num_heads: 3,
    feed_forward_proj: 'gated-gelu',
    tie_word_embeddings: false,
  },
  'test',
);

describe('a decoding step in one call', () => {
  it.each([
    ['float32', 1e-5],
    ['bfloat16', 0.05],
  ] as const)(
    'gives the logits of the operators one by one, in %s, with beams that change places',
    (dtype, tolerance) => {
      scope(() => {
        manualSeed(11);
        const model = new T5(config).eval().to({ dtype });
        const source = randn([3, 21, 40]).to(dtype);
        const mask = tensor(
          [20, 21, 5].map((n) => Array.from({ length: 21 }, (_, i) => (i < n ? 1 : 0))),
          { dtype: 'int64' },
        );
        const ids = Array.from({ length: 12 }, () => randint(2, 77, [9]));
        const rows = Array.from({ length: 12 }, () =>
          randint(0, 3, [9]).add(tensor([0, 0, 0, 3, 3, 3, 6, 6, 6], { dtype: 'int64' })),
        );
        const decode = (fused: boolean) => {
          useFused(fused);
          return noGrad(() => {
            const states = model.encode(source, mask);
            let cache = model.startDecoding(states, mask, 7, 3);
            expect(cache.fused !== null).toBe(fused);
            return ids.map((id, at) => {
              if (at === 7) cache = model.enlarge(cache, 12);
              if (at > 0) model.reorder(cache, rows[at] as Tensor);
              return model.decodeStep(id, cache).toFloat32();
            });
          });
        };
        const [ours, atens] = [decode(true), decode(false)];
        for (const [at, logits] of ours.entries()) {
          expect(distance(logits, atens[at] as Float32Array), `step ${at}`).toBeLessThan(tolerance);
        }
        model.dispose();
      });
    },
  );

  it('finds the best continuations that sorting finds', () => {
    scope(() => {
      manualSeed(12);
      const logits = randn([6, 1000]).mul(4);
      const sums = randn([6]);
      const [ours, atens] = [true, false].map((fused) => {
        useFused(fused);
        const [values, indices] = bestContinuations(logits, sums, 3, 6);
        return { values: values.toFloat32(), indices: indices.toArray() };
      }) as [{ values: Float32Array; indices: unknown }, { values: Float32Array; indices: unknown }];
      expect(ours.indices).toEqual(atens.indices);
      expect(distance(ours.values, atens.values)).toBeLessThan(1e-6);
    });
  });
});

describe('what does not fit', () => {
  it('is refused with the one error', () => {
    scope(() => {
      const [x, w] = [randn([2, 8]), randn([5])];
      expect(() => rmsNorm({ weight: w, epsilon: 1e-6 } as RMSNorm, x, 0.1)).toThrow(TorchError);
      expect(() => gatedGelu(x, w, 0.1)).toThrow(/gated_gelu: gate is \[2, 8\]/);
      expect(() =>
        biasedAttention(randn([1, 4, 8]), randn([1, 4, 8]), randn([1, 4, 8]), randn([1, 2, 3, 4]), null, 2, 0.1),
      ).toThrow(/bias is \[1, 2, 3, 4\]/);
      expect(() => crossEntropy(x, tensor([1, 9], { dtype: 'int64' }))).toThrow(
        /label 9 is out of bounds for 8 classes/,
      );
      expect(() => dropout(x, 1)).toThrow(TorchError);
      const model = new T5(config).eval();
      const cache = noGrad(() => model.startDecoding(model.encode(randn([1, 3, 40]), null), null, 2, 1));
      const step = (id: number) => noGrad(() => model.decodeStep(tensor([id], { dtype: 'int64' }), cache));
      expect(() => step(77)).toThrow(/token 77 is out of the vocabulary of 77/);
      cache.length = 2;
      expect(() => step(3)).toThrow(/position 2 of 2/);
      model.dispose();
    });
  });

  it('is there, in the engine that is built', () => {
    expect(schemasOf('clinragen::t5_decode_step')).toHaveLength(1);
    expect(schemasOf('clinragen::no_such_operator')).toHaveLength(0);
  });

  it('gives bfloat16 under autocast', () => {
    scope(() => {
      const layer = new RMSNorm(32);
      expect(autocast(() => rmsNorm(layer, randn([3, 32]), 0.1)).dtype).toBe('bfloat16');
      layer.dispose();
    });
  });
});
