/**
 * The brief hospital course: the one section of the summary that the model reads.
 *
 * Three layouts (narrative, problem list, numbered list) hold the told diseases, hints of untold ones, findings that were
 * looked for and denied, histories that are over, and lines that say nothing of any disease. What is not `told` may at
 * most be hinted at, with words that patients without the disease get too.
 */
import { PHENOTYPES, type Phenotype } from '../phenotypes.js';
import type { Admission, Patient, Problem } from './admission.js';
import { CLOSINGS, COMPLAINTS, DEATHS, DETAILS, EVENT_OPENINGS, FILLERS, OPENINGS } from './course-lines.js';
import { DISEASES } from './diseases.js';
import { expand, type Slots } from './grammar.js';
import { PHRASES } from './phrases.js';
import type { Rng } from './rng.js';

/** Denials that would be false where another disease is present. */
const CLASHES: readonly (readonly [Phenotype, Phenotype])[] = [
  ['Diabetes mellitus with complications', 'Diabetes mellitus without complication'],
  ['Essential hypertension', 'Hypertension with complications and secondary hypertension'],
  ['Acute and unspecified renal failure', 'Chronic kidney disease'],
  ['Shock', 'Septicemia (except in labor)'],
  ['Cardiac dysrhythmias', 'Conduction disorders'],
  ['Fluid and electrolyte disorders', 'Acute and unspecified renal failure'],
  ['Acute myocardial infarction', 'Coronary atherosclerosis and other heart disease'],
  ['Complications of surgical procedures or medical care', 'Septicemia (except in labor)'],
];

export interface Course {
  readonly text: string;
  readonly layout: 'narrative' | 'problems' | 'numbered';
}

/** An accident or an operation, not a complaint. */
export function isEvent(problem: Problem): boolean {
  return problem === 'surgery' || problem === 'cardiac surgery' || problem === 'injury';
}

/** Words that fill the slots of every template of one admission. */
export function slotsOf(rng: Rng, patient: Patient, admission: Admission, age: number, unit: string): Slots {
  const male = patient.sex === 'M';
  return {
    age: String(Math.min(age, 90)),
    person: personOf(rng, male, age),
    sex: patient.sex,
    he: male ? 'he' : 'she',
    He: male ? 'He' : 'She',
    his: male ? 'his' : 'her',
    him: male ? 'him' : 'her',
    unit,
    pt: rng.pick(['The patient', 'Patient', male ? 'Mr. [**Known lastname**]' : 'Ms. [**Known lastname**]', 'Pt']),
    complaint: rng.pick(COMPLAINTS[admission.problem]),
  };
}

function personOf(rng: Rng, male: boolean, age: number): string {
  if (age < 18) return male ? 'boy' : 'girl';
  return rng.pick(male ? ['man', 'gentleman', 'male'] : ['woman', 'lady', 'female']);
}

export function writeCourse(rng: Rng, admission: Admission, slots: Slots): Course {
  const layout = rng.weighted([
    ['narrative', 5],
    ['problems', 3],
    ['numbered', 2],
  ] as const);
  const acute = rng.shuffled([...admission.told].filter((d) => !DISEASES[d].chronic));
  const lasting = rng.shuffled([...admission.told].filter((d) => DISEASES[d].chronic));

  // Lasting diseases are often only listed, as busy physicians do; so is whatever would make the text too long.
  const listed: Phenotype[] = [];
  const spoken: Phenotype[] = [...acute];
  const listing = lasting.length >= 2 && rng.chance(0.6);
  for (const disease of lasting) (listing ? listed : spoken).push(disease);
  while (spoken.length > 4) listed.push(spoken.pop()!);

  const items = spoken.map((disease) => {
    const text = sentence(rng, rng.pick(PHRASES[disease].told), slots);
    return { head: headingOf(disease, text), text };
  });
  if (listed.length > 0) items.push(listItem(rng, listed));

  const loose: string[] = [];
  for (const disease of rng.shuffled(PHENOTYPES)) {
    const { hints } = PHRASES[disease];
    if (!hints || admission.told.has(disease)) continue;
    const has = admission.diseases.has(disease);
    if (loose.length < 3 && rng.chance(has ? 0.22 : 0.05)) loose.push(sentence(rng, rng.pick(hints), slots));
  }
  for (const line of contradictions(rng, admission)) loose.push(sentence(rng, line, slots));

  const lines = spoken.length + (listed.length > 0 ? 1 : 0) + loose.length;
  const fillers = Math.max(1, Math.min(4, 6 - lines + rng.whole(0, 1)));
  for (const filler of rng.shuffled(FILLERS).slice(0, fillers)) loose.push(expand(rng, filler, slots));

  const opening = `${expand(rng, rng.pick(isEvent(admission.problem) ? EVENT_OPENINGS : OPENINGS), slots)} ${expand(rng, rng.pick(DETAILS[admission.problem]), slots)}`;
  const closing = expand(rng, rng.pick(admission.dies ? DEATHS : CLOSINGS), slots);
  return { layout, text: arrange(rng, layout, opening, items, rng.shuffled(loose), closing) };
}

/** The name that the sentence itself uses, or the organ system: a heading never says more than its text. */
function headingOf(disease: Phenotype, text: string): string {
  const lower = text.toLowerCase();
  return PHRASES[disease].names.find((name) => lower.includes(name.toLowerCase())) ?? PHRASES[disease].system;
}

function arrange(
  rng: Rng,
  layout: Course['layout'],
  opening: string,
  items: readonly { readonly head: string; readonly text: string }[],
  loose: readonly string[],
  closing: string,
): string {
  if (layout === 'narrative') {
    const body = rng.shuffled([...items.map((i) => i.text), ...loose]);
    return [opening, ...body, closing].join(' ');
  }
  const mark = (head: string, n: number) => (layout === 'problems' ? `# ${head}:` : `${n + 1}. ${head}:`);
  const listed = rng.shuffled(items).map((item, n) => {
    const capital = item.head.charAt(0).toUpperCase() + item.head.slice(1);
    // Under a heading the sentence need not name the disease once more.
    const text = item.text.replace(/^[^.:]{2,40}: (.)/, (_, first: string) => first.toUpperCase());
    return `${mark(capital, n)} ${text}`;
  });
  return [opening, ...listed, [...loose, closing].join(' ')].join('\n\n');
}

/** Denied findings and old histories of diseases that this stay does not have. */
function contradictions(rng: Rng, admission: Admission): string[] {
  const absent = PHENOTYPES.filter(
    (d) =>
      !admission.diseases.has(d) &&
      !CLASHES.some(([a, b]) => (a === d && admission.diseases.has(b)) || (b === d && admission.diseases.has(a))),
  );
  const out: string[] = [];
  const denied = absent.flatMap((d) => PHRASES[d].denied ?? []);
  if (denied.length > 0 && rng.chance(0.5)) out.push(rng.pick(denied));
  const past = absent.flatMap((d) => PHRASES[d].past ?? []);
  if (past.length > 0 && rng.chance(0.12)) out.push(rng.pick(past));
  return out;
}

function listItem(rng: Rng, diseases: readonly Phenotype[]): { head: string; text: string } {
  const names = diseases.map((d) => rng.pick(PHRASES[d].names));
  const list = names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  const lead = rng.pick([
    'Other active issues included',
    'History is notable for',
    'Background of',
    'Also followed for',
    'Chronic issues:',
  ]);
  return { head: rng.pick(['Chronic issues', 'Other', 'Comorbidities']), text: `${lead} ${list}.` };
}

function sentence(rng: Rng, template: string, slots: Slots): string {
  return `${expand(rng, template, slots)}.`;
}
