import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PHENOTYPES } from '../../src/phenotypes.js';
import { DISEASES, OTHER_CODES } from '../../src/synthesize/diseases.js';
import { SynthesisError, type SynthesisReport, synthesize } from '../../src/synthesize/index.js';
import { COLUMNS, type Table } from '../../src/synthesize/mimic3/tables.js';
import { readTable } from './tables-of.js';

const shared = process.env.CLINRAGEN_SHARED ?? new URL('../../../../../shared', import.meta.url).pathname;
const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'clinragen-hospital-'));
  folders.push(made);
  return made;
};
const digest = (out: string) =>
  Object.fromEntries(
    readdirSync(out)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(out, name)))
          .digest('hex'),
      ]),
  );

let hospital: string;
let report: SynthesisReport;
beforeAll(async () => {
  hospital = folder();
  report = await synthesize({ patients: 400, seed: 7, out: hospital });
});
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

describe('the same seed', () => {
  it('gives the same bytes, another seed other patients', async () => {
    const [a, b, c] = [folder(), folder(), folder()];
    await synthesize({ patients: 25, seed: 3, out: a });
    await synthesize({ patients: 25, seed: 3, out: b });
    await synthesize({ patients: 25, seed: 4, out: c });
    expect(digest(b)).toEqual(digest(a));
    expect(digest(c)['CHARTEVENTS.csv.gz']).not.toBe(digest(a)['CHARTEVENTS.csv.gz']);
    expect(digest(c)['NOTEEVENTS.csv.gz']).not.toBe(digest(a)['NOTEEVENTS.csv.gz']);
  });

  it('gives the same first patients whatever the size of the hospital', async () => {
    const small = folder();
    await synthesize({ patients: 20, seed: 7, out: small });
    const some = readTable(small, 'CHARTEVENTS');
    expect(readTable(hospital, 'CHARTEVENTS').slice(0, some.length)).toEqual(some);
    const notes = readTable(small, 'NOTEEVENTS');
    expect(readTable(hospital, 'NOTEEVENTS').slice(0, notes.length)).toEqual(notes);
  });
});

describe('layout', () => {
  it('has every table with the columns in order, and as many rows as reported', () => {
    for (const [table, columns] of Object.entries(COLUMNS) as [Table, string][]) {
      const text = gunzipSync(readFileSync(join(hospital, `${table}.csv.gz`))).toString('utf8');
      expect(text.slice(0, text.indexOf('\n')), table).toBe(columns);
      const rows = readTable(hospital, table);
      expect(rows.length, table).toBe(report.rows[table]);
      expect(rows.length, table).toBeGreaterThan(0);
      expect(
        rows.map((r) => r.ROW_ID),
        table,
      ).toEqual(rows.map((_, i) => String(i + 1)));
    }
  });

  it.skipIf(!existsSync(join(shared, 'data/mimic-iii-demo-1.4')))(
    'has the columns of the MIMIC-III demo (skipped where it is absent)',
    () => {
      for (const [table, columns] of Object.entries(COLUMNS)) {
        const text = gunzipSync(readFileSync(join(shared, 'data/mimic-iii-demo-1.4', `${table}.csv.gz`))).toString(
          'latin1',
        );
        expect(columns.toLowerCase(), table).toBe(text.slice(0, text.indexOf('\n')).trim());
      }
    },
  );

  it.skipIf(!existsSync(join(shared, 'data/mimic3-benchmarks-resources')))(
    'codes each disease with codes of its own phenotype, and noise with none (skipped where the definitions are absent)',
    () => {
      const file = join(shared, 'data/mimic3-benchmarks-resources/hcup_ccs_2015_definitions.yaml');
      const definitions = parse(readFileSync(file, 'utf8')) as Record<
        string,
        { use_in_benchmark?: boolean; codes: string[] }
      >;
      const phenotypesOf = (icd9: string) =>
        Object.keys(definitions).filter(
          (name) => definitions[name]!.use_in_benchmark && definitions[name]!.codes.includes(icd9),
        );
      for (const phenotype of PHENOTYPES) {
        for (const [{ icd9 }] of DISEASES[phenotype].codes) expect(phenotypesOf(icd9), icd9).toEqual([phenotype]);
      }
      for (const [{ icd9 }] of OTHER_CODES) expect(phenotypesOf(icd9), icd9).toEqual([]);
    },
  );

  it('refers only to admissions, stays, items and codes that exist', () => {
    const set = (table: Table, column: string) => new Set(readTable(hospital, table).map((r) => r[column]!));
    const [subjects, admissions, stays] = [
      set('PATIENTS', 'SUBJECT_ID'),
      set('ADMISSIONS', 'HADM_ID'),
      set('ICUSTAYS', 'ICUSTAY_ID'),
    ];
    const [items, labs, codes] = [
      set('D_ITEMS', 'ITEMID'),
      set('D_LABITEMS', 'ITEMID'),
      set('D_ICD_DIAGNOSES', 'ICD9_CODE'),
    ];
    for (const row of readTable(hospital, 'CHARTEVENTS')) {
      if (!subjects.has(row.SUBJECT_ID!)) throw new Error(`no patient ${row.SUBJECT_ID}`);
      if (row.HADM_ID && !admissions.has(row.HADM_ID)) throw new Error(`no admission ${row.HADM_ID}`);
      if (row.ICUSTAY_ID && !stays.has(row.ICUSTAY_ID)) throw new Error(`no stay ${row.ICUSTAY_ID}`);
      if (!items.has(row.ITEMID!)) throw new Error(`no item ${row.ITEMID}`);
    }
    for (const row of readTable(hospital, 'LABEVENTS'))
      if (!labs.has(row.ITEMID!)) throw new Error(`no lab ${row.ITEMID}`);
    for (const table of ['INPUTEVENTS_MV', 'OUTPUTEVENTS', 'PROCEDUREEVENTS_MV'] as const) {
      for (const row of readTable(hospital, table)) expect(items, table).toContain(row.ITEMID);
    }
    for (const row of readTable(hospital, 'DIAGNOSES_ICD')) expect(codes).toContain(row.ICD9_CODE);
  });

  it('charts inside the stay', () => {
    const stays = new Map(readTable(hospital, 'ICUSTAYS').map((r) => [r.ICUSTAY_ID, r]));
    const outside = readTable(hospital, 'CHARTEVENTS').filter((r) => {
      const stay = stays.get(r.ICUSTAY_ID!);
      return stay && (r.CHARTTIME! < stay.INTIME! || r.CHARTTIME! > stay.OUTTIME!);
    });
    expect(outside).toEqual([]);
  });
});

