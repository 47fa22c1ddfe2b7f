import type { ColumnType, TableSpec } from '../tables/table-spec.js';

type Columns = Readonly<Record<string, ColumnType>>;

const hosp = (name: string, use: TableSpec['use'], columns: Columns): TableSpec => ({
  name,
  folder: 'hosp',
  use,
  columns,
});
const icu = (name: string, use: TableSpec['use'], columns: Columns): TableSpec => ({
  name,
  folder: 'icu',
  use,
  columns,
});

/** Charted in the unit: each row names its stay. */
const CHARTED: Columns = {
  stay_id: 'BIGINT',
  itemid: 'BIGINT',
  charttime: 'TIMESTAMP',
  value: 'VARCHAR',
  valueuom: 'VARCHAR',
};

/**
 * The tables of MIMIC-IV (2.2 and 3.1) and of MIMIC-IV-Note that a cohort is made of, with the columns that are read and
 * how. `valuenum` stays text: one that is no number is counted as unreadable, and ends nothing.
 */
export const TABLES: readonly TableSpec[] = [
  {
    ...icu('icustays', 'core', {
      subject_id: 'BIGINT',
      hadm_id: 'BIGINT',
      stay_id: 'BIGINT',
      first_careunit: 'VARCHAR',
      last_careunit: 'VARCHAR',
      intime: 'TIMESTAMP',
      outtime: 'TIMESTAMP',
      los: 'DOUBLE', // days
    }),
    key: 'stay_id',
    inOrder: [['intime', 'outtime']],
  },
  {
    ...hosp('admissions', 'core', {
      subject_id: 'BIGINT',
      hadm_id: 'BIGINT',
      admittime: 'TIMESTAMP',
      dischtime: 'TIMESTAMP',
      admission_type: 'VARCHAR',
      admission_location: 'VARCHAR',
    }),
    key: 'hadm_id',
    inOrder: [['admittime', 'dischtime']],
  },
  {
    ...hosp('patients', 'core', {
      subject_id: 'BIGINT',
      gender: 'VARCHAR',
      anchor_age: 'DOUBLE', // years, in the anchor year; 91 for everybody over 89
      anchor_year: 'INTEGER',
    }),
    key: 'subject_id',
  },
  hosp('diagnoses_icd', 'core', {
    subject_id: 'BIGINT',
    hadm_id: 'BIGINT',
    icd_code: 'VARCHAR',
    icd_version: 'INTEGER',
  }),
  hosp('d_icd_diagnoses', 'optional', { icd_code: 'VARCHAR', icd_version: 'INTEGER' }),
  {
    ...hosp('labevents', 'core', {
      subject_id: 'BIGINT',
      hadm_id: 'BIGINT',
      specimen_id: 'BIGINT',
      itemid: 'BIGINT',
      charttime: 'TIMESTAMP',
      value: 'VARCHAR',
      valuenum: 'VARCHAR',
      valueuom: 'VARCHAR',
    }),
    later: true,
  },
  { ...icu('chartevents', 'optional', { ...CHARTED, valuenum: 'VARCHAR' }), later: true },
  { ...icu('outputevents', 'optional', CHARTED), maybe: { valuenum: 'VARCHAR' }, later: true },
  {
    name: 'discharge', // of MIMIC-IV-Note
    folder: 'note',
    use: 'optional',
    later: true,
    columns: {
      note_id: 'VARCHAR',
      subject_id: 'BIGINT',
      hadm_id: 'BIGINT',
      note_type: 'VARCHAR', // DS, AD: summary, addendum
      note_seq: 'BIGINT',
      text: 'VARCHAR',
    },
  },
  hosp('services', 'note', { hadm_id: 'BIGINT', transfertime: 'TIMESTAMP', curr_service: 'VARCHAR' }),
  hosp('prescriptions', 'note', {
    hadm_id: 'BIGINT',
    pharmacy_id: 'BIGINT',
    starttime: 'TIMESTAMP',
    drug_type: 'VARCHAR',
    drug: 'VARCHAR',
  }),
  hosp('pharmacy', 'note', { pharmacy_id: 'BIGINT', entertime: 'TIMESTAMP' }),
  hosp('procedures_icd', 'note', {
    hadm_id: 'BIGINT',
    seq_num: 'BIGINT',
    chartdate: 'TIMESTAMP', // a date
    icd_code: 'VARCHAR',
    icd_version: 'INTEGER',
  }),
  hosp('d_icd_procedures', 'note', { icd_code: 'VARCHAR', icd_version: 'INTEGER', long_title: 'VARCHAR' }),
  hosp('microbiologyevents', 'note', {
    subject_id: 'BIGINT',
    hadm_id: 'BIGINT',
    chartdate: 'TIMESTAMP',
    charttime: 'TIMESTAMP',
    storedate: 'TIMESTAMP',
    storetime: 'TIMESTAMP',
    spec_type_desc: 'VARCHAR',
    test_name: 'VARCHAR',
    org_name: 'VARCHAR',
    comments: 'VARCHAR',
  }),
  icu('inputevents', 'note', { hadm_id: 'BIGINT', itemid: 'BIGINT', starttime: 'TIMESTAMP' }),
  icu('procedureevents', 'note', { hadm_id: 'BIGINT', itemid: 'BIGINT', starttime: 'TIMESTAMP' }),
  icu('d_items', 'note', { itemid: 'BIGINT', label: 'VARCHAR' }),
];
