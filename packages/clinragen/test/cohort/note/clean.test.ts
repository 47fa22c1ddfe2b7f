import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanNote } from '../../../src/cohort/note/clean.js';

describe('cleaning what word processors and de-identification write', () => {
  const cases: [string, string, string][] = [
    ['ages that were cut out', '___-year-old woman, ___ y/o sister', 'woman, sister'],
    ['ages in numbers', '72 y/o male, 65-year-old and 30 year-old', 'male,'],
    ['names that were cut out', 'Fever, seen by Dr. ___ and Ms. [**Name 3**] today', 'Fever, seen today'],
    ['the full stop of a title ends no sentence', 'Seen by Dr. Smith. Went home.', 'Seen Smith. Went home.'],
    ['marks inside words', '___F with COPD (___)', 'F COPD'],
    ['typographic apostrophes', 'Pain didn’t recur', "Pain didn't recur"],
    ['typographic quotes', 'He felt “well”', 'felt "well"'],
    ['em dashes part words', 'fever—no cough', 'fever no cough'],
    ['double hyphens part words', 'given lasix--40mg', 'given lasix'],
    ['en dashes join ranges', 'for 1–2 days', 'days'],
    ['minus signs', 'balance −500 cc', 'balance'],
    ['non-breaking blanks', 'no\u00a0fever', 'no fever'],
    ['zero-width characters', 'fe\u200bver', 'fever'],
    ['ligatures', 'pulmonary ﬁbrosis', 'pulmonary fibrosis'],
    ['bullets', '• fever\n• cough', 'fever cough'],
    ['degrees and micrograms', 'fever 38.5 °C on 5 µg fentanyl', 'fever fentanyl'],
    ['pressures with blanks', 'BP 120 / 80 today', 'BP today'],
    ['quoted numbers', 'scored "5" then', 'scored'],
    ['old line ends', '1. fever\r2. cough\r\rHome', 'fever cough. Home'],
    ['accents', 'Ménière disease', 'Ménière disease'],
    ['a line of abbreviations only is no sentence in capitals', 'TTE: AS, AR\nwas done', 'TTE: AS, AR done'],
    ['separators', '=====\nfever\n-----', 'fever.'],
  ];
  it.each(cases)('%s', (_name, before, after) => expect(cleanNote(before, 100)).toBe(after));

  it('cleans a clean note no further', () => {
    const words = fc.array(
      fc.constantFrom(
        'fever',
        'no',
        'AS',
        '12',
        'Dr.',
        '___',
        '—',
        '’s',
        '.',
        '\n',
        '\r',
        '(',
        'SpO2',
        'x--y',
        '3–4',
        '°',
      ),
    );
    fc.assert(
      fc.property(words, (pieces) => {
        const clean = cleanNote(pieces.join(' '), 1000);
        expect(cleanNote(clean, 1000)).toBe(clean);
      }),
    );
  });

  it('never fails, and takes time in proportion to the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanNote(text, 50)).not.toMatch(/\s\s/);
      }),
    );
    for (const unit of ['.', '-', ')', 'a.', '—', '[**', '___', ' ', '\n', '1', '(a']) {
      const start = performance.now();
      cleanNote(`${unit.repeat(2e5 / unit.length)}a`, 100);
      // A tenth of a second where nothing is wrong; half a minute were it quadratic.
      expect(performance.now() - start, JSON.stringify(unit)).toBeLessThan(4_000);
    }
  });
});
