import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCode } from '../../../src/cohort/labels/categories.js';
import { PHENOTYPE_OF_ICD9, PHENOTYPE_OF_ICD9_HEADING } from '../../../src/cohort/labels/icd9.js';
import { PHENOTYPE_OF_ICD10 } from '../../../src/cohort/labels/icd10.js';
import { codesOfList, type IcdVersion, labelRow, phenotypeOf } from '../../../src/cohort/labels/index.js';
import { PHENOTYPES, type Phenotype } from '../../../src/phenotypes.js';

/** The same disease in both versions, chosen by hand: what an ICU codes most, and what is easily missed. */
const CASES: Readonly<Record<Phenotype, { icd9: string; icd10: string }>> = {
  'Acute and unspecified renal failure': { icd9: '584.9 584.5 586', icd10: 'N17.9 N17.0 N19' },
  'Acute cerebrovascular disease': { icd9: '430 431 434.91 434.11', icd10: 'I60.9 I61.9 I63.9 I63.413' },
  'Acute myocardial infarction': { icd9: '410.71 410.11 410.91', icd10: 'I21.4 I21.09 I21.9 I21.A1 I22.2' },
  'Cardiac dysrhythmias': { icd9: '427.31 427.89 785.0', icd10: 'I48.91 I48.20 I47.20 R00.0 R00.1' },
  'Chronic kidney disease': { icd9: '585.3 585.6 V45.11 V42.0', icd10: 'N18.3 N18.32 N18.6 Z99.2 Z94.0' },
  'Chronic obstructive pulmonary disease and bronchiectasis': { icd9: '496 491.21', icd10: 'J44.9 J44.1 J43.9 J47.9' },
  'Complications of surgical procedures or medical care': {
    icd9: '998.59 997.31 458.21 998.32 277.88',
    icd10: 'T81.4XXA T81.41XA T81.4 J95.851 I95.3 T81.31XA E88.3 T81.12XA T82.7XXS',
  },
  'Conduction disorders': { icd9: '426.0 V45.01 V45.02', icd10: 'I44.2 Z95.0 Z95.810' },
  'Congestive heart failure; nonhypertensive': { icd9: '428.0 428.23 398.91', icd10: 'I50.9 I50.23 I50.810 I09.81' },
  'Coronary atherosclerosis and other heart disease': {
    icd9: '414.01 412 V45.81 411.1',
    icd10: 'I25.10 I25.2 Z95.1 I20.0 I25.110 I25.5',
  },
  'Diabetes mellitus with complications': { icd9: '250.60 250.12 250.42', icd10: 'E11.42 E10.10 E11.10 E11.22 E11.65' },
  'Diabetes mellitus without complication': { icd9: '250.00 790.29', icd10: 'E11.9 R73.9 R73.03' },
  'Disorders of lipid metabolism': { icd9: '272.4 272.0', icd10: 'E78.5 E78.00 E78.2' },
  'Essential hypertension': { icd9: '401.9', icd10: 'I10' },
  'Fluid and electrolyte disorders': { icd9: '276.1 276.2 276.8', icd10: 'E87.1 E87.2 E87.20 E87.6 E86.0' },
  'Gastrointestinal hemorrhage': { icd9: '578.9 532.40 456.20', icd10: 'K92.2 K26.4 I85.11 K22.6' },
  'Hypertension with complications and secondary hypertension': {
    icd9: '403.90 401.0',
    icd10: 'I12.9 I13.0 I11.0 I16.1',
  },
  'Other liver diseases': { icd9: '571.5 572.2 789.59 790.4', icd10: 'K74.60 K72.90 K76.82 R18.8 R74.01' },
  'Other lower respiratory disease': { icd9: '518.4 786.30 793.11', icd10: 'J81.0 R04.2 R91.1 R06.02 R05.9' },
  'Other upper respiratory disease': { icd9: '784.7 519.19 V44.0', icd10: 'R04.0 J98.09 Z93.0' },
  'Pleurisy; pneumothorax; pulmonary collapse': { icd9: '511.9 512.89 518.0', icd10: 'J90 J93.9 J98.11' },
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)': {
    icd9: '486 482.41 481',
    icd10: 'J18.9 J15.211 J13 J12.82 B59',
  },
  'Respiratory failure; insufficiency; arrest (adult)': {
    icd9: '518.81 518.82 518.51 V46.11',
    icd10: 'J96.01 J80 R06.03 J95.821 Z99.11',
  },
  'Septicemia (except in labor)': { icd9: '038.9 995.92 790.7', icd10: 'A41.9 A40.0 R65.20 R78.81' },
  Shock: { icd9: '785.51 785.52 785.59', icd10: 'R57.0 R65.21 R57.1' },
};

