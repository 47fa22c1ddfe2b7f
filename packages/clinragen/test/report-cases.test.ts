import { describe, expect, it } from 'vitest';
import { PHENOTYPES } from '../src/phenotypes.js';
import { chooseCases } from '../src/report-cases.js';
import type { Prediction } from '../src/types.js';
import { tinyStay } from './model/tiny.js';

const stays = Array.from({ length: 9 }, (_, i) => tinyStay(i, 'test', 4));
// Stay i has i of 8 diseases right.
const predictions: Prediction[] = stays.map((stay, i) => ({
  stay: stay.id,
  subject: stay.subject,
  split: 'test',
  recorded: PHENOTYPES.slice(0, 8),
  diagnosed: PHENOTYPES.slice(0, i),
  probabilities: {},
  rationale: { note: '', series: '' },
}));

describe('the cases of a report', () => {
  it('go from the best diagnosed to the worst, at even distances', () => {
    const cases = chooseCases(stays, predictions, new Map(), 5);
    expect(cases.map(({ stay }) => stay.id)).toEqual(['8', '6', '4', '2', '0']);
    for (const one of cases) expect(one.prediction.stay).toBe(one.stay.id);
  });

  it('are no more than there are stays, and none where none is asked for', () => {
    expect(chooseCases(stays, predictions, new Map(), 50).map(({ stay }) => stay.id)).toHaveLength(9);
    expect(new Set(chooseCases(stays, predictions, new Map(), 50).map(({ stay }) => stay.id)).size).toBe(9);
    expect(chooseCases(stays, predictions, new Map(), 1).map(({ stay }) => stay.id)).toEqual(['8']);
    expect(chooseCases(stays, predictions, new Map(), 0)).toEqual([]);
    expect(chooseCases(stays, [], new Map(), 3)).toEqual([]);
  });

  it('carry the teacher’s rationale where there is one', () => {
    const rationale = { stay: '8', note: 'a', series: 'b', teacher: 'test 1' };
    const [best, worst] = chooseCases(stays, predictions, new Map([['8', rationale]]), 2);
    expect(best?.teacher).toEqual(rationale);
    expect(worst).not.toHaveProperty('teacher');
  });
});
