import { readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { checkMeasured, checkStays, emptyTables } from './check-source.js';
import { CohortError } from './cohort-error.js';
import { DISK_IS_FULL, type Duck, openDuck, tableError } from './duck.js';
import type { SourceKind } from './kinds.js';
import { fillLabels } from './labels/index.js';
import { clearLeftovers, makeWorkFolder, replaceFolder } from './leftovers.js';
import { fillNotes, NOTE_CHOICES } from './note/fill-notes.js';
import { openSource } from './open-source.js';
import { type CohortReport, cohortReportSchema } from './report.js';
import { fillSeries } from './series/hourly.js';
import { keptSource, openSourceCache } from './source-cache.js';
import { choose, countFilter, summarize } from './summary.js';
import { VARIABLE_SETS } from './variables/sets.js';
import { writeTables } from './write.js';

export type CohortPhase = 'files' | 'stays' | 'events' | 'measurements' | 'labels' | 'notes' | 'series' | 'write';

/** Progress within one phase: bytes for `events`, steps elsewhere. `done` reaches `total` when the phase ends. */
export interface CohortProgress {
  readonly phase: CohortPhase;
  readonly done: number;
  readonly total: number;
}

export interface CohortOptions {
  /** Which database. Default `mimic3`. */
  readonly kind?: SourceKind;
  /** Its folder. */
  readonly source: string;
  /** eICU alone: a folder with the hourly form (`dyn.parquet`) of vitals and laboratory, used where raw tables have nothing. */
  readonly hourly?: string;
  /** The cohort's folder (`runs/<name>/cohort`): made, or replaced where it holds a cohort. */
  readonly out: string;
  /** Of the split by patient. Default 1. */
  readonly seed?: number;
  /** Part of the patients held out for the test. Default 0.2: the paper's 4:1. */
  readonly testFraction?: number;
  /** Part of the training side that validates. Default 0.1. */
  readonly validationFraction?: number;
  /** Who is held out together: patients (default), whole hospitals, as the source or a file says (see `readSplits`). */
  readonly splitBy?: 'patient' | 'hospital' | 'source' | { readonly file: string };
  /** Which variables the series has. Default `paper11`. */
  readonly variables?: keyof typeof VARIABLE_SETS;
  /** Prospective: only what was known so many hours after admission to the ICU. Default null: the whole stay, in retrospect. */
  readonly until?: number | null;
  /** Longest series, in hours. Default 1000, as in the authors' code. */
  readonly maxHours?: number;
  /** IQR fences: from the training split (default) or those of the authors' code. */
  readonly fences?: 'train' | 'paper';
  /** Longest cleaned note, in words. Default 512: some 700 tokens of the 1,600 that the paper gives text and rationale. */
  readonly noteWords?: number;
  /** Which notes. `auto` (default): the hospital course where the source has discharge summaries, else composed. */
  readonly notes?: (typeof NOTE_CHOICES)[number];
  /** Whether composed notes tell the admission's coded diagnosis, which comes near the labels. Default false. */
  readonly admissionDx?: boolean;
  /** DuckDB's memory, in its notation. Default 2GB; what does not fit goes to disk beside `out`. */
  readonly memoryLimit?: string;
  /** A folder where tables made of the source are kept, so that an unchanged source is not read twice. Default: none. */
  readonly cache?: string;
  /** Leaves kept tables aside. Default false. */
  readonly readAgain?: boolean;
  /** Told what was taken from `cache`. */
  readonly onNote?: (line: string) => void;
  readonly onProgress?: (progress: CohortProgress) => void;
}

const optionsSchema = z.object({
  seed: z.number().int().default(1),
  testFraction: z.number().min(0).max(1).default(0.2),
  validationFraction: z.number().min(0).max(1).default(0.1),
  splitBy: z.union([z.enum(['patient', 'hospital', 'source']), z.object({ file: z.string() })]).default('patient'),
  variables: z.enum(['paper11', 'benchmark17', 'extended']).default('paper11'),
  until: z.number().positive().nullable().default(null),
  maxHours: z.number().int().min(1).default(1000),
  fences: z.enum(['train', 'paper']).default('train'),
  noteWords: z.number().int().min(1).default(512),
  notes: z.enum(NOTE_CHOICES).default('auto'),
  admissionDx: z.boolean().default(false),
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
  const entries: string[] = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTDIR') return [];
    throw new CohortError('a file, not a folder', { file: out, expected: 'a new or empty folder, or an older cohort' });
  });
  if (entries.length > 0 && !entries.includes('cohort.json')) {
    throw new CohortError('the folder holds something else', {
      file: out,
      found: entries.slice(0, 3).join(', '),
      expected: 'a new or empty folder, or an older cohort',
    });
  }
}

/** Of the disk that the cohort is written to, not of the source: Node's own errors, and what DuckDB says of its files. */
function isOfOutput(error: unknown): boolean {
  if (error instanceof CohortError || !(error instanceof Error)) return false;
  return 'syscall' in error || /^IO Error/.test(error.message);
}

