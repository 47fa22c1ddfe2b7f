import { type Duck, literal } from '../duck.js';
import { measure, variablesRead } from '../series/measure.js';
import type { OpenTables } from '../tables/open-tables.js';
import { itemRow } from '../variables/item.js';
import type { VariableSet } from '../variables/sets.js';
import { MIMIC4_ITEMS, MIMIC4_SPECIMEN_TYPE } from './items.js';

/** Why a row is none of a series; `charted.sql` and `drawn.sql` count them. */
const REFUSALS = [
  'stay not in cohort',
  'in no stay of the cohort',
  'not during the stay',
  'another admission',
  'other item',
  'no value',
] as const;
const sequenceOf = (refusal: string) => refusal.replaceAll(' ', '_');

type Counts = Readonly<Record<string, number>>;

/** Items of the set's variables, with the parts of totals. */
export function itemsRead(set: VariableSet) {
  const read = variablesRead(set);
  return MIMIC4_ITEMS.filter(({ variable }) => read.has(variable)).map(itemRow);
}

/** What the scans join with, the empty table of the laboratory's rows, and the counters of what is refused. */
export async function prepareScan(duck: Duck, set: VariableSet): Promise<void> {
  const items = itemsRead(set);
  const rows = items.map(
    ({ table, item, variable, unit, kind }) =>
      `(${literal(table)}, ${item}, ${literal(variable)}, ${literal(unit)}, ${literal(kind)})`,
  );
  if (items.some(({ kind }) => kind === 'arterial')) {
    rows.push(`('labevents', ${MIMIC4_SPECIMEN_TYPE.item}, 'specimen_type', '', 'specimen')`);
  }
  await duck.run(`
    CREATE TABLE items AS SELECT * FROM (VALUES ${rows.join(', ')}) AS t(source, itemid, variable, unit, kind);
    CREATE TABLE drawn (stay INTEGER, hours DOUBLE, itemid INTEGER, value VARCHAR, unit VARCHAR, specimen_id BIGINT);
    ${REFUSALS.map((refusal) => `CREATE TEMP SEQUENCE ${sequenceOf(refusal)};`).join('\n')}`);
}

/** Rows refused so far, by reason. */
async function refusedCounts(duck: Duck): Promise<Counts> {
  const rows = await duck.rows<{ name: string; n: number }>(
    'SELECT sequence_name AS name, coalesce(last_value, 0)::DOUBLE AS n FROM duckdb_sequences()',
  );
  return Object.fromEntries(
    REFUSALS.map((refusal) => [refusal, rows.find(({ name }) => name === sequenceOf(refusal))?.n ?? 0]),
  );
}

const sum = (counts: Counts) => Object.values(counts).reduce((a, b) => a + b, 0);

async function countOf(duck: Duck, query: string): Promise<number> {
  const [row] = await duck.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${query}`);
  return row!.n;
}

/** Reads rows of chartevents or outputevents into `charted`. @returns how many there were, and how many are kept */
export async function scanCharted(duck: Duck, table: 'chartevents' | 'outputevents') {
  const before = sum(await refusedCounts(duck));
  await duck.file('mimic4/sql/charted', { table });
  const kept = await countOf(duck, 'charted');
  return { kept, seen: kept + sum(await refusedCounts(duck)) - before };
}

/** Reads rows of labevents into `drawn`. @returns how many there were */
export async function scanDrawn(duck: Duck): Promise<number> {
  const [refused, drawn] = [sum(await refusedCounts(duck)), await countOf(duck, 'drawn')];
  await duck.file('mimic4/sql/drawn');
  return (await countOf(duck, 'drawn')) - drawn + sum(await refusedCounts(duck)) - refused;
}

/** Empties `drawn` into `charted`. @returns rows by what became of them */
export async function chartDrawn(duck: Duck): Promise<Counts> {
  await duck.file('mimic4/sql/vessels');
  const drawn = await countOf(duck, 'drawn');
  const specimens = await countOf(duck, `drawn WHERE itemid = ${MIMIC4_SPECIMEN_TYPE.item}`);
  const kept = await countOf(duck, 'charted');
  await duck.run('DROP TABLE drawn; DROP TABLE other_vessels');
  return { kept, 'specimen type': specimens, 'gas of another vessel': drawn - specimens - kept };
}

/**
 * Reads every event table there is, once each, into `measured`; `silent_stays` are those of which chartevents say nothing.
 *
 * @param onProgress  bytes of the files read so far, and of all
 * @returns records of all tables by what became of them, the most frequent first; `kept` are those that the series are made of
 */
export async function scanEvents(
  duck: Duck,
  tables: OpenTables,
  set: VariableSet,
  onProgress: (bytes: number, total: number) => void,
): Promise<Record<string, number>> {
  await prepareScan(duck, set);
  const names = (['chartevents', 'labevents', 'outputevents'] as const).filter((table) => tables.has(table));
  const total = names.reduce((bytes, table) => bytes + tables.file(table).bytes, 0);
  let before = 0;
  let kept = 0;
  const counts: Record<string, number> = {};
  for (const table of names) {
    await tables.countedInParts(
      table,
      async () => {
        if (table === 'labevents') return scanDrawn(duck);
        const rows = await scanCharted(duck, table);
        kept += rows.kept;
        await measure(duck); // `charted` never holds more than one part
        return rows.seen;
      },
      (bytes) => onProgress(Math.min(before + bytes, total), total),
    );
    before += tables.file(table).bytes;
    if (table === 'chartevents') {
      await duck.run('CREATE TABLE silent_stays AS SELECT stay FROM stays ANTI JOIN measured USING (stay)');
    }
    if (table === 'labevents') {
      const { kept: drawn, ...others } = await chartDrawn(duck);
      kept += drawn!;
      Object.assign(counts, others);
      await measure(duck);
    }
  }
  onProgress(total, total);
  const all = Object.entries({ kept, ...counts, ...(await refusedCounts(duck)) }).filter(([, n]) => n > 0);
  return Object.fromEntries(all.sort(([, a], [, b]) => b - a));
}
