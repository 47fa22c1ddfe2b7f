/**
 * What `labs: 'extended'` adds: eleven more analytes, and a shift of the basic ones where a disease moves them too. The
 * values of one stay hang together as they do in a body: chloride is what sodium and bicarbonate leave to the anion gap,
 * haemoglobin a third of the haematocrit, pCO2 what pH and bicarbonate say (Henderson and Hasselbalch), pO2 what
 * saturation and inspired oxygen say (Severinghaus). Sizes are ours, chosen to be plausible.
 */
import type { Phenotype } from '../phenotypes.js';
import type { Admission, Patient } from './admission.js';
import { type Lab, type LabItem, MORE_LABS } from './items.js';
import type { Cause, Course } from './physiology.js';
import type { Rng } from './rng.js';

type WriteLab = (item: LabItem, value: string) => void;

const LUNGS: Phenotype = 'Chronic obstructive pulmonary disease and bronchiectasis';
const FAILURE: Phenotype = 'Respiratory failure; insufficiency; arrest (adult)';
const SEPSIS: Phenotype = 'Septicemia (except in labor)';
const LIVER: Phenotype = 'Other liver diseases';
const KIDNEY: Phenotype = 'Chronic kidney disease';
const INFARCTION: Phenotype = 'Acute myocardial infarction';

/** By how much a disease moves an analyte of the basic panel, at admission. */
const SHIFTS: Partial<Readonly<Record<Lab, readonly (readonly [Phenotype, number])[]>>> = {
  urea: [
    ['Gastrointestinal hemorrhage', 18], // digested blood
    ['Congestive heart failure; nonhypertensive', 9],
  ],
  sodium: [
    [LIVER, -5],
    ['Congestive heart failure; nonhypertensive', -3],
    ['Diabetes mellitus with complications', -3],
  ],
  potassium: [
    ['Acute and unspecified renal failure', 0.7],
    ['Fluid and electrolyte disorders', -0.4],
  ],
  bicarbonate: [[LUNGS, 5]], // the kidneys' answer to carbon dioxide
  whiteCells: [['Pneumonia (except that caused by tuberculosis or sexually transmitted disease)', 4]],
  hematocrit: [[KIDNEY, -3]],
  platelets: [[SEPSIS, -55]],
};

/** Diseases that treatment takes back within days; the others' shifts stay. */
const PASSING: ReadonlySet<Phenotype> = new Set<Phenotype>([
  'Gastrointestinal hemorrhage',
  'Acute and unspecified renal failure',
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)',
  'Fluid and electrolyte disorders',
]);

const FLOOR: Partial<Readonly<Record<Lab, number>>> = { hematocrit: 15, platelets: 8, potassium: 2.4, bicarbonate: 6 };

