/**
 * Who comes to the synthetic hospital and why: a latent patient (age, sex, lasting diseases that share their causes),
 * and the problems of one admission.
 *
 * Three hidden traits, standard normal, tie the lasting diseases together: a vascular one (hypertension, diabetes,
 * lipids, coronary disease), smoking (COPD) and alcohol (liver). The coefficients are ours, chosen so that the labels come
 * about as often as in MIMIC-III's benchmark cohort (a mean of about four a stay); they are not estimates from patients.
 */
import { PHENOTYPES, type Phenotype } from '../phenotypes.js';
import type { Rng } from './rng.js';

/** The reason for coming to intensive care. It steers the acute diseases, the unit, the service and the note's opening. */
export type Problem =
  | 'infarction'
  | 'heart failure'
  | 'arrhythmia'
  | 'pneumonia'
  | 'sepsis'
  | 'bleeding'
  | 'stroke'
  | 'cardiac surgery'
  | 'surgery'
  | 'airway'
  | 'liver'
  | 'metabolic'
  | 'injury';

export interface Patient {
  readonly sex: 'M' | 'F';
  readonly age: number; // years, at the first admission
  readonly weight: number; // kg, when well
  readonly height: number; // cm
  readonly lasting: ReadonlySet<Phenotype>;
}

