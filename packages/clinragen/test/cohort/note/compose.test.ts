import { describe, expect, it } from 'vitest';
import { composeNote, type Documented, NOTE_PARTS, PARTS } from '../../../src/cohort/note/compose.js';
import { drugName } from '../../../src/cohort/note/drug-names.js';

const HISTORY = 'notes/progress notes/past history/organ systems';

describe('composed note of eICU', () => {
  const entries: Documented[] = [
    { part: 'medications', text: '10 ml vial : amiodarone hcl 50 mg/ml iv soln' },
    { part: 'medications', text: 'amiodarone hcl 200 mg po tabs' },
    { part: 'treatments', text: 'pulmonary|ventilation and oxygenation|mechanical ventilation' },
    { part: 'treatments', text: 'surgery|pulmonary therapies|mechanical ventilation' },
    { part: 'exam', text: 'notes/progress notes/physical exam/physical exam/pulmonary/airway/intubated' },
    { part: 'exam', text: 'notes/progress notes/physical exam/physical exam/neurologic/gcs/motor score/6' },
    { part: 'history', text: `${HISTORY}/pulmonary/asthma/asthma` },
    { part: 'history', text: `${HISTORY}/cardiovascular (r)/myocardial infarction/mi - remote` },
    { part: 'allergies', text: 'penicillin g benzathine' },
    { part: 'allergies', text: 'see chart' },
    { part: 'progress notes', text: 'notes/progress notes/interventions/major/hypoxemia - evaluation and management' },
    { part: 'progress notes', text: 'notes/shared/view and save/save options/print/copies/copies' },
    {
      part: 'admission diagnosis',
      text: 'admission diagnosis|all diagnosis|non-operative|diagnosis|respiratory|asthma',
    },
    { part: 'admission diagnosis', text: 'admission diagnosis|elective|no' },
    { part: 'admission', text: 'emergency department' },
  ];
  const rest = [
    'Past history: asthma; myocardial infarction remote.',
    'Allergies: penicillin benzathine.',
    'Physical exam: airway intubated; obeys commands.',
    'Progress notes: hypoxemia.',
    'Treatments: mechanical ventilation.',
    'Medications: amiodarone.',
  ];

  it('says what was ticked in plain words, each thing once, the admission diagnosis only where the switch is on', () => {
    expect(composeNote(entries).split('\n')).toEqual(['Admission: emergency department.', ...rest]);
    expect(composeNote(entries, { admissionDx: false })).toBe(composeNote(entries));
    expect(composeNote(entries, { admissionDx: true }).split('\n')).toEqual([
      'Admission: emergency department.',
      'Admission diagnosis: asthma.',
      // Said above already.
      'Past history: myocardial infarction remote.',
      ...rest.slice(1),
    ]);
  });

  it('does not let the admission diagnosis show by what it hides', () => {
    const without = entries.filter(({ part }) => part !== 'admission diagnosis');
    expect(composeNote(entries)).toBe(composeNote(without));
  });

  it('takes phrases too', () => {
    expect(composeNote([{ part: 'history', text: 'asthma' }])).toBe('Past history: asthma.');
  });

  it('has a heading for every part, all different', () => {
    expect(new Set(PARTS.map((part) => NOTE_PARTS[part].heading)).size).toBe(PARTS.length);
  });
});

describe('drug names', () => {
  it.each([
    ['1000 ml flex cont : sodium chloride 0.9 % iv soln', 'sodium chloride'],
    ['50 ml  -  potassium chloride 20 meq/50ml iv soln', 'potassium chloride'],
    ['pantoprazole sodium 40 mg po tbec', 'pantoprazole sodium'],
    ['heparin (5000 units/ml)', 'heparin'],
    ['norepinephrine (mcg/kg/min)', 'norepinephrine'],
    ['propofol ()', 'propofol'],
    ['insulin-lispro (rdna) *unit* inj', 'insulin-lispro'],
    ['hydrocodone-acetaminophen 5-325 mg po tabs', 'hydrocodone-acetaminophen'],
    ['sulfameth/trimethoprim ss', 'sulfameth/trimethoprim ss'],
    ['vitamin b12', 'vitamin b12'],
    ['d5w', 'd5w'],
    ['see chart', ''],
    ['iv  (ml/hr)', ''],
    ['0.9%', ''],
  ])('%s', (ordered, name) => expect(drugName(ordered)).toBe(name));
});
