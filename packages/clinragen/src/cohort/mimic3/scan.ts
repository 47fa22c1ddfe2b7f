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

const EVENT_TABLES = ['CHARTEVENTS', 'LABEVENTS', 'OUTPUTEVENTS'];

/** Items of the set's variables beyond the benchmark's. */
export function extendedItems(set: VariableSet) {
  const read = variablesRead(set);
  return MIMIC3_EXTENDED_ITEMS.filter(({ variable }) => read.has(variable)).map(itemRow);
}

/** Why a record of an event table is refused, in the order of the questions; each is a sequence that counts. */
const REFUSALS = [
  'subject not in cohort',
  'no admission',
  'admission not in cohort',
  'another stay of the admission',
  'other item',
  'no value',
] as const;
const sequenceOf = (refusal: string) => refusal.replaceAll(' ', '_');

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
  const names = new Set([
    ...BENCHMARK_VARIABLES.map(({ column }) => column),
    ...extended.map(({ variable }) => variable),
  ]);
  await duck.run(`
    CREATE TYPE event_variable AS ENUM (${[...names, 'specimen_type'].map(literal).join(', ')});
    CREATE TYPE event_table AS ENUM (${EVENT_TABLES.map((table) => literal(table.toLowerCase())).join(', ')});
    CREATE TABLE items AS
      SELECT itemid::INTEGER AS itemid, variable::event_variable AS variable, unit, other_fluid, kind
      FROM (VALUES ${[...benchmark, ...others].join(', ')}) AS t(itemid, variable, unit, other_fluid, kind);
    CREATE TABLE no_value AS SELECT * FROM (VALUES ${NO_VALUE.map((text) => `(${literal(text)})`).join(', ')}) AS t(value);
    CREATE TABLE scanned (source event_table, itemid INTEGER, stay_id BIGINT, charttime TIMESTAMP, value VARCHAR,
                          uom VARCHAR);
    ${REFUSALS.map((refusal) => `CREATE TEMP SEQUENCE ${sequenceOf(refusal)};`).join('\n')}`);
}

/** Records so far by what became of them; `kept` are those that the series are made of. */
export async function outcomeCounts(duck: Duck): Promise<Record<string, number>> {
  const refused = await duck.rows<{ name: string; n: number }>(
    'SELECT sequence_name AS name, coalesce(last_value, 0)::DOUBLE AS n FROM duckdb_sequences()',
  );
  const [kept] = await duck.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM scanned');
  const counts: [string, number][] = [
    ['kept', kept!.n],
    ...REFUSALS.map((refusal): [string, number] => [
      refusal,
      refused.find(({ name }) => name === sequenceOf(refusal))?.n ?? 0,
    ]),
  ];
  return Object.fromEntries(counts.filter(([, n]) => n > 0).sort(([, a], [, b]) => b - a));
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);

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
  const names = EVENT_TABLES.filter((table) => tables.has(table));
  const total = names.reduce((sum, table) => sum + tables.file(table).bytes, 0);
  let before = 0;
  onProgress(0, total);
  for (const table of names) {
    await tables.countedInParts(
      table,
      async () => {
        const seen = sum(await outcomeCounts(duck));
        const icustay = table === 'LABEVENTS' ? 'NULL' : 'e.icustay_id';
        await duck.file('mimic3/sql/events', { table: table.toLowerCase(), icustay });
        return sum(await outcomeCounts(duck)) - seen;
      },
      (bytes) => onProgress(Math.min(before + bytes, total), total),
    );
    before += tables.file(table).bytes;
  }
  onProgress(total, total);
  return outcomeCounts(duck);
}
