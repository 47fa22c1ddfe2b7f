/**
 * The body over time: hour by hour, the true values of the vitals and labs of one ICU stay.
 *
 * A stay begins from a healthy-enough baseline with slow noise. Each disease that shows itself adds episodes: from its
 * onset a variable is drawn towards the disease's value, and once treatment works it comes back. Episodes last for many
 * hours and lie far outside the bulk of all hours, so that they are anomalies by the interquartile rule and fill whole
 * eight-hour patches. Every kind of episode also strikes a few patients who do not have the disease (steroids raise
 * glucose, pain raises pressure): a signal is evidence, not proof.
 */
import type { Phenotype } from '../phenotypes.js';
import type { Admission, Patient } from './admission.js';
import type { Rng } from './rng.js';

/** The variables that have a value at every hour, measured or not. */
export type Vital = 'heart' | 'systolic' | 'diastolic' | 'breaths' | 'saturation' | 'temperature' | 'glucose' | 'ph';

/** One disturbance and the treatment that ends it; hours since ICU admission. */
export interface Episode {
  readonly cause: Cause;
  readonly onset: number;
  readonly treated: number;
  readonly end: number;
}

export type Cause =
  | 'shock'
  | 'sepsis'
  | 'rapid rhythm'
  | 'slow rhythm'
  | 'high pressure'
  | 'stiff pressure'
  | 'high glucose'
  | 'swinging glucose'
  | 'acidosis'
  | 'alkalosis'
  | 'congestion'
  | 'low saturation'
  | 'chest infection'
  | 'bleeding'
  | 'failing lungs';

export interface Course {
  readonly hours: number; // T
  readonly vitals: Readonly<Record<Vital, Float64Array>>; // [T] each
  /** Fraction of inspired oxygen, [T]; 0 where the patient breathes room air and nobody charts it. */
  readonly oxygen: Float64Array;
  /** kg, [T] */
  readonly weight: Float64Array;
  readonly ventilated: { readonly from: number; readonly to: number } | undefined;
  readonly paced: boolean;
  readonly episodes: readonly Episode[];
}

/** Mean over patients, spread between them, spread of the hours of one, and what no living patient goes beyond. */
interface Baseline {
  readonly mean: number;
  readonly between: number;
  readonly within: number;
  readonly low: number;
  readonly high: number;
}

const BASELINE: Readonly<Record<Vital, Baseline>> = {
  heart: { mean: 80, between: 6, within: 3.5, low: 32, high: 205 },
  systolic: { mean: 119, between: 6, within: 5, low: 55, high: 235 },
  diastolic: { mean: 62, between: 4, within: 3.5, low: 28, high: 135 },
  breaths: { mean: 17, between: 1.3, within: 1.4, low: 7, high: 44 },
  saturation: { mean: 97.4, between: 0.6, within: 0.7, low: 78, high: 100 },
  temperature: { mean: 36.85, between: 0.15, within: 0.14, low: 34.5, high: 41.2 },
  glucose: { mean: 114, between: 8, within: 8, low: 45, high: 580 },
  ph: { mean: 7.4, between: 0.012, within: 0.012, low: 6.98, high: 7.68 },
};

/** Where each cause draws the variables to: the value, its spread between patients, and how rough the hours are. */
const PULLS: Readonly<Record<Cause, readonly (readonly [Vital, number, number, number])[]>> = {
  shock: [
    ['systolic', 76, 4, 3],
    ['diastolic', 40, 3, 2],
    ['heart', 104, 5, 3],
  ],
  sepsis: [
    ['temperature', 39.3, 0.3, 0.15],
    ['heart', 100, 5, 3],
    ['breaths', 22, 1.5, 1.4],
  ],
  'rapid rhythm': [['heart', 142, 8, 13]],
  'slow rhythm': [['heart', 41, 2.5, 2]],
  'high pressure': [
    ['systolic', 188, 7, 6],
    ['diastolic', 101, 5, 4],
  ],
  'stiff pressure': [
    ['systolic', 190, 7, 6],
    ['diastolic', 58, 4, 3],
  ],
  'high glucose': [['glucose', 262, 18, 16]],
  'swinging glucose': [['glucose', 390, 30, 28]],
  acidosis: [['ph', 7.16, 0.03, 0.012]],
  alkalosis: [['ph', 7.57, 0.02, 0.01]],
  congestion: [
    ['breaths', 31, 1.6, 1.6],
    ['saturation', 94, 0.8, 0.8],
  ],
  'low saturation': [['saturation', 86.5, 1.2, 1]],
  'chest infection': [
    ['temperature', 38.4, 0.15, 0.12],
    ['breaths', 25, 1.5, 1.4],
  ],
  bleeding: [
    ['heart', 110, 5, 3],
    ['systolic', 99, 4, 4],
  ],
  'failing lungs': [
    ['saturation', 90, 1.2, 1.2],
    ['breaths', 27, 1.8, 1.6],
  ],
};

