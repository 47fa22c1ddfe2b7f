/**
 * The 25 phenotypes of the benchmark of Harutyunyan et al. (2019): HCUP CCS categories over ICD-9-CM, in the benchmark's
 * (alphabetical) order. That order is canonical everywhere: label vectors, the target text, tables of metrics.
 */
export const PHENOTYPES = [
  'Acute and unspecified renal failure',
  'Acute cerebrovascular disease',
  'Acute myocardial infarction',
  'Cardiac dysrhythmias',
  'Chronic kidney disease',
  'Chronic obstructive pulmonary disease and bronchiectasis',
  'Complications of surgical procedures or medical care',
  'Conduction disorders',
  'Congestive heart failure; nonhypertensive',
  'Coronary atherosclerosis and other heart disease',
  'Diabetes mellitus with complications',
  'Diabetes mellitus without complication',
  'Disorders of lipid metabolism',
  'Essential hypertension',
  'Fluid and electrolyte disorders',
  'Gastrointestinal hemorrhage',
  'Hypertension with complications and secondary hypertension',
  'Other liver diseases',
  'Other lower respiratory disease',
  'Other upper respiratory disease',
  'Pleurisy; pneumothorax; pulmonary collapse',
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)',
  'Respiratory failure; insufficiency; arrest (adult)',
  'Septicemia (except in labor)',
  'Shock',
] as const;

export type Phenotype = (typeof PHENOTYPES)[number];
