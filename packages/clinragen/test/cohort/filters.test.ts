import { describe, expect, it } from 'vitest';
import type { Duck } from '../../src/cohort/duck.js';
import { createTable, type TableText, withDuck } from './small-hospital.js';

/** Runs the filters of `stays.sql` on three small tables. */
async function withStays<T>(
  tables: { icustays: TableText; admissions?: TableText; patients?: TableText },
  work: (duck: Duck) => Promise<T>,
): Promise<T> {
  return withDuck(async (duck) => {
    await createTable(duck, 'icustays', tables.icustays);
    await createTable(
      duck,
      'admissions',
      tables.admissions ??
        `subject_id | hadm_id
         1 | 11
         1 | 12
         2 | 21`,
    );
    await createTable(
      duck,
      'patients',
      tables.patients ??
        `subject_id | gender | dob
         1 | F | 2050-01-01 00:00:00
         2 | M | 2060-01-01 00:00:00`,
    );
    await duck.file('mimic3/sql/stays');
    return work(duck);
  });
}

const ids = async (duck: Duck, view: string) =>
  (await duck.rows<{ id: string }>(`SELECT icustay_id::VARCHAR AS id FROM ${view} ORDER BY icustay_id`)).map(
    (r) => r.id,
  );

describe('filters, each on an example', () => {
  it('without transfers: one ward and one care unit; an unknown ward is no ward', () =>
    withStays(
      {
        icustays: `
          subject_id | hadm_id | icustay_id | first_careunit | last_careunit | first_wardid | last_wardid | intime | outtime | los
          1 | 11 | 111 | MICU | MICU | 1 | 1 | 2100-01-01 00:00:00 | 2100-01-02 00:00:00 | 1
          1 | 12 | 121 | MICU | SICU | 1 | 1 | 2100-02-01 00:00:00 | 2100-02-02 00:00:00 | 1
          2 | 21 | 211 | CCU  | CCU  | 1 | 7 | 2100-03-01 00:00:00 | 2100-03-02 00:00:00 | 1
          2 | 22 | 221 | CCU  | CCU  |   |   | 2100-04-01 00:00:00 | 2100-04-02 00:00:00 | 1`,
      },
      async (duck) => expect(await ids(duck, 'without_transfers')).toEqual(['111']),
    ));

  it('with admission and patient: the pair of subject and admission must be known', () =>
    withStays(
      {
        icustays: `
          subject_id | hadm_id | icustay_id | first_careunit | last_careunit | first_wardid | last_wardid | intime | outtime | los
          1 | 11 | 111 | MICU | MICU | 1 | 1 | 2100-01-01 00:00:00 | 2100-01-02 00:00:00 | 1
          2 | 11 | 112 | MICU | MICU | 1 | 1 | 2100-01-01 00:00:00 | 2100-01-02 00:00:00 | 1
          9 | 91 | 911 | MICU | MICU | 1 | 1 | 2100-01-01 00:00:00 | 2100-01-02 00:00:00 | 1`,
      },
      async (duck) => expect(await ids(duck, 'with_admission')).toEqual(['111']),
    ));

  it('one stay per admission is counted after transfers are gone, as the benchmark does', () =>
    withStays(
      {
        icustays: `
          subject_id | hadm_id | icustay_id | first_careunit | last_careunit | first_wardid | last_wardid | intime | outtime | los
          1 | 11 | 111 | MICU | MICU | 1 | 1 | 2100-01-01 00:00:00 | 2100-01-02 00:00:00 | 1
          1 | 11 | 112 | MICU | CCU  | 1 | 1 | 2100-01-03 00:00:00 | 2100-01-04 00:00:00 | 1
          2 | 21 | 211 | CCU  | CCU  | 1 | 1 | 2100-03-01 00:00:00 | 2100-03-02 00:00:00 | 1
          2 | 21 | 212 | CCU  | CCU  | 1 | 1 | 2100-03-05 00:00:00 | 2100-03-06 00:00:00 | 1`,
      },
      async (duck) => expect(await ids(duck, 'one_per_admission')).toEqual(['111']),
    ));

  it('adults: 18 years of 365 days; the very old, whose births MIMIC shifts, are adults', () =>
    withStays(
      {
        patients: `
          subject_id | gender | dob
          1 | F | 2082-01-05 00:00:00
          2 | M | 2082-01-07 00:00:00
          3 | F | 1800-01-01 00:00:00
          4 | F | 2100-06-01 00:00:00`,
        admissions: `
          subject_id | hadm_id
          1 | 11
          2 | 21
          3 | 31
          4 | 41`,
        icustays: `
          subject_id | hadm_id | icustay_id | first_careunit | last_careunit | first_wardid | last_wardid | intime | outtime | los
          1 | 11 | 111 | MICU | MICU | 1 | 1 | 2100-01-01 00:00:00 | 2100-01-02 00:00:00 | 1
          2 | 21 | 211 | MICU | MICU | 1 | 1 | 2100-01-01 00:00:00 | 2100-01-02 00:00:00 | 1
          3 | 31 | 311 | MICU | MICU | 1 | 1 | 2100-01-01 00:00:00 | 2100-01-02 00:00:00 | 1
          4 | 41 | 411 | MICU | MICU | 1 | 1 | 2100-01-01 00:00:00 | 2100-01-02 00:00:00 | 1`,
      },
      async (duck) => {
        // 2082-01-05 is 6,570 days = 18 years of 365 days before; 2082-01-07 two days too few. Born after: taken for 90.
        expect(await ids(duck, 'adults')).toEqual(['111', '311', '411']);
        const ages = await duck.rows<{ age: number }>('SELECT age FROM benchmark_stays ORDER BY stay_id');
        expect(ages.map((row) => Math.floor(row.age))).toEqual([18, 300, 90]);
      },
    ));

  it('episodes are numbered per subject in the order of admission to the ICU, the length is in hours', () =>
    withStays(
      {
        icustays: `
          subject_id | hadm_id | icustay_id | first_careunit | last_careunit | first_wardid | last_wardid | intime | outtime | los
          1 | 11 | 300 | MICU | MICU | 1 | 1 | 2100-05-01 00:00:00 | 2100-05-02 00:00:00 | 1.5
          1 | 12 | 100 | MICU | MICU | 1 | 1 | 2100-09-01 00:00:00 | 2100-09-02 00:00:00 | 2
          2 | 21 | 200 | CCU  | CCU  | 1 | 1 | 2100-03-01 00:00:00 | 2100-03-02 00:00:00 |`,
      },
      async (duck) =>
        expect(
          await duck.rows(
            'SELECT stay_id::INT AS stay, episode::INT AS episode, period_length AS h FROM benchmark_stays ORDER BY stay_id',
          ),
        ).toEqual([
          { stay: 100, episode: 2, h: 48 },
          { stay: 200, episode: 1, h: null },
          { stay: 300, episode: 1, h: 36 },
        ]),
    ));
});
