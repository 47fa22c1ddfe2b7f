/**
 * From the body's true course to what was written down of it: irregular times, gaps, rounding, and the habit that what
 * is feared is measured more often. All rows belong to one ICU stay.
 */
import type { Admission } from './admission.js';
import { type Bedside, writerOf } from './bedside.js';
import { writeComaScale } from './coma-scale.js';
import { FineCharting } from './fine-charting.js';
import { chartLabs } from './labs.js';
import { MoreLabs } from './more-labs.js';
import type { Course } from './physiology.js';
import type { Recorder, Stay } from './recorder.js';
import { Rng } from './rng.js';

/** Streams of chance of their own, so that what is charted besides changes nothing else of the hospital. */
const FINE = 1;
const MORE_LABS = 2;

export function chart(rng: Rng, out: Recorder, bedside: Bedside): void {
  const { stay, patient, admission, course, charting, seed } = bedside;
  const { vitals, oxygen, weight, hours } = course;
  const nurse = rng.whole(14000, 21000);
  const write = writerOf(rng, out, stay, nurse);

  const has = (...causes: readonly string[]) => course.episodes.some((e) => causes.includes(e.cause));
  const arterial = has('shock', 'bleeding') || admission.problem === 'cardiac surgery' || rng.chance(0.1);
  const pressureItems = arterial ? ([220050, 220051, 220052] as const) : ([220179, 220180, 220181] as const);
  const feverWatch = rng.whole(3, 4);
  const scoreWatch = rng.whole(3, 5);
  // Diabetics and the critically ill are pricked often; half of the others hardly ever.
  const glucoseWatch = has('high glucose', 'swinging glucose')
    ? rng.whole(2, 3)
    : rng.chance(0.5)
      ? rng.whole(5, 8)
      : 0;
  const balance = admission.diseases.has('Congestive heart failure; nonhypertensive') || rng.chance(0.1);
  const weightWatch = balance || weight[hours - 1]! > weight[0]! * 1.04 ? rng.whole(6, 9) : 24;

  const own = (stream: number) => new Rng(seed, stay.patient, stay.from, stream);
  const fine =
    charting.density > 1
      ? new FineCharting(own(FINE), out, bedside, { pressureItems, glucose: glucoseWatch > 0, nurse })
      : undefined;

  for (let t = 0; t < hours; t++) {
    const hour = stay.from + t * 60;
    const time = hour + rng.whole(0, 12);
    if (rng.chance(0.96)) write(220045, time, String(Math.round(vitals.heart[t]!)), 'bpm');
    if (rng.chance(0.95)) write(220210, time, String(Math.max(4, Math.round(vitals.breaths[t]!))), 'insp/min');
    if (rng.chance(0.95)) write(220277, time, String(Math.round(vitals.saturation[t]!)), '%');
    if (rng.chance(0.94)) {
      const [high, low] = [Math.round(vitals.systolic[t]!), Math.round(vitals.diastolic[t]!)];
      write(pressureItems[0], time, String(high), 'mmHg');
      write(pressureItems[1], time, String(low), 'mmHg');
      write(pressureItems[2], time, String(Math.round((high + 2 * low) / 3 + rng.normal(0, 1.5))), 'mmHg');
    }
    const hot = Math.abs(vitals.temperature[t]! - 36.9) > 1;
    if (t % feverWatch === 0 || (hot && t % 2 === 0)) {
      write(223761, time + 3, (vitals.temperature[t]! * 1.8 + 32).toFixed(1), '?F');
    }
    if (oxygen[t]! > 0 && (t % 4 === 0 || oxygen[t] !== oxygen[t - 1])) {
      write(223835, time + 1, String(Math.round(oxygen[t]! * 100)), '');
    }
    if (t % scoreWatch === 0) writeComaScale(rng, write, time + 2, course, admission, t);
    if (glucoseWatch && t % glucoseWatch === 0) {
      write(225664, time + rng.whole(0, 20), String(Math.round(vitals.glucose[t]!)), '');
    }
    if (t > 0 && t % weightWatch === 0) write(224639, time + 5, weight[t]!.toFixed(1), 'kg');
    fine?.hour(t);
  }
  write(226512, stay.from + rng.whole(5, 50), weight[0]!.toFixed(1), 'kg');
  if (rng.chance(0.7)) write(226730, stay.from + rng.whole(5, 50), patient.height.toFixed(0), 'cm');
  const more = charting.labs === 'extended' ? new MoreLabs(own(MORE_LABS), patient, admission, course) : undefined;
  chartLabs(rng, out, bedside, more);
  chartUrine(rng, out, stay, admission, course, nurse);
}

function chartUrine(rng: Rng, out: Recorder, stay: Stay, admission: Admission, course: Course, nurse: number): void {
  const base = admission.diseases.has('Acute and unspecified renal failure') ? 45 : 150;
  for (let t = 1; t < course.hours; t += 2) {
    const diuresis = course.episodes.some((e) => e.cause === 'congestion' && t >= e.onset && t < e.end) ? 3 : 1;
    const amount = Math.max(5, Math.round(rng.normal(base * diuresis, 35) / 5) * 5);
    const time = stay.from + t * 60 + rng.whole(0, 15);
    if (time >= stay.to) return;
    out.urine(stay, time, amount, nurse);
  }
}
