/** Rows that cannot be: one error that says which, or a count in cohort.json. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMeasured, checkStays } from '../../../src/cohort/check-source.js';
import { buildCohort, type CohortReport } from '../../../src/cohort/index.js';
import { withDuck, withFolder } from '../small-hospital.js';
import { smallMimic3 } from './hospitals.js';
import { holdsPromises, writeFiles } from './spoilt.js';

function changed(table: string, change: (text: string) => string) {
  const files = smallMimic3();
  files.set(`${table}.csv`, Buffer.from(change(files.get(`${table}.csv`)!.toString())));
  return files;
}

const reportOf = (files: ReturnType<typeof smallMimic3>): Promise<CohortReport> =>
  withFolder(async (folder) => {
    await writeFiles(join(folder, 'tables'), files);
    return buildCohort({ source: join(folder, 'tables'), out: join(folder, 'cohort') });
  });

/** The table's last row once more. */
const lastTwice = (text: string) => `${text}${text.trim().split('\n').at(-1)}\n`;

describe('ids that stand there twice', () => {
  for (const [table, message] of [
    ['ICUSTAYS', /^ICUSTAYS.csv: the same icustay_id in 2 rows; found 311; expected one row each$/],
    ['ADMISSIONS', /^ADMISSIONS.csv: the same hadm_id in 2 rows; found 31; expected one row each$/],
    ['PATIENTS', /^PATIENTS.csv: the same subject_id in 2 rows; found 3; expected one row each$/],
  ] as const) {
    it(`${table}: the error says which`, async () => {
      expect(await holdsPromises('mimic3', changed(table, lastTwice))).toMatch(message);
    });
  }

  it('an id that is missing', async () => {
    expect(
      await holdsPromises(
        'mimic3',
        changed('PATIENTS', (text) => `${text}9,,F,2050-01-01 00:00:00\n`),
      ),
    ).toBe('PATIENTS.csv: 1 rows without subject_id');
  });

  it('of whatever source: two stays of one id, a stay without a subject', () =>
    withDuck(async (duck) => {
      const stays = async (...rows: string[]) => {
        await duck.run(`
          CREATE OR REPLACE TABLE stays AS
          SELECT * FROM (VALUES ${rows.join(', ')}) AS t(stay_id, subject_id, age, sex, period_length)`);
        return checkStays(duck, 'folder');
      };
      await expect(stays("('7', '1', 50, 'F', 10)", "('7', '2', 50, 'F', 10)")).rejects.toThrow(
        'folder: the same stay id in 2 rows; found 7; expected one row each',
      );
      await expect(stays("('7', NULL::VARCHAR, 50, 'F', 10)")).rejects.toThrow('folder: 1 stays without a subject');
      expect(await stays("('7', '1', 50, 'F', 10)")).toEqual({});
    }));
});

describe('what cannot be is counted', () => {
  it('a stay that ends before it begins, a death before the birth', async () => {
    const files = changed('ICUSTAYS', (text) => text.replace('2100-01-01 12:00:00', '2099-01-01 12:00:00'));
    files.set(
      'PATIENTS.csv',
      Buffer.from('SUBJECT_ID,GENDER,DOB,DOD\n1,F,2050-01-01,2049-01-01\n2,M,1800-01-01,\n3,F,2070-06-01,2111-02-01\n'),
    );
    const { provenance } = await reportOf(files);
    expect(provenance.tables.ICUSTAYS!.odd).toEqual({ 'outtime before intime': 1 });
    expect(provenance.tables.PATIENTS!.odd).toEqual({ 'dod before dob': 1 });
  });

  it('stays without length, age or sex; a sound hospital has none', async () => {
    expect((await reportOf(smallMimic3())).odd).toEqual({});
    const { odd } = await reportOf(changed('PATIENTS', (text) => text.replace('M,1800', '?,1800')));
    expect(odd).toEqual({ 'stays of unknown sex': 1 });
    const short = await reportOf(
      changed('ICUSTAYS', (text) =>
        text
          .split('\n')
          .map((line) => line.replace(/^(.*,311,.*),[^,]*$/, '$1,-2'))
          .join('\n'),
      ),
    );
    expect(short.odd).toEqual({ 'stays that end before they begin': 1 });
  });

  it('measurements outside of their stay, and those that are no number, of whatever source', () =>
    withDuck(async (duck) => {
      await duck.run(`
        CREATE TABLE stays AS SELECT * FROM (VALUES (1, 10::DOUBLE)) AS t(stay, period_length);
        CREATE TABLE measured AS SELECT * FROM (VALUES
          (1, 0::DOUBLE, 'heart_rate', 80::DOUBLE), (1, 10, 'heart_rate', 81), (1, -1, 'heart_rate', 82), (1, 11, 'heart_rate', 83),
          (1, 'nan', 'heart_rate', 84), (1, 5, 'heart_rate', 'nan'), (2, 5, 'heart_rate', 85), (1, 6, 'heart_rate', NULL)
        ) AS t(stay, hours, variable, value)`);
      expect(await checkMeasured(duck)).toEqual({
        'measurements outside of the stay': 4,
        'measurements that are no finite number': 2,
      });
      expect(await duck.rows('SELECT value FROM measured ORDER BY value')).toEqual([{ value: 80 }, { value: 81 }]);
      expect(await checkMeasured(duck)).toEqual({});
    }));

  it('the counts stand in cohort.json', () =>
    withFolder(async (folder) => {
      await writeFiles(
        join(folder, 'tables'),
        changed('PATIENTS', (text) => text.replace('M,1800', '?,1800')),
      );
      await buildCohort({ source: join(folder, 'tables'), out: join(folder, 'cohort') });
      const written = JSON.parse(await readFile(join(folder, 'cohort', 'cohort.json'), 'utf8'));
      expect(written.odd).toEqual({ 'stays of unknown sex': 1 });
    }));
});
