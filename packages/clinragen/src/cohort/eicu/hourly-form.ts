import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { CohortError } from '../cohort-error.js';
import { type Duck, literal, tableError } from '../duck.js';
import { catalogueVariable, type VariableColumn } from '../variables/catalogue.js';
import { normalUnit } from '../variables/units.js';
import { EICU_HOURLY_COLUMNS, EICU_HOURLY_TIME, type HourlyColumn } from './hourly-columns.js';

const FILE = 'dyn.parquet';

/** The hourly form of some stays, opened: hours of vitals and laboratory, where the tables that they came from are not at hand. */
export interface HourlyForm {
  /** Of the variables that are read. */
  readonly columns: readonly HourlyColumn[];
  /** `folder/dyn.parquet`. */
  readonly file: string;
  readonly bytes: number;
  readonly rows: number;
  /** Hours after admission at which it ends. */
  readonly end: number;
}

/**
 * Makes `hourly_form(stay_id BIGINT, minute DOUBLE, …)` and `hourly_columns`.
 *
 * @param folder  holds `dyn.parquet`
 * @throws CohortError where it does not, or a column is missing
 */
export async function openHourlyForm(
  duck: Duck,
  folder: string,
  variables: ReadonlySet<VariableColumn>,
): Promise<HourlyForm> {
  const path = join(resolve(folder), FILE);
  const file = join(basename(resolve(folder)), FILE);
  const facts = await stat(path).catch((cause: unknown) => {
    throw new CohortError('not an hourly form of eICU', { file: folder, expected: FILE }, { cause });
  });
  const columns = EICU_HOURLY_COLUMNS.filter(({ variable }) => variables.has(variable));
  const wanted = ['stay_id', EICU_HOURLY_TIME.column, ...columns.map(({ column }) => column)];
  try {
    const header = await duck.rows<{ column_name: string }>(`DESCRIBE SELECT * FROM read_parquet(${literal(path)})`);
    const missing = wanted.filter((name) => !header.some((one) => one.column_name === name));
    if (missing.length > 0) {
      throw new CohortError(`the column ${missing.join(', ')} is missing`, { file, expected: wanted.join(', ') });
    }
    await duck.run(`
      CREATE VIEW hourly_form AS
      SELECT stay_id::BIGINT AS stay_id, ${EICU_HOURLY_TIME.column} * ${EICU_HOURLY_TIME.secondsPerUnit} / 60 AS minute,
             ${columns.map(({ column }) => `"${column}"::DOUBLE AS "${column}"`).join(', ') || 'NULL::DOUBLE AS "none"'}
      FROM read_parquet(${literal(path)});
      CREATE TABLE hourly_columns (item VARCHAR, variable VARCHAR, unit VARCHAR, summed BOOLEAN);`);
    for (const { column, variable, unit } of columns) {
      const summed = catalogueVariable(variable).hourly === 'sum';
      const texts = [column, variable, normalUnit(unit)].map(literal).join(', ');
      await duck.run(`INSERT INTO hourly_columns VALUES (${texts}, ${summed})`);
    }
    const [row] = await duck.rows<{ n: number; end: number }>(
      'SELECT count(*)::DOUBLE AS n, coalesce(max(minute) / 60, 0)::DOUBLE AS "end" FROM hourly_form',
    );
    return { columns, file, bytes: facts.size, rows: row!.n, end: row!.end };
  } catch (error) {
    throw tableError(file, error);
  }
}

/** Into `measured`, and besides into `hourly_measured`, what the raw tables do not have. @returns the rows that it kept */
export async function measureHourlyForm(duck: Duck, { columns }: HourlyForm): Promise<number> {
  await duck.file('eicu/sql/hourly', { columns: columns.map(({ column }) => `"${column}"`).join(', ') });
  const [kept] = await duck.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM scanned');
  await duck.run('DROP TABLE scanned');
  return kept!.n;
}
