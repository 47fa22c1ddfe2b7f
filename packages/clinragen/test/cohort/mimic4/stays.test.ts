import { describe, expect, it } from 'vitest';
import type { TableText } from '../small-hospital.js';
import { withMimic4 } from './small-mimic4.js';

/** Stays that are left after each filter, and the canonical table. */
const stays = (tables: Readonly<Record<string, TableText>>) =>
  withMimic4(tables, async (source, duck) => ({
    left: Object.fromEntries((await source.fillStays()).map(({ filter, stays: n }) => [filter, n])),
    rows: await duck.rows('SELECT * FROM stays ORDER BY stay'),
  }));

const HEADER = 'subject_id | hadm_id | stay_id | first_careunit | last_careunit | intime | outtime | los';

describe('stays of MIMIC-IV', () => {
  it('are numbered by their ids, their episodes by time; the age is that of the admission, the hospital the only one', async () => {
    const { rows, left } = await stays({});
    expect(rows).toEqual([
      {
        ...{ stay: 1, stay_id: '100', subject_id: '1', admission_id: '12', site: null },
        ...{ episode: 2, age: 63, sex: 'F', period_length: 12 },
      },
      {
        ...{ stay: 2, stay_id: '200', subject_id: '1', admission_id: '11', site: null },
        ...{ episode: 1, age: 60, sex: 'F', period_length: 24 },
      },
      {
        ...{ stay: 3, stay_id: '300', subject_id: '2', admission_id: '21', site: null },
        ...{ episode: 1, age: 91, sex: 'M', period_length: 24 },
      },
    ]);
    expect(left).toEqual({
      'all ICU stays': 3,
      'without transfers': 3,
      'with admission and patient': 3,
      'one stay per admission': 3,
      'of known length': 3,
      adults: 3,
    });
  });

  it('leave out transfers, unknown admissions and patients, second stays of an admission, stays without an end', async () => {
    const { rows, left } = await stays({
      'icu/icustays': `
        ${HEADER}
        1 | 11 | 1 | MICU | SICU | 2150-01-01 06:00:00 | 2150-01-02 06:00:00 | 1
        1 | 11 | 2 | MICU |      | 2150-01-03 06:00:00 | 2150-01-04 06:00:00 | 1
        1 | 12 | 3 | MICU | MICU | 2153-05-01 06:00:00 | 2153-05-01 07:00:00 |
        1 | 99 | 4 | MICU | MICU | 2153-05-01 06:00:00 | 2153-05-01 07:00:00 | 1
        2 | 11 | 5 | MICU | MICU | 2150-01-01 06:00:00 | 2150-01-02 06:00:00 | 1
        9 | 91 | 6 | MICU | MICU | 2150-01-01 06:00:00 | 2150-01-02 06:00:00 | 1
        2 | 21 | 7 | MICU | MICU | 2160-03-03 06:00:00 | 2160-03-03 07:00:00 | 0.1
        2 | 21 | 8 | MICU | MICU | 2160-03-04 06:00:00 | 2160-03-04 07:00:00 | 0.1
        2 | 22 | 9 | MICU | MICU | 2161-03-04 06:00:00 |                     |`,
      'hosp/admissions': `
        subject_id | hadm_id | admittime | dischtime | admission_type | admission_location
        1 | 11 | 2150-01-01 00:00:00 | | |
        1 | 12 | 2153-05-01 00:00:00 | | |
        2 | 21 | 2160-03-03 00:00:00 | | |
        2 | 22 | 2161-03-03 00:00:00 | | |`,
    });
    expect(left).toEqual({
      'all ICU stays': 9,
      'without transfers': 7,
      'with admission and patient': 4,
      'one stay per admission': 2,
      'of known length': 1,
      adults: 1,
    });
    // No length of stay: from its beginning and end.
    expect(rows).toMatchObject([{ stay_id: '3', period_length: 1 }]);
  });

  it('are of adults: 17 in the anchor year is an adult one year later, and of unknown age nobody', async () => {
    const { rows } = await stays({
      'hosp/patients': `
        subject_id | gender | anchor_age | anchor_year
        1 | F | 17 | 2152
        2 | | | 2160`,
    });
    expect(rows).toMatchObject([{ stay_id: '100', age: 18 }]);
  });

  it('have one row each: the same stay twice is an error that names it', async () => {
    const row = '1 | 11 | 200 | CCU | CCU | 2150-01-01 06:00:00 | 2150-01-02 06:00:00 | 1';
    await expect(stays({ 'icu/icustays': `${HEADER}\n${row}\n${row}` })).rejects.toThrow(
      /icustays.csv: the same stay_id in 2 rows; found 200/,
    );
  });
});
