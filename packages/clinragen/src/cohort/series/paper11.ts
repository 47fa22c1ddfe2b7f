/**
 * The 11 variables of the paper's hourly series, in the order of the authors' code, with their normal values and IQR
 * fences (taken from that code) and the limits outside which a value cannot be true.
 */
export interface HourlyVariable {
  readonly name: string;
  readonly unit: string;
  /** Column of `series.parquet`, its mask being `<column>_measured`. */
  readonly column: string;
  /** Column of the table `timeseries` that it is made of. */
  readonly from: string;
  /** Stands where nothing was measured. */
  readonly normal: number;
  /** The paper's IQR fences. */
  readonly paperLow: number;
  readonly paperHigh: number;
  /** Below `outlierLow` or above `outlierHigh`: dropped. Between those and the valid limits: moved to the valid limit. */
  readonly outlierLow: number;
  readonly validLow: number;
  readonly validHigh: number;
  readonly outlierHigh: number;
}

function variable(
  name: string,
  unit: string,
  normal: number,
  [paperLow, paperHigh]: readonly [number, number],
  [outlierLow, validLow, validHigh, outlierHigh]: readonly [number, number, number, number],
  from = name.replaceAll(' ', '_'),
): HourlyVariable {
  const column = name.replaceAll(' ', '_');
  return { name, unit, column, from, normal, paperLow, paperHigh, outlierLow, validLow, validHigh, outlierHigh };
}

/**
 * Limits are those that the benchmark publishes for its variables (it defines them, and applies them nowhere), with one
 * change: a weight under 20 kg is no adult's (the benchmark allows 0).
 */
export const PAPER11: readonly HourlyVariable[] = [
  variable('diastolic blood pressure', 'mmHg', 59, [28, 92], [0, 0, 375, 375]),
  variable('fraction inspired oxygen', '1', 0.21, [-0.075, 0.685], [0.2, 0.21, 1, 1.1]),
  variable('glucose', 'mg/dL', 128, [43, 187], [0, 33, 2000, 2200], 'blood_glucose'),
  variable('heart rate', '/min', 86, [40, 128], [0, 0, 350, 390]),
  variable('mean blood pressure', 'mmHg', 77, [41, 113], [0, 14, 330, 375]),
  variable('oxygen saturation', '%', 98, [90, 106], [0, 0, 100, 150]),
  variable('respiratory rate', '/min', 19, [5.5, 33.5], [0, 0, 300, 330]),
  variable('systolic blood pressure', 'mmHg', 118, [61.5, 177.5], [0, 0, 375, 375]),
  variable('temperature', 'Cel', 36.6, [35, 38.556], [14.2, 26, 45, 47]),
  variable('weight', 'kg', 81, [31.3, 127.94], [20, 20, 250, 250]),
  variable('ph', '1', 7.4, [7.145, 7.585], [6.3, 6.3, 8.4, 10], 'blood_ph'),
];
