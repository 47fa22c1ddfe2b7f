/** Puts what the hospital writes down into the tables of MIMIC-IV and MIMIC-IV-Note. */
import { ChartTimes, isoDate, midnight, timestamp } from '../calendar.js';
import type { Code } from '../diseases.js';
import type { AdmissionRecord, LabResult, Note, Person, Recorder, Stay } from '../recorder.js';
import { Rng } from '../rng.js';
import type { TableFile, TableWriter } from '../table-writer.js';
import type { Culture, Infusion } from '../treatments.js';
import { type Anchor, drawAnchor, icdVersion, realDate } from './anchor.js';
import { unitOf } from './dictionaries.js';
import { conceal, renderSummary } from './discharge-summary.js';
import { diagnosisIn10, procedureIn10 } from './icd10.js';
import type { Table } from './tables.js';
import { ADMITTED_FROM, CULTURES, DISCHARGED_TO, INSURANCE, RACES, UNITS } from './vocabulary.js';

const subjectId = (patient: number) => 10_000_001 + patient;
const hadmId = (admission: number) => 20_000_001 + admission;
const stayId = (stay: number) => 30_000_001 + stay;

/** A stream of chance of its own: what MIMIC-IV alone records changes nothing of the patient. */
const OWN = 4;
/** Share of summaries that end in a quotation, and of laboratory values with a remark. */
const QUOTING = 0.02;
const REMARKED = 0.002;

/** Remarks with everything that a CSV reader can stumble over: commas, quotes at the very end, lone backslashes. */
const REMARKS: readonly string[] = [
  'HEMOLYSIS, SLIGHT.  ',
  'VERIFIED BY REPLICATE ANALYSIS',
  'CALLED TO UNIT, READ BACK AS "CRITICAL"',
  'TUBE LABELED A\\B, ACCEPTED\\',
];

export class Mimic4Recorder implements Recorder {
  readonly slots = { age: '___' };
  readonly #tables: TableWriter<Table>;
  readonly #charts: TableFile;
  readonly #seed: number;
  #rng = new Rng(0);
  #subject = 0;
  #anchor: Anchor = { age: 0, year: 0, group: '', realYear: 0 };
  #visit: AdmissionRecord | undefined;
  /** The identifiers of the stay opened last, as a row begins. */
  #ids = '';
  #order = 0;
  readonly #times = new ChartTimes();
  #specimen = { number: 1_000_000, time: 0, category: '' };
  #orderNumber = 0;
  #noteNumber = 0;

  constructor(tables: TableWriter<Table>, seed: number) {
    this.#tables = tables;
    this.#charts = tables.table('icu/chartevents');
    this.#seed = seed;
  }

  open(person: Person): void {
    this.#rng = new Rng(this.#seed, person.number, OWN);
    this.#subject = subjectId(person.number);
    this.#anchor = drawAnchor(this.#rng, person);
    this.#orderNumber = 0;
    this.#noteNumber = this.#rng.whole(1, 20);
  }

  close({ sex }: Person, died: number | undefined): void {
    const { age, year, group } = this.#anchor;
    this.#tables
      .table('hosp/patients')
      .row([this.#subject, sex, age, year, group, died === undefined ? '' : isoDate(died)]);
  }

  admission(a: AdmissionRecord): void {
    this.#visit = a;
    const rng = this.#rng;
    const emergency = a.from === 'EMERGENCY ROOM ADMIT';
    const kind = a.planned ? 'SURGICAL SAME DAY ADMISSION' : emergency ? 'EW EMER.' : 'URGENT';
    const registered = a.admitted - rng.whole(120, 700);
    // biome-ignore format: one line per group of columns
    this.#tables.table('hosp/admissions').row([
      this.#subject, this.#hadm, timestamp(a.admitted), timestamp(a.discharged), a.died ? timestamp(a.discharged) : '', kind,
      providerOf(rng), ADMITTED_FROM[a.from], DISCHARGED_TO[a.to], INSURANCE[a.insurance], rng.chance(0.9) ? 'ENGLISH' : '?',
      a.marital, RACES[a.ethnicity], emergency ? timestamp(registered) : '', emergency ? timestamp(a.admitted + 60) : '',
      a.died ? 1 : 0,
    ]);
    this.#tables.table('hosp/services').row([this.#subject, this.#hadm, timestamp(a.admitted), '', a.service]);
  }

  stay(stay: Stay, first: string, last: string): void {
    this.#ids = `${subjectId(stay.patient)},${hadmId(stay.admission)},${stayId(stay.number)}`;
    this.#order = stay.number * 100;
    const [from, to] = [timestamp(stay.from), timestamp(stay.to)];
    this.#tables
      .table('icu/icustays')
      .line(`${this.#ids},${UNITS[first]},${UNITS[last]},${from},${to},${(stay.to - stay.from) / 1440}`);
  }

  /** Chart rows of MIMIC-IV lose nothing: its hadm_id and stay_id are never NULL. */
  chart(item: number, time: number, value: string, numeric: string, unit: string, nurse: number): void {
    this.#charts.line(`${this.#ids},${nurse},${this.#times.of(time)},${item},${value},${numeric},${unitOf(unit)},0`);
  }

