import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildCohort } from '../../../src/cohort/index.js';
import { withFolder } from '../small-hospital.js';
import { patients, SMALL_EICU, withEicu, writeEicu } from './small-eicu.js';

const stays = (tables: Parameters<typeof withEicu>[0]) =>
  withEicu(tables, ({ duck }) => duck.rows<Record<string, unknown>>('SELECT * FROM stays ORDER BY stay'));
const ids = async (...rows: readonly string[]) =>
  (await stays({ patient: patients(...rows) })).map(({ stay_id }) => stay_id);

describe('the cohort of eICU', () => {
  it('says of a stay whose it is, where, how old and how long', async () => {
    expect(await stays({})).toEqual([
      {
        stay: 1,
        stay_id: '101',
        subject_id: '001-1',
        admission_id: '11',
        site: '1',
        episode: 1,
        age: 64,
        sex: 'F',
        period_length: 5,
      },
      expect.objectContaining({ stay: 2, stay_id: '104', admission_id: '12', site: '2', episode: 2, period_length: 2 }),
      expect.objectContaining({ stay: 3, age: 90, sex: 'M', episode: 1 }),
      expect.objectContaining({ stay: 4, age: 40, period_length: 10 }),
    ]);
  });

  it('counts what each filter leaves', () => {
    const rows = [
      '1 | 1 | p1 | Male | 50 | 1 | 2014 | 1 | admit | 60 | |',
      '2 | 1 | p1 | Male | 50 | 1 | 2014 | 2 | transfer | 60 | |',
      '3 | 1 | p1 | Male | 50 | 1 | 2014 | 3 | stepdown/other | 60 | |',
      '4 | 1 | p1 | Male | 50 | 1 | 2014 | 4 | readmit | 60 | |',
      '5 | 2 | p2 | Male | 12 | 1 | 2014 | 1 | admit | 60 | |',
      '6 | 3 | p3 | Male | 50 | 1 | 2014 | 1 | admit | 0 | |',
    ];
    return withEicu({ patient: patients(...rows) }, async ({ filters }) => {
      expect(filters).toEqual([
        { filter: 'all unit stays', stays: 6, admissions: 3, subjects: 3 },
        { filter: 'with patient, hospital stay and discharge', stays: 5, admissions: 2, subjects: 2 },
        { filter: 'adults', stays: 4, admissions: 1, subjects: 1 },
        { filter: 'without readmissions to intensive care', stays: 3, admissions: 1, subjects: 1 },
        { filter: 'without step-down beside intensive care', stays: 2, admissions: 1, subjects: 1 },
        { filter: 'one unit stay per hospital stay', stays: 1, admissions: 1, subjects: 1 },
      ]);
    });
  });

  it('takes no stay that ended as it began, or of nobody', async () => {
    const rows = [
      '1 | 1 | p1 | Male | 50 | 1 | 2014 | 1 | admit | 0 | |',
      '2 | 2 | p2 | Male | 50 | 1 | 2014 | 1 | admit | -5 | |',
      '3 | 3 | p3 | Male | 50 | 1 | 2014 | 1 | admit | | |',
      '4 | 4 | | Male | 50 | 1 | 2014 | 1 | admit | 60 | |',
      '5 | | p5 | Male | 50 | 1 | 2014 | 1 | admit | 60 | |',
      '6 | 6 | p6 | Male | 50 | 1 | 2014 | 1 | admit | 1 | |',
    ];
    expect(await ids(...rows)).toEqual(['6']);
  });

  it('takes adults; ages above 89 are 90, unknown ones no adults', async () => {
    const rows = ['17', '18', '89', '> 89', '', 'about 50'].map(
      (age, i) => `${i + 1} | ${i + 1} | p${i + 1} | Male | ${age} | 1 | 2014 | 1 | admit | 60 | |`,
    );
    const found = await stays({ patient: patients(...rows) });
    expect(found.map(({ stay_id, age }) => [stay_id, age])).toEqual([
      ['2', 18],
      ['3', 89],
      ['4', 90],
    ]);
  });

  it('leaves a readmission out, and what comes after it, also where the first stay is not in the database', async () => {
    const rows = [
      '1 | 1 | p1 | Male | 50 | 1 | 2014 | 1 | admit | 60 | |',
      '2 | 1 | p1 | Male | 50 | 1 | 2014 | 2 | readmit | 60 | |',
      '3 | 2 | p2 | Male | 50 | 1 | 2014 | 2 | Readmit | 60 | |',
      '4 | 2 | p2 | Male | 50 | 1 | 2014 | 3 | transfer | 60 | |',
    ];
    expect(await ids(...rows)).toEqual(['1']);
  });

  it('prefers intensive care to step-down, which is taken where there is nothing else', async () => {
    const rows = [
      '1 | 1 | p1 | Male | 50 | 1 | 2014 | 1 | stepdown/other | 60 | |',
      '2 | 1 | p1 | Male | 50 | 1 | 2014 | 2 | admit | 60 | |',
      '3 | 2 | p2 | Male | 50 | 1 | 2014 | 1 | stepdown/other | 60 | |',
      '4 | 2 | p2 | Male | 50 | 1 | 2014 | 2 | stepdown/other | 60 | |',
    ];
    expect(await ids(...rows)).toEqual(['2', '3']);
  });

  it('takes the first unit of a hospital stay by its visit number, whatever the ids say', async () => {
    const rows = [
      '1 | 1 | p1 | Male | 50 | 1 | 2014 | 10 | transfer | 60 | |',
      '2 | 1 | p1 | Male | 50 | 1 | 2014 | 2 | transfer | 60 | |',
    ];
    expect(await ids(...rows)).toEqual(['2']);
  });

  it('numbers a patient’s hospital stays by year, then by age', async () => {
    const rows = [
      '1 | 30 | p1 | Male | 51 | 1 | 2014 | 1 | admit | 60 | |',
      '2 | 20 | p1 | Male | 52 | 1 | 2015 | 1 | admit | 60 | |',
      '3 | 40 | p1 | Male | 50 | 1 | 2014 | 1 | admit | 60 | |',
    ];
    const found = await stays({ patient: patients(...rows) });
    expect(found.map(({ stay_id, episode }) => [stay_id, episode])).toEqual([
      ['1', 2],
      ['2', 3],
      ['3', 1],
    ]);
  });

  it('refuses a table in which a stay stands twice', async () => {
    const [first] = SMALL_EICU.patient!.split('\n').slice(1);
    await expect(stays({ patient: `${SMALL_EICU.patient}\n${first}` })).rejects.toThrow(
      /^patient.csv.*the same patientunitstayid in 2 rows; found 101/,
    );
  });

  it('names what is missing', async () => {
    await expect(stays({ diagnosis: null })).rejects.toThrow(/the table diagnosis is missing/);
    await expect(stays({ patient: SMALL_EICU.patient!.replace('uniquepid', 'pid') })).rejects.toThrow(
      /^patient.csv, line 1: the column uniquepid is missing/,
    );
  });
});