export class MoreLabs {
  readonly #rng: Rng;
  readonly #admission: Admission;
  readonly #course: Course;
  /** What is the patient's own: drawn once a stay. */
  readonly #own: {
    readonly bilirubin: number;
    readonly aminase: number;
    readonly albumin: number;
    readonly inr: number;
    readonly ptt: number;
    readonly troponin: number;
  };

  constructor(rng: Rng, patient: Patient, admission: Admission, course: Course) {
    this.#rng = rng;
    this.#admission = admission;
    this.#course = course;
    const has = (d: Phenotype) => admission.diseases.has(d);
    const around = (value: number, spread: number) => value * Math.exp(rng.normal(0, spread));
    const warfarin = has('Cardiac dysrhythmias') && rng.chance(0.25);
    const heparin = has(INFARCTION) || admission.problem === 'cardiac surgery' || rng.chance(0.06);
    this.#own = {
      bilirubin: around(has(LIVER) ? 4.2 : has(SEPSIS) ? 1.3 : 0.6, 0.45),
      aminase: around(has(LIVER) ? 65 : 23, 0.4),
      albumin:
        rng.normal(has(LIVER) ? 2.6 : has(SEPSIS) ? 2.8 : has(KIDNEY) ? 3.3 : 3.7, 0.3) - (patient.age > 80 ? 0.2 : 0),
      inr: around(warfarin ? 2.4 : has(LIVER) ? 1.8 : has(SEPSIS) ? 1.35 : 1.1, 0.08),
      ptt: around(heparin ? 66 : has(LIVER) ? 42 : 29, 0.12),
      troponin: has(INFARCTION) ? around(2.2, 0.6) : has(KIDNEY) ? around(0.06, 0.4) : 0,
    };
  }

  /** A value of the basic panel, moved by the diseases that move it. */
  shifted(name: Lab, value: number, t: number): number {
    let out = value;
    for (const [disease, by] of SHIFTS[name] ?? []) {
      if (this.#admission.diseases.has(disease)) out += PASSING.has(disease) ? by * Math.exp(-t / 48) : by;
    }
    return Math.max(FLOOR[name] ?? 0, out);
  }

  /** With a panel: chloride and haemoglobin always, liver and clotting often, troponin while a heart is feared for. */
  panel(
    basic: { readonly sodium: number; readonly bicarbonate: number; readonly hematocrit: number },
    t: number,
    write: WriteLab,
  ): void {
    const rng = this.#rng;
    const { diseases } = this.#admission;
    const has = (d: Phenotype) => diseases.has(d);
    const gap = this.#during('shock', t) ? 17 : this.#during('swinging glucose', t) ? 16 : 11;
    write(MORE_LABS.chloride, (basic.sodium - basic.bicarbonate - gap + rng.normal(0, 1.2)).toFixed(0));
    write(MORE_LABS.hemoglobin, (basic.hematocrit / 3 + rng.normal(0, 0.2)).toFixed(1));
    if (rng.chance(has(LIVER) || has(SEPSIS) ? 0.85 : 0.35)) this.#liver(t, write);
    if (rng.chance(has(LIVER) || has('Gastrointestinal hemorrhage') ? 0.9 : 0.5)) {
      write(MORE_LABS.inr, Math.max(0.8, this.#own.inr + rng.normal(0, 0.06)).toFixed(1));
      write(MORE_LABS.ptt, Math.max(18, this.#own.ptt + rng.normal(0, 3)).toFixed(1));
    }
    const feared = has(INFARCTION) || has('Congestive heart failure; nonhypertensive') || has('Cardiac dysrhythmias');
    if (t < 40 && rng.chance(feared ? 0.8 : 0.08)) write(MORE_LABS.troponin, this.#troponin(t));
  }

  /** With a blood gas: the partial pressures that belong to its pH. */
  gas(t: number, write: WriteLab): void {
    const rng = this.#rng;
    const { vitals, oxygen } = this.#course;
    const ph = vitals.ph[t]!;
    const retained = this.#admission.diseases.has(LUNGS) ? 5 : 0;
    const bicarbonate = 25 + 40 * (ph - 7.4) + retained + (this.#admission.shown.has(FAILURE) && t < 18 ? 4 : 0);
    const pco2 = bicarbonate / (0.0307 * 10 ** (ph - 6.1));
    write(MORE_LABS.pco2, Math.max(14, pco2 + rng.normal(0, 1.5)).toFixed(0));
    // Saturation says little above 97 %: there inspired oxygen decides.
    const fromSaturation = pressureAt(Math.min(97, vitals.saturation[t]!));
    const given = Math.max(0, oxygen[t]! - 0.21);
    const po2 = fromSaturation + (vitals.saturation[t]! > 94 ? 120 : 25) * given + rng.normal(0, 5);
    write(MORE_LABS.po2, Math.max(30, po2).toFixed(0));
  }

  #liver(t: number, write: WriteLab): void {
    const rng = this.#rng;
    const { bilirubin, aminase, albumin } = this.#own;
    // A liver that went without blood: the enzymes leap within hours of shock and fall over days.
    const shock = this.#course.episodes.find((e) => e.cause === 'shock' && t >= e.onset + 4);
    const burst = shock ? 900 * Math.exp(-(t - shock.onset) / 40) : 0;
    const heart = this.#admission.diseases.has(INFARCTION) ? 70 * Math.exp(-t / 30) : 0;
    write(MORE_LABS.alt, Math.max(5, aminase + burst + rng.normal(0, 3)).toFixed(0));
    write(MORE_LABS.ast, Math.max(6, aminase * 1.25 + burst * 1.3 + heart + rng.normal(0, 4)).toFixed(0));
    write(MORE_LABS.bilirubin, Math.max(0.1, bilirubin * (1 + t / 400) + rng.normal(0, 0.06)).toFixed(1));
    write(MORE_LABS.albumin, Math.max(1.2, albumin - t / 400 + rng.normal(0, 0.08)).toFixed(1));
  }

  /** Rises for half a day after an infarct, then falls; below the limit of detection it is no number. */
  #troponin(t: number): string {
    const { troponin } = this.#own;
    const course = this.#admission.diseases.has(INFARCTION)
      ? Math.min(1, (t + 3) / 12) * Math.exp(-Math.max(0, t - 9) / 50)
      : 1;
    const value = troponin * course * Math.exp(this.#rng.normal(0, 0.08));
    return value < 0.01 ? '<0.01' : value.toFixed(2);
  }

  #during(cause: Cause, t: number): boolean {
    return this.#course.episodes.some((e) => e.cause === cause && t >= e.onset && t < e.end);
  }
}

/** mm Hg of oxygen at a saturation (percent, below 100): Severinghaus' curve, 1979, turned round by halving. */
export function pressureAt(saturation: number): number {
  let low = 10;
  let high = 200;
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    const percent = 100 / (23400 / (middle ** 3 + 150 * middle) + 1);
    if (percent < saturation) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
