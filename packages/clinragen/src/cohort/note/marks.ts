/**
 * What stands in a note where something was cut out to de-identify it.
 *
 * - MIMIC-III: `[**2101-3-4**]`, `[**Known lastname 12**]`, `[** **]`; broken over two lines where the text was wrapped,
 *   now and then one inside another, or without its end.
 * - MIMIC-IV: `___`, also inside words: `___-year-old`, `Dr. ___`, `___'s`, `___F`.
 *
 * Every function here takes time linear in the text: a mark's end is looked for within MARK_LENGTH characters only.
 */

/** Stands for a mark while text is worked on: of the private use area, so in no note. */
const HOLE = '\uE000';
const HOLES = /\uE000/g;

/** Longest mark, in characters. The longest kind, `[**Name Initial (PRE) …**]`, has about 60. */
const MARK_LENGTH = 120;

/** What an unclosed `[**` may still hold: the kinds of surrogates and their numbers. The words after those are the note's. */
const UNCLOSED =
  /^\[\*\*(?:[ \t]{0,2}(?:(?:Known|First|Last|Middle|Name|Names|Initials?|NameIs|NamePattern\d?|Patient|Doctor|MD|Hospital|Ward|Hospital Unit|Location|State|Country|City|Street|Address|Telephone|Fax|Pager|Number|Numeric|Identifier|Date|Month|Day|Year|Age|over|Company|University|College|Medical|Record|Job|Clip|lastname|firstname)\d{0,3}(?![a-z])|[\d/()#-]{1,12}(?![a-z])))*/i;

/** End of the mark that opens at `start`; undefined where it is not closed nearby. Marks may stand inside one another. */
function markEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let lines = 0;
  const limit = Math.min(text.length, start + MARK_LENGTH);
  for (let i = start; i < limit; i++) {
    const c = text[i];
    if (c === '\n' && ++lines > 1) return undefined;
    if (c === '[' && text.startsWith('[**', i)) {
      depth++;
      i += 2;
    } else if (c === '*' && text.startsWith('**]', i)) {
      i += 2;
      if (--depth === 0) return i + 1;
    }
  }
  return undefined;
}

/** Calls `found(start, end)` for every mark, in order. */
function eachMark(text: string, found: (start: number, end: number) => void): void {
  const opener = /\[\*\*|\*\*\]|_{3,}/g;
  for (let m = opener.exec(text); m !== null; m = opener.exec(text)) {
    const start = m.index;
    let end = start + m[0].length;
    if (m[0] === '[**') {
      end = markEnd(text, start) ?? start + UNCLOSED.exec(text.slice(start, start + MARK_LENGTH))![0].length;
    }
    found(start, end);
    opener.lastIndex = end;
  }
}

function replaceMarks(text: string, by: (length: number) => string): string {
  const out: string[] = [];
  let from = 0;
  eachMark(text, (start, end) => {
    out.push(text.slice(from, start), by(end - start));
    from = end;
  });
  out.push(text.slice(from));
  return out.join('');
}

/** A private character for every character of a mark: offsets and the lines around marks stay as they are. */
export function maskMarks(text: string): string {
  return replaceMarks(text.replace(HOLES, ' '), (length) => HOLE.repeat(length));
}

/** Of a masked line: the same without its marks. */
export function unmasked(masked: string): string {
  return masked.replace(HOLES, '');
}

/** A space for every mark: no words are glued together; what the mark leaves behind (`Dr.`, `on ,`) stays. */
export function blankMarks(text: string): string {
  return replaceMarks(text, () => ' ');
}

const S = '[ \\t\\r\\n]'; // a gap may hold the line's end
const PERSON = `(?:Drs?|Mrs?|Ms|Miss|Mx|Messrs|Prof|Professor|Doctors?|Nurse)\\b\\.?`;
const LINK =
  'on|at|in|by|from|to|with|since|until|till|through|of|for|via|between|near|dated|around|approximately|circa|as of';
/** After a mark these say that its preposition belongs to them: "to ___ hospital" → "to hospital". */
const PLACE =
  'hospital|medical|clinic|cent(?:er|re)|emergency|ED|ER|ICU|MICU|SICU|CCU|rehab|rehabilitation|nursing|floor|unit|ward|service|house|home|[a-z]+ology|[a-z]+ surgery';

/** What a mark took its sense from goes with it. In this order, each once over the text. */
const ORPHANS: readonly [RegExp, string][] = [
  // `___-year-old`, `___ y/o`, `___ yo`, `___'s`, `___th`, `___ pm`
  [
    new RegExp(
      `${HOLE}(?:['’]s\\b|${S}{0,2}-?${S}{0,2}(?:years?|yrs?|y)\\.?[ \\t\\r\\n/.-]{0,3}(?:old|o)\\b\\.?|(?:st|nd|rd|th)\\b|${S}?(?:[ap]\\.?m\\b\\.?))`,
      'gi',
    ),
    HOLE,
  ],
  // `Dr. ___`, and `___, M.D.`
  [new RegExp(`\\b${PERSON}${S}{0,3}${HOLE}`, 'gi'), HOLE],
  [new RegExp(`${HOLE},?${S}{0,2}(?:M\\.?D\\b\\.?|R\\.?N\\b\\.?|Ph\\.?D\\b\\.?|N\\.P\\.|P\\.A\\.)`, 'g'), HOLE],
  // `___ and ___`, `___/___`, `___-___`, `from ___ to ___`: one hole
  [
    new RegExp(
      `${HOLE}(?:${S}{0,2}(?:[-/,&]|\\band\\b|\\bto\\b|\\bor\\b|\\bat\\b|\\bof\\b|\\bin\\b|\\bon\\b)?${S}{0,2}${HOLE})+`,
      'gi',
    ),
    HOLE,
  ],
  [new RegExp(`#${HOLE}`, 'g'), HOLE],
  // `(___)`, `(on ___)`, `(___, cardiology)`
  [new RegExp(`[([{][ \\t]{0,2}(?:(?:${LINK})[ \\t]{1,2})?${HOLE}[ \\t]{0,2}[)\\]}]`, 'gi'), HOLE],
  [new RegExp(`([([{])[ \\t]{0,2}${HOLE}[ \\t]{0,2}[,;:]?[ \\t]{0,2}`, 'g'), '$1'],
  // `to the ___.`, `his wife and ___.`
  [new RegExp(`\\b(?:the|an?|and|or)${S}{1,3}${HOLE}(?=[ \\t]{0,2}(?:[.,;:)\\r\\n]|$))`, 'gi'), HOLE],
  // `on ___, she`, `transferred from ___ .`; but `to ___ hospital`
  [new RegExp(`(?:\\b(?:${LINK})${S}{1,3}){1,2}${HOLE}(?!${S}{1,2}(?:${PLACE})\\b)`, 'gi'), HOLE],
  [new RegExp(`${HOLE}(?:${S}{0,2}${HOLE})+`, 'g'), HOLE],
  // `seen ___, then` → `seen, then`; `, ___,` → `,`; nothing is left at the ends of lines
  [new RegExp(`([,;:])[ \\t]{0,3}${HOLE}[ \\t]{0,3}[,;:]`, 'g'), '$1'],
  [new RegExp(`,[ \\t]{0,3}${HOLE}[ \\t]{0,3}\\.`, 'g'), '.'],
  [new RegExp(`[ \\t]{0,3}${HOLE}[ \\t]{0,3}(?=[.,;:!?)\\]}\\r\\n]|$)`, 'g'), ''],
  [new RegExp(`(^|[\\n([{])${HOLE}[ \\t]{0,3}`, 'g'), '$1'],
  [new RegExp(`[ \\t]{0,3}${HOLE}[ \\t]{0,3}`, 'g'), ' '],
];

/**
 * The text without its marks and without what they leave behind: titles, prepositions, ages, empty brackets, commas.
 *
 * @example
 * withoutMarks('Seen by Dr. ___ on [**2101-3-4**], a ___-year-old woman (___) went to the ___.');
 * // 'Seen, a woman went.'
 */
export function withoutMarks(text: string): string {
  const holed = replaceMarks(text.replace(HOLES, ' '), () => HOLE);
  if (!holed.includes(HOLE)) return holed;
  return ORPHANS.reduce((rest, [pattern, by]) => rest.replace(pattern, by), holed);
}
