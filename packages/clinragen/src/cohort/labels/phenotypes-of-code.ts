import { PHENOTYPES, type Phenotype } from '../../phenotypes.js';
import { isCode } from './categories.js';
import { PHENOTYPE_OF_ICD9, PHENOTYPE_OF_ICD9_HEADING } from './icd9.js';
import { PHENOTYPE_OF_ICD10 } from './icd10.js';
import { type IcdCode, type IcdVersion, normalizeCode } from './normalize.js';
import { headings, place } from './notation.js';

function phenotypeOfIcd10(code: string): Phenotype | null {
  const { stem, encounter } = place(code);
  for (const heading of headings(stem)) {
    // A code that ends before the seventh character is the event itself.
    const phenotype = PHENOTYPE_OF_ICD10.get(heading) ?? PHENOTYPE_OF_ICD10.get(`${heading}:${encounter || 'A'}`);
    if (phenotype) return phenotype;
  }
  return null;
}

/**
 * The phenotype that a diagnosis stands for, in whatever way the code is written; null for one of none of the 25 and for what
 * is no code.
 *
 * @example
 * phenotypeOf('428.0', 9); // 'Congestive heart failure; nonhypertensive'
 * phenotypeOf('I50.9', 10); // the same
 */
export function phenotypeOf(written: string, version: IcdVersion): Phenotype | null {
  const code = normalizeCode(written, version);
  if (!isCode(code, version)) return null;
  if (version === 10) return phenotypeOfIcd10(code);
  return PHENOTYPE_OF_ICD9.get(code) ?? PHENOTYPE_OF_ICD9_HEADING.get(code) ?? null;
}

/** What a recorded code turned out to be. */
export type CodeKind = 'mapped' | 'of none of the 25' | 'not a code';

/** A row to join recorded codes with. */
export interface LabelRow extends IcdCode {
  readonly kind: CodeKind;
  /** Place in `PHENOTYPES`, from 0; null where there is none. */
  readonly position: number | null;
}

/** The rows of the given codes. ICD-10-CM is open above (headings stand for what comes later), so no list of all exists. */
export function labelRow({ code, version }: IcdCode): LabelRow {
  const phenotype = phenotypeOf(code, version);
  const known = isCode(normalizeCode(code, version), version);
  return {
    code,
    version,
    kind: phenotype ? 'mapped' : known ? 'of none of the 25' : 'not a code',
    position: phenotype && PHENOTYPES.indexOf(phenotype),
  };
}
