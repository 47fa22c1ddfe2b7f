/**
 * The levels of a menu path of eICU, and the words for them: what every kind of path shares.
 */

/** Slashes that part no levels: `Hematology/Oncology (R)`, `s/p AVR`, `calm/appropriate`. Lower case. */
const COMPOUNDS = [
  'hematology/oncology',
  'ears/nose/mouth/throat',
  'drains/tubes/fistulas',
  'musculoskeletal/skin',
  'metabolic/endocrine',
  'fev1/fvc',
  'a/v paced',
  'asthma/wheezing',
  'calm/appropriate',
  'agitated/combative',
  'crescendo/decrescendo',
  'cold/dusky',
  'agitation/anxiety',
  'management/supervision',
  'recurrence/worsening',
  'medications/allergies/relevant',
  'equipment/implants',
  'site/side',
  'admission/progress',
  'and/or',
  's/p ',
  'h/o ',
  'w/o ',
  'w/ ',
];
const COMPOUND = new RegExp(COMPOUNDS.map((text) => `(?<![a-z0-9])${text.replaceAll('/', '\\/')}`).join('|'), 'g');
/** Stands for a slash that parts nothing. */
const SLASH = '\uE001';

/**
 * `notes/A/Asthma / Wheezing/asthma/wheezing` → `['notes', 'a', 'asthma wheezing', 'asthma wheezing']`, in lower case, without
 * `(R)`, units and question marks. Paths with `|` are parted there and nowhere else.
 */
export function levelsOf(path: string): string[] {
  const lower = path.trim().toLowerCase();
  const levels = lower.includes('|')
    ? lower.split('|')
    : lower
        .replace(/ \/ /g, SLASH)
        .replace(COMPOUND, (text) => text.replaceAll('/', SLASH))
        .split('/');
  return levels.map(levelText).filter((level) => level !== '');
}

function levelText(level: string): string {
  return level
    .replace(new RegExp(`\\b([shw])${SLASH}([poh])\\b`, 'g'), '$1/$2')
    .replace(new RegExp(`\\ba${SLASH}v\\b`, 'g'), 'av')
    .replaceAll(SLASH, ' ')
    .replace(/\((?:r|s|ml|kg|%|units|only)\)/g, '')
    .replace(/\s+-\s+|-\s+/g, ' ')
    .replace(/[?:="]+(?= |$)|^"/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const FILLERS = new Set([
  'of',
  'and',
  'the',
  'for',
  'with',
  'past',
  'within',
  'to',
  'on',
  'or',
  'days',
  'months',
  'requiring',
]);

function stems(text: string): string[] {
  return text
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 1 && !FILLERS.has(word) && !/^\d/.test(word))
    .map((word) => word.slice(0, 5));
}

/** Whether everything that `level` says is said again by `later`. */
function isSaidBy(level: string, later: string): boolean {
  const words = stems(level);
  const again = new Set(stems(later));
  return words.length > 0 && words.every((word) => again.has(word));
}

/** `chf class ii` under `congestive heart failure`, `cabg` under `coronary artery bypass`. */
function isInitialism(word: string, level: string): boolean {
  const initials = level
    .split(/[^a-z]+/)
    .map((part) => part[0] ?? '')
    .join('');
  return initials.length > 1 && word.startsWith(initials) && word.length <= initials.length + 1;
}

/** Levels as one phrase: a level that a later one repeats goes, an abbreviation of the level before is written out. */
export function phraseOf(levels: readonly string[]): string {
  const parts: string[] = [];
  for (const [i, level] of levels.entries()) {
    const [word = '', ...rest] = level.split(' ');
    const before = parts.at(-1);
    if (before !== undefined && isInitialism(word, before)) {
      if (rest.length > 0) parts.push(rest.join(' '));
    } else if (!levels.slice(i + 1).some((later) => isSaidBy(level, later))) {
      parts.push(level);
    }
  }
  if (parts.at(-1) === 'none') return parts.length > 1 ? `no ${parts.slice(0, -1).join(' ')}` : '';
  return parts.join(' ').trim();
}

const NUMBERS: Readonly<Record<string, string>> = {
  1: 'one',
  2: 'two',
  3: 'three',
  4: 'four',
  5: 'five',
  6: 'six',
  10: 'ten',
  12: 'twelve',
  20: 'twenty',
  40: 'forty',
};

/** `within 6 mos.` → `within six months`: cleaning takes digits out, and these counts are few and mean something. */
export function countsInWords(text: string): string {
  return text
    .replace(/\bmos\./g, 'months')
    .replace(/\bmo\./g, 'month')
    .replace(/>= ?(?=\d)/g, 'at least ')
    .replace(/> ?(?=\d)/g, 'over ')
    .replace(/< ?(?=\d)/g, 'under ')
    .replace(/\b(\d{1,2})\s?-\s?(\d{1,2})\b/g, (range, from: string, to: string) =>
      NUMBERS[from] && NUMBERS[to] ? `${NUMBERS[from]} to ${NUMBERS[to]}` : range,
    )
    .replace(/\b(\d{1,2}) (\d{1,2})(?= pack)/g, '$1 to $2')
    .replace(/(?<![\d.-])\b\d{1,2}\b(?![.%\d-])/g, (n) => NUMBERS[n] ?? n);
}

/** The levels below the first one of this name; undefined where there is none. */
export function levelsAfter(levels: readonly string[], name: string): string[] | undefined {
  const i = levels.indexOf(name);
  return i < 0 ? undefined : levels.slice(i + 1);
}
