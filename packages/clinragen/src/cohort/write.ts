import { join } from 'node:path';
import { PHENOTYPES } from '../phenotypes.js';
import { type Duck, literal } from './duck.js';
import { BLOOD_VARIABLES } from './mimic3/variables.js';

/** Ids are text in the cohort, since other databases' ids are. */
const STAYS = `
  SELECT c.stay_id::VARCHAR AS stay_id, c.subject_id::VARCHAR AS subject_id, c.hadm_id::VARCHAR AS admission_id,
         c.episode::INTEGER AS episode, c.split, c.period_length, h.hours,
         least(c.age, 90) AS age, c.gender AS sex, c.note,
         list_transform(c.positions, lambda p: (${`[${PHENOTYPES.map(literal).join(', ')}]`})[p + 1]) AS labels
  FROM chosen AS c JOIN stay_hours AS h USING (stay_id)
  ORDER BY c.stay_id`;

const TIMESERIES = `
  SELECT t.stay_id::VARCHAR AS stay_id, t.* EXCLUDE (stay_id, ${BLOOD_VARIABLES.map((column) => `blood_${column}`).join(', ')})
  FROM timeseries AS t SEMI JOIN chosen USING (stay_id)
  ORDER BY t.stay_id, t.hours`;

const SERIES = `
  SELECT s.stay_id::VARCHAR AS stay_id, s.* EXCLUDE (stay_id)
  FROM series AS s
  ORDER BY s.stay_id, s.hour`;

/**
 * Writes the cohort's tables, each sorted by stay (numeric id) and time:
 *
 * - `stays.parquet`: one row per stay; `period_length` in hours, `hours` = T, `labels` in the order of PHENOTYPES;
 * - `timeseries.parquet`: the benchmark's 17 variables at the moments of measurement, `hours` since ICU admission;
 * - `series.parquet`: one row per stay and hour; per variable its value and `<variable>_measured`.
 */
export async function writeTables(duck: Duck, folder: string): Promise<void> {
  for (const [name, query] of [
    ['stays', STAYS],
    ['timeseries', TIMESERIES],
    ['series', SERIES],
  ] as const) {
    await duck.run(`COPY (${query}) TO ${literal(join(folder, `${name}.parquet`))} (FORMAT parquet, COMPRESSION zstd)`);
  }
}
