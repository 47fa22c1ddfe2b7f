import { describe, expect, it } from 'vitest';
import type { Duck } from '../../src/cohort/duck.js';
import { fillLabels } from '../../src/cohort/labels/index.js';
import { fillTimeseries } from '../../src/cohort/mimic3/benchmark.js';
import { outcomeCounts, prepareScan } from '../../src/cohort/mimic3/scan.js';
import { PHENOTYPES } from '../../src/phenotypes.js';
import { createTable, withDuck } from './small-hospital.js';

const STAYS = `
  subject_id | hadm_id | stay_id | intime | outtime | period_length
  1 | 11 | 111 | 2100-01-01 00:00:00 | 2100-01-01 12:00:00 | 12
  1 | 12 | 121 | 2100-06-01 00:00:00 | 2100-06-01 12:00:00 | 12`;

async function series(duck: Duck, chartevents: string): Promise<Record<string, unknown>[]> {
  await createTable(duck, 'benchmark_stays', STAYS);
  await createTable(duck, 'chartevents', chartevents);
  await prepareScan(duck);
  await duck.file('mimic3/sql/events', { table: 'chartevents', icustay: 'e.icustay_id' });
  await fillTimeseries(duck);
  return duck.rows('SELECT * REPLACE (stay_id::INT AS stay_id) FROM timeseries ORDER BY stay_id, hours');
}

describe('validated events', () => {
  it('an event belongs to a stay by its admission; an empty stay is filled in, another one refuses it', () =>
    withDuck(async (duck) => {
      await series(
        duck,
        `subject_id | hadm_id | icustay_id | itemid | charttime | value | valueuom
         1 | 11 | 111 | 211 | 2100-01-01 01:00:00 | 80 | BPM
         1 | 11 |     | 211 | 2100-01-01 02:00:00 | 81 | BPM
         1 | 11 | 999 | 211 | 2100-01-01 03:00:00 | 82 | BPM
         1 |    | 111 | 211 | 2100-01-01 04:00:00 | 83 | BPM
         1 | 99 | 111 | 211 | 2100-01-01 05:00:00 | 84 | BPM
         7 | 71 | 711 | 211 | 2100-01-01 05:00:00 | 85 | BPM
         1 | 11 | 111 | 5   | 2100-01-01 06:00:00 | 86 | BPM
         1 | 11 | 111 | 211 | 2100-01-01 07:00:00 |    | BPM
         1 | 11 | 111 | 211 | 2100-01-01 08:00:00 | nan | BPM`,
      );
      expect(await outcomeCounts(duck)).toEqual({
        kept: 2,
        'another stay of the admission': 1,
        'no admission': 1,
        'admission not in cohort': 1,
        'subject not in cohort': 1,
        'other item': 1,
        'no value': 2,
      });
      expect(await duck.rows('SELECT heart_rate FROM timeseries ORDER BY hours')).toEqual([
        { heart_rate: 80 },
        { heart_rate: 81 },
      ]);
    }));
});

describe('cleaning', () => {
  // expression in SQL → what the benchmark makes of it
  const cases: [string, number | null][] = [
    [`clean_sbp('120')`, 120],
    [`clean_sbp('120/80')`, 120],
    [`clean_dbp('120/80')`, 80],
    [`clean_dbp('high')`, null],
    [`clean_crr('Brisk')`, 0],
    [`clean_crr('Normal <3 secs')`, 0],
    [`clean_crr('Delayed')`, 1],
    [`clean_crr('Abnormal >3 secs')`, 1],
    [`clean_crr('Other/Remarks')`, null],
    [`clean_fio2('40', '')`, 0.4],
    [`clean_fio2('.5', 'torr')`, 0.5],
    [`clean_fio2('0.5', '')`, 0.005], // the benchmark divides it again
    [`clean_lab('7.31')`, 7.31],
    [`clean_lab('.9')`, 0.9],
    [`clean_lab('ERROR')`, null],
    [`clean_lab('<7.0')`, null],
    [`clean_lab('-3')`, null],
    [`clean_o2sat('0.97')`, 97],
    [`clean_o2sat('1')`, 100],
    [`clean_o2sat('97')`, 97],
    [`clean_o2sat('ERROR')`, null],
    [`clean_temperature('101.3')`, 38.5],
    [`clean_temperature('37.2')`, 37.2],
    [`clean_temperature('78.9')`, 78.9], // under 79 it is taken for Celsius
    [`clean_weight('160', '', 'lb')`, 72.57472],
    [`clean_weight('160', 'kg', '')`, 160],
    [`clean_weight('1600', '', 'oz')`, 45.3592],
    [`clean_height('70', 'Inch', '')`, 178],
    [`clean_height('68.5', '', 'in')`, 174],
    [`clean_height('170', 'cm', '')`, 170],
  ];
  it('reads charted texts as the benchmark does', () =>
    withDuck(async (duck) => {
      await duck.file('mimic3/sql/clean');
      for (const [expression, expected] of cases) {
        const [row] = await duck.rows<{ v: number | null }>(`SELECT ${expression} AS v`);
        if (expected === null) expect(row!.v, expression).toBeNull();
        else expect(row!.v, expression).toBeCloseTo(expected, 9);
      }
    }));
});

