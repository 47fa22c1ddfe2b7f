import type { Anomaly } from '../captions/index.js';
import type { Knowledge, Rationale } from '../types.js';

/** What a teacher is given of one stay: M, T*, D and K of the paper's equations 2 and 3. */
export interface TeacherInput {
  readonly stay: string;
  /** M: the note, cleaned or not. */
  readonly note: string;
  /** T*: the caption of the series. */
  readonly caption: string;
  /** What the caption was made of; a rule can count on these, a language model reads the caption. */
  readonly anomalies: readonly Anomaly[];
  /** D: the recorded phenotypes, names out of PHENOTYPES. */
  readonly diagnoses: readonly string[];
  readonly knowledge: Knowledge;
}

/** Writes R^m and R^t of a stay. */
export interface Teacher {
  readonly name: string;
  /** Changes whenever the same input may give another rationale: rules, prompts, seed, model. */
  readonly version: string;
  /** @throws TeacherError where it has no answer */
  rationale(input: TeacherInput): Promise<Rationale>;
}

/** How a rationale names its teacher: `rules@1`. */
export function signature(teacher: Pick<Teacher, 'name' | 'version'>): string {
  return `${teacher.name}@${teacher.version}`;
}
