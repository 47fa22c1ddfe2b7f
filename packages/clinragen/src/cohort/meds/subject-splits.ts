import type { Split } from '../../types.js';
import { CohortError } from '../cohort-error.js';
import { type Duck, literal } from '../duck.js';

/** MEDS's words for the parts. */
export const MEDS_SPLITS: Readonly<Record<Split, string>> = {
  train: 'train',
  validation: 'tuning',
  test: 'held_out',
};

/**
 * `metadata/subject_splits.parquet`: by patient, the part that the data set's publisher put them in.
 *
 * @param ids  from the numbers of an export of ours to the patients' own ids; null where they are the same
 * @throws CohortError where a patient is in two parts, or one is none of train, tuning and held_out
 */
export async function readSubjectSplits(
  duck: Duck,
  path: string,
  ids: ReadonlyMap<string, string> | null,
): Promise<ReadonlyMap<string, Split>> {
  const file = 'metadata/subject_splits.parquet';
  const rows = await duck.rows<{ subject: string; split: string }>(
    `SELECT DISTINCT subject_id::VARCHAR AS subject, split FROM read_parquet(${literal(path)})`,
  );
  const words = new Map(Object.entries(MEDS_SPLITS).map(([split, word]) => [word, split as Split]));
  const splits = new Map<string, Split>();
  let twice = 0;
  for (const { subject, split: word } of rows) {
    const split = words.get(word);
    if (split === undefined) {
      throw new CohortError('a split that we do not know', {
        file,
        found: word ?? 'nothing',
        expected: [...words.keys()].join(', '),
      });
    }
    const id = ids?.get(subject) ?? subject;
    if (splits.has(id)) twice++;
    splits.set(id, split);
  }
  if (twice > 0) throw new CohortError('a subject in two splits', { file, found: `${twice}`, expected: 'each in one' });
  return splits;
}
