import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { literal } from '../../../src/cohort/duck.js';
import { codesOfDiagnosis } from '../../../src/cohort/eicu/codes.js';
import { EICU_HOURLY_COLUMNS } from '../../../src/cohort/eicu/hourly-columns.js';
import { buildCohort, readCohort } from '../../../src/cohort/index.js';
import { withDuck, withFolder } from '../small-hospital.js';
import { withEicu, writeEicu } from './small-eicu.js';

const RECORDS = {
  note: `
    noteid | patientunitstayid | noteoffset | noteenteredoffset | notetype | notepath | notevalue
    1 | 101 | 5 | 200 | Admission | notes/Progress Notes/Physical Exam/Physical Exam/Constitutional/Vital Sign and Physiological Data/HR/HR Current | HR Current`,
  pastHistory: `
    pasthistoryid | patientunitstayid | pasthistoryoffset | pasthistoryenteredoffset | pasthistorypath
    1 | 101 | -30 | -20 | notes/Progress Notes/Past History/Organ Systems/Cardiovascular (R)/Congestive Heart Failure/CHF
    2 | 101 | -30 | 150 | notes/Progress Notes/Past History/Organ Systems/Pulmonary/COPD  - moderate/COPD  - moderate
    3 | 101 | 301 | 301 | notes/Progress Notes/Past History/Organ Systems/Cardiovascular (R)/Valve disease/AS`,
  physicalExam: `
    physicalexamid | patientunitstayid | physicalexamoffset | physicalexampath
    1 | 101 | 200 | notes/Progress Notes/Physical Exam/Physical Exam/Pulmonary/Auscultation/basilar rales/left`,
  medication: `
    medicationid | patientunitstayid | drugorderoffset | drugstartoffset | drugordercancelled | drugname
    1 | 101 | 60 | -900 | No | WARFARIN SODIUM 5 MG PO TABS
    2 | 101 | 60 | 60 | Yes | HEPARIN
    3 | 101 | 250 | 60 | No | FUROSEMIDE 40 MG PO TABS
    4 | 101 | 60 | 60 | No |`,
  admissionDrug: `
    admissiondrugid | patientunitstayid | drugoffset | drugenteredoffset | drugname
    1 | 101 | 10 | 20 | NOVOLOG`,
  allergy: `
    allergyid | patientunitstayid | allergyoffset | allergyenteredoffset | drugname | allergyname
    1 | 101 | 10 | 20 | | Penicillins`,
  admissionDx: `
    admissiondxid | patientunitstayid | admitdxenteredoffset | admitdxpath
    1 | 101 | 10 | admission diagnosis¦All Diagnosis¦Non-operative¦Diagnosis¦Respiratory¦Pneumonia, bacterial`,
};

const note = (options: { readonly until?: number; readonly admissionDx?: boolean } = {}) =>
  withFolder(async (folder) => {
    const source = await writeEicu(folder, RECORDS);
    await mkdir(join(folder, 'run'));
    const out = join(folder, 'run', 'cohort');
    await buildCohort({ kind: 'eicu', source, out, ...options });
    return (await readCohort(out)).stays.find(({ id }) => id === '101')!.note;
  });

