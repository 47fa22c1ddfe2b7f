import { type Token, tokenize } from './tokens.js';

/**
 * How a note speaks of something: it is so, it may be so, it is not so, it was so before this stay, or it was a relative's.
 */
export type Status = 'affirmed' | 'uncertain' | 'negated' | 'history' | 'family';

/**
 * Trigger words before a finding, after the idea of NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009), in our
 * own short list. `reach` is the number of words that a trigger governs; a new sentence ends it, and so does a word
 * of {@link TURNS} that does not follow the trigger at once.
 */
interface Trigger {
  readonly words: readonly string[];
  readonly status: Exclude<Status, 'affirmed'> | 'none';
  readonly reach: number;
}

const trigger = (phrases: string, status: Trigger['status'], reach: number): Trigger[] =>
  phrases.split(', ').map((phrase) => ({ words: tokenize(phrase).map(({ word }) => word), status, reach }));

/** Longer phrases first where one begins another: the first that fits holds, and `none` keeps the shorter from fitting. */
const BEFORE: readonly Trigger[] = [
  ...trigger('no change, no increase, not only, no further, no longer, no doubt, not improve, not resolve', 'none', 0),
  ...trigger('without difficulty, without incident, without complication, without issue', 'none', 0),
  ...trigger('gram negative, guaiac negative, culture negative', 'none', 0),
  ...trigger('family history, mother, father, brother, sister', 'family', 6),
  ...trigger('cannot exclude, could not exclude, cannot rule out, not ruled out, rule out, r/o', 'uncertain', 4),
  ...trigger('ruled out, no evidence, no sign, negative, absence', 'negated', 5),
  ...trigger('no, not, without, denies, denied, deny, never, nor, neither, lack, w/o', 'negated', 5),
  ...trigger(
    'possible, possibly, questionable, suspected, concern, concerning, risk, versus, if, monitor',
    'uncertain',
    4,
  ),
  ...trigger('past medical history, pmh, history, hx, h/o', 'history', 12),
  ...trigger('status post, s/p, prior, previous, previously, remote, distant, old, childhood', 'history', 4),
];

/** The same, standing after the finding, at most `reach` words on. */
const AFTER: readonly Trigger[] = [
  ...trigger('not ruled out, not excluded', 'uncertain', 4),
  ...trigger(
    'ruled out, negative, unlikely, excluded, absent, not seen, not found, not present, not evident',
    'negated',
    3,
  ),
  ...trigger('years ago, remote past, in the past, since resolved, last year, last winter, childhood', 'history', 4),
  ...trigger('prophylaxis, prophylactically', 'uncertain', 2),
  ...trigger('sent, pending', 'uncertain', 4),
];

/** Words that open a new statement and so end what stood before them. */
const TURNS = new Set(
  (
    'but however although except who now presented present admitted treated started continued given placed showed revealed ' +
    'developed underwent required noted found improved resolved transferred intubated extubated managed remained consistent ' +
    'felt thought attributed due secondary complicated history background chronic postoperative'
  ).split(' '),
);

/**
 * The status of the words [first, last] of a note.
 *
 * Family outranks negation, negation history, history doubt: "no history of stroke" is negated.
 *
 * @param treatment whether the words name a treatment. Findings come in lists ("denies fever, chills"), so a trigger
 *                  governs past a comma; a treatment opens a new statement ("no fever lasix given") unless the trigger is
 *                  close ("never required pressors")
 */
export function statusOf(tokens: readonly Token[], first: number, last: number, treatment: boolean): Status {
  const found = new Set([...before(tokens, first, treatment), ...after(tokens, last)]);
  for (const status of ['family', 'negated', 'history', 'uncertain'] as const) if (found.has(status)) return status;
  return 'affirmed';
}

/** Words from a trigger to a treatment that it still governs: `without need for intubation`. */
const TREATMENT_REACH = 2;

const LONGEST = Math.max(...BEFORE.map(({ reach }) => reach)) + 3;

function before(tokens: readonly Token[], first: number, treatment: boolean): Trigger['status'][] {
  let start = first;
  while (start > 0 && first - start < LONGEST && !tokens[start]!.startsSentence) start--;
  const statuses: Trigger['status'][] = [];
  for (let at = start; at < first; ) {
    const hit = BEFORE.find(
      ({ words }) => at + words.length <= first && words.every((w, i) => tokens[at + i]!.word === w),
    );
    if (hit === undefined) {
      at++;
      continue;
    }
    const after = at + hit.words.length;
    const turned =
      tokens.slice(after + 1, first).some(({ word }) => TURNS.has(word)) ||
      (treatment && tokens.slice(after, first + 1).some(({ afterComma }) => afterComma));
    const reach = treatment ? Math.min(hit.reach, TREATMENT_REACH) : hit.reach;
    if (hit.status !== 'none' && first - after < reach && !turned) statuses.push(hit.status);
    at = after;
  }
  return statuses;
}

function after(tokens: readonly Token[], last: number): Trigger['status'][] {
  for (let at = last + 1; at < tokens.length && at - last <= 4; at++) {
    const token = tokens[at]!;
    if (token.startsSentence) break;
    const hit = AFTER.find(
      ({ words, reach }) => at - last <= reach && words.every((w, i) => tokens[at + i]?.word === w),
    );
    if (hit !== undefined) return [hit.status];
    if (token.afterComma && !['since', 'ruled', 'not'].includes(token.word)) break;
    if (TURNS.has(token.word) || token.word === 'no' || token.word === 'without') break;
  }
  return [];
}
