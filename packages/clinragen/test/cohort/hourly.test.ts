import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillSeries, iqrFences } from '../../src/cohort/series/hourly.js';
import type { CatalogueVariable } from '../../src/cohort/variables/catalogue.js';
import { VARIABLE_SETS } from '../../src/cohort/variables/sets.js';
import { withDuck } from './small-hospital.js';

/** Two variables are enough to see that they do not mix. */
const VARIABLES = VARIABLE_SETS.paper11.filter((v) => v.name === 'heart rate' || v.name === 'fraction inspired oxygen');

interface Event {
  readonly hours: number;
  readonly heart_rate: number | null;
  readonly fraction_inspired_oxygen: number | null;
}

interface SmallStay {
  readonly length: number; // hours
  readonly events: readonly Event[];
}

async function hourly(stays: readonly SmallStay[], maxHours: number, split = 'train') {
  return withDuck(async (duck) => {
    await duck.run(`CREATE TABLE chosen (stay INTEGER, period_length DOUBLE, split VARCHAR);
      CREATE TABLE measured (stay INTEGER, hours DOUBLE, variable VARCHAR, value DOUBLE);`);
    for (const [id, stay] of stays.entries()) {
      await duck.run(`INSERT INTO chosen VALUES (${id}, ${stay.length}, '${split}')`);
      for (const e of stay.events) {
        for (const { column } of VARIABLES) {
          const value = e[column as 'heart_rate'];
          if (value !== null) await duck.run(`INSERT INTO measured VALUES (${id}, ${e.hours}, '${column}', ${value})`);
        }
      }
    }
    const report = await fillSeries(duck, { maxHours, fences: 'train', until: null }, VARIABLES);
    const rows = await duck.rows<Record<string, number | boolean>>('SELECT * FROM series ORDER BY stay, hour');
    return { report, rows };
  });
}

/** The same by the plainest loop: the reference of the property test. */
function oracle(stay: SmallStay, v: CatalogueVariable, maxHours: number): { value: number; measured: boolean }[] {
  const T = Math.max(1, Math.min(maxHours, Math.ceil(stay.length)));
  const out: { value: number; measured: boolean }[] = [];
  let carried = v.normal;
  for (let hour = 0; hour < T; hour++) {
    let last = Number.NEGATIVE_INFINITY;
    let measured = false;
    for (const event of stay.events) {
      let value = event[v.column as 'heart_rate'];
      if (value === null) continue;
      const end = Math.ceil(stay.length) - 1;
      if (Math.max(0, Math.min(Math.floor(event.hours), end)) !== hour) continue;
      if (v.column === 'fraction_inspired_oxygen') {
        if (value >= 0.0021 && value <= 0.01) value *= 100;
        else if (value >= 21 && value <= 100) value /= 100;
      }
      if (value < v.outlierLow || value > v.outlierHigh || event.hours < last) continue;
      last = event.hours;
      measured = true;
      carried = Math.min(v.validHigh, Math.max(v.validLow, value));
    }
    out.push({ value: Math.fround(carried), measured });
  }
  return out;
}

describe('hourly series', () => {
  it('takes the last value of the hour, carries it forward, and says what was measured', async () => {
    const { rows } = await hourly(
      [
        {
          length: 3.2,
          events: [
            { hours: 1.1, heart_rate: 90, fraction_inspired_oxygen: null },
            { hours: 1.9, heart_rate: 100, fraction_inspired_oxygen: 0.4 },
          ],
        },
      ],
      1000,
    );
    expect(rows.map((row) => [row.hour, row.heart_rate, row.heart_rate_measured])).toEqual([
      [0, 86, false], // normal value before the first measurement
      [1, 100, true],
      [2, 100, false],
      [3, 100, false],
    ]);
  });

  it('puts right, drops and clamps fractions of oxygen, and counts each', async () => {
    const fio2 = (hours: number, value: number): Event => ({
      hours,
      heart_rate: null,
      fraction_inspired_oxygen: value,
    });
    const { rows, report } = await hourly(
      [{ length: 5, events: [fio2(0, 0.005), fio2(1, 50), fio2(2, 0.1), fio2(3, 1.05), fio2(4, 0.6)] }],
      1000,
    );
    expect(rows.map((row) => Number(row.fraction_inspired_oxygen).toFixed(3))).toEqual([
      '0.500',
      '0.500',
      '0.500',
      '1.000',
      '0.600',
    ]);
    expect(report.variables[0]).toMatchObject({ name: 'fraction inspired oxygen', righted: 2, dropped: 1, clamped: 1 });
    expect(report.variables[0]).toMatchObject({ measuredHours: 4 });
  });

  it('equals the plain loop on random stays', async () => {
    const event = fc.record({
      hours: fc.integer({ min: 0, max: 999 }).map((n) => n / 100),
      heart_rate: fc.option(fc.integer({ min: -20, max: 420 })),
      fraction_inspired_oxygen: fc.option(fc.constantFrom(0, 0.004, 0.05, 0.2, 0.21, 0.5, 1, 1.1, 2, 40, 100, 400)),
    });
    const stay = fc
      .record({
        length: fc.integer({ min: 1, max: 1000 }).map((n) => n / 100),
        // One event per moment, as in the table it stands for.
        events: fc.uniqueArray(event, { maxLength: 12, selector: (e) => e.hours }),
      })
      .map(({ length, events }) => ({ length, events: events.filter((e) => e.hours <= length) }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(stay, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 12 }),
        async (stays, max) => {
          const { rows, report } = await hourly(stays, max);
          for (const v of VARIABLES) {
            const expected = stays.flatMap((s) => oracle(s, v, max));
            expect(rows.map((row) => ({ value: row[v.column], measured: row[`${v.column}_measured`] }))).toEqual(
              expected,
            );
            const described = report.variables.find((row) => row.name === v.name)!;
            expect(described.measuredHours).toBe(expected.filter((cell) => cell.measured).length);
          }
          expect(report.hours.total).toBe(rows.length);
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });

  it('takes fences from the training split alone, the paper’s where it has no measurement', async () => {
    const events = [1, 2, 3, 4, 5].map((n) => ({ hours: n - 1, heart_rate: n * 10, fraction_inspired_oxygen: null }));
    const { report } = await hourly([{ length: 5, events }], 1000);
    // Quartiles of 10 … 50 are 20 and 40.
    expect(report.variables[1]).toMatchObject({ low: -10, high: 70, fences: 'train' });
    expect(report.variables[0]).toMatchObject({ low: -0.075, high: 0.685, fences: 'paper' });
    const held = await hourly([{ length: 5, events }], 1000, 'test');
    expect(held.report.variables[1]).toMatchObject({ low: 40, high: 128, fences: 'paper' });
    expect(iqrFences(20, 40)).toEqual({ low: -10, high: 70 });
  });

  it('has the variables of the paper in its order, every normal value within the limits', () => {
    expect(VARIABLE_SETS.paper11.map((v) => v.normal)).toEqual([59, 0.21, 128, 86, 77, 98, 19, 118, 36.6, 81, 7.4]);
    for (const v of VARIABLE_SETS.paper11) expect(v.normal >= v.validLow && v.normal <= v.validHigh, v.name).toBe(true);
  });
});
