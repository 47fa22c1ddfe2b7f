import { noteRationale } from './note-rationale.js';
import { Phrasing } from './phrasing.js';
import { seriesRationale } from './series-rationale.js';
import { signature, type Teacher, type TeacherInput } from './teacher.js';

/** Raised whenever rules, lexicon, evidence of the series or phrasings change what is written. */
const RULES = 1;

export interface RuleTeacherOptions {
  /** Another seed chooses other phrasings for the same stays. */
  readonly seed: number;
}

/**
 * The teacher that needs no language model: rationales by rules from the note's evidence, the knowledge terms and the
 * series' anomalies. Faithful rather than eloquent: it quotes the note and counts the series, and says where they are
 * silent. The same input and seed give the same rationale.
 *
 * @example
 * const { note, series } = await ruleTeacher({ seed: 7 }).rationale(input);
 * // note:   'Based on the medical notes, septic shock and levophed point to shock.'
 * // series: 'Lab test shows hypotension for hours, consistent with shock.'
 */
export function ruleTeacher({ seed }: RuleTeacherOptions): Teacher {
  const teacher = {
    name: 'rules',
    version: `${RULES}.${seed}`,
    async rationale(input: TeacherInput) {
      const phrasing = new Phrasing(seed, input.stay);
      return {
        stay: input.stay,
        note: noteRationale(input, phrasing),
        series: seriesRationale(input, phrasing),
        teacher: signature(teacher),
      };
    },
  };
  return teacher;
}
