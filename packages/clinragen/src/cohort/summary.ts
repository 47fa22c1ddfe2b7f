import { VARCHAR } from '@duckdb/node-api';
import { PHENOTYPES } from '../phenotypes.js';
import type { Split } from '../types.js';
import { CohortError } from './cohort-error.js';
import type { Duck } from './duck.js';
import type { CohortReport } from './report.js';
import type { FilterCount } from './source.js';
import { readSplits, type SplitOptions, splitOf, validates } from './split.js';

/** Counts what a filter left. `query` yields stay_id, admission_id and subject_id. */
export async function countFilter(duck: Duck, filter: string, query: string): Promise<FilterCount> {
  const [row] = await duck.rows<{ stays: number; admissions: number; subjects: number }>(`
    SELECT count(DISTINCT stay_id)::DOUBLE AS stays, count(DISTINCT admission_id)::DOUBLE AS admissions,
           count(DISTINCT subject_id)::DOUBLE AS subjects FROM (${query})`);
  return { filter, ...row! };
}

export interface ChooseOptions extends SplitOptions {
  /** `patient`: patients are held out; `hospital`: whole hospitals; else the source or the file says of each subject where. */
  readonly splitBy: 'patient' | 'hospital' | 'source' | { readonly file: string };
}

/** The table `chosen`: candidates that have a note, each in its split. No patient is in two. */
export async function choose(duck: Duck, options: ChooseOptions, ofSource?: ReadonlyMap<string, Split>): Promise<void> {
  const subjects = await duck.rows<{ subject: string; site: string | null }>(
    `SELECT subject_id AS subject, arg_min(site, (episode, stay)) AS site FROM stays
     WHERE subject_id IN (SELECT subject_id FROM candidates) GROUP BY subject_id ORDER BY subject_id`,
  );
  const { splitBy } = options;
  if (splitBy === 'hospital' && subjects.every(({ site }) => site === null)) {
    throw new CohortError('option splitBy: the source knows of no hospitals', {
      found: 'hospital',
      expected: 'patient, or a file',
    });
  }
  if (splitBy === 'source' && !subjects.some(({ subject }) => ofSource?.has(subject))) {
    throw new CohortError('option splitBy: the source has no splits of its own', {
      found: 'source',
      expected: 'patient, or a file',
    });
  }
  const file = typeof splitBy === 'object' ? await readSplits(splitBy.file) : null;
  const given = file ?? (splitBy === 'patient' || splitBy === 'source' ? (ofSource ?? null) : null);
  if (file !== null && !subjects.some(({ subject }) => file.has(subject))) {
    throw new CohortError('the file of splits names no subject of the cohort', {
      file: (splitBy as { file: string }).file,
      expected: 'subject ids of this source',
    });
  }
  await duck.run('CREATE TABLE splits (subject VARCHAR, split VARCHAR)');
  const appender = await duck.connection.createAppender('splits');
  for (const { subject, site } of subjects) {
    const own =
      given === null ? splitOf(subject, options, splitBy === 'hospital' ? `site/${site}` : subject) : undefined;
    appender.appendValue(subject, VARCHAR);
    appender.appendValue(own ?? given?.get(subject) ?? (validates(subject, options) ? 'validation' : 'train'), VARCHAR);
    appender.endRow();
  }
  appender.closeSync();
  await duck.run(`
    CREATE TABLE chosen AS
    SELECT c.*, s.split, n.note, l.positions
    FROM candidates AS c
    JOIN notes AS n USING (stay)
    JOIN labels AS l USING (stay)
    JOIN splits AS s ON s.subject = c.subject_id
    ORDER BY c.stay`);
}

/** The parts of the report that are counts over the finished tables. */
export async function summarize(
  duck: Duck,
  options: SplitOptions,
): Promise<Pick<CohortReport, 'split' | 'labels' | 'sites' | 'warnings'>> {
  const parts = await duck.rows<{ split: Split; stays: number; subjects: number }>(
    `SELECT split, count(*)::DOUBLE AS stays, count(DISTINCT subject_id)::DOUBLE AS subjects FROM chosen GROUP BY split`,
  );
  const partOf = (split: Split) => {
    const part = parts.find((row) => row.split === split);
    return { stays: part?.stays ?? 0, subjects: part?.subjects ?? 0 };
  };
  const perLabel = await duck.rows<{ position: number; n: number }>(
    'SELECT position, count(*)::DOUBLE AS n FROM (SELECT unnest(positions) AS position FROM chosen) GROUP BY position',
  );
  const [none] = await duck.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM chosen WHERE len(positions) = 0');
  const [sites] = await duck.rows<{ n: number }>('SELECT count(DISTINCT site)::DOUBLE AS n FROM chosen');
  const warnings: string[] = [];
  const split = { train: partOf('train'), validation: partOf('validation'), test: partOf('test') };
  for (const [name, part] of Object.entries(split)) {
    const wanted = name === 'test' ? options.testFraction : name === 'validation' ? options.validationFraction : 1;
    if (part.stays === 0 && wanted > 0) warnings.push(`the ${name} split is empty`);
  }
  return {
    split,
    sites: Math.max(1, sites!.n),
    labels: {
      stays: Object.fromEntries(
        PHENOTYPES.map((name, i) => [name, perLabel.find((row) => Number(row.position) === i)?.n ?? 0]),
      ),
      withoutAny: none!.n,
    },
    warnings,
  };
}
