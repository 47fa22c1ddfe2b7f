import { describe, expect, it } from 'vitest';
import { type Duck, literal, openDuck } from '../../../src/cohort/duck.js';
import { fillLabels } from '../../../src/cohort/labels/index.js';
import { PHENOTYPES } from '../../../src/phenotypes.js';

type Recorded = [stay: number, code: string | null, version: number];

async function labelsOf(recorded: readonly Recorded[]) {
  const duck: Duck = await openDuck();
  try {
    await duck.run('CREATE TABLE codes (stay INTEGER, code VARCHAR, version INTEGER)');
    const rows = recorded.map(
      ([stay, code, version]) => `(${stay}, ${code === null ? 'NULL' : literal(code)}, ${version})`,
    );
    if (rows.length > 0) await duck.run(`INSERT INTO codes VALUES ${rows.join(', ')}`);
    const counts = await fillLabels(duck);
    const labels = await duck.rows<{ stay: number; positions: { items?: number[] } | number[] }>(
      'SELECT stay, positions FROM labels ORDER BY stay',
    );
    const names = labels.map(({ stay, positions }) => {
      const list = Array.isArray(positions) ? positions : (positions.items ?? []);
      return [stay, list.map((position) => PHENOTYPES[position])] as const;
    });
    const types = await duck.rows("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'labels'");
    const tables = await duck.rows<{ table_name: string }>('SELECT table_name FROM duckdb_tables() ORDER BY 1');
    return { counts, labels: Object.fromEntries(names), types, tables: tables.map(({ table_name }) => table_name) };
  } finally {
    duck.close();
  }
}

describe('labels from recorded diagnoses', () => {
  it('each phenotype once, in canonical order, whatever the version', async () => {
    const { labels, types } = await labelsOf([
      [1, '78552', 9],
      [1, '4280', 9],
      [1, '42823', 9],
      [2, 'R6521', 10],
      [2, 'I5023', 10],
      [2, 'A419', 10],
    ]);
    expect(labels).toEqual({
      1: ['Congestive heart failure; nonhypertensive', 'Shock'],
      2: ['Congestive heart failure; nonhypertensive', 'Septicemia (except in labor)', 'Shock'],
    });
    expect(types).toEqual([
      { column_name: 'stay', data_type: 'INTEGER' },
      { column_name: 'positions', data_type: 'INTEGER[]' },
    ]);
  });

  it('an empty list for codes of none of the 25; no row for a stay without a code', async () => {
    const { labels, tables } = await labelsOf([
      [1, '53081', 9],
      [1, 'K219', 10],
      [2, null, 9],
      [3, '', 9],
      [4, 'NOCODE', 10],
      [5, 'NOCODE', 10],
      [5, 'K219', 10],
    ]);
    expect(labels).toEqual({ 1: [], 5: [] });
    expect(tables).toEqual(['codes', 'labels']);
  });

  it('a code is read in its own version', async () => {
    // E876: hypokalaemia in ICD-10, a misadventure in ICD-9.
    const { labels } = await labelsOf([
      [1, 'E876', 9],
      [2, 'E876', 10],
    ]);
    expect(labels).toEqual({ 1: [], 2: ['Fluid and electrolyte disorders'] });
  });

  it('counts what was recorded, by kind and by version', async () => {
    const { counts } = await labelsOf([
      [1, '4280', 9],
      [2, '4280', 9],
      [1, '53081', 9],
      [1, 'I509', 10],
      [1, 'K219', 10],
      [2, 'I64', 10],
      [2, null, 10],
    ]);
    expect(counts).toEqual({
      codes: 6,
      mapped: 3,
      ofNone: 2,
      notCodes: 1,
      byVersion: {
        9: { codes: 3, mapped: 2, ofNone: 1, notCodes: 0 },
        10: { codes: 3, mapped: 1, ofNone: 1, notCodes: 1 },
      },
      notCodeTexts: [{ text: 'I64', version: 10, count: 1 }],
    });
  });

  it('lists what is no code, the most frequent first, and never what may be a name, a number or prose', async () => {
    const { counts } = await labelsOf([
      [1, 'I64', 10],
      [2, 'I64', 10],
      [1, '3893X', 9],
      [1, '10035185', 9],
      [1, 'SMITH', 9],
      [1, "PATIENT'S HEART FAILED", 10],
      [1, '97', 9],
    ]);
    expect(counts.notCodes).toBe(7 - 1); // 97 is 097, a zero lost
    expect(counts.notCodeTexts).toEqual([{ text: 'I64', version: 10, count: 2 }]);
  });

  it('lists no more than 50', async () => {
    const unknown = Array.from({ length: 80 }, (_, i): Recorded => [1, `J07${i + 10}`, 10]);
    const { counts } = await labelsOf(unknown);
    expect(counts.notCodes).toBe(80);
    expect(counts.notCodeTexts).toHaveLength(50);
  });

  it('no recorded diagnosis at all', async () => {
    const { counts, labels } = await labelsOf([]);
    expect(labels).toEqual({});
    expect(counts).toMatchObject({ codes: 0, mapped: 0, ofNone: 0, notCodes: 0, notCodeTexts: [] });
  });

  it('more distinct codes than one statement takes', async () => {
    const many = Array.from({ length: 6000 }, (_, i): Recorded => [i % 7, `I${10 + (i % 6)}${i}`.slice(0, 7), 10]);
    const { counts, labels } = await labelsOf(many);
    expect(counts.codes).toBe(6000);
    expect(counts.mapped).toBe(many.filter(([, code]) => /^I1[01235]/.test(code!)).length);
    expect(Object.keys(labels)).toHaveLength(7);
  });
});
