import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eicuPhrase, isMenuPath, type MenuKind } from '../../../src/cohort/note/menu-paths.js';

/** Paths in the shapes of eICU's menus; the menus are public, no row of a patient is here. */
const HISTORY = 'notes/Progress Notes/Past History/Organ Systems';
const EXAM = 'notes/Progress Notes/Physical Exam/Physical Exam';
const NOTE = 'notes/Progress Notes';
const DX = 'admission diagnosis|All Diagnosis';

const cases: [MenuKind, [path: string, phrase: string][]][] = [
  [
    'history',
    [
      [`${HISTORY}/Cardiovascular (R)/Congestive Heart Failure/CHF`, 'congestive heart failure'],
      [`${HISTORY}/Cardiovascular (R)/Congestive Heart Failure/CHF - class III`, 'congestive heart failure class iii'],
      [
        `${HISTORY}/Cardiovascular (R)/Coronary Artery Bypass/CABG - within 2 years`,
        'coronary artery bypass within two years',
      ],
      [`${HISTORY}/Cardiovascular (R)/Myocardial Infarction/MI - date unknown`, 'myocardial infarction'],
      [
        `${HISTORY}/Cardiovascular (R)/Arrhythmias/atrial fibrillation - chronic`,
        'arrhythmias atrial fibrillation chronic',
      ],
      [`${HISTORY}/Cardiovascular (R)/Valve disease/AS`, 'valve disease aortic stenosis'],
      [`${HISTORY}/Cardiovascular (R)/Valve disease/s/p AVR`, 'valve disease s/p avr'],
      [`${HISTORY}/Cardiovascular (R)/Pacemaker/A/V paced`, 'pacemaker av paced'],
      [
        `${HISTORY}/Endocrine (R)/Non-Insulin Dependent Diabetes/medication dependent`,
        'non-insulin dependent diabetes medication dependent',
      ],
      [`${HISTORY}/Gastrointestinal (R)/Cirrhosis/varices`, 'cirrhosis varices'],
      [`${HISTORY}/Hematology/Oncology (R)/Cancer/Cancer-Primary Site/lung`, 'cancer-primary site lung'],
      [
        `${HISTORY}/Hematology/Oncology (R)/Cancer Therapy/Chemotherapy/chemotherapy within past 6 mos.`,
        'cancer therapy chemotherapy within past six months',
      ],
      [`${HISTORY}/Pulmonary/COPD/COPD  - severe`, 'copd severe'],
      [
        `${HISTORY}/Pulmonary/Pulmonary Function Tests/FEV1/FVC Ratio/FEV1/FVC ratio 41-50`,
        'pulmonary function tests fev1 fvc ratio 41-50',
      ],
      [
        `${HISTORY}/Renal  (R)/Renal Insufficiency/renal insufficiency - creatinine 2-3`,
        'renal insufficiency creatinine two to three',
      ],
      [`${HISTORY}/Neurologic/TIA(s)/multiple/multiple`, 'tia multiple'],
      [`${NOTE}/Past History/Past History Obtain Options/No Health Problems`, 'no health problems'],
      [`${NOTE}/Past History/Past History Obtain Options/Performed`, ''],
      [`${NOTE}/Past History/Past History Obtain Options/Not Obtainable`, ''],
    ],
  ],
  [
    'exam',
    [
      [`${EXAM}/Cardiovascular/Auscultation/Murmurs/One/Grade/II`, 'murmur grade ii'],
      [`${EXAM}/Cardiovascular/Auscultation/Murmurs/no murmurs/no murmurs`, 'no murmurs'],
      [`${EXAM}/Cardiovascular/Auscultation/Heart Sounds/S2/S2 split`, 'heart sounds s2 split'],
      [`${EXAM}/Cardiovascular/Pulses/Dorsalis pedis/L/reduced`, 'pulses dorsalis pedis left reduced'],
      [`${EXAM}/Cardiovascular/Pulses/Normal/normal`, 'pulses normal'],
      [
        `${EXAM}/Cardiovascular/Print "within normal limits"/within normal limits`,
        'cardiovascular within normal limits',
      ],
      [`${EXAM}/Chest and Back/Drains and Tubes/chest tube(s) - R`, 'chest tube right'],
      [`${EXAM}/Constitutional/Appearance/Health Status/critically ill-appearing`, 'critically ill-appearing'],
      [`${EXAM}/Constitutional/Vital Sign and Physiological Data/HR/HR Current`, ''],
      [
        `${EXAM}/Constitutional/Vital Sign and Physiological Data/HR Rhythm/dysrhythmia/irregular`,
        'heart rhythm dysrhythmia irregular',
      ],
      [`${EXAM}/Constitutional/Hemodynamic Data/CVP/CVP`, ''],
      [`${EXAM}/Constitutional/Weight and I&O/I&&O (ml)/Urine`, ''],
      [`${EXAM}/Extremities/Edema/Severity/3+`, 'edema severe'],
      [`${EXAM}/Extremities/Hardware/none`, 'no hardware'],
      [`${EXAM}/Gastrointestinal/Drains/Tubes/Fistulas/NG tube`, 'ng tube'],
      [`${EXAM}/Head and Neck/Ears/Nose/Mouth/Throat/Ears/normal/normal`, 'ears normal'],
      [`${EXAM}/Head and Neck/Eyes/Pupils/(symmetry)/unequal L>R`, 'eyes pupils unequal left larger than right'],
      [`${EXAM}/Head and Neck/Neck/JVD/JVD present`, 'neck jvd present'],
      [`${EXAM}/Neurologic/GCS/Score/scored`, ''],
      [`${EXAM}/Neurologic/GCS/7`, 'glasgow coma scale severely reduced'],
      [`${EXAM}/Neurologic/GCS/Verbal Score/4`, 'confused speech'],
      [`${EXAM}/Neurologic/GCS/Mental Status/Affect/calm/appropriate`, 'affect calm appropriate'],
      [
        `${EXAM}/Pulmonary/Auscultation/Rales/Location/Posterior Lung Field(s)/Right/lower`,
        'rales posterior right lower',
      ],
      [`${EXAM}/Pulmonary/Auscultation/Wheezes/no wheezing`, 'no wheezing'],
      [`${EXAM}/Skin/Rash/rash`, 'rash'],
      [`${NOTE}/Physical Exam/Physical Exam Obtain Options/Performed - Structured`, ''],
    ],
  ],
  [
    'note',
    [
      ['notes/Shared/View and Save/Save Options/Print/Copies/Copies', ''],
      [`${NOTE}/Admission Page One/Source of Patient Information:/Medical Records`, ''],
      [
        `${NOTE}/Admission Page One/Reason for Readmission:/new clinical problem`,
        'readmission for new clinical problem',
      ],
      [`${NOTE}/Allergies / Preadmission Medications/Allergies/No`, 'no allergies'],
      [`${NOTE}/Assessment and Plan/View Options/Problem View`, ''],
      [`${NOTE}/Interventions/Major/Hypotension - evaluation and management`, 'hypotension'],
      [`${NOTE}/Interventions/Minor/Communication with other healthcare providers and/or family`, ''],
      [
        `${NOTE}/Review Of Systems/Systems/Pulmonary/Asthma / Wheezing/denies asthma/wheezing`,
        'denies asthma wheezing',
      ],
      [
        `${NOTE}/Review Of Systems/Systems/Hematology/Oncology/Print "Negative"/negative`,
        'hematology oncology review negative',
      ],
      [`${NOTE}/Social History / Family History/Family History/Family History/CAD/CAD`, 'family history of cad'],
      [`${NOTE}/Social History / Family History/Social History/Social History/Ethanol Use/none`, 'no ethanol use'],
      [`${NOTE}/Social History / Family History/Social History/Social History/Ethanol Use/unknown`, ''],
      [
        `${NOTE}/Social History / Family History/Social History/Social History/Smoking Status/> 40 pack years - still smoking`,
        'over forty pack years still smoking',
      ],
      [`${NOTE}/Surgery/Operative Status/Anesthesia/general`, 'operation anesthesia general'],
      [
        'notes/Procedure Notes/Intubation/Indication/for respiratory insufficiency',
        'intubation for respiratory insufficiency',
      ],
      ['notes/Procedure Notes/Intubation/Technical Description/Tube secured at/22 cm', 'intubation'],
      [
        'notes/Procedure Notes/Catheter Insertion/Central venous/Technical Description/Sterile procedures employed/gown',
        'central venous catheter insertion',
      ],
      ['notes/Procedure Notes/Shared/Time-Out Process/Verified procedure', ''],
    ],
  ],
  [
    'treatment',
    [
      ['cardiovascular|myocardial ischemia / infarction|antiplatelet agent|aspirin', 'antiplatelet agent aspirin'],
      [
        'pulmonary|ventilation and oxygenation|oxygen therapy (< 40%)|nasal cannula',
        'low flow oxygen therapy nasal cannula',
      ],
      [
        'cardiovascular|shock|vasopressors|norepinephrine > 0.1 micrograms/kg/min',
        'vasopressors high dose norepinephrine',
      ],
      [
        'pulmonary|medications|bronchodilator|beta-agonist|albuterol (Proventil, Ventolin)',
        'bronchodilator beta-agonist albuterol',
      ],
      ['renal|dialysis|C V V H', 'cvvh'],
      ['cardiovascular|consultations', 'consultations'],
    ],
  ],
  [
    'admission diagnosis',
    [
      [`${DX}|Non-operative|Diagnosis|Genitourinary|Renal failure, acute`, 'acute renal failure'],
      [
        `${DX}|Non-operative|Diagnosis|Cardiovascular|Infarction, acute myocardial (MI)`,
        'acute myocardial infarction mi',
      ],
      [
        `${DX}|Non-operative|Diagnosis|Cardiovascular|Hypertension, uncontrolled (for cerebrovascular accident-see Neurological System)`,
        'uncontrolled hypertension',
      ],
      [
        `${DX}|Operative|Diagnosis|Gastrointestinal|Diverticular disease, surgery for`,
        'surgery for diverticular disease',
      ],
      [
        `${DX}|Non-operative|Diagnosis|Gastrointestinal|Bleeding, GI from esophageal varices/portal hypertension`,
        'gi bleeding from esophageal varices/portal hypertension',
      ],
      [
        `${DX}|Non-operative|Diagnosis|Neurology|Overdose, sedatives, hypnotics, antipsychotics, benzodiazepines`,
        'overdose, sedatives, hypnotics, antipsychotics, benzodiazepines',
      ],
      ['admission diagnosis|Non-operative Organ Systems|Organ System|Respiratory', 'respiratory'],
      [
        'admission diagnosis|Was the patient admitted from the O.R. or went to the O.R. within 4 hours of admission?|No',
        '',
      ],
      [
        'admission diagnosis|Was the patient admitted from the O.R. or went to the O.R. within 4 hours of admission?|Yes',
        'admitted from the operating room',
      ],
      ['admission diagnosis|Elective|Yes', 'elective'],
      ['admission diagnosis|Additional APACHE  Information|Thrombolytic Therapy received within 24 hours|No', ''],
      ['admission diagnosis|Additional APACHE  Information|Acute MI location|inferior', 'acute mi location inferior'],
    ],
  ],
];

for (const [kind, paths] of cases) {
  describe(`eICU ${kind} path`, () => {
    it.each(paths)('%s', (path, phrase) => {
      expect(eicuPhrase(path, kind)).toBe(phrase);
      // The table `documented` holds texts in lower case.
      expect(eicuPhrase(path.toLowerCase(), kind)).toBe(phrase);
      expect(isMenuPath(path.toLowerCase())).toBe(true);
    });
  });
}

describe('any menu path', () => {
  const kinds = cases.map(([kind]) => kind);
  const levels = cases.flatMap(([, paths]) => paths.flatMap(([path]) => path.split(/[/|]/)));

  it('becomes one line in lower case without menu marks, whatever its levels', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.array(fc.oneof(fc.constantFrom(...levels), fc.string({ maxLength: 5 })), { maxLength: 10 }),
        fc.constantFrom('/', '|'),
        (kind, parts, separator) => {
          const phrase = eicuPhrase(parts.join(separator), kind);
          expect(phrase).toBe(phrase.trim());
          expect(phrase).not.toMatch(/\s\s|[\n|\uE001]/);
          expect(phrase).toBe(phrase.toLowerCase());
        },
      ),
      { numRuns: 2000 },
    );
  });
});
