/** What charting needs to know of a stay, and how one charted value reaches the recorder. */
import type { Admission, Patient } from './admission.js';
import type { Course } from './physiology.js';
import type { Lost, Recorder, Stay } from './recorder.js';
import type { Rng } from './rng.js';

/** How much is measured. */
export interface Charting {
  readonly labs: 'basic' | 'extended';
  /** How often bedside values are charted, as a multiple of once an hour. */
  readonly density: number;
}

/** One ICU stay as it was lived, and how it is to be charted. */
export interface Bedside {
  readonly stay: Stay;
  readonly patient: Patient;
  readonly admission: Admission;
  readonly course: Course;
  readonly charting: Charting;
  readonly seed: number;
}

/** Writes one charted value, if its time lies inside the stay. */
export type Write = (item: number, time: number, value: string, unit: string, numeric?: string) => void;

/** A mishap of the real tables: rows that lost the number of their admission (dropped later) or stay (recovered later). */
const LOST_ADMISSION = 0.003;
const LOST_STAY = 0.005;

export function writerOf(rng: Rng, out: Recorder, stay: Stay, nurse: number): Write {
  return (item, time, value, unit, numeric = value) => {
    if (time < stay.from || time >= stay.to) return;
    const x = rng.unit();
    const lost: Lost = x < LOST_ADMISSION ? 'admission' : x < LOST_ADMISSION + LOST_STAY ? 'stay' : 'nothing';
    out.chart(item, time, value, numeric, unit, nurse, lost);
  };
}