/** How often a cause strikes without its disease. */
const FALSE_ALARMS: readonly (readonly [Cause, number])[] = [
  ['sepsis', 0.02],
  ['rapid rhythm', 0.02],
  ['high pressure', 0.03],
  ['high glucose', 0.03],
  ['acidosis', 0.015],
  ['alkalosis', 0.01],
  ['congestion', 0.02],
  ['low saturation', 0.015],
  ['shock', 0.008],
];

export function drawCourse(rng: Rng, patient: Patient, admission: Admission): Course {
  // Most stays last one to three days; a few last a week.
  const hours = Math.max(18, Math.min(150, Math.round(Math.exp(rng.normal(Math.log(42), 0.42)))));
  const causes = drawCauses(rng, admission);
  const episodes = causes.flatMap((cause) => drawEpisodes(rng, cause, hours));
  // Pressure cannot be high and low in the same hours: shock and bleeding win.
  const low = episodes.filter((e) => e.cause === 'shock' || e.cause === 'bleeding');
  const isHigh = (e: Episode) => e.cause === 'high pressure' || e.cause === 'stiff pressure';
  const kept = episodes.filter((e) => !(isHigh(e) && low.some((l) => e.onset < l.end + 2 && l.onset < e.end + 2)));
  const paced =
    admission.diseases.has('Conduction disorders') && admission.shown.has('Conduction disorders') && rng.chance(0.75);

  const vitals = {} as Record<Vital, Float64Array>;
  for (const vital of Object.keys(BASELINE) as Vital[]) vitals[vital] = drawBaseline(rng, vital, hours);
  if (admission.shown.has('Chronic obstructive pulmonary disease and bronchiectasis')) {
    for (let t = 0; t < hours; t++) vitals.saturation[t]! -= 4;
  }
  if (paced) {
    const rate = rng.pick([60, 70, 70, 80]);
    for (let t = 0; t < hours; t++) vitals.heart[t] = rate + rng.normal(0, 0.4);
  }
  for (const episode of kept) applyEpisode(rng, episode, vitals, hours);
  for (let t = 0; t < hours; t++) {
    for (const vital of Object.keys(BASELINE) as Vital[]) {
      const { low, high } = BASELINE[vital];
      vitals[vital][t] = Math.min(high, Math.max(low, vitals[vital][t]!));
    }
    vitals.diastolic[t] = Math.min(vitals.diastolic[t]!, vitals.systolic[t]! - 15);
  }

  const failing = admission.shown.has('Respiratory failure; insufficiency; arrest (adult)');
  const breathing = drawBreathing(rng, admission, failing, hours);
  return {
    hours,
    vitals,
    ...breathing,
    weight: drawWeight(rng, patient, admission, hours),
    paced,
    episodes: kept,
  };
}

/** Which signals this stay carries: those of the diseases that show themselves, and the odd false alarm. */
function drawCauses(rng: Rng, admission: Admission): Cause[] {
  const causes = new Set<Cause>();
  const shows = (disease: Phenotype) => admission.shown.has(disease);
  if (shows('Shock')) causes.add('shock');
  if (shows('Septicemia (except in labor)')) causes.add('sepsis');
  if (shows('Cardiac dysrhythmias')) causes.add(rng.chance(0.85) ? 'rapid rhythm' : 'slow rhythm');
  if (shows('Conduction disorders') && rng.chance(0.25)) causes.add('slow rhythm');
  if (shows('Essential hypertension')) causes.add('high pressure');
  if (shows('Hypertension with complications and secondary hypertension')) causes.add('stiff pressure');
  if (shows('Diabetes mellitus without complication')) causes.add('high glucose');
  if (shows('Diabetes mellitus with complications')) causes.add('swinging glucose');
  if (shows('Fluid and electrolyte disorders')) causes.add(rng.chance(0.6) ? 'acidosis' : 'alkalosis');
  if (shows('Congestive heart failure; nonhypertensive')) causes.add('congestion');
  if (shows('Other lower respiratory disease')) causes.add('low saturation');
  if (shows('Pneumonia (except that caused by tuberculosis or sexually transmitted disease)')) {
    causes.add('chest infection');
  }
  if (shows('Gastrointestinal hemorrhage')) causes.add('bleeding');
  if (shows('Respiratory failure; insufficiency; arrest (adult)')) causes.add('failing lungs');
  for (const [cause, probability] of FALSE_ALARMS) if (rng.chance(probability)) causes.add(cause);
  return [...causes];
}

