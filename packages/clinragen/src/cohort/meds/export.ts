import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { BIGINT, TIMESTAMP, timestampValue, VARCHAR } from '@duckdb/node-api';
import { PHENOTYPES } from '../../phenotypes.js';
import type { Split } from '../../types.js';
import { CohortError } from '../cohort-error.js';
import { type Duck, literal, openDuck, tableError } from '../duck.js';
import { codeOfMeds } from '../labels/index.js';
import { makeWorkFolder, replaceFolder } from '../leftovers.js';
import { readCohortReport } from '../read.js';
import type { CohortReport } from '../report.js';
import { CATALOGUE } from '../variables/catalogue.js';
import { ARROW_SCHEMA } from './arrow-schema.js';
import { OWN_FILES } from './own-export.js';
import { OWN } from './own-mapping.js';
import { MEDS_SPLITS } from './subject-splits.js';
import { isNumericId, placeStays, type StayToPlace } from './timeline.js';
import { dotted, parentOfDiagnosis, parentsOfVariable } from './vocabulary.js';

/** Of MEDS, whose layout we write. */
export const MEDS_VERSION = '0.4.0';

export interface MedsExportOptions {
  /** A cohort's folder, as `buildCohort` wrote it. */
  readonly cohort: string;
  /** The MEDS data set's folder: made, or replaced where it holds an older export. */
  readonly out: string;
  /** Patients per Parquet file. Default 1000: other tools take a file at a time into memory. */
  readonly shardSubjects?: number;
  /** DuckDB's memory, in its notation. Default 2GB. */
  readonly memoryLimit?: string;
  /** For `dataset.json`. Default: now. */
  readonly createdAt?: Date;
}

export interface MedsExport {
  readonly events: number;
  readonly subjects: number;
  readonly stays: number;
  readonly shards: number;
}

const PARTS: readonly Split[] = ['train', 'validation', 'test'];

async function refuseForeignFolder(out: string): Promise<void> {
  const entries: string[] = await readdir(out).catch(() => []);
  if (entries.length === 0) return;
  const dataset = await readFile(join(out, 'metadata', 'dataset.json'), 'utf8').catch(() => '');
  if (dataset.includes(`"etl_name": "${OWN.etl}"`)) return;
  throw new CohortError('the folder holds something else', {
    file: out,
    found: entries.slice(0, 3).join(', '),
    expected: 'a new or empty folder, or an older export',
  });
}

/** The table `placed(stay_id, subject_id, begin, birth)`, and the patients' ids where MEDS has numbers for them. */
async function place(duck: Duck, stays: string): Promise<ReadonlyMap<string, bigint> | null> {
  const rows = await duck.rows<StayToPlace>(`
    SELECT stay_id AS stay, subject_id AS subject, episode, age, period_length AS "periodLength"
    FROM read_parquet(${literal(stays)})`);
  const placed = placeStays(rows);
  await duck.run('CREATE TABLE placed (stay_id VARCHAR, subject_id BIGINT, begin TIMESTAMP, birth TIMESTAMP)');
  const appender = await duck.connection.createAppender('placed');
  for (const { stay, subject, begin, birth } of placed) {
    appender.appendValue(stay, VARCHAR);
    appender.appendValue(subject, BIGINT);
    appender.appendValue(timestampValue(begin), TIMESTAMP);
    if (birth === null) appender.appendNull();
    else appender.appendValue(timestampValue(birth), TIMESTAMP);
    appender.endRow();
  }
  appender.closeSync();
  const [twice] = await duck.rows('SELECT stay_id FROM placed GROUP BY stay_id HAVING count(*) > 1 LIMIT 1');
  if (twice) throw new CohortError('a stay stands there twice', { file: stays });
  if (rows.every(({ subject }) => isNumericId(subject))) return null;
  const numbers = new Map(placed.map(({ stay, subject }) => [stay, subject]));
  return new Map(rows.map(({ stay, subject }) => [subject, numbers.get(stay)!]));
}

