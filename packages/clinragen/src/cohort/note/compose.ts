import { drugName } from './drug-names.js';
import { eicuPhrase, isMenuPath, type MenuKind } from './menu-paths.js';

/**
 * A note for a database without discharge summaries: what was documented during the admission and is no label, in
 * plain phrases. Codes of diagnoses (DIAGNOSES_ICD, DRGCODES, eICU's `diagnosis`) never enter.
 */

interface PartFacts {
  /** As it stands in the note. */
  readonly heading: string;
  /** An entry's text as the note says it; empty where it says nothing. */
  readonly say: (text: string) => string;
}

const fromMenu = (heading: string, kind: MenuKind): PartFacts => ({
  heading,
  say: (text) => (isMenuPath(text) ? eicuPhrase(text, kind) : text.trim()),
});

/**
 * Parts of a composed note, in the order in which they are written: what was known first and tells most comes first, since
 * the last ones are cut first. Texts are in lower case; where a part comes from menus (eICU), its texts are the paths as they
 * are (menu-paths.ts), or phrases already.
 */
export const NOTE_PARTS = {
  admission: { heading: 'Admission', say: complaints },
  /** Why the patient came, as coded on admission: near to a label, so it enters only where the switch says so. */
  'admission diagnosis': fromMenu('Admission diagnosis', 'admission diagnosis'),
  services: { heading: 'Services', say: (text) => SERVICES[text] ?? text },
  history: fromMenu('Past history', 'history'),
  allergies: { heading: 'Allergies', say: drugName },
  'home medications': { heading: 'Medications before admission', say: drugName },
  exam: fromMenu('Physical exam', 'exam'),
  'progress notes': fromMenu('Progress notes', 'note'),
  'bedside procedures': { heading: 'Bedside procedures', say: withoutDoses },
  procedures: { heading: 'Procedures', say: withoutDoses },
  treatments: fromMenu('Treatments', 'treatment'),
  microbiology: { heading: 'Microbiology', say: withoutDoses },
  infusions: { heading: 'Infusions', say: drugName },
  medications: { heading: 'Medications', say: drugName },
} as const satisfies Readonly<Record<string, PartFacts>>;

export type Part = keyof typeof NOTE_PARTS;
export const PARTS = Object.keys(NOTE_PARTS) as readonly Part[];

/** One row of the table `documented`, without its stay. */
export interface Documented {
  readonly part: Part;
  /** In lower case. */
  readonly text: string;
}

export interface ComposeOptions {
  /** Whether entries of the part `admission diagnosis` are said. Default false: they give labels away. */
  readonly admissionDx?: boolean;
}

const SERVICES: Readonly<Record<string, string>> = {
  cmed: 'cardiac medicine',
  csurg: 'cardiac surgery',
  dent: 'dental',
  ent: 'ear nose throat',
  gu: 'genitourinary',
  gyn: 'gynecology',
  med: 'medicine',
  nb: 'newborn',
  nbb: 'newborn',
  nmed: 'neurology',
  nsurg: 'neurosurgery',
  obs: 'obstetrics',
  omed: 'oncology medicine',
  ortho: 'orthopedics',
  psurg: 'plastic surgery',
  psych: 'psychiatry',
  surg: 'general surgery',
  trauma: 'trauma',
  traum: 'trauma',
  tsurg: 'thoracic surgery',
  vsurg: 'vascular surgery',
};

/** `SEPSIS;FEVER\\CATH  ? MI /SDA` → `sepsis, fever, cath mi`: what the registration desk writes between complaints. */
function complaints(text: string): string {
  return text
    .replace(/[\\;/\r\n|]+/g, ', ')
    .replace(/[?*"]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/\s*,[\s,]*/g, ', ')
    .replace(/, sda(?=,|$)/g, '') // same day admission
    .replace(/^[,\s]+|[,\s]+$/g, '');
}

/** `18 Gauge`, `20 Gauge` → `gauge`; `Heparin (5000 Units/mL)` → `heparin`: the note holds no numbers, so no doses. */
function withoutDoses(text: string): string {
  return text
    .replace(/\([^)]*\d[^)]*\)/g, ' ')
    .replace(/(?<![a-z])[\d.,/]*\d[\d.,/]*\s*(?:%|mg|mcg|gm|g|ml|meq|units?)?(?![a-z])/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s,;.*#-]+|[\s,;.*#-]+$/g, '');
}

/**
 * @param entries  of one admission, in the order of first mention within each part
 * @returns        `Admission: sepsis, emergency. Services: medicine. Procedures: …`, not yet cleaned; repeated texts once
 */
export function composeNote(entries: readonly Documented[], { admissionDx = false }: ComposeOptions = {}): string {
  const byPart = new Map<Part, Set<string>>();
  for (const { part, text } of entries) {
    const said = byPart.get(part) ?? new Set();
    byPart.set(part, said.add(text));
  }
  const sentences: string[] = [];
  const said = new Set<string>();
  for (const part of PARTS) {
    if (part === 'admission diagnosis' && !admissionDx) continue;
    const phrases: string[] = [];
    for (const text of byPart.get(part) ?? []) {
      const phrase = NOTE_PARTS[part].say(text);
      if (phrase === '' || said.has(phrase)) continue;
      said.add(phrase);
      phrases.push(phrase);
    }
    if (phrases.length > 0) sentences.push(`${NOTE_PARTS[part].heading}: ${phrases.join('; ')}.`);
  }
  return sentences.join('\n');
}
