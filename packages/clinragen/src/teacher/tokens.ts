/** One word of a note that carries meaning, and where it stands. */
export interface Token {
  /** Lower case, without hyphen, a plural `s` taken off. */
  readonly word: string;
  readonly start: number; // offsets into the note, [start, end)
  readonly end: number;
  /** True where a sentence or a line ended between the word before and this one. */
  readonly startsSentence: boolean;
  /** True where a comma or a colon stands between the word before and this one. */
  readonly afterComma: boolean;
}

/**
 * Words that neither a note nor a phrase is matched by: cleaned notes have lost them, others have not. None of them
 * negates.
 */
const SKIPPED = new Set(
  'a an and the of for to in on at by with from or was were is are be been being had has have his her he she him it its this that these there which as per an also then'.split(
    ' ',
  ),
);

/** `a-fib` and `o2` are one word each; `gram-negative` are two. */
const WORD = /(?<![a-z0-9])[a-z]-[a-z]+|(?<![0-9])[a-z][a-z0-9]*/gi;

/** The words of a text that matching sees, in order. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let gapStart = 0;
  for (const found of text.matchAll(WORD)) {
    const word = found[0].toLowerCase().replace('-', '');
    if (SKIPPED.has(word)) continue;
    const gap = text.slice(gapStart, found.index);
    tokens.push({
      word: singular(word),
      start: found.index,
      end: found.index + found[0].length,
      startsSentence: /[.;!?](\s|$)|\n/.test(gap),
      afterComma: /[,:]/.test(gap),
    });
    gapStart = found.index + found[0].length;
  }
  return tokens;
}

/** `effusions` → `effusion`; short words and Latin ones (`sepsis`, `thrombus`) stay. */
function singular(word: string): string {
  return word.length > 3 && /[^suia]s$/.test(word) ? word.slice(0, -1) : word;
}
