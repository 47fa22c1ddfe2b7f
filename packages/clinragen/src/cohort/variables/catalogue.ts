import { CohortError } from '../cohort-error.js';

/** One variable of the hourly series: what it is called, its unit, and which of its values can be true. */
export interface CatalogueVariable {
  /** As people say it: `heart rate`. */
  readonly name: string;
  /** Column of `series.parquet`, its mask being `<column>_measured`; the `variable` of the table `measured`. */
  readonly column: VariableColumn;
  /** UCUM-like (see `Variable` in `types.ts`). */
  readonly unit: string;
  /** Stands where nothing was measured: the middle of the adult reference range, or the paper's own value. */
  readonly normal: number;
  /** The paper's IQR fences; null where the paper has no such variable. */
  readonly paperLow: number | null;
  readonly paperHigh: number | null;
  /** Below `outlierLow` or above `outlierHigh`: dropped. Between those and the valid limits: moved to the valid limit. */
  readonly outlierLow: number;
  readonly validLow: number;
  readonly validHigh: number;
  readonly outlierHigh: number;
  /** What an hour's bin holds: its last value, carried forward; or the sum of the hour, which limits apply to. */
  readonly hourly: 'last' | 'sum';
}

interface Facts {
  readonly unit: string;
  readonly normal: number;
  /** outlierLow, validLow, validHigh, outlierHigh */
  readonly limits: readonly [number, number, number, number];
  readonly paper?: readonly [low: number, high: number];
  readonly hourly?: 'sum';
}

/**
 * Limits without a comment are those that the benchmark of Harutyunyan et al. (2019) publishes for its variables. `normal`
 * of the paper's variables and of the benchmark's is theirs.
 */
