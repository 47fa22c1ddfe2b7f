import type { VariableColumn } from '../variables/catalogue.js';

/** A column of the hourly form, and the unit of its values (as in `variables/units.ts`). */
export interface HourlyColumn {
  readonly column: string;
  readonly variable: VariableColumn;
  readonly unit: string;
}

/** `dyn.parquet`: a row per stay (`stay_id` = patientunitstayid) and hour, `time` in seconds since ICU admission. */
export const EICU_HOURLY_TIME = { column: 'time', secondsPerUnit: 1 } as const;

const at = (column: string, variable: VariableColumn, unit: string): HourlyColumn => ({ column, variable, unit });

/**
 * Columns of `dyn.parquet`, the eICU demo in hourly form, whose names are ricu's concepts. Not all have a variable of ours.
 * `urine` is the hour's sum, the others its median or mean.
 */
export const EICU_HOURLY_COLUMNS: readonly HourlyColumn[] = [
  at('hr', 'heart_rate', '/min'),
  at('resp', 'respiratory_rate', '/min'),
  at('sbp', 'systolic_blood_pressure', 'mmhg'),
  at('dbp', 'diastolic_blood_pressure', 'mmhg'),
  at('map', 'mean_blood_pressure', 'mmhg'),
  at('temp', 'temperature', 'cel'),
  at('o2sat', 'oxygen_saturation', '%'),
  at('fio2', 'fraction_inspired_oxygen', '%'),
  at('ph', 'ph', '1'),
  at('po2', 'partial_pressure_of_oxygen', 'mmhg'),
  at('pco2', 'partial_pressure_of_carbon_dioxide', 'mmhg'),
  at('lact', 'lactate', 'mmol/l'),
  at('glu', 'glucose', 'mg/dl'),
  at('crea', 'creatinine', 'mg/dl'),
  at('bun', 'blood_urea_nitrogen', 'mg/dl'),
  at('na', 'sodium', 'mmol/l'),
  at('k', 'potassium', 'mmol/l'),
  at('bicar', 'bicarbonate', 'mmol/l'),
  at('cl', 'chloride', 'mmol/l'),
  at('bili', 'total_bilirubin', 'mg/dl'),
  at('alt', 'alanine_aminotransferase', 'u/l'),
  at('ast', 'aspartate_aminotransferase', 'u/l'),
  at('alb', 'albumin', 'g/dl'),
  at('tnt', 'troponin_t', 'ng/ml'),
  at('wbc', 'white_blood_cell_count', '10*3/ul'),
  at('hgb', 'hemoglobin', 'g/dl'),
  at('plt', 'platelet_count', '10*3/ul'),
  at('inr_pt', 'international_normalized_ratio', '1'),
  at('ptt', 'partial_thromboplastin_time', 's'),
  at('urine', 'urine_output', 'ml'),
];

/** Columns of `sta.parquet`, once per stay. */
export const EICU_STATIC_COLUMNS: readonly HourlyColumn[] = [
  at('height', 'height', 'cm'),
  at('weight', 'weight', 'kg'),
];
