import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinKnowledge } from '../../src/knowledge/index.js';
import { PHENOTYPES, type Phenotype } from '../../src/phenotypes.js';
import { noteEvidence } from '../../src/teacher/index.js';
import { lexicon } from '../../src/teacher/lexicon.js';

const knowledge = builtinKnowledge();

/** `text (status)` of everything found for a disease. */
function told(note: string, phenotype: Phenotype): string[] {
  return (noteEvidence(note, [phenotype], knowledge).get(phenotype) ?? []).map((x) => `${x.text} (${x.status})`);
}

const PNEUMONIA = 'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)';
const SEPSIS = 'Septicemia (except in labor)';
const LUNG = 'Respiratory failure; insufficiency; arrest (adult)';

describe('evidence in a note', () => {
  it.each<[Phenotype, string, string[]]>([
    [
      'Acute and unspecified renal failure',
      'Developed AKI, creatinine rose.',
      ['aki (affirmed)', 'creatinine rose (affirmed)'],
    ],
    [
      'Cardiac dysrhythmias',
      'A-fib with RVR, loaded with amiodarone',
      ['a-fib (affirmed)', 'rvr (affirmed)', 'loaded with amiodarone (affirmed)'],
    ],
    [
      'Acute myocardial infarction',
      'NSTEMI; drug eluting stent placed',
      ['nstemi (affirmed)', 'drug eluting stent (affirmed)'],
    ],
    ['Congestive heart failure; nonhypertensive', 'diuresed with Lasix', ['diuresed (affirmed)', 'lasix (affirmed)']],
    ['Gastrointestinal hemorrhage', 'EGD for melena', ['egd (affirmed)', 'melena (affirmed)']],
    [
      'Pleurisy; pneumothorax; pulmonary collapse',
      'Pleural effusions, thoracentesis done',
      ['pleural effusions (affirmed)', 'thoracentesis (affirmed)'],
    ],
    [LUNG, 'intubated for hypoxia', ['intubated (affirmed)', 'hypoxia (affirmed)']],
    ['Shock', 'on pressors', ['pressors (affirmed)']],
  ])('knows the words of clinicians: %s', (phenotype, note, expected) => {
    expect(told(note, phenotype)).toEqual(expected);
  });

  it.each([
    ['no pneumonia', 'negated'],
    ['denies cough. no evidence of pneumonia or effusion', 'negated'],
    ['pneumonia was ruled out by ct', 'negated'],
    ['pneumonia unlikely', 'negated'],
    ['without fever, chills, pneumonia', 'negated'],
    ['no history of pneumonia', 'negated'],
    ['history of pneumonia', 'history'],
    ['pneumonia last winter, since resolved', 'history'],
    ['s/p pneumonia', 'history'],
    ['possible pneumonia', 'uncertain'],
    ['concern for pneumonia', 'uncertain'],
    ['pneumonia not ruled out', 'uncertain'],
    ['family history of pneumonia', 'family'],
    ['pneumonia', 'affirmed'],
    ['no change in pneumonia', 'affirmed'],
    ['extubated without difficulty after pneumonia', 'affirmed'],
    ['gram negative pneumonia', 'affirmed'],
    ['no fever. pneumonia treated', 'affirmed'],
    ['no fever but pneumonia', 'affirmed'],
    ['no effusion seen, treated for pneumonia', 'affirmed'],
    ['history of stroke, admitted with pneumonia', 'affirmed'],
  ])('hears how the note speaks: "%s" is %s', (note, status) => {
    expect(told(note, PNEUMONIA)).toContain(`pneumonia (${status})`);
  });

  it('takes a treatment after a negated finding as given, and one that was not needed as not given', () => {
    expect(told('no chest pain, lasix was given', 'Congestive heart failure; nonhypertensive')).toEqual([
      'lasix (affirmed)',
    ]);
    expect(told('never required pressors', 'Shock')).toEqual(['pressors (negated)']);
  });

  it('takes the longest phrase, so portal hypertension is no hypertension and septic shock no sepsis', () => {
    expect(told('portal hypertension with ascites', 'Essential hypertension')).toEqual([]);
    expect(told('pulmonary hypertension', 'Essential hypertension')).toEqual([]);
    expect(told('septic shock', SEPSIS)).toEqual([]);
    expect(told('septic shock', 'Shock')).toEqual(['septic shock (affirmed)']);
  });

  it('finds the same in a note with and without its stop words', () => {
    const whole = 'bright red blood per rectum, with a drop of the hematocrit and transfusion of red cells';
    const cleaned = 'bright red blood per rectum, drop hematocrit transfusion red cells';
    const words = (note: string) =>
      noteEvidence(note, ['Gastrointestinal hemorrhage'], knowledge)
        .get('Gastrointestinal hemorrhage')!
        .map((x) => x.text.replace(' of ', ' '));
    expect(words(whole)).toEqual(words(cleaned));
    expect(words(whole)).toContain('transfusion red cells');
  });

  it('finds every name, finding and treatment of its own lexicon, for every disease', () => {
    for (const phenotype of PHENOTYPES) {
      const { named, findings, treatments } = lexicon()[phenotype];
      for (const phrase of [...named, ...findings, ...treatments]) {
        const texts = (noteEvidence(phrase, [phenotype], knowledge).get(phenotype) ?? []).map((x) => x.text);
        expect(texts, `${phenotype}: ${phrase}`).toEqual([phrase]);
      }
    }
  });

  it('finds the terms of the knowledge that it is given, and nothing of another', () => {
    const own = { source: 'a test', terms: { ...knowledge.terms, Shock: [{ term: 'grey skin', pmids: ['1'] }] } };
    expect(noteEvidence('grey skin', ['Shock'], own).get('Shock')).toMatchObject([{ text: 'grey skin', kind: 'term' }]);
    expect(noteEvidence('grey skin', ['Shock'], knowledge).get('Shock')).toEqual([]);
  });

  it('quotes what stands in the note, at its place, whatever the text', () => {
    const vocabulary = PHENOTYPES.flatMap((p) => [...lexicon()[p].named, ...lexicon()[p].treatments]);
    const piece = fc.oneof(
      fc.constantFrom(...vocabulary),
      fc.constantFrom('no', 'history of', 'Denies', ',', '.', '\n', 'ruled out', 'possible', '12 mg', 'é', 'the'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const note = pieces.join(' ');
        for (const found of noteEvidence(note, PHENOTYPES, knowledge).values()) {
          for (const { text, start, end } of found) {
            expect(note.slice(start, end).toLowerCase().replace(/\s+/g, ' ')).toBe(text);
          }
        }
      }),
    );
  });
});
