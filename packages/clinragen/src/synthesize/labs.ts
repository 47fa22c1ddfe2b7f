/** Laboratory values: a panel twice or three times a day for everybody, blood gases where something is feared. */
import type { Admission } from './admission.js';
import type { Bedside } from './bedside.js';
import { LABS, type Lab, type LabItem } from './items.js';
import type { MoreLabs } from './more-labs.js';
import type { Recorder } from './recorder.js';
import type { Rng } from './rng.js';

/** @param more  what `labs: 'extended'` measures besides; it changes no draw of `rng` */
export function chartLabs(rng: Rng, out: Recorder, bedside: Bedside, more: MoreLabs | undefined): void {
  const { stay, admission, course } = bedside;
  const has = (d: Parameters<Admission['diseases']['has']>[0]) => admission.diseases.has(d);
  const write = (item: LabItem, time: number, value: string, exact: number, admitted = true) => {
    const abnormal = exact < item[5] || exact > item[6]; // by what was measured, before rounding
    out.lab(stay, { item, time, value, abnormal, admitted });
  };
  const lab = (name: Lab, time: number, t: number, value: number, digits: number, known = true) => {
    const measured = more && known ? more.shifted(name, value, t) : value;
    write(LABS[name], time, measured.toFixed(digits), measured, known);
    return measured;
  };
  const injured = has('Acute and unspecified renal failure');
  const chronic = has('Chronic kidney disease');
  const panel = (time: number, t: number, known = true) => {
    const creatinine = chronic
      ? rng.normal(2.6, 0.4)
      : injured
        ? 2.4 * Math.exp(-t / 60) + rng.normal(0.9, 0.1)
        : rng.normal(0.9, 0.12);
    lab('creatinine', time, t, Math.max(0.3, creatinine), 1, known);
    lab('urea', time, t, Math.max(5, creatinine * 16 + rng.normal(0, 3)), 0, known);
    const sodium = lab('sodium', time, t, rng.normal(139, 2.5), 0, known);
    lab('potassium', time, t, rng.normal(chronic ? 4.6 : 4.1, 0.35), 1, known);
    const bicarbonate = lab(
      'bicarbonate',
      time,
      t,
      25 + 40 * (course.vitals.ph[t]! - 7.4) + rng.normal(0, 1.2),
      0,
      known,
    );
    lab('glucose', time, t, Math.max(40, course.vitals.glucose[t]!), 0, known);
    lab('whiteCells', time, t, Math.max(1, rng.normal(has('Septicemia (except in labor)') ? 16 : 9, 2)), 1, known);
    const hematocrit = lab(
      'hematocrit',
      time,
      t,
      Math.max(17, rng.normal(has('Gastrointestinal hemorrhage') ? 25 : 33, 2.5)),
      1,
      known,
    );
    lab('platelets', time, t, Math.max(20, rng.normal(has('Other liver diseases') ? 100 : 220, 40)), 0, known);
    if (known)
      more?.panel({ sodium, bicarbonate, hematocrit }, t, (item, value) => write(item, time, value, Number(value)));
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
    lab('ph', time, t, course.vitals.ph[t]!, 2);
    more?.gas(t, (item, value) => write(item, time, value, Number(value)));
    if (rng.chance(0.5)) {
      const shocked = course.episodes.some((e) => e.cause === 'shock' && t >= e.onset && t < e.end);
      lab('lactate', time, t, Math.max(0.5, rng.normal(shocked ? 5 : 1.4, 0.4)), 1);
    }
    // Once stable, gases become rare.
    if (t > 30) t += rng.whole(4, 10);
  }
}
