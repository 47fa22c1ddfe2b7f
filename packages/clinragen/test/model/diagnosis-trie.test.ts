import { manualSeed, noGrad, ops, randn, scope, setThreads, type Tensor, tensor } from '@clinragen/torch';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Diagnosed, DiagnosisTrie, diagnoseBeam, type ListForm } from '../../src/model/diagnosis-beam.js';
import { AnswerForm, DEMO_TOKENIZER, readTokenizer, T5 } from '../../src/model/index.js';
import { parseT5Config } from '../../src/model/t5-config.js';
import { PHENOTYPES } from '../../src/phenotypes.js';

// Tensors this small lose more by waking a second thread than it computes.
setThreads(1);

function network(vocabulary: number, layers = 1): T5 {
  const config = {
    model_type: 't5',
    vocab_size: vocabulary,
    d_model: 12,
    d_kv: 4,
    d_ff: 16,
    num_layers: layers,
    num_heads: 2,
    feed_forward_proj: 'gated-gelu',
    tie_word_embeddings: false,
    dropout_rate: 0,
  };
  return new T5(parseT5Config(config, 'test')).eval();
}

/** Random weights, on which the beam is to be right whatever they are. */
function shake(model: T5, seed: number, kind: 'random' | 'hundredfold' | 'zero' | 'NaN'): void {
  manualSeed(seed);
  noGrad(() => {
    for (const [, weight] of model.namedParameters()) {
      if (kind === 'zero' || kind === 'NaN') weight.fill_(kind === 'zero' ? 0 : Number.NaN);
      else weight.normal_(0, kind === 'hundredfold' ? 50 : 0.5);
    }
  });
}

// Three names, one of which begins like another: 8 lists in all.
const SEPARATOR = 2;
const CLOSE = 3;
const small: ListForm = {
  prefix: [10, 11],
  names: [[5, 6], [5, 6, 7], [8]],
  none: [9, 6],
  separator: SEPARATOR,
  close: [CLOSE, 12],
};
const VOCABULARY = 16;
const model = network(VOCABULARY, 2);
const real = new AnswerForm(readTokenizer(DEMO_TOKENIZER));
const demo = network(readTokenizer(DEMO_TOKENIZER).size);
afterAll(() => {
  model.dispose();
  demo.dispose();
});

function subsets(n: number): number[][] {
  return Array.from({ length: 2 ** n }, (_, bits) =>
    Array.from({ length: n }, (_u, i) => i).filter((i) => bits & (1 << i)),
  );
}

function spell(form: ListForm, set: readonly number[]): number[] {
  const names = set.flatMap((i, at) => [
    ...(at === 0 ? [] : [form.separator]),
    ...(form.names[i] as readonly number[]),
  ]);
  return [...(set.length === 0 ? form.none : names), form.close[0] as number];
}

/**
 * log P(list) without trie, beam or cache: the whole decoder over the whole list, each token's probability among those
 * that any valid list goes on with after the same tokens.
 *
 * @param states [1, S, d]
 */
function byHand(t5: T5, states: Tensor, form: ListForm, list: readonly number[], valid: readonly number[][]): number {
  return noGrad(() =>
    scope(() => {
      const input = [0, ...form.prefix, ...list.slice(0, -1)];
      const logits = t5
        .logits(t5.decode(tensor([input], { dtype: 'int64' }), states, null))
        .squeeze(0)
        .toFloat32();
      let sum = 0;
      for (const [at, id] of list.entries()) {
        const row = (form.prefix.length + at) * t5.config.vocab_size;
        const next = new Set<number>();
        for (const other of valid) {
          if (list.slice(0, at).every((x, i) => x === other[i])) next.add(other[at] as number);
        }
        const scores = [...next].map((one) => logits[row + one] as number);
        const top = Math.max(...scores);
        const total = top + Math.log(scores.reduce((all, score) => all + Math.exp(score - top), 0));
        sum += (logits[row + id] as number) - total;
      }
      return sum;
    }),
  );
}

