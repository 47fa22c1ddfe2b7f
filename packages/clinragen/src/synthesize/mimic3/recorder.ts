/** Puts what the hospital writes down into MIMIC-III's tables. */

import { PHENOTYPES } from '../../phenotypes.js';
import { ChartTimes, midnight, timestamp } from '../calendar.js';
import { type Code, DISEASES, OTHER_CODES } from '../diseases.js';
import { ITEMS, LABS, MORE_LABS } from '../items.js';
import type { AdmissionRecord, LabResult, Lost, Note, Person, Recorder, Stay } from '../recorder.js';
import type { TableFile, TableWriter } from '../table-writer.js';
import { type Culture, type Infusion, PROCEDURES } from '../treatments.js';
import { renderSummary } from './discharge-summary.js';
import type { Table } from './tables.js';

const subjectId = (patient: number) => 10_001 + patient;
const hadmId = (admission: number) => 100_001 + admission;
const stayId = (stay: number) => 200_001 + stay;

const WARDS: Readonly<Record<string, number>> = { MICU: 50, CCU: 7, CSRU: 14, SICU: 57, TSICU: 33 };

export function writeDictionaries(tables: TableWriter<Table>, extended: boolean): void {
  const titles = new Map<string, string>();
  for (const disease of PHENOTYPES) for (const [c] of DISEASES[disease].codes) titles.set(c.icd9, c.title);
  for (const [c] of OTHER_CODES) titles.set(c.icd9, c.title);
  for (const [icd9, title] of titles) tables.table('D_ICD_DIAGNOSES').row([icd9, title, title]);
  for (const [icd9, title] of PROCEDURES) tables.table('D_ICD_PROCEDURES').row([icd9, title, title]);
  for (const [item, label, links, category, unit, kind] of ITEMS) {
    tables.table('D_ITEMS').row([item, label, label, 'metavision', links, category, unit, kind, '']);
  }
  for (const [item, label, category, loinc] of Object.values(extended ? { ...LABS, ...MORE_LABS } : LABS)) {
    tables.table('D_LABITEMS').row([item, label, 'Blood', category, loinc]);
  }
}

export class Mimic3Recorder implements Recorder {
  readonly slots = {};
  readonly #tables: TableWriter<Table>;
  readonly #charts: TableFile;
  #subject = 0;
  #visit: AdmissionRecord | undefined;
  /** Identifiers of the stay opened last, as a chart row begins, by what was lost of them. */
  #ids: Readonly<Record<Lost, string>> = { nothing: '', admission: '', stay: '' };
  #order = 0;
  readonly #times = new ChartTimes();

  constructor(tables: TableWriter<Table>) {
    this.#tables = tables;
    this.#charts = tables.table('CHARTEVENTS');
  }

  open(person: Person): void {
    this.#subject = subjectId(person.number);
  }

  close({ sex, born }: Person, died: number | undefined): void {
    const death = died === undefined ? '' : midnight(died);
    this.#tables
      .table('PATIENTS')
      .row([this.#subject, sex, timestamp(born), death, death, '', died === undefined ? 0 : 1]);
  }

  admission(a: AdmissionRecord): void {
    this.#visit = a;
    const subject = this.#subject;
    const hadm = hadmId(a.number);
    // biome-ignore format: one line per group of columns
    this.#tables.table('ADMISSIONS').row([
      subject, hadm, timestamp(a.admitted), timestamp(a.discharged), a.died ? timestamp(a.discharged) : '',
      a.planned ? 'ELECTIVE' : 'EMERGENCY', a.from, a.to, a.insurance, 'ENGL', a.religion, a.marital, a.ethnicity, '', '',
      a.diagnosis, a.died ? 1 : 0, 1,
    ]);
    this.#tables.table('SERVICES').row([subject, hadm, timestamp(a.admitted), '', a.service]);
  }

