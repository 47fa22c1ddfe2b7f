import { PHENOTYPES, type Phenotype } from '../../phenotypes.js';

/** What a note may call a phenotype by name: for the leakage checks. Findings and treatments are no names. */
export interface DiseaseNames {
  readonly disease: string;
  /** The name itself, whole, and without what it says in brackets. */
  readonly official: readonly string[];
  /** What clinicians say for it. */
  readonly short: readonly string[];
}

const SHORT: Readonly<Record<Phenotype, readonly string[]>> = {
  'Acute and unspecified renal failure': [
    'acute renal failure',
    'acute kidney injury',
    'acute kidney failure',
    'renal failure',
    'aki',
    'arf',
  ],
  'Acute cerebrovascular disease': [
    'stroke',
    'cva',
    'cerebrovascular accident',
    'intracranial hemorrhage',
    'cerebral infarction',
  ],
  'Acute myocardial infarction': ['myocardial infarction', 'acute mi', 'mi', 'nstemi', 'stemi', 'heart attack'],
  'Cardiac dysrhythmias': [
    'arrhythmia',
    'dysrhythmia',
    'atrial fibrillation',
    'afib',
    'atrial flutter',
    'rhythm disturbance',
  ],
  'Chronic kidney disease': [
    'ckd',
    'chronic renal failure',
    'chronic renal insufficiency',
    'renal insufficiency',
    'esrd',
  ],
  'Chronic obstructive pulmonary disease and bronchiectasis': [
    'copd',
    'chronic obstructive pulmonary disease',
    'bronchiectasis',
    'emphysema',
  ],
  'Complications of surgical procedures or medical care': [
    'surgical complication',
    'postoperative complication',
    'procedural complication',
    'complications of previous surgery',
  ],
  'Conduction disorders': [
    'conduction disorder',
    'conduction defect',
    'heart block',
    'av block',
    'bundle branch block',
  ],
  'Congestive heart failure; nonhypertensive': ['congestive heart failure', 'heart failure', 'chf'],
  'Coronary atherosclerosis and other heart disease': [
    'coronary atherosclerosis',
    'coronary artery disease',
    'coronary disease',
    'cad',
    'ischemic heart disease',
    'angina',
  ],
  'Diabetes mellitus with complications': [
    'diabetic ketoacidosis',
    'dka',
    'diabetes with complications',
    'diabetic nephropathy',
  ],
  'Diabetes mellitus without complication': ['diabetes', 'diabetes mellitus', 'dm', 'dm2', 'iddm', 'niddm'],
  'Disorders of lipid metabolism': ['hyperlipidemia', 'hypercholesterolemia', 'dyslipidemia', 'hld'],
  'Essential hypertension': ['hypertension', 'htn', 'high blood pressure'],
  'Fluid and electrolyte disorders': [
    'electrolyte disorder',
    'electrolyte abnormality',
    'electrolyte disturbance',
    'hyponatremia',
    'hypernatremia',
    'hypokalemia',
    'hyperkalemia',
    'hypovolemia',
    'acidosis',
  ],
  'Gastrointestinal hemorrhage': [
    'gi bleed',
    'gi bleeding',
    'gastrointestinal bleed',
    'gastrointestinal bleeding',
    'gib',
    'upper gi bleed',
    'lower gi bleed',
  ],
  'Hypertension with complications and secondary hypertension': [
    'hypertension with complications',
    'secondary hypertension',
    'hypertensive emergency',
    'hypertensive kidney disease',
    'hypertensive heart disease',
  ],
  'Other liver diseases': ['liver disease', 'cirrhosis', 'hepatic failure', 'liver failure', 'hepatic encephalopathy'],
  'Other lower respiratory disease': [
    'lower respiratory disease',
    'lung disease',
    'interstitial lung disease',
    'pulmonary fibrosis',
  ],
  'Other upper respiratory disease': ['upper respiratory disease', 'upper airway obstruction', 'airway obstruction'],
  'Pleurisy; pneumothorax; pulmonary collapse': [
    'pleurisy',
    'pneumothorax',
    'pulmonary collapse',
    'pleural effusion',
    'atelectasis',
  ],
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)': [
    'pna',
    'hcap',
    'aspiration pneumonia',
  ],
  'Respiratory failure; insufficiency; arrest (adult)': [
    'respiratory failure',
    'respiratory insufficiency',
    'respiratory arrest',
  ],
  'Septicemia (except in labor)': ['sepsis', 'septic', 'urosepsis', 'bacteremia'],
  Shock: ['septic shock', 'cardiogenic shock', 'hypovolemic shock', 'hemorrhagic shock'],
};

/** The 25 phenotypes' names, in their order. */
export const DISEASE_NAMES: readonly DiseaseNames[] = PHENOTYPES.map((disease) => {
  const bare = disease.replace(/\s*\([^)]*\)/g, '');
  return { disease, official: bare === disease ? [disease] : [disease, bare], short: SHORT[disease] };
});