describe('the same disease is the same phenotype in both versions', () => {
  it.each(PHENOTYPES)('%s', (phenotype) => {
    const { icd9, icd10 } = CASES[phenotype];
    for (const code of icd9.split(' ')) expect(`${code} ${phenotypeOf(code, 9)}`).toBe(`${code} ${phenotype}`);
    for (const code of icd10.split(' ')) expect(`${code} ${phenotypeOf(code, 10)}`).toBe(`${code} ${phenotype}`);
  });
});

describe('near, but none of the 25', () => {
  it.each<[string, IcdVersion, string]>([
    ['427.5', 9, 'cardiac arrest'],
    ['I46.9', 10, 'cardiac arrest'],
    ['507.0', 9, 'aspiration pneumonitis'],
    ['J69.0', 10, 'aspiration pneumonitis'],
    ['487.0', 9, 'influenza with pneumonia'],
    ['J10.08', 10, 'influenza with pneumonia'],
    ['571.2', 9, 'alcoholic cirrhosis'],
    ['K70.30', 10, 'alcoholic cirrhosis'],
    ['996.62', 9, 'infected line'],
    ['T80.211A', 10, 'infected line'],
    ['T82.7XXA', 10, 'infected graft'],
    ['T81.4XXD', 10, 'wound infection, later encounter: aftercare'],
    ['493.90', 9, 'asthma'],
    ['J45.909', 10, 'asthma'],
    ['I67.89', 10, 'other cerebrovascular disease'],
    ['R29.715', 10, 'a score of the severity of a stroke'],
    ['I21', 9, 'no code of ICD-9'],
    ['O85', 10, 'puerperal sepsis'],
    ['Z28.310', 10, 'not vaccinated'],
    ['T88.7XXA', 10, 'adverse effect of a drug'],
    ['R65', 10, 'a heading of more than one thing'],
    ['250', 9, 'a heading of more than one thing'],
    ['E11', 10, 'a heading of more than one thing'],
  ])('%s (ICD-%i): %s', (code, version) => {
    expect(phenotypeOf(code, version)).toBeNull();
  });
});

describe('headings', () => {
  it('of one phenotype only stand for it', () => {
    expect(phenotypeOf('428', 9)).toBe('Congestive heart failure; nonhypertensive');
    expect(phenotypeOf('I50', 10)).toBe('Congestive heart failure; nonhypertensive');
    expect(phenotypeOf('410', 9)).toBe('Acute myocardial infarction');
    expect(phenotypeOf('T81.3', 10)).toBe('Complications of surgical procedures or medical care');
  });

  it('a code of a later year is what its heading is', () => {
    expect(phenotypeOf('I50.85', 10)).toBe('Congestive heart failure; nonhypertensive');
    expect(phenotypeOf('N18.33', 10)).toBe('Chronic kidney disease');
  });
});

