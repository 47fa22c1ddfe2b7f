import { describe, expect, it } from 'vitest';
import type { Duck } from '../../../src/cohort/duck.js';
import { MIMIC3_EXTENDED_ITEMS, MIMIC3_SPECIMEN_TYPE } from '../../../src/cohort/mimic3/extended-items.js';
import { BENCHMARK_VARIABLES } from '../../../src/cohort/mimic3/variables.js';
import { MIMIC4_ITEMS, MIMIC4_SPECIMEN_TYPE } from '../../../src/cohort/mimic4/items.js';
import { capillaryRefill } from '../../../src/cohort/variables/capillary-refill.js';
import type { VariableColumn } from '../../../src/cohort/variables/catalogue.js';
import { gcsScore } from '../../../src/cohort/variables/gcs.js';
import type { Item } from '../../../src/cohort/variables/item.js';
import { withDuck } from '../small-hospital.js';
import { csv, type Distribution, demoFolder, distributions, fillItems, fillUnits, implausible } from './demos.js';

const mimic3 = demoFolder('mimic-iii-demo-1.4');
const mimic4 = demoFolder('mimic-iv-demo-2.2');
const meds = demoFolder('mimic-iv-demo-meds-0.0.1');

async function measured(items: readonly Item[], charted: string): Promise<Distribution[]> {
  return withDuck(async (duck) => {
    await fillUnits(duck);
    await fillItems(duck, items);
    return distributions(duck, charted);
  });
}

const unknownUnits = (found: readonly Distribution[]) =>
  found.filter((d) => !d.known).map((d) => `${d.variable} ${d.item}: ${d.unit}`);

/** Urine and the fluid that rinsed the bladder, measured together; and that fluid alone. */
const RINSE = { out: '227489', into: '227488' } as const;

/** Medians out and in differ by a plausible urine. */
function rinsedOut(found: readonly Distribution[]): number {
  const [out, into] = [RINSE.out, RINSE.into].map((item) => found.find((d) => d.item === item)!.median!);
  return out! - into!;
}

const unlikely = (found: readonly Distribution[]) => implausible(found.filter((d) => d.item !== RINSE.out));

/** Charted texts of these items that are no answer of the variable. */
async function unanswered(duck: Duck, from: string, items: ReadonlyMap<string, VariableColumn>): Promise<string[]> {
  const rows = await duck.rows<{ item: string; text: string; n: number }>(
    `SELECT item, "text", count(*)::INTEGER AS n FROM (${from}) WHERE "text" IS NOT NULL GROUP BY ALL`,
  );
  const own = rows.filter((row) => items.has(row.item));
  expect(own.length).toBeGreaterThan(0);
  return own
    .filter(({ item, text }) => {
      const variable = items.get(item)!;
      return (variable === 'capillary_refill_rate' ? capillaryRefill(text) : gcsScore(variable, text)) === null;
    })
    .map(({ item }) => item);
}

describe.skipIf(!mimic3)('the values of the MIMIC-III demo', () => {
  const charted = () => `
    SELECT 'CHARTEVENTS' AS source_table, itemid AS item, value, valueuom AS unit FROM ${csv(mimic3!, 'CHARTEVENTS.csv.gz')}
    UNION ALL SELECT 'LABEVENTS', itemid, value, valueuom FROM ${csv(mimic3!, 'LABEVENTS.csv.gz')}
    UNION ALL SELECT 'OUTPUTEVENTS', itemid, value, valueuom FROM ${csv(mimic3!, 'OUTPUTEVENTS.csv.gz')}`;

  it('stand in units that we know, and have medians that a hospital can have', async () => {
    const found = await measured(MIMIC3_EXTENDED_ITEMS, charted());
    expect(new Set(found.map((d) => d.variable)).size).toBe(22);
    expect(unknownUnits(found)).toEqual([]);
    expect(unlikely(found)).toEqual([]);
    expect(rinsedOut(found)).toBeGreaterThanOrEqual(0);
    expect(rinsedOut(found)).toBeLessThan(1200);
  });

  it('are scores where they are texts', async () => {
    const texts = BENCHMARK_VARIABLES.filter((v) => v.kind === 'text' || v.column === 'capillary_refill_rate');
    const items = new Map(texts.flatMap((v) => v.items.map((i) => [`${i}`, v.column as VariableColumn] as const)));
    await withDuck(async (duck) => {
      const from = `SELECT itemid AS item, value AS "text" FROM ${csv(mimic3!, 'CHARTEVENTS.csv.gz')}`;
      expect(await unanswered(duck, from, items)).toEqual([]);
    });
  });

  it('are arterial gases where the specimen’s type says so: veins hold less oxygen', async () => {
    await withDuck(async (duck) => {
      const { item, arterial } = MIMIC3_SPECIMEN_TYPE;
      const [row] = await duck.rows<{ artery: number; other: number; silent: number }>(`
        WITH lab AS (SELECT * FROM ${csv(mimic3!, 'LABEVENTS.csv.gz')})
        SELECT median(TRY_CAST(g.valuenum AS DOUBLE)) FILTER (t.value = '${arterial}') AS artery,
               median(TRY_CAST(g.valuenum AS DOUBLE)) FILTER (t.value <> '${arterial}') AS other,
               median(TRY_CAST(g.valuenum AS DOUBLE)) FILTER (t.value IS NULL) AS silent
        FROM lab AS g
        LEFT JOIN lab AS t ON t.itemid = '${item}' AND t.subject_id = g.subject_id AND t.charttime = g.charttime
        WHERE g.itemid = '50821'`);
      expect(row!.artery).toBeGreaterThan(85);
      expect(row!.silent).toBeGreaterThan(85);
      expect(row!.other).toBeLessThan(60);
    });
  });
});

