import type { Series, Variable } from '../../src/types.js';

/** The paper's fences and normal values for some of its eleven variables. */
export const VARIABLES = {
  'heart rate': { name: 'heart rate', unit: '/min', normal: 86, low: 40, high: 128 },
  glucose: { name: 'glucose', unit: 'mg/dL', normal: 128, low: 43, high: 187 },
  'oxygen saturation': { name: 'oxygen saturation', unit: '%', normal: 98, low: 90, high: 99 },
  temperature: { name: 'temperature', unit: 'Cel', normal: 36.6, low: 35, high: 38.556 },
  weight: { name: 'weight', unit: 'kg', normal: 81, low: 31.3, high: 127.94 },
  ph: { name: 'ph', unit: '1', normal: 7.4, low: 7.145, high: 7.585 },
  'mean blood pressure': { name: 'mean blood pressure', unit: 'mmHg', normal: 77, low: 41, high: 113 },
} satisfies Record<string, Variable>;

/**
 * A series out of one list per variable: `null` is an hour without measurement, filled as the cohort fills it (last value
 * carried forward, `normal` before the first).
 */
export function seriesOf(variables: readonly Variable[], columns: readonly (readonly (number | null)[])[]): Series {
  const hours = columns[0]?.length ?? 0;
  const values = new Float32Array(hours * variables.length);
  const measured = new Uint8Array(hours * variables.length);
  variables.forEach((variable, v) => {
    let last = variable.normal;
    for (let hour = 0; hour < hours; hour++) {
      const value = columns[v]![hour];
      if (value !== null && value !== undefined) {
        last = value;
        measured[hour * variables.length + v] = 1;
      }
      values[hour * variables.length + v] = last;
    }
  });
  return { hours, values, measured };
}
