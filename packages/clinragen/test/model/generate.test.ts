import { manualSeed, memory, noGrad, ops, randn, scope, setThreads, type Tensor, tensor } from '@clinragen/torch';
import { describe, expect, it } from 'vitest';
import { generate } from '../../src/model/generate.js';
import { T5 } from '../../src/model/t5.js';
import { parseT5Config } from '../../src/model/t5-config.js';

// Tensors this small lose more by waking a second thread than it computes.
setThreads(1);

const VOCABULARY = 13;
const END = 1;
const config = parseT5Config(
  {
    model_type: 't5',
    vocab_size: VOCABULARY,
    d_model: 12,
    d_kv: 4,
    d_ff: 16,
    num_layers: 1,
    num_heads: 2,
    feed_forward_proj: 'relu',
    tie_word_embeddings: false,
    dropout_rate: 0,
  },
  'test',
);

/** log P(next | ids), by the whole forward pass, without any cache. */
function nextLogProbs(model: T5, states: Tensor, ids: readonly number[]): Float32Array {
  return scope(() =>
    noGrad(() => {
      const input = tensor([[0, ...ids]], { dtype: 'int64' });
      return model
        .logits(model.decode(input, states, null))
        .select(1, ids.length)
        .logSoftmax(-1)
        .toFloat32();
    }),
  );
}

/** The best sequence of at most `most` tokens by Σ log P / length, over all there are. */
function exhaustive(model: T5, states: Tensor, most: number): { ids: number[]; score: number } {
  let best = { ids: [] as number[], score: Number.NEGATIVE_INFINITY };
  const walk = (ids: number[], sum: number) => {
    const next = nextLogProbs(model, states, ids);
    for (let id = 0; id < VOCABULARY; id++) {
      const total = sum + (next[id] as number);
      const ends = id === END || ids.length + 1 === most;
      const score = total / (ids.length + 1);
      const grown = id === END ? ids : [...ids, id];
      if (ends && score > best.score) best = { ids: grown, score };
      if (!ends) walk(grown, total);
    }
  };
  walk([], 0);
  return best;
}

function made(seed: number): { model: T5; states: Tensor } {
  manualSeed(seed);
  const model = new T5(config).eval();
  return { model, states: noGrad(() => model.encode(randn([1, 5, 12]), null)) };
}

// What Hugging Face finds is compared in t5.test.ts; here the searches are held against their definitions.
describe('generate', () => {
  it('a beam as wide as all sequences finds the best of all', () => {
    for (const seed of [1, 2, 3]) {
      scope(() => {
        const { model, states } = made(seed);
        const best = exhaustive(model, states, 3);
        // 2 · 150 candidates a step are more than the 13² rows that two tokens make.
        const found = generate(model, states, null, { beams: 150, maxTokens: 3, earlyStopping: 'never' });
        expect(found.ids[0]).toEqual(best.ids);
        expect(found.scores[0]).toBeCloseTo(best.score, 4);
        model.dispose();
      });
    }
  });

  it('greedy takes the likeliest token each time, and sums their log-probabilities', () => {
    scope(() => {
      const { model, states } = made(4);
      const found = generate(model, states, null, { maxTokens: 8 });
      const ids: number[] = [];
      let sum = 0;
      while (ids.length < 8) {
        const next = nextLogProbs(model, states, ids);
        const id = next.indexOf(Math.max(...next));
        sum += next[id] as number;
        if (id === END) break;
        ids.push(id);
      }
      expect(found.ids[0]).toEqual(ids);
      expect(found.scores[0]).toBeCloseTo(sum, 4);
      model.dispose();
    });
  });

  it('items of a batch do not disturb each other', () => {
    scope(() => {
      manualSeed(6);
      const model = new T5(config).eval();
      const states = noGrad(() => model.encode(randn([3, 5, 12]).mul(2), null));
      for (const options of [{ beams: 3, maxTokens: 9 }, { maxTokens: 9 }]) {
        const together = generate(model, states, null, options);
        for (let item = 0; item < 3; item++) {
          const alone = generate(model, states.narrow(0, item, 1), null, options);
          expect(alone.ids[0]).toEqual(together.ids[item]);
          expect(alone.scores[0]).toBeCloseTo(together.scores[item] as number, 4);
        }
      }
      model.dispose();
    });
  });

  it('goes on from a prefix, which is not part of what it returns', () => {
    scope(() => {
      const { model, states } = made(8);
      const whole = generate(model, states, null, { maxTokens: 6 }).ids[0] as number[];
      expect(whole.length).toBeGreaterThan(3);
      const rest = generate(model, states, null, { maxTokens: 4, prefix: [whole.slice(0, 2)] });
      expect(rest.ids[0]).toEqual(whole.slice(2));
      const beams = generate(model, states, null, { maxTokens: 1, beams: 2, prefix: [whole.slice(0, 2)] });
      expect(beams.ids[0]?.[0] ?? END).toBe(whole[2]);
      model.dispose();
    });
  });

  it('a source in float32 or bfloat16 gives the same kind of answer', () => {
    scope(() => {
      const { model, states } = made(9);
      const before = generate(model, states, null, { beams: 2, maxTokens: 5 });
      model.to({ dtype: 'bfloat16' });
      const after = generate(model, states.to('bfloat16'), null, { beams: 2, maxTokens: 5 });
      // bfloat16 rounds logits at the second or third digit: the score moves, a little.
      expect(Math.abs((after.scores[0] as number) - (before.scores[0] as number))).toBeLessThan(0.1);
      model.dispose();
    });
  });

  it('leaves no tensor behind, and needs no more of them for a longer answer', () => {
    scope(() => {
      const { model, states } = made(10);
      noGrad(() => ops.bernoulli(states, 0.5)); // a tensor of this scope, so that counting from 0 would show
      const run = (maxTokens: number) => generate(model, states, null, { beams: 3, maxTokens });
      run(4);
      const before = memory();
      for (const length of [4, 30, 4, 60]) run(length);
      expect(memory()).toEqual(before);
      model.dispose();
    });
  });
});
