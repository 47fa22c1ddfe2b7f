import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { PHENOTYPES, type Phenotype } from '../phenotypes.js';
import { TeacherError } from './errors.js';

/** How clinicians write one phenotype; the fields are explained at the head of lexicon.yaml. */
export interface LexiconEntry {
  readonly short: readonly string[];
  readonly chronic: boolean;
  readonly named: readonly string[];
  readonly findings: readonly string[];
  readonly treatments: readonly string[];
  readonly not: readonly string[];
}

export type Lexicon = Readonly<Record<Phenotype, LexiconEntry>>;

const phrases = z.array(z.string().regex(/^[a-z0-9]+([ -][a-z0-9]+)*$/, 'expected lower-case words'));

const entry = z.strictObject({
  short: phrases.min(1),
  chronic: z.boolean(),
  named: phrases.min(1),
  findings: phrases.min(1),
  treatments: phrases.min(1),
  not: phrases.default([]),
});

const schema = z.strictObject(
  Object.fromEntries(PHENOTYPES.map((name) => [name, entry])) as Record<Phenotype, typeof entry>,
);

const FILE = fileURLToPath(new URL('../../src/teacher/lexicon.yaml', import.meta.url));

let loaded: Lexicon | undefined;

/** The lexicon that comes with the package, read once. */
export function lexicon(): Lexicon {
  if (loaded !== undefined) return loaded;
  const result = schema.safeParse(parse(readFileSync(FILE, 'utf8')));
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw new TeacherError(`lexicon.yaml: /${issue.path.map(String).join('/')}: ${issue.message}`);
  }
  loaded = result.data;
  return loaded;
}

/**
 * What a rationale calls a phenotype: `heart failure` for `Congestive heart failure; nonhypertensive`.
 *
 * @throws TeacherError where the name is none of the 25
 */
export function shortName(phenotype: string): string {
  return entryOf(phenotype).short[0]!;
}

/** @throws TeacherError where the name is none of the 25 */
export function entryOf(phenotype: string): LexiconEntry {
  const found = (lexicon() as Readonly<Record<string, LexiconEntry>>)[phenotype];
  if (found === undefined) throw new TeacherError(`diagnosis "${phenotype}": expected one of the 25 phenotypes`);
  return found;
}