describe('notes of eICU', () => {
  it('are composed of what was documented up to the stay’s end, in phrases, and of no diagnosis', async () => {
    expect(await note()).toBe(
      'Past history: congestive heart failure; copd moderate. Allergies: penicillins. Medications before admission: novolog. ' +
        'Physical exam: basilar rales left. Treatments: vasopressors norepinephrine. ' +
        'Medications: warfarin sodium; furosemide.',
    );
  });

  it('tell the diagnosis on admission by the switch alone', async () => {
    expect(await note({ admissionDx: true })).toMatch(/^Admission diagnosis: bacterial pneumonia\. Past history/);
  });

  it('hold, prospectively, what stood in the record by then, not what it tells of', async () => {
    expect(await note({ until: 2 })).toBe(
      'Past history: congestive heart failure. Allergies: penicillins. Medications before admission: novolog. ' +
        'Treatments: vasopressors norepinephrine. Medications: warfarin sodium.',
    );
  });

  it('are no hospital courses: eICU has none', async () => {
    await withFolder(async (folder) => {
      const source = await writeEicu(folder);
      const out = join(folder, 'cohort');
      await expect(buildCohort({ kind: 'eicu', source, out, notes: 'hospital-course' })).rejects.toThrow(
        /no discharge summary .*eICU has no discharge summaries, or notes: composed/,
      );
    });
  });

  it('say of each entry when it was known: −1 before the unit', () =>
    withEicu(RECORDS, async ({ duck, source }) => {
      await duck.run('CREATE TABLE candidates AS FROM stays');
      await source.fillDocumented();
      const rows = await duck.rows<{ part: string; hours: number }>(
        "SELECT part, hours FROM documented JOIN stays USING (stay) WHERE stay_id = '101' AND part IN ('history', 'exam') ORDER BY hours",
      );
      expect(rows).toEqual([
        { part: 'history', hours: -1 },
        { part: 'history', hours: 2.5 },
        { part: 'exam', hours: 200 / 60 },
      ]);
    }));
});

describe('diagnoses of eICU', () => {
  it('are one of two versions where the list has both', () => {
    expect(codesOfDiagnosis('518.81, J96.00')).toEqual([{ code: '51881', version: 9 }]);
    expect(codesOfDiagnosis('799.02, J96.91')).toEqual([{ code: '79902', version: 9 }]);
    expect(codesOfDiagnosis('J18.9')).toEqual([{ code: 'J189', version: 10 }]);
  });

  it('are kept where they are none, to be counted', () => {
    expect(codesOfDiagnosis('518.81, 999999')).toEqual([
      { code: '51881', version: 9 },
      { code: '999999', version: 9 },
    ]);
    expect(codesOfDiagnosis(' , ')).toEqual([]);
  });

  it('become codes of the stay, each once', () => {
    const diagnosis = `
      diagnosisid | patientunitstayid | diagnosisoffset | diagnosisstring | icd9code
      1 | 101 | 20 | a | 518.81, J96.00
      2 | 101 | 90 | a | 518.81, J96.00
      3 | 101 | 90 | b | 038.9, 785.52, R65.21
      4 | 101 | 90 | c |
      5 | 999 | 90 | c | 486`;
    return withEicu({ diagnosis }, async ({ duck, source }) => {
      await source.fillCodes();
      expect(await duck.rows('SELECT * FROM codes ORDER BY code')).toEqual([
        { stay: 1, code: '0389', version: 9 },
        { stay: 1, code: '51881', version: 9 },
        { stay: 1, code: '78552', version: 9 },
      ]);
    });
  });
});

describe('an eICU that did not change', () => {
  it('is not read twice, and gives the same cohort', () =>
    withFolder(async (folder) => {
      const source = await writeEicu(folder, RECORDS);
      const hourly = join(folder, 'hours');
      await mkdir(hourly);
      const columns = EICU_HOURLY_COLUMNS.map(
        ({ column }) => `${column === 'hr' ? 99 : 'NULL'}::DOUBLE AS "${column}"`,
      );
      await withDuck((duck) =>
        duck.run(`COPY (SELECT 101 AS stay_id, 7200 AS time, ${columns.join(', ')})
                  TO ${literal(join(hourly, 'dyn.parquet'))} (FORMAT parquet)`),
      );
      const told: string[] = [];
      const build = () =>
        buildCohort({
          kind: 'eicu',
          source,
          hourly,
          out: join(folder, 'run', 'cohort'),
          cache: join(folder, 'kept'),
          onNote: (line) => told.push(line),
        });
      const first = await build();
      expect(told).toEqual([]);
      expect(first.warnings.join()).toMatch(/of \d+ measurements 1, of 1 stays/);
      expect(await build()).toEqual(first);
      expect(told.join()).toMatch(/source unchanged/);
    }));
});
