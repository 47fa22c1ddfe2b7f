/** What a table's bytes may be: read all the same, or one clear error. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tableError } from '../../../src/cohort/duck.js';
import { buildCohort, type CohortReport, readCohort } from '../../../src/cohort/index.js';
import { withFolder } from '../small-hospital.js';
import { smallMimic3 } from './hospitals.js';
import type { Files } from './mutations.js';
import { holdsPromises, MARKER, writeFiles } from './spoilt.js';

/** The small hospital with one table's text changed. */
function changed(table: string, change: (text: string) => string | Buffer): Files {
  const files = smallMimic3();
  const name = `${table}.csv`;
  files.set(name, Buffer.from(change(files.get(name)!.toString('utf8'))));
  return files;
}

/** The report, and the bytes of the cohort's tables. */
async function cohortOf(files: Files): Promise<{ report: CohortReport; tables: string; notes: string[] }> {
  return withFolder(async (folder) => {
    await writeFiles(join(folder, 'tables'), files);
    const out = join(folder, 'cohort');
    const report = await buildCohort({ source: join(folder, 'tables'), out });
    const bytes = await Promise.all(
      ['stays', 'series'].map((name) => readFile(join(out, `${name}.parquet`), 'base64')),
    );
    return { report, tables: bytes.join(), notes: (await readCohort(out)).stays.map((stay) => stay.note) };
  });
}

describe('read as if nothing were', () => {
  const same: readonly [string, string, (text: string) => string | Buffer][] = [
    ['a BOM', 'ICUSTAYS', (text) => `\uFEFF${text}`],
    ['CR LF', 'CHARTEVENTS', (text) => text.replaceAll('\n', '\r\n')],
    [
      'a BOM, CR LF and every cell quoted, as spreadsheets write',
      'PATIENTS',
      (text) =>
        `\uFEFF${text
          .trim()
          .split('\n')
          .map((line) =>
            line
              .split(',')
              .map((cell) => `"${cell}"`)
              .join(','),
          )
          .join('\r\n')}\r\n`,
    ],
    ['a header in another case', 'LABEVENTS', (text) => text.replace(/^.*/, (header) => header.toLowerCase())],
    [
      'a header with blanks around names',
      'LABEVENTS',
      (text) => text.replace(/^.*/, (header) => header.replaceAll(',', ' , ')),
    ],
    [
      'more columns, two of one name and one of none',
      'ADMISSIONS',
      (text) =>
        text
          .trim()
          .split('\n')
          .map((line, i) => `${line},${i === 0 ? 'extra,extra,' : '1,2,3'}`)
          .join('\n'),
    ],
    [
      'the columns in another order',
      'PATIENTS',
      (text) =>
        text
          .trim()
          .split('\n')
          .map((line) => line.split(',').reverse().join(','))
          .join('\n'),
    ],
    ['empty lines', 'CHARTEVENTS', (text) => text.replaceAll('\n', '\n\n')],
    ['no line end at the end', 'CHARTEVENTS', (text) => text.trimEnd()],
    ['a NUL in a text', 'SERVICES', (text) => text.replace('CSURG', 'CSURG\0')],
  ];
  for (const [name, table, change] of same) {
    it(name, async () => {
      const good = await cohortOf(smallMimic3());
      const spoilt = await cohortOf(changed(table, change));
      expect(spoilt.tables).toBe(good.tables);
      expect(spoilt.report.events).toEqual(good.report.events);
    });
  }

  it('quoted line ends and commas in a note', async () => {
    const { notes } = await cohortOf(smallMimic3());
    expect(notes).toContain(`Valve ${MARKER}, ${MARKER} replaced.`);
  });
});

