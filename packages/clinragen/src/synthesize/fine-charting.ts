/**
 * Charting more finely than once an hour, for hospitals of many rows: between two hours the body's values are the way
 * from one to the next with a tremor of their own, so every row is a measurement, none a copy. The hour's own rows stay
 * what they are: density adds rows and changes none.
 */
import { type Bedside, type Write, writerOf } from './bedside.js';
import { writeComaScale } from './coma-scale.js';
import type { Vital } from './physiology.js';
import type { Recorder } from './recorder.js';
import type { Rng } from './rng.js';

/** More would put two rows of one item into a minute. */
export const FINEST = 40;
/** Minutes of the hour in which the hour's own rows lie, and those that are left for the finer ones. */
const OWN = 14;
const LEFT = 60 - OWN;

interface Habits {
  /** Systolic, diastolic, mean. */
  readonly pressureItems: readonly [number, number, number];
  readonly glucose: boolean;
  readonly nurse: number;
}

export class FineCharting {
  readonly #rng: Rng;
  readonly #write: Write;
  readonly #bedside: Bedside;
  readonly #habits: Habits;

  constructor(rng: Rng, out: Recorder, bedside: Bedside, habits: Habits) {
    this.#rng = rng;
    this.#bedside = bedside;
    this.#habits = habits;
    this.#write = writerOf(rng, out, bedside.stay, habits.nurse);
  }

  /** All rows of hour `t` beyond its own. */
  hour(t: number): void {
    const { stay, charting } = this.#bedside;
    const finer = charting.density - 1;
    const times = Math.floor((t + 1) * finer) - Math.floor(t * finer); // so that 2.5 is twice in one hour, thrice in the next
    for (let n = 0; n < times; n++) {
      const minute = OWN + Math.floor((LEFT * n) / times);
      this.#round(t, minute, stay.from + t * 60 + minute);
    }
  }

  /** One round at the bed. */
  #round(t: number, minute: number, time: number): void {
    const { admission, course } = this.#bedside;
    const { pressureItems, glucose } = this.#habits;
    const rng = this.#rng;
    const write = this.#write;
    const way = minute / 60;
    const at = (vital: Vital, tremor: number) => {
      const values = course.vitals[vital];
      const now = values[t]!;
      return now + (values[Math.min(course.hours - 1, t + 1)]! - now) * way + rng.normal(0, tremor);
    };
    write(220045, time, String(Math.round(Math.max(25, at('heart', 1.5)))), 'bpm');
    write(220210, time, String(Math.max(4, Math.round(at('breaths', 0.8)))), 'insp/min');
    write(220277, time, String(Math.min(100, Math.round(at('saturation', 0.4)))), '%');
    const high = Math.round(at('systolic', 2.5));
    const low = Math.min(high - 5, Math.round(at('diastolic', 1.8)));
    write(pressureItems[0], time, String(high), 'mmHg');
    write(pressureItems[1], time, String(low), 'mmHg');
    write(pressureItems[2], time, String(Math.round((high + 2 * low) / 3 + rng.normal(0, 1.5))), 'mmHg');
    if (rng.chance(0.3)) write(223761, time, (at('temperature', 0.05) * 1.8 + 32).toFixed(1), '?F');
    const oxygen = course.oxygen[t]!;
    if (oxygen > 0 && rng.chance(0.25)) write(223835, time, String(Math.round(oxygen * 100)), '');
    if (rng.chance(0.25)) writeComaScale(rng, write, time, course, admission, t);
    if (glucose && rng.chance(0.2)) write(225664, time, String(Math.round(Math.max(35, at('glucose', 4)))), '');
  }
}
