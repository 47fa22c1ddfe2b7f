import { cp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { literal } from '../../../src/cohort/duck.js';
import { buildCohort, type CohortOptions, readCohort } from '../../../src/cohort/index.js';
import { exportMeds } from '../../../src/cohort/meds/index.js';
import { synthesize } from '../../../src/synthesize/index.js';
import { withDuck, withFolder } from '../small-hospital.js';
import { demoFolder } from '../variables/demos.js';

/** Rows of one table that the other has not, both ways; and how many there are. */
async function differences(before: string, after: string, table: string): Promise<readonly [number, number]> {
  return withDuck(async (duck) => {
    const read = (folder: string) => `SELECT * FROM read_parquet(${literal(join(folder, `${table}.parquet`))})`;
    const [row] = await duck.rows<{ differ: number; n: number }>(`
      SELECT ((SELECT count(*) FROM (${read(before)} EXCEPT ALL ${read(after)}))
            + (SELECT count(*) FROM (${read(after)} EXCEPT ALL ${read(before)})))::DOUBLE AS differ,
             (SELECT count(*) FROM (${read(before)}))::DOUBLE AS n`);
    return [row!.differ, row!.n];
  });
}

async function outAndIn(folder: string, options: Omit<CohortOptions, 'source' | 'out'> & { source: string }) {
  const paths = { before: join(folder, 'before'), meds: join(folder, 'meds'), after: join(folder, 'after') };
  const before = await buildCohort({ ...options, out: paths.before });
  const written = await exportMeds({ cohort: paths.before, out: paths.meds, shardSubjects: 7 });
  const { kind: _, source: __, ...settings } = options;
  const after = await buildCohort({
    ...settings,
    kind: 'meds',
    source: paths.meds,
    out: paths.after,
    splitBy: 'source',
  });
  return { paths, before, written, after };
}

async function expectSame({ paths, before, after }: Awaited<ReturnType<typeof outAndIn>>): Promise<void> {
  for (const table of ['stays', 'series', 'codes']) {
    const [differ, rows] = await differences(paths.before, paths.after, table);
    expect(differ, table).toBe(0);
    expect(rows, table).toBeGreaterThan(0);
  }
  // In the same order too: readers go by it.
  const [one, other] = [await readCohort(paths.before), await readCohort(paths.after)];
  expect(other.stays.map(({ id }) => id)).toEqual(one.stays.map(({ id }) => id));
  const fences = (report: typeof before) => report.variables.map(({ column, low, high }) => [column, low, high]);
  expect(fences(after)).toEqual(fences(before));
  expect(after.labels).toEqual(before.labels);
  expect(after.split).toEqual(before.split);
  expect(after.notes).toEqual(before.notes);
  expect([after.synthetic, after.mode, after.hours]).toEqual([before.synthetic, before.mode, before.hours]);
}

describe('a cohort out as MEDS and in again', () => {
  it(
    'is the same: a synthetic hospital with discharge summaries',
    () =>
      withFolder(async (folder) => {
        const source = join(folder, 'hospital');
        await synthesize({ patients: 60, seed: 7, out: source });
        const way = await outAndIn(folder, { kind: 'mimic3', source, seed: 3 });
        await expectSame(way);
        expect(way.after.notes.kind).toBe('hospital-course');
        expect(way.after.synthetic).toBe(true);
        expect(way.written.shards).toBeGreaterThan(3);

        // Its patients' ids may be texts, and its hospitals several.
        const texts = join(folder, 'texts');
        await cp(way.paths.before, texts, { recursive: true });
        await withDuck(async (duck) => {
          const [from, to] = [join(texts, 'stays.parquet'), join(texts, 'new.parquet')];
          await duck.run(`COPY (SELECT * REPLACE ('P-' || subject_id AS subject_id, (hours % 3)::VARCHAR AS site)
                        FROM read_parquet(${literal(from)})) TO ${literal(to)} (FORMAT parquet)`);
          await rename(to, from);
        });
        await exportMeds({ cohort: texts, out: join(folder, 'texts-meds') });
        const out = join(folder, 'texts-after');
        await buildCohort({ kind: 'meds', source: join(folder, 'texts-meds'), out, seed: 3, splitBy: 'source' });
        expect(await differences(texts, out, 'stays')).toEqual([0, way.written.stays]);
      }),
    60_000,
  );

  it(
    'is the same in prospective mode, with composed notes; and only there',
    () =>
      withFolder(async (folder) => {
        const source = join(folder, 'hospital');
        await synthesize({ patients: 30, seed: 8, out: source });
        const options = { kind: 'mimic3', source, notes: 'composed', until: 12, variables: 'benchmark17' } as const;
        const way = await outAndIn(folder, options);
        await expectSame(way);
        const again = { kind: 'meds', source: way.paths.meds, out: join(folder, 'other') } as const;
        await expect(buildCohort(again)).rejects.toThrow(/option until: .*; found the whole stay; expected 12 h/);
        const [late] = await withDuck((duck) =>
          duck.rows<{ n: number }>(`
          SELECT count(*)::DOUBLE AS n FROM read_parquet(${literal(join(way.paths.before, 'measured.parquet'))}) WHERE hours >= 12`),
        );
        expect(late!.n).toBe(0);
      }),
    60_000,
  );

  const demo = demoFolder('mimic-iii-demo-1.4');
  it.skipIf(demo === null)(
    'is the same: the MIMIC-III demo, extended variables',
    () =>
      withFolder(async (folder) => {
        const way = await outAndIn(folder, {
          kind: 'mimic3',
          source: demo!,
          variables: 'extended',
          memoryLimit: '1GB',
        });
        expect(way.written).toMatchObject({ stays: 113, subjects: 88 });
        await expectSame(way);
      }),
    120_000,
  );
});

describe('what is written', () => {
  it(
    'is MEDS 0.4: columns, order, codes, splits, provenance',
    () =>
      withFolder(async (folder) => {
        const source = join(folder, 'hospital');
        await synthesize({ patients: 30, seed: 9, out: source });
        const { paths, written } = await outAndIn(folder, { kind: 'mimic3', source });
        const shards = literal(join(paths.meds, 'data', '*', '*.parquet'));
        const metadata = (name: string) => literal(join(paths.meds, 'metadata', name));
        await withDuck(async (duck) => {
          const columns = await duck.rows<{ column_name: string; column_type: string }>(
            `DESCRIBE SELECT * FROM read_parquet(${shards})`,
          );
          expect(columns.slice(0, 5).map((c) => [c.column_name, c.column_type])).toEqual([
            ['subject_id', 'BIGINT'],
            ['time', 'TIMESTAMP'],
            ['code', 'VARCHAR'],
            ['numeric_value', 'FLOAT'],
            ['text_value', 'VARCHAR'],
          ]);
          const [counts] = await duck.rows<Record<string, number>>(`
          SELECT count(*)::DOUBLE AS events,
                 (count(*) FILTER (code NOT IN (SELECT code FROM read_parquet(${metadata('codes.parquet')}))))::DOUBLE AS undescribed,
                 (count(*) FILTER (subject_id NOT IN (SELECT subject_id FROM read_parquet(${metadata('subject_splits.parquet')}))))::DOUBLE AS unsplit,
                 (count(*) FILTER (code = 'ICU_ADMISSION'))::DOUBLE AS admissions,
                 (count(*) FILTER (code = 'ICU_DISCHARGE'))::DOUBLE AS discharges,
                 (count(*) FILTER (year(time) < 2000 AND code <> 'MEDS_BIRTH'))::DOUBLE AS early
          FROM read_parquet(${shards})`);
          expect(counts).toEqual({
            events: written.events,
            undescribed: 0,
            unsplit: 0,
            admissions: written.stays,
            discharges: written.stays,
            early: 0,
          });
          const [heart] = await duck.rows(
            `SELECT description, parent_codes[1] AS parent, unit FROM read_parquet(${metadata('codes.parquet')})
           WHERE code = 'clinragen//heart_rate'`,
          );
          expect(heart).toEqual({ description: 'heart rate, in /min', parent: 'LOINC/8867-4', unit: '/min' });
        });
        const dataset = JSON.parse(await readFile(join(paths.meds, 'metadata', 'dataset.json'), 'utf8'));
        expect(dataset).toMatchObject({ meds_version: '0.4.0', etl_name: 'clinragen' });
        expect(dataset.dataset_name).toMatch(/no real patients/);
      }),
    60_000,
  );

  it(
    'replaces an older export, and touches no foreign folder',
    () =>
      withFolder(async (folder) => {
        const source = join(folder, 'hospital');
        await synthesize({ patients: 20, seed: 9, out: source });
        const cohort = join(folder, 'cohort');
        await buildCohort({ source, out: cohort });
        const out = join(folder, 'meds');
        await exportMeds({ cohort, out });
        await exportMeds({ cohort, out });
        expect((await readdir(folder)).sort()).toEqual(['cohort', 'hospital', 'meds']);
        const foreign = join(folder, 'hospital');
        await expect(exportMeds({ cohort, out: foreign })).rejects.toThrow(/the folder holds something else/);
        await writeFile(join(cohort, 'cohort.json'), '{}');
        await expect(exportMeds({ cohort, out })).rejects.toThrow(/not a cohort.json of this version/);
      }),
    60_000,
  );
});
