import { describe, expect, it } from 'vitest';
import { EPOCH, placeStays, type StayToPlace } from '../../../src/cohort/meds/timeline.js';
import { dotted, parentOfDiagnosis } from '../../../src/cohort/meds/vocabulary.js';

const HOUR = 3_600_000_000n;
const DAY = 24n * HOUR;
const stay = (id: string, subject: string, episode: number, age: number | null, periodLength: number): StayToPlace => ({
  stay: id,
  subject,
  episode,
  age,
  periodLength,
});

describe('where an export places stays', () => {
  it('begins with the epoch, and goes on as the age grows', () => {
    const placed = placeStays([stay('b', '7', 2, 61, 5), stay('a', '7', 1, 60, 30)]);
    expect(placed).toEqual([
      { stay: 'a', subject: 7n, begin: EPOCH, birth: EPOCH - 21915n * DAY },
      { stay: 'b', subject: 7n, begin: EPOCH + 365n * DAY, birth: EPOCH - 21915n * DAY },
    ]);
  });

  it('lets no stay begin before the one before it has ended', () => {
    const [, second, third] = placeStays([
      stay('a', '7', 1, 90, 50),
      stay('b', '7', 3, 90, 1), // ages end at 90: two stays of one age
      stay('c', '7', 5, null, 1),
    ]);
    expect(second!.begin).toBe(EPOCH + 3n * DAY);
    expect(third!.begin).toBe(EPOCH + 4n * DAY);
  });

  it('numbers patients only where an id is no whole number that comes back as the same text', () => {
    const subjects = (...ids: string[]) => placeStays(ids.map((id) => stay(id, id, 1, null, 1))).map((p) => p.subject);
    expect(subjects('10', '9')).toEqual([10n, 9n]);
    expect(subjects('10', '09')).toEqual([2n, 1n]);
    expect(subjects('b', 'a', 'c')).toEqual([2n, 1n, 3n]);
  });
});

describe('parents of diagnoses', () => {
  it('have the dot where their version puts it', () => {
    expect([dotted('4280', 9), dotted('E8497', 9), dotted('V5861', 9), dotted('486', 9)]).toEqual([
      '428.0',
      'E849.7',
      'V58.61',
      '486',
    ]);
    expect(parentOfDiagnosis('E876', 10)).toBe('ICD10CM/E87.6');
  });
});
