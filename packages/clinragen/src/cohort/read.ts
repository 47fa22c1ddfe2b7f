import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PHENOTYPES } from '../phenotypes.js';
import type { Cohort, Split, Stay } from '../types.js';
import { CohortError } from './cohort-error.js';
import { type Duck, literal, openDuck } from './duck.js';
import { type CohortReport, cohortReportSchema } from './report.js';

interface StayRow {
  readonly id: string;
  readonly subject: string;
  readonly split: Split;
  readonly hours: number;
  readonly note: string;
  readonly labels: readonly string[];
}

/** `cohort.json` of a cohort's folder. */
export async function readCohortReport(dir: string): Promise<CohortReport> {
  const path = join(dir, 'cohort.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CohortError('no cohort', { file: path, expected: 'a folder made by the step cohort' }, { cause: error });
  });
  try {
    return cohortReportSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new CohortError('not a cohort.json of this version', { file: path }, { cause: error });
  }
}

/** Values and mask of all stays, [sum of T, V] row-major, in the order of `stays.parquet`. */
async function readSeries(duck: Duck, path: string, columns: readonly string[], rows: number) {
  const width = columns.length;
  const values = new Float32Array(rows * width);
  const measured = new Uint8Array(rows * width);
  const hours = new Int32Array(rows);
  const select = ['hour', ...columns, ...columns.map((column) => `${column}_measured`)].map((column) => `"${column}"`);
  const result = await duck.connection.stream(`SELECT ${select.join(', ')} FROM read_parquet(${literal(path)})`);
  let at = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    if (at + chunk.rowCount > rows) break;
    const hour = chunk.getColumnVector(0);
    for (let i = 0; i < chunk.rowCount; i++) hours[at + i] = hour.getItem(i) as number;
    for (let v = 0; v < width; v++) {
      const value = chunk.getColumnVector(1 + v);
      const mask = chunk.getColumnVector(1 + width + v);
      for (let i = 0; i < chunk.rowCount; i++) {
        values[(at + i) * width + v] = value.getItem(i) as number;
        measured[(at + i) * width + v] = mask.getItem(i) ? 1 : 0;
      }
    }
    at += chunk.rowCount;
  }
  const [count] = await duck.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM read_parquet(${literal(path)})`);
  if (count!.n !== rows) {
    throw new CohortError('the series do not fit the stays', {
      file: path,
      found: `${count!.n} hours`,
      expected: `${rows}`,
    });
  }
  return { values, measured, hours };
}

/** The notes and labels of a cohort, without the series. */
export async function readNotes(dir: string): Promise<Pick<Stay, 'note' | 'noteKind' | 'labels'>[]> {
  const { notes } = await readCohortReport(dir);
  const duck = await openDuck();
  try {
    const rows = await duck.rows<Pick<StayRow, 'note' | 'labels'>>(
      `SELECT note, labels FROM read_parquet(${literal(join(dir, 'stays.parquet'))})`,
    );
    return rows.map(({ note, labels }) => ({ note, labels, noteKind: notes.kind }));
  } catch (error) {
    throw new CohortError('the cohort cannot be read', { file: dir }, { cause: error });
  } finally {
    duck.close();
  }
}

/**
 * Reads a cohort back into memory. The series of all stays share one buffer each for values and masks.
 *
 * @param dir  the folder that `buildCohort` wrote
 * @throws CohortError where a file is missing or does not fit the others
 */
export async function readCohort(dir: string): Promise<Cohort> {
  const report = await readCohortReport(dir);
  const paths = { stays: join(dir, 'stays.parquet'), series: join(dir, 'series.parquet') };
  for (const path of Object.values(paths)) {
    await access(path).catch((error: unknown) => {
      throw new CohortError('the file is missing', { file: path }, { cause: error });
    });
  }
  const duck = await openDuck();
  try {
    const rows = await duck.rows<StayRow>(`
      SELECT stay_id AS id, subject_id AS subject, split, hours, note, labels
      FROM read_parquet(${literal(paths.stays)})`);
    const columns = report.variables.map((variable) => variable.column);
    const total = rows.reduce((sum, row) => sum + row.hours, 0);
    const { values, measured, hours } = await readSeries(duck, paths.series, columns, total);
    const width = columns.length;
    let at = 0;
    const stays = rows.map((row): Stay => {
      const [from, to] = [at * width, (at + row.hours) * width];
      if (hours[at] !== 0 || hours[at + row.hours - 1] !== row.hours - 1) {
        throw new CohortError('the series do not fit the stays', {
          file: paths.series,
          expected: 'hours 0, 1, 2 … per stay',
        });
      }
      at += row.hours;
      const unknown = row.labels.find((label) => !(PHENOTYPES as readonly string[]).includes(label));
      if (unknown !== undefined) throw new CohortError('an unknown label', { file: paths.stays, found: unknown });
      return {
        id: row.id,
        subject: row.subject,
        split: row.split,
        note: row.note,
        noteKind: report.notes.kind,
        labels: [...row.labels],
        series: { hours: row.hours, values: values.subarray(from, to), measured: measured.subarray(from, to) },
      };
    });
    const variables = report.variables.map(({ name, unit, normal, low, high }) => ({ name, unit, normal, low, high }));
    return { variables, stays, synthetic: report.synthetic, source: report.source };
  } catch (error) {
    if (error instanceof CohortError) throw error;
    throw new CohortError('the cohort cannot be read', { file: dir }, { cause: error });
  } finally {
    duck.close();
  }
}
