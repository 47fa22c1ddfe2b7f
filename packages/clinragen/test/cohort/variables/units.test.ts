import { describe, expect, it } from 'vitest';
import { CATALOGUE, type VariableColumn } from '../../../src/cohort/variables/catalogue.js';
import { convert, normalUnit, UNIT_FACTOR_ROWS, UNIT_FACTORS } from '../../../src/cohort/variables/units.js';

/** Pairs as clinical tables of SI and conventional units print them, to the digits that those print. */
const PRINTED: readonly (readonly [VariableColumn, value: number, unit: string, expected: number, digits: number])[] = [
  ['creatinine', 88.4, 'umol/L', 1.0, 3],
  ['creatinine', 133, '\u00b5mol/L', 1.5, 2],
  ['glucose', 5.55, 'mmol/L', 100, 0],
  ['glucose', 11.1, 'mmol/L', 200, 0],
  ['blood_urea_nitrogen', 7.14, 'mmol/L', 20, 1],
  ['total_bilirubin', 17.1, 'umol/L', 1.0, 2],
  ['total_bilirubin', 342, '\u03bcmol/l', 20, 1],
  ['hemoglobin', 135, 'g/L', 13.5, 6],
  ['hemoglobin', 8.4, 'mmol/L', 13.5, 1],
  ['albumin', 35, 'g/L', 3.5, 6],
  ['lactate', 18, 'mg/dL', 2.0, 2],
  ['sodium', 140, 'mEq/L', 140, 6],
  ['partial_pressure_of_oxygen', 13.3, 'kPa', 99.8, 1],
  ['partial_pressure_of_carbon_dioxide', 5.33, 'kPa', 40, 1],
  ['partial_pressure_of_oxygen', 95, 'torr', 95, 6],
  ['fraction_inspired_oxygen', 40, '%', 0.4, 6],
  ['fraction_inspired_oxygen', 0.5, 'torr', 0.5, 6],
  ['oxygen_saturation', 0.97, 'fraction', 97, 6],
  ['hematocrit', 0.42, 'L/L', 42, 6],
  ['temperature', 98.6, 'degF', 37, 6],
  ['temperature', 212, '?F', 100, 6],
  ['temperature', 38.2, 'Deg. C', 38.2, 6],
  ['temperature', 310.15, 'K', 37, 6],
  ['weight', 154, 'lbs', 69.85, 2],
  ['weight', 1600, 'oz', 45.359, 3],
  ['weight', 72000, 'g', 72, 6],
  ['height', 70, 'Inch', 177.8, 6],
  ['height', 1.75, 'm', 175, 6],
  ['platelet_count', 250000, '/mm3', 250, 6],
  ['platelet_count', 180, '10*9/l', 180, 6],
  ['white_blood_cell_count', 9.4, 'K/MM3', 9.4, 6],
  ['troponin_t', 52, 'ng/L', 0.052, 6],
  ['troponin_i', 0.4, 'mcg/L', 0.4, 6],
  ['alanine_aminotransferase', 0.67, '\u00b5kat/L', 40.2, 1],
  ['urine_output', 0.4, 'L', 400, 6],
];

describe('units', () => {
  it.each(PRINTED)('%s: %d %s', (variable, value, unit, expected, digits) => {
    expect(convert(variable, value, unit)).toBeCloseTo(expected, digits);
  });

  it('knows the catalogue’s own unit of every variable, as itself', () => {
    for (const { column, unit } of CATALOGUE) {
      expect(convert(column, 7, unit), `${column} in ${unit}`).toBe(7);
      expect(convert(column, 7, null), column).toBe(7);
    }
  });

  it('reads a missing unit as the declared one', () => {
    expect(convert('weight', 200, '', 'lb')).toBeCloseTo(90.718, 3);
    expect(convert('temperature', 98.6, 'UNK', 'degF')).toBeCloseTo(37, 6);
    expect(convert('fraction_inspired_oxygen', 60, null, '%')).toBeCloseTo(0.6, 9);
    // What the row says goes before what was declared.
    expect(convert('weight', 80, 'kg', 'lb')).toBe(80);
  });

  it('has no value for a unit it does not know', () => {
    expect(convert('creatinine', 1, 'mg/24hr')).toBeNull();
    expect(convert('fraction_inspired_oxygen', 4, 'lpm')).toBeNull();
    expect(convert('heart_rate', 80, 'mmHg')).toBeNull();
    expect(convert('weight', 80, '', 'stone')).toBeNull();
  });

  it('has each unit of a variable once, written as it is looked up', () => {
    const keys = UNIT_FACTOR_ROWS.map((row) => `${row.variable} ${row.unit}`);
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
    for (const row of UNIT_FACTOR_ROWS) {
      expect(normalUnit(row.unit)).toBe(row.unit);
      expect(row.unit).not.toBe('');
      expect(row.factor).toBeGreaterThan(0);
      expect(UNIT_FACTORS.get(row.variable)?.get(row.unit)).toEqual(row);
    }
  });
});
