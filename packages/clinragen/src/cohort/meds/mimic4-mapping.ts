import { MIMIC4_ITEMS, MIMIC4_SPECIMEN_TYPE } from '../mimic4/items.js';
import { type MedsMapping, mappingSchema } from './mapping.js';

/** The MEDS extraction writes laboratory tests and bedside charts alike. */
const CODE_OF_TABLE: Readonly<Record<string, string>> = {
  chartevents: 'LAB',
  labevents: 'LAB',
  outputevents: 'SUBJECT_FLUID_OUTPUT',
};

/**
 * MIMIC-IV as its MEDS extraction writes it (dataset 3.1:0.0.2 and the demo). Its `specimen_id` is lost there: a gas's vessel
 * is looked up by subject and time.
 */
export const MIMIC4_MAPPING: MedsMapping = mappingSchema.parse({
  name: 'MIMIC-IV',
  stays: {
    begin: ['ICU_ADMISSION'],
    end: ['ICU_DISCHARGE'],
    id: 'icustay_id',
    birthYears: true,
    adults: 18,
    onePerAdmission: true,
    oneUnit: true,
  },
  admissions: { id: 'hadm_id', begin: ['HOSPITAL_ADMISSION'], end: ['HOSPITAL_DISCHARGE'] },
  sex: { F: ['GENDER//F'], M: ['GENDER//M'] },
  diagnoses: ['DIAGNOSIS//ICD'],
  units: 'code',
  measurements: MIMIC4_ITEMS.map(({ table, item, variable, unit, kind }) => ({
    code: `${CODE_OF_TABLE[table]}//${item}`,
    variable,
    ...(unit === undefined ? {} : { unit }),
    ...(kind === undefined ? {} : { kind }),
  })),
  specimen: { code: `LAB//${MIMIC4_SPECIMEN_TYPE.item}`, arterial: MIMIC4_SPECIMEN_TYPE.arterial },
  notes: [
    { code: 'HOSPITAL_ADMISSION', as: 'admission', say: 'code', known: 'before' },
    { code: 'PROCEDURE//ICD', as: 'procedures', say: 'description', known: 'unknown' },
    { code: 'PROCEDURE//START', as: 'bedside procedures', say: 'description' },
    { code: 'INFUSION_START', as: 'infusions', say: 'description' },
    { code: 'MEDICATION//START', as: 'medications', say: 'code' },
  ],
});
