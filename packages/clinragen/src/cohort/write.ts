import { join } from 'node:path';
import { PHENOTYPES } from '../phenotypes.js';
import { type Duck, literal } from './duck.js';
import type { Source } from './source.js';

const STAYS = `
  SELECT c.stay_id, c.subject_id, c.admission_id, c.site, c.episode, c.split, c.period_length, h.hours,
         least(c.age, 90) AS age, c.sex, c.note,
         list_transform(c.positions, lambda p: (${`[${PHENOTYPES.map(literal).join(', ')}]`})[p + 1]) AS labels
  FROM chosen AS c JOIN stay_hours AS h USING (stay)
  ORDER BY c.stay`;

const SERIES = `
  SELECT c.stay_id, s.* EXCLUDE (stay)
  FROM series AS s JOIN chosen AS c USING (stay)
  ORDER BY s.stay, s.hour`;

/**
 * Writes the cohort's tables, each sorted by stay (the source's order) and time:
 *
 * - `stays.parquet`: one row per stay; `period_length` in hours, `hours` = T, `labels` in the order of PHENOTYPES;
 * - `series.parquet`: one row per stay and hour; per variable its value and `<variable>_measured`;
 * - what the source has besides: `timeseries.parquet` of MIMIC-III, the benchmark's 17 variables at the moments of measurement.
 */
export async function writeTables(duck: Duck, folder: string, extras: NonNullable<Source['extras']>): Promise<void> {
  for (const { name, query } of [{ name: 'stays', query: STAYS }, { name: 'series', query: SERIES }, ...extras]) {
    await duck.run(`COPY (${query}) TO ${literal(join(folder, `${name}.parquet`))} (FORMAT parquet, COMPRESSION zstd)`);
  }
}