describe('one clear error', () => {
  const refused: readonly [string, string, (text: string) => string | Buffer, RegExp][] = [
    [
      'tabs',
      'ICUSTAYS',
      (t) => t.replaceAll(',', '\t'),
      /ICUSTAYS.csv, line 1: wrong delimiter; found "\\t"; expected ","$/,
    ],
    [
      'bars',
      'ICUSTAYS',
      (t) => t.replaceAll(',', '|'),
      /ICUSTAYS.csv, line 1: wrong delimiter; found "\|"; expected ","$/,
    ],
    [
      'CR alone',
      'ICUSTAYS',
      (t) => t.replaceAll('\n', '\r'),
      /ICUSTAYS.csv, line 1: lines end in CR alone; expected LF, or CR LF$/,
    ],
    [
      'CR LF here and LF there',
      'CHARTEVENTS',
      (t) => t.replace('\n', '\r\n'),
      /^CHARTEVENTS.csv: not CSV of one kind; expected all lines to end alike, in LF or CR LF, and quotes to be closed$/,
    ],
    [
      'UTF-16',
      'PATIENTS',
      (t) => Buffer.from(`\uFEFF${t}`, 'utf16le'),
      /PATIENTS.csv: the text is UTF-16; expected UTF-8$/,
    ],
    [
      'invalid UTF-8',
      'ADMISSIONS',
      (t) => Buffer.from(t.replace('PNEUMONIA', 'PNEUMONI\u00c4'), 'latin1'),
      /^ADMISSIONS.csv, line 2: the text is not UTF-8; expected UTF-8$/,
    ],
    [
      'a number that is none',
      'CHARTEVENTS',
      (t) => t.replace('220277', 'SpO2'),
      /^CHARTEVENTS.csv, line 7: a value of column itemid cannot be read; expected BIGINT$/,
    ],
    [
      'a date that is none',
      'ICUSTAYS',
      (t) => t.replace(/2100-01-01 00:\d\d:\d\d/, '31.12.2099'),
      /^ICUSTAYS.csv, line 2: a value of column intime cannot be read; expected TIMESTAMP$/,
    ],
    [
      'a second header',
      'CHARTEVENTS',
      (t) => `${t}${t.split('\n')[0]}\n`,
      /^CHARTEVENTS.csv, line 9: a value of column subject_id cannot be read; expected BIGINT$/,
    ],
    [
      'no header: the row in its place is not repeated',
      'NOTEEVENTS',
      (t) => t.slice(t.indexOf('\n') + 1),
      /^NOTEEVENTS.csv, line 1: the column row_id, .* is missing; found \d+ columns: none that we know; is the header missing\?; expected row_id/,
    ],
    [
      'a header that runs into the first row',
      'NOTEEVENTS',
      (t) => t.replace('\n', ''),
      /^NOTEEVENTS.csv, line 1: the column text is missing; found \d+ columns: row_id, hadm_id, chartdate, category, description, iserror and \d+ more; expected row_id/,
    ],
    [
      'a line of 10 MB',
      'ADMISSIONS',
      (t) => t.replace('PNEUMONIA', 'x'.repeat(10_000_000)),
      /^ADMISSIONS.csv, line 2: a line is too long; expected at most 8 MB$/,
    ],
  ];
  for (const [name, table, change, message] of refused) {
    it(name, async () => {
      expect((await holdsPromises('mimic3', changed(table, change))).replace('…/tables/', '')).toMatch(message);
    });
  }

  it('a compressed table cut off behind whole blocks', async () => {
    const files = smallMimic3();
    const bytes = gzipSync(files.get('CHARTEVENTS.csv')!);
    files.delete('CHARTEVENTS.csv');
    files.set('CHARTEVENTS.csv.gz', bytes.subarray(0, bytes.length - 9));
    expect(await holdsPromises('mimic3', files)).toMatch(/CHARTEVENTS.csv.gz: the gzip file ends too early/);
  });

  it('a table that is needed, with a header alone: the filter that nobody passes; one that is not: a warning', async () => {
    const alone = (text: string) => `${text.split('\n')[0]}\n`;
    expect(await holdsPromises('mimic3', changed('ICUSTAYS', alone))).toMatch(
      /no stay is left; found none all ICU stays/,
    );
    expect(await holdsPromises('mimic3', changed('DIAGNOSES_ICD', alone))).toMatch(
      /no stay is left; found none with recorded diagnoses/,
    );
    const { report } = await cohortOf(changed('LABEVENTS', alone));
    expect(report.warnings).toContain('LABEVENTS.csv has a header and no rows');
  });
});

it('an error inside DuckDB, which happens over spoilt bytes', () => {
  const error = tableError('X.csv', new Error('INTERNAL Error: Attempted to access index 3 within vector of size 3'));
  expect(error.message).toBe('X.csv: DuckDB breaks on it; expected UTF-8, and rows of the width of the header');
});

describe('a folder of another database', () => {
  it('the plain layout as MIMIC-III', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'stays.csv'), 'stay_id\n');
      await writeFile(join(folder, 'events.csv'), 'stay_id\n');
      await expect(buildCohort({ source: folder, out: join(folder, 'c') })).rejects.toThrow(
        /not a MIMIC-III folder; found the tables of plain; expected those of MIMIC-III, or source kind plain/,
      );
    }));
});
