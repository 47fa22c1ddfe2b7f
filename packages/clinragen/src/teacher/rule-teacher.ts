import { createHash } from 'node:crypto';
import { builtinSeriesEvidence } from '../knowledge/index.js';
import { lexicon } from './lexicon.js';
import { noteRationale } from './note-rationale.js';
import { Phrasing } from './phrasing.js';
import { seriesRationale } from './series-rationale.js';
import { signature, type Teacher, type TeacherInput } from './teacher.js';

/** Raised whenever rules or phrasings change what is written; lexicon and series evidence count by their content. */
const RULES = 2;

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
 * // A stay with the label Shock, the note 'septic shock on levophed' and a mean pressure under its fence for five hours:
 * await ruleTeacher({ seed: 7 }).rationale(input);
 * // note:   'Based on the medical notes, shock is evident from septic shock and levophed.'
 * // series: 'Lab test shows low blood pressure for hours, fitting shock.'
 */
export function ruleTeacher({ seed }: RuleTeacherOptions): Teacher {
  const teacher = {
    name: 'rules',
    version: `${RULES}.${seed}.${contentHash()}`,
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

/** So that an edited lexicon asks for new rationales. */
function contentHash(): string {
  return createHash('sha256')
    .update(JSON.stringify([lexicon(), builtinSeriesEvidence()]))
    .digest('hex')
    .slice(0, 8);
}
