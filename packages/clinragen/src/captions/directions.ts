import type { Variable } from '../types.js';

/** Above the upper or below the lower fence. */
export type Direction = 'high' | 'low';

/**
 * Other names under which the cohorts of this field know a variable. Keys are what we call it; mimic3-benchmarks spells
 * Glasgow `glascow`.
 */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  'oxygen saturation': ['spo2', 'sao2', 'o2 saturation', 'o2sat', 'peripheral oxygen saturation'],
  'fraction inspired oxygen': ['fio2', 'inspired oxygen', 'fraction of inspired oxygen'],
  'mean blood pressure': ['map', 'mean arterial pressure', 'mbp'],
  'systolic blood pressure': ['sbp', 'systolic'],
  'diastolic blood pressure': ['dbp', 'diastolic'],
  'heart rate': ['hr', 'pulse'],
  'respiratory rate': ['rr', 'resp rate', 'respiration'],
  temperature: ['temp', 'body temperature'],
  ph: ['blood ph', 'arterial ph'],
  'glasgow coma scale total': ['glascow coma scale total', 'gcs', 'glasgow coma scale'],
  'glasgow coma scale eye opening': ['glascow coma scale eye opening'],
  'glasgow coma scale motor response': ['glascow coma scale motor response'],
  'glasgow coma scale verbal response': ['glascow coma scale verbal response'],
  'capillary refill rate': ['capillary refill'],
  'blood urea nitrogen': ['bun', 'urea'],
  'white blood cell count': ['wbc', 'white blood cells', 'leukocytes'],
  creatinine: ['serum creatinine'],
  hemoglobin: ['hgb', 'hb'],
  bilirubin: ['total bilirubin', 'bili'],
  troponin: ['troponin t', 'troponin i'],
  lactate: ['lactic acid'],
};

const CANONICAL = new Map(Object.entries(ALIASES).flatMap(([name, others]) => others.map((other) => [other, name])));

/** The name under which the tables of captions and knowledge know a variable. */
export function canonicalVariable(name: string): string {
  const lower = name.trim().toLowerCase();
  return CANONICAL.get(lower) ?? lower;
}

/**
 * Directions that are no clinical finding, each with its reason. A variable that does not stand here means something in
 * both directions. The paper's captions know no such table: they report a saturation above its fence as "higher than
 * normal".
 */
export const MEANINGLESS: Readonly<Record<string, Partial<Record<Direction, string>>>> = {
  'oxygen saturation': { high: 'full saturation is the goal; above 100 % it is an artefact' },
  'fraction inspired oxygen': { low: 'room air, 0.21, is the least there is: below it stands a charting error' },
  weight: { low: 'body size or a charting error; weight loss in the stay shows in the trend' },
  height: { high: 'body size', low: 'body size' },
  'capillary refill rate': { low: 'zero is the normal answer' },
  'glasgow coma scale total': { high: 'the top of the scale is full consciousness' },
  'glasgow coma scale eye opening': { high: 'the top of the scale is full consciousness' },
  'glasgow coma scale motor response': { high: 'the top of the scale is full consciousness' },
  'glasgow coma scale verbal response': { high: 'the top of the scale is full consciousness' },
  lactate: { low: 'no disease lowers it' },
  creatinine: { low: 'little muscle; no disease of the kidney' },
  'blood urea nitrogen': { low: 'little protein; no disease of the kidney' },
  bilirubin: { low: 'no disease lowers it' },
  troponin: { low: 'absence of injury' },
};

/** True where leaving the fence in this direction is a finding that a clinician would name. */
export function isMeaningful(variable: Pick<Variable, 'name'>, direction: Direction): boolean {
  return MEANINGLESS[canonicalVariable(variable.name)]?.[direction] === undefined;
}
