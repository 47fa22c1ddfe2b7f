import { describe, expect, it } from 'vitest';
import { priorBaseline } from '../../src/baselines/prior.js';
import { labelTable } from '../../src/evaluate/label-table.js';
import { scoreDiagnoses } from '../../src/evaluate/scores.js';
import { PHENOTYPES } from '../../src/phenotypes.js';
import type { Stay } from '../../src/types.js';

const stay = (id: string, labels: readonly string[]): Stay => ({
  id,
  subject: id,
  split: 'train',
  note: '',
  noteKind: 'composed',
  series: { hours: 0, values: new Float32Array(0), measured: new Uint8Array(0) },
  labels,
});

const train = [
  stay('1', ['Essential hypertension', 'Shock']),
  stay('2', ['Essential hypertension']),
  stay('3', [
    'Essential hypertension',
    'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)',
  ]),
  stay('4', ['Shock']),
];

describe('the prior by label frequency', () => {
  it('gives each disease its share of the training stays, to every stay the same', () => {
    const [one, two] = priorBaseline(train, [stay('8', ['Shock']), stay('9', [])]);
    expect(one!.probabilities['Essential hypertension']).toBe(0.75);
    expect(one!.probabilities.Shock).toBe(0.5);
    expect(one!.probabilities['Other liver diseases']).toBe(0);
    expect(one!.recorded).toEqual(['Shock']);
    expect(two!.probabilities).toEqual(one!.probabilities);
    expect(two!.diagnosed).toEqual(one!.diagnosed);
  });

  it('diagnoses at the threshold with the best micro F1 on the training stays', () => {
    // Threshold 3/4: F1 2·3/(4+6) = .6; 2/4: 2·5/(8+6) = .714; 1/4: 2·6/(12+6) = .667; 0: 2·6/(100+6) = .113.
    expect(priorBaseline(train, train)[0]!.diagnosed).toEqual(['Essential hypertension', 'Shock']);
  });

  it('no other threshold does better on the training stays', () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      stay(
        String(index),
        PHENOTYPES.filter((_, label) => (index * 31 + label * 17) % 97 < 4 + label),
      ),
    );
    const predictions = priorBaseline(many, many);
    const best = scoreDiagnoses(labelTable(predictions)).micro.f1;
    for (let threshold = 0; threshold <= 1; threshold += 0.01) {
      const other = predictions.map((p) => ({
        ...p,
        diagnosed: PHENOTYPES.filter((name) => p.probabilities[name]! >= threshold),
      }));
      expect(scoreDiagnoses(labelTable(other)).micro.f1).toBeLessThanOrEqual(best);
    }
  });

  it('refuses an empty training side and a label that is none of the 25', () => {
    expect(() => priorBaseline([], train)).toThrow(/found none/);
    expect(() => priorBaseline([stay('5', ['Gout'])], train)).toThrow(/stay 5.*"Gout"/);
  });
});
