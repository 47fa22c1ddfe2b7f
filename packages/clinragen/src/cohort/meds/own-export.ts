import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Duck, literal } from '../duck.js';
import { readCohortReport } from '../read.js';
import type { CohortReport } from '../report.js';
import type { MedsFolder } from './folder.js';

/** Beside what MEDS prescribes: how the cohort was made, and its patients' ids where they are no whole numbers. */
export const OWN_FILES = { report: 'metadata/cohort.json', subjects: 'metadata/subject_ids.parquet' } as const;

/** What an export of ours says of itself. */
export interface OwnExport {
  readonly report: CohortReport;
  /** Path of `subject_id BIGINT, id VARCHAR`; null where the ids are numbers themselves. */
  readonly subjectIds: string | null;
  /** The same in memory. */
  readonly originalIds: ReadonlyMap<string, string> | null;
}

/** @throws CohortError where its cohort.json is missing or of another version */
export async function readOwnExport(duck: Duck, folder: MedsFolder): Promise<OwnExport> {
  const report = await readCohortReport(join(folder.root, 'metadata'));
  const path = join(folder.root, OWN_FILES.subjects);
  if ((await stat(path).catch(() => null)) === null) return { report, subjectIds: null, originalIds: null };
  const rows = await duck.rows<{ number: string; id: string }>(
    `SELECT subject_id::VARCHAR AS number, id FROM read_parquet(${literal(path)})`,
  );
  return { report, subjectIds: path, originalIds: new Map(rows.map(({ number, id }) => [number, id])) };
}
