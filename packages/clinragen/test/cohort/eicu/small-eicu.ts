import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duck } from '../../../src/cohort/duck.js';
import { openEicu } from '../../../src/cohort/eicu/index.js';
import type { FilterCount, Source } from '../../../src/cohort/source.js';
import { VARIABLE_SETS, type VariableSetName } from '../../../src/cohort/variables/sets.js';
import { type TableText, toCsv, withDuck, withFolder } from '../small-hospital.js';

const PATIENT = `patientunitstayid | patienthealthsystemstayid | uniquepid | gender | age | hospitalid |
  hospitaldischargeyear | unitvisitnumber | unitstaytype | unitdischargeoffset | admissionweight | admissionheight`
  .replaceAll('\n', '')
  .trim();

/** Rows of `patient`: invented, as everything here. */
export const patients = (...rows: readonly string[]): TableText => [PATIENT, ...rows].join('\n');

/** Cells are parted by `|`; within one, as in eICU's menu paths, it is written `¦`. Two hospitals, three patients, four stays of which each is the only one of its hospital stay. */
export const SMALL_EICU: Readonly<Record<string, TableText>> = {
  patient: patients(
    '101 | 11 | 001-1 | Female | 64 | 1 | 2014 | 1 | admit | 300 | 70.5 | 165',
    '104 | 12 | 001-1 | Female | 65 | 2 | 2014 | 1 | admit | 120 | |',
    '201 | 21 | 001-2 | Male | > 89 | 2 | 2015 | 1 | admit | 60 | |',
    '301 | 31 | 001-3 | Male | 40 | 1 | 2015 | 1 | admit | 600 | 90 | 180',
  ),
  hospital: `
    hospitalid | numbedscategory | teachingstatus | region
    1 | <100 | f | Midwest
    2 | >= 500 | t | South`,
  diagnosis: `
    diagnosisid | patientunitstayid | diagnosisoffset | diagnosisstring | icd9code
    1 | 101 | 20 | pulmonary failure | 518.81, J96.00
    2 | 104 | 20 | renal failure | 584.9, N17.9
    3 | 201 | 20 | shock | 785.50
    4 | 301 | 20 | pneumonia | 486, J18.9`,
  vitalPeriodic: `
    vitalperiodicid | patientunitstayid | observationoffset | temperature | sao2 | heartrate | respiration | systemicsystolic | systemicdiastolic | systemicmean
    1 | 101 | 10 | | 97 | 88 | 18 | | |
    2 | 104 | 10 | | 95 | 90 | 20 | | |
    3 | 201 | 10 | | 94 | 91 | 22 | | |
    4 | 301 | 10 | | 93 | 92 | 24 | | |`,
  treatment: `
    treatmentid | patientunitstayid | treatmentoffset | treatmentstring
    1 | 101 | 30 | cardiovascular¦shock¦vasopressors¦norepinephrine
    2 | 104 | 30 | pulmonary¦ventilation and oxygenation¦mechanical ventilation
    3 | 201 | 30 | renal¦dialysis¦hemodialysis
    4 | 301 | 30 | pulmonary¦medications¦antibacterials¦cefepime`,
};

/** Writes SMALL_EICU, with tables of one's own; `null` leaves one out. */
export async function writeEicu(
  folder: string,
  tables: Readonly<Record<string, TableText | null>> = {},
): Promise<string> {
  const source = join(folder, 'eicu');
  await mkdir(source, { recursive: true });
  for (const [name, text] of Object.entries({ ...SMALL_EICU, ...tables })) {
    if (text !== null) await writeFile(join(source, `${name}.csv`), toCsv(text).replaceAll('¦', '|'));
  }
  return source;
}

/** Opens SMALL_EICU, with tables of one's own; its stays are made. */
export async function withEicu<T>(
  tables: Readonly<Record<string, TableText | null>>,
  work: (eicu: { duck: Duck; source: Source; filters: FilterCount[] }) => Promise<T>,
  { set = 'extended' as VariableSetName, hourly = undefined as ((folder: string) => Promise<string>) | undefined } = {},
): Promise<T> {
  return withFolder((folder) =>
    withDuck(async (duck) => {
      const path = await writeEicu(folder, tables);
      const form = hourly === undefined ? {} : { hourly: await hourly(folder) };
      const options = { variables: VARIABLE_SETS[set], variableSet: set, notes: 'auto', ...form } as const;
      const source = await openEicu(duck, path, options, () => {});
      const filters = await source.fillStays();
      return work({ duck, source, filters });
    }),
  );
}
