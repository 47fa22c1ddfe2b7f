/**
 * The discharge summary around the hospital course: MIMIC's headings, our own words.
 *
 * The other sections know no more than the course does: history, diagnosis and medications are built from the diseases
 * that the course tells. A reader who takes in the whole summary by mistake gains nothing.
 */
import type { Phenotype } from '../phenotypes.js';
import type { Admission, Patient } from './admission.js';
import { isoDate } from './calendar.js';
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

export function writeSummary(rng: Rng, facts: SummaryFacts): { text: string; course: string } {
  const { admission, slots } = facts;
  const { text: course } = writeCourse(rng, admission, slots);
  const told = [...admission.told];
  const name = (d: Phenotype) => rng.pick(PHRASES[d].names);
  const history = told.filter((d) => DISEASES[d].chronic).map(name);
  const acute = told.filter((d) => !DISEASES[d].chronic).map(name);
  const date = (minutes: number) => `[**${isoDate(minutes).replace(/-0?/g, '-')}**]`;
  const drugs = homeDrugs(rng, admission.told);
  const list = (items: readonly string[], none: string) => items.map((x, i) => `${i + 1}. ${x}`).join('\n') || none;
  const sections = [
    `Admission Date:  ${date(facts.admitted)}              Discharge Date:   ${date(facts.discharged)}`,
    `Date of Birth:  ${date(facts.born)}             Sex:   ${facts.patient.sex}`,
    `Service: ${facts.service}`,
    `Allergies:\n${rng.pick(['No Known Allergies / Adverse Drug Reactions', 'Penicillins', 'Sulfa', 'Codeine'])}`,
    'Attending:[**First Name3 (LF) 100**]',
    `Chief Complaint:\n${slots.complaint}`,
    `Major Surgical or Invasive Procedure:\n${rng.pick(['None', 'Central line placement', 'Arterial line placement'])}`,
    `History of Present Illness:\n${wrap(expand(rng, rng.pick(isEvent(admission.problem) ? EVENT_HISTORIES : HISTORIES), slots))}`,
    `Past Medical History:\n${list(history, 'Noncontributory')}`,
    `Social History:\n${rng.pick(['Lives with family.', 'Lives alone.', 'Retired, lives with spouse.'])}`,
    'Family History:\nNoncontributory.',
    `Physical Exam:\n${expand(rng, rng.pick(EXAMS), slots).replace(/ (?=(HEENT|Lungs|Abdomen|Extremities|Neck|Heart|Abd|Skin):)/g, '\n')}`,
    `Pertinent Results:\n[**${isoDate(facts.admitted).slice(0, 4)}**] WBC-${rng.between(5, 15).toFixed(1)} Hct-${rng.between(26, 42).toFixed(1)} Plt Ct-${rng.whole(110, 380)}`,
    `${rng.weighted(COURSE_HEADINGS)}\n${wrap(course)}`,
    `Medications on Admission:\n${list(drugs, 'None')}`,
    `Discharge Medications:\n${list(drugs, 'None')}`,
    `Discharge Disposition:\n${admission.dies ? 'Expired' : rng.pick(['Home', 'Home With Service', 'Extended Care'])}`,
    `Discharge Diagnosis:\n${acute.join('\n') || history[0] || slots.complaint}`,
    `Discharge Condition:\n${admission.dies ? 'Expired' : rng.pick(['Stable', 'Good'])}`,
    `Followup Instructions:\n[**Hospital1 18**] ${rng.pick(['primary care', 'clinic'])} within two weeks`,
  ];
  return { text: `${sections.join('\n\n')}\n`, course };
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
