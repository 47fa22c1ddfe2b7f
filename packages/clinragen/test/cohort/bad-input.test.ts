import { appendFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tableError } from '../../src/cohort/duck.js';
import { buildCohort, CohortError, readCohort } from '../../src/cohort/index.js';
import { countRecords } from '../../src/cohort/tables/csv-file.js';
import { withCount } from '../../src/cohort/tables/open-tables.js';
import { SMALL_HOSPITAL, toCsv, withFolder, writeTables } from './small-hospital.js';

/** Spoils a good hospital, and says what becomes of it. Nothing may be left where the cohort would have been. */
async function fails(spoil: (folder: string) => Promise<unknown>): Promise<string> {
  return withFolder(async (folder) => {
    const source = join(folder, 'mimic');
    await writeTables(source, SMALL_HOSPITAL);
    await spoil(source);
    const error = await buildCohort({ source, out: join(folder, 'run', 'cohort') }).then(
      () => new Error('it went well'),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(CohortError);
    expect(await readdir(join(folder, 'run'))).toEqual([]);
    return (error as Error).message;
  });
}

const chart = toCsv(SMALL_HOSPITAL.CHARTEVENTS!);

describe('bad input gets one clear error', () => {
  it('a table is missing', async () => {
    expect(await fails((f) => rm(join(f, 'CHARTEVENTS.csv')))).toMatch(
      /the table CHARTEVENTS is missing; expected CHARTEVENTS.csv or CHARTEVENTS.csv.gz/,
    );
  });

  it('a column is missing', async () => {
    const message = await fails((f) => writeFile(join(f, 'CHARTEVENTS.csv'), chart.replace('ITEMID', 'ITEM')));
    expect(message).toMatch(
      /^CHARTEVENTS.csv, line 1: the column itemid is missing; found 8 columns: .*; expected subject_id/,
    );
  });

  it('a column stands there twice', async () => {
    const message = await fails((f) => writeFile(join(f, 'CHARTEVENTS.csv'), chart.replace('ROW_ID', 'VALUE')));
    expect(message).toMatch(/a column stands there twice; found value/);
  });

  it('a gzip file ends too early', async () => {
    const message = await fails(async (f) => {
      await rm(join(f, 'CHARTEVENTS.csv'));
      // Long enough that the cut takes rows away, and not only the checksum.
      const rows = Array.from({ length: 5000 }, (_, i) => `${i},1,11,111,211,2100-01-01 01:00:00,${i % 97},BPM`);
      const bytes = gzipSync(`${chart.split('\n')[0]}\n${rows.join('\n')}\n`);
      await writeFile(join(f, 'CHARTEVENTS.csv.gz'), bytes);
      await truncate(join(f, 'CHARTEVENTS.csv.gz'), bytes.length >> 1);
    });
    expect(message).toMatch(/CHARTEVENTS.csv.gz: the gzip file ends too early; expected a complete download/);
  });

  it('a gzip file is damaged', async () => {
    const message = await fails(async (f) => {
      await rm(join(f, 'PATIENTS.csv'));
      const bytes = gzipSync(toCsv(SMALL_HOSPITAL.PATIENTS!));
      bytes[20]! ^= 0xff;
      await writeFile(join(f, 'PATIENTS.csv.gz'), bytes);
    });
    expect(message).toMatch(/PATIENTS.csv.gz: the gzip file is damaged/);
  });

  it('a file is named .gz but is not compressed, or the other way round', async () => {
    expect(
      await fails(async (f) => {
        await rm(join(f, 'PATIENTS.csv'));
        await writeFile(join(f, 'PATIENTS.csv.gz'), toCsv(SMALL_HOSPITAL.PATIENTS!));
      }),
    ).toMatch(/named .gz, but not compressed/);
    expect(await fails((f) => writeFile(join(f, 'PATIENTS.csv'), gzipSync(toCsv(SMALL_HOSPITAL.PATIENTS!))))).toMatch(
      /compressed, but not named so; expected a name that ends in .csv.gz/,
    );
  });

  it('another delimiter', async () => {
    const message = await fails((f) =>
      writeFile(join(f, 'ICUSTAYS.csv'), toCsv(SMALL_HOSPITAL.ICUSTAYS!).replaceAll(',', ';')),
    );
    expect(message).toMatch(/ICUSTAYS.csv, line 1: wrong delimiter; found ";"; expected ","/);
  });

  it('a row of another width than the header', async () => {
    const message = await fails((f) => appendFile(join(f, 'CHARTEVENTS.csv'), '8,1,11,111,211\n'));
    expect(message).toMatch(
      /CHARTEVENTS.csv, line 9: a row of another width than the header; found 5 fields; expected 8/,
    );
  });

  it('a value of the wrong type, without saying which: it may be a patient’s', async () => {
    const message = await fails((f) =>
      writeFile(join(f, 'CHARTEVENTS.csv'), chart.replace('2100-01-01 05:15:00', 'confidential')),
    );
    expect(message).toMatch(/CHARTEVENTS.csv, line 3: a value of column charttime cannot be read; expected TIMESTAMP/);
    expect(message).not.toMatch(/confidential/);
  });

  it('a quote that is never closed', async () => {
    const message = await fails((f) =>
      appendFile(join(f, 'CHARTEVENTS.csv'), '8,1,11,111,211,2100-01-01 01:00:00,"80,BPM\n'),
    );
    expect(message).toMatch(/CHARTEVENTS.csv: the file ends inside a quoted field; expected a closing quote/);
  });

  it('a folder that is no MIMIC-III, is empty, or is not there', async () => {
    const emptied = async (folder: string) => {
      for (const file of await readdir(folder)) await rm(join(folder, file));
    };
    expect(await fails(emptied)).toMatch(/not a MIMIC-III folder; found nothing; expected ICUSTAYS.csv.gz/);
    expect(
      await fails(async (f) => {
        await emptied(f);
        await writeFile(join(f, 'patient.csv.gz'), '');
      }),
    ).toMatch(/not a MIMIC-III folder; found patient.csv.gz/);
    expect(await fails((f) => rm(f, { recursive: true }))).toMatch(/no such folder/);
  });

  it('an empty file, two files for one table', async () => {
    expect(await fails((f) => writeFile(join(f, 'LABEVENTS.csv'), ''))).toMatch(/LABEVENTS.csv: the file is empty/);
    expect(await fails((f) => writeFile(join(f, 'labevents.csv.gz'), gzipSync('a\n')))).toMatch(
      /two files for the table LABEVENTS; found LABEVENTS.csv and labevents.csv.gz/,
    );
  });

  it('no stay left: the error says at which filter', async () => {
    expect(
      await fails(async (f) => {
        const path = join(f, 'ICUSTAYS.csv');
        await writeFile(path, (await readFile(path, 'utf8')).replaceAll(/,(\d),\d,21/g, ',$1,99,21'));
      }),
    ).toMatch(/no stay is left; found none without transfers/);
  });

  it('an option out of range', async () => {
    await withFolder(async (folder) => {
      await expect(buildCohort({ source: folder, out: join(folder, 'c'), testFraction: 2 })).rejects.toThrow(
        /option testFraction/,
      );
      await expect(buildCohort({ source: folder, out: join(folder, 'c'), memoryLimit: 'lots' })).rejects.toThrow(
        CohortError,
      );
    });
  });

  it('a mark of a synthetic source that is none', async () => {
    expect(await fails((f) => writeFile(join(f, 'SYNTHETIC.json'), '{"seed": "x"}'))).toMatch(
      /SYNTHETIC.json: not the mark of a synthetic source/,
    );
  });

  it('a reader that loses rows in silence is found out', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'LABEVENTS.csv');
      await writeFile(path, toCsv(SMALL_HOSPITAL.LABEVENTS!));
      const file = { path, file: 'LABEVENTS.csv', bytes: 1 };
      await expect(withCount(file, async () => 2)).rejects.toThrow(
        'LABEVENTS.csv: the table was not read whole; found 2 rows; expected 3',
      );
      expect(await withCount(file, async () => 3)).toBe(3);
    }));

  it('DuckDB’s messages, which quote the row, are not passed on', () => {
    const error = tableError('X.csv', new Error('CSV Error on Line: 12\nOriginal Line: 1,SECRET\nsomething new'));
    expect(error.message).toBe('X.csv, line 12: a line cannot be read as CSV');
    expect(inspect(tableError('X.csv', new Error('Conversion Error: SECRET')))).not.toContain('SECRET');
  });
});

