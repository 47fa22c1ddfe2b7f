import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitOf } from '../../src/cohort/split.js';

const options = { seed: 1, testFraction: 0.2, validationFraction: 0.1 };

describe('split by patient', () => {
  it('is fixed for ever: these subjects must never move, or published results change', () => {
    const subjects = ['10006', '10011', '10013', '10017', '10019', '10026', '10027', '10029', '10032', '10033'];
    expect(subjects.map((subject) => splitOf(subject, options))).toMatchInlineSnapshot(`
      [
        "test",
        "test",
        "train",
        "train",
        "train",
        "train",
        "test",
        "train",
        "train",
        "train",
      ]
    `);
  });

  it('depends on the subject and the seed alone', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.integer(), (subjects, seed) => {
        const forward = subjects.map((subject) => splitOf(subject, { ...options, seed }));
        const backward = [...subjects].reverse().map((subject) => splitOf(subject, { ...options, seed }));
        expect(backward.reverse()).toEqual(forward);
      }),
    );
    const all = Array.from({ length: 200 }, (_, i) => String(i));
    const other = all.map((subject) => splitOf(subject, { ...options, seed: 2 }));
    expect(all.map((subject) => splitOf(subject, options))).not.toEqual(other);
  });

  it('reaches 4:1, and a tenth of the training side, on many patients', () => {
    const splits = Array.from({ length: 20_000 }, (_, i) => splitOf(String(i), options));
    const part = (name: string) => splits.filter((split) => split === name).length / splits.length;
    // Five standard deviations of a binomial of 20,000.
    expect(Math.abs(part('test') - 0.2)).toBeLessThan(0.0142);
    expect(Math.abs(part('validation') - 0.08)).toBeLessThan(0.0096);
  });

  it('moves no patient between test and the rest when only the validation part changes', () => {
    for (let i = 0; i < 500; i++) {
      const without = splitOf(String(i), { ...options, validationFraction: 0 });
      const half = splitOf(String(i), { ...options, validationFraction: 0.5 });
      expect(half === 'test').toBe(without === 'test');
      expect(without).not.toBe('validation');
    }
  });
});
