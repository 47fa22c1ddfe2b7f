import { manualSeed, memory, noGrad, scope, setThreads, type Tensor } from '@clinragen/torch';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { diagnoseStays } from '../../src/diagnose/index.js';
import { examplesOf } from '../../src/distill/index.js';
import { type BatchOptions, type Example, type LoadedModel, ModelError, makeBatch } from '../../src/model/index.js';
import type { Series, Stay, Variable } from '../../src/types.js';
import { tinyModel, tinyRationales, tinyStay, VARIABLES } from './tiny.js';

setThreads(1);

// Fences at ±1: a value is its own scaled value.
const plain: Variable = { name: 'a', unit: '1', normal: 0, low: -1, high: 1 };
const two: readonly Variable[] = [plain, { ...plain, name: 'b' }];

function seriesOf(rows: readonly (readonly number[])[], measured?: readonly (readonly number[])[]): Series {
  return {
    hours: rows.length,
    values: Float32Array.from(rows.flat()),
    measured: Uint8Array.from((measured ?? rows.map((row) => row.map(() => 1))).flat()),
  };
}

const example = (prompt: number[], series: Series | null, answer: number[] = []): Example => ({
  prompt,
  series,
  answer,
  opening: 0,
});
const options = (compat: 'fixed' | 'paper', more: Partial<BatchOptions> = {}): BatchOptions => ({
  compat,
  variables: two,
  patchHours: 2,
  maxPatches: 3,
  pad: 0,
  promptTokens: 6,
  ...more,
});
const array = (tensor: Tensor | null | undefined): unknown => tensor?.toArray();
const scopedBatch = <T>(body: () => T): T => scope(body);

