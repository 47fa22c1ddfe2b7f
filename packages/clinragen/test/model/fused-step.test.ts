import { manualSeed, noGrad, ops, randint, randn, scope, type Tensor, TorchError, tensor } from '@clinragen/torch';
import type { Linear } from '@clinragen/torch/nn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bestContinuations, useFused } from '../../src/model/fused.js';
import { T5 } from '../../src/model/t5.js';
import { parseT5Config } from '../../src/model/t5-config.js';
import { bothWays } from './both-ways.js';

beforeEach(() => manualSeed(7));
afterEach(() => useFused(true));

describe('the best continuations', () => {
  it('name every place once, also where less is possible than is asked for', () => {
    scope(() => {
      const logits = ops.full([2, 40], Number.NEGATIVE_INFINITY);
      noGrad(() => logits.view([-1]).indexFill_(0, tensor([0, 3, 50], { dtype: 'int64' }), 1));
      const [values, indices] = bestContinuations(logits, tensor([0, -1]), 2, 6);
      const chosen = [...(indices.toTypedArray() as BigInt64Array)].map(Number);
      expect(chosen.slice(0, 3)).toEqual([0, 3, 50]);
      expect(new Set(chosen).size).toBe(6);
      expect([...values.toFloat32().slice(3)]).toEqual([0, 0, 0].map(() => Number.NEGATIVE_INFINITY));
    });
  });

  it('show NaN, as sorting does', () => {
    scope(() => {
      const logits = randn([4, 40]);
      noGrad(() => logits.view([-1]).indexFill_(0, tensor([47], { dtype: 'int64' }), Number.NaN));
      const [ours, atens] = bothWays(() => bestContinuations(logits, ops.zeros([4]), 2, 4)[0].toFloat32());
      expect(ours.slice(0, 4)).toEqual(atens.slice(0, 4));
      expect(ours.slice(0, 4)).toEqual(new Float32Array(4).fill(Number.NaN));
      expect(Math.abs((ours[4] as number) - (atens[4] as number))).toBeLessThan(1e-5);
    });
  });
});

describe('a decoding step', () => {
  const settings = { model_type: 't5', vocab_size: 50, d_model: 24, d_kv: 5, d_ff: 30, num_layers: 2, num_heads: 3 };
  const started = (kind: 'relu' | 'gated-gelu', items: number, room: number, beams: number) => {
    const model = new T5(parseT5Config({ ...settings, feed_forward_proj: kind }, 'test')).eval();
    const cache = noGrad(() => model.startDecoding(model.encode(randn([items, 4, 24]), null), null, room, beams));
    return { model, cache };
  };
  const ids = (...tokens: number[]) => tensor(tokens, { dtype: 'int64' });

  it('keeps NaN through a relu, so that it can be seen', () => {
    scope(() => {
      const { model, cache } = started('relu', 1, 3, 2);
      const broken = model.decoder.block[0]?.layer[2].DenseReluDense.wi as Linear;
      noGrad(() => broken.weight.fill_(Number.NaN));
      expect(
        noGrad(() => model.decodeStep(ids(1, 2), cache))
          .isnan()
          .all()
          .item(),
      ).toBe(1);
      model.dispose();
    });
  });

  it('of no rows gives no logits', () => {
    scope(() => {
      const { model, cache } = started('gated-gelu', 0, 3, 2);
      const none = ops.zeros([0], { dtype: 'int64' });
      expect(noGrad(() => model.decodeStep(none, cache)).shape).toEqual([0, 50]);
      model.dispose();
    });
  });

  it('refuses what lies outside, and goes on after it', () => {
    scope(() => {
      const { model, cache } = started('gated-gelu', 2, 3, 2);
      const fused = cache.fused as NonNullable<typeof cache.fused>;
      const step = (with_: Partial<typeof cache> = {}, tokens = ids(1, 2, 3, 4)) =>
        noGrad(() => model.decodeStep(tokens, Object.assign(Object.create(cache), with_)));
      expect(() => step({}, ids(1, 2, 3, 50))).toThrow(/token 50/);
      expect(() => step({}, ids(1, 2, -1, 3))).toThrow(/token -1/);
      expect(() => step({}, ids(1, 2, 3))).toThrow(TorchError);
      expect(() => step({}, ids(1, 2, 3, 4).to('float32'))).toThrow(TorchError);
      expect(() => step({ length: 3 })).toThrow(/position 3 of 3/);
      expect(() => step({ length: -1 })).toThrow(/position -1 of 3/);
      const far = ops.full([4, 3], 4, { dtype: 'int64' });
      expect(() => step({ length: 1, fused: { ...fused, lineage: far } })).toThrow(/lineage 4 of 4/);
      const fewer = cache.cross.map(({ keys, values }) => ({ keys, values: values.narrow(0, 0, 1).contiguous() }));
      expect(() => step({ cross: fewer })).toThrow(TorchError);
      const there = (like: Tensor) => ops.empty([...like.shape], { dtype: like.dtype, device: 'meta' });
      expect(() => step({ positionBias: there(cache.positionBias) })).toThrow(TorchError);
      expect(() => step({ sourceBias: ops.empty([2, 1, 1, 4], { device: 'meta' }) })).toThrow(TorchError);
      expect(() => step({ fused: { ...fused, lineage: there(fused.lineage) } })).toThrow(TorchError);
      expect(() => step({}, ops.empty([4], { dtype: 'int64', device: 'meta' }))).toThrow(TorchError);

      expect(() => noGrad(() => model.decodeStep(ids(1, 2, 3, 50), cache))).toThrow(/token 50/);
      expect(cache.length).toBe(0); // a step that failed was none
      noGrad(() => model.decodeStep(ids(1, 2, 3, 4), cache));
      expect(cache.length).toBe(1);
      model.dispose();
    });
  });

  it.each([true, false])(
    'of an item whose source is blocked altogether gives numbers, in bfloat16 (fused: %s)',
    (fused) => {
      scope(() => {
        useFused(fused);
        const model = new T5(parseT5Config({ ...settings, feed_forward_proj: 'relu' }, 'test'))
          .eval()
          .to({ dtype: 'bfloat16' });
        const mask = tensor(
          [
            [0, 0, 0, 0],
            [1, 1, 0, 0],
          ],
          { dtype: 'int64' },
        );
        const states = noGrad(() => model.encode(randn([2, 4, 24]).to('bfloat16'), mask));
        const cache = noGrad(() => model.startDecoding(states, mask, 2, 1));
        expect(
          noGrad(() => model.decodeStep(ids(1, 2), cache))
            .isfinite()
            .all()
            .item(),
        ).toBe(1);
        model.dispose();
      });
    },
  );

  it('takes ids of any layout', () => {
    scope(() => {
      const run = (make: (x: Tensor) => Tensor) => {
        manualSeed(1);
        const { model, cache } = started('relu', 2, 3, 2);
        const logits = noGrad(() => model.decodeStep(make(randint(0, 50, [8])), cache)).toFloat32();
        model.dispose();
        return logits;
      };
      const every = (x: Tensor) => x.view([4, 2]).select(1, 0);
      expect(run(every)).toEqual(run((x) => every(x).contiguous()));
    });
  });
});
