/**
 * MIMIC-IV's calendar: every patient's dates are shifted by whole years of the patient's own. What is published is the
 * shifted `anchor_year`, the age in it, and the three years among which the real year of the anchor lies; coding changed
 * from ICD-9-CM to ICD-10 on the first of October 2015 of the real calendar.
 */
import { isoDate } from '../calendar.js';
import type { Person } from '../recorder.js';
import type { Rng } from '../rng.js';

export interface Anchor {
  readonly age: number; // 91 for everybody over 89
  readonly year: number; // shifted
  readonly group: string; // `2014 - 2016`
  /** Real year of the anchor year: known to the generator only. */
  readonly realYear: number;
}

const FIRST = 2008;
const LAST = 2019;

export function drawAnchor(rng: Rng, person: Person): Anchor {
  const realYear = rng.whole(FIRST, LAST);
  const start = realYear - ((realYear - FIRST) % 3);
  const year = Number(isoDate(person.firstAdmitted).slice(0, 4));
  return { age: person.age > 89 ? 91 : person.age, year, group: `${start} - ${start + 2}`, realYear };
}

/** The real date of a shifted time: `2016-03-08`. */
export function realDate(anchor: Anchor, minutes: number): string {
  const shifted = isoDate(minutes);
  return `${Number(shifted.slice(0, 4)) - anchor.year + anchor.realYear}${shifted.slice(4)}`;
}

export function icdVersion(date: string): 9 | 10 {
  return date < '2015-10-01' ? 9 : 10;
}
