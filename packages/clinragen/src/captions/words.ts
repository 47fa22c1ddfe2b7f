import { CaptionError } from './errors.js';

const UNITS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
] as const;

const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'] as const;

/**
 * A count in English words, 0 to 9999: `one hundred and five`, `forty-two`.
 *
 * The spelling is num2words' (equal on all ten thousand), but without its comma after the thousands: a caption separates
 * its variables by commas.
 *
 * @throws CaptionError where `n` is no whole number from 0 to 9999
 *
 * @example
 * numberInWords(1105); // 'one thousand one hundred and five'
 */
export function numberInWords(n: number): string {
  if (!Number.isInteger(n) || n < 0 || n > 9999) {
    throw new CaptionError(`a number in words: found ${n}, expected a whole number from 0 to 9999`);
  }
  if (n >= 1000) {
    const rest = n % 1000;
    const head = `${UNITS[Math.floor(n / 1000)]} thousand`;
    if (rest === 0) return head;
    return rest < 100 ? `${head} and ${numberInWords(rest)}` : `${head} ${numberInWords(rest)}`;
  }
  if (n >= 100) {
    const rest = n % 100;
    const head = `${UNITS[Math.floor(n / 100)]} hundred`;
    return rest === 0 ? head : `${head} and ${numberInWords(rest)}`;
  }
  if (n >= 20) {
    const rest = n % 10;
    const head = TENS[Math.floor(n / 10)]!;
    return rest === 0 ? head : `${head}-${UNITS[rest]}`;
  }
  return UNITS[n]!;
}
