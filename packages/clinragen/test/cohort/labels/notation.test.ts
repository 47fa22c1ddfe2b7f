import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandCodes, headings, place, writeCodes } from '../../../src/cohort/labels/notation.js';

describe('codes as clinicians write them', () => {
  it('a token that begins with a dot goes on in the category before it', () => {
    expect(expandCodes('584.5 .6 586')).toEqual(['5845', '5846', '586']);
    expect(expandCodes('I25.1 .2 V45.81 .82')).toEqual(['I251', 'I252', 'V4581', 'V4582']);
  });

  it('ranges count up in their last character', () => {
    expect(expandCodes('I60-I63')).toEqual(['I60', 'I61', 'I62', 'I63']);
    expect(expandCodes('E78.0-.3')).toEqual(['E780', 'E781', 'E782', 'E783']);
  });

  it('seventh characters after a colon', () => {
    expect(expandCodes('T81.1-.2:AS')).toEqual(['T811:A', 'T811:S', 'T812:A', 'T812:S']);
  });

  it.each(['I6', 'I60-J61', 'I63-I60', 'I60-I611'])('%s is refused', (text) => {
    expect(() => expandCodes(text)).toThrow(/not a code or a range/);
  });

  it('what is written is read as the same codes', () => {
    const code = fc
      .tuple(
        fc.constantFrom('I', 'T', 'Z'),
        fc.integer({ min: 10, max: 14 }),
        fc.stringMatching(/^[0-4A]{0,3}$/),
        fc.constantFrom('', ':A', ':S'),
      )
      .map(([letter, number, rest, encounter]) => `${letter}${number}${rest}${encounter}`);
    fc.assert(
      fc.property(fc.uniqueArray(code, { maxLength: 60 }), (codes) => {
        // A code either needs a seventh character or does not.
        const limited = new Set(codes.filter((c) => c.includes(':')).map((c) => c.split(':')[0]));
        const consistent = codes.filter((c) => c.includes(':') || !limited.has(c));
        expect(expandCodes(writeCodes(consistent)).sort()).toEqual(consistent.sort());
      }),
    );
  });

  it('the stem of an injury has no seventh character and no placeholders', () => {
    expect(place('T814XXA')).toEqual({ stem: 'T814', encounter: 'A' });
    expect(place('T8144XD')).toEqual({ stem: 'T8144', encounter: 'D' });
    expect(place('T81')).toEqual({ stem: 'T81', encounter: '' });
    expect(place('E1137X1')).toEqual({ stem: 'E1137X1', encounter: '' });
  });

  it('headings, the nearest first', () => {
    expect(headings('I5021')).toEqual(['I5021', 'I502', 'I50']);
    expect(headings('I5')).toEqual([]);
  });
});
