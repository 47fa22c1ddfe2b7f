import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Duck, literal } from '../../../src/cohort/duck.js';
import { catalogueVariable, type VariableColumn } from '../../../src/cohort/variables/catalogue.js';
import { type Item, itemRow } from '../../../src/cohort/variables/item.js';
import { EMPTY_UNITS, UNIT_FACTOR_ROWS } from '../../../src/cohort/variables/units.js';

const shared = process.env.CLINRAGEN_SHARED ?? fileURLToPath(new URL('../../../../../../shared', import.meta.url));

/** Folder of an open demo, or null, said aloud, where it is absent. */
export function demoFolder(name: string): string | null {
  const folder = resolve(shared, 'data', name);
  if (existsSync(folder)) return folder;
  console.log(`tests of ${name} skipped: it is not in ${resolve(shared, 'data')}`);
  return null;
}

/** SQL that reads a table of a demo as text, every dialect stated. */
export const csv = (folder: string, file: string): string =>
  `read_csv(${literal(join(folder, file))}, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')`;

/** Table `units(variable, unit, factor, shift)`, as the sources join it. */
export async function fillUnits(duck: Duck): Promise<void> {
  const rows = UNIT_FACTOR_ROWS.map(
    (r) => `(${literal(r.variable)}, ${literal(r.unit)}, ${r.factor}::DOUBLE, ${r.offset}::DOUBLE)`,
  );
  await duck.run(`CREATE TABLE units AS SELECT * FROM (VALUES ${rows.join(', ')}) AS t(variable, unit, factor, shift)`);
}

/** Table `items(source_table, item, variable, unit, kind, label, prefix)`. */
export async function fillItems(duck: Duck, items: readonly Item<number | string>[]): Promise<void> {
  const rows = items.map((item) => {
    const row = itemRow(item);
    const { label = '', prefix = false } = item as { label?: string; prefix?: boolean };
    const texts = [row.table, String(row.item), row.variable, row.unit, row.kind, label].map(literal);
    return `(${texts.join(', ')}, ${prefix})`;
  });
  await duck.run(`CREATE OR REPLACE TABLE items AS SELECT * FROM (VALUES ${rows.join(', ')})
                  AS t(source_table, item, variable, unit, kind, label, prefix)`);
}

/** What one item measured, by the unit in which its rows say so. */
export interface Distribution {
  readonly item: string;
  readonly variable: VariableColumn;
  readonly kind: string;
  readonly unit: string;
  readonly known: boolean;
  readonly n: number;
  /** In the catalogue's unit; null where the unit is unknown. */
  readonly median: number | null;
}

/**
 * @param charted  query with `source_table`, `item`, `value` (text), `unit` (text or null)
 */
export async function distributions(duck: Duck, charted: string): Promise<Distribution[]> {
  const empty = EMPTY_UNITS.map(literal).join(', ');
  return duck.rows<Distribution>(`
    SELECT i.item, i.variable, i.kind, c.unit, bool_and(u.unit IS NOT NULL) AS known, count(*)::INTEGER AS n,
           median(c.number * u.factor + u.shift)::DOUBLE AS median
    FROM (
      SELECT c.source_table, c.item, TRY_CAST(c.value AS DOUBLE) AS number,
             CASE WHEN lower(trim(coalesce(c.unit, ''))) NOT IN (${empty}) THEN lower(trim(c.unit)) END AS unit
      FROM (${charted}) AS c
    ) AS c
    JOIN items AS i ON i.source_table = c.source_table
      AND (i.item = c.item OR (i.prefix AND starts_with(lower(c.item), lower(i.item))))
    LEFT JOIN units AS u ON u.variable = i.variable AND u.unit = coalesce(c.unit, i.unit)
    WHERE c.number IS NOT NULL AND i.kind <> 'text'
    GROUP BY ALL ORDER BY variable, item, unit`);
}

/**
 * A group of patients' median lies within so many times the normal value: near it for what the body holds steady, and for
 * weight, where pounds make 2.2; far above for enzymes and their like.
 */
const SPREAD: Partial<Record<VariableColumn, number>> = {
  temperature: 1.1,
  ph: 1.1,
  oxygen_saturation: 1.1,
  sodium: 1.1,
  chloride: 1.1,
  potassium: 1.5,
  height: 1.2,
  weight: 1.6,
  heart_rate: 1.6,
  respiratory_rate: 1.6,
  systolic_blood_pressure: 1.6,
  diastolic_blood_pressure: 1.6,
  mean_blood_pressure: 1.6,
  hemoglobin: 2,
  hematocrit: 2,
  albumin: 2,
  troponin_t: 200,
  troponin_i: 200,
  total_bilirubin: 60,
  alanine_aminotransferase: 40,
  aspartate_aminotransferase: 40,
  urine_output: 20,
};
const USUAL_SPREAD = 3.5;

/** Medians that no hospital can have: a wrong unit, or another test. Of few rows nothing is said. */
export function implausible(found: readonly Distribution[], least = 5): string[] {
  return found
    .filter(({ n, median, known, variable, kind }) => {
      if (n < least || !known || median === null || kind === 'irrigant') return false;
      const v = catalogueVariable(variable);
      const spread = SPREAD[variable] ?? USUAL_SPREAD;
      const near = median >= v.normal / spread && median <= v.normal * spread;
      return !near || median < v.validLow || median > v.validHigh;
    })
    .map(({ variable, item, unit, median }) => `${variable} ${item} in ${unit}: ${median}`);
}
