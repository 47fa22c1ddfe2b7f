/**
 * What is done about it: home drugs, orders, infusions, procedures and cultures, as the tables record them.
 *
 * Infusions begin when an episode is recognised, before the body answers; home drugs follow the lasting diseases.
 */
import type { Phenotype } from '../phenotypes.js';
import type { Admission } from './admission.js';
import type { Cause, Course } from './physiology.js';
import type { Rng } from './rng.js';

const HOME: Partial<Readonly<Record<Phenotype, readonly string[]>>> = {
  'Essential hypertension': ['Lisinopril', 'Amlodipine', 'Hydrochlorothiazide'],
  'Hypertension with complications and secondary hypertension': ['Labetalol', 'HydrALAzine', 'Clonidine'],
  'Congestive heart failure; nonhypertensive': ['Furosemide', 'Carvedilol'],
  'Coronary atherosclerosis and other heart disease': ['Aspirin', 'Metoprolol Tartrate'],
  'Acute myocardial infarction': ['Clopidogrel', 'Aspirin'],
  'Cardiac dysrhythmias': ['Amiodarone', 'Warfarin', 'Diltiazem'],
  'Disorders of lipid metabolism': ['Simvastatin', 'Atorvastatin'],
  'Diabetes mellitus without complication': ['MetFORMIN (Glucophage)', 'GlipiZIDE'],
  'Diabetes mellitus with complications': ['Glargine', 'Humalog'],
  'Chronic obstructive pulmonary disease and bronchiectasis': ['Tiotropium Bromide', 'Albuterol Inhaler'],
  'Other liver diseases': ['Lactulose', 'Spironolactone'],
  'Chronic kidney disease': ['Sevelamer', 'Calcitriol'],
  'Gastrointestinal hemorrhage': ['Pantoprazole'],
};

const ANYONE = [
  'Acetaminophen',
  'Docusate Sodium',
  'Senna',
  'Omeprazole',
  'Levothyroxine Sodium',
  'Citalopram',
  'Multivitamins',
];

export function homeDrugs(rng: Rng, diseases: ReadonlySet<Phenotype>): string[] {
  const drugs = new Set<string>();
  for (const disease of diseases) {
    const options = HOME[disease];
    if (options && rng.chance(0.85)) drugs.add(rng.pick(options));
  }
  for (const drug of ANYONE) if (rng.chance(0.35)) drugs.add(drug);
  return [...drugs];
}

export interface Infusion {
  readonly item: number;
  readonly from: number; // hours since ICU admission
  readonly to: number;
  readonly amount: number;
  readonly unit: string;
  readonly rate: number;
  readonly rateUnit: string;
  readonly category: string;
}

/** Drug by cause: item, amount an hour with its unit, rate with its unit. Items are MetaVision's. */
const INFUSIONS: Partial<Readonly<Record<Cause, readonly [number, number, string, number, string, string]>>> = {
  shock: [221906, 1.2, 'mg', 0.15, 'mcg/kg/min', '01-Drips'], // norepinephrine
  'rapid rhythm': [221347, 60, 'mg', 1, 'mg/min', '01-Drips'], // amiodarone
  congestion: [221794, 8, 'mg', 8, 'mg/hour', '01-Drips'], // furosemide
  'high glucose': [223258, 3, 'units', 3, 'units/hour', '05-Med Bolus'], // regular insulin
  'swinging glucose': [223258, 5, 'units', 5, 'units/hour', '05-Med Bolus'],
  bleeding: [225168, 350, 'ml', 175, 'mL/hour', '07-Blood Products'], // packed red cells
  sepsis: [225798, 1, 'dose', 0, '', '08-Antibiotics (IV)'], // vancomycin
  'chest infection': [225855, 1, 'dose', 0, '', '08-Antibiotics (IV)'], // ceftriaxone
  acidosis: [220995, 50, 'mEq', 50, 'mEq/hour', '01-Drips'], // bicarbonate
};

export function infusionsOf(course: Course): Infusion[] {
  const out: Infusion[] = [];
  for (const episode of course.episodes) {
    const drug = INFUSIONS[episode.cause];
    if (!drug) continue;
    const [item, perHour, unit, rate, rateUnit, category] = drug;
    const from = Math.min(episode.onset + 1, episode.end);
    const length = Math.max(1, episode.treated - from);
    out.push({ item, from, to: from + length, amount: perHour * length, unit, rate, rateUnit, category });
  }
  // Saline for everybody: what says nothing must be there too.
  out.push({
    item: 225158,
    from: 0,
    to: 8,
    amount: 600,
    unit: 'ml',
    rate: 75,
    rateUnit: 'mL/hour',
    category: '02-Fluids (Crystalloids)',
  });
  return out;
}