describe('time series', () => {
  it('one row per moment, the largest value of a variable; texts are compared as text', () =>
    withDuck(async (duck) => {
      const rows = await series(
        duck,
        `subject_id | hadm_id | icustay_id | itemid | charttime | value | valueuom
         1 | 11 | 111 | 51     | 2100-01-01 01:30:00 | 98  | mmHg
         1 | 11 | 111 | 455    | 2100-01-01 01:30:00 | 102 | mmHg
         1 | 11 | 111 | 211    | 2100-01-01 01:30:00 | 98  | BPM
         1 | 11 | 111 | 220045 | 2100-01-01 01:30:00 | 102 | bpm
         1 | 11 | 111 | 184    | 2100-01-01 02:00:00 | None |`,
      );
      expect(rows).toHaveLength(2);
      expect(rows[0]).toMatchObject({ hours: 1.5, systolic_blood_pressure: 102, heart_rate: 98 });
      expect(rows[1]).toMatchObject({ hours: 2, heart_rate: null, glasgow_coma_scale_eye_opening: 'None' });
    }));

  it('is cut to the stay; a moment that another stay charted counts where it falls', () =>
    withDuck(async (duck) => {
      const rows = await series(
        duck,
        `subject_id | hadm_id | icustay_id | itemid | charttime | value | valueuom
         1 | 11 | 111 | 211 | 2099-12-31 23:59:59 | 70 | BPM
         1 | 11 | 111 | 211 | 2100-01-01 00:00:00 | 71 | BPM
         1 | 11 | 111 | 211 | 2100-01-01 12:00:00 | 72 | BPM
         1 | 11 | 111 | 211 | 2100-01-01 12:00:01 | 73 | BPM
         1 | 11 | 111 | 211 | 2100-06-01 03:00:00 | 74 | BPM`,
      );
      expect(rows.map((row) => [row.stay_id, row.hours, row.heart_rate])).toEqual([
        [111, 0, 71],
        [111, 12, 72],
        [121, 3, 74],
      ]);
    }));

  it("keeps the urine's pH where the benchmark has it, and the blood's beside it", () =>
    withDuck(async (duck) => {
      const rows = await series(
        duck,
        `subject_id | hadm_id | icustay_id | itemid | charttime | value | valueuom
         1 | 11 | 111 | 50820 | 2100-01-01 01:00:00 | 7.2 | units
         1 | 11 | 111 | 51491 | 2100-01-01 01:00:00 | 8   | units
         1 | 11 | 111 | 51478 | 2100-01-01 01:00:00 | 1000 | mg/dL`,
      );
      expect(rows[0]).toMatchObject({ ph: 8, blood_ph: 7.2, glucose: 1000, blood_glucose: null });
    }));
});

describe('labels', () => {
  it("are the phenotypes of the admission's codes; codes outside the dictionary do not count", () =>
    withDuck(async (duck) => {
      await createTable(duck, 'benchmark_stays', STAYS);
      await createTable(
        duck,
        'diagnoses_icd',
        `subject_id | hadm_id | icd9_code
         1 | 11 | 5849
         1 | 11 | 486
         1 | 11 | 5845
         1 | 11 | 9980
         1 | 12 | V3000
         2 | 12 | 42731`,
      );
      await createTable(
        duck,
        'd_icd_diagnoses',
        `icd9_code
         5849
         5845
         486
         V3000
         42731`,
      );
      await duck.run(`CREATE TABLE stay_numbers AS
                      SELECT row_number() OVER (ORDER BY stay_id)::INTEGER AS stay, stay_id, subject_id, hadm_id FROM benchmark_stays`);
      await duck.file('mimic3/sql/codes', { known: 'd.icd9_code IN (SELECT icd9_code FROM d_icd_diagnoses)' });
      await fillLabels(duck);
      const rows = await duck.rows<{ stay: number; positions: number[] }>(
        'SELECT stay_id::INT AS stay, positions FROM labels JOIN stay_numbers USING (stay) ORDER BY stay_id',
      );
      expect(rows.map((row) => [row.stay, row.positions.map((p) => PHENOTYPES[p])])).toEqual([
        [
          111,
          [
            'Acute and unspecified renal failure',
            'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)',
          ],
        ],
        [121, []],
      ]);
    }));
});
