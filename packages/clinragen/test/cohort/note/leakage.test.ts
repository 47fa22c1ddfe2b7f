import { describe, expect, it } from 'vitest';
import { cleanNote } from '../../../src/cohort/note/clean.js';
import { DISEASE_NAMES } from '../../../src/cohort/note/disease-names.js';
import { leakageReport, leaksIn } from '../../../src/cohort/note/leakage.js';
import { PHENOTYPES } from '../../../src/phenotypes.js';

const HEART = 'Congestive heart failure; nonhypertensive';
const LUNG = 'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)';

describe('leaks in a note', () => {
  it('finds every official name, in a cleaned note too', () => {
    for (const name of PHENOTYPES) {
      for (const text of [name, name.toUpperCase(), `Admitted for ${name}.`]) {
        expect(leaksIn(text, [name]).recorded, text).toEqual({ official: 1, short: 0 });
      }
      const { official, short } = leaksIn(cleanNote(`Admitted for ${name}.`, 99), [name]).recorded;
      expect(official + short, name).toBe(1);
    }
  });

  it('finds every short name', () => {
    for (const { disease, short } of DISEASE_NAMES) {
      for (const name of short) {
        const { recorded } = leaksIn(`Admitted with ${name}.`, [disease]);
        expect(recorded.short + recorded.official, `${disease}: ${name}`).toBe(1);
      }
    }
  });

  it('parts mentions of what is on record from others', () => {
    expect(leaksIn('CHF and pneumonia, treated as pneumonia', [HEART])).toEqual({
      recorded: { official: 0, short: 1 },
      unrecorded: { official: 2, short: 0 },
      codes: 0,
    });
  });

  it('takes the longest name at a place', () => {
    expect(leaksIn('septic shock', ['Shock'])).toMatchObject({
      recorded: { official: 0, short: 1 },
      unrecorded: { official: 0, short: 0 },
    });
    expect(leaksIn('chronic renal failure', ['Acute and unspecified renal failure']).recorded.short).toBe(0);
  });

  it.each([
    'no pneumonia',
    'denies fever or pneumonia',
    'negative for pneumonia',
    'family history of pneumonia',
    'pneumoniae in sputum',
  ])('does not count: %s', (text) => {
    expect(leaksIn(text, [LUNG]).recorded).toEqual({ official: 0, short: 0 });
  });

  it('counts again past the end of a clause', () => {
    expect(leaksIn('no fever; pneumonia', [LUNG]).recorded.official).toBe(1);
    expect(leaksIn('not febrile. Pneumonia', [LUNG]).recorded.official).toBe(1);
  });

  it.each([
    ['coded I50.9 and E11.65', 2],
    ['401.9, I10', 1],
    ['ICD-9 4280', 0],
    ['icd-9: 428.0', 1],
    ['V58.61 on discharge', 1],
    ['dx: J18.9', 1],
    ['T 38.5, glucose 101.5, C6 fracture, T12, vitamin B12, S1 normal, SpO2 98.6', 0],
  ])('counts codes: %s', (text, codes) => {
    expect(leaksIn(text, []).codes).toBe(codes);
  });

  it('takes other names', () => {
    const names = [{ disease: 'Gout', official: ['Gout'], short: ['podagra'] }];
    expect(leaksIn('gout, podagra, shock', ['Gout'], names)).toEqual({
      recorded: { official: 1, short: 1 },
      unrecorded: { official: 0, short: 0 },
      codes: 0,
    });
  });
});

describe('leakage of a cohort', () => {
  const stay = (note: string, ...labels: string[]) => ({ note, labels, noteKind: 'composed' as const });

  it('says per disease how many stays with it and without it name it', () => {
    const report = leakageReport([
      stay('chf, chf', HEART),
      stay('edema', HEART),
      stay('congestive heart failure; nonhypertensive. I50.9', HEART),
      stay('chf', LUNG),
      stay('no chf', LUNG),
    ]);
    expect(report).toMatchObject({ noteKind: 'composed', mention: 'leak', stays: 5, staysWithCodes: 1 });
    expect(report.diseases.find(({ disease }) => disease === HEART)).toEqual({
      disease: HEART,
      recorded: 3,
      recordedNamed: 2,
      recordedOfficial: 1,
      unrecorded: 2,
      unrecordedNamed: 1,
      unrecordedOfficial: 0,
    });
    expect(report.recordedNamed).toBeCloseTo(2 / 5);
    expect(report.unrecordedNamed).toBeCloseTo(1 / 120);
  });

  it('calls a mention evidence in a hospital course', () => {
    expect(leakageReport([{ note: 'chf', labels: [HEART], noteKind: 'hospital-course' }]).mention).toBe('evidence');
  });

  it('has no share of nothing, and no text', () => {
    const report = leakageReport([]);
    expect(report).toMatchObject({ stays: 0, recordedNamed: null, unrecordedNamed: null });
    expect(JSON.stringify(leakageReport([stay('pneumonia SECRET', LUNG)]))).not.toContain('SECRET');
  });
});
