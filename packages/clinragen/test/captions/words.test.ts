import { describe, expect, it } from 'vitest';
import { CaptionError, numberInWords } from '../../src/captions/index.js';

describe('a count in words', () => {
  it.each([
    [0, 'zero'],
    [1, 'one'],
    [13, 'thirteen'],
    [20, 'twenty'],
    [42, 'forty-two'],
    [100, 'one hundred'],
    [105, 'one hundred and five'],
    [999, 'nine hundred and ninety-nine'],
    [1000, 'one thousand'],
    [1005, 'one thousand and five'],
    [1105, 'one thousand one hundred and five'],
    [9999, 'nine thousand nine hundred and ninety-nine'],
  ])('%i is "%s"', (n, words) => {
    expect(numberInWords(n)).toBe(words);
  });

  it('is another text for every count from 0 to 9999, of lower-case words only', () => {
    const all = Array.from({ length: 10_000 }, (_, n) => numberInWords(n));
    expect(new Set(all).size).toBe(10_000);
    expect(all.filter((words) => !/^[a-z]+([ -][a-z]+)*$/.test(words))).toEqual([]);
  });

  it.each([-1, 10_000, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (n) => {
    expect(() => numberInWords(n)).toThrow(CaptionError);
  });
});
