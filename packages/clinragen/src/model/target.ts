/**
 * What the model is asked and what it answers, as text and as tokens.
 *
 *   ### Disease Diagnosed: a, b. ### Rationale: R^m R^t
 *
 * In `fixed`, the answer is tokenized part by part (each disease name by itself), so that a name has one spelling in tokens
 * wherever it stands, and the names' tokens form a trie that decoding can follow. In `paper` it is tokenized as one text.
 */
import { PHENOTYPES } from '../phenotypes.js';
import { ModelError } from './model-error.js';
import type { Tokenizer } from './tokenizer.js';

export type Compat = 'fixed' | 'paper';

/** Which of equations 4 to 6: what is read (note, series, both) and which rationales are written. */
export type Reading = 'note' | 'series' | 'both';

/** The authors' prompt, around the note and before the series. */
export const PROMPT = {
  beforeNote: 'Diagnose disease from the following medical notes: \n',
  beforeSeries: '\n and Lab Test: \n',
  seriesOnly: 'Diagnose disease from the following Lab Test: \n',
} as const;

const NONE = 'none';
const DIAGNOSED = '### Disease Diagnosed:';
const RATIONALE = '### Rationale:';

/** The tokens around and between the names. */
export class AnswerForm {
  readonly prefix: readonly number[];
  /** Per phenotype, in canonical order. */
  readonly names: readonly (readonly number[])[];
  /** Stands instead of names where no phenotype is present. */
  readonly none: readonly number[];
  readonly separator: number;
  /** Closes the names and opens the rationale. */
  readonly close: readonly number[];

  constructor(tokenizer: Tokenizer) {
    this.prefix = tokenizer.encode(DIAGNOSED);
    this.names = PHENOTYPES.map((name) => tokenizer.encode(name));
    this.none = tokenizer.encode(NONE);
    this.separator = tokenizer.id(',');
    this.close = [tokenizer.id('.'), ...tokenizer.encode(RATIONALE)];
    const spelled = new Map<string, string>();
    for (const [i, ids] of [...this.names, this.none].entries()) {
      const name = PHENOTYPES[i] ?? NONE;
      const other = spelled.get(ids.join());
      if (other !== undefined) throw new ModelError(`the tokenizer spells '${name}' and '${other}' alike`);
      if (ids.includes(this.separator) || ids.includes(this.close[0] as number)) {
        throw new ModelError(`the tokenizer's spelling of '${name}' holds a comma or a full stop of the list itself`);
      }
      spelled.set(ids.join(), name);
    }
  }

  /** Everything up to the rationale: `### Disease Diagnosed: a, b. ### Rationale:`. */
  opening(diagnoses: readonly string[]): number[] {
    return [...this.prefix, ...this.list(diagnoses), ...this.close];
  }

  list(diagnoses: readonly string[]): number[] {
    const indices = PHENOTYPES.flatMap((name, i) => (diagnoses.includes(name) ? [i] : []));
    if (indices.length === 0) return [...this.none];
    return indices.flatMap((i, at) => [...(at === 0 ? [] : [this.separator]), ...(this.names[i] as readonly number[])]);
  }
}

export interface Rationales {
  readonly note: string;
  readonly series: string;
}

/** The answer as text. */
export function answerText(diagnoses: readonly string[], rationale: Rationales | null): string {
  const list = diagnoses.length === 0 ? NONE : PHENOTYPES.filter((name) => diagnoses.includes(name)).join(', ');
  const why = rationale === null ? '' : [rationale.note, rationale.series].filter((text) => text !== '').join(' ');
  return `${DIAGNOSED} ${list}. ${RATIONALE} ${why}`.trimEnd();
}

/** Answers longer than the limit are cut in the rationale, never in the diagnoses, and keep the end token. */
export function answerIds(
  tokenizer: Tokenizer,
  form: AnswerForm,
  answer: { diagnoses: readonly string[]; rationale: Rationales | null; reading: Reading },
  options: { compat: Compat; end: number; limit: number },
): number[] {
  const { diagnoses, reading } = answer;
  const rationale =
    answer.rationale === null
      ? null
      : { note: reading === 'series' ? '' : answer.rationale.note, series: answer.rationale.series };
  if (options.compat === 'paper') {
    return [...tokenizer.encode(answerText(diagnoses, rationale)).slice(0, options.limit - 1), options.end];
  }
  const why = rationale === null ? '' : [rationale.note, rationale.series].filter((text) => text !== '').join(' ');
  const opening = form.opening(diagnoses);
  return [...opening, ...tokenizer.encode(why).slice(0, Math.max(0, options.limit - 1 - opening.length)), options.end];
}

/** Splits a written rationale into R^m and R^t, at the words that R^t begins with. */
export function splitRationale(text: string): Rationales {
  // Where a sentence begins with them; a note may mention a lab test in the middle of one.
  const sentence = /(?<=^\s*|[.!?]\s+)lab tests? shows?/i;
  const at = sentence.test(text) ? text.search(sentence) : text.search(/lab tests? shows?/i);
  if (at < 0) return { note: text.trim(), series: '' };
  return { note: text.slice(0, at).trim(), series: text.slice(at).trim() };
}

/**
 * The prompt's tokens before the series (`paper`: the note may push the words before the series out of the window).
 *
 * @param limit most tokens, the series' patches not counted
 */
export function promptIds(
  tokenizer: Tokenizer,
  note: string,
  options: { reading: Reading; compat: Compat; limit: number; end: number },
): number[] {
  const { reading, compat, limit, end } = options;
  if (reading === 'series') return tokenizer.encode(PROMPT.seriesOnly);
  const tail = reading === 'both' ? PROMPT.beforeSeries : '';
  if (compat === 'paper') {
    return [...tokenizer.encode(`${PROMPT.beforeNote}${note}${tail}`).slice(0, limit - 1), end];
  }
  const before = tokenizer.encode(PROMPT.beforeNote);
  const after = tail === '' ? [] : tokenizer.encode(tail);
  return [...before, ...tokenizer.encode(note).slice(0, Math.max(0, limit - before.length - after.length)), ...after];
}
