import { describe, expect, it } from 'vitest';
import {
  bootstrapAreas,
  bootstrapScores,
  pairedDifference,
  percentileInterval,
  resampleSubjects,
} from '../../src/evaluate/bootstrap.js';
import { compareModels } from '../../src/evaluate/compare.js';
import { renderComparison } from '../../src/evaluate/comparison-text.js';
import { labelTable } from '../../src/evaluate/label-table.js';
import { areas, rankAll } from '../../src/evaluate/ranking.js';
import { scoreDiagnoses } from '../../src/evaluate/scores.js';
import { PHENOTYPES } from '../../src/phenotypes.js';
import type { Prediction } from '../../src/types.js';
import { madeUpPredictions, prediction, random } from './made-up.js';

/** The bootstrap written the slow, obvious way: copies of every drawn subject's stays, scored as a new test set. */
function resampledSets(predictions: Prediction[], replicates: number, seed: number): Prediction[][] {
  const subjects = [...new Set(predictions.map((p) => p.subject))].sort();
  const copies = (subject: string, times: number) =>
    Array.from({ length: times }, (_, copy) =>
      predictions
        .filter((p) => p.subject === subject)
        .map((p) => ({ ...p, stay: `${p.stay}/${copy}`, subject: `${subject}/${copy}` })),
    ).flat();
  return Array.from(resampleSubjects(subjects.length, { replicates, seed }), (drawn) =>
    subjects.flatMap((subject, index) => copies(subject, drawn[index]!)),
  );
}

describe('the bootstrap by patient', () => {
  it('draws as many subjects as there are, the same ones for the same seed', () => {
    const draws = (seed: number) => Array.from(resampleSubjects(40, { replicates: 25, seed }), (drawn) => [...drawn]);
    for (const drawn of draws(3)) expect(drawn.reduce((sum, times) => sum + times, 0)).toBe(40);
    expect(draws(3)).toEqual(draws(3));
    expect(draws(3)).not.toEqual(draws(4));
  });

  it('draws every subject equally often, and leaves one out of a replicate with (1 − 1/n)^n', () => {
    const subjects = 30;
    const replicates = 20_000;
    const totals = new Float64Array(subjects);
    let leftOut = 0;
    for (const drawn of resampleSubjects(subjects, { replicates, seed: 11 })) {
      drawn.forEach((times, subject) => {
        totals[subject]! += times;
        if (times === 0) leftOut++;
      });
    }
    // standard deviation of a total ≈ √(20,000 · 29/30) = 139; five of them
    for (const total of totals) expect(Math.abs(total - replicates)).toBeLessThan(700);
    expect(leftOut / (subjects * replicates)).toBeCloseTo((1 - 1 / subjects) ** subjects, 2);
  });

  it('equals scoring copies of the drawn stays, replicate by replicate', () => {
    const predictions = madeUpPredictions(23, 0.7);
    const settings = { replicates: 60, seed: 5, level: 0.9 };
    const sets = resampledSets(predictions, settings.replicates, settings.seed);
    const table = labelTable(predictions);
    const slow = (score: (set: Prediction[]) => number) =>
      percentileInterval(score(predictions), Float64Array.from(sets, score), settings.level);
    const { summary, labelF1 } = bootstrapScores(table, settings);
    expect(summary.microF1).toEqual(slow((set) => scoreDiagnoses(labelTable(set)).micro.f1));
    expect(summary.macroRecall).toEqual(slow((set) => scoreDiagnoses(labelTable(set)).macro.recall));
    expect(summary.exactMatch).toEqual(slow((set) => scoreDiagnoses(labelTable(set)).exactMatch));
    expect(labelF1[6]).toEqual(slow((set) => scoreDiagnoses(labelTable(set)).perLabel[6]!.f1));
    const auroc = slow((set) => areas(rankAll(labelTable(set))).auroc!);
    const fast = bootstrapAreas(table, settings).auroc.micro!;
    for (const end of ['value', 'low', 'high'] as const) expect(fast[end]).toBeCloseTo(auroc[end], 12);
  });

  it('by hand: two subjects, one right and one wrong, give micro F1 of 0, 2/3 … in the known shares', () => {
    // Subject a: one recorded, found. Subject b: one recorded, missed and another named instead.
    const predictions = [
      prediction('a', ['Shock'], ['Shock']),
      prediction('b', ['Shock'], ['Pneumonia (except that caused by tuberculosis or sexually transmitted disease)']),
    ];
    const { summary } = bootstrapScores(labelTable(predictions), { replicates: 4000, seed: 2 });
    // Draws aa (1/4): F1 1; ab (1/2): 0.5; bb (1/4): 0. So the 95 % interval is the whole range, and the 40 % one a point.
    expect(summary.microF1).toEqual({ value: 0.5, low: 0, high: 1 });
    expect(bootstrapScores(labelTable(predictions), { replicates: 4000, seed: 2, level: 0.4 }).summary.microF1).toEqual(
      {
        value: 0.5,
        low: 0.5,
        high: 0.5,
      },
    );
  });

  it('percentiles are numpy’s: linear between order statistics, undefined replicates left out', () => {
    const samples = Float64Array.from([5, 1, 4, Number.NaN, 2, 3]);
    // numpy.percentile([1, 2, 3, 4, 5], [5, 95]) = [1.2, 4.8]
    const { low, high } = percentileInterval(3, samples, 0.9);
    expect(low).toBeCloseTo(1.2, 12);
    expect(high).toBeCloseTo(4.8, 12);
  });

  it('covers the truth about as often as it says', () => {
    // Stays of a known world: a disease is found with probability 0.7, nothing else is named: micro recall 0.7.
    const next = random(17);
    let covered = 0;
    const worlds = 200;
    for (let world = 0; world < worlds; world++) {
      const predictions = Array.from({ length: 80 }, (_, index) =>
        prediction(String(index), ['Shock'], next() < 0.7 ? ['Shock'] : []),
      );
      const { microRecall } = bootstrapScores(labelTable(predictions), { replicates: 200, seed: world }).summary;
      if (microRecall.low <= 0.7 && microRecall.high >= 0.7) covered++;
    }
    // 95 % nominal; the percentile interval of a proportion of 80 covers 92 to 95 %, sampling error of 200 worlds 1.7 %
    expect(covered / worlds).toBeGreaterThan(0.88);
    expect(covered / worlds).toBeLessThan(0.995);
  });

  it('a subject’s stays come and go together: more stays of the same subjects narrow nothing', () => {
    const single = madeUpPredictions(40, 0.7).map((p) => ({ ...p, subject: p.stay }));
    const tenfold = single.flatMap((p) =>
      Array.from({ length: 10 }, (_, copy) => ({ ...p, stay: `${p.stay}/${copy}` })),
    );
    const width = (set: Prediction[]) => {
      const { low, high } = bootstrapScores(labelTable(set), { replicates: 300, seed: 1 }).summary.microF1;
      return high - low;
    };
    expect(width(tenfold)).toBeCloseTo(width(single), 12);
  });

  it('intervals do not depend on the order of the stays', () => {
    const predictions = madeUpPredictions(30, 0.6);
    const options = { replicates: 100, seed: 8 };
    expect(bootstrapScores(labelTable(predictions.toReversed()), options)).toEqual(
      bootstrapScores(labelTable(predictions), options),
    );
  });

  it('1,000 replicates of 2,000 stays and 25 labels take seconds, areas included', () => {
    const table = labelTable(madeUpPredictions(2000, 0.7));
    const start = performance.now();
    bootstrapScores(table);
    bootstrapAreas(table);
    expect(performance.now() - start).toBeLessThan(20_000); // about 1 s alone on one core
  });
});

