/** MIMIC-IV 2.2 and 3.1, with MIMIC-IV-Note where it is there: the counterpart of mimic3-benchmarks' cohort. */
import type { Duck } from '../duck.js';
import { finishMeasured, prepareMeasured, unreadCounts } from '../series/measure.js';
import type { FilterCount, Source, SourceOptions } from '../source.js';
import { countFilter } from '../summary.js';
import { findTables } from '../tables/folder.js';
import { openTables, tablesRead } from '../tables/open-tables.js';
import { GCS_PARTS } from '../variables/gcs.js';
import { itemsRead, scanEvents } from './scan.js';
import { TABLES } from './tables.js';

/** @throws CohortError where the folder is no MIMIC-IV */
export async function openMimic4(
  duck: Duck,
  path: string,
  { variables }: SourceOptions,
  onProgress: (done: number, total: number) => void,
): Promise<Source> {
  const folder = await findTables(path, TABLES, 'MIMIC-IV');
  const tables = await openTables(duck, folder, TABLES, onProgress);
  return {
    database: 'MIMIC-IV',
    folder: folder.name,
    synthetic: folder.synthetic,
    terms: 'PhysioNet Credentialed Health Data Use Agreement; the demo: Open Database License',
    tables: () => tablesRead(tables),
    absent: tables.absent,
    items: itemsOf(variables),
    resumable: true,
    fillStays: () => fillStays(duck),
    async fillMeasured(progress) {
      await prepareMeasured(duck);
      const events = await scanEvents(duck, tables, variables, progress);
      await finishMeasured(duck, variables);
      return { events, ...(await unreadCounts(duck)) };
    },
    fillCodes: () =>
      duck.file('mimic4/sql/codes', {
        known: tables.has('d_icd_diagnoses')
          ? "(d.code, d.version) IN (SELECT (upper(replace(trim(icd_code), '.', '')), icd_version) FROM d_icd_diagnoses)"
          : 'true',
      }),
    summariesFrom: 'note/discharge.csv.gz of MIMIC-IV-Note with summaries of these admissions',
    async fillSummaries() {
      if (!tables.has('discharge')) return 0;
      await tables.check(['discharge']);
      await duck.file('mimic4/sql/summaries');
      return duck.count('summaries');
    },
    async fillDocumented() {
      await tables.checkNotes();
      await duck.file('mimic4/sql/documented');
    },
    warnings: () => warnings(duck, tables.has('chartevents')),
  };
}

/** The tables `stays`, `stay_numbers` and `stay_moments`, and what the filters of `stays.sql` left. */
export async function fillStays(duck: Duck): Promise<FilterCount[]> {
  await duck.file('mimic4/sql/stays');
  const count = (filter: string, view: string) =>
    countFilter(duck, filter, `SELECT stay_id, hadm_id AS admission_id, subject_id FROM ${view}`);
  return [
    await count('all ICU stays', 'all_stays'),
    await count('without transfers', 'without_transfers'),
    await count('with admission and patient', 'with_admission'),
    await count('one stay per admission', 'one_per_admission'),
    await count('of known length', 'of_known_length'),
    await count('adults', 'stay_numbers'),
  ];
}

/** A total names the items of its parts: MIMIC-IV charts none of its own. */
function itemsOf(variables: SourceOptions['variables']): Record<string, string[]> {
  const rows = itemsRead(variables);
  return Object.fromEntries(
    variables.map(({ column }) => {
      const wanted: readonly string[] = column === 'glasgow_coma_scale_total' ? GCS_PARTS : [column];
      return [column, rows.filter(({ variable }) => wanted.includes(variable)).map(({ item }) => String(item))];
    }),
  );
}

/** MIMIC-IV charts something of every stay: where stays are silent, the file is cut short. */
async function warnings(duck: Duck, charts: boolean): Promise<string[]> {
  if (!charts) {
    return [
      'icu/chartevents is not there: no vital signs, no coma scale; the series hold what the laboratory and the outputs say',
    ];
  }
  const [silent] = await duck.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM silent_stays');
  if (silent!.n === 0) return [];
  return [
    `${silent!.n} stays have nothing in icu/chartevents that the variables ask for: if many, the file is cut short`,
  ];
}
