/**
 * One patient's whole record: every row of every table, in the order of time. Some admissions break the cohort's rules
 * on purpose (children, moves between units, two stays in one admission, no discharge summary), so that the counts
 * at every filter mean something.
 */
import { PHENOTYPES, type Phenotype } from '../phenotypes.js';
import { type Admission, drawAdmission, drawPatient, type Patient } from './admission.js';
import { midnight, minutesOf, timestamp } from './calendar.js';
import { chart, type Stay } from './charting.js';
import { writeSummary } from './discharge-summary.js';
import { type Code, DISEASES, OTHER_CODES } from './diseases.js';
import { expand } from './grammar.js';
import { slotsOf } from './hospital-course.js';
import { type Course, drawCourse } from './physiology.js';
import { Rng } from './rng.js';
import type { TableWriter } from './table-writer.js';
import { culturesOf, homeDrugs, infusionsOf, placeOf, proceduresOf } from './treatments.js';

/** Running numbers and counts over the whole hospital. */
export interface Ledger {
  admissions: number;
  stays: number;
  children: number;
  moved: number;
  severalStays: number;
  withoutSummary: number;
  /** Admissions by coded phenotype. */
  readonly coded: Map<Phenotype, number>;
}

export function newLedger(): Ledger {
  return { admissions: 0, stays: 0, children: 0, moved: 0, severalStays: 0, withoutSummary: 0, coded: new Map() };
}

const CHILD = 0.025;
const MOVED = 0.04;
const SECOND_STAY = 0.035;
const NO_SUMMARY = 0.015;
const SECOND_ADMISSION = 0.1;
/** A disease that everybody saw and nobody coded: labels are never perfect. */
const UNCODED = 0.03;

const WARDS: Readonly<Record<string, number>> = { MICU: 50, CCU: 7, CSRU: 14, SICU: 57, TSICU: 33 };

export function writePatient(out: TableWriter, ledger: Ledger, seed: number, index: number): void {
  const rng = new Rng(seed, index);
  const child = rng.chance(CHILD);
  const patient = drawPatient(rng, child);
  const subject = 10_001 + index;
  let admitted = minutesOf(rng.whole(2101, 2195), rng.whole(1, 12), rng.whole(1, 28)) + rng.whole(0, 1439);
  const birthday = admitted - Math.round((patient.age + rng.between(0.02, 0.97)) * 365.25 * 1440);
  // MIMIC moves the birth of those over 89 three hundred years back.
  const born = Math.floor((patient.age > 89 ? birthday - 300 * 365.25 * 1440 : birthday) / 1440) * 1440;
  let died: number | undefined;
  const visits = rng.chance(SECOND_ADMISSION) ? 2 : 1;
  for (let visit = 0; visit < visits && died === undefined; visit++) {
    const age = patient.age + (visit > 0 ? Math.floor((admitted - birthday) / (365.25 * 1440)) - patient.age : 0);
    const end = writeAdmission(rng, out, ledger, { patient, subject, admitted, born, age, child });
    died = end.died;
    admitted = end.discharged + rng.whole(20, 300) * 1440;
  }
  const death = died === undefined ? '' : midnight(died);
  out.row('PATIENTS', [subject, patient.sex, timestamp(born), death, death, '', died === undefined ? 0 : 1]);
}

interface Visit {
  readonly patient: Patient;
  readonly subject: number;
  readonly admitted: number;
  readonly born: number;
  readonly age: number;
  readonly child: boolean;
}

