import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { CohortError } from './cohort-error.js';
import { type Duck, openDuck, tableError } from './duck.js';
import { fillLabels, fillStays, fillTimeseries, scanEvents } from './mimic3/benchmark.js';
import { findMimic3 } from './mimic3/folder.js';
import { fillNotes, NOTE_CHOICES } from './mimic3/notes.js';
import { openSource } from './mimic3/source.js';
import { type CohortReport, cohortReportSchema } from './report.js';
import { fillSeries } from './series/hourly.js';
import { choose, countFilter, summarize } from './summary.js';
import { writeTables } from './write.js';

export type CohortPhase = 'files' | 'stays' | 'events' | 'labels' | 'notes' | 'series' | 'write';

/** Progress within one phase: bytes for `events`, steps elsewhere. `done` reaches `total` when the phase ends. */
export interface CohortProgress {
  readonly phase: CohortPhase;
  readonly done: number;
  readonly total: number;
}

export interface CohortOptions {
  /** Folder of MIMIC-III tables, `.csv` or `.csv.gz`. */
  readonly source: string;
  /** The cohort's folder (`runs/<name>/cohort`): made, or replaced where it holds a cohort. */
  readonly out: string;
  /** Of the split by patient. Default 1. */
  readonly seed?: number;
  /** Part of the patients held out for the test. Default 0.2: the paper's 4:1. */
  readonly testFraction?: number;
  /** Part of the training side that validates. Default 0.1. */
  readonly validationFraction?: number;
  /** Longest series, in hours. Default 1000, as in the authors' code. */
  readonly maxHours?: number;
  /** IQR fences: from the training split (default) or those of the authors' code. */
  readonly fences?: 'train' | 'paper';
  /** Longest cleaned note, in words. Default 512: some 700 tokens of the 1,600 that the paper gives text and rationale. */
  readonly noteWords?: number;
  /** Which notes. `auto` (default): the hospital course where NOTEEVENTS has discharge summaries, else composed. */
  readonly notes?: (typeof NOTE_CHOICES)[number];
  /** DuckDB's memory, in its notation. Default 2GB; what does not fit goes to disk beside `out`. */
  readonly memoryLimit?: string;
  readonly onProgress?: (progress: CohortProgress) => void;
}

const optionsSchema = z.object({
  seed: z.number().int().default(1),
  testFraction: z.number().min(0).max(1).default(0.2),
  validationFraction: z.number().min(0).max(1).default(0.1),
  maxHours: z.number().int().min(1).default(1000),
  fences: z.enum(['train', 'paper']).default('train'),
  noteWords: z.number().int().min(1).default(512),
  notes: z.enum(NOTE_CHOICES).default('auto'),
});
export type CohortSettings = z.infer<typeof optionsSchema>;

function settingsOf(options: CohortOptions): CohortSettings {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new CohortError(`option ${issue.path.join('.')}: ${issue.message}`);
}

/** A folder that holds something else is not ours to replace. */
async function refuseForeignFolder(out: string): Promise<void> {
  const entries: string[] = await readdir(out).catch(() => []);
  if (entries.length > 0 && !entries.includes('cohort.json')) {
    throw new CohortError('the folder holds something else', {
      file: out,
      found: entries.slice(0, 3).join(', '),
      expected: 'a new or empty folder, or an older cohort',
    });
  }
}

/** Puts the finished folder in place; the older one is only taken away when the new one is complete. */
async function replaceFolder(finished: string, out: string): Promise<void> {
  const old = `${finished}-old`;
  const hadOld = await rename(out, old).then(
    () => true,
    () => false,
  );
  await rename(finished, out).catch(async (error: unknown) => {
    if (hadOld) await rename(old, out);
    throw new CohortError('the finished cohort cannot be put in place', { file: out }, { cause: error });
  });
  if (hadOld) await rm(old, { recursive: true, force: true });
}