/** What `codes.parquet` says of one of our codes. */
function describeCode(code: string): { description: string; parents: string[]; unit: string | null } {
  const variable = CATALOGUE.find(({ column }) => OWN.variable(column) === code);
  if (variable) {
    const { name, column, unit } = variable;
    return { description: `${name}, in ${unit}`, parents: parentsOfVariable(column), unit };
  }
  const icd = codeOfMeds(code);
  if (icd) {
    const description = `diagnosis ${dotted(icd.code, icd.version)} of ICD-${icd.version}-CM, coded after discharge`;
    return { description, parents: [parentOfDiagnosis(icd.code, icd.version)], unit: null };
  }
  const said: Readonly<Record<string, readonly [description: string, unit?: string]>> = {
    [OWN.birth]: ['birth, by the age at the first stay; 90 years before it for patients of 90 and older'],
    [OWN.female]: ['female'],
    [OWN.male]: ['male'],
    [OWN.begin]: ['admission to the intensive care unit'],
    [OWN.end]: ['discharge from the intensive care unit'],
    [OWN.age]: ['age at the admission to the intensive care unit, in years; 90: 90 and older', 'a'],
    [OWN.episode]: ["number of the stay among the patient's, in the order of time", '1'],
    [OWN.length]: ['length of the stay in the intensive care unit, in hours', 'h'],
    [`${OWN.note}//hospital-course`]: ['the hospital course of the discharge summary, without numbers and stop words'],
    [`${OWN.note}//composed`]: ['a note composed from what was documented, without numbers and stop words'],
    [`${OWN.phenotype}//none`]: ['none of the 25 phenotypes'],
  };
  const phenotype = PHENOTYPES.find((name) => code === `${OWN.phenotype}//${name}`);
  const [description, unit] = said[code] ?? [phenotype ?? code];
  return { description, parents: [], unit: unit ?? null };
}

async function writeMetadata(
  duck: Duck,
  folder: string,
  report: CohortReport,
  numbers: ReadonlyMap<string, bigint> | null,
  { cohort, createdAt = new Date() }: MedsExportOptions,
): Promise<void> {
  const metadata = join(folder, 'metadata');
  await mkdir(metadata);
  const parquet = (query: string, name: string) =>
    duck.run(`COPY (${query}) TO ${literal(join(metadata, name))} (FORMAT parquet, COMPRESSION zstd)`);
  const codes = await duck.rows<{ code: string }>('SELECT DISTINCT code FROM events ORDER BY code');
  await duck.run('CREATE TABLE codes (code VARCHAR, description VARCHAR, parent_codes VARCHAR[], unit VARCHAR)');
  for (let from = 0; from < codes.length; from += 1000) {
    const rows = codes.slice(from, from + 1000).map(({ code }) => {
      const { description, parents, unit } = describeCode(code);
      const list = `[${parents.map(literal).join(', ')}]::VARCHAR[]`;
      return `(${literal(code)}, ${literal(description)}, ${list}, ${unit === null ? 'NULL' : literal(unit)})`;
    });
    await duck.run(`INSERT INTO codes VALUES ${rows.join(', ')}`);
  }
  await parquet('SELECT * FROM codes ORDER BY code', 'codes.parquet');
  await parquet('SELECT subject_id, split FROM subjects ORDER BY subject_id', 'subject_splits.parquet');
  if (numbers !== null) {
    await duck.run('CREATE TABLE numbered (subject_id BIGINT, id VARCHAR)');
    const appender = await duck.connection.createAppender('numbered');
    for (const [id, number] of numbers) {
      appender.appendValue(number, BIGINT);
      appender.appendValue(id, VARCHAR);
      appender.endRow();
    }
    appender.closeSync();
    await parquet('SELECT * FROM numbered ORDER BY subject_id', basename(OWN_FILES.subjects));
  }
  const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const dataset = {
    dataset_name: report.source,
    dataset_version: `cohort of ${report.filters.at(-1)?.stays ?? 0} stays, ${report.mode}; times begin at 2000-01-01, no dates are real`,
    etl_name: OWN.etl,
    etl_version: version,
    meds_version: MEDS_VERSION,
    created_at: createdAt.toISOString(),
    license: report.provenance.terms,
    raw_source_id_columns: ['stay_id', 'admission_id'],
    site_id_columns: ['site'],
    other_extension_columns: ['exact_value'],
  };
  await writeFile(join(metadata, 'dataset.json'), `${JSON.stringify(dataset, null, 2)}\n`);
  await writeFile(join(folder, OWN_FILES.report), await readFile(join(cohort, 'cohort.json')));
}