function writeAdmission(
  rng: Rng,
  out: TableWriter,
  ledger: Ledger,
  visit: Visit,
): { discharged: number; died: number | undefined } {
  const { patient, subject, admitted } = visit;
  const admission = drawAdmission(rng, patient, DISEASES);
  const place = placeOf(rng, admission);
  const hadm = 100_001 + ledger.admissions++;
  if (visit.child) ledger.children++;

  const courses = [drawCourse(rng, patient, admission)];
  if (rng.chance(SECOND_STAY)) {
    courses.push(drawCourse(rng, patient, admission));
    ledger.severalStays++;
  }
  const moved = courses.length === 1 && rng.chance(MOVED);
  if (moved) ledger.moved++;

  let from = admitted + rng.whole(5, 300);
  for (const course of courses) {
    const to = from + course.hours * 60 + rng.whole(-20, 20);
    const stay: Stay = { subject, admission: hadm, stay: 200_001 + ledger.stays++, from, to };
    const last = moved ? (place.unit === 'MICU' ? 'SICU' : 'MICU') : place.unit;
    out.row('ICUSTAYS', [
      subject,
      hadm,
      stay.stay,
      'metavision',
      place.unit,
      last,
      WARDS[place.unit],
      WARDS[last],
      timestamp(from),
      timestamp(to),
      ((to - from) / 1440).toFixed(4),
    ]);
    chart(rng, out, stay, patient, admission, course);
    writeTreatments(rng, out, stay, patient, course);
    from = to + rng.whole(20, 70) * 60;
    if (course === courses[courses.length - 1]) from = to;
  }
  const discharged = admission.dies ? from : from + rng.whole(20, 170) * 60;

  writeAdministration(rng, out, visit, hadm, admission, place, discharged);
  writeCodes(rng, out, ledger, subject, hadm, admission);
  proceduresOf(rng, admission, courses[0]!).forEach((icd9, i) => {
    out.row('PROCEDURES_ICD', [subject, hadm, i + 1, icd9]);
  });
  writeCulturesAndOrders(rng, out, subject, hadm, admission, admitted, discharged);
  writeNotes(rng, out, ledger, visit, hadm, admission, place, discharged);
  return { discharged, died: admission.dies ? discharged : undefined };
}

function writeAdministration(
  rng: Rng,
  out: TableWriter,
  { subject, admitted, age }: Visit,
  hadm: number,
  admission: Admission,
  place: ReturnType<typeof placeOf>,
  discharged: number,
): void {
  const planned = place.diagnosis.endsWith('/SDA');
  out.row('ADMISSIONS', [
    subject,
    hadm,
    timestamp(admitted),
    timestamp(discharged),
    admission.dies ? timestamp(discharged) : '',
    planned ? 'ELECTIVE' : 'EMERGENCY',
    planned
      ? 'PHYS REFERRAL/NORMAL DELI'
      : rng.pick(['EMERGENCY ROOM ADMIT', 'EMERGENCY ROOM ADMIT', 'TRANSFER FROM HOSP/EXTRAM']),
    admission.dies ? 'DEAD/EXPIRED' : rng.pick(['HOME', 'HOME HEALTH CARE', 'SNF', 'REHAB/DISTINCT PART HOSP']),
    age >= 65 ? 'Medicare' : rng.pick(['Private', 'Medicaid']),
    'ENGL',
    rng.pick(['CATHOLIC', 'NOT SPECIFIED', 'UNOBTAINABLE', 'PROTESTANT QUAKER', 'JEWISH']),
    rng.pick(['MARRIED', 'SINGLE', 'WIDOWED', 'DIVORCED']),
    rng.weighted([
      ['WHITE', 70],
      ['BLACK/AFRICAN AMERICAN', 10],
      ['HISPANIC OR LATINO', 5],
      ['ASIAN', 4],
      ['UNKNOWN/NOT SPECIFIED', 11],
    ]),
    '',
    '',
    place.diagnosis,
    admission.dies ? 1 : 0,
    1,
  ]);
  out.row('SERVICES', [subject, hadm, timestamp(admitted), '', place.service]);
}

function writeCodes(
  rng: Rng,
  out: TableWriter,
  ledger: Ledger,
  subject: number,
  hadm: number,
  admission: Admission,
): void {
  const codes: Code[] = [];
  for (const disease of PHENOTYPES) {
    if (!admission.diseases.has(disease) || rng.chance(UNCODED)) continue;
    ledger.coded.set(disease, (ledger.coded.get(disease) ?? 0) + 1);
    codes.push(rng.weighted(DISEASES[disease].codes));
  }
  const others = rng.whole(1, 4);
  for (let i = 0; i < others; i++) {
    const other = rng.weighted(OTHER_CODES);
    if (!codes.includes(other)) codes.push(other);
  }
  rng.shuffled(codes).forEach((code, i) => {
    out.row('DIAGNOSES_ICD', [subject, hadm, i + 1, code.icd9]);
  });
}

