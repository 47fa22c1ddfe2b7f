/** Tokens that would repeat an n-gram: the rule of Hugging Face's `no_repeat_ngram_size`. */

/** @returns every token that would end a run of `n` tokens which `sequence` already holds */
export function repeatingTokens(sequence: readonly number[], n: number): number[] {
  const found: number[] = [];
  const last = sequence.length - (n - 1); // where the n-gram under way begins
  for (let from = 0; from < last; from++) {
    let same = 0;
    while (same < n - 1 && sequence[from + same] === sequence[last + same]) same++;
    if (same === n - 1) found.push(sequence[from + n - 1] as number);
  }
  return found;
}
