import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCohort, CohortError, type CohortReport, readCohort } from '../../../src/cohort/index.js';
import { synthesize } from '../../../src/synthesize/index.js';
import type { Cohort, Stay } from '../../../src/types.js';
import { readTable } from '../../synthesize/tables-of.js';
import { SMALL_HOSPITAL, withFolder, writeTables } from '../small-hospital.js';
import { SMALL_MIMIC4, writeMimic4 } from './small-mimic4.js';

/** The same people in both layouts; about 3 s to write, 5 s to read. */
const PATIENTS = 70;
let folder: string;
let report: CohortReport;
let four: Cohort;
let three: Cohort;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clinragen-mimic4-'));
  const make = async (layout: 'mimic3' | 'mimic4') => {
    const source = join(folder, layout);
    await synthesize({ patients: PATIENTS, seed: 11, out: source, layout, labs: 'extended' });
    const out = join(folder, `cohort-${layout}`);
    return {
      report: await buildCohort({ kind: layout, source, out, variables: 'extended' }),
      cohort: await readCohort(out),
    };
  };
  ({ report, cohort: four } = await make('mimic4'));
  ({ cohort: three } = await make('mimic3'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const rowsOf = (table: string) => readTable(join(folder, 'mimic4'), table);
const hoursBetween = (from: string, to: string) => (Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / 3.6e6;
const HOUR_OF = (hours: number, length: number) => Math.min(Math.floor(hours), Math.ceil(length) - 1);

/** Cells of a variable that were measured: `stay hour` → value. */
function measuredCells(cohort: Cohort, name: string): Map<string, number> {
  const v = cohort.variables.findIndex((variable) => variable.name === name);
  const width = cohort.variables.length;
  return new Map(
    cohort.stays.flatMap(({ id, series }) =>
      Array.from({ length: series.hours }, (_, hour) => hour)
        .filter((hour) => series.measured[hour * width + v] === 1)
        .map((hour): [string, number] => [`${id} ${hour}`, series.values[hour * width + v]!]),
    ),
  );
}

describe('a synthetic hospital in the layout of MIMIC-IV', () => {
  it('becomes a cohort with hospital courses, every record accounted for', () => {
    expect(report.provenance).toMatchObject({ database: 'MIMIC-IV', absent: ['pharmacy'] });
    expect(report.notes.kind).toBe('hospital-course');
    expect(report.filters[0]!.stays).toBe(rowsOf('icu/icustays').length);
    expect(four.stays.length).toBeGreaterThan(50);
    const records = ['icu/chartevents', 'hosp/labevents', 'icu/outputevents'].map((table) => rowsOf(table).length);
    expect(Object.values(report.events).reduce((a, b) => a + b)).toBe(records.reduce((a, b) => a + b));
    expect(report.unreadable).toEqual({});
    expect(report.unknownUnits).toEqual({});
    expect(report.warnings.filter((warning) => !warning.includes('split'))).toEqual([]);
    expect(report.codes.byVersion[9].mapped).toBeGreaterThan(20);
    expect(report.codes.byVersion[10].mapped).toBeGreaterThan(20);
    expect(report.provenance.items.glasgow_coma_scale_total).toEqual(['220739', '223901', '223900']);
  });

  it('has the numbers that were written: hour by hour, the last of each', () => {
    const stays = new Map(rowsOf('icu/icustays').map((row) => [row.stay_id!, row]));
    const chosen = new Set(four.stays.map(({ id }) => id));
    const charted: readonly [name: string, items: readonly string[], convert: (value: number) => number][] = [
      ['heart rate', ['220045'], (x) => x],
      ['temperature', ['223761'], (x) => ((x - 32) * 5) / 9],
      ['fraction inspired oxygen', ['223835'], (x) => x / 100],
    ];
    for (const [name, items, convert] of charted) {
      const written = new Map<string, { at: number; value: number }>();
      for (const row of rowsOf('icu/chartevents')) {
        if (!items.includes(row.itemid!) || !chosen.has(row.stay_id!)) continue;
        const stay = stays.get(row.stay_id!)!;
        const [at, length] = [hoursBetween(stay.intime!, row.charttime!), 24 * Number(stay.los)];
        if (at < 0 || at > length) continue;
        const key = `${row.stay_id} ${HOUR_OF(at, length)}`;
        const value = convert(Number(row.valuenum));
        const before = written.get(key);
        if (!before || at > before.at || (at === before.at && value > before.value)) written.set(key, { at, value });
      }
      const cells = measuredCells(four, name);
      expect(cells.size, name).toBeGreaterThan(50);
      expect([...cells.keys()].sort(), name).toEqual([...written.keys()].sort());
      for (const [key, value] of cells) expect(value, `${name} ${key}`).toBeCloseTo(written.get(key)!.value, 3);
    }
  });

  it('has the laboratory’s numbers too, by subject and time', () => {
    const stays = rowsOf('icu/icustays').filter((row) => four.stays.some(({ id }) => id === row.stay_id));
    const written = new Set<string>();
    for (const row of rowsOf('hosp/labevents')) {
      if (row.itemid !== '50912' || row.valuenum === '') continue;
      for (const stay of stays) {
        if (stay.subject_id !== row.subject_id || row.charttime! < stay.intime! || row.charttime! > stay.outtime!)
          continue;
        written.add(`${stay.stay_id} ${HOUR_OF(hoursBetween(stay.intime!, row.charttime!), 24 * Number(stay.los))}`);
      }
    }
    expect([...measuredCells(four, 'creatinine').keys()].sort()).toEqual([...written].sort());
    expect(rowsOf('hosp/labevents').some((row) => row.hadm_id === '')).toBe(true);
  });

  it('is not read twice: from kept tables it is the same cohort', async () => {
    const [source, cache] = [join(folder, 'mimic4'), join(folder, 'cache')];
    const taken: string[] = [];
    const make = (name: string) =>
      buildCohort({
        ...{ kind: 'mimic4', source, cache, variables: 'extended', out: join(folder, name) },
        onNote: (line) => taken.push(line),
      });
    expect([await make('kept'), taken]).toEqual([report, []]);
    expect(await make('kept')).toEqual(report);
    expect(taken.length).toBeGreaterThan(0);
    expect((await readCohort(join(folder, 'kept'))).stays).toEqual(four.stays);
  });

  it('is known before its end: what was not known by then is in no series and no note', async () => {
    const out = join(folder, 'first-day');
    const day = await buildCohort({ kind: 'mimic4', source: join(folder, 'mimic4'), out, until: 24 });
    expect(day).toMatchObject({ mode: 'prospective', notes: { kind: 'composed' } });
    const cohort = await readCohort(out);
    expect(Math.max(...cohort.stays.map((stay) => stay.series.hours))).toBe(24);
    // Cultures take three days in this hospital, so none of the unit's own is known after one.
    const admitted = new Map(rowsOf('icu/icustays').map((row) => [row.hadm_id!, row]));
    const late = rowsOf('hosp/microbiologyevents').filter(
      (row) => hoursBetween(admitted.get(row.hadm_id!)?.intime ?? row.storetime!, row.storetime!) > 24,
    );
    expect(late.length).toBeGreaterThan(5);
    const known = new Set(
      rowsOf('hosp/microbiologyevents')
        .filter((row) => !late.includes(row))
        .map((row) => admitted.get(row.hadm_id!)?.stay_id),
    );
    for (const { id, note } of cohort.stays) if (!known.has(id)) expect(note, id).not.toMatch(/Microbiology/);
  });
});

describe('one hospital, two layouts', () => {
  /** MIMIC-III counts stays from 200,001, MIMIC-IV from 30,000,001. */
  const twin = (stay: Stay) => four.stays.find(({ id }) => Number(id) - 30_000_001 === Number(stay.id) - 200_001);

  it('gives the same stays, hours and labels', () => {
    expect(three.stays.map((stay) => twin(stay)?.series.hours)).toEqual(three.stays.map(({ series }) => series.hours));
    expect(three.stays.map((stay) => twin(stay)?.labels)).toEqual(three.stays.map(({ labels }) => labels));
    expect(four.stays.length).toBe(three.stays.length);
  });

  it('gives the same series but for chart rows that lost their admission, which only MIMIC-III has', () => {
    const older = (table: string) => readTable(join(folder, 'mimic3'), table);
    const stays = new Map(older('ICUSTAYS').map((row) => [row.ICUSTAY_ID!, row]));
    const bySubject = new Map<string, Record<string, string>[]>();
    for (const row of stays.values()) bySubject.set(row.SUBJECT_ID!, [...(bySubject.get(row.SUBJECT_ID!) ?? []), row]);
    const lost = new Set<string>(); // `stay hour` of any variable
    for (const row of older('CHARTEVENTS').filter((r) => r.HADM_ID === '' || r.ICUSTAY_ID === '')) {
      for (const stay of bySubject.get(row.SUBJECT_ID!) ?? []) {
        const at = hoursBetween(stay.INTIME!, row.CHARTTIME!);
        const length = 24 * Number(stay.LOS);
        if (at >= 0 && at <= length) lost.add(`${stay.ICUSTAY_ID} ${HOUR_OF(at, length)}`);
      }
    }
    expect(lost.size).toBeGreaterThan(10);
    let compared = 0;
    for (const { name } of three.variables) {
      const newer = measuredCells(four, name);
      const inThree = measuredCells(three, name);
      for (const [key, value] of inThree) {
        const [id, hour] = key.split(' ') as [string, string];
        const other = newer.get(`${Number(id) - 200_001 + 30_000_001} ${hour}`);
        expect(other, `${name} ${key}`).toBeDefined();
        if (lost.has(key)) continue;
        expect(other, `${name} ${key}`).toBeCloseTo(value, 3); // the benchmark rounds heights in inches; nothing else
        compared++;
      }
      const added = [...newer.keys()].filter((key) => {
        const [id, hour] = key.split(' ') as [string, string];
        const older = `${Number(id) - 30_000_001 + 200_001} ${hour}`;
        return !inThree.has(older) && !lost.has(older);
      });
      expect(added, name).toEqual([]);
    }
    expect(compared).toBeGreaterThan(20_000);
  });
});

describe('a folder of the other database', () => {
  const refused = (kind: 'mimic3' | 'mimic4', source: string) =>
    buildCohort({ kind, source, out: join(folder, 'none') }).then(
      () => 'it went well',
      (error: unknown) => (error instanceof CohortError ? error.message : String(error)),
    );

  it('is refused in one sentence that says what it is', async () => {
    expect(await refused('mimic3', join(folder, 'mimic4'))).toMatch(
      /not a MIMIC-III folder; found the tables of MIMIC-IV; expected those of MIMIC-III, or source kind mimic4$/,
    );
    expect(await refused('mimic4', join(folder, 'mimic3'))).toMatch(
      /not a MIMIC-IV folder; found the tables of MIMIC-III; expected those of MIMIC-IV, or source kind mimic3$/,
    );
  });

  it('is refused though it is cut down to a few tables, and an empty one too', () =>
    withFolder(async (at) => {
      await writeMimic4(join(at, 'four'), SMALL_MIMIC4);
      expect(await refused('mimic3', join(at, 'four'))).toMatch(/not a MIMIC-III folder; found the tables of MIMIC-IV/);
      await writeTables(join(at, 'three'), { ...SMALL_HOSPITAL, NOTEEVENTS: 'ROW_ID | HADM_ID' });
      expect(await refused('mimic4', join(at, 'three'))).toMatch(
        /not a MIMIC-IV folder; found the tables of MIMIC-III/,
      );
      await writeTables(join(at, 'empty'), {});
      expect(await refused('mimic4', join(at, 'empty'))).toMatch(
        /not a MIMIC-IV folder; found nothing; expected icu\/icustays.csv.gz, hosp\/admissions.csv.gz/,
      );
    }));
});
