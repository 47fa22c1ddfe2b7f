import { createHash } from 'node:crypto';
import type { Split } from '../types.js';

export interface SplitOptions {
  readonly seed: number;
  /** Part of the patients that is held out for the test. */
  readonly testFraction: number;
  /** Part of the remaining patients that validates. */
  readonly validationFraction: number;
}

/** A number in [0, 1) from a text, the same on every machine. */
function uniform(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}

/**
 * The split of a patient: a hash of seed and subject id, so that it depends neither on the order of the table nor on who
 * else is in it. Fractions hold on average; a small cohort may miss them by a few patients.
 */
export function splitOf(subject: string, { seed, testFraction, validationFraction }: SplitOptions): Split {
  if (uniform(`${seed}/test/${subject}`) < testFraction) return 'test';
  return uniform(`${seed}/validation/${subject}`) < validationFraction ? 'validation' : 'train';
}
