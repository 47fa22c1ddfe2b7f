import { PHENOTYPES } from '../../phenotypes.js';
import { type Duck, literal } from '../duck.js';
import { countFilter, type FilterCount } from '../summary.js';
import { PHENOTYPE_OF_ICD9 } from './phenotype-codes.js';
import type { Mimic3Source } from './source.js';
import { BENCHMARK_VARIABLES, BLOOD_VARIABLES, OTHER_FLUID_ITEMS, UNIT_OF_ITEM } from './variables.js';

/** Texts that pandas, with which the benchmark is written, takes for a missing value. `None` is none: it is a GCS answer. */
const NO_VALUE = `#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|n/a|nan|null`.split(
  '|',
);

/** Charted as numbers, yet the benchmark leaves them text until the largest of a moment is chosen. */
const UNCLEANED_NUMBERS = ['heart_rate', 'respiratory_rate', 'mean_blood_pressure'];
const UNCLEANED = [
  ...UNCLEANED_NUMBERS,
  ...BENCHMARK_VARIABLES.filter((variable) => variable.kind === 'text').map((variable) => variable.column),
];

/** The table `stays`, and what the filters of `stays.sql` left. */
export async function fillStays(duck: Duck): Promise<FilterCount[]> {
  await duck.file('stays');
  return [
    await countFilter(duck, 'all ICU stays', 'SELECT *, icustay_id AS stay_id FROM all_stays'),
    await countFilter(duck, 'without transfers', 'SELECT *, icustay_id AS stay_id FROM without_transfers'),
    await countFilter(duck, 'with admission and patient', 'SELECT *, icustay_id AS stay_id FROM with_admission'),
    await countFilter(duck, 'one stay per admission', 'SELECT *, icustay_id AS stay_id FROM one_per_admission'),
    await countFilter(duck, 'adults', 'SELECT * FROM stays'),
  ];
}

/** Variables by item, for the joins of `events.sql`, and the empty table of its results. */
export async function prepareScan(duck: Duck): Promise<void> {
  const items = BENCHMARK_VARIABLES.flatMap(({ column, items: ids }) =>
    ids.map(
      (id) => `(${id}, ${literal(column)}, ${literal(UNIT_OF_ITEM.get(id) ?? '')}, ${OTHER_FLUID_ITEMS.has(id)})`,
    ),
  );
  await duck.run(`
    CREATE TABLE items AS SELECT * FROM (VALUES ${items.join(', ')}) AS t(itemid, variable, unit, other_fluid);
    CREATE TABLE no_value AS SELECT * FROM (VALUES ${NO_VALUE.map((text) => `(${literal(text)})`).join(', ')}) AS t(value);
    CREATE TABLE scanned (source VARCHAR, outcome VARCHAR, subject_id BIGINT, stay_id BIGINT, charttime TIMESTAMP,
                          variable VARCHAR, unit VARCHAR, other_fluid BOOLEAN, value VARCHAR, uom VARCHAR, records BIGINT);`);
}

/**
 * Validates the events of all tables into `scanned`.
 *
 * @returns records by outcome, over all tables; `kept` are those that the series are made of
 */
export async function scanEvents(
  duck: Duck,
  source: Mimic3Source,
  onProgress: (bytes: number, total: number) => void,
): Promise<Record<string, number>> {
  await prepareScan(duck);
  const tables = ['CHARTEVENTS', 'LABEVENTS', 'OUTPUTEVENTS'].filter((table) => source.has(table));
  const total = tables.reduce((sum, table) => sum + source.file(table).bytes, 0);
  let before = 0;
  for (const table of tables) {
    await source.counted(
      table,
      async () => {
        const icustay = table === 'LABEVENTS' ? 'NULL' : 'e.icustay_id';
        await duck.file('events', { table: table.toLowerCase(), icustay });
        const [row] = await duck.rows<{ n: number }>(
          `SELECT coalesce(sum(records), 0)::DOUBLE AS n FROM scanned WHERE source = ${literal(table.toLowerCase())}`,
        );
        return row!.n;
      },
      (bytes) => onProgress(Math.min(before + bytes, total), total),
    );
    before += source.file(table).bytes;
  }
  onProgress(total, total);
  const outcomes = await duck.rows<{ outcome: string; n: number }>(
    'SELECT outcome, sum(records)::DOUBLE AS n FROM scanned GROUP BY outcome ORDER BY n DESC, outcome',
  );
  return Object.fromEntries(outcomes.map(({ outcome, n }) => [outcome, n]));
}

/**
 * The table `timeseries`: one row per stay and moment, 17 variables.
 *
 * @returns kept events whose text is no value, by variable
 */
export async function fillTimeseries(duck: Duck): Promise<Record<string, number>> {
  await duck.file('clean');
  const moments = BENCHMARK_VARIABLES.map(({ column, kind }) => {
    const of = `FILTER (variable = ${literal(column)})`;
    if (kind === 'text') return `       max(text) ${of} AS ${column}`;
    if (UNCLEANED_NUMBERS.includes(column)) return `       TRY_CAST(max(text) ${of} AS DOUBLE) AS ${column}`;
    return `       max(number) ${of} AS ${column}`;
  });
  for (const column of BLOOD_VARIABLES) {
    moments.push(`       max(number) FILTER (variable = ${literal(column)} AND NOT other_fluid) AS blood_${column}`);
  }
  await duck.file('timeseries', { uncleaned: UNCLEANED.map(literal).join(', '), moments: moments.join(',\n') });
  const unreadable = await duck.rows<{ variable: string; n: number }>(`
    SELECT variable, sum(records)::DOUBLE AS n FROM scanned
    WHERE outcome = 'kept'
      AND CASE WHEN variable IN (${UNCLEANED_NUMBERS.map(literal).join(', ')}) THEN TRY_CAST(value AS DOUBLE) IS NULL
               ELSE variable NOT IN (${UNCLEANED.map(literal).join(', ')})
                    AND clean_number(variable, value, uom, unit) IS NULL END
    GROUP BY variable ORDER BY variable`);
  return Object.fromEntries(unreadable.map(({ variable, n }) => [variable, n]));
}

/** The table `labels`: positions in PHENOTYPES by stay; stays without any known code are not in it. */
export async function fillLabels(duck: Duck, hasDictionary: boolean): Promise<void> {
  const codes = [...PHENOTYPE_OF_ICD9].map(
    ([code, phenotype]) => `(${literal(code)}, ${PHENOTYPES.indexOf(phenotype)})`,
  );
  await duck.run(
    `CREATE TABLE phenotype_codes AS SELECT * FROM (VALUES ${codes.join(', ')}) AS t(icd9_code, position)`,
  );
  const known = hasDictionary ? 'd.icd9_code IN (SELECT icd9_code FROM d_icd_diagnoses)' : 'd.icd9_code IS NOT NULL';
  await duck.file('labels', { known });
}