/** What must hold of every answer, whatever the weights. */
function isValid(found: Diagnosed, names: number, beams: number): void {
  expect(found.sets.length).toBeGreaterThan(0);
  expect(found.sets.length).toBeLessThanOrEqual(beams);
  expect(new Set(found.sets.map(({ phenotypes }) => phenotypes.join())).size).toBe(found.sets.length);
  let before = Number.POSITIVE_INFINITY;
  for (const { phenotypes, logProbability } of found.sets) {
    for (const [i, one] of phenotypes.entries()) {
      expect(Number.isInteger(one) && one >= 0 && one < names).toBe(true);
      if (i > 0) expect(one).toBeGreaterThan(phenotypes[i - 1] as number);
    }
    expect(logProbability).toBeLessThanOrEqual(before);
    before = logProbability;
  }
  const mass = found.sets.reduce((sum, set) => sum + Math.exp(set.logProbability), 0);
  expect(mass).toBeGreaterThan(0);
  expect(mass).toBeLessThanOrEqual(1 + 1e-6);
  expect(found.mass).toBeCloseTo(mass, 6);
  expect(found.probabilities).toHaveLength(names);
  for (const [i, probability] of found.probabilities.entries()) {
    const sets = found.sets.filter(({ phenotypes }) => phenotypes.includes(i));
    const sum = sets.reduce((all, set) => all + Math.exp(set.logProbability), 0);
    expect(probability).toBeCloseTo(sum / mass, 9);
    expect(probability).toBeGreaterThanOrEqual(0);
    expect(probability).toBeLessThanOrEqual(1);
  }
}

const kinds = fc.constantFrom('random', 'hundredfold', 'zero', 'NaN' as const);

describe('the trie of the names', () => {
  it('leads to every valid list, and to no other sequence of tokens', () => {
    const trie = new DiagnosisTrie(small);
    const found: string[] = [];
    const walk = (chosen: readonly number[], partial: readonly number[], ids: number[]) => {
      for (const id of trie.allowed(chosen, partial)) {
        const next = trie.advance(chosen, partial, id);
        if (next.ended) found.push([...ids, id].join());
        else walk(next.chosen, next.partial, [...ids, id]);
      }
    };
    walk([], [], []);
    expect(found.sort()).toEqual(
      subsets(3)
        .map((set) => spell(small, set).join())
        .sort(),
    );
  });
});

