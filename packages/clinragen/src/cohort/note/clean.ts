/**
 * What the paper does to a note before the model reads it: numbers and stop words go. What stays, and why:
 *
 * - **Negations stay** (no, not, without, denies, n't): "no pneumonia" without its "no" says the opposite.
 * - **Names that hold digits stay** when they begin with a letter: SpO2, HCO3, T2DM, C6, CO2.
 * - **Short capitals stay** in mixed-case text even where they spell a stop word: AS, OR, US, IS, ALL.
 * - Sentence ends stay, since evidence is quoted by the sentence. Case stays as written.
 *
 * A number takes its unit and its list mark with it: `40 mg`, `1.`, `#2`, `120/80`, `38.5 C`.
 */

const STOP_WORDS = new Set(
  `a an the this that these those such
   i me my we us our you your he him his she her hers it its they them their theirs who whom whose which what
   am is are was were be been being have has had having do does did doing will would shall should can could may might must
   and but or so if then than because as while although though however therefore thus also
   of in on at by for with from to into onto upon about between among through within per via
   there here when where why how each any all some other another own same just only very quite
   mr mrs ms dr pt s t`
    .trim()
    .split(/\s+/),
);

/** Units that say nothing once their number is gone. */
const UNITS = new Set(
  `mg mcg ug g gm gms grams kg kgs lb lbs oz ml mls cc ccs l liter liters litre litres dl meq mmol units unit u iu mmhg cm mm
   bpm hz c f degrees percent % mg/dl mg/kg mcg/kg mcg/kg/min mcg/min ml/hr cc/hr mg/hr meq/l mmol/l g/dl l/min k/ul
   x tab tabs tablet tablets po bid tid qid qd qhs qam qpm q prn daily`
    .trim()
    .split(/\s+/),
);

/** A token that is or begins with a number: `40`, `1.`, `(3)`, `#2`, `>90%`, `120/80`, `40mg`, `3rd`, `2+`, `-0.5`. */
const NUMBER = /^[([{<>~=≤≥#$+\-–.,]*\d/;

/** Full stop or the like at the end of a token, past closing brackets. */
const SENTENCE_END = /([.;:?!])[)\]}"']*$/;

/** The same, or a comma: what parts two statements outlives the number before it ("HR 110, no fever"). */
const CLAUSE_END = /([.;:?!,])[)\]}"']*$/;

function isStopWord(token: string, allCapitals: boolean, sentenceStart: boolean): boolean {
  const word = token.replace(/^[^a-z]+|[^a-z]+$/gi, '');
  if (word === '') return true; // punctuation alone
  if (!STOP_WORDS.has(word.toLowerCase())) return false;
  if (allCapitals || word !== word.toUpperCase()) return true;
  // One to three capitals in mixed case: an abbreviation, but for the I and A that begin a sentence.
  return word.length > 3 || (word.length === 1 && sentenceStart);
}

/**
 * @param text   a section of a note, de-identification marks removed
 * @param words  at most so many words are kept, from the beginning
 * @returns one line of words with single spaces
 * @example
 * cleanNote('The patient had no fever, T 38.5 C. He was given 40 mg of Lasix for CHF.', 100);
 * // 'patient no fever, T. given Lasix CHF.'
 */
export function cleanNote(text: string, words: number): string {
  const out: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const letters = line.replace(/[^a-z]/gi, '');
    const allCapitals = letters === letters.toUpperCase();
    let afterNumber = false;
    for (const [i, token] of line.trim().split(/\s+/).entries()) {
      if (token === '') continue;
      const first = i === 0;
      const sentenceStart = out.length === 0 || SENTENCE_END.test(out.at(-1)!);
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
      if (end && !listMark && out.length > 0 && !/[.;:?!,]$/.test(out.at(-1)!)) out[out.length - 1] += end;
    }
    // A blank line or a list entry ends a sentence too, but the words of a wrapped line go on.
    if (letters === '' && out.length > 0 && !/[.;:?!]$/.test(out.at(-1)!)) out[out.length - 1] += '.';
  }
  return out.slice(0, words).join(' ');
}
