import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLEU_SIGNATURE, corpusBleu, tokenize13a } from '../../src/evaluate/bleu.js';

interface Golden {
  hypotheses: string[];
  references: string[];
  score: number;
  precisions: number[];
  brevityPenalty: number;
  hypothesisTokens: number;
  referenceTokens: number;
}
const goldens: { madeBy: string; signature: string; cases: Golden[]; tokens: [string, string][] } = JSON.parse(
  readFileSync(new URL('./goldens/bleu.json', import.meta.url), 'utf8'),
);

describe(`BLEU equals ${goldens.madeBy}`, () => {
  it('in its tokens, hostile white space and entities included', () => {
    expect(goldens.tokens.length).toBeGreaterThan(50);
    for (const [line, tokens] of goldens.tokens) expect(tokenize13a(line).join(' ')).toBe(tokens);
  });

  it.each(goldens.cases.map((golden, index) => ({ golden, index, pairs: golden.references.length })))(
    'in case $index, $pairs pairs',
    ({ golden }) => {
      const bleu = corpusBleu(golden.hypotheses, golden.references);
      expect(bleu.hypothesisTokens).toBe(golden.hypothesisTokens);
      expect(bleu.referenceTokens).toBe(golden.referenceTokens);
      // exp and log of two runtimes may differ in the last place
      expect(bleu.score).toBeCloseTo(golden.score, 10);
      expect(bleu.brevityPenalty).toBeCloseTo(golden.brevityPenalty, 12);
      bleu.precisions.forEach((precision, order) => {
        expect(precision).toBeCloseTo(golden.precisions[order]!, 10);
      });
    },
  );

  it('in its signature, but for the version', () => {
    const fields = (signature: string) => signature.split('|').filter((field) => !field.startsWith('version'));
    expect(fields(BLEU_SIGNATURE)).toEqual(fields(goldens.signature));
  });
});

describe('BLEU, whatever the text', () => {
  const sentence = fc.array(fc.constantFrom('renal', 'failure', 'acute', 'shock.', '3.5', 'a-b', ','), {
    maxLength: 12,
  });
  const corpus = fc.array(fc.tuple(sentence, sentence), { minLength: 1, maxLength: 6 });
  it('lies between 0 and 100 and does not depend on the order of the pairs', () => {
    fc.assert(
      fc.property(corpus, (pairs) => {
        const said = pairs.map(([hypothesis]) => hypothesis.join(' '));
        const expected = pairs.map(([, reference]) => reference.join(' '));
        const { score } = corpusBleu(said, expected);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100 + 1e-9);
        expect(corpusBleu(said.toReversed(), expected.toReversed()).score).toBe(score);
      }),
    );
  });

  it('is 100 for the reference itself once it has four tokens', () => {
    expect(corpusBleu(['acute renal failure present'], ['acute renal failure present']).score).toBeCloseTo(100, 10);
    expect(corpusBleu(['renal failure'], ['renal failure']).score).toBe(0); // effective order off, as in sacreBLEU
  });

  it('is refused for lists of different length', () => {
    expect(() => corpusBleu(['a'], [])).toThrow(/1 hypotheses and 0 references/);
  });
});
