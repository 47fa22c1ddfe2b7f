import { INTEGER, VARCHAR } from '@duckdb/node-api';
import { PHENOTYPES } from '../../phenotypes.js';
import { CohortError } from '../cohort-error.js';
import { type Duck, literal } from '../duck.js';
import { type IcdVersion, normalizeCode } from '../labels/index.js';
import type { OpenTables } from '../tables/open-tables.js';

const VERSION = /^(?:icd-?)?(9|10)(?:-?cm)?$/;

/**
 * The canonical `codes` from `diagnoses.csv`; without rows where there is none.
 *
 * @throws CohortError where a row does not say which ICD its code is of
 */
export async function fillCodes(duck: Duck, tables: OpenTables): Promise<void> {
  const recorded = await duck.rows<{ code: string; version: string | null; n: number }>(`
    SELECT trim(code) AS code, lower(trim(version)) AS version, count(*)::DOUBLE AS n FROM plain_diagnoses
    WHERE trim(code) <> '' GROUP BY ALL ORDER BY ALL`);
  const without = recorded.filter(({ version }) => !VERSION.test(version ?? '')).reduce((sum, { n }) => sum + n, 0);
  if (without > 0) {
    throw new CohortError(`${without} codes of no known version`, {
      file: tables.file('diagnoses').file,
      expected: '9 or 10 in the column version',
    });
  }
  await duck.run('CREATE TABLE known_codes (written VARCHAR, said VARCHAR, code VARCHAR, version INTEGER)');
  const appender = await duck.connection.createAppender('known_codes');
  for (const { code, version } of recorded) {
    const number = Number(VERSION.exec(version!)![1]) as IcdVersion;
    appender.appendValue(code, VARCHAR);
    appender.appendValue(version!, VARCHAR);
    appender.appendValue(normalizeCode(code, number), VARCHAR);
    appender.appendValue(number, INTEGER);
    appender.endRow();
  }
  appender.closeSync();
  await duck.run(`
    CREATE TABLE codes AS
    SELECT DISTINCT s.stay, k.code, k.version
    FROM plain_diagnoses AS d
    JOIN known_codes AS k ON k.written = trim(d.code) AND k.said = lower(trim(d.version))
    JOIN stay_numbers AS s ON s.stay_id = trim(d.stay_id)
    ORDER BY ALL`);
}

/**
 * Phenotypes from `labels.csv` into `labels`. A stay with an empty phenotype is known to have none of the 25, one that is in
 * neither file is not known.
 *
 * @throws CohortError where a row names none of the 25: to leave it out would make the stay healthy
 */
export async function addLabels(duck: Duck, tables: OpenTables): Promise<void> {
  if (!tables.has('labels')) return;
  const rows = PHENOTYPES.map((name, i) => `(${literal(name.toLowerCase())}, ${i})`);
  await duck.run(`
    CREATE TABLE given_labels AS
    SELECT s.stay, nullif(lower(trim(l.phenotype)), '') AS name, p.position
    FROM plain_labels AS l
    JOIN stay_numbers AS s ON s.stay_id = trim(l.stay_id)
    LEFT JOIN (VALUES ${rows.join(', ')}) AS p(name, position) ON p.name = lower(trim(l.phenotype))`);
  const [unknown] = await duck.rows<{ n: number }>(
    'SELECT count(*)::DOUBLE AS n FROM given_labels WHERE name IS NOT NULL AND position IS NULL',
  );
  if (unknown!.n > 0) {
    throw new CohortError(`${unknown!.n} rows name none of the 25 phenotypes`, {
      file: tables.file('labels').file,
      expected: `a name such as "${PHENOTYPES[8]}", or nothing`,
    });
  }
  await duck.run(`
    CREATE OR REPLACE TABLE labels AS
    SELECT stay, coalesce(list(DISTINCT position ORDER BY position) FILTER (position IS NOT NULL), []) AS positions
    FROM (
      SELECT stay, unnest(positions) AS position FROM labels
      UNION ALL SELECT stay, NULL FROM labels
      UNION ALL SELECT stay, position FROM given_labels
    )
    GROUP BY stay`);
}
