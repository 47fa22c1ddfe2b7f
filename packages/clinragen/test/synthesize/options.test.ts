import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phenotype } from '../../src/phenotypes.js';
import { drawAdmission, drawPatient } from '../../src/synthesize/admission.js';
import { DISEASES } from '../../src/synthesize/diseases.js';
import { synthesize } from '../../src/synthesize/index.js';
import { MORE_LABS } from '../../src/synthesize/items.js';
import { MoreLabs, pressureAt } from '../../src/synthesize/more-labs.js';
import { drawCourse } from '../../src/synthesize/physiology.js';
import { Rng } from '../../src/synthesize/rng.js';
import { readTable } from './tables-of.js';

/** SHA-256 of the text (not of the gzip, which may differ with zlib) that version 1 wrote of 60 patients, seed 7. */
const VERSION_1 = {
  CHARTEVENTS: 'a3f24a8011cefa7d8fe10d39dca519a9f309f429c84105fd13912ebf33b691f5',
  LABEVENTS: 'e1b2d56e121ed74cd88c38570326264baec1e64447e1075452c4fa6a069d05f4',
  NOTEEVENTS: '808c46aadb8f2b33950d7ae891ebb42b2f007b23c8b5326171884f215b12ab18',
  DIAGNOSES_ICD: '31bf451dbb8974e8a79f2e61da82ce2688ff9e71fa35bfc68c50303004f29d80',
  ADMISSIONS: '08c0e7b8c9ad2467c6956cd97160f13d24b54dbb53c817fd0e49d748d5badd4b',
};

const folders: string[] = [];
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'clinragen-options-'));
  folders.push(made);
  return made;
};
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

let plain: string;
beforeAll(async () => {
  plain = folder();
  await synthesize({ patients: 60, seed: 7, out: plain });
});
const sha = (path: string) =>
  createHash('sha256')
    .update(gunzipSync(readFileSync(path)))
    .digest('hex');

it('a hospital of the first version keeps its rows: seed 7, 60 patients', () => {
  expect({
    CHARTEVENTS: sha(join(plain, 'CHARTEVENTS.csv.gz')),
    LABEVENTS: sha(join(plain, 'LABEVENTS.csv.gz')),
    NOTEEVENTS: sha(join(plain, 'NOTEEVENTS.csv.gz')),
    DIAGNOSES_ICD: sha(join(plain, 'DIAGNOSES_ICD.csv.gz')),
    ADMISSIONS: sha(join(plain, 'ADMISSIONS.csv.gz')),
  }).toEqual(VERSION_1);
});

describe('density', () => {
  it('adds rows and changes none', async () => {
    const fine = folder();
    const report = await synthesize({ patients: 60, seed: 7, out: fine, density: 3 });
    const rows = (at: string) =>
      readTable(at, 'CHARTEVENTS').map((r) => [r.SUBJECT_ID, r.ITEMID, r.CHARTTIME, r.VALUE, r.CGID].join(' '));
    const hourly = rows(plain);
    const finer = new Set(rows(fine));
    expect(hourly.filter((row) => !finer.has(row))).toEqual([]);
    expect(report.rows.CHARTEVENTS! / hourly.length).toBeGreaterThan(2.6);
    expect(report.rows.CHARTEVENTS! / hourly.length).toBeLessThan(3.2);
    for (const table of ['LABEVENTS', 'NOTEEVENTS', 'DIAGNOSES_ICD', 'OUTPUTEVENTS', 'INPUTEVENTS_MV']) {
      expect(sha(join(fine, `${table}.csv.gz`)), table).toBe(sha(join(plain, `${table}.csv.gz`)));
    }
  });

  it('measures anew: of an item no two rows in a minute, and neighbours that differ but stay near', async () => {
    const fine = folder();
    await synthesize({ patients: 12, seed: 7, out: fine, density: 40 });
    const rows = readTable(fine, 'CHARTEVENTS').filter((r) => r.ITEMID === '220045' && r.ICUSTAY_ID !== '');
    expect(rows.length).toBeGreaterThan(15_000);
    const keys = new Set(rows.map((r) => `${r.ICUSTAY_ID} ${r.CHARTTIME}`));
    expect(keys.size).toBe(rows.length);
    let changed = 0;
    let far = 0;
    for (let i = 1; i < rows.length; i++) {
      if (rows[i]!.ICUSTAY_ID !== rows[i - 1]!.ICUSTAY_ID) continue;
      const step = Math.abs(Number(rows[i]!.VALUENUM) - Number(rows[i - 1]!.VALUENUM));
      if (step > 0) changed++;
      if (step > 15) far++;
    }
    expect(changed / rows.length).toBeGreaterThan(0.6);
    expect(far / rows.length).toBeLessThan(0.02);
  });

  it('outside 1 to 40 is refused, as are a level and a layout that are none', async () => {
    const out = folder();
    await expect(synthesize({ patients: 1, seed: 1, out, density: 0.5 })).rejects.toThrow(/density: found 0.5/);
    await expect(synthesize({ patients: 1, seed: 1, out, density: Number.NaN })).rejects.toThrow(/density: found NaN/);
    await expect(synthesize({ patients: 1, seed: 1, out, gzip: 10 })).rejects.toThrow(/gzip: found 10/);
    await expect(synthesize({ patients: 1, seed: 1, out, layout: 'omop' as 'mimic3' })).rejects.toThrow(
      /layout: found omop/,
    );
  });
});

it('gzip’s level changes the size and not the rows', async () => {
  const fast = folder();
  await synthesize({ patients: 60, seed: 7, out: fast, gzip: 1 });
  const file = 'CHARTEVENTS.csv.gz';
  expect(sha(join(fast, file))).toBe(sha(join(plain, file)));
  expect(readFileSync(join(fast, file)).length).toBeGreaterThan(readFileSync(join(plain, file)).length);
});