describe('records of a CSV file', () => {
  const cases: [string, string, number][] = [
    ['plain', 'a,b\n1,2\n3,4\n', 2],
    ['no line end at the end', 'a,b\n1,2\n3,4', 2],
    ['Windows line ends, blank lines', 'a,b\r\n1,2\r\n\r\n3,4\r\n', 2],
    ['line breaks and commas in quotes', 'a,b\n1,"x\ny, z"\n', 1],
    ['escaped quotes', 'a,b\n1,"say ""hi""\n"\n2,""\n', 2],
    ['a quote inside an unquoted field is no quote', 'a,b\n1,5" tube\n2,x\n', 2],
    ['header alone', 'a,b\n', 0],
  ];
  for (const [name, text, records] of cases) {
    it(name, () =>
      withFolder(async (folder) => {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, 'x.csv'), text);
        await writeFile(join(folder, 'x.csv.gz'), gzipSync(text));
        expect(await countRecords(join(folder, 'x.csv'))).toBe(records);
        expect(await countRecords(join(folder, 'x.csv.gz'))).toBe(records);
      }),
    );
  }
});

describe('reading a cohort back', () => {
  it('says what is missing or does not fit', () =>
    withFolder(async (folder) => {
      await expect(readCohort(join(folder, 'nowhere'))).rejects.toThrow(/no cohort; expected a folder made by/);
      await writeTables(join(folder, 'mimic'), SMALL_HOSPITAL);
      const [a, b] = [join(folder, 'a'), join(folder, 'b')];
      await buildCohort({ source: join(folder, 'mimic'), out: a });
      await buildCohort({ source: join(folder, 'mimic'), out: b, maxHours: 2 });
      await writeFile(join(a, 'series.parquet'), await readFile(join(b, 'series.parquet')));
      await expect(readCohort(a)).rejects.toThrow(/the series do not fit the stays; found 8 hours/);
      await rm(join(a, 'series.parquet'));
      await expect(readCohort(a)).rejects.toThrow(/series.parquet: the file is missing/);
      await writeFile(join(a, 'cohort.json'), '{}');
      await expect(readCohort(a)).rejects.toThrow(/not a cohort.json of this version/);
    }));
});