describe('filters have something to find', () => {
  it('children, moves between units, several stays, missing summaries: as many as reported', () => {
    const born = new Map(readTable(hospital, 'PATIENTS').map((r) => [r.SUBJECT_ID, r.DOB!]));
    const stays = readTable(hospital, 'ICUSTAYS');
    const age = (r: Record<string, string>) =>
      (Date.parse(r.INTIME!) - Date.parse(born.get(r.SUBJECT_ID!)!)) / 31_557_600_000;
    const children = new Set(stays.filter((r) => age(r) < 18).map((r) => r.HADM_ID));
    const counts = new Map<string, number>();
    for (const r of stays) counts.set(r.HADM_ID!, (counts.get(r.HADM_ID!) ?? 0) + 1);
    const summaries = new Set(
      readTable(hospital, 'NOTEEVENTS')
        .filter((r) => r.CATEGORY === 'Discharge summary')
        .map((r) => r.HADM_ID),
    );
    expect(children.size).toBe(report.violations.children);
    expect(stays.filter((r) => r.FIRST_CAREUNIT !== r.LAST_CAREUNIT)).toHaveLength(report.violations.moved);
    expect([...counts.values()].filter((n) => n > 1)).toHaveLength(report.violations.severalStays);
    expect(report.admissions - summaries.size).toBe(report.violations.withoutSummary);
    for (const [rule, count] of Object.entries(report.violations)) expect(count, rule).toBeGreaterThan(0);
    // Most of the hospital stays in the cohort.
    expect(Object.values(report.violations).reduce((a, b) => a + b)).toBeLessThan(0.2 * report.admissions);
  });

  it('some rows lost the number of their admission or stay', () => {
    const rows = readTable(hospital, 'CHARTEVENTS');
    const lost = (column: string) => rows.filter((r) => r[column] === '').length / rows.length;
    expect(lost('HADM_ID')).toBeGreaterThan(0.001);
    expect(lost('HADM_ID')).toBeLessThan(0.01);
    expect(lost('ICUSTAY_ID')).toBeGreaterThan(lost('HADM_ID'));
    expect(readTable(hospital, 'LABEVENTS').some((r) => r.HADM_ID === '')).toBe(true);
  });
});

describe('no one can take it for real', () => {
  it('says so in SYNTHETIC.json and README.txt', () => {
    const facts = JSON.parse(readFileSync(join(hospital, 'SYNTHETIC.json'), 'utf8'));
    expect(facts).toMatchObject({ seed: 7, patients: 400, note: 'synthetic, no real patient' });
    expect(readFileSync(join(hospital, 'README.txt'), 'utf8')).toMatch(/^SYNTHETIC DATA/);
    expect(readdirSync(hospital).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  it('refuses to write over tables of another origin', async () => {
    const other = folder();
    writeFileSync(join(other, 'PATIENTS.csv'), 'ROW_ID\n');
    await expect(synthesize({ patients: 3, seed: 1, out: other })).rejects.toThrow(SynthesisError);
    expect(readdirSync(other)).toEqual(['PATIENTS.csv']);
  });

  it('writes over its own', async () => {
    const own = folder();
    await synthesize({ patients: 5, seed: 1, out: own });
    await synthesize({ patients: 6, seed: 2, out: own });
    expect(readTable(own, 'PATIENTS')).toHaveLength(6);
  });
});

it('names the option that is out of range', async () => {
  await expect(synthesize({ patients: 0, seed: 1, out: folder() })).rejects.toThrow(/patients: found 0/);
  await expect(synthesize({ patients: 1, seed: 0.5, out: folder() })).rejects.toThrow(/seed: found 0.5/);
});

it('reports progress to the end', async () => {
  const seen: number[] = [];
  await synthesize({ patients: 4, seed: 1, out: folder(), onProgress: (done, total) => seen.push(done / total) });
  expect(seen).toEqual([0.25, 0.5, 0.75, 1]);
});
