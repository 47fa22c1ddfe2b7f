import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/evaluate/calibration.js';
import { EvaluateError } from '../../src/evaluate/errors.js';
import { alignTo, labelTable } from '../../src/evaluate/label-table.js';
import { areas, meanOfDefined, rankAll, rankLabel } from '../../src/evaluate/ranking.js';
import { scoreDiagnoses } from '../../src/evaluate/scores.js';
import { PHENOTYPES } from '../../src/phenotypes.js';
import type { Prediction } from '../../src/types.js';
import { madeUpPredictions, namesOf, prediction } from './made-up.js';

interface Golden {
  recorded: string[];
  diagnosed: string[];
  probabilities: number[][];
  micro: number[];
  macro: number[];
  exactMatch: number;
  perLabel: number[][];
  auroc: (number | null)[];
  averagePrecision: (number | null)[];
  macroAuroc: number | null;
  microAuroc: number;
  macroAveragePrecision: number;
  microAveragePrecision: number;
  brier: number;
  calibration: number[][];
}
const goldens: { madeBy: string; cases: Golden[] } = JSON.parse(
  readFileSync(new URL('./goldens/scores.json', import.meta.url), 'utf8'),
);

const tableOf = (golden: Golden) =>
  labelTable(
    golden.recorded.map((row, index) =>
      prediction(String(index), namesOf(row), namesOf(golden.diagnosed[index]!), {
        probabilities: Object.fromEntries(PHENOTYPES.map((name, at) => [name, golden.probabilities[index]![at]!])),
      }),
    ),
  );

// Both sides do the same sums in float64, in another order.
const close = (actual: number | null, expected: number | null) => {
  if (expected === null || actual === null) expect(actual).toBe(expected);
  else expect(Math.abs(actual - expected)).toBeLessThan(1e-12);
};

describe(`scores equal ${goldens.madeBy}`, () => {
  it.each(goldens.cases.map((golden, index) => ({ golden, index, stays: golden.recorded.length })))(
    'case $index, $stays stays',
    ({ golden }) => {
      const table = tableOf(golden);
      const scores = scoreDiagnoses(table);
      for (const average of ['micro', 'macro'] as const) {
        const { precision, recall, f1 } = scores[average];
        [precision, recall, f1].forEach((value, index) => {
          close(value, golden[average][index]!);
        });
      }
      close(scores.exactMatch, golden.exactMatch);
      scores.perLabel.forEach((row, label) => {
        [row.precision, row.recall, row.f1, row.support].forEach((value, index) => {
          close(value, golden.perLabel[label]![index]!);
        });
      });

      const byLabel = PHENOTYPES.map((_, label) => areas(rankLabel(table, label)));
      byLabel.forEach((area, label) => {
        close(area.auroc, golden.auroc[label]!);
        close(area.averagePrecision, golden.averagePrecision[label]!);
      });
      close(meanOfDefined(byLabel.map((area) => area.auroc)).mean, golden.macroAuroc);
      close(meanOfDefined(byLabel.map((area) => area.averagePrecision)).mean, golden.macroAveragePrecision);
      close(areas(rankAll(table)).auroc, golden.microAuroc);
      close(areas(rankAll(table)).averagePrecision, golden.microAveragePrecision);

      const calibration = calibrate(table);
      close(calibration.brier, golden.brier);
      const filled = calibration.bins.filter((bin) => bin.count > 0);
      expect(filled.length).toBe(golden.calibration.length);
      filled.forEach((bin, index) => {
        close(bin.meanProbability, golden.calibration[index]![0]!);
        close(bin.observedRate, golden.calibration[index]![1]!);
      });
    },
  );
});

