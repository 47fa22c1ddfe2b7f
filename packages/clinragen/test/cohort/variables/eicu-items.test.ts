import { describe, expect, it } from 'vitest';
import { EICU_HOURLY_COLUMNS, EICU_HOURLY_TIME, EICU_STATIC_COLUMNS } from '../../../src/cohort/eicu/hourly-columns.js';
import { EICU_ITEMS, EICU_OUTPUT_PATH, type EicuItem } from '../../../src/cohort/eicu/items.js';
import { VARIABLE_SETS } from '../../../src/cohort/variables/sets.js';
import { convert, UNIT_FACTORS } from '../../../src/cohort/variables/units.js';
import { withDuck } from '../small-hospital.js';
import { csv, type Distribution, demoFolder, distributions, fillItems, fillUnits, implausible } from './demos.js';

const demo = demoFolder('eicu-crd-demo-2.0.1');
const hourly = demoFolder('eicu-crd-demo-hourly');

const named = (table: string): EicuItem[] => EICU_ITEMS.filter((item) => item.table === table);

describe('item maps of eICU', () => {
  it('give an item one variable only', () => {
    const keys = EICU_ITEMS.map((i) => `${i.table} ${i.label ?? ''} ${i.item}`);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  it('measure every variable of every set but capillary refill', () => {
    const wanted = new Set<string>(Object.values(VARIABLE_SETS).flatMap((set) => set.map((v) => v.column)));
    wanted.delete('capillary_refill_rate');
    expect(new Set<string>(EICU_ITEMS.map((i) => i.variable))).toEqual(wanted);
  });

  it('give labels to what nurses chart, and to nothing else', () => {
    for (const item of EICU_ITEMS) expect(item.label !== undefined, item.item).toBe(item.table === 'nurseCharting');
  });
});

describe.skipIf(!demo)('the eICU demo', () => {
  const table = (file: string) => csv(demo!, `${file}.csv.gz`);

  it('has the names of the laboratory’s tests and of the respiratory chart', async () => {
    await withDuck(async (duck) => {
      const names = await duck.rows<{ source_table: string; name: string }>(`
        SELECT DISTINCT 'lab' AS source_table, labname AS name FROM ${table('lab-169-stays')}
        UNION ALL SELECT DISTINCT 'respiratoryCharting', respchartvaluelabel FROM ${table('respiratoryCharting')}`);
      const present = new Set(names.map((row) => `${row.source_table} ${row.name}`));
      const missing = [...named('lab'), ...named('respiratoryCharting')].filter(
        (item) => !present.has(`${item.table} ${item.item}`),
      );
      expect(missing).toEqual([]);
    });
  });

  it('has the columns of cuff pressures and of what was weighed on admission', async () => {
    await withDuck(async (duck) => {
      for (const name of ['vitalAperiodic', 'patient']) {
        const columns = await duck.rows<{ column_name: string }>(`DESCRIBE SELECT * FROM ${table(name)}`);
        expect(columns.map((c) => c.column_name)).toEqual(expect.arrayContaining(named(name).map((i) => i.item)));
      }
    });
  });

  it('counts nearly all urine in mL as urine, and none that is a count, a stool or a drain', async () => {
    await withDuck(async (duck) => {
      await fillItems(duck, named('intakeOutput'));
      const rows = await duck.rows<{ label: string; n: number; ours: boolean }>(`
        SELECT lower(celllabel) AS label, count(*)::INTEGER AS n, bool_or(i.item IS NOT NULL) AS ours
        FROM ${table('intakeOutput')} AS c
        LEFT JOIN items AS i ON i.item = c.celllabel OR (i.prefix AND starts_with(lower(c.celllabel), lower(i.item)))
        WHERE starts_with(cellpath, '${EICU_OUTPUT_PATH}') AND celllabel IS NOT NULL GROUP BY ALL`);
      const count = (of: typeof rows) => of.reduce((sum, row) => sum + row.n, 0);
      const ours = rows.filter((row) => row.ours);
      expect(
        ours.filter((row) => /count|occurrence|stool|chest|drain|emesis|gastric|unmeasured/.test(row.label)),
      ).toEqual([]);
      const urine = rows.filter(
        (row) => /urin|urethral|foley|voided|condom/.test(row.label) && !/count|occ|stool/.test(row.label),
      );
      expect(count(urine)).toBeGreaterThan(30_000);
      expect(count(urine.filter((row) => row.ours)) / count(urine)).toBeGreaterThan(0.998);
    });
  });

  it('stands in units that we know, and has medians that a hospital can have', async () => {
    const wide = (name: string) =>
      named(name)
        .map(
          (i) =>
            `SELECT '${name}' AS source_table, '${i.item}' AS item, "${i.item}" AS value, NULL AS unit FROM ${table(name)}`,
        )
        .join(' UNION ALL ');
    const found = await withDuck(async (duck): Promise<Distribution[]> => {
      await fillUnits(duck);
      await fillItems(duck, EICU_ITEMS);
      return distributions(
        duck,
        `SELECT 'lab' AS source_table, labname AS item, labresulttext AS value, labmeasurenameinterface AS unit
         FROM ${table('lab-169-stays')}
         UNION ALL SELECT 'respiratoryCharting', respchartvaluelabel, rtrim(respchartvalue, '%'), NULL
         FROM ${table('respiratoryCharting')}
         UNION ALL SELECT 'intakeOutput', celllabel, cellvaluenumeric, NULL FROM ${table('intakeOutput')}
         WHERE starts_with(cellpath, '${EICU_OUTPUT_PATH}')
         UNION ALL ${wide('vitalAperiodic')} UNION ALL ${wide('patient')}`,
      );
    });
    // Litres a minute are no fraction.
    expect(found.filter((d) => !d.known).map((d) => `${d.item} in ${d.unit}`)).toEqual(['FiO2 in lpm']);
    expect(implausible(found)).toEqual([]);
    expect(new Set(found.map((d) => d.variable)).size).toBeGreaterThan(28);
  });

  it('sends numbers in the interface’s unit as text; what it converted itself is not to be trusted', async () => {
    await withDuck(async (duck) => {
      const [fio2] = await duck.rows<{ text: number; result: number }>(`
        SELECT max(TRY_CAST(labresulttext AS DOUBLE)) AS text, max(TRY_CAST(labresult AS DOUBLE)) AS result
        FROM ${table('lab-169-stays')} WHERE labname = 'FiO2'`);
      expect(fio2!.text).toBeLessThanOrEqual(100);
      expect(fio2!.result).toBe(10_000);
    });
  });
});

describe('the hourly form of the eICU demo', () => {
  it('has units that we know, each column once, each variable once', () => {
    const columns = [...EICU_HOURLY_COLUMNS, ...EICU_STATIC_COLUMNS];
    for (const { variable, unit } of columns) expect(UNIT_FACTORS.get(variable)?.has(unit), variable).toBe(true);
    expect(new Set(columns.map((c) => c.column)).size).toBe(columns.length);
    expect(new Set(columns.map((c) => c.variable)).size).toBe(columns.length);
  });

  it.skipIf(!hourly)('has these columns, hours in seconds, and medians that a hospital can have', async () => {
    await withDuck(async (duck) => {
      for (const [file, columns] of [
        ['dyn', EICU_HOURLY_COLUMNS],
        ['sta', EICU_STATIC_COLUMNS],
      ] as const) {
        const medians = columns.map(({ column }) => `median("${column}") AS "${column}"`).join(', ');
        const [row] = await duck.rows<Record<string, number>>(`SELECT ${medians} FROM '${hourly}/${file}.parquet'`);
        const found = columns.map(({ column, variable, unit }): Distribution => {
          const median = convert(variable, row![column]!, unit);
          return { item: column, variable, kind: 'number', unit, known: true, n: 1000, median };
        });
        expect(implausible(found)).toEqual([]);
      }
      const [time] = await duck.rows<{ hours: number; ragged: number }>(`
        SELECT max("${EICU_HOURLY_TIME.column}") * ${EICU_HOURLY_TIME.secondsPerUnit} / 3600 AS hours,
               (count(*) FILTER ("${EICU_HOURLY_TIME.column}" % 3600 <> 0))::INTEGER AS ragged
        FROM '${hourly}/dyn.parquet'`);
      expect(time).toEqual({ hours: 168, ragged: 0 });
    });
  });
});
