/**
 * Phrases for two of eICU's menus: the physical exam and the progress note (menu-paths.ts tells what a path is).
 */
import { countsInWords, levelsAfter, phraseOf } from './menu-levels.js';

/** Levels that only part the menu. */
const DIVIDERS = new Set([
  'acuity',
  'appearance',
  'auscultation',
  'character',
  'drains and tubes',
  'drains tubes fistulas',
  'ears nose mouth throat',
  'gcs',
  'health status',
  'location',
  'mental status',
  'nutritional status',
  'one',
  'options',
  'palpation',
  'severity',
  'three',
  'two',
  'type',
  'vital sign and physiological data',
  '(reaction)',
  '(symmetry)',
]);

/** What a level is called in a sentence. */
const SAID: Readonly<Record<string, string>> = {
  l: 'left',
  r: 'right',
  'hr rhythm': 'heart rhythm',
  'resp mode': 'breathing',
  'resp description': 'breathing',
  'anterior lung field': 'anterior',
  'posterior lung field': 'posterior',
  murmurs: 'murmur',
  'post. tibial': 'posterior tibial',
  'unequal l>r': 'unequal left larger than right',
  'unequal r>l': 'unequal right larger than left',
  '1+': 'mild',
  '2+': 'moderate',
  '3+': 'severe',
  '4+': 'very severe',
};

/** Menus of numbers, which the series has; of the vital signs the ones that are words. */
const NUMBERS = new Set(['hemodynamic data', 'weight and i&o']);
const VITALS = 'vital sign and physiological data';
const VITALS_IN_WORDS = new Set(['hr rhythm', 'resp description', 'resp mode']);

/** Glasgow coma scale (Teasdale and Jennett 1974) in its own words: digits would be cleaned away. */
const COMA_SCALE: Readonly<Record<string, readonly string[]>> = {
  'eyes score': ['no eye opening', 'eyes open to pain', 'eyes open to speech', 'eyes open spontaneously'],
  'motor score': [
    'no motor response',
    'extends to pain',
    'abnormal flexion to pain',
    'withdraws from pain',
    'localizes pain',
    'obeys commands',
  ],
  'verbal score': [
    'no verbal response',
    'incomprehensible sounds',
    'inappropriate words',
    'confused speech',
    'oriented speech',
  ],
};

/** Bands of the total, 3 to 15, as head injuries are graded: mild from 13, moderate from 9. */
function comaScale(total: number): string {
  const impairment =
    total >= 15 ? 'normal' : total >= 13 ? 'mildly reduced' : total >= 9 ? 'moderately reduced' : 'severely reduced';
  return `glasgow coma scale ${impairment}`;
}

export function exam(levels: readonly string[]): string {
  const start = levels.lastIndexOf('physical exam') + 1;
  const menus = start > 0 ? levels.slice(start) : [];
  const [system = '', menu = '', item = ''] = menus;
  const leaf = menus.at(-1) ?? '';
  if (system === 'physical exam obtain options' || menus.length < 2) return '';
  if (leaf === 'within normal limits') return `${system} within normal limits`;
  if (NUMBERS.has(menu) || (menu === VITALS && !VITALS_IN_WORDS.has(item))) return '';
  if (menu === 'gcs' && /^\d+$/.test(leaf)) {
    return menus.length === 3 ? comaScale(Number(leaf)) : (COMA_SCALE[item]?.[Number(leaf) - 1] ?? '');
  }
  if (leaf === 'scored' || leaf === 'estimated due to meds') return '';
  const said = menus.slice(1).filter((level) => !DIVIDERS.has(level));
  return phraseOf(said.map((level) => SAID[level] ?? level.replace(/ ([lr])$/, (_, side: string) => ` ${SAID[side]}`)));
}

/** Interventions that every stay has, and words that file them. */
const ROUTINE =
  /^(?:communication with|diagnostic test evaluation|clinical assessment|routine modifications|medication change|best-practice|other$|procedure evaluation|operative interventional)/;
const FILED = / ?(?:- )?(?:evaluation and (?:management|treatment).*|evaluation|active titration.*)$/;

export function tickedNote(levels: readonly string[]): string {
  const page = levels[1] ?? '';
  const leaf = levels.at(-1) ?? '';
  if (page === 'procedure notes') return procedure(levels.slice(2));
  if (page !== 'progress notes' || /obtain options$/.test(levels.at(-2) ?? '')) {
    return levels.at(-2) === 'family history obtain options' && leaf === 'not significant'
      ? 'family history not significant'
      : '';
  }
  const [menu = '', item = ''] = levels.slice(2);
  switch (menu) {
    case 'interventions':
      return ROUTINE.test(leaf) ? '' : leaf.replace(FILED, '');
    case 'review of systems':
      return leaf === 'negative' ? `${levels.slice(4, -2).join(' ')} review negative` : phraseOf(levels.slice(5));
    case 'social history family history':
      return socialOrFamily(levels, leaf);
    case 'allergies preadmission medications':
      return leaf === 'yes' ? item : leaf === 'no' ? `no ${item}` : '';
    case 'surgery':
      return item === 'operative status' ? phraseOf(['operation', ...levels.slice(4)]) : '';
    case 'admission page one':
      return item === 'reason for readmission' ? `readmission for ${leaf}` : '';
    default:
      return '';
  }
}

function socialOrFamily(levels: readonly string[], leaf: string): string {
  if (/unknown$/.test(leaf) && !/smoker/.test(leaf)) return '';
  if (levels[3] === 'family history') return `family history of ${leaf}`;
  const said = levelsAfter(levels.slice(3), 'social history') ?? [];
  const topic = said.filter((level) => level !== 'social history').slice(0, -1);
  return countsInWords(phraseOf(/smok/.test(leaf) ? [leaf] : [...topic, leaf]));
}

/** Findings of a procedure; the rest of its boxes tell how it is done everywhere. */
const FINDINGS = new Set([
  'opening pressure',
  'fluid appears',
  'current condition',
  'hemodynamic status',
  'final status',
]);

/** `…/Intubation/Indication/for respiratory insufficiency`; technique and time-out only say that there was such a procedure. */
function procedure(levels: readonly string[]): string {
  const [first = '', second = ''] = levels;
  if (first === 'shared' || first === '') return '';
  const name = first === 'catheter insertion' ? `${second} catheter insertion` : first;
  const leaf = levels.at(-1) ?? '';
  const group = levels.at(-2) ?? '';
  if (group === 'indication' || (group === 'reason' && !/^no /.test(leaf))) return `${name} ${leaf}`;
  return FINDINGS.has(group) ? `${name} ${phraseOf([group, leaf])}` : name;
}
