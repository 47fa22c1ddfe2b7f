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

/** Of a prospective cohort nothing that was measured later. */
const measuredUntil = (until: number | null) => `
  SELECT c.stay_id, m.variable, m.hours, m.value
  FROM measured AS m JOIN chosen AS c USING (stay)
  SEMI JOIN hourly_variables AS v ON v.variable = m.variable
  ${until === null ? '' : `WHERE m.hours < ${until}`}
  ORDER BY c.stay, m.variable, m.hours, m.value`;

const CODES = `
  SELECT c.stay_id, k.code, k.version
  FROM codes AS k JOIN chosen AS c USING (stay)
  WHERE k.code IS NOT NULL
  ORDER BY c.stay, k.version, k.code`;

/**
 * Writes the cohort's tables, each sorted by stay (the source's order) and time:
 *
 * - `stays.parquet`: one row per stay; `period_length` in hours, `hours` = T, `labels` in the order of PHENOTYPES;
 * - `series.parquet`: one row per stay and hour; per variable its value and `<variable>_measured`;
 * - `measured.parquet`: what the series was made of: variable, `hours` since ICU admission, value in the variable's unit,
 *   before limits; `codes.parquet`: the recorded diagnoses. With them the cohort can leave as MEDS and lose nothing;
 * - what the source has besides: `timeseries.parquet` of MIMIC-III, the benchmark's 17 variables at the moments of measurement.
 */
export async function writeTables(
  duck: Duck,
  folder: string,
  { until }: { readonly until: number | null },
  extras: NonNullable<Source['extras']>,
): Promise<void> {
  const tables = [
    { name: 'stays', query: STAYS },
    { name: 'series', query: SERIES },
    { name: 'measured', query: measuredUntil(until) },
    { name: 'codes', query: CODES },
  ];
  for (const { name, query } of [...tables, ...extras]) {
    await duck.run(`COPY (${query}) TO ${literal(join(folder, `${name}.parquet`))} (FORMAT parquet, COMPRESSION zstd)`);
  }
}
