import { VARCHAR } from '@duckdb/node-api';
import { PHENOTYPES } from '../phenotypes.js';
import type { Split } from '../types.js';
import type { Duck } from './duck.js';
import type { Mimic3Folder } from './mimic3/folder.js';
import type { Mimic3Source } from './mimic3/source.js';
import { TABLES } from './mimic3/tables.js';
import type { CohortReport } from './report.js';
import { type SplitOptions, splitOf } from './split.js';

export type FilterCount = CohortReport['filters'][number];

/** Counts what a filter left. `query` yields stay_id, hadm_id and subject_id. */
export async function countFilter(duck: Duck, filter: string, query: string): Promise<FilterCount> {
  const [row] = await duck.rows<{ stays: number; admissions: number; subjects: number }>(`
    SELECT count(DISTINCT stay_id)::DOUBLE AS stays, count(DISTINCT hadm_id)::DOUBLE AS admissions,
           count(DISTINCT subject_id)::DOUBLE AS subjects FROM (${query})`);
  return { filter, ...row! };
}

/** The table `chosen`: candidates that have a note, each in its split. */
export async function choose(duck: Duck, options: SplitOptions): Promise<void> {
  const subjects = await duck.rows<{ subject: string }>(
    'SELECT DISTINCT subject_id::VARCHAR AS subject FROM candidates ORDER BY subject',
  );
  await duck.run('CREATE TABLE splits (subject VARCHAR, split VARCHAR)');
  const appender = await duck.connection.createAppender('splits');
  for (const { subject } of subjects) {
    appender.appendValue(subject, VARCHAR);
    appender.appendValue(splitOf(subject, options), VARCHAR);
    appender.endRow();
  }
  appender.closeSync();
  await duck.run(`
    CREATE TABLE chosen AS
    SELECT c.*, s.split, n.note, l.positions
    FROM candidates AS c
    JOIN notes AS n USING (stay_id)
    JOIN labels AS l USING (stay_id)
    JOIN splits AS s ON s.subject = c.subject_id::VARCHAR
    ORDER BY c.stay_id`);
}

/** The parts of the report that are counts over the finished tables. */
export async function summarize(
  duck: Duck,
  folder: Mimic3Folder,
  source: Mimic3Source,
  options: SplitOptions,
): Promise<Pick<CohortReport, 'provenance' | 'split' | 'labels' | 'warnings'>> {
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
  // A CHARTEVENTS that was cut at a line's end looks like missing data; the admissions know better.
  const [silent] = await duck.rows<{ n: number }>(`
    SELECT count(*)::DOUBLE AS n
    FROM stays JOIN admissions USING (subject_id, hadm_id)
    WHERE has_chartevents_data = 1
      AND stay_id NOT IN (SELECT stay_id FROM scanned WHERE source = 'chartevents' AND stay_id IS NOT NULL)`);
  const warnings: string[] = [];
  if (silent!.n > 0) {
    warnings.push(
      `${silent!.n} stays have no events in CHARTEVENTS though ADMISSIONS says that there are some: if many, the file is cut short`,
    );
  }
  const split = { train: partOf('train'), validation: partOf('validation'), test: partOf('test') };
  for (const [name, part] of Object.entries(split)) {
    const wanted = name === 'test' ? options.testFraction : name === 'validation' ? options.validationFraction : 1;
    if (part.stays === 0 && wanted > 0) warnings.push(`the ${name} split is empty`);
  }
  const tables: CohortReport['provenance']['tables'] = {};
  for (const spec of TABLES) {
    const rows = source.rows.get(spec.name);
    if (rows === undefined) continue;
    const { file, bytes } = source.file(spec.name);
    tables[spec.name] = { file, bytes, rows };
  }
  return {
    provenance: {
      database: 'MIMIC-III',
      folder: folder.name,
      generator: folder.synthetic,
      tables,
      absent: TABLES.filter((spec) => !folder.files.has(spec.name)).map((spec) => spec.name),
    },
    split,
    labels: {
      stays: Object.fromEntries(
        PHENOTYPES.map((name, i) => [name, perLabel.find((row) => Number(row.position) === i)?.n ?? 0]),
      ),
      withoutAny: none!.n,
    },
    warnings,
  };
}
