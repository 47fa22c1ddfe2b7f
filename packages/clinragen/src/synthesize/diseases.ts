/**
 * The 25 phenotypes as the synthetic hospital knows them: how a coder records them and where they can be seen.
 *
 * `told` is how often the hospital course says the disease (in any words), `shown` how often the series carries its
 * signal. The two are drawn apart from each other: that some diseases show mostly in the series, others mostly in the
 * note, is the point of the synthetic hospital. The prevalences themselves follow from `patient.ts`.
 *
 * Codes are ICD-9-CM as MIMIC writes them (without the dot); titles are our own short ones. Weights are relative.
 */
import type { Phenotype } from '../phenotypes.js';

export interface Code {
  readonly icd9: string;
  readonly title: string;
}

export interface Disease {
  /** Probability that the hospital course says it. */
  readonly told: number;
  /** Probability that the series carries its signal (physiology.ts); 0 where it has none. */
  readonly shown: number;
  /** A lasting condition: it belongs to the past medical history and follows the patient to the next admission. */
  readonly chronic: boolean;
  readonly codes: readonly (readonly [Code, number])[];
}

const code = (icd9: string, title: string, weight: number): readonly [Code, number] => [{ icd9, title }, weight];

export const DISEASES: Readonly<Record<Phenotype, Disease>> = {
  'Acute and unspecified renal failure': {
    told: 0.82,
    shown: 0.5,
    chronic: false,
    codes: [code('5849', 'Acute kidney failure NOS', 8), code('5845', 'Acute tubular necrosis', 3)],
  },
  'Acute cerebrovascular disease': {
    told: 0.93,
    shown: 0,
    chronic: false,
    codes: [
      code('43491', 'Cerebral artery occlusion w infarct', 5),
      code('431', 'Bleed within the brain', 4),
      code('430', 'Bleed under the arachnoid', 2),
      code('43411', 'Cerebral embolus w infarct', 2),
    ],
  },
  'Acute myocardial infarction': {
    told: 0.9,
    shown: 0,
    chronic: false,
    codes: [
      code('41071', 'Subendocardial infarct, first episode', 6),
      code('41011', 'Anterior wall infarct, first episode', 2),
      code('41041', 'Inferior wall infarct, first episode', 2),
    ],
  },
  'Cardiac dysrhythmias': {
    told: 0.25,
    shown: 0.88,
    chronic: false,
    codes: [
      code('42731', 'Atrial fibrillation', 8),
      code('42732', 'Atrial flutter', 1),
      code('42781', 'Sinus node dysfunction', 1),
      code('42789', 'Other dysrhythmia', 1),
    ],
  },
  'Chronic kidney disease': {
    told: 0.85,
    shown: 0,
    chronic: true,
    codes: [
      code('5859', 'Chronic kidney disease NOS', 5),
      code('5853', 'Chronic kidney disease, stage 3', 2),
      code('5856', 'End stage kidney disease', 3),
    ],
  },
  'Chronic obstructive pulmonary disease and bronchiectasis': {
    told: 0.85,
    shown: 0.4,
    chronic: true,
    codes: [code('496', 'Chronic airway obstruction', 6), code('49121', 'Obstr chronic bronchitis, flare', 3)],
  },
  'Complications of surgical procedures or medical care': {
    told: 0.82,
    shown: 0,
    chronic: false,
    codes: [
      code('99811', 'Bleeding after a procedure', 4),
      code('99859', 'Infection after operation', 4),
      code('9971', 'Heart complication of procedure', 3),
      code('99812', 'Hematoma after a procedure', 3),
    ],
  },
  'Conduction disorders': {
    told: 0.85,
    shown: 0.55,
    chronic: true,
    codes: [
      code('V4501', 'Cardiac pacemaker in place', 5),
      code('4260', 'Complete AV block', 3),
      code('4263', 'Left bundle branch block', 2),
    ],
  },
  'Congestive heart failure; nonhypertensive': {
    told: 0.35,
    shown: 0.85,
    chronic: false,
    codes: [
      code('4280', 'Congestive heart failure NOS', 6),
      code('42823', 'Systolic heart failure, acute on chronic', 2),
      code('42833', 'Diastolic heart failure, acute on chronic', 2),
    ],
  },
  'Coronary atherosclerosis and other heart disease': {
    told: 0.8,
    shown: 0,
    chronic: true,
    codes: [
      code('41401', 'Coronary disease of native artery', 7),
      code('412', 'Old myocardial infarct', 2),
      code('V4581', 'Coronary bypass in the past', 2),
    ],
  },
  'Diabetes mellitus with complications': {
    told: 0.75,
    shown: 0.7,
    chronic: true,
    codes: [
      code('25040', 'Type 2 diabetes w kidney disease', 3),
      code('25060', 'Type 2 diabetes w neuropathy', 4),
      code('25050', 'Type 2 diabetes w eye disease', 2),
      code('25013', 'Type 1 diabetes w ketoacidosis', 2),
    ],
  },
  'Diabetes mellitus without complication': {
    told: 0.25,
    shown: 0.9,
    chronic: true,
    codes: [code('25000', 'Type 2 diabetes, uncomplicated', 9), code('25001', 'Type 1 diabetes, uncomplicated', 1)],
  },
  'Disorders of lipid metabolism': {
    told: 0.82,
    shown: 0,
    chronic: true,
    codes: [code('2724', 'Hyperlipidemia NOS', 6), code('2720', 'Pure hypercholesterolemia', 3)],
  },
  'Essential hypertension': {
    told: 0.2,
    shown: 0.88,
    chronic: true,
    codes: [code('4019', 'Hypertension NOS', 9), code('4011', 'Benign hypertension', 1)],
  },
  'Fluid and electrolyte disorders': {
    told: 0.2,
    shown: 0.88,
    chronic: false,
    codes: [code('2762', 'Acidosis', 6), code('2763', 'Alkalosis', 4)],
  },
  'Gastrointestinal hemorrhage': {
    told: 0.92,
    shown: 0.3,
    chronic: false,
    codes: [
      code('5789', 'GI bleeding NOS', 4),
      code('53240', 'Duodenal ulcer w bleeding', 3),
      code('5780', 'Vomiting of blood', 2),
      code('5693', 'Rectal bleeding', 2),
    ],
  },
  'Hypertension with complications and secondary hypertension': {
    told: 0.55,
    shown: 0.75,
    chronic: true,
    codes: [
      code('40390', 'Hypertensive kidney disease, stage 1-4', 6),
      code('40391', 'Hypertensive kidney disease, stage 5', 4),
    ],
  },
  'Other liver diseases': {
    told: 0.88,
    shown: 0,
    chronic: true,
    codes: [
      code('5715', 'Cirrhosis, no alcohol', 5),
      code('5722', 'Hepatic encephalopathy', 2),
      code('78959', 'Ascites', 3),
    ],
  },
  'Other lower respiratory disease': {
    told: 0.3,
    shown: 0.85,
    chronic: false,
    codes: [
      code('515', 'Pulmonary fibrosis after inflammation', 3),
      code('51889', 'Other lung disease', 3),
      code('78609', 'Respiratory abnormality', 3),
    ],
  },
  'Other upper respiratory disease': {
    told: 0.85,
    shown: 0,
    chronic: false,
    codes: [
      code('7847', 'Nosebleed', 3),
      code('47874', 'Narrowing of the larynx', 2),
      code('7861', 'Stridor', 2),
      code('V440', 'Tracheostomy in place', 2),
    ],
  },
  'Pleurisy; pneumothorax; pulmonary collapse': {
    told: 0.78,
    shown: 0,
    chronic: false,
    codes: [
      code('5119', 'Pleural effusion NOS', 6),
      code('5180', 'Collapsed lung tissue', 3),
      code('5128', 'Pneumothorax NOS', 2),
    ],
  },
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)': {
    told: 0.82,
    shown: 0.5,
    chronic: false,
    codes: [
      code('486', 'Pneumonia, organism NOS', 7),
      code('48241', 'Staph aureus pneumonia', 2),
      code('4829', 'Bacterial pneumonia', 1),
    ],
  },
  'Respiratory failure; insufficiency; arrest (adult)': {
    told: 0.22,
    shown: 0.9,
    chronic: false,
    codes: [code('51881', 'Acute respiratory failure', 8), code('51884', 'Acute on chronic resp failure', 2)],
  },
  'Septicemia (except in labor)': {
    told: 0.28,
    shown: 0.88,
    chronic: false,
    codes: [
      code('0389', 'Septicemia NOS', 6),
      code('03842', 'E coli septicemia', 2),
      code('03811', 'Staph aureus septicemia', 2),
    ],
  },
  Shock: {
    told: 0.2,
    shown: 0.92,
    chronic: false,
    codes: [code('78552', 'Septic shock', 5), code('78551', 'Cardiogenic shock', 3), code('78559', 'Shock NOS', 2)],
  },
};

/** Codes outside the 25, for the noise that every discharge has. */
export const OTHER_CODES: readonly (readonly [Code, number])[] = [
  code('2859', 'Anemia NOS', 6),
  code('5990', 'Urinary infection NOS', 4),
  code('3051', 'Tobacco use', 4),
  code('2449', 'Hypothyroidism NOS', 4),
  code('53081', 'Gastric reflux', 5),
  code('311', 'Depression NOS', 4),
  code('V1582', 'Tobacco use in the past', 3),
  code('V5861', 'Long-term anticoagulant', 3),
  code('60000', 'Enlarged prostate', 2),
  code('27800', 'Obesity NOS', 2),
  code('73300', 'Osteoporosis NOS', 2),
  code('2930', 'Acute delirium', 2),
  code('2875', 'Low platelets NOS', 2),
  code('5770', 'Acute pancreatitis', 1),
  code('85221', 'Subdural bleed after injury', 1),
  code('78039', 'Convulsions NOS', 1),
  code('9654', 'Analgesic poisoning', 1),
  code('4241', 'Aortic valve disorder', 2),
];
