import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildCohort, type CohortProgress, readCohort, readCohortReport } from '../../src/cohort/index.js';
import { SMALL_HOSPITAL, SMALL_RECORDS, withFolder, writeTables } from './small-hospital.js';

const NOTEEVENTS = `
  ROW_ID | SUBJECT_ID | HADM_ID | CHARTDATE | CATEGORY | DESCRIPTION | ISERROR | TEXT
  1 | 1 | 11 | 2100-01-09 | Discharge summary | Report | | Brief Hospital Course:\\nOld version.\\nDischarge Condition:\\nGood
  2 | 1 | 11 | 2100-01-10 | Discharge summary | Report | | Brief Hospital Course:\\nNo pneumonia, "viral" [**Name 3**] cough; given 40 mg Lasix.\\nDischarge Condition:\\nGood
  3 | 1 | 11 | 2100-01-11 | Discharge summary | Addendum | | Brief Hospital Course:\\nAddendum text.\\n
  4 | 1 | 12 | 2101-05-02 | Nursing | Report | | Brief Hospital Course:\\nNot a summary.\\n
  5 | 2 | 21 | 2110-03-05 | Discharge summary | Report | 1 | Brief Hospital Course:\\nMarked as an error.\\n
  6 | 2 | 21 | 2110-03-05 | Discharge summary | Report | | Discharge Condition:\\nGood\\n
  7 | 2 | 21 | 2110-03-06 | Discharge summary | Addendum | | HOSPITAL COURSE: Valve replaced.\\n
  8 | 3 | 31 | 2111-01-02 | Discharge summary | Report | | Discharge Condition:\\nGood\\n`;

