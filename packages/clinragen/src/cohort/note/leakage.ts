import type { NoteKind, Stay } from '../../types.js';
import { cleanNote } from './clean.js';
import { DISEASE_NAMES, type DiseaseNames } from './disease-names.js';

/**
 * How far a note gives its labels away. In a composed note the name of a recorded disease is a leak: nobody reasoned, the
 * database repeats itself. In a hospital course it is evidence: a clinician wrote it. Both are counted the same way, and never
 * with the text.
 *
 * A name counts where it is affirmed: not after `no`, `denies`, `without`, `negative`, nor in the family's history.
 */
export interface NameCounts {
  /** Mentions of a phenotype's official name. */
  readonly official: number;
  /** Mentions of another name of it. */
  readonly short: number;
}

export interface Leaks {
  /** Of the diseases that the stay has on record. */
  readonly recorded: NameCounts;
  /** Of the others. */
  readonly unrecorded: NameCounts;
  /** ICD codes written out. */
  readonly codes: number;
}

export interface DiseaseLeakage {
  readonly disease: string;
  /** Stays with the disease on record; of those, how many name it at all, and how many by its official name. */
  readonly recorded: number;
  readonly recordedNamed: number;
  readonly recordedOfficial: number;
  /** The same of the stays without it. */
  readonly unrecorded: number;
  readonly unrecordedNamed: number;
  readonly unrecordedOfficial: number;
}

export interface LeakageReport {
  readonly noteKind: NoteKind;
  /** What a mention is in notes of this kind. */
  readonly mention: 'leak' | 'evidence';
  readonly stays: number;
  /** Stays with an ICD code in the note: a leak in notes of either kind. */
  readonly staysWithCodes: number;
  /** Of all recorded (stay, disease) pairs, and of all others, the share whose note names the disease; null without pairs. */
  readonly recordedNamed: number | null;
  readonly unrecordedNamed: number | null;
  readonly diseases: readonly DiseaseLeakage[];
}

type Kind = 'official' | 'short';

interface Name {
  readonly disease: number; // index into the names
  readonly kind: Kind;
  readonly words: readonly string[];
}

/** Compared without them. */
const FILLERS = new Set('a an and or of in by the to that with for'.split(' '));
/** So many words back a negation still counts. */
const NEGATION_REACH = 4;

const CLAUSE = '.';

/** Words in lower case and singular, with `.` where a clause ends. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [token] of text.toLowerCase().matchAll(/[a-z0-9]+|[.;:?!,\n]/g)) {
    if (!/[a-z0-9]/.test(token)) words.push(CLAUSE);
    else if (!FILLERS.has(token)) words.push(token.length > 3 ? token.replace(/(?<![suio])s$/, '') : token);
  }
  return words;
}

const NEGATIONS = new Set(wordsOf('no not denies denied deny without negative never absent'));

/** Names by their first word, the longest first. */
function nameIndex(names: readonly DiseaseNames[]): ReadonlyMap<string, readonly Name[]> {
  const index = new Map<string, Name[]>();
  for (const [disease, { official, short }] of names.entries()) {
    const add = (kind: Kind) => (text: string) => {
      const words = wordsOf(text).filter((word) => word !== CLAUSE);
      if (words.length === 0) return;
      const same = index.get(words[0]!) ?? [];
      index.set(words[0]!, same);
      if (!same.some((one) => one.disease === disease && one.words.join(' ') === words.join(' '))) {
        same.push({ disease, kind, words });
      }
    };
    official.forEach(add('official'));
    short.forEach(add('short'));
    // What cleaning leaves of the name, where that is not a short name: `other` and `that` are stop words.
    official.map((name) => cleanNote(name, Number.POSITIVE_INFINITY)).forEach(add('official'));
  }
  for (const same of index.values()) same.sort((a, b) => b.words.length - a.words.length);
  return index;
}

const INDEXES = new WeakMap<readonly DiseaseNames[], ReadonlyMap<string, readonly Name[]>>();

function indexOf(names: readonly DiseaseNames[]): ReadonlyMap<string, readonly Name[]> {
  const index = INDEXES.get(names) ?? nameIndex(names);
  INDEXES.set(names, index);
  return index;
}

/** Where the name ends when it begins at `start`; punctuation of the name's own (`failure; insufficiency`) is passed over. */
function matchEnd(words: readonly string[], start: number, name: Name): number | undefined {
  let at = start;
  for (const [i, word] of name.words.entries()) {
    if (i > 0 && name.kind === 'official') while (words[at] === CLAUSE) at++;
    if (words[at++] !== word) return undefined;
  }
  return at;
}