async function build(duck: Duck, folder: string, options: CohortOptions, settings: CohortSettings) {
  const report = (phase: CohortPhase, done: number, total: number) => options.onProgress?.({ phase, done, total });
  const mimic = await findMimic3(options.source);
  const source = await openSource(duck, mimic, (done, total) => report('files', done, total));

  report('stays', 0, 1);
  const filters = await fillStays(duck);
  report('stays', 1, 1);
  const events = await scanEvents(duck, source, (done, total) => report('events', done, total));

  report('labels', 0, 1);
  await fillLabels(duck, source.has('D_ICD_DIAGNOSES'));
  const unreadable = await fillTimeseries(duck);
  filters.push(
    await countFilter(duck, 'with recorded diagnoses', 'SELECT * FROM stays SEMI JOIN labels USING (stay_id)'),
  );
  await duck.run(`CREATE TABLE candidates AS SELECT * FROM stays SEMI JOIN labels USING (stay_id)
                  SEMI JOIN timeseries USING (stay_id) ORDER BY stay_id`);
  filters.push(await countFilter(duck, 'with measurements during the stay', 'SELECT * FROM candidates'));
  report('labels', 1, 1);

  const notes = await fillNotes(duck, source, settings, (done, total) => report('notes', done, total));
  const noteFilter = notes.kind === 'composed' ? 'with something documented' : 'with a brief hospital course';
  await choose(duck, settings);
  filters.push(await countFilter(duck, noteFilter, 'SELECT * FROM chosen'));
  if (filters.at(-1)!.stays === 0) {
    const step = filters.find((filter) => filter.stays === 0)!;
    throw new CohortError('no stay is left', { file: options.source, found: `none ${step.filter}` });
  }

  report('series', 0, 1);
  const series = await fillSeries(duck, settings);
  report('series', 1, 1);

  report('write', 0, 1);
  await writeTables(duck, folder);
  const summary = await summarize(duck, mimic, source, settings);
  const { synthetic } = mimic;
  const cohort: CohortReport = {
    format: 'clinragen-cohort',
    version: 1,
    source: synthetic
      ? `synthetic hospital, seed ${synthetic.seed}, ${synthetic.patients} patients (no real patients)`
      : `MIMIC-III (folder ${mimic.name})`,
    synthetic: synthetic !== null,
    provenance: summary.provenance,
    options: settings,
    filters,
    events,
    unreadable,
    variables: series.variables,
    hours: series.hours,
    split: summary.split,
    notes,
    labels: summary.labels,
    warnings: summary.warnings,
  };
  await writeFile(join(folder, 'cohort.json'), `${JSON.stringify(cohortReportSchema.parse(cohort), null, 2)}\n`);
  report('write', 1, 1);
  return cohort;
}

/**
 * Makes a cohort from a folder of MIMIC-III tables: the stays, variables and labels of mimic3-benchmarks, a note and an
 * hourly series per stay, a split by patient. Writes `stays.parquet`, `timeseries.parquet`, `series.parquet` and
 * `cohort.json` into `out`, all of them or none.
 *
 * @throws CohortError naming the file, what was found and what was expected
 * @example
 * const report = await buildCohort({ source: 'mimic-iii-1.4', out: 'runs/mimic3/cohort' });
 * for (const { filter, stays } of report.filters) console.log(stays, filter);
 */
export async function buildCohort(options: CohortOptions): Promise<CohortReport> {
  const settings = settingsOf(options);
  const out = resolve(options.out);
  await refuseForeignFolder(out);
  const work = join(dirname(out), `${basename(out)}.tmp-${randomBytes(4).toString('hex')}`);
  const finished = join(work, 'cohort');
  try {
    await mkdir(finished, { recursive: true });
    const duck = await openDuck({
      path: join(work, 'work.duckdb'),
      temp: join(work, 'spill'),
      ...(options.memoryLimit ? { memoryLimit: options.memoryLimit } : {}),
    });
    let report: CohortReport;
    try {
      report = await build(duck, finished, options, settings);
    } catch (error) {
      throw tableError(options.source, error);
    } finally {
      duck.close();
    }
    await replaceFolder(finished, out);
    return report;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
