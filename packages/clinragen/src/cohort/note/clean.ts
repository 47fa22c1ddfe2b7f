import { blankMarks } from './marks.js';

/**
 * What the paper does to a note before the model reads it: numbers and stop words go. What stays, and why:
 *
 * - **Negations stay** (no, not, without, denies, n't): "no pneumonia" without its "no" says the opposite.
 * - **Names that hold digits stay** when they begin with a letter: SpO2, HCO3, T2DM, C6, CO2.
 * - **Short capitals stay** in mixed-case text even where they spell a stop word: AS, OR, US, IS, ALL.
 * - Sentence ends stay, since evidence is quoted by the sentence; the full stop of `Dr.` is none. Case stays as written.
 *
 * A number takes its unit and its list mark with it: `40 mg`, `1.`, `#2`, `120/80`, `38.5 C`, `72 y/o`. De-identification
 * marks go. Typographic quotes, dashes and blanks become plain ones, so that a word has one spelling.
 */

const STOP_WORDS = new Set(
  `a an the this that these those such
   i me my we us our you your he him his she her hers it its they them their theirs who whom whose which what
   am is are was were be been being have has had having do does did doing will would shall should can could may might must
   and but or so if then than because as while although though however therefore thus also
   of in on at by for with from to into onto upon about between among through within per via
   there here when where why how each any all some other another own same just only very quite
   mr mrs ms miss dr drs prof pt s t year-old yr-old years-old yo y/o`
    .trim()
    .split(/\s+/),
);

/** Units that say nothing once their number is gone. */
const UNITS = new Set(
  `mg mcg ug g gm gms grams kg kgs lb lbs oz ml mls cc ccs l liter liters litre litres dl meq mmol units unit u iu mmhg cm mm
   bpm hz c f degrees percent % mg/dl mg/kg mcg/kg mcg/kg/min mcg/min ml/hr cc/hr mg/hr meq/l mmol/l g/dl l/min k/ul
   x tab tabs tablet tablets po bid tid qid qd qhs qam qpm q prn daily am pm y/o yo year-old years-old yr-old`
    .trim()
    .split(/\s+/),
);

/** A token that is or begins with a number: `40`, `1.`, `(3)`, `#2`, `>90%`, `120/80`, `40mg`, `3rd`, `2+`, `-0.5`. */
const NUMBER = /^[([{<>~=≤≥±#$@*/?"'+\-.,]*\d/;

/** Full stop or the like at the end of a token, past closing brackets. */
const SENTENCE_END = /([.;:?!])[)\]}"']*$/;

/** The same, or a comma: what parts two statements outlives the number before it ("HR 110, no fever"). */
const CLAUSE_END = /([.;:?!,])[)\]}"']*$/;

/** Their full stop ends no sentence. */
const TITLE = /^[([{"']*(?:mr|mrs|ms|dr|drs|prof|pt)\.[)\]}"',]*$/i;

/** Longer than any word, however many slashes it joins: separators, pasted data. */
const TOKEN_LENGTH = 200;

const LINE_END = /\r\n?|[\n\v\f\u0085\u2028\u2029]/;

/** One spelling for what typewriters, word processors and web forms write in several. */
function plain(text: string): string {
  return blankMarks(text)
    .normalize('NFKC') // no-break blanks, ligatures, ellipsis, full-width letters, µ
    .replace(/[\u200B-\u200D\u2060\uFEFF\u00AD]/g, '')
    .replace(/(?![\t\n\v\f\r\u0085])\p{Cc}|[\uE000\uFFFD]/gu, ' ')
    .replace(/[‘’‚‛′`´]/g, "'")
    .replace(/[“”„‟″«»]/g, '"')
    .replace(/[\u2014\u2015]|-{2,}/g, ' - ')
    .replace(/[\u2010-\u2013\u2212\uFE63]/g, '-')
    .replace(/[\u2022\u2023\u25AA-\u25E6\u2043\u00B7]/g, ' ')
    .replace(/\u03BC/g, 'u')
    .replace(/°/g, ' ');
}

/** In capitals throughout, and not only because it holds nothing but abbreviations. */
function isInCapitals(line: string): boolean {
  return !/[a-z]/.test(line) && /[A-Z]{4}/.test(line);
}

function isStopWord(token: string, allCapitals: boolean, sentenceStart: boolean): boolean {
  const word = token.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  if (word === '') return true; // punctuation alone
  if (!STOP_WORDS.has(word.toLowerCase())) return false;
  if (allCapitals || word !== word.toUpperCase()) return true;
  // One to three capitals in mixed case: an abbreviation, but for the I and A that begin a sentence.
  return word.length > 3 || (word.length === 1 && sentenceStart);
}

/**
 * @param text   a section of a note
 * @param words  at most so many words are kept, from the beginning
 * @returns one line of words with single spaces
 * @example
 * cleanNote('The patient had no fever, T 38.5 C. He was given 40 mg of Lasix for CHF.', 100);
 * // 'patient no fever, T. given Lasix CHF.'
 */
export function cleanNote(text: string, words: number): string {
  const out: string[] = [];
  for (const line of plain(text).split(LINE_END)) {
    const allCapitals = isInCapitals(line);
    let afterNumber = false;
    for (const [i, token] of line.trim().split(/\s+/).entries()) {
      if (token === '') continue;
      const first = i === 0;
      const sentenceStart = out.length === 0 || SENTENCE_END.test(out.at(-1)!);
      if (token.length > TOKEN_LENGTH) continue;
      const bare = token.toLowerCase().replace(/[^a-z%/]+$/, '');
      const gone =
        NUMBER.test(token) || (afterNumber && UNITS.has(bare)) || isStopWord(token, allCapitals, sentenceStart);
      if (NUMBER.test(token)) afterNumber = true;
      else if (!gone) afterNumber = false;
      if (!gone) {
        out.push(token);
        continue;
      }
      // The end of a clause outlives its last word; a list mark at the beginning of a line (`1.`, `2)`) ends none.
      const end = CLAUSE_END.exec(token)?.[1];
      const listMark = first && /^[#(]?\d{1,2}[.):]+$/.test(token);
      if (end && !listMark && !TITLE.test(token) && out.length > 0 && !/[.;:?!,]$/.test(out.at(-1)!))
        out[out.length - 1] += end;
    }
    // A blank line or a list entry ends a sentence too, but the words of a wrapped line go on.
    if (!/[a-z]/i.test(line) && out.length > 0 && !/[.;:?!]$/.test(out.at(-1)!)) out[out.length - 1] += '.';
  }
  return out.slice(0, words).join(' ');
}