function isDenied(words: readonly string[], start: number): boolean {
  for (let i = start - 1; i >= 0 && i >= start - NEGATION_REACH && words[i] !== CLAUSE; i--) {
    if (NEGATIONS.has(words[i]!) || (words[i] === 'history' && words[i - 1] === 'family')) return true;
  }
  return false;
}

/** Every affirmed mention, the longest name at each place; a name of two diseases counts for both. */
function eachMention(
  note: string,
  names: readonly DiseaseNames[],
  mention: (disease: number, kind: Kind) => void,
): void {
  const index = indexOf(names);
  const words = wordsOf(note);
  let i = 0;
  while (i < words.length) {
    let next = i + 1;
    let longest = 0;
    for (const name of index.get(words[i]!) ?? []) {
      if (name.words.length < longest) break;
      const end = matchEnd(words, i, name);
      if (end === undefined) continue;
      longest = name.words.length;
      next = Math.max(next, end);
      if (!isDenied(words, i)) mention(name.disease, name.kind);
    }
    i = next;
  }
}

/** ICD-10-CM with its dot (`I50.9`), ICD-9-CM with its dot where it cannot be a measurement: V and E codes. */
const DOTTED = /\b(?:[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}|V\d{2}\.\d{1,2}|E\d{3}\.\d)\b/g;
/** Codes of either kind after a word that announces them, or in a list with one of the other kind: `401.9, I10`. */
const ANNOUNCED =
  /\b(?:icd(?:[- ]?(?:9|10))?(?:[- ]?cm)?|codes?|dx)[ :#=-]{1,4}(\d{3}(?:\.\d{1,2})?|[A-Z]\d[0-9A-Z]{1,5})\b|\b\d{3}\.\d{1,2},? [A-TV-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?\b/gi;

function countCodes(note: string): number {
  let found = 0;
  const rest = note.replace(ANNOUNCED, () => {
    found++;
    return ' ';
  });
  return found + [...rest.toUpperCase().matchAll(DOTTED)].length;
}

/**
 * @param note    composed or a hospital course, cleaned or not
 * @param labels  the stay's recorded diseases, as `names` call them
 * @param names   default: the 25 phenotypes
 */
export function leaksIn(
  note: string,
  labels: readonly string[],
  names: readonly DiseaseNames[] = DISEASE_NAMES,
): Leaks {
  const on = { official: 0, short: 0 };
  const off = { official: 0, short: 0 };
  eachMention(note, names, (disease, kind) => {
    (labels.includes(names[disease]!.disease) ? on : off)[kind]++;
  });
  return { recorded: on, unrecorded: off, codes: countCodes(note) };
}

/** @param stays  of one cohort, all with notes of one kind; read once */
export function leakageReport(
  stays: Iterable<Pick<Stay, 'note' | 'labels' | 'noteKind'>>,
  names: readonly DiseaseNames[] = DISEASE_NAMES,
): LeakageReport {
  const counts = names.map(({ disease }) => ({
    disease,
    recorded: 0,
    recordedNamed: 0,
    recordedOfficial: 0,
    unrecorded: 0,
    unrecordedNamed: 0,
    unrecordedOfficial: 0,
  }));
  let noteKind: NoteKind = 'composed';
  let total = 0;
  let staysWithCodes = 0;
  for (const stay of stays) {
    noteKind = stay.noteKind;
    total++;
    if (countCodes(stay.note) > 0) staysWithCodes++;
    const said = { official: new Set<number>(), short: new Set<number>() };
    eachMention(stay.note, names, (disease, kind) => said[kind].add(disease));
    for (const [i, count] of counts.entries()) {
      const official = said.official.has(i) ? 1 : 0;
      const named = official || said.short.has(i) ? 1 : 0;
      if (stay.labels.includes(count.disease)) {
        count.recorded++;
        count.recordedNamed += named;
        count.recordedOfficial += official;
      } else {
        count.unrecorded++;
        count.unrecordedNamed += named;
        count.unrecordedOfficial += official;
      }
    }
  }
  const share = (part: 'recordedNamed' | 'unrecordedNamed', whole: 'recorded' | 'unrecorded') => {
    const pairs = counts.reduce((sum, count) => sum + count[whole], 0);
    return pairs === 0 ? null : counts.reduce((sum, count) => sum + count[part], 0) / pairs;
  };
  return {
    noteKind,
    mention: noteKind === 'composed' ? 'leak' : 'evidence',
    stays: total,
    staysWithCodes,
    recordedNamed: share('recordedNamed', 'recorded'),
    unrecordedNamed: share('unrecordedNamed', 'unrecorded'),
    diseases: counts,
  };
}
