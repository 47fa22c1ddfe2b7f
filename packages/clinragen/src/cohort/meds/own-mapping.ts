import { CATALOGUE } from '../variables/catalogue.js';
import { type MedsMapping, mappingSchema } from './mapping.js';

/** Codes of our own export. Those without our name are MEDS's, or as MIMIC-IV's extraction writes them. */
export const OWN = {
  etl: 'clinragen',
  birth: 'MEDS_BIRTH',
  female: 'GENDER//F',
  male: 'GENDER//M',
  begin: 'ICU_ADMISSION',
  end: 'ICU_DISCHARGE',
  age: 'clinragen//age',
  episode: 'clinragen//episode',
  length: 'clinragen//period_length',
  diagnosis: 'DIAGNOSIS//ICD',
  phenotype: 'clinragen//phenotype',
  note: 'clinragen//note',
  /** By column of the catalogue: `clinragen//heart_rate`. */
  variable: (column: string) => `clinragen//${column}`,
} as const;

/** How our own export is read back. Nobody is left out: that happened when the cohort was made. */
export const OWN_MAPPING: MedsMapping = mappingSchema.parse({
  name: 'a cohort of ClinRaGen',
  stays: {
    begin: [OWN.begin],
    end: [OWN.end],
    id: 'stay_id',
    site: 'site',
    age: OWN.age,
    episode: OWN.episode,
    length: OWN.length,
    adults: null,
    onePerAdmission: false,
    oneUnit: false,
  },
  admissions: { id: 'admission_id' },
  birth: [OWN.birth],
  sex: { F: [OWN.female], M: [OWN.male] },
  diagnoses: [OWN.diagnosis],
  phenotypes: OWN.phenotype,
  units: 'none',
  value: 'exact_value',
  measurements: CATALOGUE.map(({ column }) => ({ code: OWN.variable(column), variable: column })),
  notes: [{ code: OWN.note, as: 'finished' }],
});
