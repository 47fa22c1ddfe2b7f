/**
 * What a discharge summary says around the hospital course; each layout words it with its own headings.
 *
 * The other sections know no more than the course does: history, diagnosis and medications are built from the diseases
 * that the course tells. A reader who takes in the whole summary by mistake gains nothing.
 */
import type { Phenotype } from '../phenotypes.js';
import type { Admission, Patient } from './admission.js';
import { DISEASES } from './diseases.js';
import type { Slots } from './grammar.js';
import { expand } from './grammar.js';
import { isEvent, writeCourse } from './hospital-course.js';
import { PHRASES } from './phrases.js';
import type { Rng } from './rng.js';
import { homeDrugs } from './treatments.js';

const HISTORIES: readonly string[] = [
  '@pt is a @age year old @person who was in @his usual state of health until {two days|three days|a week} ago, when @he noticed @complaint. @He {denied fevers|had no recent travel|had no sick contacts}.',
  '@age year old @person {brought by ambulance|sent from clinic|transferred from an outside hospital} with @complaint. {No prior similar episodes|Symptoms were gradual}.',
];

const EVENT_HISTORIES: readonly string[] = [
  '@pt is a @age year old @person {seen|evaluated} {after|for} @complaint. @He {denied fevers|had no recent travel|had no sick contacts}.',
];

const EXAMS: readonly string[] = [
  'General: {alert and oriented|sleepy but arousable|in no distress}\nHEENT: {sclera anicteric|moist mucosa}\nLungs: {clear anteriorly|coarse sounds at the bases}\nAbdomen: soft, {nontender|mildly tender}\nExtremities: {warm|well perfused}',
  'Gen: {comfortable|tired appearing}\nNeck: supple\nHeart: {no murmurs|distant sounds}\nAbd: soft, bowel sounds present\nSkin: {intact|no rash}',
];

/** How the section is headed. Most summaries say it in full; a few do not, as in life. */
const COURSE_HEADINGS: readonly (readonly [string, number])[] = [
  ['Brief Hospital Course:', 88],
  ['BRIEF HOSPITAL COURSE:', 10],
  ['Hospital Course:', 2],
];

export interface SummaryFacts {
  readonly patient: Patient;
  readonly admission: Admission;
  readonly age: number;
  readonly service: string;
  readonly unit: string;
  readonly admitted: number; // minutes since 1970
  readonly discharged: number;
  readonly born: number;
  readonly slots: Slots;
}

export interface Summary {
  readonly facts: SummaryFacts;
  readonly course: string;
  /** Names of the told lasting diseases, of the told acute ones, and drugs for the told ones. */
  readonly history: readonly string[];
  readonly acute: readonly string[];
  readonly drugs: readonly string[];
  readonly allergies: string;
  readonly procedure: string;
  readonly present: string;
  readonly social: string;
  readonly exam: string; // a line for each part of the body
  readonly whiteCells: string;
  readonly hematocrit: string;
  readonly platelets: number;
  readonly courseHeading: string;
  readonly disposition: string;
  readonly condition: string;
  readonly followUp: string;
}

export function drawSummary(rng: Rng, facts: SummaryFacts): Summary {
  const { admission, slots } = facts;
  const { text: course } = writeCourse(rng, admission, slots);
  const told = [...admission.told];
  const name = (d: Phenotype) => rng.pick(PHRASES[d].names);
  // Drawn in this order since the first version: another order would be another hospital under the same seed.
  return {
    facts,
    course,
    history: told.filter((d) => DISEASES[d].chronic).map(name),
    acute: told.filter((d) => !DISEASES[d].chronic).map(name),
    drugs: homeDrugs(rng, admission.told),
    allergies: rng.pick(['No Known Allergies / Adverse Drug Reactions', 'Penicillins', 'Sulfa', 'Codeine']),
    procedure: rng.pick(['None', 'Central line placement', 'Arterial line placement']),
    present: expand(rng, rng.pick(isEvent(admission.problem) ? EVENT_HISTORIES : HISTORIES), slots),
    social: rng.pick(['Lives with family.', 'Lives alone.', 'Retired, lives with spouse.']),
    exam: expand(rng, rng.pick(EXAMS), slots).replace(
      / (?=(HEENT|Lungs|Abdomen|Extremities|Neck|Heart|Abd|Skin):)/g,
      '\n',
    ),
    whiteCells: rng.between(5, 15).toFixed(1),
    hematocrit: rng.between(26, 42).toFixed(1),
    platelets: rng.whole(110, 380),
    courseHeading: rng.weighted(COURSE_HEADINGS),
    disposition: admission.dies ? 'Expired' : rng.pick(['Home', 'Home With Service', 'Extended Care']),
    condition: admission.dies ? 'Expired' : rng.pick(['Stable', 'Good']),
    followUp: rng.pick(['primary care', 'clinic']),
  };
}

/** `1. Aspirin` … one a line; `none` where there is nothing to list. */
export function numbered(items: readonly string[], none: string): string {
  return items.map((x, i) => `${i + 1}. ${x}`).join('\n') || none;
}

/** Lines of at most 76 characters, as MIMIC's notes have them. */
export function wrap(text: string): string {
  return text
    .split('\n')
    .map((paragraph) => {
      const lines: string[] = [];
      let line = '';
      for (const word of paragraph.split(' ')) {
        if (line && line.length + 1 + word.length > 76) {
          lines.push(line);
          line = word;
        } else {
          line = line ? `${line} ${word}` : word;
        }
      }
      lines.push(line);
      return lines.join('\n');
    })
    .join('\n');
}