describe('extended labs', () => {
  it('add eleven analytes and change no other table', async () => {
    const out = folder();
    await synthesize({ patients: 60, seed: 7, out, labs: 'extended' });
    const items = (at: string) => new Set(readTable(at, 'LABEVENTS').map((r) => r.ITEMID));
    const more = [...items(out)].filter((item) => !items(plain).has(item)).map(Number);
    expect(more.sort()).toEqual(
      Object.values(MORE_LABS)
        .map(([item]) => item)
        .sort(),
    );
    for (const table of ['CHARTEVENTS', 'NOTEEVENTS', 'DIAGNOSES_ICD', 'OUTPUTEVENTS']) {
      expect(sha(join(out, `${table}.csv.gz`)), table).toBe(sha(join(plain, `${table}.csv.gz`)));
    }
    const undetected = readTable(out, 'LABEVENTS').filter((r) => r.VALUE === '<0.01');
    expect(undetected.length).toBeGreaterThan(0);
    for (const r of undetected) expect(r.VALUENUM).toBe('');
  });

  /** Values of one analyte over many stays, with and without a disease. */
  const measured = new Map<string, { has: ReadonlySet<Phenotype>; values: number[] }[]>();
  beforeAll(() => {
    for (let i = 0; i < 2500; i++) {
      const rng = new Rng(71, i);
      const patient = drawPatient(rng, false);
      const admission = drawAdmission(rng, patient, DISEASES);
      const course = drawCourse(rng, patient, admission);
      const labs = new MoreLabs(new Rng(71, i, 1), patient, admission, course);
      const own = new Map<string, number[]>();
      const note = (name: string, value: number) => own.set(name, [...(own.get(name) ?? []), value]);
      const write = ([, label]: readonly [number, string, ...unknown[]], value: string) =>
        note(label, value.startsWith('<') ? 0 : Number(value));
      for (let t = 0; t < course.hours; t += 8) {
        const bicarbonate = labs.shifted('bicarbonate', 25 + 40 * (course.vitals.ph[t]! - 7.4), t);
        labs.panel({ sodium: labs.shifted('sodium', 139, t), bicarbonate, hematocrit: 33 }, t, write);
        labs.gas(t, write);
        note('Potassium', labs.shifted('potassium', 4.1, t));
        note('Platelets', labs.shifted('platelets', 220, t));
      }
      for (const [name, values] of own) {
        measured.set(name, [...(measured.get(name) ?? []), { has: admission.diseases, values }]);
      }
    }
  });
  const effect = (name: string, disease: Phenotype, of: (values: number[]) => number = (v) => Math.max(...v)) => {
    const mean = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;
    const stays = measured.get(name)!;
    const [sick, well] = [true, false].map((is) =>
      stays.filter((s) => s.has.has(disease) === is).map((s) => of(s.values)),
    );
    expect(sick!.length).toBeGreaterThan(30);
    return mean(sick!) - mean(well!);
  };
  const least = (v: number[]) => Math.min(...v);

  it.each<[string, Phenotype, number, ('least' | 'most')?]>([
    ['Troponin T', 'Acute myocardial infarction', 0.8],
    ['Bilirubin, Total', 'Other liver diseases', 2],
    ['Alanine Aminotransferase (ALT)', 'Shock', 150],
    ['Asparate Aminotransferase (AST)', 'Shock', 150],
    ['INR(PT)', 'Other liver diseases', 0.4],
    ['Albumin', 'Other liver diseases', -0.6, 'least'],
    ['Albumin', 'Septicemia (except in labor)', -0.4, 'least'],
    ['PTT', 'Acute myocardial infarction', 15],
    ['pCO2', 'Chronic obstructive pulmonary disease and bronchiectasis', 4],
    ['pO2', 'Other lower respiratory disease', -12, 'least'],
    ['Potassium', 'Acute and unspecified renal failure', 0.4],
    ['Platelets', 'Septicemia (except in labor)', -40, 'least'],
  ])('%s answers to %s', (name, disease, size, which = 'most') => {
    const found = effect(name, disease, which === 'least' ? least : undefined);
    if (size > 0) expect(found).toBeGreaterThan(size);
    else expect(found).toBeLessThan(size);
  });

  it('stay inside what a living patient can have', () => {
    const ranges: Record<string, [number, number]> = {
      Chloride: [75, 130],
      Hemoglobin: [4, 20],
      'Bilirubin, Total': [0.1, 40],
      'Alanine Aminotransferase (ALT)': [5, 5000],
      Albumin: [1, 5.5],
      'INR(PT)': [0.8, 6],
      PTT: [18, 150],
      'Troponin T': [0, 25],
      pCO2: [14, 110],
      pO2: [30, 300],
    };
    for (const [name, [low, high]] of Object.entries(ranges)) {
      const all = measured.get(name)!.flatMap((s) => s.values);
      expect(
        all.reduce((a, b) => Math.min(a, b)),
        name,
      ).toBeGreaterThanOrEqual(low);
      expect(
        all.reduce((a, b) => Math.max(a, b)),
        name,
      ).toBeLessThanOrEqual(high);
    }
  });

  it('turn saturation into pressure as the dissociation curve does', () => {
    // Textbook landmarks: half saturated at about 27 mm Hg, 90 % at about 60.
    expect(pressureAt(50)).toBeGreaterThan(25.5);
    expect(pressureAt(50)).toBeLessThan(28);
    expect(pressureAt(90)).toBeGreaterThan(55);
    expect(pressureAt(90)).toBeLessThan(62);
    expect(pressureAt(97)).toBeGreaterThan(pressureAt(96) + 5); // flat at the top
  });
});
