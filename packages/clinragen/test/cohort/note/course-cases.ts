/**
 * Hand-written beginnings and ends of discharge summaries, every way of writing the hospital course that we know of, with
 * the course that a reader would cut out. All invented; no sentence comes from a record.
 */
export interface CourseCase {
  readonly variant: 'heading' | 'end' | 'inside' | 'several' | 'running text' | 'marks' | 'layout';
  readonly database: 'MIMIC-III' | 'MIMIC-IV';
  readonly name: string;
  readonly summary: string;
  /** Without marks and what they leave behind; undefined where the summary has no course. */
  readonly course: string | undefined;
}

type Row = [name: string, summary: string, course: string | undefined];

const cases = (variant: CourseCase['variant'], database: CourseCase['database'], rows: readonly Row[]): CourseCase[] =>
  rows.map(([name, summary, course]) => ({ variant, database, name, summary, course }));

const HPI = 'History of Present Illness:\nFell ill at home.\n\n';

export const COURSE_CASES: readonly CourseCase[] = [
  ...cases('heading', 'MIMIC-III', [
    ['template', `${HPI}Brief Hospital Course:\nGiven fluids.\n\nMedications on Admission:\nnone`, 'Given fluids.'],
    [
      'capitals',
      'PHYSICAL EXAMINATION:  Pale.\n\nHOSPITAL COURSE:  Given fluids.\n\nDISCHARGE DIAGNOSIS:  Fever.',
      'Given fluids.',
    ],
    ['by system', 'HOSPITAL COURSE BY SYSTEM:\nCardiac: stable.\nCONDITION AT DISCHARGE: Good.', 'Cardiac: stable.'],
    [
      'by systems, comma',
      'HOSPITAL COURSE, BY SYSTEMS:\nCardiac: stable.\nDISCHARGE STATUS: Home.',
      'Cardiac: stable.',
    ],
    ['in brackets', 'HOSPITAL COURSE (BY PROBLEM):\nStable.\nDISCHARGE CONDITION: Good.', 'Stable.'],
    ['after a dash', 'HOSPITAL COURSE - BY SYSTEM:\nStable.\nDISCHARGE CONDITION: Good.', 'Stable.'],
    [
      'by issue',
      'CONCISE SUMMARY OF HOSPITAL COURSE BY ISSUE/SYSTEM:\nWeaned.\nCONDITION ON DISCHARGE: fair',
      'Weaned.',
    ],
    ['according to', 'HOSPITAL COURSE ACCORDING TO PROBLEMS:\nWeaned.\nMEDICATIONS ON DISCHARGE:\nnone', 'Weaned.'],
    ['summary of the', 'SUMMARY OF THE HOSPITAL COURSE: Weaned.\nDISPOSITION: Home.', 'Weaned.'],
    ['course in hospital', 'COURSE IN HOSPITAL: Weaned.\nDISCHARGE STATUS: home', 'Weaned.'],
    ['course in the hospital', 'Course in the Hospital: Weaned.\nDischarge Status: home', 'Weaned.'],
    ['hospital stay', 'SUMMARY OF HOSPITAL STAY:\nWeaned.\nDISCHARGE MEDICATIONS:\nnone', 'Weaned.'],
    ['and treatment', 'Hospital Course and Treatment: Weaned.\nFollow-up Plans: clinic', 'Weaned.'],
    ['no colon', 'HOSPITAL COURSE\nWeaned.\n\nDISCHARGE DIAGNOSES\n1. Fever', 'Weaned.'],
    ['a dash for the colon', 'Hospital Course - Weaned slowly.\nDischarge Diagnosis - Fever', 'Weaned slowly.'],
    ['blanks before the colon', 'HOSPITAL COURSE :   Weaned.  \nDISCHARGE CONDITION :  Good.', 'Weaned.'],
    ['indented', '   Brief Hospital Course:\n   Weaned.\n   Discharge Disposition:\n   Home', 'Weaned.'],
    ['hospital name as a mark', '[**Hospital1 7**] COURSE:\nWeaned.\nDISCHARGE CONDITION: Good.', 'Weaned.'],
    ['wrapped', 'Fine.\n\nHOSPITAL COURSE BY\nSYSTEM:  Weaned.\nDISCHARGE CONDITION:  Good.', 'Weaned.'],
    ['wrapped in two words', 'Fine.\n\nBrief Hospital\nCourse: Weaned.\nDischarge Condition: Good.', 'Weaned.'],
    [
      'numbered outline',
      '1. CHIEF COMPLAINT: Fever.\n2. HISTORY OF PRESENT ILLNESS: Ill.\n3. HOSPITAL COURSE: Weaned.\n4. DISCHARGE DIAGNOSIS: Fever.',
      'Weaned.',
    ],
    ['small letters', 'exam: fine.\n\nhospital course: weaned.\n\ndischarge medications: none', 'weaned.'],
    ['from a date on', 'HOSPITAL COURSE FROM [**3-4**] TO [**3-9**]:\nWeaned.\nDISCHARGE CONDITION: Good.', 'Weaned.'],
    ['semicolon', 'HOSPITAL COURSE; Weaned.\nDISCHARGE CONDITION; Good.', 'Weaned.'],
  ]),
  ...cases('heading', 'MIMIC-IV', [
    [
      'template',
      ' \n___ is ill.\n\nBrief Hospital Course:\nGiven fluids.\n \nMedications on Admission:\nnone',
      'Given fluids.',
    ],
    ['service as a mark', 'Fine.\n\n___ Course:\nWeaned.\n\nDischarge Medications:\nnone', 'Weaned.'],
    ['stars', '**Brief Hospital Course:**\nWeaned.\n\n**Discharge Medications:**\nnone', 'Weaned.'],
    ['underlined', 'Brief Hospital Course\n=====================\nWeaned.\n\nDischarge Disposition:\nHome', 'Weaned.'],
    ['between rules', '====BRIEF HOSPITAL COURSE====\nWeaned.\n\nDischarge Disposition:\nHome', 'Weaned.'],
    [
      'no colon, after a blank line',
      'Fine.\n\nBrief Hospital Course\nWeaned.\n\nDischarge Disposition:\nHome',
      'Weaned.',
    ],
    ['problem', 'BRIEF HOSPITAL COURSE BY PROBLEM:\nWeaned.\n\nDischarge Condition:\nStable.', 'Weaned.'],
  ]),
  ...cases('end', 'MIMIC-III', [
    ['nothing follows', 'Brief Hospital Course:\nWeaned.', 'Weaned.'],
    ['condition', 'HOSPITAL COURSE:\nWeaned.\nCONDITION:  Stable.', 'Weaned.'],
    [
      'medications, capitals, list on the line',
      'HOSPITAL COURSE:\nWeaned.\nDISCHARGE MEDICATIONS  1. Aspirin.',
      'Weaned.',
    ],
    ['medications at home', 'Brief Hospital Course:\nWeaned.\nHome Medications:\nnone', 'Weaned.'],
    ['final diagnoses', 'Hospital Course: Weaned.\nFINAL DIAGNOSES:\n1. Fever', 'Weaned.'],
    [
      'primary and secondary',
      'Hospital Course: Weaned.\nPrimary Diagnosis: Fever\nSecondary Diagnosis: Cough',
      'Weaned.',
    ],
    ['wrapped', 'Hospital Course: Weaned.\n\nMEDICATIONS ON\nADMISSION:  none', 'Weaned.'],
    ['dictation', 'HOSPITAL COURSE:\nWeaned.\n\nDictated By:[**Name8 (MD) 1**]\nJOB#: 12', 'Weaned.'],
    ['follow-up', 'HOSPITAL COURSE:\nWeaned.\nFOLLOW UP:  In clinic.', 'Weaned.'],
    ['addendum', 'HOSPITAL COURSE:\nWeaned.\nADDENDUM:  A fever.', 'Weaned.'],
    ['family history after it', 'HOSPITAL COURSE:\nWeaned.\nFAMILY HISTORY:  None.', 'Weaned.'],
    ['examination at discharge', 'HOSPITAL COURSE:\nWeaned.\nPHYSICAL EXAMINATION ON DISCHARGE:  Well.', 'Weaned.'],
  ]),
  ...cases('end', 'MIMIC-IV', [
    [
      'medications',
      'Brief Hospital Course:\nWeaned.\n\nMedications on Admission:\nThe list is accurate.\n1. Aspirin',
      'Weaned.',
    ],
    [
      'disposition',
      'Brief Hospital Course:\nWeaned.\n\nDischarge Disposition:\nExtended Care\n \nFacility:\n___',
      'Weaned.',
    ],
    ['instructions', 'Brief Hospital Course:\nWeaned.\n\nDischarge Instructions:\nDear Ms. ___,', 'Weaned.'],
    ['preadmission', 'Brief Hospital Course:\nWeaned.\n\nPreadmission Medications:\nnone', 'Weaned.'],
    ['discharge exam', 'Brief Hospital Course:\nWeaned.\n\nDISCHARGE PHYSICAL EXAM:\nWell.', 'Weaned.'],
  ]),
  ...cases('inside', 'MIMIC-III', [
    [
      'systems',
      'HOSPITAL COURSE:\nRESPIRATORY:  Weaned.\nID:  Cefazolin.\nFEN:  Fed.\nDISCHARGE CONDITION: Good',
      'RESPIRATORY:  Weaned.\nID:  Cefazolin.\nFEN:  Fed.',
    ],
    [
      'numbered problems',
      'Brief Hospital Course:\n1. Pneumonia: treated.\n2) Anemia: watched.\n3. Disposition: to rehab.\nDischarge Medications:\n1. Aspirin',
      '1. Pneumonia: treated.\n2) Anemia: watched.\n3. Disposition: to rehab.',
    ],
    [
      'problems with a hash',
      'Brief Hospital Course:\n# CHF: diuresed.\n\n# Dispo: home.\n# Follow up: clinic.\n# Condition: good.\n\nDischarge Medications:\n1. Aspirin',
      '# CHF: diuresed.\n\n# Dispo: home.\n# Follow up: clinic.\n# Condition: good.',
    ],
    [
      'problems with a dash',
      'Brief Hospital Course:\n- CHF: diuresed.\n- Allergies: none new.\n- Condition: fair.\nDischarge Condition:\nGood',
      '- CHF: diuresed.\n- Allergies: none new.\n- Condition: fair.',
    ],
    [
      'headings of other sections',
      'HOSPITAL COURSE:\nLABS:  Normal.\nPROCEDURES:  A line.\nMEDICATIONS:  Fewer.\nALLERGIES:  Rash.\nDISCHARGE CONDITION: Good',
      'LABS:  Normal.\nPROCEDURES:  A line.\nMEDICATIONS:  Fewer.\nALLERGIES:  Rash.',
    ],
    [
      'blank lines and days',
      'Brief Hospital Course:\nDay 1: fever.\n\n\nDay 2: none.\n\nDischarge Condition:\nGood',
      'Day 1: fever.\n\n\nDay 2: none.',
    ],
  ]),
  ...cases('inside', 'MIMIC-IV', [
    [
      'acute and chronic issues',
      'Brief Hospital Course:\nA cough.\n\nACUTE ISSUES:\n=============\n# Pneumonia:\nTreated.\n\nCHRONIC ISSUES:\n===============\n# CAD: aspirin.\n\nMedications on Admission:\nnone',
      'A cough.\n\nACUTE ISSUES:\n=============\n# Pneumonia:\nTreated.\n\nCHRONIC ISSUES:\n===============\n# CAD: aspirin.',
    ],
    [
      'transitional issues last',
      'Brief Hospital Course:\n# CHF: diuresed.\n\nTRANSITIONAL ISSUES:\n[ ] Weigh daily\n- Discharge weight: 70 kg\n\nMedications on Admission:\nnone',
      '# CHF: diuresed.\n\nTRANSITIONAL ISSUES:\n[ ] Weigh daily\n- Discharge weight: 70 kg',
    ],
    [
      'transitional issues first',
      'Brief Hospital Course:\nTRANSITIONAL ISSUES\n[ ] Weigh daily\n\nACTIVE ISSUES\n# CHF: diuresed.\n\nDischarge Medications:\nnone',
      'TRANSITIONAL ISSUES\n[ ] Weigh daily\n\nACTIVE ISSUES\n# CHF: diuresed.',
    ],
    [
      'pending results, code status',
      'Brief Hospital Course:\nWeaned.\n#CODE: Full\n#CONTACT: ___ (son)\nPending labs: cultures\n\nDischarge Disposition:\nHome',
      'Weaned.\n#CODE: Full\n#CONTACT: (son)\nPending labs: cultures',
    ],
    [
      'active diagnoses',
      'Brief Hospital Course:\nACTIVE DIAGNOSES:\n# Sepsis: treated.\n\nDischarge Medications:\nnone',
      'ACTIVE DIAGNOSES:\n# Sepsis: treated.',
    ],
  ]),
  ...cases('several', 'MIMIC-III', [
    [
      'unit and floor',
      'MICU COURSE: Intubated.\nFLOOR COURSE: Walked.\nDISCHARGE CONDITION: good',
      'Intubated.\nFLOOR COURSE: Walked.',
    ],
    [
      'apart',
      'MICU COURSE:\nIntubated.\nPAST MEDICAL HISTORY: none\nHOSPITAL COURSE:\nExtubated.\nDISCHARGE CONDITION: good',
      'Intubated.\nExtubated.',
    ],
    [
      'unit inside the course',
      'Brief Hospital Course:\nShort of breath.\n\nICU Course:\nIntubated.\n\nDischarge Condition:\nGood',
      'Short of breath.\n\nICU Course:\nIntubated.',
    ],
    [
      'addendum with a course',
      'HOSPITAL COURSE: Weaned.\nDISCHARGE CONDITION: good\nADDENDUM TO HOSPITAL COURSE: A fever came.\nDictated By: X',
      'Weaned.\nA fever came.',
    ],
    [
      'course inside an addendum',
      'Addendum:\nStayed longer.\n\nHospital Course (continued):\nA fever came.\nDischarge Condition: good',
      'A fever came.',
    ],
    [
      'the first is empty',
      'HOSPITAL COURSE:\nPAST MEDICAL HISTORY: none\nBRIEF HOSPITAL COURSE: Weaned.\nDISPOSITION: home',
      'Weaned.',
    ],
  ]),
  ...cases('several', 'MIMIC-IV', [
    [
      'unit and medicine',
      'MICU Course:\nIntubated.\n\nMedicine Floor Course:\nWalked.\n\nDischarge Disposition:\nHome',
      'Intubated.\n\nMedicine Floor Course:\nWalked.',
    ],
    [
      'after the operation',
      'Brief Hospital Course:\nOperated.\n\nPost-operative course:\nWalked.\n\nDischarge Disposition:\nHome',
      'Operated.\n\nPost-operative course:\nWalked.',
    ],
  ]),
  ...cases('running text', 'MIMIC-III', [
    ['no heading', 'The hospital course was long and is told elsewhere.\n', undefined],
    ['wrapped sentence', 'She was well for most of her\nhospital course\nand then fell ill.', undefined],
    [
      'wrapped before a colon',
      'There were two events during the\nhospital course: a fall and a fever.\nShe left.',
      undefined,
    ],
    ['a sentence that begins with it', 'Hospital course was complicated by: a fall.\nShe left.', undefined],
    [
      'mentioned inside the course',
      'Brief Hospital Course:\nHis hospital course was short. The discharge\nmedications: unchanged. He left.\nDischarge Condition: good',
      'His hospital course was short. The discharge\nmedications: unchanged. He left.',
    ],
    [
      'a wrapped follow up',
      'Brief Hospital Course:\nHe needs\nfollow up: a scan.\nDischarge Condition: good',
      'He needs\nfollow up: a scan.',
    ],
    [
      'course of something else',
      'Antibiotic Course: ten days.\nCourse of steroids: five days.\nDischarge Condition: good',
      undefined,
    ],
    ['empty', 'Brief Hospital Course:\n\nDischarge Medications:\nAspirin', undefined],
  ]),
  ...cases('running text', 'MIMIC-IV', [
    ['in the history', `${HPI}Her hospital course there was short.\n\nDischarge Medications:\nnone`, undefined],
    [
      'emergency department',
      'ED Course: fluids.\n\nBrief Hospital Course:\nWeaned.\n\nDischarge Disposition:\nHome',
      'Weaned.',
    ],
    ['only marks', 'Brief Hospital Course:\n___\n\nDischarge Disposition:\nHome', undefined],
  ]),
  ...cases('marks', 'MIMIC-III', [
    [
      'name and date',
      'Hospital Course: Mr. [**Known lastname 12**] fell on [**2101-3-4**], and rose.\nDischarge Condition: good',
      'fell, and rose.',
    ],
    [
      'over two lines',
      'Hospital Course: He came on [**2101-\n3-4**] with fever.\nDischarge Condition: good',
      'He came with fever.',
    ],
    [
      'one in another',
      'Hospital Course: Seen by Dr. [**First Name4 [**Last Name 3**] x**] daily.\nDischarge Condition: good',
      'Seen daily.',
    ],
    [
      'without its end',
      'Hospital Course: Mrs. [**Known lastname 12 was weaned.\nDischarge Condition: good',
      'was weaned.',
    ],
    [
      'between hospitals',
      'Hospital Course: Moved from [**Hospital1 7**] to [**Hospital2 9**] on [**3-4**].\nDischarge Condition: good',
      'Moved.',
    ],
    [
      'empty and in brackets',
      'Hospital Course: Scanned ([**2101-3-4**]) and fed [** **] well.\nDischarge Condition: good',
      'Scanned and fed well.',
    ],
    ['at a heading', 'Hospital Course: Weaned.\n[**Hospital1 7**] Discharge Condition: good', 'Weaned.'],
  ]),
  ...cases('marks', 'MIMIC-IV', [
    [
      'age',
      'Brief Hospital Course:\n___-year-old woman, also a ___ y/o sister, and Ms. ___ is a ___ year old man.\n\nDischarge Condition:\nGood',
      'woman, also a sister, and is a man.',
    ],
    ['age and sex in one', 'Brief Hospital Course:\n___F with COPD.\n\nDischarge Condition:\nGood', 'F with COPD.'],
    [
      'doctors',
      "Brief Hospital Course:\nSeen by Dr. ___ and Dr. ___, cardiology; ___'s team agreed.\n\nDischarge Condition:\nGood",
      'Seen, cardiology; team agreed.',
    ],
    [
      'dates',
      'Brief Hospital Course:\nExtubated on ___, febrile from ___ to ___. Home ___.\n\nDischarge Condition:\nGood',
      'Extubated, febrile. Home.',
    ],
    [
      'wrapped after a title',
      'Brief Hospital Course:\nSeen by Dr.\n___ daily.\n\nDischarge Condition:\nGood',
      'Seen daily.',
    ],
    [
      'touching words',
      'Brief Hospital Course:\nWent to___hospital, back(___).\n\nDischarge Condition:\nGood',
      'Went to hospital, back.',
    ],
  ]),
  ...cases('layout', 'MIMIC-III', [
    [
      'Windows line ends',
      'Brief Hospital Course:\r\nWeaned.\r\nWalked.\r\nDischarge Disposition:\r\nHome',
      'Weaned.\r\nWalked.',
    ],
    ['trailing blanks', 'Brief Hospital Course:   \nWeaned.   \n   \nDischarge Disposition:   \nHome', 'Weaned.'],
    ['tabs', '\tHOSPITAL COURSE:\tWeaned.\n\tDISPOSITION:\tHome', 'Weaned.'],
  ]),
  ...cases('layout', 'MIMIC-IV', [
    ['old line ends', 'Brief Hospital Course:\rWeaned.\rDischarge Disposition:\rHome', 'Weaned.'],
    [
      'blank lines between everything',
      ' \n \nBrief Hospital Course:\n \nWeaned.\n \n \nDischarge Disposition:\n \nHome',
      'Weaned.',
    ],
  ]),
];
