import { z } from 'zod';

/** `cohort.json`: how the cohort was made, with every count; later steps read the variables and the source from it. */
const count = z.number().int().nonnegative();

const part = z.object({ stays: count, subjects: count });

export const cohortReportSchema = z.object({
  format: z.literal('clinragen-cohort'),
  version: z.literal(1),
  /** One line for reports. */
  source: z.string(),
  synthetic: z.boolean(),
  provenance: z.object({
    database: z.literal('MIMIC-III'),
    folder: z.string(),
    /** As the folder's SYNTHETIC.json says; null for a real database. */
    generator: z.object({ generator: z.string(), seed: z.number(), patients: z.number() }).nullable(),
    /** By table: the file read, its size on disk, its records. Tables that were not needed are not listed. */
    tables: z.record(z.string(), z.object({ file: z.string(), bytes: count, rows: count })),
    /** Optional tables that the folder does not hold. */
    absent: z.array(z.string()),
  }),
  options: z.object({
    seed: z.number(),
    testFraction: z.number(),
    validationFraction: z.number(),
    maxHours: count,
    fences: z.enum(['train', 'paper']),
    noteWords: count,
    notes: z.enum(['auto', 'hospital-course', 'composed']),
  }),
  /** What every filter left over, in the order of application. */
  filters: z.array(z.object({ filter: z.string(), stays: count, admissions: count, subjects: count })),
  /** Records of the event tables by what became of them: the same questions as the benchmark's validate_events. */
  events: z.record(z.string(), count),
  /** Kept events whose text could not be read as a value, by variable. */
  unreadable: z.record(z.string(), count),
  /** The hourly series' variables, in the order of its columns. */
  variables: z.array(
    z.object({
      name: z.string(),
      column: z.string(),
      unit: z.string(),
      normal: z.number(),
      low: z.number(),
      high: z.number(),
      /** `paper` also where nothing was measured in the training split. */
      fences: z.enum(['train', 'paper']),
      /** Hours with a measurement, of all hours of the cohort. */
      measuredHours: count,
      /** Measurements outside the outlier limits. */
      dropped: count,
      /** Measurements moved to the valid limits. */
      clamped: count,
      /** Fractions of oxygen put right. */
      righted: count,
    }),
  ),
  /** T in all, and stays longer than maxHours. */
  hours: z.object({ total: count, longest: count, cutStays: count }),
  split: z.object({ train: part, validation: part, test: part }),
  notes: z.object({
    kind: z.enum(['hospital-course', 'composed']),
    /** Words per cleaned note. */
    words: z.object({ median: z.number(), longest: count, cutNotes: count }),
  }),
  labels: z.object({ stays: z.record(z.string(), count), withoutAny: count }),
  warnings: z.array(z.string()),
});

export type CohortReport = z.infer<typeof cohortReportSchema>;
