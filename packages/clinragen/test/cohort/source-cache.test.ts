import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildCohort, type CohortOptions } from '../../src/cohort/index.js';
import { SMALL_HOSPITAL, SMALL_RECORDS, withFolder, writeTables } from './small-hospital.js';

/** A small hospital with a cache beside its cohort. */
async function withCache(
  work: (place: {
    mimic: string;
    cache: string;
    build: (options?: Partial<CohortOptions>) => Promise<{ report: unknown; notes: string[]; bytes: Buffer[] }>;
  }) => Promise<void>,
) {
  await withFolder(async (folder) => {
    const [mimic, cache, out] = ['mimic', 'cache', 'cohort'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeTables(mimic, { ...SMALL_HOSPITAL, ...SMALL_RECORDS }, { gzip: true });
    await work({
      mimic,
      cache,
      build: async (options = {}) => {
        const notes: string[] = [];
        const report = await buildCohort({ source: mimic, out, cache, onNote: (line) => notes.push(line), ...options });
        const files = ['stays.parquet', 'series.parquet', 'timeseries.parquet', 'cohort.json'];
        return { report, notes, bytes: await Promise.all(files.map((file) => readFile(join(out, file)))) };
      },
    });
  });
}

describe('tables kept of a source', () => {
  it('give the same cohort, byte for byte, and are taken when only the split, fences or lengths change', () =>
    withCache(async ({ build }) => {
      const first = await build();
      expect(first.notes).toEqual([]);
      const second = await build();
      expect(second.notes).toHaveLength(2); // measurements, and what the notes are composed of
      expect(second.notes[0]).toMatch(
        /^source unchanged: its tables are taken from .*measured\.duckdb \(\d+\.\d MB\)$/,
      );
      expect(second.bytes).toEqual(first.bytes);
      for (const options of [
        { seed: 9, fences: 'paper' },
        { maxHours: 3, noteWords: 4 },
      ] as const) {
        const taken = await build(options);
        expect(taken.notes, JSON.stringify(options)).toHaveLength(2);
        expect(taken.report).toEqual((await build({ ...options, readAgain: true })).report);
      }
      // What is known by an hour decides which stays have notes to compose: the records are read again, the events are not.
      expect((await build({ until: 6 })).notes).toEqual([expect.stringMatching(/measured/)]);
    }));

  it('are without the cache what they are with it', () =>
    withCache(async ({ build, mimic, cache }) => {
      await build();
      const { report } = await build();
      const { tables, ...rest } = (report as { provenance: { tables: unknown } }).provenance;
      const plain = await buildCohort({ source: mimic, out: join(cache, '..', 'other') });
      expect({ ...plain, provenance: rest }).toEqual({ ...(report as object), provenance: rest });
      expect(plain.provenance.tables).toEqual(tables);
    }));

  it('are made anew where a file of the source changed, and for another set of variables', () =>
    withCache(async ({ build, mimic }) => {
      await build();
      expect((await build({ variables: 'benchmark17' })).notes).toEqual([]);
      expect((await build({ variables: 'benchmark17' })).notes).toHaveLength(2);
      const charts = join(mimic, 'CHARTEVENTS.csv.gz');
      const { atime, mtimeMs } = await stat(charts);
      await utimes(charts, atime, new Date(mtimeMs + 5000));
      expect((await build({ variables: 'benchmark17' })).notes).toEqual([]);
    }));

  it('are made anew where they are damaged, and says so', () =>
    withCache(async ({ build, cache }) => {
      const { bytes } = await build();
      const kept = join(cache, 'measured.duckdb');
      const whole = await readFile(kept);
      const torn = Buffer.from(whole);
      torn.fill(0xa5, 3 * 4096, whole.length - 4096); // the header stands, the blocks do not
      for (const broken of [torn, whole.subarray(0, whole.length >> 1), Buffer.from('no database')]) {
        await writeFile(kept, broken);
        const again = await build();
        expect(again.notes[0]).toBe(`${kept} is damaged: the source is read again`);
        expect(again.bytes).toEqual(bytes);
      }
      expect((await build()).notes[0]).toMatch(/^source unchanged/);
    }));

  it('a build that fails midway keeps nothing half', () =>
    withCache(async ({ build, mimic, cache }) => {
      const charts = join(mimic, 'CHARTEVENTS.csv.gz');
      const whole = await readFile(charts);
      await writeFile(charts, whole.subarray(0, whole.length - 12));
      await expect(build()).rejects.toThrow(/ends too early/);
      expect(await readdir(cache)).toEqual([]);
      // What a killed process leaves is no table, and goes.
      await writeFile(join(cache, 'measured.duckdb.unfinished-0a1b2c3d'), 'half');
      await writeFile(charts, whole);
      expect((await build()).notes).toEqual([]);
      expect((await readdir(cache)).sort()).toEqual(['documented.duckdb', 'measured.duckdb', 'summaries.duckdb']);
    }));
});
