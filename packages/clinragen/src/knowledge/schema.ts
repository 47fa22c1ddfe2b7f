import { z } from 'zod';
import { PHENOTYPES, type Phenotype } from '../phenotypes.js';
import type { Knowledge } from '../types.js';
import { KnowledgeError } from './errors.js';

const term = z
  .string()
  .min(1)
  .max(80)
  .regex(/^\S+( \S+)*$/, 'expected words with single spaces between them')
  .refine((text) => text === text.toLowerCase(), 'expected lower case');

/** One entry per phenotype, none missing, none unknown. */
function perPhenotype<T extends z.ZodType>(entry: T) {
  return z.strictObject(Object.fromEntries(PHENOTYPES.map((name) => [name, entry])) as Record<Phenotype, T>);
}

/** `knowledge.json`: what readKnowledge accepts. */
export const knowledgeSchema = z.strictObject({
  source: z.string().min(1),
  terms: perPhenotype(
    z
      .array(
        z.strictObject({
          term,
          pmids: z.array(z.string().regex(/^[1-9]\d*$/, 'expected a PubMed id: digits')),
        }),
      )
      .min(1),
  ),
});

/** `builtin.yaml`. */
export const builtinSchema = perPhenotype(
  z.strictObject({
    terms: z.array(term).min(1),
    series: z.array(
      z.strictObject({
        variable: z.string().min(1),
        direction: z.enum(['high', 'low']),
        weight: z.union([z.literal(1), z.literal(2), z.literal(3)]),
      }),
    ),
  }),
);

/**
 * Checks a parsed file against a schema.
 *
 * @throws KnowledgeError naming the file and the first key that is wrong
 */
export function check<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const key = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `/${String(part)}`)).join('');
  throw new KnowledgeError(`${file}: ${key || 'the whole'}: ${issue.message}`);
}

/** @throws KnowledgeError where a phenotype names a term twice */
export function refuseRepeats(knowledge: Knowledge, file: string): void {
  for (const [phenotype, terms] of Object.entries(knowledge.terms)) {
    const seen = new Set<string>();
    for (const { term } of terms) {
      if (seen.has(term)) throw new KnowledgeError(`${file}: /terms/${phenotype}: "${term}" stands there twice`);
      seen.add(term);
    }
  }
}
