import type { Split } from '../types.js';
import type { NoteChoice } from './note/fill-notes.js';
import type { SyntheticSource } from './tables/folder.js';
import type { TableRead } from './tables/open-tables.js';
import type { VariableSet, VariableSetName } from './variables/sets.js';

export type { SyntheticSource };

/** What a filter left: counts of what remains. */
export interface FilterCount {
  readonly filter: string;
  readonly stays: number;
  readonly admissions: number;
  readonly subjects: number;
}

/** Which of the cohort's questions a source must know the answer to before it reads its tables. */
export interface SourceOptions {
  readonly variables: VariableSet;
  readonly variableSet: VariableSetName;
  readonly notes: NoteChoice;
  /** eICU: a second folder, with the hourly form of vitals and laboratory. */
  readonly hourly?: string;
}

/** What became of the measurements of a source. */
export interface MeasuredCounts {
  /** Records of the event tables by outcome; `kept` are those that the series are made of. */
  readonly events: Readonly<Record<string, number>>;
  /** Kept records whose text is no value, by variable. */
  readonly unreadable: Readonly<Record<string, number>>;
  /** Kept records in a unit that nobody knows, by `variable in unit`. */
  readonly unknownUnits: Readonly<Record<string, number>>;
  /** Records of variables that nobody knows, by the source's name for them, where it uses names. */
  readonly unknownVariables?: Readonly<Record<string, number>>;
}

/**
 * A database, opened. Its methods fill the canonical tables in the work database, in the order in which they stand here;
 * from then on every source is treated alike.
 *
 * | table | columns |
 * |---|---|
 * | `stays` | `stay INTEGER` 1…N in the order of the source's ids, `stay_id`, `subject_id`, `admission_id` (null where there is none), `site` (hospital; null where there is one) `VARCHAR`, `episode INTEGER` (per subject, by time), `age DOUBLE` (years, null unknown), `sex VARCHAR` ('F', 'M', null), `period_length DOUBLE` (hours in the ICU) |
 * | `measured` | `stay INTEGER`, `hours DOUBLE` since ICU admission, within the stay, `variable VARCHAR` (column of the catalogue), `value DOUBLE` in the catalogue's unit, before limits |
 * | `codes` | `stay INTEGER`, `code VARCHAR` (upper case, no dot), `version INTEGER` (9 or 10) |
 * | `summaries` | `stay INTEGER`, `position BIGINT` (order of reading, per stay the best first), `text VARCHAR`; where the source has it, `whole BOOLEAN`: the text is the hospital course itself |
 * | `documented` | `stay INTEGER`, `part`, `text VARCHAR` (lower case), `first BIGINT` (order), `hours DOUBLE` since ICU admission when it was known; −1 known before; null: nobody knows when |
 */
export interface Source {
  /** `MIMIC-III`; with its version where the tables tell. */
  readonly database: string;
  /** Base name of its folder. */
  readonly folder: string;
  readonly synthetic: SyntheticSource | null;
  /** Real patients' data that a data use agreement covers; open demos and synthetic hospitals are none. */
  readonly terms: string;
  /** Tables read so far. */
  tables(): Readonly<Record<string, TableRead>>;
  /** Optional tables that the folder does not hold. */
  readonly absent: readonly string[];
  /** By variable of the set, what the source calls it: item numbers, names, columns. */
  readonly items: Readonly<Record<string, readonly string[]>>;
  /**
   * Whether all that `fillMeasured`, `fillSummaries` and `fillDocumented` make stands in tables of the work database that they
   * create, of nothing but the folder's files and the variable set: then a later build may take those tables instead of
   * reading the files again. Default false.
   */
  readonly resumable?: boolean;
  /** Makes `stays`; says what each filter left, all stays first. */
  fillStays(): Promise<FilterCount[]>;
  /** Makes `measured`. */
  fillMeasured(onProgress: (done: number, total: number) => void): Promise<MeasuredCounts>;
  /** Makes `codes`. */
  fillCodes(): Promise<void>;
  /** Adds phenotypes that the source names itself to `labels`, which holds those of its codes. Few sources know any. */
  addLabels?(): Promise<void>;
  /** Which split a subject is in, where the source says it: counts unless whole hospitals or a file do. */
  splits?(): Promise<ReadonlyMap<string, Split> | undefined>;
  /** The splits that its publisher made, taken only where the configuration says `splitBy: source`. */
  readonly offeredSplits?: () => Promise<ReadonlyMap<string, Split>>;
  /**
   * Makes `finished(stay, text)` of the stays in `candidates`: a cohort that comes back has its notes already.
   *
   * @returns of which kind they are
   */
  fillFinishedNotes?(options: { readonly until: number | null }): Promise<{
    readonly kind: 'hospital-course' | 'composed';
    readonly admissionDx: boolean;
  }>;
  /** Makes `summaries` of the stays in `candidates`, where the source has discharge summaries. @returns how many */
  fillSummaries(): Promise<number>;
  /** What a person must hand in to get summaries, for messages. */
  readonly summariesFrom: string;
  /** Makes `documented` of the stays in `candidates`; never from the rows that the labels come from. */
  fillDocumented(): Promise<void>;
  /** Further tables for the cohort's folder: file name without extension, and its query. Sources may have none. */
  readonly extras?: readonly { readonly name: string; readonly query: string }[];
  /** What a reader of the report should know. */
  warnings(): Promise<string[]>;
}