describe.skipIf(!mimic4)('the values of the MIMIC-IV demo', () => {
  it('stand in units that we know, and have medians that a hospital can have', async () => {
    const found = await measured(
      MIMIC4_ITEMS,
      `SELECT 'labevents' AS source_table, itemid AS item, value, valueuom AS unit FROM ${csv(mimic4!, 'hosp/labevents.csv.gz')}
       UNION ALL SELECT 'outputevents', itemid, value, valueuom FROM ${csv(mimic4!, 'icu/outputevents.csv.gz')}`,
    );
    expect(new Set(found.map((d) => d.variable)).size).toBeGreaterThan(22);
    expect(unknownUnits(found)).toEqual([]);
    expect(unlikely(found)).toEqual([]);
    expect(rinsedOut(found)).toBeGreaterThanOrEqual(0);
    expect(rinsedOut(found)).toBeLessThan(1200);
  });

  it('are arterial gases where the specimen’s type says so: veins hold less oxygen', async () => {
    await withDuck(async (duck) => {
      const { item, arterial } = MIMIC4_SPECIMEN_TYPE;
      const [row] = await duck.rows<{ artery: number; other: number; silent: number }>(`
        WITH lab AS (SELECT * FROM ${csv(mimic4!, 'hosp/labevents.csv.gz')})
        SELECT median(TRY_CAST(g.valuenum AS DOUBLE)) FILTER (t.value = '${arterial}') AS artery,
               median(TRY_CAST(g.valuenum AS DOUBLE)) FILTER (t.value <> '${arterial}') AS other,
               median(TRY_CAST(g.valuenum AS DOUBLE)) FILTER (t.value IS NULL) AS silent
        FROM lab AS g LEFT JOIN lab AS t ON t.itemid = '${item}' AND t.specimen_id = g.specimen_id
        WHERE g.itemid = '50821'`);
      expect(row!.artery).toBeGreaterThan(85);
      expect(row!.silent).toBeGreaterThan(85);
      expect(row!.other).toBeLessThan(60);
    });
  });
});

// The demo's chart events are open in MEDS form: codes `LAB//<itemid>//<unit>`.
describe.skipIf(!meds)('the chart of the MIMIC-IV demo in MEDS form', () => {
  const codes = () => `
    SELECT split_part(code, '//', 2) AS item, split_part(code, '//', 3) AS unit, numeric_value, text_value
    FROM read_parquet('${meds}/data/*/*.parquet') WHERE starts_with(code, 'LAB//')`;

  it('stands in units that we know, and has medians that a hospital can have', async () => {
    const found = await measured(
      MIMIC4_ITEMS.filter((item) => item.table === 'chartevents'),
      `SELECT 'chartevents' AS source_table, item, numeric_value::VARCHAR AS value, unit FROM (${codes()})`,
    );
    expect(new Set(found.map((d) => d.variable)).size).toBeGreaterThan(30);
    expect(unknownUnits(found)).toEqual([]);
    expect(implausible(found)).toEqual([]);
  });

  it('has scores where it has texts', async () => {
    const texts = MIMIC4_ITEMS.filter((item) => item.kind === 'text');
    const items = new Map(texts.map((item) => [`${item.item}`, item.variable] as const));
    await withDuck(async (duck) => {
      expect(await unanswered(duck, `SELECT item, text_value AS "text" FROM (${codes()})`, items)).toEqual([]);
    });
  });
});
