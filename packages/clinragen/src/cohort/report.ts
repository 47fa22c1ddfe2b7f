import { z } from 'zod';
import { NOTE_CHOICES } from './note/fill-notes.js';

/** `cohort.json`: how the cohort was made, with every count; later steps read the variables and the source from it. */
const count = z.number().int().nonnegative();
const counts = z.record(z.string(), count);

const part = z.object({ stays: count, subjects: count });

const codeCounts = z.object({
  /** Rows of recorded diagnoses, by what they are. */
  codes: count,
  mapped: count,
  ofNone: count,
  notCodes: count,
});

export const cohortReportSchema = z.object({
  format: z.literal('clinragen-cohort'),
  version: z.literal(2),
  /** One line for reports. */
  source: z.string(),
  synthetic: z.boolean(),
  provenance: z.object({
    /** `MIMIC-III`, `MIMIC-IV`, `eICU-CRD`, `MEDS`, or what a plain layout calls itself. */
    database: z.string(),
    folder: z.string(),
    /** Under which terms its data may be used. */
    terms: z.string(),
    /** As the folder's SYNTHETIC.json says; null for a real database. */
    generator: z.object({ generator: z.string(), seed: z.number(), patients: z.number() }).nullable(),
    /** By table: the file read, its size on disk, its records. Tables that were not needed are not listed. */
    tables: z.record(
      z.string(),
      z.object({
        file: z.string(),
        bytes: count,
        rows: count,
        /** Rows with what cannot be, by what it is: `outtime before intime`. */
        odd: counts.optional(),
      }),
    ),
    /** Optional tables that the folder does not hold. */
    absent: z.array(z.string()),
    /** By variable, what the source calls it: item numbers, names, columns. */
    items: z.record(z.string(), z.array(z.string())),
  }),
  options: z.object({
    seed: z.number(),
    testFraction: z.number(),
    validationFraction: z.number(),
    splitBy: z.union([z.enum(['patient', 'hospital', 'source']), z.object({ file: z.string() })]),
    maxHours: count,
    until: z.number().positive().nullable(),
    variables: z.enum(['paper11', 'benchmark17', 'extended']),
    fences: z.enum(['train', 'paper']),
    noteWords: count,
    notes: z.enum(NOTE_CHOICES),
    admissionDx: z.boolean(),
  }),
  /**
   * `retrospective`: the whole stay, and notes written after it. `prospective`: only what was known `options.until` hours after
   * admission to the ICU.
   */
  mode: z.enum(['retrospective', 'prospective']),
  /** What every filter left over, in the order of application. */
  filters: z.array(z.object({ filter: z.string(), stays: count, admissions: count, subjects: count })),
  /** Records of the event tables by what became of them. */
  events: counts,
  /** Kept events whose text could not be read as a value, by variable. */
  unreadable: counts,
  /** Kept events in a unit that nobody knows, by `variable in unit`. */
  unknownUnits: counts,
  /** Records of variables that nobody knows, by the source's name for them, the most frequent first. */
  unknownVariables: counts.default({}),
  /** Stays with what cannot be, by what it is; and measurements of a source that are outside of their stay, left out. */
  odd: counts.default({}),
  /** The hourly series' variables, in the order of its columns. */
  variables: z.array(
    z.object({
      name: z.string(),
      column: z.string(),
      unit: z.string(),
      normal: z.number(),
      low: z.number(),
      high: z.number(),
      /** `paper` or `limits` also where nothing was measured in the training split. */
      fences: z.enum(['train', 'paper', 'limits']),
      limits: z.object({
        outlierLow: z.number(),
        validLow: z.number(),
        validHigh: z.number(),
        outlierHigh: z.number(),
      }),
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
  /** Hospitals. */
  sites: count,
  notes: z.object({
    kind: z.enum(['hospital-course', 'composed']),
    /** Words per cleaned note. */
    words: z.object({ median: z.number(), longest: count, cutNotes: count }),
    /** Whether composed notes tell the admission's coded diagnosis. */
    admissionDx: z.boolean(),
  }),
  labels: z.object({ stays: counts, withoutAny: count }),
  /** Recorded diagnoses of all stays before the note's filter. */
  codes: codeCounts.extend({
    byVersion: z.object({ 9: codeCounts, 10: codeCounts }),
    /** What is no code, the most frequent first. */
    notCodeTexts: z.array(z.object({ text: z.string(), version: z.union([z.literal(9), z.literal(10)]), count })),
  }),
  warnings: z.array(z.string()),
});

export type CohortReport = z.infer<typeof cohortReportSchema>;