describe('whole hospitals', () => {
  it('are held out together; a patient of two goes with the first', () =>
    withFolder(async (folder) => {
      const many = Array.from({ length: 60 }, (_, i) => {
        const site = i % 6;
        return `${1000 + i} | ${2000 + i} | p${i} | Male | 50 | ${site} | 2014 | 1 | admit | 120 | |`;
      });
      // Patient 0 comes back, to another hospital.
      many.push('2000 | 3000 | p0 | Male | 51 | 5 | 2015 | 1 | admit | 120 | |');
      const each = (row: (id: number) => string) =>
        [...many.keys()].map((i) => row(i === 60 ? 2000 : 1000 + i)).join('\n');
      const source = await writeEicu(folder, {
        patient: patients(...many),
        diagnosis: `diagnosisid | patientunitstayid | diagnosisoffset | diagnosisstring | icd9code\n${each((id) => `${id} | ${id} | 1 | shock | 785.50`)}`,
        vitalPeriodic: `${SMALL_EICU.vitalPeriodic!.trim().split('\n')[0]}\n${each((id) => `${id} | ${id} | 10 | | 97 | 88 | 18 | | |`)}`,
        treatment: `treatmentid | patientunitstayid | treatmentoffset | treatmentstring\n${each((id) => `${id} | ${id} | 5 | renal¦dialysis¦hemodialysis`)}`,
      });
      const out = join(folder, 'run', 'cohort');
      const report = await buildCohort({ kind: 'eicu', source, out, splitBy: 'hospital', testFraction: 0.4, seed: 1 });
      expect(report.sites).toBe(6);
      expect(report.split.test.stays).toBeGreaterThan(0);
      expect(report.split.train.stays).toBeGreaterThan(0);
      await withEicu({}, async ({ duck }) => {
        const sides = await duck.rows<{ site: string; sides: number }>(`
          SELECT site, count(DISTINCT split = 'test')::INTEGER AS sides FROM '${out}/stays.parquet'
          WHERE subject_id <> 'p0' GROUP BY site`);
        expect(sides.map(({ sides: n }) => n)).toEqual([1, 1, 1, 1, 1, 1]);
        const returning = await duck.rows(`
          SELECT DISTINCT split FROM '${out}/stays.parquet' WHERE subject_id = 'p0' OR (site = '0' AND split = 'test')`);
        expect(returning.length).toBe(1);
        const hospitals = await duck.rows(`SELECT site FROM '${out}/hospitals.parquet' ORDER BY site`);
        expect(hospitals).toEqual([{ site: '1' }, { site: '2' }]);
      });
    }));
});
