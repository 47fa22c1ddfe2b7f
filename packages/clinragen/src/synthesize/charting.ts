/**
 * From the body's true course to what was written down of it: irregular times, gaps, rounding, and the habit that what
 * is feared is measured more often. All times are minutes since 1970, all rows belong to one ICU stay.
 */

import type { Admission, Patient } from './admission.js';
import { timestamp } from './calendar.js';
import type { Course } from './physiology.js';
import type { Rng } from './rng.js';
import type { TableWriter } from './table-writer.js';
import { LABS, type Lab } from './tables.js';

export interface Stay {
  readonly subject: number;
  readonly admission: number;
  readonly stay: number;
  readonly from: number;
  readonly to: number;
}

/** A mishap of the real tables: rows that lost the number of their admission (dropped later) or stay (recovered later). */
const LOST_ADMISSION = 0.003;
const LOST_STAY = 0.005;

export function chart(
  rng: Rng,
  out: TableWriter,
  stay: Stay,
  patient: Patient,
  admission: Admission,
  course: Course,
): void {
  const { vitals, oxygen, weight, hours } = course;
  const nurse = rng.whole(14000, 21000);

  const write = (item: number, time: number, value: string, unit: string, numeric = value) => {
    if (time < stay.from || time >= stay.to) return;
    const lost = rng.unit();
    out.row('CHARTEVENTS', [
      stay.subject,
      lost < LOST_ADMISSION ? '' : stay.admission,
      lost < LOST_ADMISSION + LOST_STAY ? '' : stay.stay,
      item,
      timestamp(time),
      timestamp(time + 7),
      nurse,
      value,
      numeric,
      unit,
      0,
      0,
      '',
      '',
    ]);
  };

  const has = (...causes: readonly string[]) => course.episodes.some((e) => causes.includes(e.cause));
  const arterial = has('shock', 'bleeding') || admission.problem === 'cardiac surgery' || rng.chance(0.1);
  const [systolicItem, diastolicItem, meanItem] = arterial ? [220050, 220051, 220052] : [220179, 220180, 220181];
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

  for (let t = 0; t < hours; t++) {
    const hour = stay.from + t * 60;
    const time = hour + rng.whole(0, 12);
    if (rng.chance(0.96)) write(220045, time, String(Math.round(vitals.heart[t]!)), 'bpm');
    if (rng.chance(0.95)) write(220210, time, String(Math.max(4, Math.round(vitals.breaths[t]!))), 'insp/min');
    if (rng.chance(0.95)) write(220277, time, String(Math.round(vitals.saturation[t]!)), '%');
    if (rng.chance(0.94)) {
      const [high, low] = [Math.round(vitals.systolic[t]!), Math.round(vitals.diastolic[t]!)];
      write(systolicItem!, time, String(high), 'mmHg');
      write(diastolicItem!, time, String(low), 'mmHg');
      write(meanItem!, time, String(Math.round((high + 2 * low) / 3 + rng.normal(0, 1.5))), 'mmHg');
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
  }
  write(226512, stay.from + rng.whole(5, 50), weight[0]!.toFixed(1), 'kg');
  if (rng.chance(0.7)) write(226730, stay.from + rng.whole(5, 50), patient.height.toFixed(0), 'cm');
  chartLabs(rng, out, stay, admission, course);
  chartUrine(rng, out, stay, admission, course, nurse);
}

/** Glasgow coma scale in MetaVision's words; the sedated and the stroke patients score low. */
function writeComaScale(
  rng: Rng,
  write: (item: number, time: number, value: string, unit: string, numeric?: string) => void,
  time: number,
  course: Course,
  admission: Admission,
  t: number,
): void {
  const sedated = course.ventilated !== undefined && t < course.ventilated.to;
  const dull = !sedated && (admission.problem === 'stroke' ? rng.chance(0.6) : rng.chance(0.08));
  const [eye, verbal, motor] = sedated
    ? ([
        ['To Speech', '3'],
        ['No Response-ETT', '1'],
        ['Localizes Pain', '5'],
      ] as const)
    : dull
      ? ([
          ['To Speech', '3'],
          ['Confused', '4'],
          ['Obeys Commands', '6'],
        ] as const)
      : ([
          ['Spontaneously', '4'],
          ['Oriented', '5'],
          ['Obeys Commands', '6'],
        ] as const);
  write(220739, time, eye[0], '', eye[1]);
  write(223900, time, verbal[0], '', verbal[1]);
  write(223901, time, motor[0], '', motor[1]);
}

function chartLabs(rng: Rng, out: TableWriter, stay: Stay, admission: Admission, course: Course): void {
  const has = (d: Parameters<Admission['diseases']['has']>[0]) => admission.diseases.has(d);
  const lab = (name: Lab, time: number, value: number, digits: number, known = true) => {
    const [item, , , , unit, low, high] = LABS[name];
    const text = value.toFixed(digits);
    const flag = value < low || value > high ? 'abnormal' : '';
    out.row('LABEVENTS', [
      stay.subject,
      known ? stay.admission : '',
      item,
      timestamp(time),
      text,
      Number(text),
      unit,
      flag,
    ]);
  };
  const injured = has('Acute and unspecified renal failure');
  const chronic = has('Chronic kidney disease');
  const panel = (time: number, t: number, known = true) => {
    const creatinine = chronic
      ? rng.normal(2.6, 0.4)
      : injured
        ? 2.4 * Math.exp(-t / 60) + rng.normal(0.9, 0.1)
        : rng.normal(0.9, 0.12);
    lab('creatinine', time, Math.max(0.3, creatinine), 1, known);
    lab('urea', time, Math.max(5, creatinine * 16 + rng.normal(0, 3)), 0, known);
    lab('sodium', time, rng.normal(139, 2.5), 0, known);
    lab('potassium', time, rng.normal(chronic ? 4.6 : 4.1, 0.35), 1, known);
    lab('bicarbonate', time, 25 + 40 * (course.vitals.ph[t]! - 7.4) + rng.normal(0, 1.2), 0, known);
    lab('glucose', time, Math.max(40, course.vitals.glucose[t]!), 0, known);
    lab('whiteCells', time, Math.max(1, rng.normal(has('Septicemia (except in labor)') ? 16 : 9, 2)), 1, known);
    lab('hematocrit', time, Math.max(17, rng.normal(has('Gastrointestinal hemorrhage') ? 25 : 33, 2.5)), 1, known);
    lab('platelets', time, Math.max(20, rng.normal(has('Other liver diseases') ? 100 : 220, 40)), 0, known);
  };
  // An outpatient draw weeks before: MIMIC has such rows without an admission, and a cohort must pass them over.
  if (rng.chance(0.15)) panel(stay.from - rng.whole(20, 60) * 1440, 0, false);
  for (let t = rng.whole(0, 3); t < course.hours; t += rng.whole(8, 14)) {
    panel(Math.min(stay.to - 1, stay.from + t * 60 + rng.whole(0, 40)), t);
  }
  // Blood gases are taken where something is feared: informative by being there at all.
  const sick =
    course.ventilated !== undefined ||
    course.episodes.some((e) => ['shock', 'sepsis', 'acidosis', 'alkalosis', 'swinging glucose'].includes(e.cause));
  if (!sick && !rng.chance(0.12)) return;
  for (let t = rng.whole(0, 2); t < course.hours; t += rng.whole(3, 5)) {
    const time = Math.min(stay.to - 1, stay.from + t * 60 + rng.whole(0, 40));
    lab('ph', time, course.vitals.ph[t]!, 2);
    if (rng.chance(0.5)) {
      const shocked = course.episodes.some((e) => e.cause === 'shock' && t >= e.onset && t < e.end);
      lab('lactate', time, Math.max(0.5, rng.normal(shocked ? 5 : 1.4, 0.4)), 1);
    }
    // Once stable, gases become rare.
    if (t > 30) t += rng.whole(4, 10);
  }
}

function chartUrine(rng: Rng, out: TableWriter, stay: Stay, admission: Admission, course: Course, nurse: number): void {
  const base = admission.diseases.has('Acute and unspecified renal failure') ? 45 : 150;
  for (let t = 1; t < course.hours; t += 2) {
    const diuresis = course.episodes.some((e) => e.cause === 'congestion' && t >= e.onset && t < e.end) ? 3 : 1;
    const amount = Math.max(5, Math.round(rng.normal(base * diuresis, 35) / 5) * 5);
    const time = stay.from + t * 60 + rng.whole(0, 15);
    if (time >= stay.to) return;
    out.row('OUTPUTEVENTS', [
      stay.subject,
      stay.admission,
      stay.stay,
      timestamp(time),
      226559,
      amount,
      'mL',
      timestamp(time + 5),
      nurse,
      '',
      '',
      '',
    ]);
  }
}
