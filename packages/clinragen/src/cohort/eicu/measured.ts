import { type Duck, literal } from '../duck.js';
import { finishMeasured, measure, prepareMeasured, unreadCounts, variablesRead } from '../series/measure.js';
import type { MeasuredCounts } from '../source.js';
import type { OpenTables } from '../tables/open-tables.js';
import { catalogueVariable } from '../variables/catalogue.js';
import { itemRow } from '../variables/item.js';
import type { VariableSet } from '../variables/sets.js';
import { type HourlyForm, measureHourlyForm } from './hourly-form.js';
import { EICU_ITEMS, EICU_OUTPUT_PATH, type EicuItem } from './items.js';

/** Tables of one measurement a row, as `sql/scan.sql` reads them. */
const ROWS: Readonly<Record<string, string>> = {
  lab: `SELECT patientunitstayid, labresultoffset AS minute, '' AS label, labname AS item, labresulttext AS value,
               labmeasurenameinterface AS unit FROM lab`,
  nurseCharting: `SELECT patientunitstayid, nursingchartoffset AS minute, nursingchartcelltypevallabel AS label,
                         nursingchartcelltypevalname AS item, nursingchartvalue AS value, '' AS unit FROM nursecharting`,
  // Some write 40, others 40%.
  respiratoryCharting: `SELECT patientunitstayid, respchartoffset AS minute, '' AS label, respchartvaluelabel AS item,
                               rtrim(respchartvalue, '% ') AS value, '' AS unit FROM respiratorycharting`,
  intakeOutput: `SELECT patientunitstayid, intakeoutputoffset AS minute, '' AS label,
                        CASE WHEN starts_with(cellpath, ${literal(EICU_OUTPUT_PATH)}) THEN output_item(celllabel) END AS item,
                        cellvaluenumeric AS value, '' AS unit FROM intakeoutput`,
};

const TABLES = ['vitalPeriodic', 'vitalAperiodic', 'nurseCharting', 'respiratoryCharting', 'lab', 'intakeOutput'];

/** Why a record is refused, in the order of the questions; each is a sequence that counts. */
const REFUSALS = ['stay not in cohort', 'other item', 'no value', 'outside the stay'] as const;
const sequenceOf = (refusal: string) => refusal.replaceAll(' ', '_');

/** Items of the set's variables, and of what a total is summed of. */
export function itemsRead(set: VariableSet): EicuItem[] {
  const read = variablesRead(set);
  return EICU_ITEMS.filter(({ variable }) => read.has(variable));
}

const itemsIn = (items: readonly EicuItem[], table: string) => items.filter((item) => item.table === table);
const quoted = (items: readonly EicuItem[]) => items.map(({ item }) => `"${item}"`).join(', ');

/** The table `items(source_table, label, item, variable, kind, declared)`, and which item an output's label is. */
async function prepareItems(duck: Duck, items: readonly EicuItem[]): Promise<void> {
  const rows = items.map((item) => {
    const { table, variable, kind, unit } = itemRow(item);
    return `(${[table, item.label ?? '', item.item, variable, kind, unit].map(literal).join(', ')})`;
  });
  // One item a label, whatever else it begins with: urine must not count twice.
  const outputs = itemsIn(items, 'intakeOutput').map(({ item, prefix }) =>
    prefix
      ? `WHEN starts_with(lower(label), ${literal(item.toLowerCase())}) THEN ${literal(item)}`
      : `WHEN label = ${literal(item)} THEN label`,
  );
  await duck.run(`
    CREATE TABLE items AS
      SELECT * FROM (VALUES ${rows.join(', ')}) AS t(source_table, label, item, variable, kind, declared);
    CREATE MACRO output_item(label) AS CASE ${['WHEN label IS NULL THEN NULL', ...outputs].join(' ')} END;
    ${REFUSALS.map((refusal) => `CREATE TEMP SEQUENCE ${sequenceOf(refusal)};`).join('\n')}`);
}

/** Records refused so far, by why. */
async function refusals(duck: Duck): Promise<Record<string, number>> {
  const rows = await duck.rows<{ name: string; n: number }>(
    'SELECT sequence_name AS name, coalesce(last_value, 0)::DOUBLE AS n FROM duckdb_sequences()',
  );
  return Object.fromEntries(
    REFUSALS.map((refusal) => [refusal, rows.find(({ name }) => name === sequenceOf(refusal))?.n ?? 0]),
  );
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);

/** Reads one table into `measured`. @returns the records that it kept */
async function scan(duck: Duck, table: string, items: readonly EicuItem[]): Promise<number> {
  const own = itemsIn(items, table);
  const columns = quoted(own);
  if (table === 'vitalPeriodic') {
    await duck.file('eicu/sql/periodic', {
      columns,
      ranked: own
        .map(({ item, variable }) => {
          const { outlierLow, outlierHigh } = catalogueVariable(variable);
          const rank = `rank_of("${item}", ${outlierLow}, ${outlierHigh}, observationoffset)`;
          return `arg_max("${item}", ${rank}) AS "${item}", max(${rank}) AS "${item}_rank"`;
        })
        .join(',\n       '),
      pairs: own.map(({ item, variable }) => `("${item}", "${item}_rank") AS "${variable}"`).join(', '),
    });
  } else if (table === 'vitalAperiodic') {
    await duck.file('eicu/sql/aperiodic', { columns });
  } else {
    await duck.file('eicu/sql/scan', { table, rows: ROWS[table]! });
  }
  const [kept] = await duck.rows<{ n: number }>(
    table === 'vitalPeriodic'
      ? 'SELECT coalesce(sum(records), 0)::DOUBLE AS n FROM scanned'
      : `SELECT count(*)::DOUBLE AS n FROM ${table === 'vitalAperiodic' ? 'scanned' : 'charted'}`,
  );
  await duck.run('DROP TABLE IF EXISTS scanned');
  await measure(duck);
  return kept!.n;
}

/**
 * Makes `measured`: the raw tables first, one at a time, then the hours in which they have nothing from the hourly form, then
 * weight and height on admission.
 */
export async function fillMeasured(
  duck: Duck,
  tables: OpenTables,
  hourly: HourlyForm | null,
  set: VariableSet,
  onProgress: (done: number, total: number) => void,
): Promise<MeasuredCounts> {
  const items = itemsRead(set);
  await prepareMeasured(duck);
  await prepareItems(duck, items);

  const names = TABLES.filter((table) => tables.has(table) && itemsIn(items, table).length > 0);
  const total = names.reduce((bytes, table) => bytes + tables.file(table).bytes, hourly?.bytes ?? 0);
  let before = 0;
  let kept = 0;
  for (const table of names) {
    await tables.counted(
      table,
      async () => {
        const refused = sum(await refusals(duck));
        const own = await scan(duck, table, items);
        kept += own;
        return own + sum(await refusals(duck)) - refused;
      },
      (bytes) => onProgress(Math.min(before + bytes, total), total),
    );
    before += tables.file(table).bytes;
  }
  if (hourly && hourly.columns.length > 0) kept += await measureHourlyForm(duck, hourly);
  onProgress(total, total);

  const admission = itemsIn(items, 'patient');
  if (admission.length > 0) {
    await duck.file('eicu/sql/admission', { columns: quoted(admission) });
    await measure(duck);
  }
  await finishMeasured(duck, set);
  const events = Object.entries({ kept, ...(await refusals(duck)) }).filter(([, n]) => n > 0);
  return { events: Object.fromEntries(events.sort(([, a], [, b]) => b - a)), ...(await unreadCounts(duck)) };
}
