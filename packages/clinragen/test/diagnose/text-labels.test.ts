import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosesInText } from '../../src/diagnose/index.js';
import { answerText } from '../../src/model/index.js';
import { PHENOTYPES } from '../../src/phenotypes.js';

describe('diagnoses are read out of written text (compat: paper)', () => {
  it('every answer’s own, whatever its rationale says', () => {
    fc.assert(
      fc.property(fc.subarray([...PHENOTYPES]), fc.subarray([...PHENOTYPES]), (diagnoses, mentioned) => {
        const why = {
          note: `Based on the medical notes, ${mentioned.join(' and ')}.`,
          series: 'Lab test shows nothing.',
        };
        expect(diagnosesInText(answerText(diagnoses, why))).toEqual(diagnoses);
      }),
    );
  });

  it.each([
    [
      'in capitals or not',
      '### disease diagnosed: SHOCK, Cardiac Dysrhythmias. ### Rationale:',
      ['Cardiac dysrhythmias', 'Shock'],
    ],
    [
      'in any order, twice',
      '### Disease Diagnosed: Shock, Pneumonia, Shock, Essential hypertension.',
      ['Essential hypertension', 'Shock'],
    ],
    ['of a text that breaks off', '### Disease Diagnosed: Shock, Chronic kidney dis', ['Shock']],
    [
      'a name inside a longer one is not its own',
      '### Disease Diagnosed: Diabetes mellitus without complication. ### Rationale: Diabetes mellitus with complications',
      ['Diabetes mellitus without complication'],
    ],
    ['none', '### Disease Diagnosed: none. ### Rationale: Shock', []],
    ['no such part', 'Shock and Essential hypertension', []],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => expect(diagnosesInText(text)).toEqual(expected));
});