export interface Admission {
  readonly problem: Problem;
  readonly diseases: ReadonlySet<Phenotype>;
  /** Diseases that the hospital course says, a subset of `diseases`. */
  readonly told: ReadonlySet<Phenotype>;
  /** Diseases whose signal the series carries, a subset of `diseases`. */
  readonly shown: ReadonlySet<Phenotype>;
  readonly dies: boolean;
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

export function drawPatient(rng: Rng, child: boolean): Patient {
  const sex = rng.chance(0.56) ? 'M' : 'F';
  const age = child ? rng.whole(3, 17) : rng.chance(0.04) ? rng.whole(90, 96) : drawAdultAge(rng);
  const height = sex === 'M' ? rng.normal(175, 7) : rng.normal(162, 6.5);
  const weight = Math.min(150, Math.max(42, (height / 100) ** 2 * rng.normal(27.5, 4.2)));
  const vascular = rng.normal();
  const smoking = rng.normal();
  const alcohol = rng.normal();
  const z = (Math.min(age, 90) - 65) / 15;
  const lasting = new Set<Phenotype>();
  const has = (disease: Phenotype) => (lasting.has(disease) ? 1 : 0);
  const draw = (disease: Phenotype, x: number) => {
    if (rng.chance(logistic(x))) lasting.add(disease);
  };
  if (!child) {
    const hypertension = rng.chance(logistic(0.22 + 0.7 * z + 0.6 * vascular)) ? 1 : 0;
    draw('Chronic kidney disease', -2.4 + 0.5 * z + 0.5 * vascular + 0.8 * hypertension);
    const kidney = has('Chronic kidney disease');
    // ICD-9-CM takes hypertension with kidney disease as hypertensive kidney disease, so the two labels rarely meet.
    if (hypertension) {
      const complicated = rng.chance(kidney ? 0.9 : 0.035);
      lasting.add(
        complicated ? 'Hypertension with complications and secondary hypertension' : 'Essential hypertension',
      );
    }
    if (rng.chance(logistic(-1.1 + 0.6 * vascular + 0.25 * z + 0.5 * kidney))) {
      const complicated = rng.chance(kidney ? 0.55 : 0.24);
      lasting.add(complicated ? 'Diabetes mellitus with complications' : 'Diabetes mellitus without complication');
    }
    draw('Disorders of lipid metabolism', -1.1 + 0.8 * vascular + 0.4 * z);
    const male = sex === 'M' ? 1 : 0;
    draw(
      'Coronary atherosclerosis and other heart disease',
      -1.95 + 0.8 * vascular + 0.7 * z + 0.5 * male + 0.7 * has('Disorders of lipid metabolism'),
    );
    draw('Chronic obstructive pulmonary disease and bronchiectasis', -2.3 + 1.1 * smoking + 0.4 * z);
    draw('Other liver diseases', -2.85 + 1.1 * alcohol - 0.2 * z);
    draw('Conduction disorders', -2.85 + 0.5 * z + 0.5 * has('Coronary atherosclerosis and other heart disease'));
  }
  return { sex, age, weight, height, lasting };
}

/** MIMIC's adults are old: a broad bell around 65, cut at 18 and 89. */
function drawAdultAge(rng: Rng): number {
  for (;;) {
    const age = Math.round(rng.normal(65, 15));
    if (age >= 18 && age <= 89) return age;
  }
}

export function drawAdmission(
  rng: Rng,
  patient: Patient,
  evidence: Readonly<Record<Phenotype, { readonly told: number; readonly shown: number }>>,
): Admission {
  const problem = drawProblem(rng, patient);
  const diseases = new Set<Phenotype>(patient.lasting);
  drawAcute(rng, patient, problem, diseases);
  const told = new Set<Phenotype>();
  const shown = new Set<Phenotype>();
  for (const disease of PHENOTYPES) {
    if (!diseases.has(disease)) continue;
    // The reason for coming is rarely passed over in silence where notes speak of it at all.
    if (rng.chance(evidence[disease].told)) told.add(disease);
    if (rng.chance(evidence[disease].shown)) shown.add(disease);
  }
  const dies = rng.chance(
    logistic(
      -3.4 +
        (diseases.has('Shock') ? 1.4 : 0) +
        (diseases.has('Septicemia (except in labor)') ? 0.6 : 0) +
        (diseases.has('Respiratory failure; insufficiency; arrest (adult)') ? 0.8 : 0) +
        (patient.age - 65) / 30,
    ),
  );
  return { problem, diseases, told, shown, dies };
}

function drawProblem(rng: Rng, patient: Patient): Problem {
  const coronary = patient.lasting.has('Coronary atherosclerosis and other heart disease') ? 1 : 0;
  const lung = patient.lasting.has('Chronic obstructive pulmonary disease and bronchiectasis') ? 1 : 0;
  const liver = patient.lasting.has('Other liver diseases') ? 1 : 0;
  const diabetes = patient.lasting.has('Diabetes mellitus with complications') ? 1 : 0;
  return rng.weighted<Problem>([
    ['infarction', 0.08 + 0.1 * coronary],
    ['heart failure', 0.09 + 0.05 * coronary],
    ['arrhythmia', 0.07],
    ['pneumonia', 0.08 + 0.08 * lung],
    ['sepsis', 0.11],
    ['bleeding', 0.06 + 0.12 * liver],
    ['stroke', 0.075],
    ['cardiac surgery', 0.06 + 0.12 * coronary],
    ['surgery', 0.11],
    ['airway', 0.04 + 0.22 * lung],
    ['liver', 0.01 + 0.25 * liver],
    ['metabolic', 0.04 + 0.1 * diabetes],
    ['injury', 0.08],
  ]);
}

/** Acute diseases, each drawn in the light of those before it. */
function drawAcute(rng: Rng, patient: Patient, problem: Problem, diseases: Set<Phenotype>): void {
  const z = (Math.min(patient.age, 90) - 65) / 15;
  const has = (disease: Phenotype) => (diseases.has(disease) ? 1 : 0);
  const is = (...problems: readonly Problem[]) => (problems.includes(problem) ? 1 : 0);
  const draw = (disease: Phenotype, x: number) => {
    if (rng.chance(logistic(x))) diseases.add(disease);
  };
  draw('Acute myocardial infarction', -4.2 + 7.2 * is('infarction') + 0.6 * is('heart failure', 'cardiac surgery'));
  if (has('Acute myocardial infarction') && rng.chance(0.7)) {
    diseases.add('Coronary atherosclerosis and other heart disease');
  }
  if (problem === 'cardiac surgery' && rng.chance(0.7))
    diseases.add('Coronary atherosclerosis and other heart disease');
  draw('Acute cerebrovascular disease', -4.4 + 7.4 * is('stroke'));
  draw('Gastrointestinal hemorrhage', -4.2 + 7.2 * is('bleeding') + 1.4 * is('liver'));
  draw(
    'Congestive heart failure; nonhypertensive',
    -1.9 +
      6 * is('heart failure') +
      0.5 * z +
      0.9 * has('Coronary atherosclerosis and other heart disease') +
      0.6 * has('Chronic kidney disease') +
      0.6 * is('arrhythmia') -
      0.6 * is('stroke', 'injury', 'liver'),
  );
  draw(
    'Cardiac dysrhythmias',
    -1.15 +
      5 * is('arrhythmia') +
      0.6 * z +
      0.6 * has('Congestive heart failure; nonhypertensive') +
      0.8 * is('cardiac surgery'),
  );
  if (problem === 'arrhythmia' && rng.chance(0.2)) diseases.add('Conduction disorders');
  draw(
    'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)',
    -2.85 + 6 * is('pneumonia') + 0.6 * is('airway', 'stroke', 'sepsis'),
  );
  draw(
    'Septicemia (except in labor)',
    -3.6 + 5.2 * is('sepsis') + 1.9 * is('pneumonia') + 1.2 * is('liver', 'surgery'),
  );
  draw(
    'Respiratory failure; insufficiency; arrest (adult)',
    -2.1 +
      2 * is('pneumonia') +
      1.6 * is('airway') +
      1.2 * has('Septicemia (except in labor)') +
      0.5 * is('heart failure'),
  );
  draw('Shock', -3.2 + 2.3 * has('Septicemia (except in labor)') + 1.4 * is('infarction') + 1.2 * is('bleeding'));
  draw(
    'Acute and unspecified renal failure',
    -1.75 +
      1.3 * has('Septicemia (except in labor)') +
      1 * has('Shock') +
      0.5 * has('Congestive heart failure; nonhypertensive') +
      0.5 * has('Chronic kidney disease') +
      0.8 * is('liver', 'metabolic'),
  );
  draw(
    'Fluid and electrolyte disorders',
    -1.6 + 0.9 * has('Acute and unspecified renal failure') + 2.2 * is('metabolic') + 0.6 * is('sepsis', 'liver'),
  );
  draw('Complications of surgical procedures or medical care', -1.9 + 2.1 * is('cardiac surgery', 'surgery'));
  draw(
    'Pleurisy; pneumothorax; pulmonary collapse',
    -2.7 + 0.9 * is('cardiac surgery', 'pneumonia', 'heart failure') + 0.7 * is('injury', 'surgery'),
  );
  draw('Other lower respiratory disease', -3.15 + 0.8 * is('airway') + 0.4 * is('pneumonia'));
  draw('Other upper respiratory disease', -3.4 + 1.2 * is('airway', 'injury'));
}
