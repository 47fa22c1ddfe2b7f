import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  autocast,
  fromTypedArray,
  manualSeed,
  memory,
  noGrad,
  randint,
  randn,
  scope,
  setThreads,
} from '@clinragen/torch';
import { describe, expect, it } from 'vitest';
import { T5 } from '../../src/model/t5.js';
import { bucketOf } from '../../src/model/t5-buckets.js';
import { parseT5Config } from '../../src/model/t5-config.js';
import { distance } from './expected.js';
import { compareT5 } from './t5-case.js';

// Tensors this small lose more by waking a second thread than it computes.
setThreads(1);

const goldens = fileURLToPath(new URL('../goldens', import.meta.url));

const tiny = parseT5Config(
  {
    model_type: 't5',
    vocab_size: 61,
    d_model: 16,
    d_kv: 4,
    d_ff: 24,
    num_layers: 2,
    num_decoder_layers: 2,
    num_heads: 3,
    feed_forward_proj: 'gated-gelu',
    tie_word_embeddings: false,
    dropout_rate: 0,
  },
  'test',
);

describe('T5', () => {
  // Made by make_goldens.py with Hugging Face transformers; tolerances stand in expected.ts.
  for (const folder of ['t5-untied-gated-gelu', 't5-tied-relu']) {
    it(`computes, learns and searches as Hugging Face does: ${folder}`, async () => {
      const place = join(goldens, folder);
      expect(existsSync(place)).toBe(true);
      const searches = JSON.parse(readFileSync(join(goldens, 't5-searches.json'), 'utf8'));
      // Inputs 4, activations 5, a norm a weight, and for each search its ids, from both sources; scores of beams.
      expect(await compareT5(place, folder, searches)).toBeGreaterThan(50);
    });
  }

  it('decodes token by token what it computes for the whole target', () => {
    scope(() => {
      manualSeed(3);
      const model = new T5(tiny).eval();
      const ids = randint(2, 61, [2, 9]);
      const mask = fromTypedArray(
        BigInt64Array.from({ length: 14 }, (_, i) => (i === 6 || i === 5 ? 0n : 1n)),
        [2, 7],
      );
      const [whole, steps] = noGrad(() => {
        const states = model.encode(randn([2, 7, 16]), mask);
        const cache = model.startDecoding(states, mask, 9, 1);
        const each = Array.from({ length: 9 }, (_, at) => model.decodeStep(ids.select(1, at), cache).toFloat32());
        return [model.logits(model.decode(ids, states, mask)), each] as const;
      });
      // Same arithmetic in other shapes: float32 rounding only.
      for (const [at, step] of steps.entries()) {
        expect(distance(step, whole.select(1, at).toFloat32())).toBeLessThan(1e-5);
      }
      model.dispose();
    });
  });

  it('masked tokens change nothing', () => {
    scope(() => {
      const model = new T5(tiny).eval();
      const source = randn([1, 8, 16]);
      const mask = fromTypedArray(BigInt64Array.from([1n, 1n, 1n, 1n, 1n, 0n, 0n, 0n]), [1, 8]);
      const labels = randint(2, 61, [1, 5]);
      const padded = noGrad(() => model.forward(source, mask, labels).logits);
      const short = noGrad(() => model.forward(source.narrow(1, 0, 5), null, labels).logits);
      expect(distance(padded.toFloat32(), short.toFloat32())).toBeLessThan(1e-5);
      model.dispose();
    });
  });

  it('labels of −100 carry no loss', () => {
    scope(() => {
      const model = new T5(tiny).eval();
      const source = randn([1, 4, 16]);
      const loss = (labels: readonly number[]) =>
        noGrad(() =>
          model
            .forward(source, null, fromTypedArray(BigInt64Array.from(labels, BigInt), [1, labels.length]))
            .loss.item(),
        );
      expect(loss([5, 6, 7, -100, -100])).toBeCloseTo(loss([5, 6, 7]), 5);
      model.dispose();
    });
  });

  it('trains in bfloat16 autocast with gradients near those of float32', () => {
    scope(() => {
      manualSeed(5);
      const model = new T5(tiny).eval();
      const source = randn([3, 12, 16]);
      const labels = randint(2, 61, [3, 6]);
      const gradients = (cast: boolean) => {
        model.zeroGrad();
        const run = () => model.forward(source, null, labels).loss;
        const loss = cast ? autocast(run) : run();
        loss.backward();
        const norms = [...model.namedParameters()].map(([, weight]) => weight.grad?.norm().item() ?? Number.NaN);
        return { loss: loss.item(), norms };
      };
      const [wide, narrow] = [gradients(false), gradients(true)];
      // bfloat16 keeps 8 bits: 0.4 % a rounding; over two layers some percent of a gradient's norm.
      expect(Math.abs(narrow.loss - wide.loss) / wide.loss).toBeLessThan(0.02);
      for (const [i, norm] of wide.norms.entries()) {
        expect(Math.abs((narrow.norms[i] as number) - norm)).toBeLessThan(0.15 * norm + 1e-3);
      }
      model.dispose();
    });
  });

  it('holds the number of live tensors over 200 training steps', () => {
    const model = new T5({ ...tiny, dropout_rate: 0.1 });
    const step = () =>
      scope(() => {
        const { loss } = model.forward(randn([2, 6, 16]), null, randint(2, 61, [2, 4]));
        loss.backward();
        model.zeroGrad();
      });
    step();
    const before = memory();
    for (let i = 0; i < 200; i++) step();
    expect(memory()).toEqual(before);
    model.dispose();
  });
});

describe('relative positions', () => {
  it('near distances have buckets of their own, far ones share by logarithm, the farthest the last', () => {
    const options = { bidirectional: false, buckets: 8, maxDistance: 16 };
    expect([0, -1, -2, -3].map((distance) => bucketOf(distance, options))).toEqual([0, 1, 2, 3]);
    expect([-4, -6, -8, -12, -16, -400].map((distance) => bucketOf(distance, options))).toEqual([4, 5, 6, 7, 7, 7]);
    expect(bucketOf(5, options)).toBe(0); // the future: never attended to, one bucket
  });

  it('both directions halve the buckets', () => {
    const options = { bidirectional: true, buckets: 8, maxDistance: 16 };
    expect([-1, 1, -2, 2, 100, -100].map((distance) => bucketOf(distance, options))).toEqual([1, 5, 2, 6, 7, 3]);
  });
});