const arbitraryPredictions: fc.Arbitrary<Prediction[]> = fc
  .array(
    fc.record({
      recorded: fc.subarray([...PHENOTYPES]),
      diagnosed: fc.subarray([...PHENOTYPES]),
      probabilities: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 25, maxLength: 25 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((rows) =>
    rows.map(({ recorded, diagnosed, probabilities }, index) =>
      prediction(String(index), recorded, diagnosed, {
        probabilities: Object.fromEntries(PHENOTYPES.map((name, at) => [name, probabilities[at]!])),
      }),
    ),
  );

describe('scores, whatever the predictions', () => {
  it('lie between 0 and 1, and micro F1 between the least and the greatest of micro precision and recall', () => {
    fc.assert(
      fc.property(arbitraryPredictions, (predictions) => {
        const table = labelTable(predictions);
        const { micro, macro, exactMatch, perLabel } = scoreDiagnoses(table);
        const ranked = PHENOTYPES.flatMap((_, label) => Object.values(areas(rankLabel(table, label))));
        const { brier, expectedCalibrationError } = calibrate(table);
        const all = [...Object.values(micro), ...Object.values(macro), exactMatch, brier, expectedCalibrationError];
        for (const value of [...all, ...perLabel.map((row) => row.f1), ...ranked.filter((value) => value !== null)]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(micro.f1).toBeGreaterThanOrEqual(Math.min(micro.precision, micro.recall) - 1e-12);
        expect(micro.f1).toBeLessThanOrEqual(Math.max(micro.precision, micro.recall) + 1e-12);
      }),
    );
  });

  it('do not depend on the order of the stays', () => {
    fc.assert(
      fc.property(arbitraryPredictions, fc.nat(), (predictions, turn) => {
        const at = turn % predictions.length;
        const turned = [...predictions.slice(at), ...predictions.slice(0, at)].reverse();
        expect(scoreDiagnoses(labelTable(turned))).toEqual(scoreDiagnoses(labelTable(predictions)));
        const before = areas(rankAll(labelTable(predictions)));
        const after = areas(rankAll(labelTable(turned)));
        close(after.auroc, before.auroc);
        close(after.averagePrecision, before.averagePrecision);
      }),
    );
  });

  it('of perfect predictions are 1 wherever something is recorded, and the Brier score 0', () => {
    fc.assert(
      fc.property(arbitraryPredictions, (predictions) => {
        const perfect = predictions.map((p) => ({
          ...p,
          diagnosed: p.recorded,
          probabilities: Object.fromEntries(PHENOTYPES.map((name) => [name, p.recorded.includes(name) ? 1 : 0])),
        }));
        const table = labelTable(perfect);
        const scores = scoreDiagnoses(table);
        expect(scores.exactMatch).toBe(1);
        for (const row of scores.perLabel) expect(row.f1).toBe(row.support > 0 ? 1 : 0);
        PHENOTYPES.forEach((_, label) => {
          const { auroc, averagePrecision } = areas(rankLabel(table, label));
          expect([1, null]).toContain(auroc);
          expect([1, null]).toContain(averagePrecision);
        });
        expect(calibrate(table).brier).toBe(0);
        expect(calibrate(table).expectedCalibrationError).toBe(0);
      }),
    );
  });

  it('swap precision and recall when recorded and diagnosed swap', () => {
    fc.assert(
      fc.property(arbitraryPredictions, (predictions) => {
        const there = scoreDiagnoses(labelTable(predictions));
        const back = scoreDiagnoses(
          labelTable(predictions.map((p) => ({ ...p, recorded: p.diagnosed, diagnosed: p.recorded }))),
        );
        expect(back.micro).toEqual({ ...there.micro, precision: there.micro.recall, recall: there.micro.precision });
      }),
    );
  });
});

describe('bad predictions are refused, naming the stay', () => {
  const good = prediction('7', ['Shock'], ['Shock']);
  it.each([
    ['none at all', [], /expected at least one/],
    ['a stay twice', [good, good], /stay 7: found twice/],
    ['an unknown diagnosis', [{ ...good, diagnosed: ['Gout'] }], /stay 7, diagnosed: .*"Gout"/],
    ['an unknown recorded disease', [{ ...good, recorded: ['shock'] }], /stay 7, recorded: .*"shock"/],
    [
      'an unknown name with a probability',
      [{ ...good, probabilities: { ...good.probabilities, Gout: 0.1 } }],
      /"Gout"/,
    ],
    ['a missing probability', [{ ...good, probabilities: {} }], /stay 7, probabilities.*undefined/],
    [
      'a probability above 1',
      [{ ...good, probabilities: { ...good.probabilities, Shock: 1.2 } }],
      /"Shock": found 1.2/,
    ],
    [
      'a probability that is no number',
      [{ ...good, probabilities: { ...good.probabilities, Shock: Number.NaN } }],
      /NaN/,
    ],
  ])('%s', (_, predictions, message) => {
    expect(() => labelTable(predictions)).toThrow(EvaluateError);
    expect(() => labelTable(predictions)).toThrow(message);
  });

  it('and two models only compare on the same stays, subjects and recorded diseases', () => {
    const reference = labelTable(madeUpPredictions(6, 0.8));
    const turned = labelTable(madeUpPredictions(6, 0.8).reverse());
    expect(alignTo(turned, reference)).toEqual(reference);
    expect(() => alignTo(labelTable(madeUpPredictions(5, 0.8)), reference)).toThrow(/5 and 6 stays, stay 200005/);
    const [first, ...others] = madeUpPredictions(6, 0.8);
    expect(() => alignTo(labelTable([{ ...first!, subject: 'another' }, ...others]), reference)).toThrow(/one subject/);
    expect(() => alignTo(labelTable([{ ...first!, recorded: [...PHENOTYPES] }, ...others]), reference)).toThrow(
      /different recorded diseases/,
    );
  });
});
