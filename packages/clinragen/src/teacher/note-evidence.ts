import { PHENOTYPES } from '../phenotypes.js';
import type { Knowledge } from '../types.js';
import { type Status, statusOf } from './context.js';
import { lexicon } from './lexicon.js';
import { type Token, tokenize } from './tokens.js';

/** What a phrase is to its disease: its name, a finding, a term of the knowledge, or a treatment. */
export type EvidenceKind = 'named' | 'finding' | 'term' | 'treatment';

/** A phrase of the note that speaks for, or against, a disease. */
export interface NoteEvidence {
  /** The note's own words, lower case: `note.slice(start, end)` with single spaces. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly kind: EvidenceKind;
  readonly status: Status;
}

interface Phrase {
  readonly words: readonly string[];
  /** `not`: a longer phrase that means something else and covers what it contains. */
  readonly kind: EvidenceKind | 'not';
}

/** Per phenotype, its phrases by their first word, longest first. */
type Index = ReadonlyMap<string, ReadonlyMap<string, readonly Phrase[]>>;

const indices = new WeakMap<Knowledge, Index>();

/**
 * Finds what a note says of each phenotype: names, findings and treatments of the teacher's lexicon and the terms of the
 * knowledge, with how the note speaks of them (negated, history, a relative's, uncertain).
 *
 * The longest phrase wins, so `portal hypertension` is no evidence for hypertension.
 *
 * @param phenotypes names out of PHENOTYPES; others find nothing
 * @returns per phenotype asked for, its evidence in the note's order
 *
 * @example
 * noteEvidence('no fever. shock on levophed', ['Shock'], builtinKnowledge()).get('Shock');
 * // [{ text: 'shock', kind: 'named', status: 'affirmed', … }, { text: 'levophed', kind: 'treatment', … }]
 */
export function noteEvidence(
  note: string,
  phenotypes: readonly string[],
  knowledge: Knowledge,
): Map<string, NoteEvidence[]> {
  const index = indexOf(knowledge);
  const tokens = tokenize(note);
  return new Map(
    phenotypes.map((phenotype) => [phenotype, find(note, tokens, index.get(phenotype) ?? new Map<string, Phrase[]>())]),
  );
}

function find(note: string, tokens: readonly Token[], phrases: ReadonlyMap<string, readonly Phrase[]>): NoteEvidence[] {
  const found: NoteEvidence[] = [];
  for (let at = 0; at < tokens.length; ) {
    const phrase = phrases.get(tokens[at]!.word)?.find(({ words }) => fits(tokens, at, words));
    if (phrase === undefined) {
      at++;
      continue;
    }
    const last = at + phrase.words.length - 1;
    if (phrase.kind !== 'not') {
      const start = tokens[at]!.start;
      const end = tokens[last]!.end;
      const text = note.slice(start, end).toLowerCase().replace(/\s+/g, ' ');
      const status = statusOf(tokens, at, last, phrase.kind === 'treatment');
      found.push({ text, start, end, kind: phrase.kind, status });
    }
    at = last + 1;
  }
  return found;
}

/** A phrase does not reach over a comma or into the next sentence. */
function fits(tokens: readonly Token[], at: number, words: readonly string[]): boolean {
  return words.every((word, i) => {
    const token = tokens[at + i];
    return token?.word === word && (i === 0 || !(token.startsSentence || token.afterComma));
  });
}

function indexOf(knowledge: Knowledge): Index {
  const known = indices.get(knowledge);
  if (known !== undefined) return known;
  const index = new Map<string, Map<string, Phrase[]>>();
  for (const phenotype of PHENOTYPES) {
    const { named, findings, treatments, not } = lexicon()[phenotype];
    const byFirst = new Map<string, Phrase[]>();
    const seen = new Set<string>();
    const add = (text: string, kind: Phrase['kind']) => {
      const words = tokenize(text).map(({ word }) => word);
      const key = words.join(' ');
      if (words.length === 0 || seen.has(key)) return;
      seen.add(key);
      byFirst.set(words[0]!, [...(byFirst.get(words[0]!) ?? []), { words, kind }]);
    };
    // The first that claims a phrase keeps it: the lexicon knows better than the corpus what a phrase is to the disease.
    for (const text of not) add(text, 'not');
    for (const text of named) add(text, 'named');
    for (const text of findings) add(text, 'finding');
    for (const text of treatments) add(text, 'treatment');
    for (const { term } of knowledge.terms[phenotype] ?? []) add(term, 'term');
    for (const phrases of byFirst.values()) phrases.sort((a, b) => b.words.length - a.words.length);
    index.set(phenotype, byFirst);
  }
  indices.set(knowledge, index);
  return index;
}
