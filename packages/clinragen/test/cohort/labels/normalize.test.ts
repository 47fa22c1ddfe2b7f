import { describe, expect, it } from 'vitest';
import {
  codeOfMeds,
  codesOfList,
  type IcdVersion,
  inOneVersion,
  normalizeCode,
  versionOf,
} from '../../../src/cohort/labels/index.js';

describe('one code, written in many ways', () => {
  it.each<[string, IcdVersion, string]>([
    ['428.0', 9, '4280'],
    [' 4280  ', 9, '4280'],
    ['v45.81', 9, 'V4581'],
    ['e849.7', 9, 'E8497'],
    ['585', 9, '585'],
    ['428.', 9, '428'],
    ['i50.9', 10, 'I509'],
    ['I509   ', 10, 'I509'],
    ['T81.4XXA', 10, 'T814XXA'],
    ['G63.2*', 10, 'G632'],
    ['A17.0†', 10, 'A170'],
  ])('%j of ICD-%i is %s', (written, version, code) => {
    expect(normalizeCode(written, version)).toBe(code);
  });

  it.each([
    ['38.9', '0389'], // septicaemia
    ['31.1', '0311'], // eICU
    ['8.45', '00845'],
    ['8', '008'],
    ['42', '042'],
    ['038.9', '0389'],
    ['389', '389'], // cannot be told from hearing loss
    ['3899', '3899'],
  ])('zeros that a number lost: %s is %s', (written, code) => {
    expect(normalizeCode(written, 9)).toBe(code);
  });

  it('ICD-10 has no zeros to lose', () => {
    expect(normalizeCode('38.9', 10)).toBe('389');
  });
});

describe('the version of a code, by its form and by what exists', () => {
  it.each<[string, IcdVersion | null]>([
    ['518.81', 9],
    ['51881', 9],
    ['99.9', 9], // 099.9, a zero lost
    ['J96.00', 10],
    ['R51', 10],
    ['S12', 10],
    ['F19.939', 10],
    ['T40.6X', 10],
    ['E849.7', 9],
    ['E980.2', 9],
    ['E87.6', 10],
    ['E11.65', 10],
    ['E46', 10],
    ['E876', 10], // ICD-9's misadventure E876 is rarer than hypokalaemia
    ['E1165', 10],
    ['E9320', 9],
    ['E932', 9],
    ['V58.61', 9],
    ['V08', 9],
    ['V4581', 9],
    ['V43.52XA', 10],
    ['V4352XA', 10],
    ['V95.4', 10],
    ['', null],
    ['NULL', null],
    ['I64', null], // of the WHO's ICD-10, not of ICD-10-CM
    ['J07.1', null],
    ['1234567', null],
    ['heart failure', null],
    ['518.8.1', 9], // a slip, but of a code
  ])('%j is of %s', (written, version) => {
    expect(versionOf(written)).toBe(version);
  });
});

describe('lists of codes (eICU)', () => {
  it('both versions in one text', () => {
    expect(codesOfList('518.81, J96.00')).toEqual([
      { code: '51881', version: 9 },
      { code: 'J9600', version: 10 },
    ]);
  });

  it('overdose: an external cause of ICD-9 among others', () => {
    expect(codesOfList('518.4, E980.2, 965.00, T40.60')).toEqual([
      { code: '5184', version: 9 },
      { code: 'E9802', version: 9 },
      { code: '96500', version: 9 },
      { code: 'T4060', version: 10 },
    ]);
  });

  it('nothing twice, nothing that is no code', () => {
    expect(codesOfList(' 428.0 ,428.0,, sepsis; I50.9 ')).toEqual([
      { code: '4280', version: 9 },
      { code: 'I509', version: 10 },
    ]);
    expect(codesOfList('')).toEqual([]);
  });

  it('a diagnosis written in both counts in ICD-9, in which the phenotypes are defined', () => {
    expect(inOneVersion(codesOfList('799.02, J96.91'))).toEqual([{ code: '79902', version: 9 }]);
    expect(inOneVersion(codesOfList('E87.1'))).toEqual([{ code: 'E871', version: 10 }]);
    expect(inOneVersion([])).toEqual([]);
  });
});

describe('codes of MEDS events', () => {
  it.each<[string, string, IcdVersion]>([
    ['DIAGNOSIS//ICD//9//4280', '4280', 9],
    ['DIAGNOSIS//ICD//10//I509', 'I509', 10],
    ['DIAGNOSIS//10//I509', 'I509', 10],
    ['ICD10CM/I50.9', 'I509', 10],
    ['ICD9CM/428.0', '4280', 9],
    ['ICD-10-CM//i50.9', 'I509', 10],
    ['Condition/ICD10CM/I50.9', 'I509', 10],
  ])('%s', (event, code, version) => {
    expect(codeOfMeds(event)).toEqual({ code, version });
  });

  it.each([
    'PROCEDURE//ICD//9//3893',
    'PROCEDURE//ICD//10//0BH18EZ',
    'ICD9Proc/38.93',
    'ICD10PCS/0BH18EZ',
    'ICD10PROC//0BH18EZ',
    'LAB//50912//mg/dL',
    'DRG//HCFA//207//RESPIRATORY SYSTEM DIAGNOSIS',
    'DIAGNOSIS//ICD//10//',
    'DIAGNOSIS//ICD//11//BD10',
    'MEDS_BIRTH',
    '',
  ])('%j is no diagnosis', (event) => {
    expect(codeOfMeds(event)).toBeNull();
  });
});