async function write(duck: Duck, folder: string, options: MedsExportOptions): Promise<MedsExport> {
  const { cohort, shardSubjects = 1000 } = options;
  const report = await readCohortReport(cohort);
  const paths = Object.fromEntries(
    ['stays', 'measured', 'codes'].map((name) => [name, join(cohort, `${name}.parquet`)]),
  ) as Record<'stays' | 'measured' | 'codes', string>;
  for (const path of Object.values(paths)) {
    await access(path).catch((cause: unknown) => {
      throw new CohortError(
        'the file is missing',
        { file: path, expected: 'a cohort that this version made' },
        { cause },
      );
    });
  }
  const numbers = await place(duck, paths.stays);
  const { until } = report.options;
  const { variable: _, ...words } = OWN;
  await duck.file('meds/sql/export', {
    ...Object.fromEntries(Object.entries(words).map(([key, code]) => [key, literal(code)])),
    note: literal(`${OWN.note}//${report.notes.kind}`),
    // A note in retrospect was written when the stay was over; a prospective one was known so many hours after admission.
    noteTime: until === null ? 'finish' : `begin + to_microseconds(round(${until} * 3.6e9)::BIGINT)`,
    measured: literal(OWN.etl),
    stays: literal(paths.stays),
    measurements: literal(paths.measured),
    codes: literal(paths.codes),
  });
  await duck.run(`
    CREATE TABLE subjects AS
    SELECT p.subject_id, CASE any_value(s.split) ${PARTS.map((part) => `WHEN ${literal(part)} THEN ${literal(MEDS_SPLITS[part])}`).join(' ')} END AS split
    FROM placed AS p JOIN read_parquet(${literal(paths.stays)}) AS s USING (stay_id) GROUP BY p.subject_id`);
  let shards = 0;
  for (const part of PARTS.map((one) => MEDS_SPLITS[one])) {
    const [count] = await duck.rows<{ n: number }>(
      `SELECT count(*)::DOUBLE AS n FROM subjects WHERE split = ${literal(part)}`,
    );
    for (let from = 0; from < count!.n; from += shardSubjects) {
      const path = join(folder, 'data', part, `${from / shardSubjects}.parquet`);
      await mkdir(join(folder, 'data', part), { recursive: true });
      await duck.run(`COPY (
        SELECT e.* EXCLUDE (place)
        FROM events AS e
        SEMI JOIN (SELECT subject_id FROM subjects WHERE split = ${literal(part)}
                   ORDER BY subject_id LIMIT ${shardSubjects} OFFSET ${from}) AS s USING (subject_id)
        ORDER BY e.subject_id, e.time NULLS FIRST, e.place, e.stay_id, e.code, e.exact_value, e.numeric_value
      ) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {'ARROW:schema': ${literal(ARROW_SCHEMA)}})`);
      shards++;
    }
  }
  await writeMetadata(duck, folder, report, numbers, options);
  const [counts] = await duck.rows<{ events: number; subjects: number; stays: number }>(`
    SELECT (SELECT count(*) FROM events)::DOUBLE AS events, (SELECT count(*) FROM subjects)::DOUBLE AS subjects,
           (SELECT count(*) FROM placed)::DOUBLE AS stays`);
  return { ...counts!, shards };
}

/**
 * Writes a cohort as a MEDS 0.4 data set that others' tools can read: admissions, age, sex, every measurement in the
 * catalogue's unit, diagnoses, phenotypes and the note as events, one folder of shards per split. A cohort has no dates, so
 * each patient's first stay begins at 2000-01-01; `metadata/dataset.json` says so. As source kind `meds` it becomes the same
 * cohort again.
 *
 * @throws CohortError where the folder is no cohort, or `out` holds something else
 *
 * @example
 * const { events } = await exportMeds({ cohort: 'runs/demo/cohort', out: 'runs/demo/meds' });
 */
export async function exportMeds(options: MedsExportOptions): Promise<MedsExport> {
  const out = resolve(options.out);
  await refuseForeignFolder(out);
  const work = await makeWorkFolder(out);
  try {
    const duck = await openDuck({
      path: join(work, 'work.duckdb'),
      temp: join(work, 'spill'),
      ...(options.memoryLimit ? { memoryLimit: options.memoryLimit } : {}),
    });
    let written: MedsExport;
    try {
      written = await write(duck, join(work, 'cohort'), options);
    } catch (error) {
      throw tableError(options.cohort, error);
    } finally {
      duck.close();
    }
    await replaceFolder(work, out);
    return written;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