describe('a small hospital, whole way', () => {
  it('becomes stays with composed note, series and labels', () =>
    withFolder(async (folder) => {
      // LABEVENTS in lower case and compressed, the rest plain.
      await writeTables(join(folder, 'mimic'), { ...SMALL_HOSPITAL, ...SMALL_RECORDS });
      const phases: CohortProgress[] = [];
      const out = join(folder, 'run', 'cohort');
      const report = await buildCohort({ source: join(folder, 'mimic'), out, onProgress: (p) => phases.push(p) });

      expect(report.filters.map((row) => [row.filter, row.stays])).toEqual([
        ['all ICU stays', 4],
        ['without transfers', 4],
        ['with admission and patient', 4],
        ['one stay per admission', 4],
        ['adults', 4],
        ['with recorded diagnoses', 4],
        ['with measurements during the stay', 4],
        ['with something documented', 4],
      ]);
      expect(report.events).toEqual({ kept: 9, 'no admission': 1 });
      expect(report.synthetic).toBe(false);
      expect(report.source).toBe('MIMIC-III (folder mimic)');
      expect(report.provenance.tables.CHARTEVENTS).toMatchObject({ file: 'CHARTEVENTS.csv', rows: 7 });
      expect(report.provenance.absent).toContain('NOTEEVENTS');
      expect(report.notes.kind).toBe('composed');
      expect([...new Set(phases.map((p) => p.phase))]).toEqual([
        'files',
        'stays',
        'events',
        'measurements',
        'labels',
        'notes',
        'series',
        'write',
      ]);
      for (const phase of new Set(phases.map((p) => p.phase))) {
        const last = phases.filter((p) => p.phase === phase).at(-1)!;
        expect(last.done, phase).toBe(last.total);
      }

      const cohort = await readCohort(out);
      expect(cohort.variables.map((v) => v.name)).toContain('ph');
      const stay = cohort.stays.find((s) => s.id === '111')!;
      expect(stay.subject).toBe('1');
      expect(stay.labels).toEqual([
        'Acute and unspecified renal failure',
        'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)',
      ]);
      expect(stay.note).toBe(
        'Admission: pneumonia, fever, cough, emergency, emergency room admit. Services: medicine. ' +
          'Microbiology: sputum streptococcus pneumoniae; urine no growth. Medications: ceftriaxone.',
      );
      expect(stay.series.hours).toBe(12);
      const at = (name: string, hour: number) => {
        const v = cohort.variables.findIndex((variable) => variable.name === name);
        const i = hour * cohort.variables.length + v;
        return [Math.round(stay.series.values[i]! * 100) / 100, stay.series.measured[i]];
      };
      expect(at('heart rate', 0)).toEqual([110, 1]);
      expect(at('heart rate', 4)).toEqual([110, 0]);
      expect(at('heart rate', 5)).toEqual([96, 1]);
      expect(at('temperature', 0)).toEqual([38.5, 1]);
      expect(at('ph', 0)).toEqual([7.4, 0]);
      expect(at('ph', 1)).toEqual([7.31, 1]);
      // No label enters a note: stay 211 has code 4241, whose title is "Aortic valve disorder".
      expect(cohort.stays.map((s) => s.note).join(' ')).not.toMatch(/disorder|4241/i);
      // Both stays of subject 1 are in one split.
      expect(new Set(cohort.stays.filter((s) => s.subject === '1').map((s) => s.split)).size).toBe(1);
    }));

  it('takes the hospital course where there are discharge summaries, and drops stays without one', () =>
    withFolder(async (folder) => {
      await writeTables(join(folder, 'mimic'), { ...SMALL_HOSPITAL, NOTEEVENTS }, { gzip: true });
      const out = join(folder, 'cohort');
      const report = await buildCohort({ source: join(folder, 'mimic'), out });
      expect(report.filters.at(-1)).toMatchObject({ filter: 'with a brief hospital course', stays: 2 });
      expect(report.notes.kind).toBe('hospital-course');
      const notes = (await readCohort(out)).stays.map((stay) => [stay.id, stay.note, stay.noteKind]);
      expect(notes).toEqual([
        ['111', 'No pneumonia, "viral" cough; given Lasix.', 'hospital-course'],
        ['211', 'Valve replaced.', 'hospital-course'],
      ]);
      const composed = await buildCohort({ source: join(folder, 'mimic'), out, notes: 'composed' });
      expect(composed.notes.kind).toBe('composed');
    }));

  it('knows a synthetic source by its mark', () =>
    withFolder(async (folder) => {
      await writeTables(folder, SMALL_HOSPITAL);
      await writeFile(join(folder, 'SYNTHETIC.json'), JSON.stringify({ generator: 'small', seed: 7, patients: 3 }));
      const out = join(folder, 'cohort');
      await buildCohort({ source: folder, out });
      const cohort = await readCohort(out);
      expect(cohort.synthetic).toBe(true);
      expect(cohort.source).toBe('synthetic hospital, seed 7, 3 patients (no real patients)');
    }));

  it('makes the same bytes from the same tables, whatever their order and compression', () =>
    withFolder(async (folder) => {
      const reversed = Object.fromEntries(
        Object.entries({ ...SMALL_HOSPITAL, ...SMALL_RECORDS }).map(([name, text]) => {
          const [header, ...rows] = text.trim().split('\n');
          return [name, [header, ...rows.reverse()].join('\n')];
        }),
      );
      await writeTables(join(folder, 'a', 'mimic'), { ...SMALL_HOSPITAL, ...SMALL_RECORDS });
      await writeTables(join(folder, 'b', 'mimic'), reversed, { gzip: true });
      const hashes = [];
      for (const name of ['a', 'b']) {
        const out = join(folder, name, 'cohort');
        await buildCohort({ source: join(folder, name, 'mimic'), out });
        const files = ['stays', 'timeseries', 'series'].map((file) => readFile(join(out, `${file}.parquet`)));
        hashes.push((await Promise.all(files)).map((bytes) => createHash('sha256').update(bytes).digest('hex')));
      }
      expect(hashes[1]).toEqual(hashes[0]);
    }));

  it('replaces an older cohort, leaves nothing else behind, and touches no foreign folder', () =>
    withFolder(async (folder) => {
      await writeTables(join(folder, 'mimic'), SMALL_HOSPITAL);
      const out = join(folder, 'run', 'cohort');
      await buildCohort({ source: join(folder, 'mimic'), out, maxHours: 3 });
      expect((await readCohortReport(out)).hours).toMatchObject({ longest: 3, cutStays: 3 });
      await buildCohort({ source: join(folder, 'mimic'), out });
      expect((await readCohortReport(out)).hours).toMatchObject({ longest: 24, cutStays: 0 });
      expect(await readdir(join(folder, 'run'))).toEqual(['cohort']);
      expect((await readdir(out)).sort()).toEqual([
        'codes.parquet',
        'cohort.json',
        'measured.parquet',
        'series.parquet',
        'stays.parquet',
        'timeseries.parquet',
      ]);

      const foreign = join(folder, 'thesis');
      await mkdir(foreign);
      await writeFile(join(foreign, 'chapter1.txt'), 'precious');
      await expect(buildCohort({ source: join(folder, 'mimic'), out: foreign })).rejects.toThrow(
        /holds something else; found chapter1.txt/,
      );
      expect(await readdir(foreign)).toEqual(['chapter1.txt']);
    }));
});
