/** Comparing numbers, for all tests. */
import { readFileSync } from 'node:fs';
import type { NestedNumbers, Tensor } from '@clinragen/torch';
import { expect } from 'vitest';

/** A golden that test/make_goldens.py made. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`goldens/${name}.json`, import.meta.url), 'utf8')) as T;
}

export function flat(values: NestedNumbers | Tensor): number[] {
  const nested = typeof values === 'object' && 'handle' in values ? values.toArray() : values;
  return Array.isArray(nested) ? nested.flat(Number.POSITIVE_INFINITY).map(Number) : [Number(nested)];
}

/** Demands |actual − expected| ≤ tolerance · max(1, |expected|) of every number, and the same count of them. */
export function expectClose(actual: NestedNumbers | Tensor, expected: NestedNumbers | Tensor, tolerance: number): void {
  const [a, b] = [flat(actual), flat(expected)];
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (const [i, x] of a.entries()) {
    const y = b[i] as number;
    const off = Object.is(x, y) || x === y ? 0 : Math.abs(x - y) / Math.max(1, Math.abs(y));
    if (!(off <= worst)) worst = off; // also catches NaN
  }
  expect(worst, `largest relative difference, of ${a.length} numbers`).toBeLessThanOrEqual(tolerance);
}
