import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Split } from '../types.js';
import { CohortError } from './cohort-error.js';

export interface SplitOptions {
  readonly seed: number;
  /** Part of the groups that is held out for the test. */
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
 *
 * @param group what is held out together: the patient (default), or the hospital of the first stay
 */
export function splitOf(
  subject: string,
  { seed, testFraction, validationFraction }: SplitOptions,
  group: string = subject,
): Split {
  if (uniform(`${seed}/test/${group}`) < testFraction) return 'test';
  return validates(subject, { seed, validationFraction }) ? 'validation' : 'train';
}

/** Whether a patient of the training side validates. */
export function validates(
  subject: string,
  { seed, validationFraction }: Pick<SplitOptions, 'seed' | 'validationFraction'>,
): boolean {
  return uniform(`${seed}/validation/${subject}`) < validationFraction;
}

/** Words for a split, in lower case. */
const WORDS: Readonly<Record<string, Split>> = {
  test: 'test',
  held_out: 'test',
  '1': 'test',
  validation: 'validation',
  val: 'validation',
  tuning: 'validation',
  train: 'train',
  '0': 'train',
};

/** The split that a word stands for; undefined where it stands for none. */
export function splitOfWord(word: string): Split | undefined {
  const plain = word.trim().toLowerCase();
  return Object.hasOwn(WORDS, plain) ? WORDS[plain] : undefined;
}

/**
 * Splits from a file: `subject,split` a line, with or without a header. The split is `train`, `validation` or `test`; or 1 and
 * 0 as in mimic3-benchmarks' `testset.csv`, in MEDS's words `held_out` and `tuning`. Who is not in it trains, or validates by
 * the fraction.
 *
 * @throws CohortError naming the line
 */
export async function readSplits(path: string): Promise<ReadonlyMap<string, Split>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CohortError('the file of splits cannot be read', { file: path }, { cause });
  });
  const splits = new Map<string, Split>();
  for (const [i, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const [subject = '', word = '', ...more] = line.split(',').map((cell) => cell.trim());
    const split = splitOfWord(word);
    if (split === undefined || subject === '' || more.length > 0) {
      if (i === 0) continue; // a header
      throw new CohortError('no split of a subject', {
        file: path,
        line: i + 1,
        expected: 'subject,split with train, validation or test (or 0 and 1)',
      });
    }
    if ((splits.get(subject) ?? split) !== split) {
      throw new CohortError('a subject in two splits', { file: path, line: i + 1, expected: 'each subject in one' });
    }
    splits.set(subject, split);
  }
  return splits;
}
