import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CohortError } from '../cohort-error.js';

// A report is also made of cohorts that an older or newer version built. So every part of cohort.json may be absent here,
// and a part of another shape is left out and named in the report instead of refusing the cohort; `cohortReportSchema`
// says what this version writes.

const count = z.number().nonnegative();
const counts = z.record(z.string(), count);
const variable = z.object({
  name: z.string(),
  column: z.string().regex(/^\w+$/),
  unit: z.string(),
  normal: z.number(),
  low: z.number(),
  high: z.number(),
  fences: z.string().optional(),
  /** Outside the outer two a value was dropped, between them and the inner two moved to the inner one. */
  limits: z
    .object({ outlierLow: z.number(), validLow: z.number(), validHigh: z.number(), outlierHigh: z.number() })
    .optional(),
  dropped: count.optional(),
  clamped: count.optional(),
  righted: count.optional(),
});
const codeCounts = z.object({
  codes: count,
  mapped: count,
  /** Codes that exist, of none of the labels. */
  ofNone: count,
  notCodes: count,
  notCodeTexts: z.array(z.object({ text: z.string(), version: z.number(), count })).default([]),
});

const parts = {
  source: z.string(),
  synthetic: z.boolean(),
  provenance: z.object({
    database: z.string().optional(),
    folder: z.string().optional(),
    /** Under which its data may be used. */
    terms: z.string().optional(),
    generator: z.looseObject({ generator: z.string(), seed: z.number(), patients: z.number() }).nullish(),
    tables: z.record(z.string(), z.object({ file: z.string(), bytes: count, rows: count })).default({}),
    absent: z.array(z.string()).default([]),
    /** Variable (column) → what the source calls it. */
    items: z.record(z.string(), z.array(z.union([z.string(), z.number()]))).default({}),
  }),
  options: z.record(z.string(), z.json()),
  filters: z.array(z.object({ filter: z.string(), stays: count })),
  events: counts,
  unreadable: counts,
  /** Records whose unit is none that we know, by variable and unit. */
  unknownUnits: counts,
  variables: z.array(variable),
  hours: z.object({ cutStays: count.optional() }),
  notes: z.object({ kind: z.string(), words: z.object({ cutNotes: count.optional() }).optional() }),
  codes: codeCounts,
  warnings: z.array(z.string()),
} as const;

type Parts = { readonly [K in keyof typeof parts]?: z.infer<(typeof parts)[K]> };

export type CohortFileVariable = z.infer<typeof variable>;
export type CodeCounts = z.infer<typeof codeCounts>;

/** `cohort.json`, as far as it is there and understood. */
export interface CohortFile extends Omit<Parts, 'source' | 'synthetic' | 'variables'> {
  readonly source: string;
  readonly synthetic: boolean;
  readonly variables: readonly CohortFileVariable[];
  /** Parts of another shape than this version knows. */
  readonly notUnderstood: readonly string[];
}

/**
 * Reads `cohort.json` of any version.
 *
 * @throws CohortError where there is none, it is no cohort's, or its source, variables or the word on synthetic data is
 *   missing: without these no report is honest
 */
export async function readCohortFile(dir: string): Promise<CohortFile> {
  const file = join(dir, 'cohort.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CohortError('no cohort', { file, expected: 'a folder made by the step cohort' }, { cause: error });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CohortError('no JSON', { file }, { cause: error });
  }
  const whole = z.looseObject({ format: z.literal('clinragen-cohort') }).safeParse(json);
  if (!whole.success) throw new CohortError('not a cohort.json', { file, expected: 'format clinragen-cohort' });
  const understood: Record<string, unknown> = {};
  const notUnderstood: string[] = [];
  for (const [name, schema] of Object.entries(parts)) {
    if (whole.data[name] === undefined) continue;
    const parsed = schema.safeParse(whole.data[name]);
    if (parsed.success) understood[name] = parsed.data;
    else notUnderstood.push(name);
  }
  for (const name of ['source', 'synthetic', 'variables']) {
    if (understood[name] !== undefined) continue;
    const found = notUnderstood.includes(name) ? 'another shape' : 'nothing';
    throw new CohortError(`not a cohort.json of this version: ${name}`, { file, found });
  }
  return { ...(understood as unknown as Omit<CohortFile, 'notUnderstood'>), notUnderstood };
}
