import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../src/cohort/cohort-error.js';
import { BENCHMARK_VARIABLES } from '../../../src/cohort/mimic3/variables.js';
import { CATALOGUE, catalogueVariable } from '../../../src/cohort/variables/catalogue.js';
import { VARIABLE_SETS } from '../../../src/cohort/variables/sets.js';

/** The paper's order, units, normal values and fences, as its authors' code has them. */
const PAPER = [
  ['diastolic_blood_pressure', 'mmHg', 59, 28, 92],
  ['fraction_inspired_oxygen', '1', 0.21, -0.075, 0.685],
  ['glucose', 'mg/dL', 128, 43, 187],
  ['heart_rate', '/min', 86, 40, 128],
  ['mean_blood_pressure', 'mmHg', 77, 41, 113],
  ['oxygen_saturation', '%', 98, 90, 106],
  ['respiratory_rate', '/min', 19, 5.5, 33.5],
  ['systolic_blood_pressure', 'mmHg', 118, 61.5, 177.5],
  ['temperature', 'Cel', 36.6, 35, 38.556],
  ['weight', 'kg', 81, 31.3, 127.94],
  ['ph', '1', 7.4, 7.145, 7.585],
];

describe('the catalogue of variables', () => {
  it('has limits in order that contain the normal value', () => {
    for (const v of CATALOGUE) {
      const limits = [v.outlierLow, v.validLow, v.normal, v.validHigh, v.outlierHigh];
      expect(limits, v.column).toEqual([...limits].sort((a, b) => a - b));
      expect(v.outlierLow, v.column).toBeLessThan(v.outlierHigh);
    }
  });

  it('names every variable once', () => {
    expect(new Set(CATALOGUE.map((v) => v.column)).size).toBe(CATALOGUE.length);
    expect(new Set(CATALOGUE.map((v) => v.name)).size).toBe(CATALOGUE.length);
    for (const v of CATALOGUE) expect(v.column).toMatch(/^[a-z][a-z_]*$/);
  });

  it('refuses a column it does not know', () => {
    expect(catalogueVariable('heart_rate').unit).toBe('/min');
    expect(() => catalogueVariable('heart rate')).toThrow(CohortError);
  });

  it('sums urine over the hour, and takes the last value of everything else', () => {
    expect(CATALOGUE.filter((v) => v.hourly === 'sum').map((v) => v.column)).toEqual(['urine_output']);
  });
});

describe('the sets', () => {
  it('paper11 is the paper’s, in its order', () => {
    expect(VARIABLE_SETS.paper11.map((v) => [v.column, v.unit, v.normal, v.paperLow, v.paperHigh])).toEqual(PAPER);
  });

  it('benchmark17 is the benchmark’s, in its order', () => {
    expect(VARIABLE_SETS.benchmark17.map((v) => v.column)).toEqual(BENCHMARK_VARIABLES.map((v) => v.column));
  });

  it('extended begins with the paper’s and adds what has no fences there', () => {
    const columns = VARIABLE_SETS.extended.map((v) => v.column);
    expect(columns.slice(0, 11)).toEqual(VARIABLE_SETS.paper11.map((v) => v.column));
    expect(columns).toHaveLength(34);
    for (const v of VARIABLE_SETS.extended.slice(11)) expect([v.paperLow, v.paperHigh], v.column).toEqual([null, null]);
    expect(columns).toEqual(expect.arrayContaining(['troponin_t', 'troponin_i', 'urine_output', 'lactate', 'albumin']));
  });

  it('none holds a variable twice, and together they hold the whole catalogue', () => {
    for (const set of Object.values(VARIABLE_SETS)) expect(new Set(set).size).toBe(set.length);
    expect(new Set(Object.values(VARIABLE_SETS).flat())).toEqual(new Set(CATALOGUE));
  });
});
