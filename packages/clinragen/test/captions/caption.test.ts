import { describe, expect, it } from 'vitest';
import { CaptionError, caption } from '../../src/captions/index.js';
import { seriesOf, VARIABLES } from './fixtures.js';

const { 'heart rate': heartRate, glucose, 'oxygen saturation': saturation, weight, ph } = VARIABLES;

describe("the paper's caption", () => {
  it('counts the rows above and below the fences, in words, variables joined by commas', () => {
    const series = seriesOf(
      [heartRate, glucose, saturation],
      [
        [150, 151, 30],
        [100, 120, 90],
        [85, 96, 97],
      ],
    );
    expect(caption(series, [heartRate, glucose, saturation], { compat: 'paper' })).toBe(
      'heart rate is higher than normal two times and is lower than normal one times, ' +
        'glucose is normal all the time, oxygen saturation is lower than normal one times',
    );
  });

  it('counts carried-forward rows and clinically empty directions too, as the authors do', () => {
    const series = seriesOf([saturation], [[100, null, null, null, null, null, null, null, null, null]]);
    expect(caption(series, [saturation], { compat: 'paper' })).toBe(
      'oxygen saturation is higher than normal ten times',
    );
  });

  it('is lower case whatever the names are', () => {
    const named = { ...heartRate, name: 'Heart Rate' };
    expect(caption(seriesOf([named], [[80]]), [named], { compat: 'paper' })).toBe('heart rate is normal all the time');
  });

  it('takes a value on the fence for normal, although a 32-bit value may lie beside its 64-bit fence', () => {
    const fio2 = { name: 'fraction inspired oxygen', unit: '1', normal: 0.21, low: 0.21, high: 0.685 };
    const series = seriesOf([fio2], [[0.21, 0.685]]);
    expect(caption(series, [fio2], { compat: 'paper' })).toBe('fraction inspired oxygen is normal all the time');
  });
});

describe('the fixed caption', () => {
  it('says how long in words, how far with its unit, and the trend', () => {
    const rates = [150, 145, 142, 138, 120, 110, 100, 95, 90];
    expect(caption(seriesOf([heartRate], [rates]), [heartRate], { compat: 'fixed' })).toBe(
      'heart rate is high for four hours, reaching 150 per minute, falling',
    );
  });

  it('names spells, both directions, normal variables and those never measured', () => {
    const variables = [heartRate, glucose, ph, weight];
    const series = seriesOf(variables, [
      [150, 80, 140],
      [250, 30, 100],
      [7.4, 7.38, 7.41],
      [null, null, null],
    ]);
    expect(caption(series, variables, { compat: 'fixed' })).toBe(
      'heart rate is high for two hours in two spells, reaching 150 per minute; ' +
        'glucose is high for one hour, reaching 250 mg/dl and low for one hour, reaching 30 mg/dl; ' +
        'normal: ph; not measured: weight',
    );
  });

  it('calls full saturation and low body weight normal: neither is a finding', () => {
    const series = seriesOf([saturation, weight], [[100], [30]]);
    expect(caption(series, [saturation, weight], { compat: 'fixed' })).toBe('normal: oxygen saturation, weight');
  });

  it('keeps the decimals that matter: two of pH, one of temperature', () => {
    const { temperature } = VARIABLES;
    const series = seriesOf([ph, temperature], [[7.05], [39.44]]);
    expect(caption(series, [ph, temperature], { compat: 'fixed' })).toBe(
      'ph is low for one hour, reaching 7.05; temperature is high for one hour, reaching 39.4 degrees celsius',
    );
  });
});

describe('a series that no caption can be right about', () => {
  it.each(['paper', 'fixed'] as const)('is refused with the variable and the hour (%s)', (compat) => {
    const series = seriesOf(
      [heartRate, glucose],
      [
        [80, 80, 80],
        [100, Number.NaN, 100],
      ],
    );
    expect(() => caption(series, [heartRate, glucose], { compat })).toThrow(
      new CaptionError('series: glucose at hour 1: found NaN, expected a finite number'),
    );
  });

  it.each(['paper', 'fixed'] as const)('is refused where its length is not hours × variables (%s)', (compat) => {
    const series = { hours: 2, values: new Float32Array(3), measured: new Uint8Array(3) };
    expect(() => caption(series, [heartRate, glucose], { compat })).toThrow(/expected 2 hours × 2 variables = 4/);
  });

  it('is refused where the fences are no range', () => {
    const upside = { ...heartRate, low: 130, high: 40 };
    expect(() => caption(seriesOf([upside], [[80]]), [upside], { compat: 'fixed' })).toThrow(/heart rate.*low ≤ high/);
  });
});
