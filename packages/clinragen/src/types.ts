/**
 * The vocabulary that every room shares: plain records, no behaviour. Shapes and units stand here, once.
 */

/** Which part of the cohort a stay belongs to; a subject is never in two. */
export type Split = 'train' | 'validation' | 'test';

/** One variable of the hourly series, as the cohort describes it. */
export interface Variable {
  /** The field's name in lower case: `heart rate`, `diastolic blood pressure`. */
  readonly name: string;
  /** UCUM-like unit of the values: `mmHg`, `/min`, `Cel`, `mg/dL`, `%`, `1` for fractions and pH, `kg`. */
  readonly unit: string;
  /** Stands where a stay has no measurement of the variable at all. */
  readonly normal: number;
  /** IQR fences, Q1 − 1.5 IQR and Q3 + 1.5 IQR of the measured values of the training split. */
  readonly low: number;
  readonly high: number;
}

/** The hourly series of one stay: T hours since ICU admission, V variables in the cohort's order. */
export interface Series {
  readonly hours: number; // T
  readonly values: Float32Array; // [T, V] row-major: last value in the hour, carried forward; `normal` before the first
  readonly measured: Uint8Array; // [T, V] 1 where the value was measured in that hour, 0 where it was filled in
}

/** Where a note's text comes from. */
export type NoteKind =
  /** The *brief hospital course* section of the discharge summary. */
  | 'hospital-course'
  /** Composed from what was documented during the stay and is no label. */
  | 'composed';

export interface Stay {
  /** The ICU stay's own id (MIMIC: ICUSTAY_ID). */
  readonly id: string;
  readonly subject: string;
  readonly split: Split;
  /** Cleaned for the model (paper: numbers and stop words removed). */
  readonly note: string;
  readonly noteKind: NoteKind;
  readonly series: Series;
  /** Recorded phenotypes, names out of PHENOTYPES in its order. */
  readonly labels: readonly string[];
}

/** A cohort read back into memory, with the facts of `cohort.json` that later steps need. */
export interface Cohort {
  readonly variables: readonly Variable[]; // V
  readonly stays: readonly Stay[];
  /** True where the tables came from `clinragen synthesize`: no report may hide it. */
  readonly synthetic: boolean;
  /** One line for reports: `MIMIC-III 1.4 (folder …)`, `synthetic hospital, seed 7`. */
  readonly source: string;
}

/** One medical term of the knowledge corpus, with its support in the literature. */
export interface KnowledgeTerm {
  readonly term: string;
  /** PubMed ids of abstracts that support it; empty for the built-in terms. */
  readonly pmids: readonly string[];
}

/** K of the paper's equation 1: per phenotype name, its terms. */
export interface Knowledge {
  readonly source: string;
  readonly terms: Readonly<Record<string, readonly KnowledgeTerm[]>>;
}

/** R^m and R^t of the paper's equations 2 and 3. */
export interface Rationale {
  readonly stay: string;
  /** R^m: begins "Based on the medical notes". */
  readonly note: string;
  /** R^t: begins "Lab test shows". */
  readonly series: string;
  /** Which teacher wrote it, and with which version of its rules or prompts. */
  readonly teacher: string;
}

/** What the model says of one stay: one line of `predictions.jsonl`. */
export interface Prediction {
  readonly stay: string;
  readonly subject: string;
  readonly split: Split;
  /** Recorded phenotypes. */
  readonly recorded: readonly string[];
  /** Diagnosed phenotypes, names out of PHENOTYPES in its order. */
  readonly diagnosed: readonly string[];
  /** Probability of each of the 25, by name. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly rationale: { readonly note: string; readonly series: string };
}
