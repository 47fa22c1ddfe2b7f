import type { ColumnType, TableSpec } from '../tables/table-spec.js';

const stay = { patientunitstayid: 'BIGINT' } as const;

/** A table of which every row is looked at once, when its turn comes. */
const events = (name: string, columns: Readonly<Record<string, ColumnType>>): TableSpec => ({
  name,
  use: 'optional',
  later: true,
  columns: { ...stay, ...columns },
});

const forNotes = (name: string, columns: Readonly<Record<string, ColumnType>>): TableSpec => ({
  name,
  use: 'note',
  columns: { ...stay, ...columns },
});

/**
 * The eICU-CRD 2.0 tables that a cohort is made of. Offsets are minutes since admission to the unit.
 *
 * `patient.apacheadmissiondx` is not read: it is the admission's diagnosis, which enters a note by `admissionDx` alone.
 */
export const TABLES: readonly TableSpec[] = [
  {
    name: 'patient',
    use: 'core',
    key: 'patientunitstayid',
    columns: {
      ...stay,
      patienthealthsystemstayid: 'BIGINT',
      uniquepid: 'VARCHAR',
      gender: 'VARCHAR',
      age: 'VARCHAR', // `> 89`
      hospitalid: 'BIGINT',
      hospitaldischargeyear: 'INTEGER',
      unitvisitnumber: 'INTEGER',
      unitstaytype: 'VARCHAR',
      unitdischargeoffset: 'INTEGER',
      admissionweight: 'VARCHAR', // kg
      admissionheight: 'VARCHAR', // cm
    },
  },
  { name: 'diagnosis', use: 'core', columns: { ...stay, icd9code: 'VARCHAR' } },
  {
    name: 'hospital',
    use: 'optional',
    key: 'hospitalid',
    columns: { hospitalid: 'BIGINT', numbedscategory: 'VARCHAR', teachingstatus: 'VARCHAR', region: 'VARCHAR' },
  },
  events('vitalPeriodic', {
    observationoffset: 'INTEGER',
    temperature: 'DOUBLE',
    sao2: 'DOUBLE',
    heartrate: 'DOUBLE',
    respiration: 'DOUBLE',
    systemicsystolic: 'DOUBLE',
    systemicdiastolic: 'DOUBLE',
    systemicmean: 'DOUBLE',
  }),
  events('vitalAperiodic', {
    observationoffset: 'INTEGER',
    noninvasivesystolic: 'VARCHAR',
    noninvasivediastolic: 'VARCHAR',
    noninvasivemean: 'VARCHAR',
  }),
  events('nurseCharting', {
    nursingchartoffset: 'INTEGER',
    nursingchartcelltypevallabel: 'VARCHAR',
    nursingchartcelltypevalname: 'VARCHAR',
    nursingchartvalue: 'VARCHAR',
  }),
  events('lab', {
    labresultoffset: 'INTEGER',
    labname: 'VARCHAR',
    labresulttext: 'VARCHAR', // not labresult: see items.ts
    labmeasurenameinterface: 'VARCHAR',
  }),
  events('respiratoryCharting', {
    respchartoffset: 'INTEGER',
    respchartvaluelabel: 'VARCHAR',
    respchartvalue: 'VARCHAR',
  }),
  events('intakeOutput', {
    intakeoutputoffset: 'INTEGER',
    cellpath: 'VARCHAR',
    celllabel: 'VARCHAR',
    cellvaluenumeric: 'VARCHAR', // mL
  }),
  forNotes('note', { noteoffset: 'INTEGER', noteenteredoffset: 'INTEGER', notepath: 'VARCHAR' }),
  forNotes('pastHistory', {
    pasthistoryoffset: 'INTEGER',
    pasthistoryenteredoffset: 'INTEGER',
    pasthistorypath: 'VARCHAR',
  }),
  forNotes('physicalExam', { physicalexamoffset: 'INTEGER', physicalexampath: 'VARCHAR' }),
  forNotes('treatment', { treatmentoffset: 'INTEGER', treatmentstring: 'VARCHAR' }),
  forNotes('medication', { drugorderoffset: 'INTEGER', drugordercancelled: 'VARCHAR', drugname: 'VARCHAR' }),
  forNotes('admissionDrug', { drugoffset: 'INTEGER', drugenteredoffset: 'INTEGER', drugname: 'VARCHAR' }),
  forNotes('allergy', { allergyoffset: 'INTEGER', allergyenteredoffset: 'INTEGER', allergyname: 'VARCHAR' }),
  forNotes('admissionDx', { admitdxenteredoffset: 'INTEGER', admitdxpath: 'VARCHAR' }),
];
