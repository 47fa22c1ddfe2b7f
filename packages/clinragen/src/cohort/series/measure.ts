import { type Duck, literal } from '../duck.js';
import type { MeasuredCounts } from '../source.js';
import { CAPILLARY_REFILL_ROWS } from '../variables/capillary-refill.js';
import type { VariableColumn } from '../variables/catalogue.js';
import { GCS_ANSWER_ROWS, GCS_PARTS } from '../variables/gcs.js';
import type { VariableSet } from '../variables/sets.js';
import { EMPTY_UNITS, UNIT_FACTOR_ROWS } from '../variables/units.js';

const TOTAL: VariableColumn = 'glasgow_coma_scale_total';

/** The variables whose items are to be read for a set: its own, and the parts of a total that is summed. */
export function variablesRead(set: VariableSet): ReadonlySet<VariableColumn> {
  const columns = new Set(set.map(({ column }) => column));
  if (columns.has(TOTAL)) for (const part of GCS_PARTS) columns.add(part);
  return columns;
}

/**
 * Makes the empty `measured` and `charted`, and what `measure` joins with.
 *
 * `charted(stay INTEGER, hours DOUBLE, variable, kind, declared, value, unit VARCHAR)`: a source's rows as they stand, with the
 * kind and the declared unit of `itemRow`; it keeps gases of other vessels than arteries out by itself.
 */
export async function prepareMeasured(duck: Duck): Promise<void> {
  const units = UNIT_FACTOR_ROWS.map(
    (r) => `(${literal(r.variable)}, ${literal(r.unit)}, ${r.factor}::DOUBLE, ${r.offset}::DOUBLE)`,
  );
  const answers = [...GCS_ANSWER_ROWS, ...CAPILLARY_REFILL_ROWS].map(
    (r) => `(${literal(r.variable)}, ${literal(r.answer)}, ${r.value}::DOUBLE)`,
  );
  await duck.run(`
    CREATE TABLE measured (stay INTEGER, hours DOUBLE, variable VARCHAR, value DOUBLE);
    CREATE TABLE charted (stay INTEGER, hours DOUBLE, variable VARCHAR, kind VARCHAR, declared VARCHAR, value VARCHAR,
                          unit VARCHAR);
    CREATE TABLE unread (verdict VARCHAR, variable VARCHAR, unit VARCHAR, records BIGINT);
    CREATE TABLE units AS SELECT * FROM (VALUES ${units.join(', ')}) AS t(variable, unit, factor, shift);
    CREATE TABLE answers AS SELECT * FROM (VALUES ${answers.join(', ')}) AS t(variable, answer, value);`);
}

/** Empties `charted` into `measured`. */
export async function measure(duck: Duck): Promise<void> {
  await duck.file('sql/measure', { emptyUnits: EMPTY_UNITS.map(literal).join(', ') });
}

/** The last step of `measured`: totals from their parts; what is none of the set's goes. */
export async function finishMeasured(duck: Duck, set: VariableSet): Promise<void> {
  const columns = new Set<string>(set.map(({ column }) => column));
  if (!columns.has(TOTAL)) return;
  const unwanted = GCS_PARTS.filter((part) => !columns.has(part));
  await duck.file('sql/gcs-total', {
    parts: GCS_PARTS.map(literal).join(', '),
    unwanted: ['', ...unwanted].map(literal).join(', '),
  });
}

/** What could not be read so far. */
export async function unreadCounts(duck: Duck): Promise<Pick<MeasuredCounts, 'unreadable' | 'unknownUnits'>> {
  const rows = await duck.rows<{ verdict: string; variable: string; unit: string | null; n: number }>(
    'SELECT verdict, variable, unit, sum(records)::DOUBLE AS n FROM unread GROUP BY ALL ORDER BY n DESC, variable, unit',
  );
  const of = (verdict: string, key: (row: (typeof rows)[number]) => string) =>
    Object.fromEntries(rows.filter((row) => row.verdict === verdict).map((row) => [key(row), row.n]));
  return {
    unreadable: of('unreadable', ({ variable }) => variable),
    unknownUnits: of('unknown unit', ({ variable, unit }) => `${variable} in ${unit}`),
  };
}