describe('paired differences', () => {
  const options = { replicates: 400, seed: 3 };
  it('are 0 without spread for a model against itself, and turn sign with the order', () => {
    const better = labelTable(madeUpPredictions(60, 0.9, 1));
    const worse = labelTable(madeUpPredictions(60, 0.5, 2));
    expect(pairedDifference(better, better, options).microF1).toEqual({ value: 0, low: 0, high: 0, separated: false });
    const there = pairedDifference(better, worse, options).microF1;
    const back = pairedDifference(worse, better, options).microF1;
    expect(there.separated).toBe(true);
    expect(there.low).toBeGreaterThan(0);
    expect(back.value).toBeCloseTo(-there.value, 12);
    expect(back.low).toBeCloseTo(-there.high, 12);
  });

  it('see a small steady gain that the two models’ own intervals hide', () => {
    const base = madeUpPredictions(80, 0.6, 4);
    // The same model, right about one more disease in every fourth stay.
    const better = base.map((p, index) => {
      const missed = index % 4 === 0 ? p.recorded.find((name) => !p.diagnosed.includes(name)) : undefined;
      return {
        ...p,
        diagnosed: missed ? PHENOTYPES.filter((n) => n === missed || p.diagnosed.includes(n)) : p.diagnosed,
      };
    });
    const comparison = compareModels(
      [
        { name: 'base', reads: 'note', predictions: base },
        { name: 'better', reads: 'note and series', predictions: better.toReversed() },
      ],
      'better',
      options,
    );
    const [one, two] = comparison.models;
    expect(one!.microF1.high).toBeGreaterThan(two!.microF1.low);
    expect(one!.mainMinusThis!.microF1.separated).toBe(true);
    expect(two!.mainMinusThis).toBeNull();
  });

  it('stand in the terminal as a table that marks what is separated from 0', () => {
    const models = [
      { name: 'note', reads: 'note', predictions: madeUpPredictions(60, 0.4, 2) },
      { name: 'twin', reads: 'note and series', predictions: madeUpPredictions(60, 0.9, 1) },
      { name: 'both', reads: 'note and series', predictions: madeUpPredictions(60, 0.9, 1) },
    ];
    const lines = renderComparison(compareModels(models, 'both', options), { colour: false }).split('\n');
    expect(lines[1]).toMatch(/^note {3}note {13}\S+ \(\S+–\S+\) .* \*$/);
    expect(lines[2]).toMatch(/^twin .*\+0\.000 \(\+0\.000 to \+0\.000\)$/);
    expect(lines[3]).toMatch(/^both .*\)$/);
    expect(lines[4]).toContain('60 stays of 30 subjects; 95 % intervals');
  });

  it('are refused between models on different stays, and for an unknown main model', () => {
    const models = [
      { name: 'a', reads: 'note', predictions: madeUpPredictions(10, 0.6) },
      { name: 'b', reads: 'note', predictions: madeUpPredictions(9, 0.6) },
    ];
    expect(() => compareModels(models, 'a')).toThrow(/different stays/);
    expect(() => compareModels(models, 'c')).toThrow(/found c, expected one of a, b/);
  });
});