describe('diagnoses are valid lists, whatever the weights', () => {
  it('of the 25 names: canonical order, each once, `none` alone, probabilities that add up', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        kinds,
        fc.constantFrom(1, 3, 8),
        fc.integer({ min: 1, max: 3 }),
        (seed, kind, beams, items) => {
          shake(demo, seed, kind);
          scope(() => {
            const states = randn([items, 5, 12]);
            const found = diagnoseBeam(demo, states, null, real, beams);
            expect(found).toHaveLength(items);
            for (const one of found) isValid(one, PHENOTYPES.length, beams);
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('also where single logits are infinite', () => {
    shake(demo, 5, 'random');
    const head = demo.lm_head as { weight: Tensor };
    noGrad(() => scope(() => head.weight.narrow(0, real.separator, 1).fill_(Number.NEGATIVE_INFINITY)));
    scope(() => {
      for (const one of diagnoseBeam(demo, randn([2, 5, 12]), null, real, 8)) isValid(one, PHENOTYPES.length, 8);
    });
  });

  it('equal logits give equal shares: with no weights at all, each way on is as probable as the others', () => {
    shake(model, 1, 'zero');
    scope(() => {
      const [found] = diagnoseBeam(model, randn([1, 4, 12]), null, small, 16);
      // 5, 8 or 9 first; after "5 6" the longer name's last token, a comma or the end.
      const p = Object.fromEntries(found!.sets.map((set) => [set.phenotypes.join(), Math.exp(set.logProbability)]));
      expect(p['']).toBeCloseTo(1 / 3, 6);
      expect(p['2']).toBeCloseTo(1 / 3, 6);
      expect(p['0']).toBeCloseTo(1 / 9, 6);
    });
  });
});

describe('a beam that holds every list', () => {
  it('has all of the probability, and each disease’s share equals the one counted by hand', () => {
    const valid = subsets(3).map((set) => spell(small, set));
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('random', 'hundredfold' as const), (seed, kind) => {
        shake(model, seed, kind);
        scope(() => {
          const states = randn([2, 4, 12]);
          for (const [item, found] of diagnoseBeam(model, states, null, small, 8).entries()) {
            isValid(found, 3, 8);
            expect(found.mass).toBeCloseTo(1, 5);
            const shares = [0, 0, 0];
            for (const set of subsets(3)) {
              const logP = byHand(model, states.narrow(0, item, 1), small, spell(small, set), valid);
              const ours = found.sets.find(({ phenotypes }) => phenotypes.join() === set.join());
              // Float32 logits of a few hundred (hundredfold) carry 1e-4 of rounding; where P vanishes it may be dropped.
              if (logP > -30) expect(ours?.logProbability).toBeCloseTo(logP, kind === 'random' ? 4 : 2);
              for (const i of set) shares[i] = (shares[i] as number) + Math.exp(logP);
            }
            for (const i of [0, 1, 2]) expect(found.probabilities[i]).toBeCloseTo(shares[i] as number, 3);
          }
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe('lists longer than the cache’s first room', () => {
  it('are diagnosed as by the whole decoder without a cache', () => {
    // 25 names of three tokens each, and weights that prefer the next name to the end: 100 tokens.
    const names = PHENOTYPES.map((_, i) => [20 + i, 50 + i, 80 + i]);
    const long: ListForm = { prefix: [10, 11], names, none: [9], separator: SEPARATOR, close: [CLOSE] };
    const t5 = network(110, 2);
    shake(t5, 3, 'random');
    noGrad(() =>
      scope(() => {
        // The first number of every state is large and positive, so the head's first column decides.
        t5.shared.weight.narrow(1, 0, 1).fill_(60);
        t5.decoder.final_layer_norm.weight.fill_(1);
        const column = (t5.lm_head as { weight: Tensor }).weight.narrow(1, 0, 1);
        column.fill_(0);
        const prefer = (id: number, by: number) => column.narrow(0, id, 1).fill_(by);
        prefer(SEPARATOR, 4);
        prefer(CLOSE, -4);
        for (const [i, ids] of names.entries()) prefer(ids[0] as number, 2 * (25 - i));
      }),
    );
    scope(() => {
      const states = randn([2, 6, 12]);
      const mask = tensor(
        [
          [1, 1, 1, 1, 1, 1],
          [1, 1, 1, 1, 0, 0],
        ],
        { dtype: 'int64' },
      );
      const found = diagnoseBeam(t5, states, mask, long, 3);
      for (const [item, { sets }] of found.entries()) {
        isValid(found[item] as Diagnosed, 25, 3);
        const longest = sets.map(({ phenotypes }) => phenotypes.length);
        expect(Math.max(...longest)).toBe(25);
        for (const { phenotypes, logProbability } of sets) {
          const alone = ops.narrow(states, 0, item, 1).narrow(1, 0, item === 0 ? 6 : 4);
          expect(logProbability).toBeCloseTo(listByHand(t5, alone, long, phenotypes), 3);
        }
      }
    });
    t5.dispose();
  });

  /** As byHand, where every token of a name but its first is sure: what may follow is said directly. */
  function listByHand(t5: T5, states: Tensor, form: ListForm, set: readonly number[]): number {
    return noGrad(() =>
      scope(() => {
        const list = spell(form, set);
        const input = tensor([[0, ...form.prefix, ...list.slice(0, -1)]], { dtype: 'int64' });
        const logits = t5
          .logits(t5.decode(input, states, null))
          .squeeze(0)
          .toFloat32();
        let sum = 0;
        for (let at = 0; at < list.length; at++) {
          const inName = at % 4;
          const last = set[Math.floor(at / 4)] as number;
          const before = at === 0 ? -1 : (set[at / 4 - 1] as number);
          const next =
            inName === 0
              ? [
                  ...(at === 0 ? [form.none[0] as number] : []),
                  ...form.names.slice(before + 1).map(([id]) => id as number),
                ]
              : inName < 3
                ? [list[at] as number]
                : [form.close[0] as number, ...(last < 24 ? [form.separator] : [])];
          const row = (form.prefix.length + at) * t5.config.vocab_size;
          const total = Math.log(next.reduce((all, id) => all + Math.exp(logits[row + id] as number), 0));
          sum += (logits[row + (list[at] as number)] as number) - total;
        }
        return sum;
      }),
    );
  }
});
