import { stringify } from 'yaml';
import type { CohortFile } from './cohort-file.js';

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/mimic-?iii/i, 'mimic3'],
  [/mimic-?iv/i, 'mimic4'],
  [/eicu/i, 'eicu'],
  [/meds/i, 'meds'],
];

/** The configuration that makes this cohort again, as far as cohort.json tells it. */
export function remakeYaml({ provenance, options }: CohortFile): string {
  const generator = provenance?.generator;
  const database = provenance?.database ?? '';
  const source = generator
    ? { kind: 'synthetic', patients: generator.patients, seed: generator.seed }
    : { kind: KINDS.find(([matches]) => matches.test(database))?.[1] ?? 'plain', path: provenance?.folder ?? 'FOLDER' };
  return stringify({ cohort: { source, ...options } });
}
