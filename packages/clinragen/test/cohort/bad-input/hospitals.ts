import { SMALL_HOSPITAL, SMALL_RECORDS, toCsv } from '../small-hospital.js';
import type { Files } from './mutations.js';
import { MARKER } from './spoilt.js';

/** The small hospital of four stays with discharge summaries; the marker stands in all that people wrote. */
export function smallMimic3(): Files {
  const tables: Record<string, string> = {
    ...SMALL_HOSPITAL,
    ...SMALL_RECORDS,
    NOTEEVENTS: `
      ROW_ID | SUBJECT_ID | HADM_ID | CHARTDATE | CATEGORY | DESCRIPTION | ISERROR | TEXT
      1 | 1 | 11 | 2100-01-10 | Discharge summary | Report | | ${MARKER}\\nBrief Hospital Course:\\nNo ${MARKER}, "viral" ${MARKER}.\\nDischarge Condition:\\n${MARKER}
      2 | 1 | 12 | 2101-05-02 | Discharge summary | Report | | ${MARKER}
      3 | 2 | 21 | 2110-03-06 | Discharge summary | Addendum | | HOSPITAL COURSE: Valve ${MARKER}, ${MARKER} replaced.\\n`,
  };
  tables.ADMISSIONS = tables.ADMISSIONS!.replace('CHEST PAIN', MARKER);
  return new Map(Object.entries(tables).map(([name, text]) => [`${name}.csv`, Buffer.from(toCsv(text))]));
}

/** Three stays in the plain layout, by times. */
export function smallPlain(): Files {
  const tables = {
    stays: `
      stay_id | subject_id | intime | outtime | age | sex | hospital
      s1 | p1 | 2030-01-01T08:00:00 | 2030-01-02T08:00:00 | 71 | F | north
      s2 | p2 | 2030-02-01T10:30:00 | 2030-02-01T21:00:00 | 55 | M | south
      s3 | p2 | 2030-03-01T10:30:00 | 2030-03-04T21:00:00 | 55 | M | south`,
    events: `
      stay_id | time | variable | value | unit
      s1 | 2030-01-01T08:10:00 | heart_rate | 96 | /min
      s1 | 2030-01-01T09:10:00 | Temp | 101.3 |
      s2 | 2030-02-01T11:00:00 | glucose | 7.8 | mmol/L
      s3 | 2030-03-02T11:00:00 | heart rate | 71 |
      s3 | 2030-03-02T11:00:00 | Lactat | 1.1 | mmol/L`,
    variables: `
      name | variable | unit
      Temp | temperature | F
      Lactat | lactate | mmol/L`,
    diagnoses: `
      stay_id | code | version
      s1 | 584.9 | 9
      s2 | I50.9 | 10
      s3 | Z99.9 | 10`,
    labels: `
      stay_id | phenotype
      s3 | Shock`,
    notes: `
      stay_id | text | kind | hours
      s1 | ${MARKER} came\\nwith "fever", ${MARKER} | course |
      s2 | Brief Hospital Course:\\n${MARKER} well | summary |
      s3 | ${MARKER} | other | 3
      s3 | ${MARKER} better. | course | 70`,
  };
  return new Map(Object.entries(tables).map(([name, text]) => [`${name}.csv`, Buffer.from(toCsv(text))]));
}