async function build(
  duck: Duck,
  folder: string,
  options: CohortOptions,
  settings: CohortSettings,
  warnings: readonly string[],
) {
  const report = (phase: CohortPhase, done: number, total: number) => options.onProgress?.({ phase, done, total });
  const variables = VARIABLE_SETS[settings.variables];
  const cache = await openSourceCache(duck, {
    folder: options.cache,
    sources: options.hourly === undefined ? [options.source] : [options.source, options.hourly],
    inputs: { kind: options.kind ?? 'mimic3', variables: settings.variables },
    ...(options.readAgain === undefined ? {} : { force: options.readAgain }),
    ...(options.onNote ? { onNote: options.onNote } : {}),
  });
  const opened = await openSource(
    duck,
    options.kind ?? 'mimic3',
    options.source,
    {
      variables,
      variableSet: settings.variables,
      notes: settings.notes,
      ...(options.hourly ? { hourly: options.hourly } : {}),
    },
    (done, total) => report('files', done, total),
  );
  const source = keptSource(opened, cache, { until: settings.until });

  report('stays', 0, 1);
  const filters = await source.fillStays();
  const odd = await checkStays(duck, options.source);
  report('stays', 1, 1);
  let allRead = false;
  const counts = await source.fillMeasured((done, total) => {
    if (allRead) return;
    report('events', done, total);
    allRead = done === total;
    if (allRead) report('measurements', 0, 1); // to put them together takes a while, too
  });
  Object.assign(odd, await checkMeasured(duck));
  report('measurements', 1, 1);

  report('labels', 0, 1);
  await source.fillCodes();
  const codes = await fillLabels(duck);
  await source.addLabels?.();
  filters.push(await countFilter(duck, 'with recorded diagnoses', 'SELECT * FROM stays SEMI JOIN labels USING (stay)'));
  const known = settings.until === null ? '' : `WHERE hours < ${settings.until}`;
  await duck.run(`CREATE TABLE candidates AS SELECT * FROM stays SEMI JOIN labels USING (stay)
                  SEMI JOIN (SELECT stay FROM measured ${known}) USING (stay) ORDER BY stay`);
  filters.push(await countFilter(duck, 'with measurements during the stay', 'SELECT * FROM candidates'));
  report('labels', 1, 1);

  const notes = await fillNotes(duck, source, settings, (done, total) => report('notes', done, total));
  const noteFilter = notes.kind === 'composed' ? 'with something documented' : 'with a brief hospital course';
  await choose(
    duck,
    settings,
    await (settings.splitBy === 'source' ? (source.offeredSplits ?? source.splits) : source.splits)?.(),
  );
  filters.push(await countFilter(duck, noteFilter, 'SELECT * FROM chosen'));
  if (filters.at(-1)!.stays === 0) {
    const step = filters.find((filter) => filter.stays === 0)!;
    throw new CohortError('no stay is left', { file: options.source, found: `none ${step.filter}` });
  }

  report('series', 0, 1);
  const series = await fillSeries(duck, settings, variables);
  report('series', 1, 1);

  report('write', 0, 1);
  await writeTables(duck, folder, settings, source.extras ?? []);
  const summary = await summarize(duck, settings);
  const { synthetic } = source;
  const cohort: CohortReport = {
    format: 'clinragen-cohort',
    version: 2,
    source: synthetic
      ? `synthetic hospital, seed ${synthetic.seed}, ${synthetic.patients} patients (no real patients)`
      : `${source.database} (folder ${source.folder})`,
    synthetic: synthetic !== null,
    provenance: {
      database: source.database,
      folder: source.folder,
      terms: synthetic ? 'none: synthetic' : source.terms,
      generator: synthetic,
      tables: source.tables(),
      absent: [...source.absent],
      items: Object.fromEntries(Object.entries(source.items).map(([name, items]) => [name, [...items]])),
    },
    options: settings,
    mode: settings.until === null ? 'retrospective' : 'prospective',
    filters,
    events: counts.events,
    unreadable: counts.unreadable,
    unknownUnits: counts.unknownUnits,
    unknownVariables: counts.unknownVariables ?? {},
    odd,
    variables: series.variables,
    hours: series.hours,
    split: summary.split,
    sites: summary.sites,
    notes,
    labels: summary.labels,
    codes: { ...codes, notCodeTexts: [...codes.notCodeTexts] },
    warnings: [...summary.warnings, ...(await source.warnings()), ...emptyTables(source), ...warnings],
  };
  await writeFile(join(folder, 'cohort.json'), `${JSON.stringify(cohortReportSchema.parse(cohort), null, 2)}\n`);
  report('write', 1, 1);
  return cohort;
}

/**
 * Makes a cohort from a database's folder: stays, a note and an hourly series per stay, the 25 labels, a split by patient.
 * Writes `stays.parquet`, `series.parquet`, `cohort.json` and what the source has besides (MIMIC-III: the benchmark's
 * `timeseries.parquet`) into `out`, all of them or none.
 *
 * @throws CohortError naming the file, what was found and what was expected
 * @example
 * const report = await buildCohort({ source: 'mimic-iii-1.4', out: 'runs/mimic3/cohort' });
 * for (const { filter, stays } of report.filters) console.log(stays, filter);
 */
export async function buildCohort(options: CohortOptions): Promise<CohortReport> {
  const settings = settingsOf(options);
  const out = resolve(options.out);
  let work: string | undefined;
  try {
    const warnings = await clearLeftovers(out);
    await refuseForeignFolder(out);
    work = await makeWorkFolder(out);
    const duck = await openDuck({
      path: join(work, 'work.duckdb'),
      temp: join(work, 'spill'),
      scratch: join(work, 'parts'),
      ...(options.memoryLimit ? { memoryLimit: options.memoryLimit } : {}),
    });
    let report: CohortReport;
    try {
      report = await build(duck, join(work, 'cohort'), options, settings, warnings);
    } catch (error) {
      throw isOfOutput(error) ? error : tableError(options.source, error);
    } finally {
      duck.close();
    }
    await replaceFolder(work, out);
    return report;
  } catch (error) {
    const said = tableError(options.out, error);
    if (!said.message.includes(DISK_IS_FULL)) throw said;
    throw new CohortError(DISK_IS_FULL, { file: options.out, expected: 'room beside the output folder' });
  } finally {
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  }
}
