/** MIMIC-III 1.4: the cohort of mimic3-benchmarks (Harutyunyan et al., 2019), cell by cell. */
import type { Duck } from '../duck.js';
import { finishMeasured, measure, prepareMeasured, unreadCounts } from '../series/measure.js';
import type { Source, SourceOptions } from '../source.js';
import { findTables } from '../tables/folder.js';
import { openTables, tablesRead } from '../tables/open-tables.js';
import { chartExtended, fillStays, fillTimeseries, measureTimeseries } from './benchmark.js';
import { extendedItems, scanEvents } from './scan.js';
import { TABLES } from './tables.js';
import { BENCHMARK_VARIABLES, BLOOD_VARIABLES, OTHER_FLUID_ITEMS } from './variables.js';

/** @throws CohortError where the folder is no MIMIC-III */
export async function openMimic3(
  duck: Duck,
  path: string,
  { variables }: SourceOptions,
  onProgress: (done: number, total: number) => void,
): Promise<Source> {
  const folder = await findTables(path, TABLES, 'MIMIC-III');
  const tables = await openTables(duck, folder, TABLES, onProgress);
  const blood = BLOOD_VARIABLES.map((column) => `blood_${column}`).join(', ');
  return {
    database: 'MIMIC-III',
    folder: folder.name,
    synthetic: folder.synthetic,
    terms: 'PhysioNet Credentialed Health Data Use Agreement; the demo: Open Database License',
    tables: () => tablesRead(tables),
    absent: tables.absent,
    items: itemsOf(variables),
    resumable: true,
    fillStays: () => fillStays(duck),
    async fillMeasured(progress) {
      const events = await scanEvents(duck, tables, variables, progress);
      const benchmark = await fillTimeseries(duck);
      await prepareMeasured(duck);
      await measureTimeseries(duck);
      await measure(duck);
      await chartExtended(duck);
      await measure(duck);
      await finishMeasured(duck, variables);
      await duck.file('mimic3/sql/silent-stays');
      await duck.run('DROP TABLE scanned');
      const { unreadable, unknownUnits } = await unreadCounts(duck);
      return { events, unreadable: { ...unreadable, ...benchmark }, unknownUnits };
    },
    fillCodes: () =>
      duck.file('mimic3/sql/codes', {
        known: tables.has('D_ICD_DIAGNOSES')
          ? 'd.icd9_code IN (SELECT icd9_code FROM d_icd_diagnoses)'
          : 'd.icd9_code IS NOT NULL',
      }),
    summariesFrom: 'rows of category "Discharge summary" in NOTEEVENTS.csv.gz',
    async fillSummaries() {
      if (!tables.has('NOTEEVENTS')) return 0;
      await tables.check(['NOTEEVENTS']);
      await duck.file('mimic3/sql/summaries');
      return duck.count('summaries');
    },
    async fillDocumented() {
      await tables.checkNotes();
      await duck.file('mimic3/sql/documented');
    },
    extras: [
      {
        name: 'timeseries',
        query: `SELECT t.stay_id::VARCHAR AS stay_id, t.* EXCLUDE (stay_id, ${blood})
                FROM timeseries AS t JOIN stay_numbers AS n USING (stay_id) SEMI JOIN chosen AS c ON c.stay = n.stay
                ORDER BY t.stay_id, t.hours`,
      },
    ],
    warnings: () => warnings(duck),
  };
}

function itemsOf(variables: SourceOptions['variables']): Record<string, string[]> {
  const items: Record<string, string[]> = {};
  for (const { column } of variables) {
    const benchmark = BENCHMARK_VARIABLES.find((one) => one.column === column);
    const bloodOnly = (BLOOD_VARIABLES as readonly string[]).includes(column);
    items[column] = (benchmark?.items ?? []).filter((id) => !bloodOnly || !OTHER_FLUID_ITEMS.has(id)).map(String);
  }
  for (const { variable, item } of extendedItems(variables)) items[variable]?.push(String(item));
  return items;
}

async function warnings(duck: Duck): Promise<string[]> {
  const [silent] = await duck.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM silent_stays');
  if (silent!.n === 0) return [];
  return [
    `${silent!.n} stays have no events in CHARTEVENTS though ADMISSIONS says that there are some: if many, the file is cut short`,
  ];
}
