import type { TableSpec } from '../tables/table-spec.js';

/** The MIMIC-III tables that a cohort is made of, with the columns that are read and how. */
export const TABLES: readonly TableSpec[] = [
  {
    name: 'ICUSTAYS',
    use: 'core',
    columns: {
      subject_id: 'BIGINT',
      hadm_id: 'BIGINT',
      icustay_id: 'BIGINT',
      first_careunit: 'VARCHAR',
      last_careunit: 'VARCHAR',
      first_wardid: 'BIGINT',
      last_wardid: 'BIGINT',
      intime: 'TIMESTAMP',
      outtime: 'TIMESTAMP',
      los: 'DOUBLE', // days
    },
  },
  {
    name: 'ADMISSIONS',
    use: 'core',
    columns: {
      subject_id: 'BIGINT',
      hadm_id: 'BIGINT',
      admission_type: 'VARCHAR',
      admission_location: 'VARCHAR',
      diagnosis: 'VARCHAR', // free text at admission, not a code
      has_chartevents_data: 'BIGINT',
    },
  },
  { name: 'PATIENTS', use: 'core', columns: { subject_id: 'BIGINT', gender: 'VARCHAR', dob: 'TIMESTAMP' } },
  { name: 'DIAGNOSES_ICD', use: 'core', columns: { subject_id: 'BIGINT', hadm_id: 'BIGINT', icd9_code: 'VARCHAR' } },
  { name: 'D_ICD_DIAGNOSES', use: 'optional', columns: { icd9_code: 'VARCHAR' } },
  {
    name: 'CHARTEVENTS',
    use: 'core',
    later: true,
    columns: {
      subject_id: 'BIGINT',
      hadm_id: 'BIGINT',
      icustay_id: 'BIGINT',
      itemid: 'BIGINT',
      charttime: 'TIMESTAMP',
      value: 'VARCHAR',
      valueuom: 'VARCHAR',
    },
  },
  {
    name: 'LABEVENTS',
    use: 'core',
    later: true,
    columns: {
      subject_id: 'BIGINT',
      hadm_id: 'BIGINT',
      itemid: 'BIGINT',
      charttime: 'TIMESTAMP',
      value: 'VARCHAR',
      valueuom: 'VARCHAR',
    },
  },
  {
    name: 'OUTPUTEVENTS',
    use: 'optional',
    later: true,
    columns: {
      subject_id: 'BIGINT',
      hadm_id: 'BIGINT',
      icustay_id: 'BIGINT',
      itemid: 'BIGINT',
      charttime: 'TIMESTAMP',
      value: 'VARCHAR',
      valueuom: 'VARCHAR',
    },
  },
  {
    name: 'NOTEEVENTS',
    use: 'optional',
    later: true,
    columns: {
      row_id: 'BIGINT',
      hadm_id: 'BIGINT',
      chartdate: 'VARCHAR',
      category: 'VARCHAR',
      description: 'VARCHAR',
      iserror: 'VARCHAR',
      text: 'VARCHAR',
    },
  },
  {
    name: 'SERVICES',
    use: 'note',
    columns: { hadm_id: 'BIGINT', transfertime: 'TIMESTAMP', curr_service: 'VARCHAR' },
  },
  {
    name: 'PRESCRIPTIONS',
    use: 'note',
    columns: {
      hadm_id: 'BIGINT',
      startdate: 'VARCHAR',
      drug_type: 'VARCHAR',
      drug: 'VARCHAR',
      drug_name_generic: 'VARCHAR',
    },
  },
  { name: 'INPUTEVENTS_MV', use: 'note', columns: { hadm_id: 'BIGINT', itemid: 'BIGINT', starttime: 'TIMESTAMP' } },
  { name: 'INPUTEVENTS_CV', use: 'note', columns: { hadm_id: 'BIGINT', itemid: 'BIGINT', charttime: 'TIMESTAMP' } },
  { name: 'PROCEDUREEVENTS_MV', use: 'note', columns: { hadm_id: 'BIGINT', itemid: 'BIGINT', starttime: 'TIMESTAMP' } },
  { name: 'PROCEDURES_ICD', use: 'note', columns: { hadm_id: 'BIGINT', seq_num: 'BIGINT', icd9_code: 'VARCHAR' } },
  {
    name: 'D_ICD_PROCEDURES',
    use: 'note',
    columns: { icd9_code: 'VARCHAR', long_title: 'VARCHAR' },
  },
  { name: 'D_ITEMS', use: 'note', columns: { itemid: 'BIGINT', label: 'VARCHAR' } },
  {
    name: 'MICROBIOLOGYEVENTS',
    use: 'note',
    columns: { hadm_id: 'BIGINT', chartdate: 'VARCHAR', spec_type_desc: 'VARCHAR', org_name: 'VARCHAR' },
  },
];
