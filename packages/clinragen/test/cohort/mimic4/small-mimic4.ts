import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Duck, openDuck } from '../../../src/cohort/duck.js';
import { openMimic4 } from '../../../src/cohort/mimic4/index.js';
import type { Source } from '../../../src/cohort/source.js';
import { VARIABLE_SETS } from '../../../src/cohort/variables/sets.js';
import { type TableText, toCsv, withFolder } from '../small-hospital.js';

/** Two patients and three stays in MIMIC-IV's layout that all pass the filters, invented; only columns that are read. */
export const SMALL_MIMIC4: Readonly<Record<string, TableText>> = {
  'hosp/patients': `
    subject_id | gender | anchor_age | anchor_year
    1 | F | 60 | 2150
    2 | M | 91 | 2160`,
  'hosp/admissions': `
    subject_id | hadm_id | admittime | dischtime | admission_type | admission_location
    1 | 11 | 2150-01-01 00:00:00 | 2150-01-09 00:00:00 | EW EMER. | EMERGENCY ROOM
    1 | 12 | 2153-05-01 00:00:00 | 2153-05-03 00:00:00 | URGENT | TRANSFER FROM HOSPITAL
    2 | 21 | 2160-03-03 00:00:00 | 2160-03-09 00:00:00 | ELECTIVE | PHYSICIAN REFERRAL`,
  'icu/icustays': `
    subject_id | hadm_id | stay_id | first_careunit | last_careunit | intime | outtime | los
    1 | 12 | 100 | MICU | MICU | 2153-05-01 06:00:00 | 2153-05-01 18:00:00 | 0.5
    1 | 11 | 200 | CCU | CCU | 2150-01-01 06:00:00 | 2150-01-02 06:00:00 | 1
    2 | 21 | 300 | CVICU | CVICU | 2160-03-03 08:00:00 | 2160-03-04 08:00:00 | 1`,
  'hosp/diagnoses_icd': `
    subject_id | hadm_id | icd_code | icd_version
    1 | 11 | 486 | 9
    1 | 12 | J189 | 10
    2 | 21 | 4241 | 9`,
  'hosp/labevents': `
    labevent_id | subject_id | hadm_id | specimen_id | itemid | charttime | value | valuenum | valueuom | comments
    1 | 1 | 11 | 1 | 50912 | 2150-01-01 07:00:00 | 1.4 | 1.4 | mg/dL |`,
};

/** Writes tables below a folder: `hosp/patients` → `hosp/patients.csv`. */
export async function writeMimic4(folder: string, tables: Readonly<Record<string, TableText>>): Promise<void> {
  for (const [name, text] of Object.entries(tables)) {
    const path = join(folder, `${name}.csv`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, toCsv(text));
  }
}

/** Opens the small hospital, some of its tables being other ones or more, with all of its variables. */
export async function withMimic4<T>(
  tables: Readonly<Record<string, TableText>>,
  work: (source: Source, duck: Duck) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    await writeMimic4(folder, { ...SMALL_MIMIC4, ...tables });
    const duck = await openDuck();
    try {
      const options = { variables: VARIABLE_SETS.extended, variableSet: 'extended', notes: 'auto' } as const;
      return await work(await openMimic4(duck, folder, options, () => {}), duck);
    } finally {
      duck.close();
    }
  });
}
