import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanNote } from '../../src/cohort/note/clean.js';
import { composeNote } from '../../src/cohort/note/compose.js';
import { hospitalCourse } from '../../src/cohort/note/hospital-course.js';

describe('hospital course', () => {
  // Invented summaries: heading and what follows as discharge summaries write them.
  const found: [string, string, string][] = [
    [
      'the usual form',
      'History of Present Illness:\nFell ill.\n\nBrief Hospital Course:\nGiven fluids.\nImproved.\n\nMedications on Admission:\nnone\n',
      'Given fluids.\nImproved.',
    ],
    [
      'capitals, text on the same line',
      'HOSPITAL COURSE:  Given fluids.\n\nDISCHARGE DIAGNOSIS:  Fever.',
      'Given fluids.',
    ],
    [
      'headings of its own do not end it',
      'BRIEF HOSPITAL COURSE BY PROBLEM:\n# CHF: diuresed.\n\n1. Respiratory: weaned.\nID: vancomycin.\nDischarge Medications:\n1. Aspirin',
      '# CHF: diuresed.\n\n1. Respiratory: weaned.\nID: vancomycin.',
    ],
    ['by system', 'HOSPITAL COURSE BY SYSTEM:\nCardiac: stable.\nCONDITION AT DISCHARGE: Good.', 'Cardiac: stable.'],
    ['summary of', 'SUMMARY OF HOSPITAL COURSE: Weaned.\nDISPOSITION: Home.', 'Weaned.'],
    [
      'concise summary',
      'CONCISE SUMMARY OF HOSPITAL COURSE BY ISSUE/SYSTEM:\nWeaned.\nCONDITION ON DISCHARGE: fair',
      'Weaned.',
    ],
    ['and treatment', 'Hospital Course and Treatment: Weaned.\nFollow-up Plans: clinic', 'Weaned.'],
    ['course in hospital', 'COURSE IN HOSPITAL: Weaned.\nDISCHARGE STATUS: home', 'Weaned.'],
    ['no colon, no colon', 'HOSPITAL COURSE\nWeaned.\n\nDISCHARGE DIAGNOSES\n1. Fever', 'Weaned.'],
    ['Windows line ends', 'Brief Hospital Course:\r\nWeaned.\r\nDischarge Disposition:\r\nHome', 'Weaned.'],
    ['to the end of the text', 'Brief Hospital Course:\nWeaned.', 'Weaned.'],
    [
      'two courses are joined',
      'ICU Course: Intubated.\nHospital Course: Extubated.\nDischarge Condition: good',
      'Intubated.\nHospital Course: Extubated.',
    ],
    [
      'two courses apart',
      'MICU COURSE:\nIntubated.\nPAST MEDICAL HISTORY: none\nHOSPITAL COURSE:\nExtubated.\nDISCHARGE CONDITION: good',
      'Intubated.\nExtubated.',
    ],
    [
      'de-identification marks go, also across lines',
      'Brief Hospital Course:\nMr. [**Known lastname 12**] came on [**2101-3-\n4**] with fever.\nDischarge Condition:\nGood',
      'Mr.   came on   with fever.',
    ],
  ];
  for (const [name, summary, course] of found) {
    it(name, () => expect(hospitalCourse(summary)).toBe(course));
  }

  it('is not there when no heading says so', () => {
    expect(hospitalCourse('Discharge Medications:\nAspirin\n')).toBeUndefined();
    expect(hospitalCourse('The hospital course was long and is told elsewhere.\n')).toBeUndefined();
    expect(hospitalCourse('She was well for most of her\nhospital course\nand then fell ill.')).toBeUndefined();
    expect(hospitalCourse('Brief Hospital Course:\n\nDischarge Medications:\nAspirin')).toBeUndefined();
    expect(hospitalCourse('Brief Hospital Course:\n[** **] 12\nDischarge Medications:\n')).toBeUndefined();
  });

  it('never fails, and never tells what stands after the discharge medications', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ':', '\n', ' ', '[**', '**]', '1.') }), (body) => {
        const course = hospitalCourse(`Brief Hospital Course:\n${body}\nDischarge Medications:\nSECRET\n`);
        expect(course ?? '').not.toContain('SECRET');
      }),
    );
  });
});

