import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anomalies,
  caption,
  HOLD_HOURS,
  isMeaningful,
  MEANINGLESS,
  trendOf,
  unmeasured,
} from '../../src/captions/index.js';
import type { Variable } from '../../src/types.js';
import { seriesOf, VARIABLES } from './fixtures.js';

const all: Variable[] = Object.values(VARIABLES);

/** Any stay of 0 to 80 hours: values within and far outside the fences, any missingness, constant columns among them. */
const anySeries = fc.integer({ min: 0, max: 80 }).chain((hours) =>
  fc
    .tuple(
      ...all.map(({ low, high }) => {
        const value = fc.double({ min: low - (high - low), max: high + (high - low), noNaN: true });
        const gappy = fc.array(fc.option(value, { freq: 3 }), { minLength: hours, maxLength: hours });
        const constant = value.map((same) => Array.from({ length: hours }, () => same));
        const never = fc.constant(Array.from({ length: hours }, () => null));
        return fc.oneof(gappy, constant, never);
      }),
    )
    .map((columns) => seriesOf(all, columns)),
);

describe('anomalies of a stay', () => {
  it('says when, how long, how far and in how many runs', () => {
    const { 'heart rate': heartRate } = VARIABLES;
    const series = seriesOf([heartRate], [[80, 130, 160, 90, 135, 80, 80, 80]]);
    expect(anomalies(series, [heartRate])).toEqual([
      {
        variable: 'heart rate',
        unit: '/min',
        direction: 'high',
        fence: 128,
        hours: 3,
        runs: [
          { start: 1, end: 3 },
          { start: 4, end: 5 },
        ],
        extreme: 160,
        when: 2,
        severity: 'marked', // 32 beyond the fence, interquartile range 22
        trend: 'fluctuating',
        measured: 1,
      },
    ]);
  });

  it(`lets a single value stand for its hour and ${HOLD_HOURS} more, not for the days after`, () => {
    const { glucose } = VARIABLES;
    const series = seriesOf([glucose], [[300, ...Array.from({ length: 47 }, () => null)]]);
    expect(anomalies(series, [glucose])).toMatchObject([
      { hours: 1 + HOLD_HOURS, runs: [{ start: 0, end: 1 + HOLD_HOURS }], measured: 1 / 48, trend: 'unclear' },
    ]);
  });

  it('reports nothing of a variable that was never measured, even where its normal value lies outside the fences', () => {
    const odd = { ...VARIABLES.glucose, normal: 500 };
    const series = seriesOf([odd], [[null, null]]);
    expect(anomalies(series, [odd])).toEqual([]);
    expect(unmeasured(series, [odd])).toEqual(['glucose']);
  });

  it('knows the directions without meaning under every name that a cohort may use', () => {
    expect(isMeaningful({ name: 'SpO2' }, 'high')).toBe(false);
    expect(isMeaningful({ name: 'Oxygen saturation' }, 'low')).toBe(true);
    expect(isMeaningful({ name: 'Glascow coma scale total' }, 'high')).toBe(false);
    for (const reasons of Object.values(MEANINGLESS)) {
      for (const reason of Object.values(reasons)) expect(reason.length).toBeGreaterThan(8);
    }
  });

  it('holds for any series: runs are apart, in order, sum to the hours, and the extreme is a value of the series', () => {
    fc.assert(
      fc.property(anySeries, (series) => {
        for (const anomaly of anomalies(series, all)) {
          const v = all.findIndex(({ name }) => name === anomaly.variable);
          const at = (hour: number) => series.values[hour * all.length + v]!;
          const sign = anomaly.direction === 'high' ? 1 : -1;
          expect(anomaly.hours).toBe(anomaly.runs.reduce((sum, { start, end }) => sum + end - start, 0));
          expect(at(anomaly.when)).toBe(anomaly.extreme);
          expect(anomaly.measured).toBeGreaterThan(0);
          let before = -1;
          for (const { start, end } of anomaly.runs) {
            expect(start).toBeGreaterThan(before);
            expect(end).toBeGreaterThan(start);
            before = end;
            for (let hour = start; hour < end; hour++) {
              expect(sign * at(hour)).toBeGreaterThan(sign * Math.fround(anomaly.fence));
              expect(sign * at(hour)).toBeLessThanOrEqual(sign * anomaly.extreme);
            }
          }
        }
      }),
    );
  });

  it('misses none: a measured value outside in a meaningful direction lies in a run', () => {
    fc.assert(
      fc.property(anySeries, (series) => {
        const found = anomalies(series, all);
        all.forEach((variable, v) => {
          for (let hour = 0; hour < series.hours; hour++) {
            if (!series.measured[hour * all.length + v]) continue;
            const value = series.values[hour * all.length + v]!;
            const direction =
              value > Math.fround(variable.high) ? 'high' : value < Math.fround(variable.low) ? 'low' : undefined;
            if (direction === undefined || !isMeaningful(variable, direction)) continue;
            const runs = found.find((x) => x.variable === variable.name && x.direction === direction)?.runs ?? [];
            expect(runs.some(({ start, end }) => start <= hour && hour < end)).toBe(true);
          }
        });
      }),
    );
  });

  it('agrees with both captions: every variable is said once, and abnormal in the fixed one where an anomaly stands', () => {
    fc.assert(
      fc.property(anySeries, (series) => {
        const fixed = caption(series, all, { compat: 'fixed' });
        const abnormal = new Set(anomalies(series, all).map((x) => x.variable));
        const paper = caption(series, all, { compat: 'paper' }).split(', ');
        expect(paper).toHaveLength(all.length);
        for (const [v, { name }] of all.entries()) {
          expect(paper[v]!.startsWith(`${name} is `)).toBe(true);
          expect(fixed.split(name)).toHaveLength(2);
          expect(fixed.includes(`${name} is `)).toBe(abnormal.has(name));
        }
      }),
    );
  });
});

describe('the trend', () => {
  const iqr = 20;

  it.each([
    ['rising', [80, 82, 85, 95, 100, 104, 110, 118, 121]],
    ['falling', [121, 118, 110, 104, 100, 95, 85, 82, 80]],
    ['fluctuating', [80, 120, 78, 125, 80, 118, 82, 121, 79]],
    ['steady', [80, 82, 81, 80, 83, 82, 81, 80, 82]],
    ['unclear', [80, 150, 200]],
  ] as const)('is %s', (trend, values) => {
    expect(trendOf(values, iqr)).toBe(trend);
  });

  it('is not turned by one wild value', () => {
    expect(trendOf([80, 82, 81, 80, 83, 82, 81, 80, 82, 81, 80, 900], iqr)).toBe('steady');
  });

  it('of a constant variable is steady, even where the interquartile range is zero', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e3, max: 1e3 }), fc.integer({ min: 6, max: 50 }), (value, n) => {
        expect(
          trendOf(
            Array.from({ length: n }, () => value),
            0,
          ),
        ).toBe('steady');
      }),
    );
  });

  it('turns with the sign of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 6, maxLength: 60 }), (values) => {
        const turned = { rising: 'falling', falling: 'rising' } as Record<string, string>;
        const trend = trendOf(values, iqr);
        expect(
          trendOf(
            values.map((x) => -x),
            iqr,
          ),
        ).toBe(turned[trend] ?? trend);
      }),
    );
  });
});
