import { type Duck, literal } from '../duck.js';
import { variablesRead } from '../series/measure.js';
import type { OpenTables } from '../tables/open-tables.js';
import { itemRow } from '../variables/item.js';
import type { VariableSet } from '../variables/sets.js';
import { MIMIC3_EXTENDED_ITEMS, MIMIC3_SPECIMEN_TYPE } from './extended-items.js';
import { BENCHMARK_VARIABLES, OTHER_FLUID_ITEMS, UNIT_OF_ITEM } from './variables.js';

/** Texts that pandas, with which the benchmark is written, takes for a missing value. `None` is none: it is a GCS answer. */
const NO_VALUE = `#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|n/a|nan|null`.split(
  '|',
);

/** Items of the set's variables beyond the benchmark's. */
export function extendedItems(set: VariableSet) {
  const read = variablesRead(set);
  return MIMIC3_EXTENDED_ITEMS.filter(({ variable }) => read.has(variable)).map(itemRow);
}

/**
 * Variables by item, for the joins of `events.sql`, and the empty table of its results. The benchmark's items are always
 * read: its cohort and its series are made of them. Those of other variables have a `kind`.
 */
export async function prepareScan(duck: Duck, set: VariableSet = []): Promise<void> {
  const benchmark = BENCHMARK_VARIABLES.flatMap(({ column, items: ids }) =>
    ids.map(
      (id) =>
        `(${id}, ${literal(column)}, ${literal(UNIT_OF_ITEM.get(id) ?? '')}, ${OTHER_FLUID_ITEMS.has(id)}, NULL::VARCHAR)`,
    ),
  );
  const extended = extendedItems(set);
  const others = extended.map(
    ({ item, variable, unit, kind }) => `(${item}, ${literal(variable)}, ${literal(unit)}, false, ${literal(kind)})`,
  );
  if (extended.some(({ kind }) => kind === 'arterial')) {
    others.push(`(${MIMIC3_SPECIMEN_TYPE.item}, 'specimen_type', '', false, 'specimen')`);
  }
  await duck.run(`
    CREATE TABLE items AS SELECT * FROM (VALUES ${[...benchmark, ...others].join(', ')})
      AS t(itemid, variable, unit, other_fluid, kind);
    CREATE TABLE no_value AS SELECT * FROM (VALUES ${NO_VALUE.map((text) => `(${literal(text)})`).join(', ')}) AS t(value);
    CREATE TABLE scanned (source VARCHAR, outcome VARCHAR, subject_id BIGINT, stay_id BIGINT, charttime TIMESTAMP,
                          variable VARCHAR, unit VARCHAR, other_fluid BOOLEAN, kind VARCHAR, value VARCHAR, uom VARCHAR,
                          records BIGINT);`);
}

/**
 * Validates the events of all tables into `scanned`.
 *
 * @returns records by outcome, over all tables; `kept` are those that the series are made of
 */
export async function scanEvents(
  duck: Duck,
  tables: OpenTables,
  set: VariableSet,
  onProgress: (bytes: number, total: number) => void,
): Promise<Record<string, number>> {
  await prepareScan(duck, set);
  const names = ['CHARTEVENTS', 'LABEVENTS', 'OUTPUTEVENTS'].filter((table) => tables.has(table));
  const total = names.reduce((sum, table) => sum + tables.file(table).bytes, 0);
  let before = 0;
  for (const table of names) {
    await tables.counted(
      table,
      async () => {
        const icustay = table === 'LABEVENTS' ? 'NULL' : 'e.icustay_id';
        await duck.file('mimic3/sql/events', { table: table.toLowerCase(), icustay });
        const [row] = await duck.rows<{ n: number }>(
          `SELECT coalesce(sum(records), 0)::DOUBLE AS n FROM scanned WHERE source = ${literal(table.toLowerCase())}`,
        );
        return row!.n;
      },
      (bytes) => onProgress(Math.min(before + bytes, total), total),
    );
    before += tables.file(table).bytes;
  }
  onProgress(total, total);
  const outcomes = await duck.rows<{ outcome: string; n: number }>(
    'SELECT outcome, sum(records)::DOUBLE AS n FROM scanned GROUP BY outcome ORDER BY n DESC, outcome',
  );
  return Object.fromEntries(outcomes.map(({ outcome, n }) => [outcome, n]));
}
