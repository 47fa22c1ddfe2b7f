import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildCohort, CohortError, type CohortOptions } from '../../../src/cohort/index.js';
import { SMALL_HOSPITAL, withFolder, writeTables } from '../small-hospital.js';
import { EVENT_TYPES, EVENTS, MAPPING, type SmallMeds, writeMeds, writeParquet } from './small-meds.js';

async function fails(
  meds: SmallMeds,
  spoil: (folder: string) => Promise<unknown> = async () => {},
  options: Partial<CohortOptions> = {},
): Promise<string> {
  return withFolder(async (folder) => {
    const source = join(folder, 'meds');
    await writeMeds(source, meds);
    await spoil(source);
    const error = await buildCohort({ kind: 'meds', source, out: join(folder, 'run', 'cohort'), ...options }).then(
      () => new Error('it went well'),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(CohortError);
    expect(await readdir(join(folder, 'run'))).toEqual([]);
    return (error as Error).message;
  });
}

const lines = EVENTS.trim().split('\n');
const swapped = [...lines.slice(0, 5), lines[6], lines[5], ...lines.slice(7)].join('\n');

describe('bad MEDS data gets one clear error', () => {
  it.each<[string, SmallMeds, RegExp]>([
    [
      'a column is missing',
      { events: EVENTS.replace('code  ', 'name  ') },
      /data\/train\/0.parquet: the column code is missing; found subject_id, time, name, .*; expected code of type string/,
    ],
    [
      'subjects are texts',
      { types: { ...EVENT_TYPES, subject_id: 'VARCHAR' } },
      /the column subject_id is of another type; found VARCHAR; expected int64/,
    ],
    [
      'times are texts',
      { types: { ...EVENT_TYPES, time: 'VARCHAR' } },
      /the column time is of another type; found VARCHAR; expected timestamp\[us\]/,
    ],
    [
      'numbers are texts',
      { types: { ...EVENT_TYPES, numeric_value: 'VARCHAR' } },
      /the column numeric_value is of another type; found VARCHAR; expected float32/,
    ],
    ['times are not sorted', { events: swapped }, /data\/train\/0.parquet: times are not sorted; found 1 events/],
    [
      "a subject's events stand apart",
      { events: `${EVENTS}\n  1 | 2013-01-01 00:00:00 | LATE | |` },
      /a subject's events stand in two places/,
    ],
    [
      'a measurement has no time',
      {
        events: EVENTS.replace(
          '2          | 2005-01-01 00:00:00 | BORN',
          '2          |                     | VITAL//HR//bpm',
        ),
      },
      /events without a time; found 1 of code VITAL\/\/HR\/\/bpm; expected a time of each measurement/,
    ],
    ['an event has no code', { events: EVENTS.replace('VITAL//FOOT//cm', '') }, /events without code; found 1/],
    [
      'a subject is in two splits',
      { splits: 'subject_id | split\n1 | train\n2 | train\n1 | held_out' },
      /metadata\/subject_splits.parquet: a subject in two splits; found 1/,
    ],
    [
      'a split is none of MEDS',
      { splits: 'subject_id | split\n1 | dev' },
      /a split that we do not know; found dev; expected train, tuning, held_out/,
    ],
    ['nobody explains the codes', { mapping: null }, /nobody says what its codes mean; found the data set invented/],
    ['the mapping is no YAML', { mapping: 'name: [' }, /metadata\/clinragen.yaml: not YAML/],
    [
      'the mapping has an unknown variable',
      { mapping: { ...MAPPING, measurements: [{ code: 'X', variable: 'mood' }] } },
      /the mapping's measurements.0.variable: /,
    ],
    [
      'the mapping has an unknown key',
      { mapping: { ...MAPPING, mesurements: [] } },
      /metadata\/clinragen.yaml: the mapping's top: .*mesurements/,
    ],
    [
      'the mapping names a column that is not there',
      { mapping: { ...MAPPING, stays: { ...MAPPING.stays, id: 'icu_id' } } },
      /the mapping's column icu_id is missing/,
    ],
    [
      'no code begins a stay',
      { mapping: { ...MAPPING, stays: { ...MAPPING.stays, begin: ['WARD'] } } },
      /no event begins an ICU stay; expected WARD/,
    ],
  ])('%s', async (_, meds, message) => {
    expect(await fails(meds, undefined, { splitBy: meds.splits ? 'source' : 'patient' })).toMatch(message);
  });

  it('the folder data is empty, or is not there', async () => {
    const empty = async (folder: string) => {
      await rm(join(folder, 'data'), { recursive: true });
      await mkdir(join(folder, 'data'));
    };
    expect(await fails({}, empty)).toMatch(/the folder data holds no Parquet file; expected data\/\*\*\/\*.parquet/);
    expect(await fails({}, (folder) => rm(join(folder, 'data'), { recursive: true }))).toMatch(/no folder data/);
  });

  it('a shard is no Parquet file', async () => {
    const message = await fails({}, (f) => writeFile(join(f, 'data', 'train', '1.parquet'), 'subject_id,time\n1,2\n'));
    expect(message).toMatch(/data\/train\/1.parquet: not a Parquet file, or a damaged one/);
  });

  it('a subject is in two shards', async () => {
    const more = EVENTS.trim().split('\n').slice(0, 4).join('\n');
    const message = await fails({}, (f) => writeParquet(join(f, 'data', 'tuning', '0.parquet'), more, EVENT_TYPES));
    expect(message).toMatch(
      /data\/train\/0.parquet and data\/tuning\/0.parquet: a subject's events stand in two places/,
    );
  });

  it('a MIMIC-III folder is given as MEDS, and MEDS as MIMIC-III', async () => {
    const tables = { ...SMALL_HOSPITAL, NOTEEVENTS: 'ROW_ID\n1' };
    const toMimic = async (folder: string) => {
      await rm(folder, { recursive: true });
      await writeTables(folder, tables);
    };
    expect(await fails({}, toMimic)).toMatch(/not a MEDS folder; found the tables of MIMIC-III/);
    expect(await fails({}, undefined, { kind: 'mimic3' })).toMatch(/not a MIMIC-III folder; found the tables of MEDS/);
  });
});
