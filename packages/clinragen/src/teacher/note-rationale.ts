import { entryOf } from './lexicon.js';
import { type EvidenceKind, type NoteEvidence, noteEvidence } from './note-evidence.js';
import { countWords, listOf, type Phrasing } from './phrasing.js';
import type { TeacherInput } from './teacher.js';

/** R^m holds at most so many words: a small student is to learn it. */
export const NOTE_WORDS = 40;

/** What a kind of evidence is worth before it is told twice, and the part of it that is left where the note is in doubt. */
const STRENGTH: Readonly<Record<EvidenceKind, number>> = { named: 3, finding: 2, term: 1.5, treatment: 1 };
const IN_DOUBT = 0.5;

/** A disease with the phrases that speak for it, strongest first. */
interface Supported {
  readonly name: string;
  /** Place among the diagnoses: clauses stand in their order, which a student can follow. */
  readonly place: number;
  /** True where the note says no more than the disease's own name. */
  readonly onlyNamed: boolean;
  readonly evidence: readonly { readonly text: string; readonly doubtful: boolean; readonly strength: number }[];
}

/**
 * R^m of the paper's equation 2: for each recorded disease the words of the note that show it, and plainly which diseases
 * the note does not show. At most {@link NOTE_WORDS} words.
 *
 * Everything said of the patient is the note's own wording; the rest is the disease's short name and a fixed phrasing.
 */
export function noteRationale(input: TeacherInput, phrasing: Phrasing): string {
  const found = noteEvidence(input.note, input.diagnoses, input.knowledge);
  const supported: Supported[] = [];
  const past: string[] = [];
  const silent: string[] = [];
  for (const [place, phenotype] of input.diagnoses.entries()) {
    const { short, chronic } = entryOf(phenotype);
    const name = phrasing.pick(phenotype, short);
    const evidence = found.get(phenotype) ?? [];
    const ranked = rank(evidence, chronic);
    // "pneumonia is shown by pneumonia" explains nothing where the note has more to offer.
    const others = ranked.filter(({ text }) => !short.includes(text));
    if (others.length > 0) supported.push({ name, place, onlyNamed: false, evidence: others });
    else if (ranked.length > 0)
      supported.push({ name, place, onlyNamed: !ranked[0]!.doubtful, evidence: ranked.slice(0, 1) });
    else if (evidence.some(({ kind, status }) => kind === 'named' && status === 'history')) past.push(name);
    else silent.push(name);
  }
  supported.sort((a, b) => b.evidence[0]!.strength - a.evidence[0]!.strength);
  return shortened(supported, past, silent, phrasing);
}

/** The phrases that count, each once, strongest first: told more often counts more, doubt and history less. */
function rank(evidence: readonly NoteEvidence[], chronic: boolean): Supported['evidence'] {
  const byText = new Map<string, { text: string; doubtful: boolean; strength: number }>();
  for (const { text, kind, status } of evidence) {
    const doubtful = status === 'uncertain';
    // A treatment that may be given, or is given to prevent, speaks for nothing.
    const counts = status === 'affirmed' || (doubtful && kind !== 'treatment') || (status === 'history' && chronic);
    if (!counts) continue;
    const strength = STRENGTH[kind] * (doubtful ? IN_DOUBT : 1);
    const same = byText.get(text);
    if (same === undefined) byText.set(text, { text, doubtful, strength });
    else {
      same.strength = Math.max(same.strength, strength) + 0.25;
      same.doubtful &&= doubtful;
    }
  }
  return [...byText.values()].sort((a, b) => b.strength - a.strength);
}

/** Says all with two phrases a disease if that fits, else with less for those that have the least to show. */
function shortened(
  supported: readonly Supported[],
  past: readonly string[],
  silent: readonly string[],
  phrasing: Phrasing,
): string {
  const full = supported.map(() => 2);
  for (;;) {
    for (const brief of [false, true]) {
      const text = compose(supported, full, past, silent, brief, phrasing);
      if (countWords(text) <= NOTE_WORDS) return text;
    }
    const most = Math.max(0, ...full);
    if (most === 0) return compose(supported, full, past, silent, true, phrasing);
    full[full.lastIndexOf(most)] = most - 1;
  }
}

function compose(
  supported: readonly Supported[],
  shown: readonly number[],
  past: readonly string[],
  silent: readonly string[],
  brief: boolean,
  phrasing: Phrasing,
): string {
  const clauses: string[] = [];
  const unexplained: string[] = [];
  const verb = phrasing.pick('verb', EXPLAINED);
  const inOrder = supported.map((disease, i) => ({ ...disease, shown: shown[i] })).sort((a, b) => a.place - b.place);
  for (const { name, onlyNamed, evidence, shown: phrases } of inOrder) {
    const quoted = evidence.slice(0, phrases).map(({ text, doubtful }) => (doubtful ? `possible ${text}` : text));
    if (quoted.length === 0) unexplained.push(name);
    else clauses.push(onlyNamed ? `${name} is documented` : `${name} ${verb} ${listOf(quoted)}`);
  }
  if (unexplained.length > 0) clauses.push(`${listOf(unexplained)} ${unexplained.length > 1 ? 'are' : 'is'} suggested`);
  if (past.length > 0) clauses.push(`${listOf(past)} only in the past`);
  if (silent.length > 0) clauses.push(brief ? 'other diagnoses not shown' : notShown(silent, phrasing));
  if (clauses.length === 0) clauses.push(phrasing.pick('nothing', NOTHING));
  return `Based on the medical notes, ${clauses.join('; ')}.`;
}

/** One of them per stay: what is regular within a rationale, a small student can learn. */
const EXPLAINED = ['is shown by', 'is supported by', 'is evident from', 'given'] as const;

const NOTHING = [
  'none of the diseases in question is evident',
  'there is no sign of the diseases in question',
  'the diseases in question are not described',
] as const;

function notShown(silent: readonly string[], phrasing: Phrasing): string {
  const verb = silent.length > 1 ? 'are' : 'is';
  return phrasing.pick('silent', [
    `the notes do not show ${listOf(silent, 'or')}`,
    `no clear evidence of ${listOf(silent, 'or')}`,
    `${listOf(silent)} ${verb} not evident`,
    `${listOf(silent)} ${verb} not described`,
  ]);
}