/** Procedures by ICD-9-CM, with our own titles. */
export const PROCEDURES: readonly (readonly [string, string])[] = [
  ['9671', 'Ventilation under 96 hours'],
  ['9604', 'Breathing tube placed'],
  ['3893', 'Venous catheter placed'],
  ['3891', 'Arterial catheter placed'],
  ['3961', 'Heart-lung machine'],
  ['3612', 'Bypass of two coronary arteries'],
  ['0066', 'Coronary angioplasty'],
  ['4516', 'Upper endoscopy with biopsy'],
  ['3995', 'Hemodialysis'],
  ['9904', 'Red cell transfusion'],
  ['5491', 'Belly tap'],
  ['3491', 'Chest tap'],
];

export function proceduresOf(rng: Rng, admission: Admission, course: Course): string[] {
  const out: string[] = [];
  const add = (icd9: string, probability: number) => {
    if (rng.chance(probability)) out.push(icd9);
  };
  const has = (d: Phenotype) => admission.diseases.has(d);
  if (course.ventilated) out.push('9671', '9604');
  if (admission.problem === 'cardiac surgery') out.push('3961');
  if (admission.problem === 'cardiac surgery' && has('Coronary atherosclerosis and other heart disease'))
    add('3612', 0.9);
  if (has('Acute myocardial infarction')) add('0066', 0.5);
  if (has('Gastrointestinal hemorrhage')) add('4516', 0.6);
  if (has('Chronic kidney disease')) add('3995', 0.15);
  if (has('Other liver diseases')) add('5491', 0.3);
  if (has('Pleurisy; pneumothorax; pulmonary collapse')) add('3491', 0.3);
  add('3893', 0.3);
  add('9904', 0.15);
  return out;
}

export interface Culture {
  readonly specimen: readonly [number, string];
  readonly hour: number;
  readonly organism: readonly [number, string] | undefined;
}

export function culturesOf(rng: Rng, admission: Admission): Culture[] {
  const out: Culture[] = [];
  const septic = admission.diseases.has('Septicemia (except in labor)');
  if (septic || rng.chance(0.4)) {
    const organism = septic && rng.chance(0.45);
    out.push({
      specimen: [70012, 'BLOOD CULTURE'],
      hour: rng.whole(0, 6),
      organism: organism
        ? rng.pick([
            [80002, 'ESCHERICHIA COLI'],
            [80023, 'STAPH AUREUS COAG +'],
          ] as const)
        : undefined,
    });
  }
  const lungs = admission.diseases.has(
    'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)',
  );
  if (rng.chance(lungs ? 0.7 : 0.1)) {
    const organism = lungs && rng.chance(0.4);
    out.push({
      specimen: [70062, 'SPUTUM'],
      hour: rng.whole(0, 12),
      organism: organism
        ? rng.pick([
            [80023, 'STAPH AUREUS COAG +'],
            [80004, 'KLEBSIELLA PNEUMONIAE'],
          ] as const)
        : undefined,
    });
  }
  if (rng.chance(0.5)) out.push({ specimen: [70079, 'URINE'], hour: rng.whole(0, 10), organism: undefined });
  return out;
}

/** Service and unit by the reason for coming. */
export function placeOf(rng: Rng, admission: Admission): { service: string; unit: string; diagnosis: string } {
  const place = (service: string, unit: string, diagnosis: readonly string[]) => ({
    service,
    unit,
    diagnosis: rng.pick(diagnosis),
  });
  switch (admission.problem) {
    case 'infarction':
    case 'heart failure':
    case 'arrhythmia':
      return place('CMED', rng.chance(0.8) ? 'CCU' : 'MICU', [
        'CHEST PAIN',
        'SHORTNESS OF BREATH',
        'PALPITATIONS',
        'TELEMETRY',
      ]);
    case 'cardiac surgery':
      return place('CSURG', 'CSRU', ['CARDIAC SURGERY/SDA', 'CHEST PAIN\\CARDIAC CATH']);
    case 'surgery':
      return place('SURG', 'SICU', ['ABDOMINAL PAIN', 'ELECTIVE SURGERY/SDA']);
    case 'stroke':
      return place(rng.pick(['NMED', 'NSURG']), 'SICU', ['WEAKNESS', 'HEADACHE', 'ALTERED MENTAL STATUS']);
    case 'injury':
      return place('TRAUM', 'TSICU', ['S/P FALL', 'S/P MOTOR VEHICLE ACCIDENT', 'OVERDOSE']);
    default:
      return place('MED', 'MICU', [
        'FEVER',
        'WEAKNESS',
        'SHORTNESS OF BREATH',
        'ALTERED MENTAL STATUS',
        'ABDOMINAL PAIN',
      ]);
  }
}