describe('the tables', () => {
  const tables: [IcdVersion, string, ReadonlyMap<string, Phenotype>][] = [
    [9, 'codes', PHENOTYPE_OF_ICD9],
    [9, 'headings', PHENOTYPE_OF_ICD9_HEADING],
    [10, 'codes and headings', PHENOTYPE_OF_ICD10],
  ];

  it.each(tables)('of ICD-%i, %s: every entry is a code and leads back to its phenotype', (version, _, table) => {
    for (const [entry, phenotype] of table) {
      const [code = '', encounter = ''] = entry.split(':');
      const whole = encounter ? code.padEnd(6, 'X') + encounter : code;
      expect(isCode(whole, version)).toBe(true);
      expect(`${entry} ${phenotypeOf(whole, version)}`).toBe(`${entry} ${phenotype}`);
      // Written with its dot, in a list, it is the same code still.
      const dotted = whole.length > 3 ? `${whole.slice(0, 3)}.${whole.slice(3)}` : whole;
      expect(codesOfList(` ${dotted.toLowerCase()} , `)).toEqual([{ code: whole, version }]);
    }
  });

  it('no entry of ICD-10 lies beneath another, no heading of ICD-9 is a code', () => {
    const entries = [...PHENOTYPE_OF_ICD10.keys()];
    for (const entry of entries) {
      const [code = '', encounter] = entry.split(':');
      for (let length = 3; length < code.length; length++) {
        const above = code.slice(0, length);
        expect(entries.includes(above) || (encounter && entries.includes(`${above}:${encounter}`))).toBeFalsy();
      }
    }
    for (const heading of PHENOTYPE_OF_ICD9_HEADING.keys()) expect(PHENOTYPE_OF_ICD9.has(heading)).toBe(false);
  });

  it('each phenotype has codes of both', () => {
    expect(new Set(PHENOTYPE_OF_ICD9.values())).toEqual(new Set(PHENOTYPES));
    expect(new Set(PHENOTYPE_OF_ICD10.values())).toEqual(new Set(PHENOTYPES));
  });
});

describe('any text', () => {
  const likeCodes = fc.stringMatching(/^[A-Z0-9 .:X-]{0,9}$/);
  const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), likeCodes);
  const versions = fc.constantFrom<IcdVersion>(9, 10);

  it('gives a phenotype or null, never an error', () => {
    fc.assert(
      fc.property(texts, versions, (text, version) => {
        const phenotype = phenotypeOf(text, version);
        expect(phenotype === null || PHENOTYPES.includes(phenotype)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is of one kind, and has a place among the 25 exactly when it is mapped', () => {
    fc.assert(
      fc.property(texts, versions, (code, version) => {
        const row = labelRow({ code, version });
        expect(row.position !== null).toBe(row.kind === 'mapped');
        expect(row.position === null ? null : PHENOTYPES[row.position]).toBe(phenotypeOf(code, version));
      }),
      { numRuns: 2000 },
    );
  });

  it('dot, case and blanks change nothing', () => {
    const entries = fc.constantFrom(
      ...[...PHENOTYPE_OF_ICD9].map(([code, phenotype]) => ({ code, phenotype, version: 9 as IcdVersion })),
      ...[...PHENOTYPE_OF_ICD10]
        .filter(([code]) => !code.includes(':'))
        .map(([code, phenotype]) => ({ code, phenotype, version: 10 as IcdVersion })),
    );
    fc.assert(
      fc.property(
        entries,
        fc.boolean(),
        fc.boolean(),
        fc.nat(3),
        ({ code, phenotype, version }, dot, lower, blanks) => {
          const at = version === 9 && code.startsWith('E') ? 4 : 3;
          const dotted = dot && code.length > at ? `${code.slice(0, at)}.${code.slice(at)}` : code;
          const written = (lower ? dotted.toLowerCase() : dotted) + ' '.repeat(blanks);
          expect(phenotypeOf(written, version)).toBe(phenotype);
        },
      ),
    );
  });
});

describe('a diagnosis of none of the 25 and what is no code', () => {
  it.each<[string, IcdVersion]>([
    ['530.81', 9],
    ['V58.61', 9],
    ['E849.7', 9],
    ['K21.9', 10],
    ['Z79.4', 10],
    ['W19.XXXA', 10],
    ['U07.1', 10],
  ])('%s is a code of ICD-%i', (code, version) => {
    expect(labelRow({ code, version })).toMatchObject({ kind: 'of none of the 25', position: null });
  });

  it.each<[string, IcdVersion]>([
    ['', 9],
    ['0BH18EZ', 10], // a procedure
    ['3893X', 9],
    ['123456', 9],
    ['I64', 10],
    ['NULL', 9],
    ['I50', 9],
    ['4280', 10],
  ])('%j is none of ICD-%i', (code, version) => {
    expect(labelRow({ code, version })).toMatchObject({ kind: 'not a code', position: null });
  });
});