const FACTS = {
  // The 11 of the paper, in the order of the authors' code, with their normal values and fences.
  diastolic_blood_pressure: { unit: 'mmHg', normal: 59, limits: [0, 0, 375, 375], paper: [28, 92] },
  fraction_inspired_oxygen: { unit: '1', normal: 0.21, limits: [0.2, 0.21, 1, 1.1], paper: [-0.075, 0.685] },
  glucose: { unit: 'mg/dL', normal: 128, limits: [0, 33, 2000, 2200], paper: [43, 187] },
  heart_rate: { unit: '/min', normal: 86, limits: [0, 0, 350, 390], paper: [40, 128] },
  mean_blood_pressure: { unit: 'mmHg', normal: 77, limits: [0, 14, 330, 375], paper: [41, 113] },
  oxygen_saturation: { unit: '%', normal: 98, limits: [0, 0, 100, 150], paper: [90, 106] },
  respiratory_rate: { unit: '/min', normal: 19, limits: [0, 0, 300, 330], paper: [5.5, 33.5] },
  systolic_blood_pressure: { unit: 'mmHg', normal: 118, limits: [0, 0, 375, 375], paper: [61.5, 177.5] },
  temperature: { unit: 'Cel', normal: 36.6, limits: [14.2, 26, 45, 47], paper: [35, 38.556] },
  // Under 20 kg is no adult; the benchmark allows 0.
  weight: { unit: 'kg', normal: 81, limits: [20, 20, 250, 250], paper: [31.3, 127.94] },
  ph: { unit: '1', normal: 7.4, limits: [6.3, 6.3, 8.4, 10], paper: [7.145, 7.585] },

  // The benchmark's other six. Capillary refill: 0 within three seconds, 1 delayed.
  capillary_refill_rate: { unit: '1', normal: 0, limits: [0, 0, 1, 1] },
  glasgow_coma_scale_eye_opening: { unit: '1', normal: 4, limits: [1, 1, 4, 4] },
  glasgow_coma_scale_motor_response: { unit: '1', normal: 6, limits: [1, 1, 6, 6] },
  glasgow_coma_scale_total: { unit: '1', normal: 15, limits: [3, 3, 15, 15] },
  glasgow_coma_scale_verbal_response: { unit: '1', normal: 5, limits: [1, 1, 5, 5] },
  // The benchmark allows 0; under 100 the charted number is in inches or a slip.
  height: { unit: 'cm', normal: 170, limits: [100, 100, 240, 275] },

  // Renal panel. Reference ranges of adults: creatinine 0.6 to 1.2, urea nitrogen 7 to 20.
  creatinine: { unit: 'mg/dL', normal: 0.9, limits: [0, 0.1, 60, 66] },
  blood_urea_nitrogen: { unit: 'mg/dL', normal: 14, limits: [0, 0, 250, 275] },

  // Electrolytes, 136 to 145, 3.5 to 5.1, 22 to 28, 98 to 107. mEq/L is the same number: all are monovalent.
  sodium: { unit: 'mmol/L', normal: 140, limits: [0, 50, 225, 250] },
  potassium: { unit: 'mmol/L', normal: 4.3, limits: [0, 0, 12, 15] },
  bicarbonate: { unit: 'mmol/L', normal: 25, limits: [0, 0, 60, 66] },
  chloride: { unit: 'mmol/L', normal: 102, limits: [0, 50, 175, 200] },
  // 0.5 to 2.0.
  lactate: { unit: 'mmol/L', normal: 1.2, limits: [0, 0.4, 30, 33] },

  // Blood count: 4 to 11, 12 to 17.5, 36 to 50, 150 to 400.
  white_blood_cell_count: { unit: '10*3/uL', normal: 7.5, limits: [0, 0, 1000, 1100] },
  hemoglobin: { unit: 'g/dL', normal: 14.5, limits: [0, 0, 25, 30] },
  hematocrit: { unit: '%', normal: 43, limits: [0, 0, 75, 100] },
  platelet_count: { unit: '10*3/uL', normal: 275, limits: [0, 0, 2000, 2200] },

  // Liver: 0.1 to 1.2, 7 to 45, 8 to 40, 3.5 to 5.0.
  total_bilirubin: { unit: 'mg/dL', normal: 0.6, limits: [0, 0.1, 60, 66] },
  alanine_aminotransferase: { unit: 'U/L', normal: 25, limits: [0, 2, 10000, 11000] },
  aspartate_aminotransferase: { unit: 'U/L', normal: 25, limits: [0, 6, 20000, 22000] },
  // The benchmark drops above 60 only, and so takes 35 g/L for 6 g/dL; no patient's albumin exceeds 7.
  albumin: { unit: 'g/dL', normal: 4.2, limits: [0, 0.6, 6, 7] },

  // Clotting: 0.9 to 1.1, 25 to 35. The benchmark has no INR: analysers report none below 0.5 nor, but as "> …", above 25.
  // It ends PTT at 150, where the laboratory of MIMIC does; others of eICU report up to 200 and more.
  international_normalized_ratio: { unit: '1', normal: 1, limits: [0.3, 0.5, 25, 30] },
  partial_thromboplastin_time: { unit: 's', normal: 30, limits: [5, 10, 200, 250] },

  // Troponin T and I are different tests: their numbers do not compare. Healthy: T under 0.01, I under 0.04. From 0, since
  // high-sensitivity tests see below the benchmark's 0.01; I up to its outlier limit, for its 49.6 is one analyser's.
  troponin_t: { unit: 'ng/mL', normal: 0.01, limits: [0, 0, 20.85, 24] },
  troponin_i: { unit: 'ng/mL', normal: 0.02, limits: [0, 0, 575, 575] },

  // Arterial blood gas: 80 to 100, 35 to 45.
  partial_pressure_of_oxygen: { unit: 'mmHg', normal: 90, limits: [0, 32, 700, 770] },
  partial_pressure_of_carbon_dioxide: { unit: 'mmHg', normal: 40, limits: [0, 0, 200, 220] },

  // mL in the hour: 0.8 to 2 L a day make 33 to 83. A full bladder empties at once: hence 1,200 and 2,445.
  urine_output: { unit: 'mL', normal: 60, limits: [0, 0, 1200, 2445], hourly: 'sum' },
} as const satisfies Readonly<Record<string, Facts>>;

/** Columns of all variables that we know. */
export type VariableColumn = keyof typeof FACTS;

function entry(column: VariableColumn): CatalogueVariable {
  const facts: Facts = FACTS[column];
  const [outlierLow, validLow, validHigh, outlierHigh] = facts.limits;
  return {
    name: column.replaceAll('_', ' '),
    column,
    unit: facts.unit,
    normal: facts.normal,
    paperLow: facts.paper?.[0] ?? null,
    paperHigh: facts.paper?.[1] ?? null,
    outlierLow,
    validLow,
    validHigh,
    outlierHigh,
    hourly: facts.hourly ?? 'last',
  };
}

/** Every variable that a source may measure, the paper's first. */
export const CATALOGUE: readonly CatalogueVariable[] = (Object.keys(FACTS) as VariableColumn[]).map(entry);

const BY_COLUMN: ReadonlyMap<string, CatalogueVariable> = new Map(CATALOGUE.map((v) => [v.column, v]));

/**
 * The variable of a column.
 *
 * @throws CohortError where there is none
 */
export function catalogueVariable(column: string): CatalogueVariable {
  const found = BY_COLUMN.get(column);
  if (!found) throw new CohortError('an unknown variable', { found: column, expected: 'a column of the catalogue' });
  return found;
}