  stay(stay: Stay, first: string, last: string): void {
    const [subject, hadm, id] = idsOf(stay);
    // biome-ignore format: one line per group of columns
    this.#tables.table('ICUSTAYS').row([
      subject, hadm, id, 'metavision', first, last, WARDS[first], WARDS[last], timestamp(stay.from), timestamp(stay.to),
      ((stay.to - stay.from) / 1440).toFixed(4),
    ]);
    this.#ids = { nothing: `${subject},${hadm},${id}`, admission: `${subject},,`, stay: `${subject},${hadm},` };
    this.#order = id * 100;
  }

  chart(item: number, time: number, value: string, numeric: string, unit: string, nurse: number, lost: Lost): void {
    const row = this.#charts.rows + 1;
    const at = this.#times.of(time);
    this.#charts.line(`${row},${this.#ids[lost]},${item},${at},${nurse},${value},${numeric},${unit},0,0,,`);
  }

  lab(stay: Stay, { item: [item, , , , unit], time, value, abnormal, admitted }: LabResult): void {
    const number = value.startsWith('<') ? '' : Number(value);
    const [subject, hadm] = idsOf(stay);
    this.#tables
      .table('LABEVENTS')
      .row([subject, admitted ? hadm : '', item, timestamp(time), value, number, unit, abnormal ? 'abnormal' : '']);
  }

  urine(stay: Stay, time: number, amount: number, nurse: number): void {
    // biome-ignore format: one line per group of columns
    this.#tables.table('OUTPUTEVENTS').row([
      ...idsOf(stay), timestamp(time), 226559, amount, 'mL', timestamp(time + 5), nurse, '', '', '',
    ]);
  }

  infusion(stay: Stay, i: Infusion, weight: number, nurse: number): void {
    const amount = Number(i.amount.toFixed(2));
    const [from, to] = [hourOf(stay, i.from), hourOf(stay, i.to)];
    const order = ++this.#order;
    // biome-ignore format: one line per group of columns
    this.#tables.table('INPUTEVENTS_MV').row([
      ...idsOf(stay), from, to, i.item, amount, i.unit, i.rate || '', i.rateUnit, to, nurse, order, order,
      i.category, '', 'Main order parameter', i.rate ? 'Continuous Med' : 'Drug Push', Number(weight.toFixed(1)),
      amount, i.unit, 0, 0, 0, 'FinishedRunning', '', '', '', amount, i.rate || '',
    ]);
  }

  procedure(stay: Stay, item: number, from: number, to: number, name: string, nurse: number): void {
    const order = ++this.#order;
    // biome-ignore format: one line per group of columns
    this.#tables.table('PROCEDUREEVENTS_MV').row([
      ...idsOf(stay), hourOf(stay, from), hourOf(stay, to), item, (to - from) * 60, 'min', '', '', hourOf(stay, to), nurse,
      order, order, name, '', 'Task', 1, 0, 0, 'FinishedRunning', '', '', '',
    ]);
  }

  diagnosis(rank: number, code: Code): void {
    this.#tables.table('DIAGNOSES_ICD').row([this.#subject, this.#hadm, rank, code.icd9]);
  }

  procedureCode(rank: number, icd9: string): void {
    this.#tables.table('PROCEDURES_ICD').row([this.#subject, this.#hadm, rank, icd9]);
  }

  culture({ specimen, organism }: Culture, time: number): void {
    // biome-ignore format: one line per group of columns
    this.#tables.table('MICROBIOLOGYEVENTS').row([
      this.#subject, this.#hadm, midnight(time), timestamp(time), ...specimen, ...(organism ?? ['', '']),
      organism ? 1 : '', '', '', '', '', '', '',
    ]);
  }

  prescription(drug: string, route: string): void {
    const { admitted, discharged } = this.#visit!;
    // biome-ignore format: one line per group of columns
    this.#tables.table('PRESCRIPTIONS').row([
      this.#subject, this.#hadm, '', midnight(admitted), midnight(discharged), 'MAIN', drug, drug, drug, '', '', '', '', 1,
      'dose', 1, 'TAB', route,
    ]);
  }

  note({ kind, time, body, withdrawn }: Note): void {
    const [category, description] = {
      radiology: ['Radiology', 'CHEST (PORTABLE AP)'],
      summary: ['Discharge summary', 'Report'],
      addendum: ['Discharge summary', 'Addendum'],
    }[kind] as [string, string];
    const text = typeof body === 'string' ? body : renderSummary(body);
    // biome-ignore format: one line per group of columns
    this.#tables.table('NOTEEVENTS').row([
      this.#subject, this.#hadm, midnight(time), kind === 'radiology' ? timestamp(time) : '', '', category, description,
      '', withdrawn ? '1' : '', text,
    ]);
  }

  get #hadm(): number {
    return hadmId(this.#visit!.number);
  }
}

function idsOf(stay: Stay): readonly [number, number, number] {
  return [subjectId(stay.patient), hadmId(stay.admission), stayId(stay.number)];
}

/** The time of an hour since ICU admission, at most the end of the stay. */
function hourOf(stay: Stay, hour: number): string {
  return timestamp(Math.min(stay.to, stay.from + Math.round(hour * 60)));
}
