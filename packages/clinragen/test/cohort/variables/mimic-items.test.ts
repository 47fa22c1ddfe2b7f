import { describe, expect, it } from 'vitest';
import type { Duck } from '../../../src/cohort/duck.js';
import { MIMIC3_EXTENDED_ITEMS, MIMIC3_SPECIMEN_TYPE } from '../../../src/cohort/mimic3/extended-items.js';
import { BENCHMARK_VARIABLES } from '../../../src/cohort/mimic3/variables.js';
import { MIMIC4_ITEMS, MIMIC4_SPECIMEN_TYPE } from '../../../src/cohort/mimic4/items.js';
import type { Item } from '../../../src/cohort/variables/item.js';
import { VARIABLE_SETS } from '../../../src/cohort/variables/sets.js';
import { withDuck } from '../small-hospital.js';
import { csv, demoFolder } from './demos.js';
import { LOOKS_LIKE, NEVER } from './looks-like.js';

const mimic3 = demoFolder('mimic-iii-demo-1.4');
const mimic4 = demoFolder('mimic-iv-demo-2.2');

const repeated = (items: readonly Item[]) =>
  items.map((i) => `${i.table} ${i.item}`).filter((key, i, all) => all.indexOf(key) !== i);

describe('item maps of MIMIC', () => {
  it('give an item one variable only', () => {
    expect(repeated(MIMIC3_EXTENDED_ITEMS)).toEqual([]);
    expect(repeated(MIMIC4_ITEMS)).toEqual([]);
  });

  it('MIMIC-III: every variable beyond the benchmark’s, and none of the benchmark’s items again', () => {
    const benchmark = new Set<string>(BENCHMARK_VARIABLES.map((v) => v.column));
    const wanted = VARIABLE_SETS.extended.map((v) => v.column).filter((column) => !benchmark.has(column));
    expect(new Set(MIMIC3_EXTENDED_ITEMS.map((i) => i.variable))).toEqual(new Set(wanted));
    const taken = new Set(BENCHMARK_VARIABLES.flatMap((v) => v.items));
    expect(MIMIC3_EXTENDED_ITEMS.filter((i) => taken.has(i.item))).toEqual([]);
  });

  it('MIMIC-IV: every variable of every set but the Glasgow total, which is a sum', () => {
    const wanted = new Set<string>(Object.values(VARIABLE_SETS).flatMap((set) => set.map((v) => v.column)));
    wanted.delete('glasgow_coma_scale_total');
    expect(new Set<string>(MIMIC4_ITEMS.map((i) => i.variable))).toEqual(wanted);
  });
});

interface Entry {
  readonly label: string;
  readonly table: string;
  readonly fluid: string | null;
}

async function dictionary(duck: Duck, items: string, labs: string): Promise<Map<string, Entry>> {
  const rows = await duck.rows<Entry & { id: string }>(`
    SELECT itemid AS id, label, linksto AS "table", NULL AS fluid FROM ${items}
    UNION ALL SELECT itemid, label, 'labevents', lower(fluid) FROM ${labs}`);
  return new Map(rows.map((row) => [`${row.table} ${row.id}`, row]));
}

/** Items that the dictionary does not have, has under another name, or of another fluid. */
function mismatches(items: readonly Item[], entries: ReadonlyMap<string, Entry>): string[] {
  return items.flatMap(({ table, item, variable }) => {
    const entry = entries.get(`${table.toLowerCase()} ${item}`);
    if (!entry) return [`${variable}: no ${table} ${item}`];
    const named = LOOKS_LIKE[variable].test(entry.label) && !NEVER.test(entry.label);
    const ofBlood = table.toLowerCase() !== 'labevents' || entry.fluid === 'blood';
    return named && ofBlood ? [] : [`${variable}: ${item} is ${entry.label} (${entry.fluid ?? table})`];
  });
}

describe.skipIf(!mimic3)('the dictionaries of MIMIC-III', () => {
  it('say what the items say', async () => {
    await withDuck(async (duck) => {
      const entries = await dictionary(duck, csv(mimic3!, 'D_ITEMS.csv.gz'), csv(mimic3!, 'D_LABITEMS.csv.gz'));
      expect(mismatches(MIMIC3_EXTENDED_ITEMS, entries)).toEqual([]);
      expect(entries.get(`labevents ${MIMIC3_SPECIMEN_TYPE.item}`)?.label).toMatch(/^specimen type$/i);
    });
  });
});

describe.skipIf(!mimic4)('the dictionaries of MIMIC-IV', () => {
  it('say what the items say', async () => {
    await withDuck(async (duck) => {
      const entries = await dictionary(
        duck,
        csv(mimic4!, 'icu/d_items.csv.gz'),
        csv(mimic4!, 'hosp/d_labitems.csv.gz'),
      );
      expect(mismatches(MIMIC4_ITEMS, entries)).toEqual([]);
      expect(entries.get(`labevents ${MIMIC4_SPECIMEN_TYPE.item}`)?.label).toMatch(/^specimen type$/i);
    });
  });
});
