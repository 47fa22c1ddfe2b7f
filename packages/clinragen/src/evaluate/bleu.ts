import { EvaluateError } from './errors.js';

/**
 * Corpus BLEU with sacreBLEU's defaults: one reference, case kept, tokenizer 13a, exponential smoothing, effective order
 * off. `version` names this implementation; its numbers are tested equal to sacreBLEU 2.6.
 */
export const BLEU_SIGNATURE = 'nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:clinragen (equals sacreBLEU 2.6)';

const ORDERS = 4;

/** Per segment: matched n-grams of orders 1 to 4, n-grams of orders 1 to 4, tokens of hypothesis and of reference. */
export const BLEU_STATISTICS = 2 * ORDERS + 2;

export interface Bleu {
  /** 0 to 100. */
  readonly score: number;
  readonly precisions: readonly number[]; // orders 1 to 4, in percent, after smoothing
  readonly brevityPenalty: number;
  readonly hypothesisTokens: number;
  readonly referenceTokens: number;
}

// What Python's str.isspace() holds to be white space; JavaScript's \s is not the same set.
const PYTHON_SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const SPACES = new RegExp(PYTHON_SPACE, 'u');
const TRAILING_SPACES = new RegExp(`${PYTHON_SPACE}$`, 'u');

/** mteval-v13a's tokenization, as sacreBLEU's `13a`. */
export function tokenize13a(text: string): string[] {
  let line = text.replace(TRAILING_SPACES, '').replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  if (line.includes('&')) {
    line = line.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  }
  return ` ${line} `
    .replace(/([{-~[-` -&(-+:-@/])/gu, ' $1 ')
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/gu, '$1 $2 ')
    .split(SPACES)
    .filter((token) => token !== '');
}

function ngrams(tokens: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + order <= tokens.length; at++) {
    const ngram = tokens.slice(at, at + order).join(' '); // tokens hold no space
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** The sufficient statistics of one segment; corpus BLEU is a function of their sum. */
export function bleuStatistics(hypothesis: string, reference: string): Float64Array {
  const statistics = new Float64Array(BLEU_STATISTICS);
  const said = tokenize13a(hypothesis);
  const expected = tokenize13a(reference);
  for (let order = 1; order <= ORDERS; order++) {
    const wanted = ngrams(expected, order);
    for (const [ngram, count] of ngrams(said, order)) {
      statistics[order - 1]! += Math.min(count, wanted.get(ngram) ?? 0);
    }
    statistics[ORDERS + order - 1] = Math.max(0, said.length - order + 1);
  }
  statistics[2 * ORDERS] = said.length;
  statistics[2 * ORDERS + 1] = expected.length;
  return statistics;
}

/** BLEU of summed statistics. */
export function bleuOfStatistics(sum: Float64Array): Bleu {
  const hypothesisTokens = sum[2 * ORDERS]!;
  const referenceTokens = sum[2 * ORDERS + 1]!;
  let brevityPenalty = 1;
  if (hypothesisTokens < referenceTokens) {
    brevityPenalty = hypothesisTokens === 0 ? 0 : Math.exp(1 - referenceTokens / hypothesisTokens);
  }
  const precisions = new Array<number>(ORDERS).fill(0);
  const anyMatch = sum.subarray(0, ORDERS).some((count) => count > 0);
  let score = 0;
  if (anyMatch) {
    let smoothing = 1;
    for (let order = 0; order < ORDERS; order++) {
      const correct = sum[order]!;
      const total = sum[ORDERS + order]!;
      if (total === 0) break;
      if (correct === 0) smoothing *= 2;
      precisions[order] = correct === 0 ? 100 / (smoothing * total) : (100 * correct) / total;
    }
    // An order without any n-gram leaves a precision of 0 and so a score of 0: sacreBLEU's effective order is off.
    const logSum = precisions.reduce((total, precision) => total + Math.log(precision), 0);
    score = brevityPenalty * Math.exp(logSum / ORDERS);
  }
  return { score, precisions, brevityPenalty, hypothesisTokens, referenceTokens };
}

/**
 * BLEU of a corpus, one reference per hypothesis.
 *
 * @throws EvaluateError where the two lists differ in length or are empty
 */
export function corpusBleu(hypotheses: readonly string[], references: readonly string[]): Bleu {
  if (hypotheses.length !== references.length || hypotheses.length === 0) {
    throw new EvaluateError(
      `BLEU: found ${hypotheses.length} hypotheses and ${references.length} references, expected as many of each, at least one`,
    );
  }
  const sum = new Float64Array(BLEU_STATISTICS);
  hypotheses.forEach((hypothesis, index) => {
    bleuStatistics(hypothesis, references[index]!).forEach((count, at) => {
      sum[at]! += count;
    });
  });
  return bleuOfStatistics(sum);
}