describe('a batch', () => {
  it('`fixed`: pads to its longest, masks it, and puts the series right behind each note', () => {
    scopedBatch(() => {
      const batch = makeBatch(
        [
          example(
            [7, 8, 9],
            seriesOf([
              [1, 2],
              [3, 4],
              [5, 6],
            ]),
            [4, 1],
          ), // 3 hours: 2 patches
          example([5], seriesOf([[1, 2]]), [3, 4, 1]), // 1 hour: 1 patch
        ],
        options('fixed'),
      );
      expect(array(batch.ids)).toEqual([
        [7, 8, 9],
        [5, 0, 0],
      ]);
      expect(array(batch.mask)).toEqual([
        [1, 1, 1],
        [1, 0, 0],
      ]);
      expect(array(batch.series?.mask)).toEqual([
        [1, 1],
        [1, 0],
      ]);
      // Rows of [B · (3 tokens + 2 patches)]: 0 … 4 of the first stay, 5 … 9 of the second.
      expect(array(batch.gather)).toEqual([
        [0, 1, 2, 3, 4],
        [5, 8, 0, 0, 0],
      ]);
      expect(array(batch.joinedMask)).toEqual([
        [1, 1, 1, 1, 1],
        [1, 1, 0, 0, 0],
      ]);
      expect(array(batch.labels)).toEqual([
        [4, 1, -100],
        [3, 4, 1],
      ]);
      // Hours past the end are nothing that was measured.
      expect(array(batch.series?.values)).toEqual([
        [
          [1, 2],
          [3, 4],
          [5, 6],
          [0, 0],
        ],
        [
          [1, 2],
          [0, 0],
          [0, 0],
          [0, 0],
        ],
      ]);
    });
  });

  it('`paper`: pads note and series to their full lengths, repeats the last hour, counts padding as a label', () => {
    scopedBatch(() => {
      const batch = makeBatch(
        [
          example(
            [7, 8, 9],
            seriesOf([
              [1, 2],
              [3, 4],
            ]),
            [4, 1],
          ),
          example([5], seriesOf([[5, 6]]), [3, 4, 1]),
        ],
        options('paper'),
      );
      expect(array(batch.ids)).toEqual([
        [7, 8, 9, 0, 0, 0],
        [5, 0, 0, 0, 0, 0],
      ]);
      expect(array(batch.series?.values)).toEqual([
        [
          [1, 2],
          [3, 4],
          [3, 4],
          [3, 4],
          [3, 4],
          [3, 4],
        ],
        [
          [5, 6],
          [5, 6],
          [5, 6],
          [5, 6],
          [5, 6],
          [5, 6],
        ],
      ]);
      expect(batch.joinedMask.shape).toEqual([2, 6 + 3]);
      expect(array(batch.joinedMask)).toEqual([
        [1, 1, 1, 0, 0, 0, 1, 1, 1],
        [1, 0, 0, 0, 0, 0, 1, 1, 1],
      ]);
      expect(array(batch.gather)).toEqual([
        [0, 1, 2, 3, 4, 5, 6, 7, 8],
        [9, 10, 11, 12, 13, 14, 15, 16, 17],
      ]);
      expect(array(batch.labels)).toEqual([
        [4, 1, 0],
        [3, 4, 1],
      ]);
    });
  });

  it('keeps the last hours of a series that is too long (`fixed`), or the first (`paper`)', () => {
    const long = seriesOf(Array.from({ length: 9 }, (_, t) => [t, -t])); // 9 hours, room for 6
    const values = (compat: 'fixed' | 'paper') =>
      scopedBatch(() => (array(makeBatch([example([5], long)], options(compat)).series?.values) as number[][][])[0]);
    expect(values('fixed')?.map(([a]) => a)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(values('paper')?.map(([a]) => a)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('scales by the fences, and bounds what cannot be true', () => {
    const heart: Variable = { name: 'heart rate', unit: '/min', normal: 86, low: 40, high: 128 };
    const found = scopedBatch(() => {
      const batch = makeBatch(
        [example([5], seriesOf([[84], [128], [40], [1e6], [-1e6]]))],
        options('fixed', { variables: [heart] }),
      );
      return (array(batch.series?.values) as number[][][])[0]?.map(([value]) => value);
    });
    expect(found).toEqual([0, 1, -1, 10, -10, 0]);
  });

  it('refuses stays with and without series side by side, none at all, and series that do not fit', () => {
    const some = seriesOf([[1, 2]]);
    expect(() => makeBatch([], options('fixed'))).toThrow(ModelError);
    expect(() => makeBatch([example([5], some), example([5], null)], options('fixed'))).toThrow(/all have series/);
    expect(() => makeBatch([example([5], { ...some, hours: 2 })], options('fixed'))).toThrow(/2 values for 2 hours/);
    expect(() => makeBatch([example([5], seriesOf([]))], options('fixed'))).toThrow(/no hours/);
    expect(() => makeBatch([example([5], seriesOf([[1, Number.NaN]]))], options('fixed'))).toThrow(
      /hour 0 of b: no number/,
    );
  });
});

describe('patches', () => {
  // Four hours of two variables: a = 1, 3, 5, 7; b = 2, 4, 6, 8; b was measured in the first hour only.
  const rows = [
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
  ];
  const measured = [
    [1, 1],
    [1, 0],
    [1, 0],
    [1, 0],
  ];

  /** What the series encoder is given. */
  async function patchesOf(compat: 'fixed' | 'paper'): Promise<unknown> {
    const { model } = await tinyModel({ model: { compat, series: { patch: 2 } }, cohort: { maxHours: 4 } });
    let seen: unknown;
    vi.spyOn(model.series.encoder, 'forward').mockImplementation((patches) => {
      seen = patches.toArray();
      throw new Error('seen');
    });
    const three: Variable[] = [plain, plain, plain];
    const wide = (list: number[][], last: number) => list.map((row) => [...row, last]);
    scope(() => {
      const batch = makeBatch(
        [example([5], seriesOf(wide(rows, 9), wide(measured, 0)))],
        options(compat, { variables: three, maxPatches: 2 }),
      );
      expect(() => model.readSeries(batch)).toThrow('seen');
    });
    model.dispose();
    return seen;
  }

  it('`fixed`: hours of one variable side by side, then whether each was measured', async () => {
    expect(await patchesOf('fixed')).toEqual([
      [
        [
          [1, 3, 1, 1],
          [2, 4, 1, 0],
          [9, 9, 0, 0],
        ],
        [
          [5, 7, 1, 1],
          [6, 8, 0, 0],
          [9, 9, 0, 0],
        ],
      ],
    ]);
  });

  it('`paper`: reshaped without transposing, so that a patch mixes variables', async () => {
    // Row-major 1 2 9 3 4 9 | 5 6 9 7 8 9, cut into twos.
    expect(await patchesOf('paper')).toEqual([
      [
        [
          [1, 2],
          [9, 3],
          [4, 9],
        ],
        [
          [5, 6],
          [9, 7],
          [8, 9],
        ],
      ],
    ]);
  });
});

describe('a stay’s answer does not depend on its batch (`fixed`)', () => {
  let loaded: LoadedModel;
  const hours = [3, 48, 20, 61, 8]; // 61 is longer than the encoder knows
  const stays: Stay[] = hours.map((h, i) => tinyStay(100 + i, 'test', h));
  let examples: Example[];
  let batchOptions: BatchOptions;
  beforeAll(async () => {
    loaded = await tinyModel();
    const rationales = tinyRationales({ variables: VARIABLES, stays, synthetic: true, source: '' });
    examples = examplesOf(loaded, stays, { reading: 'both', noteTokens: 48, targetTokens: 120, rationales });
    batchOptions = options('fixed', {
      variables: VARIABLES,
      patchHours: loaded.model.config.patchHours,
      maxPatches: loaded.model.config.maxPatches,
    });
  });
  afterAll(() => loaded.model.dispose());

  const statesOf = (chosen: readonly Example[]): number[][][] =>
    scope(() => noGrad(() => loaded.model.encode(makeBatch(chosen, batchOptions)).states.toArray() as number[][][]));
  const lossOf = (chosen: readonly Example[]): number =>
    scope(() => {
      const batch = makeBatch(chosen, batchOptions);
      return noGrad(() => loaded.model.loss({ ...batch, labels: batch.labels as Tensor }).item());
    });

  it('has notes and series of different lengths to show it on', () => {
    expect(new Set(examples.map(({ prompt }) => prompt.length)).size).toBeGreaterThan(2);
    expect(new Set(examples.map(({ answer }) => answer.length)).size).toBeGreaterThan(2);
  });

  it('encoder states are the same, to 1e-5', () => {
    const together = statesOf(examples);
    for (const [i, one] of examples.entries()) {
      const alone = statesOf([one])[0] as number[][];
      expect(alone.length).toBeLessThanOrEqual((together[i] as number[][]).length);
      for (const [at, row] of alone.entries()) {
        for (const [j, x] of row.entries()) expect(Math.abs(x - (together[i]?.[at]?.[j] as number))).toBeLessThan(1e-5);
      }
    }
  });

  it('the loss of a batch is the mean over the tokens of its stays’ losses', () => {
    const tokens = examples.map(({ answer }) => answer.length);
    const all = tokens.reduce((a, b) => a + b);
    const expected = examples.reduce((sum, one, i) => sum + (lossOf([one]) * (tokens[i] as number)) / all, 0);
    expect(Math.abs(lossOf(examples) - expected)).toBeLessThan(1e-5);
  });

  it('where diagnoses weigh more in the loss, it is the weighted mean', () => {
    const weighed = (chosen: readonly Example[]): number =>
      scope(() => {
        const batch = makeBatch(chosen, { ...batchOptions, diagnosisWeight: 3 });
        for (const [row, { answer, opening = 0 }] of chosen.entries()) {
          const weights = (array(batch.weights) as number[][])[row]?.slice(0, answer.length);
          expect(weights).toEqual(answer.map((_, at) => (at < opening ? 3 : 1)));
        }
        return noGrad(() => loaded.model.loss({ ...batch, labels: batch.labels as Tensor }).item());
      });
    const counts = examples.map(({ answer, opening = 0 }) => answer.length + 2 * opening);
    const all = counts.reduce((a, b) => a + b);
    const expected = examples.reduce((sum, one, i) => sum + (weighed([one]) * (counts[i] as number)) / all, 0);
    expect(Math.abs(weighed(examples) - expected)).toBeLessThan(1e-5);
    expect(Math.abs(weighed(examples) - lossOf(examples))).toBeGreaterThan(1e-3);
  });

  it('diagnoses, probabilities, terms and rationales are the same', async () => {
    const settings = { beams: 2, maxTokens: 12 };
    const together = await diagnoseStays(loaded, stays, VARIABLES, { ...settings, batchSize: 5 });
    const alone = await diagnoseStays(loaded, [...stays].reverse(), VARIABLES, { ...settings, batchSize: 1 });
    for (const [i, one] of together.entries()) {
      const other = alone[stays.length - 1 - i];
      expect(other?.stay).toBe(stays[i]?.id);
      expect(other?.diagnosed).toEqual(one.diagnosed);
      expect(other?.rationale).toEqual(one.rationale);
      for (const [name, p] of Object.entries(one.probabilities)) {
        expect(Math.abs(p - (other?.probabilities[name] as number)), name).toBeLessThan(1e-5);
      }
      const weights = new Map(other?.terms.map(({ term, weight }) => [term, weight]));
      for (const { term, weight } of one.terms.slice(0, 6)) expect(weights.get(term)).toBeCloseTo(weight, 5);
    }
  });

  it('diagnosing again and again holds no more tensors nor bytes', async () => {
    const before = memory();
    for (let i = 0; i < 3; i++) {
      await diagnoseStays(loaded, stays, VARIABLES, { beams: 2, maxTokens: 8, batchSize: 2 });
      // Fewer is possible: what other tests left outside of any scope goes when the collector comes.
      expect(memory().tensors).toBeLessThanOrEqual(before.tensors);
      expect(memory().bytes).toBeLessThanOrEqual(before.bytes);
    }
  });

  it('stays of other variables are refused, in words', async () => {
    const other = [{ ...(VARIABLES[0] as Variable), unit: 'Hz' }, ...VARIABLES.slice(1)];
    const asked = diagnoseStays(loaded, stays, other, { beams: 1, maxTokens: 4, batchSize: 2 });
    await expect(asked).rejects.toThrow(ModelError);
    await expect(asked).rejects.toThrow(/reads the variables heart rate \(\/min\).*the stays have heart rate \(Hz\)/);
  });
});

describe('compat: paper', () => {
  it('attends to padding when it generates, and not when it learns', async () => {
    const loaded = await tinyModel({ model: { compat: 'paper' } });
    const { model } = loaded;
    const stays = [tinyStay(1, 'test', 10)];
    const rationales = tinyRationales({ variables: VARIABLES, stays, synthetic: true, source: '' });
    const examples = examplesOf(loaded, stays, { reading: 'both', noteTokens: 48, targetTokens: 40, rationales });
    scope(() => {
      const made = (promptTokens: number) =>
        makeBatch(examples, options('paper', { variables: VARIABLES, patchHours: 8, maxPatches: 6, promptTokens }));
      expect(model.encode(made(48)).mask).toBeNull();
      const masked = vi.spyOn(model.language, 'forward');
      const batch = made(48);
      noGrad(() => model.loss({ ...batch, labels: batch.labels as Tensor }));
      expect(masked.mock.calls[0]?.[1]?.toArray()).toEqual(batch.joinedMask.toArray());
    });
    model.dispose();
  });

  it('diagnoses by reading the text that it wrote', async () => {
    const loaded = await tinyModel({ model: { compat: 'paper' } });
    const stays = [1, 2, 3].map((id) => tinyStay(id, 'test'));
    const found = await diagnoseStays(loaded, stays, VARIABLES, { beams: 2, maxTokens: 10, batchSize: 2 });
    for (const one of found) {
      for (const [name, p] of Object.entries(one.probabilities)) expect(p).toBe(one.diagnosed.includes(name) ? 1 : 0);
      expect(one.terms).toEqual([]);
      expect(one.mass).toBe(1);
    }
    loaded.model.dispose();
  });
});

describe('the knowledge attention', () => {
  it('has one key per term, the mean of its tokens (`fixed`), and 24 prototypes (`paper`)', async () => {
    const fixed = await tinyModel();
    manualSeed(1);
    scope(() => {
      const rows = fixed.model.corpusRows().toArray() as number[][];
      const { terms } = fixed.model.corpus;
      expect(rows).toHaveLength(terms.length);
      const table = fixed.model.language.shared.weight.toArray() as number[][];
      for (const [i, term] of terms.entries()) {
        const ids = fixed.tokenizer.encode(term);
        for (const [j, x] of (rows[i] as number[]).entries()) {
          const mean = ids.reduce((sum, id) => sum + (table[id]?.[j] as number), 0) / ids.length;
          expect(Math.abs(x - mean)).toBeLessThan(1e-5);
        }
      }
    });
    const paper = await tinyModel({ model: { compat: 'paper' } });
    scope(() => {
      expect(paper.model.corpusRows().shape).toEqual([24, 16]);
      const unique = [...new Set(paper.model.corpus.terms.flatMap((term) => paper.tokenizer.encode(term)))];
      expect(array(paper.model.corpus.unique)).toEqual(unique.sort((a, b) => a - b));
      // The frozen copy is of those tokens' embeddings.
      const table = paper.model.language.shared.weight.toArray() as number[][];
      expect(array(paper.model.series.words)).toEqual(unique.map((id) => table[id]));
    });
    fixed.model.dispose();
    paper.model.dispose();
  });
});