describe('cleaning a note', () => {
  const cases: [string, string, string][] = [
    ['numbers go with their units', 'Given 40 mg of Lasix at 10am, then 20mg IV.', 'Given Lasix, IV.'],
    ['pressures, percents, degrees', 'BP 120/80, sat 97% on 2L, T 38.5 C.', 'BP, sat, T.'],
    ['stop words go', 'The patient was admitted to the unit with a cough', 'patient admitted unit cough'],
    ['negations stay', 'She had no fever, not in shock, without pneumonia', 'no fever, not shock, without pneumonia'],
    ["n't stays", "Pain didn't recur", "Pain didn't recur"],
    ['names with digits stay', 'SpO2 and HCO3 fell; T2DM, C6 fracture', 'SpO2 HCO3 fell; T2DM, C6 fracture'],
    [
      'abbreviations that spell stop words stay',
      'Severe AS, seen in the OR; on US and IS',
      'Severe AS, seen OR; US IS',
    ],
    ['but not in a line of capitals', 'PATIENT WAS SEEN AS AN OUTPATIENT OR AT HOME', 'PATIENT SEEN OUTPATIENT HOME'],
    ['troponin I is no pronoun', 'Elevated troponin I. I saw him.', 'Elevated troponin I. saw.'],
    ['list marks go', '1. CHF: diuresed\n2) AF: rate control\n#3 ARF', 'CHF: diuresed AF: rate control ARF'],
    ['a blank line ends a sentence', 'Weaned off pressors\n\nTolerated diet', 'Weaned off pressors. Tolerated diet'],
    [
      'sentence ends outlive the words before them',
      'Creatinine peaked at 3.2. Improved by 4.',
      'Creatinine peaked. Improved.',
    ],
  ];
  for (const [name, before, after] of cases) {
    it(name, () => expect(cleanNote(before, 100)).toBe(after));
  }

  it('keeps at most so many words, from the beginning', () => {
    expect(cleanNote('fever cough chills rigors', 2)).toBe('fever cough');
    expect(cleanNote('12 34', 5)).toBe('');
  });

  it('leaves no number, doubles no space, loses no negation and no clinical word', () => {
    const text = fc.array(
      fc.constantFrom(
        'no',
        'fever',
        'the',
        '12',
        '3.5',
        '40mg',
        '\n',
        '(7)',
        '#1',
        'AS',
        'BP.',
        '120/80',
        'O2',
        '97%',
        ';',
      ),
    );
    fc.assert(
      fc.property(text, (words) => {
        const clean = cleanNote(words.join(' '), 1000);
        for (const word of clean.split(' ')) expect(word).not.toMatch(/^\d/);
        expect(clean).not.toMatch(/\s{2}|^\s|\s$/);
        const kept = (from: string) => (from.match(/\b(no|fever)\b/g) ?? []).length;
        expect(kept(clean)).toBe(kept(words.join(' ')));
      }),
    );
  });
});

describe('composed note', () => {
  it('says what was documented, part by part, each thing once, without doses', () => {
    expect(
      composeNote([
        { part: 'medications', text: 'heparin (5000 units/ml)' },
        { part: 'medications', text: '0.9% sodium chloride' },
        { part: 'medications', text: 'heparin' },
        { part: 'services', text: 'csurg' },
        { part: 'microbiology', text: 'mrsa screen no growth' },
        { part: 'bedside procedures', text: '18 gauge' },
        { part: 'bedside procedures', text: '20 gauge' },
        { part: 'procedures', text: 'open and other replacement of aortic valve' },
        { part: 'admission', text: 'aortic stenosis\\avr ? mvr /sda, elective, phys referral' },
      ]),
    ).toBe(
      [
        'Admission: aortic stenosis, avr mvr, elective, phys referral.',
        'Services: cardiac surgery.',
        'Bedside procedures: gauge.',
        'Procedures: open and other replacement of aortic valve.',
        'Microbiology: mrsa screen no growth.',
        'Medications: heparin; sodium chloride.',
      ].join('\n'),
    );
    expect(composeNote([])).toBe('');
  });
});