function writeTreatments(rng: Rng, out: TableWriter, stay: Stay, patient: Patient, course: Course): void {
  const ids = [stay.subject, stay.admission, stay.stay] as const;
  const nurse = rng.whole(14000, 21000);
  let order = stay.stay * 100;
  const at = (hour: number) => timestamp(Math.min(stay.to, stay.from + Math.round(hour * 60)));
  for (const i of infusionsOf(course)) {
    const amount = Number(i.amount.toFixed(2));
    order++;
    // biome-ignore format: one line per group of columns
    out.row('INPUTEVENTS_MV', [
      ...ids, at(i.from), at(i.to), i.item, amount, i.unit, i.rate || '', i.rateUnit, at(i.to), nurse, order, order,
      i.category, '', 'Main order parameter', i.rate ? 'Continuous Med' : 'Drug Push', Number(patient.weight.toFixed(1)),
      amount, i.unit, 0, 0, 0, 'FinishedRunning', '', '', '', amount, i.rate || '',
    ]);
  }
  const procedure = (item: number, from: number, to: number, name: string) => {
    order++;
    // biome-ignore format: one line per group of columns
    out.row('PROCEDUREEVENTS_MV', [
      ...ids, at(from), at(to), item, (to - from) * 60, 'min', '', '', at(to), nurse, order, order,
      name, '', 'Task', 1, 0, 0, 'FinishedRunning', '', '', '',
    ]);
  };
  procedure(224275, 0, course.hours, 'Peripheral Lines');
  if (course.ventilated) procedure(225792, course.ventilated.from, course.ventilated.to, 'Ventilation');
}

function writeCulturesAndOrders(
  rng: Rng,
  out: TableWriter,
  subject: number,
  hadm: number,
  admission: Admission,
  admitted: number,
  discharged: number,
): void {
  for (const culture of culturesOf(rng, admission)) {
    const time = admitted + culture.hour * 60 + rng.whole(0, 59);
    const [organism, name] = culture.organism ?? ['', ''];
    // biome-ignore format: one line per group of columns
    out.row('MICROBIOLOGYEVENTS', [
      subject, hadm, midnight(time), timestamp(time), ...culture.specimen, organism, name, organism === '' ? '' : 1,
      '', '', '', '', '', '',
    ]);
  }
  for (const drug of homeDrugs(rng, admission.diseases)) {
    // biome-ignore format: one line per group of columns
    out.row('PRESCRIPTIONS', [
      subject, hadm, '', midnight(admitted), midnight(discharged), 'MAIN', drug, drug, drug, '', '', '', '', 1, 'dose', 1,
      'TAB', rng.pick(['PO', 'PO', 'IV']),
    ]);
  }
}

function writeNotes(
  rng: Rng,
  out: TableWriter,
  ledger: Ledger,
  visit: Visit,
  hadm: number,
  admission: Admission,
  place: ReturnType<typeof placeOf>,
  discharged: number,
): void {
  const { patient, subject, admitted, born, age } = visit;
  const slots = slotsOf(rng, patient, admission, age, place.unit);
  const facts = { patient, admission, age, ...place, admitted, discharged, born, slots };
  const note = (category: string, description: string, time: number, text: string, error = '') =>
    out.row('NOTEEVENTS', [
      subject,
      hadm,
      midnight(time),
      category === 'Discharge summary' ? '' : timestamp(time),
      '',
      category,
      description,
      '',
      error,
      text,
    ]);

  note('Radiology', 'CHEST (PORTABLE AP)', admitted + 90, RADIOLOGY);
  if (rng.chance(NO_SUMMARY)) {
    ledger.withoutSummary++;
    return;
  }
  const { text } = writeSummary(rng, facts);
  if (rng.chance(0.01)) note('Discharge summary', 'Report', discharged, text, '1'); // withdrawn, then filed again
  note('Discharge summary', 'Report', discharged, text);
  if (rng.chance(0.04)) note('Discharge summary', 'Addendum', discharged + 1440, expand(rng, ADDENDUM, slots));
}

const RADIOLOGY =
  'CHEST (PORTABLE AP)\n\nReason: line placement\n\nFINAL REPORT\nLines and tubes are in standard position.\n';
const ADDENDUM = 'Addendum: {medication list was reconciled|follow up appointment was changed} after discharge of @pt.';
