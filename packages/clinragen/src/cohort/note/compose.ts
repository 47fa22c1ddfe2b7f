/**
 * A note for a database without discharge summaries: what was documented during the admission and is no label, in
 * plain phrases. Codes of diagnoses (DIAGNOSES_ICD, DRGCODES) never enter.
 */

/** Parts of a composed note, in the order in which they are written. The last ones are cut first. */
export const PARTS = [
  'admission',
  'services',
  'bedside procedures',
  'procedures',
  'microbiology',
  'infusions',
  'medications',
] as const;
export type Part = (typeof PARTS)[number];

export interface Documented {
  readonly part: Part;
  /** In lower case. */
  readonly text: string;
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

const HEADINGS: Readonly<Record<Part, string>> = {
  admission: 'Admission',
  services: 'Services',
  'bedside procedures': 'Bedside procedures',
  procedures: 'Procedures',
  microbiology: 'Microbiology',
  infusions: 'Infusions',
  medications: 'Medications',
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
export function composeNote(entries: readonly Documented[]): string {
  const sentences: string[] = [];
  const said = new Set<string>();
  for (const part of PARTS) {
    const texts: string[] = [];
    for (const entry of entries) {
      if (entry.part !== part) continue;
      const text =
        part === 'admission'
          ? complaints(entry.text)
          : part === 'services'
            ? (SERVICES[entry.text] ?? entry.text)
            : withoutDoses(entry.text);
      if (text === '' || said.has(text)) continue;
      said.add(text);
      texts.push(text);
    }
    if (texts.length === 0) continue;
    sentences.push(`${HEADINGS[part]}: ${texts.join('; ')}.`);
  }
  return sentences.join('\n');
}