/** The first episode comes early, for it is why the patient lies here; rhythm, pressure and glucose may relapse. */
function drawEpisodes(rng: Rng, cause: Cause, hours: number): Episode[] {
  const episodes: Episode[] = [];
  const relapses = ['rapid rhythm', 'high pressure', 'stiff pressure', 'high glucose', 'swinging glucose'].includes(
    cause,
  );
  let onset = cause === 'failing lungs' ? 0 : rng.whole(0, 5);
  for (let n = 0; n < (relapses ? 3 : 1); n++) {
    const treated = onset + rng.whole(6, 11);
    const end = Math.min(hours, treated + rng.whole(3, 6));
    episodes.push({ cause, onset, treated: Math.min(treated, end), end });
    onset = end + rng.whole(6, 16);
    if (onset > hours - 10 || !rng.chance(0.55)) break;
  }
  return episodes;
}

function drawBaseline(rng: Rng, vital: Vital, hours: number): Float64Array {
  const { mean, between, within } = BASELINE[vital];
  const own = rng.normal(mean, between);
  const out = new Float64Array(hours);
  const memory = 0.7; // of the noise, from one hour to the next
  let noise = rng.normal(0, within);
  for (let t = 0; t < hours; t++) {
    out[t] = own + noise;
    noise = memory * noise + Math.sqrt(1 - memory * memory) * rng.normal(0, within);
  }
  return out;
}

/** Full strength from an hour after onset until treatment, then straight back to the baseline at the episode's end. */
function strength(episode: Episode, t: number): number {
  if (t < episode.onset || t >= episode.end) return 0;
  if (t < episode.onset + 1) return 0.6;
  if (t < episode.treated) return 1;
  return 1 - (t - episode.treated + 1) / (episode.end - episode.treated + 1);
}

function applyEpisode(rng: Rng, episode: Episode, vitals: Record<Vital, Float64Array>, hours: number): void {
  for (const [vital, centre, spread, rough] of PULLS[episode.cause]) {
    const target = rng.normal(centre, spread);
    const values = vitals[vital];
    for (let t = episode.onset; t < episode.end && t < hours; t++) {
      const s = strength(episode, t);
      const pulled = values[t]! + s * (target + rng.normal(0, rough) - values[t]!);
      // Two causes that pull the same way do not undo each other: the one further from the baseline stands.
      const baseline = BASELINE[vital].mean;
      const sameSide = Math.sign(values[t]! - baseline) === Math.sign(target - baseline);
      if (!sameSide || Math.abs(pulled - baseline) > Math.abs(values[t]! - baseline)) values[t] = pulled;
    }
  }
}

/** Ventilator or mask: high oxygen while the lungs fail; after an operation a short, low-oxygen stretch only. */
function drawBreathing(
  rng: Rng,
  admission: Admission,
  failing: boolean,
  hours: number,
): { oxygen: Float64Array; ventilated: { from: number; to: number } | undefined } {
  const oxygen = new Float64Array(hours);
  const fill = (from: number, to: number, value: number) => {
    for (let t = Math.max(0, from); t < Math.min(hours, to); t++) oxygen[t] = value;
  };
  const surgical = admission.problem === 'cardiac surgery' || admission.problem === 'surgery';
  if (failing || rng.chance(0.01)) {
    const high = rng.whole(9, 16);
    const to = Math.min(hours, high + rng.whole(6, 24));
    fill(0, to, rng.pick([0.4, 0.4, 0.5]));
    fill(0, high, rng.pick([0.8, 0.9, 1, 1]));
    return { oxygen, ventilated: { from: 0, to } };
  }
  if (rng.chance(surgical ? 0.7 : 0.12)) {
    const to = Math.min(hours, rng.whole(4, 14));
    fill(0, to, 0.4);
    return { oxygen, ventilated: { from: 0, to } };
  }
  if (rng.chance(0.5)) fill(0, rng.whole(6, hours), rng.pick([0.24, 0.28, 0.28, 0.32, 0.36]));
  return { oxygen, ventilated: undefined };
}

/** Congestion brings litres of water that diuresis takes away; failing kidneys gather it. */
function drawWeight(rng: Rng, patient: Patient, admission: Admission, hours: number): Float64Array {
  const out = new Float64Array(hours);
  let start = patient.weight;
  let end = patient.weight - rng.normal(0.3, 0.4);
  if (admission.shown.has('Congestive heart failure; nonhypertensive')) {
    start = patient.weight * rng.between(1.12, 1.18);
    end = patient.weight;
  } else if (admission.shown.has('Acute and unspecified renal failure')) {
    end = patient.weight * rng.between(1.08, 1.13);
  }
  const over = Math.min(hours, 48); // the change takes two days at most
  for (let t = 0; t < hours; t++) out[t] = start + (end - start) * Math.min(1, t / over) + rng.normal(0, 0.25);
  return out;
}
