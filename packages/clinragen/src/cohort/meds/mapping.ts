import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CohortError } from '../cohort-error.js';
import { PARTS } from '../note/compose.js';
import { CATALOGUE } from '../variables/catalogue.js';

/** A code, or the beginning of one up to a `//`: `LAB//50912` stands for `LAB//50912//mg/dL` too. */
const code = z.string().min(1);
const column = z.string().min(1);

/**
 * What the codes of a MEDS data set mean: all that its source needs to know. MEDS itself fixes the layout, not the words.
 * MIMIC-IV's (`MIMIC4_MAPPING`) and our own export's (`OWN_MAPPING`) are built in; any other data set brings its own as
 * `metadata/clinragen.yaml`. docs/meds.md explains it by an example.
 */
export const mappingSchema = z.strictObject({
  /** The data set, for reports. */
  name: z.string().min(1),
  stays: z.strictObject({
    /** Admission to the ICU, and discharge from it. */
    begin: z.array(code).min(1),
    end: z.array(code).min(1),
    /** Column that names an event's stay. Without it an admission goes with the discharge that follows it. */
    id: column.optional(),
    /** Column that names the hospital. */
    site: column.optional(),
    /** Code whose number, at the stay's begin, is the age in years. Without it the age is the time since birth. */
    age: code.optional(),
    /** Births are known by their year alone (MIMIC-IV): ages are the years between that and the hospital admission's. */
    birthYears: z.boolean().default(false),
    /** Code whose number, at the stay's begin, is its place among the patient's stays. Without it they are counted. */
    episode: code.optional(),
    /** Code whose number, at the stay's end, is its length in hours. Without it it is the time between admission and discharge. */
    length: code.optional(),
    /** Youngest age in years; null: everybody. */
    adults: z.number().nullable().default(18),
    /** Whether hospital admissions with several stays are left out, as in mimic3-benchmarks. */
    onePerAdmission: z.boolean().default(true),
    /** Whether stays that begin and end in different units (the rest of the codes) are left out, as there. */
    oneUnit: z.boolean().default(false),
  }),
  admissions: z
    .strictObject({
      /** Column that names an event's hospital admission. */
      id: column.optional(),
      begin: z.array(code).default([]),
      end: z.array(code).default([]),
    })
    .prefault({}),
  birth: z.array(code).default(['MEDS_BIRTH']),
  sex: z.strictObject({ F: z.array(code).default([]), M: z.array(code).default([]) }).prefault({}),
  /** Codes of diagnoses, an ICD code at their end: `DIAGNOSIS//ICD//9//4280`, `ICD10CM/I50.9`. */
  diagnoses: z.array(code).min(1),
  /**
   * Code before the names of our 25 phenotypes: these events are the labels, whatever the diagnoses say. `…//none` where a stay
   * has none of them.
   */
  phenotypes: code.optional(),
  /** Where units stand: `code` (after the code), a column's name, or `none`: then as each measurement declares. */
  units: z.union([z.literal('code'), z.literal('none'), z.strictObject({ column })]).default('code'),
  /** Column of doubles that counts before `numeric_value` where it is not null. */
  value: column.optional(),
  measurements: z
    .array(
      z.strictObject({
        code,
        variable: z.enum(CATALOGUE.map((v) => v.column) as [string, ...string[]]),
        /** Of values whose own unit is empty or UNK; the catalogue's where absent. */
        unit: z.string().optional(),
        kind: z.enum(['number', 'text', 'arterial', 'irrigant']).default('number'),
      }),
    )
    .min(1),
  /** The code whose text tells a blood gas's vessel, at the gas's time, and how the text for an artery begins. */
  specimen: z.strictObject({ code, arterial: z.string().min(1) }).optional(),
  notes: z
    .array(
      z.strictObject({
        code,
        /** A whole discharge summary, a finished note (our own export's), or a part of a composed note. */
        as: z.enum(['summary', 'finished', ...PARTS]),
        /** What it says: the event's text, the code's description in codes.parquet, or the rest of the code. */
        say: z.enum(['text', 'description', 'code']).default('text'),
        /** When it was known: at the event's time, before the stay, or nobody knows (coded after discharge). */
        known: z.enum(['then', 'before', 'unknown']).default('then'),
      }),
    )
    .default([]),
});

export type MedsMapping = z.infer<typeof mappingSchema>;
/** As one writes it: what has a default may be left out. */
export type MedsMappingText = z.input<typeof mappingSchema>;

export const MAPPING_FILE = 'metadata/clinragen.yaml';

/**
 * The mapping that a folder brings along, or null.
 *
 * @throws CohortError where it is no YAML or no mapping, naming the key
 */
export async function readMapping(folder: string): Promise<MedsMapping | null> {
  let text: string;
  try {
    text = await readFile(join(folder, MAPPING_FILE), 'utf8');
  } catch {
    return null;
  }
  let written: unknown;
  try {
    written = parse(text);
  } catch (cause) {
    throw new CohortError('not YAML', { file: MAPPING_FILE }, { cause });
  }
  const parsed = mappingSchema.safeParse(written);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new CohortError(`the mapping's ${issue.path.join('.') || 'top'}: ${issue.message}`, { file: MAPPING_FILE });
}
