import type { TableSpec } from '../tables/table-spec.js';

/** The plain layout, as docs/plain.md describes it. Ids are text. */
export const TABLES: readonly TableSpec[] = [
  {
    name: 'stays',
    view: 'plain_stays',
    use: 'core',
    key: 'stay_id',
    inOrder: [['intime', 'outtime']],
    columns: { stay_id: 'VARCHAR', subject_id: 'VARCHAR' },
    maybe: {
      hours: 'DOUBLE', // in the ICU
      intime: 'TIMESTAMPTZ',
      outtime: 'TIMESTAMPTZ',
      admission_id: 'VARCHAR',
      hospital: 'VARCHAR',
      age: 'DOUBLE', // years
      sex: 'VARCHAR',
      split: 'VARCHAR',
    },
  },
  {
    name: 'events',
    view: 'plain_events',
    use: 'core',
    later: true,
    columns: { stay_id: 'VARCHAR', variable: 'VARCHAR', value: 'VARCHAR' },
    maybe: { hours: 'DOUBLE', time: 'TIMESTAMPTZ', unit: 'VARCHAR' }, // hours since admission to the ICU
  },
  {
    name: 'variables',
    view: 'plain_variables',
    use: 'optional',
    columns: { name: 'VARCHAR', variable: 'VARCHAR' },
    maybe: { unit: 'VARCHAR' },
  },
  {
    name: 'diagnoses',
    view: 'plain_diagnoses',
    use: 'optional',
    columns: { stay_id: 'VARCHAR', code: 'VARCHAR', version: 'VARCHAR' },
  },
  {
    name: 'labels',
    view: 'plain_labels',
    use: 'optional',
    columns: { stay_id: 'VARCHAR', phenotype: 'VARCHAR' },
  },
  {
    name: 'notes',
    view: 'plain_notes',
    use: 'optional',
    later: true,
    columns: { stay_id: 'VARCHAR', text: 'VARCHAR', kind: 'VARCHAR' },
    maybe: { hours: 'DOUBLE' },
  },
];
