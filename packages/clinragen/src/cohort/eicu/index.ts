/** eICU-CRD 2.0: stays of 208 hospitals, offsets in minutes; raw tables, or their hourly form, or both. */
import type { Duck } from '../duck.js';
import { variablesRead } from '../series/measure.js';
import type { FilterCount, Source, SourceOptions } from '../source.js';
import { countFilter } from '../summary.js';
import { findTables } from '../tables/folder.js';
import { type OpenTables, openTables, tablesRead } from '../tables/open-tables.js';
import { fillCodes } from './codes.js';
import { type HourlyForm, openHourlyForm } from './hourly-form.js';
import { fillMeasured, itemsRead } from './measured.js';
import { TABLES } from './tables.js';

const HOURLY = 'hourly form';

/**
 * Opens a folder of eICU's tables; `options.hourly` names a second one with the hourly form.
 *
 * @throws CohortError where the folder is no eICU
 */
export async function openEicu(
  duck: Duck,
  path: string,
  { variables, hourly: hourlyFolder }: SourceOptions,
  onProgress: (done: number, total: number) => void,
): Promise<Source> {
  const folder = await findTables(path, TABLES, 'eICU-CRD');
  const hourly = hourlyFolder === undefined ? null : await openHourlyForm(duck, hourlyFolder, variablesRead(variables));
  const tables = await openTables(duck, folder, TABLES, onProgress);
  return {
    database: 'eICU-CRD 2.0',
    folder: folder.name,
    synthetic: folder.synthetic,
    resumable: true,
    terms: 'PhysioNet Credentialed Health Data Use Agreement; the demo: Open Database License',
    tables: () => ({
      ...tablesRead(tables),
      ...(hourly ? { [HOURLY]: { file: hourly.file, bytes: hourly.bytes, rows: hourly.rows } } : {}),
    }),
    absent: tables.absent,
    items: itemsOf(variables, tables, hourly),
    fillStays: () => fillStays(duck),
    fillMeasured: (progress) => fillMeasured(duck, tables, hourly, variables, progress),
    fillCodes: () => fillCodes(duck),
    summariesFrom: 'another database: eICU has no discharge summaries',
    fillSummaries: async () => 0,
    async fillDocumented() {
      await tables.checkNotes();
      await duck.file('eicu/sql/documented');
    },
    extras: tables.has('hospital')
      ? [
          {
            name: 'hospitals',
            query: `SELECT hospitalid::VARCHAR AS site, numbedscategory AS beds, teachingstatus AS teaching, region
                    FROM hospital WHERE hospitalid::VARCHAR IN (SELECT site FROM chosen) ORDER BY hospitalid`,
          },
        ]
      : [],
    warnings: () => warnings(duck, tables, hourly),
  };
}

async function fillStays(duck: Duck): Promise<FilterCount[]> {
  await duck.file('eicu/sql/stays');
  const count = (filter: string, view: string) =>
    countFilter(
      duck,
      filter,
      `SELECT patientunitstayid AS stay_id, patienthealthsystemstayid AS admission_id, uniquepid AS subject_id FROM ${view}`,
    );
  return [
    await count('all unit stays', 'all_stays'),
    await count('with patient, hospital stay and discharge', 'with_discharge'),
    await count('adults', 'adults'),
    await count('without readmissions to intensive care', 'without_readmissions'),
    await count('without step-down beside intensive care', 'without_step_down'),
    await count('one unit stay per hospital stay', 'one_per_hospital_stay'),
  ];
}

/** By variable its names in the tables that are there: `lab: creatinine`, `nurseCharting: Invasive BP/Invasive BP Mean`. */
function itemsOf(variables: SourceOptions['variables'], tables: OpenTables, hourly: HourlyForm | null) {
  const items: Record<string, string[]> = Object.fromEntries(variables.map(({ column }) => [column, []]));
  for (const { table, item, label, variable } of itemsRead(variables)) {
    if (tables.has(table)) items[variable]?.push(`${table}: ${label ? `${label}/` : ''}${item}`);
  }
  for (const { variable, column } of hourly?.columns ?? []) items[variable]?.push(`${HOURLY}: ${column}`);
  return items;
}

async function warnings(duck: Duck, tables: OpenTables, hourly: HourlyForm | null): Promise<string[]> {
  const said: string[] = [];
  const missing = ['lab', 'vitalPeriodic', 'nurseCharting'].filter((table) => !tables.has(table));
  if (missing.length > 0) {
    said.push(
      `without ${missing.join(', ')}: what they measure is known from ${hourly ? 'the hourly form' : 'nowhere'}`,
    );
  }
  if (hourly && hourly.columns.length > 0) {
    const [counts] = await duck.rows<{ own: number; all: number; stays: number; longer: number }>(`
      SELECT (SELECT count(*) FROM hourly_measured SEMI JOIN chosen USING (stay))::DOUBLE AS own,
             (SELECT count(*) FROM measured SEMI JOIN chosen USING (stay))::DOUBLE AS "all",
             (SELECT count(DISTINCT stay) FROM hourly_measured SEMI JOIN chosen USING (stay))::DOUBLE AS stays,
             (SELECT count(*) FROM chosen WHERE period_length > ${hourly.end + 1})::DOUBLE AS longer`);
    const { own, all, stays, longer } = counts!;
    said.push(`of ${all} measurements ${own}, of ${stays} stays, come from the hourly form: an hour’s median, or sum`);
    if (longer > 0) said.push(`${longer} stays are longer than the hourly form, which ends after ${hourly.end} hours`);
  }
  return said;
}
