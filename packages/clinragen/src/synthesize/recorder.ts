/**
 * What the hospital writes down of a patient, whatever the tables are called. `records.ts` draws a patient's whole record
 * once and hands it to a recorder, fact by fact in the order of time; one recorder for each layout puts it into tables.
 *
 * Patients, admissions and stays come as running numbers from 0 over the whole hospital: each layout makes its own
 * identifiers of them. Times are whole minutes since 1970 in the patient's shifted calendar.
 */
import type { Code } from './diseases.js';
import type { Slots } from './grammar.js';
import type { LabItem } from './items.js';
import type { Summary } from './summary.js';
import type { Culture, Infusion } from './treatments.js';

export interface Person {
  readonly number: number;
  readonly sex: 'M' | 'F';
  /** Years, at the first admission; nobody is made younger here. */
  readonly age: number;
  readonly born: number;
  readonly firstAdmitted: number;
}

export interface AdmissionRecord {
  readonly number: number;
  readonly admitted: number;
  readonly discharged: number;
  readonly died: boolean;
  readonly planned: boolean;
  readonly from: string; // as MIMIC-III words it, as are the next five
  readonly to: string;
  readonly insurance: string;
  readonly religion: string;
  readonly marital: string;
  readonly ethnicity: string;
  readonly diagnosis: string;
  readonly service: string;
}

export interface Stay {
  readonly patient: number;
  readonly admission: number;
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** An identifier that a row lost on its way into the tables; MIMIC-III has such rows. */
export type Lost = 'nothing' | 'admission' | 'stay';

export interface Note {
  readonly kind: 'radiology' | 'summary' | 'addendum';
  readonly time: number;
  /** The text, or the parts of a summary, which each layout words with its own headings. */
  readonly body: string | Summary;
  /** Withdrawn and filed again. */
  readonly withdrawn: boolean;
}

export interface LabResult {
  readonly item: LabItem;
  readonly time: number;
  /** Below the limit of detection it begins with `<`. */
  readonly value: string;
  readonly abnormal: boolean;
  /** False for an outpatient's. */
  readonly admitted: boolean;
}

export interface Recorder {
  /** Slots of the prose that the layout's de-identification takes over. */
  readonly slots: Slots;
  /** Before anything else of a patient. */
  open(person: Person): void;
  /** After everything else of a patient, with the time of death in the hospital. */
  close(person: Person, died: number | undefined): void;
  admission(record: AdmissionRecord): void;
  stay(stay: Stay, firstUnit: string, lastUnit: string): void;
  /** One charted value of the stay that was opened last. `value` and `unit` hold no comma, quote or line break. */
  chart(item: number, time: number, value: string, numeric: string, unit: string, nurse: number, lost: Lost): void;
  /** One laboratory value. */
  lab(stay: Stay, result: LabResult): void;
  urine(stay: Stay, time: number, amount: number, nurse: number): void;
  infusion(stay: Stay, infusion: Infusion, weight: number, nurse: number): void;
  /** Ventilation, a line: hours since ICU admission. */
  procedure(stay: Stay, item: number, from: number, to: number, name: string, nurse: number): void;
  diagnosis(rank: number, code: Code): void;
  procedureCode(rank: number, icd9: string): void;
  culture(culture: Culture, time: number): void;
  prescription(drug: string, route: string): void;
  note(note: Note): void;
}
