/**
 * One patient's whole record, in the order of time. Some admissions break the cohort's rules on purpose (children, moves
 * between units, two stays in one admission, no discharge summary), so that the counts at every filter mean something.
 */
import { PHENOTYPES, type Phenotype } from '../phenotypes.js';
import { type Admission, drawAdmission, drawPatient, type Patient } from './admission.js';
import type { Charting } from './bedside.js';
import { minutesOf } from './calendar.js';
import { chart } from './charting.js';
import { type Code, DISEASES, OTHER_CODES } from './diseases.js';
import { expand } from './grammar.js';
import { slotsOf } from './hospital-course.js';
import { type Course, drawCourse } from './physiology.js';
import type { AdmissionRecord, Note, Person, Recorder, Stay } from './recorder.js';
import { Rng } from './rng.js';
import { drawSummary } from './summary.js';
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

export function writePatient(out: Recorder, ledger: Ledger, seed: number, index: number, charting: Charting): void {
  const rng = new Rng(seed, index);
  const child = rng.chance(CHILD);
  const patient = drawPatient(rng, child);
  let admitted = minutesOf(rng.whole(2101, 2195), rng.whole(1, 12), rng.whole(1, 28)) + rng.whole(0, 1439);
  const birthday = admitted - Math.round((patient.age + rng.between(0.02, 0.97)) * 365.25 * 1440);
  // MIMIC moves the birth of those over 89 three hundred years back.
  const born = Math.floor((patient.age > 89 ? birthday - 300 * 365.25 * 1440 : birthday) / 1440) * 1440;
  const person: Person = { number: index, sex: patient.sex, age: patient.age, born, firstAdmitted: admitted };
  out.open(person);
  let died: number | undefined;
  const visits = rng.chance(SECOND_ADMISSION) ? 2 : 1;
  for (let visit = 0; visit < visits && died === undefined; visit++) {
    const age = patient.age + (visit > 0 ? Math.floor((admitted - birthday) / (365.25 * 1440)) - patient.age : 0);
    const end = writeAdmission(rng, out, ledger, { seed, person, patient, admitted, age, child, charting });
    died = end.died;
    admitted = end.discharged + rng.whole(20, 300) * 1440;
  }
  out.close(person, died);
}

interface Visit {
  readonly seed: number;
  readonly person: Person;
  readonly patient: Patient;
  readonly admitted: number;
  readonly age: number;
  readonly child: boolean;
  readonly charting: Charting;
}

function writeAdmission(
  rng: Rng,
  out: Recorder,
  ledger: Ledger,
  visit: Visit,
): { discharged: number; died: number | undefined } {
  const { patient, person, admitted, charting } = visit;
  const admission = drawAdmission(rng, patient, DISEASES);
  const place = placeOf(rng, admission);
  const number = ledger.admissions++;
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
    const stay: Stay = { patient: person.number, admission: number, number: ledger.stays++, from, to };
    out.stay(stay, place.unit, moved ? (place.unit === 'MICU' ? 'SICU' : 'MICU') : place.unit);
    chart(rng, out, { stay, patient, admission, course, charting, seed: visit.seed });
    writeTreatments(rng, out, stay, patient, course);
    from = to + rng.whole(20, 70) * 60;
    if (course === courses[courses.length - 1]) from = to;
  }
  const discharged = admission.dies ? from : from + rng.whole(20, 170) * 60;

  out.admission(drawAdministration(rng, visit, number, admission, place, discharged));
  writeCodes(rng, out, ledger, admission);
  proceduresOf(rng, admission, courses[0]!).forEach((icd9, i) => {
    out.procedureCode(i + 1, icd9);
  });
  for (const culture of culturesOf(rng, admission)) {
    out.culture(culture, admitted + culture.hour * 60 + rng.whole(0, 59));
  }
  for (const drug of homeDrugs(rng, admission.diseases)) out.prescription(drug, rng.pick(['PO', 'PO', 'IV']));
  writeNotes(rng, out, ledger, visit, admission, place, discharged);
  return { discharged, died: admission.dies ? discharged : undefined };
}

function drawAdministration(
  rng: Rng,
  { admitted, age }: Visit,
  number: number,
  admission: Admission,
  place: ReturnType<typeof placeOf>,
  discharged: number,
): AdmissionRecord {
  const planned = place.diagnosis.endsWith('/SDA');
  return {
    number,
    admitted,
    discharged,
    died: admission.dies,
    planned,
    from: planned
      ? 'PHYS REFERRAL/NORMAL DELI'
      : rng.pick(['EMERGENCY ROOM ADMIT', 'EMERGENCY ROOM ADMIT', 'TRANSFER FROM HOSP/EXTRAM']),
    to: admission.dies ? 'DEAD/EXPIRED' : rng.pick(['HOME', 'HOME HEALTH CARE', 'SNF', 'REHAB/DISTINCT PART HOSP']),
    insurance: age >= 65 ? 'Medicare' : rng.pick(['Private', 'Medicaid']),
    religion: rng.pick(['CATHOLIC', 'NOT SPECIFIED', 'UNOBTAINABLE', 'PROTESTANT QUAKER', 'JEWISH']),
    marital: rng.pick(['MARRIED', 'SINGLE', 'WIDOWED', 'DIVORCED']),
    ethnicity: rng.weighted([
      ['WHITE', 70],
      ['BLACK/AFRICAN AMERICAN', 10],
      ['HISPANIC OR LATINO', 5],
      ['ASIAN', 4],
      ['UNKNOWN/NOT SPECIFIED', 11],
    ]),
    diagnosis: place.diagnosis,
    service: place.service,
  };
}

function writeCodes(rng: Rng, out: Recorder, ledger: Ledger, admission: Admission): void {
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
    out.diagnosis(i + 1, code);
  });
}

function writeTreatments(rng: Rng, out: Recorder, stay: Stay, patient: Patient, course: Course): void {
  const nurse = rng.whole(14000, 21000);
  for (const infusion of infusionsOf(course)) out.infusion(stay, infusion, patient.weight, nurse);
  out.procedure(stay, 224275, 0, course.hours, 'Peripheral Lines', nurse);
  const { ventilated } = course;
  if (ventilated) out.procedure(stay, 225792, ventilated.from, ventilated.to, 'Ventilation', nurse);
}

function writeNotes(
  rng: Rng,
  out: Recorder,
  ledger: Ledger,
  { patient, person, admitted, age }: Visit,
  admission: Admission,
  place: ReturnType<typeof placeOf>,
  discharged: number,
): void {
  const slots = { ...slotsOf(rng, patient, admission, age, place.unit), ...out.slots };
  const note = (kind: Note['kind'], time: number, body: Note['body'], withdrawn = false) =>
    out.note({ kind, time, body, withdrawn });

  note('radiology', admitted + 90, RADIOLOGY);
  if (rng.chance(NO_SUMMARY)) {
    ledger.withoutSummary++;
    return;
  }
  const facts = { patient, admission, age, ...place, admitted, discharged, born: person.born, slots };
  const summary = drawSummary(rng, facts);
  if (rng.chance(0.01)) note('summary', discharged, summary, true); // withdrawn, then filed again
  note('summary', discharged, summary);
  if (rng.chance(0.04)) note('addendum', discharged + 1440, expand(rng, ADDENDUM, slots));
}

const RADIOLOGY =
  'CHEST (PORTABLE AP)\n\nReason: line placement\n\nFINAL REPORT\nLines and tubes are in standard position.\n';
const ADDENDUM = 'Addendum: {medication list was reconciled|follow up appointment was changed} after discharge of @pt.';
