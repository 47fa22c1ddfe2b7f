import { describe, expect, it } from 'vitest';
import { prevalence } from '../../../src/cohort/card/prevalence.js';

/** Sums of subjects given as [stays, stays with the label]. */
function sums(subjects: readonly (readonly [n: number, y: number])[]) {
  const sum = (of: (n: number, y: number) => number) => subjects.reduce((total, [n, y]) => total + of(n, y), 0);
  return {
    subjects: subjects.length,
    stays: sum((n) => n),
    positive: sum((_, y) => y),
    staysSquared: sum((n) => n * n),
    positiveSquared: sum((_, y) => y * y),
    product: sum((n, y) => n * y),
  };
}

const repeat = <T>(times: number, value: T): T[] => Array.from({ length: times }, () => value);

describe('the interval of a prevalence', () => {
  it('is nearly Wilson’s where every subject has one stay', () => {
    // statsmodels.stats.proportion.proportion_confint(30, 100, method='wilson'): 0.21896, 0.39585. The variance over
    // subjects divides by 99 instead of 100, so that the effective number is 99.
    const { value, low, high } = prevalence(sums([...repeat(30, [1, 1] as const), ...repeat(70, [1, 0] as const)]))!;
    expect(value).toBe(0.3);
    expect(low).toBeCloseTo(0.21896, 2);
    expect(high).toBeCloseTo(0.39585, 2);
  });

  it('counts subjects, not stays, where all stays of a subject agree', () => {
    const wide = prevalence(sums([...repeat(30, [4, 4] as const), ...repeat(70, [4, 0] as const)]))!;
    const single = prevalence(sums([...repeat(30, [1, 1] as const), ...repeat(70, [1, 0] as const)]))!;
    expect(wide.low).toBeCloseTo(single.low, 6);
    expect(wide.high).toBeCloseTo(single.high, 6);
  });

  it('is not narrower than of as many single stays', () => {
    const mixed = prevalence(sums(repeat(50, [2, 1] as const)))!; // every subject has one stay with, one without
    const wilson = { low: 0.40383, high: 0.59617 }; // 50 of 100
    expect(mixed.low).toBeCloseTo(wilson.low, 4);
    expect(mixed.high).toBeCloseTo(wilson.high, 4);
  });

  it('reaches away from 0 where no stay has the label, and is none without stays', () => {
    const { low, high } = prevalence(sums(repeat(20, [3, 0] as const)))!;
    expect(low).toBe(0);
    expect(high).toBeCloseTo(0.16113, 4); // Wilson's, 0 of 20
    expect(prevalence(sums([]))).toBeNull();
  });
});