  lab(stay: Stay, { item: [item, , category, , unit, low, high], time, value, abnormal, admitted }: LabResult): void {
    const specimen = this.#specimen;
    if (specimen.time !== time || specimen.category !== category) {
      this.#specimen = { number: specimen.number + 1, time, category };
    }
    // Below the limit of detection there is no value: the remark says it.
    const undetected = value.startsWith('<');
    const remark = undetected ? `${value}.  ` : this.#rng.chance(REMARKED) ? this.#rng.pick(REMARKS) : '';
    const labs = this.#tables.table('hosp/labevents');
    // biome-ignore format: one line per group of columns
    labs.row([
      labs.rows + 1, this.#subject, admitted ? hadmId(stay.admission) : '', this.#specimen.number, item, '', timestamp(time),
      timestamp(time + 70), undetected ? '' : value, undetected ? '' : Number(value), unit, low, high, abnormal ? 'abnormal' : '',
      category === 'Blood Gas' ? '' : 'ROUTINE', remark,
    ]);
  }

  urine(_stay: Stay, time: number, amount: number, nurse: number): void {
    this.#tables
      .table('icu/outputevents')
      .line(`${this.#ids},${nurse},${timestamp(time)},${timestamp(time + 5)},226559,${amount},ml`);
  }

  infusion(stay: Stay, i: Infusion, weight: number, nurse: number): void {
    const amount = Number(i.amount.toFixed(2));
    const [from, to] = [hourOf(stay, i.from), hourOf(stay, i.to)];
    const order = ++this.#order;
    // biome-ignore format: one line per group of columns
    this.#tables.table('icu/inputevents').row([
      subjectId(stay.patient), hadmId(stay.admission), stayId(stay.number), nurse, from, to, to, i.item, amount, i.unit,
      i.rate || '', i.rateUnit, order, order, i.category, '', 'Main order parameter', i.rate ? 'Continuous Med' : 'Drug Push',
      Number(weight.toFixed(1)), amount, i.unit, 0, 0, 'FinishedRunning', amount, i.rate || '',
    ]);
  }

  procedure(stay: Stay, item: number, from: number, to: number, name: string, nurse: number): void {
    const order = ++this.#order;
    const minutes = (to - from) * 60;
    // biome-ignore format: one line per group of columns
    this.#tables.table('icu/procedureevents').row([
      subjectId(stay.patient), hadmId(stay.admission), stayId(stay.number), nurse, hourOf(stay, from), hourOf(stay, to),
      hourOf(stay, to), item, minutes, 'min', '', '', order, order, name, 'ContinuousProcess', '', 1, 0, 'FinishedRunning',
      minutes, 1,
    ]);
  }

  diagnosis(rank: number, { icd9 }: Code): void {
    const date = this.#realDate;
    const version = icdVersion(date);
    const code = version === 9 ? icd9 : diagnosisIn10(icd9, date).code;
    this.#tables.table('hosp/diagnoses_icd').row([this.#subject, this.#hadm, rank, code, version]);
  }

  procedureCode(rank: number, icd9: string): void {
    const date = this.#realDate;
    const version = icdVersion(date);
    const code = version === 9 ? icd9 : procedureIn10(icd9, date).code;
    const day = isoDate(this.#visit!.admitted);
    this.#tables.table('hosp/procedures_icd').row([this.#subject, this.#hadm, rank, day, code, version]);
  }

  culture({ specimen: [item, name], organism }: Culture, time: number): void {
    const table = this.#tables.table('hosp/microbiologyevents');
    const [testItem, testName] = CULTURES[name]!;
    const done = time + 3 * 1440;
    // biome-ignore format: one line per group of columns
    table.row([
      table.rows + 1, this.#subject, this.#hadm, 5_000_001 + table.rows, '', midnight(time), timestamp(time), item, name, 1,
      midnight(done), timestamp(done), testItem, testName, ...(organism ?? ['', '']), organism ? 1 : '', '', '', '', '', '',
      '', '', organism ? '' : 'NO GROWTH.  ',
    ]);
  }

  prescription(drug: string, route: string): void {
    const { admitted, discharged } = this.#visit!;
    const table = this.#tables.table('hosp/prescriptions');
    const order = ++this.#orderNumber;
    // biome-ignore format: one line per group of columns
    table.row([
      this.#subject, this.#hadm, 40_000_001 + table.rows, `${this.#subject}-${order}`, order, providerOf(this.#rng),
      timestamp(admitted), timestamp(discharged), 'MAIN', drug, '', '', '', '', '', 1, 'dose', 1, 'TAB', 1, route,
    ]);
  }

  /** One summary for each admission, and its addendum; radiology has a table of its own, which is not written. */
  note({ kind, time, body, withdrawn }: Note): void {
    if (kind === 'radiology' || withdrawn) return;
    const type = kind === 'summary' ? 'DS' : 'AD';
    const number = ++this.#noteNumber;
    const text = typeof body === 'string' ? conceal(body) : renderSummary(body, this.#rng.chance(QUOTING));
    // biome-ignore format: one line per group of columns
    this.#tables.table('note/discharge').row([
      `${this.#subject}-${type}-${number}`, this.#subject, this.#hadm, type, number, midnight(time), timestamp(time + 1440), text,
    ]);
  }

  get #hadm(): number {
    return hadmId(this.#visit!.number);
  }

  /** The day of the admission in real years, which decides how it is coded. */
  get #realDate(): string {
    return realDate(this.#anchor, this.#visit!.admitted);
  }
}

/** `P4Z81K` */
function providerOf(rng: Rng): string {
  return `P${rng
    .whole(36 ** 4, 36 ** 5 - 1)
    .toString(36)
    .toUpperCase()}`;
}

/** The time of an hour since ICU admission, at most the end of the stay. */
function hourOf(stay: Stay, hour: number): string {
  return timestamp(Math.min(stay.to, stay.from + Math.round(hour * 60)));
}
