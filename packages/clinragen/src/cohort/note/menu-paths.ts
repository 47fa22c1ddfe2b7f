import { countsInWords, levelsAfter, levelsOf, phraseOf } from './menu-levels.js';
import { exam, tickedNote } from './menu-ticks.js';

/**
 * eICU documents by ticking boxes: a row of `note`, `pastHistory`, `physicalExam`, `treatment` or `admissionDx` is a path
 * through menus. Here a path becomes the phrase that a reader would say: its last informative levels, without the menu's
 * boilerplate, each thing once. Case does not matter; the phrase is in lower case, and empty where a path says nothing of the
 * patient (`Save Options`, `Performed`) or only names a number that stands elsewhere (`HR Current`: the series has it).
 */
export type MenuKind = 'note' | 'history' | 'exam' | 'treatment' | 'admission diagnosis';

const PHRASES: Readonly<Record<MenuKind, (levels: readonly string[]) => string>> = {
  note: tickedNote,
  history,
  exam,
  treatment,
  'admission diagnosis': admissionDiagnosis,
};

/**
 * @param path  of `notepath`, `pasthistorypath`, `physicalexampath`, `treatmentstring` or `admitdxpath`
 * @example
 * eicuPhrase('notes/Progress Notes/Past History/Organ Systems/Cardiovascular (R)/Congestive Heart Failure/CHF', 'history');
 * // 'congestive heart failure'
 */
export function eicuPhrase(path: string, kind: MenuKind): string {
  return PHRASES[kind](levelsOf(path)).replace(/\s+/g, ' ').trim();
}

/** Whether a text is a path still, and no phrase. */
export function isMenuPath(text: string): boolean {
  return /^notes\//i.test(text) || text.includes('|');
}

/** Abbreviations that are another word in lower case, or a stop word, by the level above. */
const WRITTEN_OUT: Readonly<Record<string, string>> = {
  'valve disease/as': 'aortic stenosis',
  'valve disease/ar': 'aortic regurgitation',
  'valve disease/ms': 'mitral stenosis',
  'valve disease/mr': 'mitral regurgitation',
  'valve disease/tr': 'tricuspid regurgitation',
  'valve disease/ps': 'pulmonic stenosis',
  'valve disease/pr': 'pulmonic regurgitation',
  'hematologic malignancy/all': 'acute lymphoblastic leukemia',
  'arrhythmias/mat': 'multifocal atrial tachycardia',
};

function history(levels: readonly string[]): string {
  const said = levelsAfter(levels, 'organ systems')?.slice(1); // without the organ system's name
  const leaf = said?.at(-1);
  if (said === undefined || leaf === undefined) {
    return levels.at(-1) === 'no health problems' ? 'no health problems' : '';
  }
  const phrase = phraseOf([...said.slice(0, -1), WRITTEN_OUT[`${said.at(-2)}/${leaf}`] ?? leaf]);
  return countsInWords(phrase.replace(/ (?:date|severity|baseline creatinine) unknown$/, ''));
}

/** Doses that treatments are listed by, as words. */
const DOSES: readonly [RegExp, string][] = [
  [/^(oxygen therapy) \(< ?40%\)$/, 'low flow $1'],
  [/^(oxygen therapy) \(40% to 60%\)$/, 'medium flow $1'],
  [/^(oxygen therapy) \(> ?60%\)$/, 'high flow $1'],
  [/^(.+?) >=? ?[\d.]+ micrograms\/kg\/min$/, 'high dose $1'],
  [/^(.+?) <=? ?[\d.]+ micrograms\/kg\/min$/, 'low dose $1'],
];

/**
 * `cardiovascular|shock|vasopressors|norepinephrine` → `vasopressors norepinephrine`: the system and the problem that a treatment
 * is filed under are dropped, since the problem is often a label.
 */
function treatment(levels: readonly string[]): string {
  const said = levels.slice(levels.length > 2 ? 2 : -1).map((level) => {
    const [pattern, by] = DOSES.find(([dose]) => dose.test(level)) ?? [/\([^)]*\)/g, ' '];
    return level
      .replace(pattern, by)
      .replace(/\b(?:[a-z] ){2,}[a-z]\b/g, (letters) => letters.replaceAll(' ', '')) // `c v v h`
      .trim();
  });
  return phraseOf(said);
}

/** Where a bracket in a diagnosis points elsewhere or explains the menu: what it names the patient need not have. */
const MENU_ADVICE =
  /\b(?:see|for|excluding|including|include|i\.e|e\.g|etc|not|with|w\/|without|only|if|all|isolated|other vessels|other reasons)\b/;

function admissionDiagnosis(levels: readonly string[]): string {
  const leaf = levels.at(-1) ?? '';
  const question = levels.at(-2) ?? '';
  const diagnosis = levelsAfter(levels, 'diagnosis');
  if (diagnosis !== undefined) return diagnosisPhrase(diagnosis.at(-1) ?? '');
  if (levels.includes('organ system')) return leaf;
  if (/^patient transferred from another hospital/.test(leaf)) return 'transferred from another hospital';
  if (['no', 'none', 'other', 'specified', 'unknown'].includes(leaf)) return '';
  if (/^was the patient admitted from the o\.?r/.test(question)) return 'admitted from the operating room';
  const said = question.replace(/ (?:received|done)? ?(?:within|during) .*$/, '').replace(/^number of /, '');
  return leaf === 'yes' ? said : countsInWords(phraseOf([said, leaf.replace(/\([^)]*\)/g, ' ')]));
}

/** `infarction, acute myocardial (mi)` → `acute myocardial infarction mi`; `hernia, surgery for` → `surgery for hernia`. */
function diagnosisPhrase(text: string): string {
  const brackets: string[] = [];
  const bare = text
    .replace(/\(([^()]*)\)?/g, (_, inside: string) => {
      if (!MENU_ADVICE.test(inside)) brackets.push(inside.replace(/,/g, ' '));
      return ' ';
    })
    .replace(/\s+/g, ' ')
    .replace(/ ,/g, ',')
    .trim();
  const surgery = /^(.*?)[,;]? ?(surgery for|insertion of)$/.exec(bare);
  const turned = turn(surgery ? surgery[1]! : bare);
  return [surgery?.[2], turned, ...brackets].join(' ');
}

/** `renal failure, acute` → `acute renal failure`. Lists of more than two stay as they are. */
function turn(text: string): string {
  const [what = '', which = '', ...more] = text.split(/[,;] ?/);
  if (which === '' || more.length > 0) return [what, which, ...more].filter((part) => part !== '').join(', ');
  if (which.startsWith('unknown')) return `${what} ${which}`;
  const from = /^(.+?) (from .+)$/.exec(which);
  return from ? `${from[1]} ${what} ${from[2]}` : `${which} ${what}`;
}
