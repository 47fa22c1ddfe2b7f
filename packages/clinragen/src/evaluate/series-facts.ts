import type { Series, Variable } from '../types.js';

/** What one variable did in one stay, for a picture and the sentence beside it. */
export interface VariableFacts {
  readonly values: Float32Array; // [T]
  readonly measured: Uint8Array; // [T]
  readonly measuredHours: number;
  /** Of the measured values; null where nothing was measured. */
  readonly least: number | null;
  readonly greatest: number | null;
  /** Measured hours above the upper and below the lower fence. */
  readonly above: number;
  readonly below: number;
}

/** Column `index` of a series, with its counts. */
export function variableFacts(series: Series, variables: readonly Variable[], index: number): VariableFacts {
  const width = variables.length;
  const { low, high } = variables[index]!;
  const values = Float32Array.from({ length: series.hours }, (_, hour) => series.values[hour * width + index]!);
  const measured = Uint8Array.from({ length: series.hours }, (_, hour) => series.measured[hour * width + index]!);
  let [measuredHours, above, below] = [0, 0, 0];
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  values.forEach((value, hour) => {
    if (!measured[hour]) return;
    measuredHours++;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
    if (value > high) above++;
    if (value < low) below++;
  });
  const any = measuredHours > 0;
  return { values, measured, measuredHours, least: any ? least : null, greatest: any ? greatest : null, above, below };
}
