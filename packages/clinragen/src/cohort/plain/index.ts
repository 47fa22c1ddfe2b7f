/** The plain layout: whatever a hospital has, in a few CSV files (docs/plain.md). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Split } from '../../types.js';
import { CohortError } from '../cohort-error.js';
import { type Duck, literal } from '../duck.js';
import { PARTS } from '../note/compose.js';
import { finishMeasured, measure, prepareMeasured, unreadCounts } from '../series/measure.js';
import type { FilterCount, MeasuredCounts, Source, SourceOptions } from '../source.js';
import { splitOfWord } from '../split.js';
import { countFilter } from '../summary.js';
import { sayId } from '../tables/check-rows.js';
import { findTables } from '../tables/folder.js';
import { type OpenTables, openTables, tablesRead } from '../tables/open-tables.js';
import { addLabels, fillCodes } from './labels.js';
import { fillNames } from './names.js';
import { TABLES } from './tables.js';

const NOTE_KINDS: readonly string[] = ['course', 'summary', 'other', ...PARTS];
/** Names of unknown variables in the report. */
const LISTED = 50;

/** `source.json`, where there is one. */
const factsSchema = z.strictObject({
  /** What reports call the data. */
  name: z.string().min(1).max(100).default('plain tables'),
  /** Under which terms they may be used. */
  terms: z.string().min(1).max(300).default('as its owner says'),
});

async function readFacts(folder: string): Promise<z.infer<typeof factsSchema>> {
  const file = 'source.json';
  let text = '{}';
  try {
    text = await readFile(join(folder, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw new CohortError('cannot be read', { file });
  }
  try {
    return factsSchema.parse(JSON.parse(text));
  } catch {
    throw new CohortError('not the facts of a source', { file, expected: '{ "name": "…", "terms": "…" }' });
  }
}

/** Where the hours of a file come from: one kind per file. */
function timesOf(tables: OpenTables): { readonly length: string; readonly hours: string; readonly moments: string } {
  const has = (table: string, column: string) => tables.headers.get(table)!.includes(column);
  const refuse = (table: string, what: string, expected: string) => {
    throw new CohortError(what, { file: tables.file(table).file, line: 1, expected });
  };
  const stayHours = has('stays', 'hours');
  if (stayHours && has('stays', 'outtime')) refuse('stays', 'both hours and outtime', 'one of the two');
  if (!stayHours && !(has('stays', 'intime') && has('stays', 'outtime'))) {
    refuse('stays', 'the length of the stays is missing', 'the column hours, or intime and outtime');
  }
  const eventHours = has('events', 'hours');
  if (eventHours === has('events', 'time')) {
    refuse('events', eventHours ? 'both hours and time' : 'the time of the events is missing', 'hours, or time');
  }
  if (!eventHours && !has('stays', 'intime')) {
    refuse('stays', 'the column intime is missing: the events have times', 'intime, or events in hours');
  }
  return {
    length: stayHours ? 'hours' : since('outtime', 'intime'),
    hours: eventHours ? 'p.hours' : since('p.time', 'b.intime'),
    moments: eventHours ? '' : 'LEFT JOIN stay_numbers AS b ON b.stay_id = trim(p.stay_id)',
  };
}

/** Hours between two moments; null where one is not finite. */
const since = (later: string, earlier: string) =>
  `CASE WHEN isfinite(${later}) AND isfinite(${earlier}) THEN (epoch_us(${later}) - epoch_us(${earlier})) / 3.6e9 END`;

/** @throws CohortError where the folder is not of the plain layout */
export async function openPlain(
  duck: Duck,
  path: string,
  { variables }: SourceOptions,
  onProgress: (done: number, total: number) => void,
): Promise<Source> {
  const folder = await findTables(path, TABLES, 'plain');
  if (!folder.files.has('diagnoses') && !folder.files.has('labels')) {
    throw new CohortError('nothing says what the patients had', {
      file: path,
      expected: 'diagnoses.csv (stay_id, code, version) or labels.csv (stay_id, phenotype)',
    });
  }
  const facts = await readFacts(path);
  const tables = await openTables(duck, folder, TABLES, onProgress);
  const times = timesOf(tables);
  const items = await fillNames(duck, tables, variables);
  return {
    database: facts.name,
    folder: folder.name,
    synthetic: folder.synthetic,
    terms: facts.terms,
    tables: () => tablesRead(tables),
    absent: tables.absent,
    items,
    fillStays: () => fillStays(duck, times.length),
    async fillMeasured(progress) {
      await prepareMeasured(duck);
      const counts = await judgeEvents(duck, tables, times, progress);
      await measure(duck);
      await finishMeasured(duck, variables);
      return { ...counts, ...(await unreadCounts(duck)) };
    },
    fillCodes: () => fillCodes(duck, tables),
    addLabels: () => addLabels(duck, tables),
    splits: () => readSplits(duck, tables),
    summariesFrom: 'notes.csv with rows of kind course or summary',
    async fillSummaries() {
      await givenNotes(duck, tables);
      await duck.file('plain/sql/summaries');
      return duck.count('summaries');
    },
    async fillDocumented() {
      await givenNotes(duck, tables);
      await duck.file('plain/sql/documented');
    },
    warnings: () => warnings(duck, tables),
  };
}

async function fillStays(duck: Duck, length: string): Promise<FilterCount[]> {
  await duck.file('plain/sql/stays', { length });
  return [
    await countFilter(duck, 'all stays', 'SELECT * FROM given_stays'),
    await countFilter(duck, 'of more than no time', 'SELECT * FROM stays'),
  ];
}

async function judgeEvents(
  duck: Duck,
  tables: OpenTables,
  { hours, moments }: { readonly hours: string; readonly moments: string },
  onProgress: (done: number, total: number) => void,
): Promise<Pick<MeasuredCounts, 'events' | 'unknownVariables'>> {
  const { bytes } = tables.file('events');
  await tables.counted(
    'events',
    async () => {
      await duck.file('plain/sql/events', { hours, moments });
      const [row] = await duck.rows<{ n: number }>('SELECT coalesce(sum(records), 0)::DOUBLE AS n FROM judged_events');
      return row!.n;
    },
    (done) => onProgress(Math.min(done, bytes), bytes),
  );
  onProgress(bytes, bytes);
  const outcomes = await duck.rows<{ outcome: string; n: number; rows: number }>(`
    SELECT outcome, sum(records)::DOUBLE AS n, count(*)::DOUBLE AS rows FROM judged_events
    GROUP BY outcome ORDER BY n DESC, outcome`);
  const events = Object.fromEntries(outcomes.map(({ outcome, n }) => [outcome, n]));
  const kept = outcomes.find(({ outcome }) => outcome === 'kept');
  if (kept && kept.n > kept.rows) {
    events.kept = kept.rows;
    events['the same row again'] = kept.n - kept.rows;
  }
  const unknown = await duck.rows<{ name: string; n: number }>(`
    SELECT coalesce(nullif(left(name, 60), ''), '(none)') AS name, sum(records)::DOUBLE AS n FROM judged_events
    WHERE outcome = 'unknown variable' GROUP BY ALL ORDER BY n DESC, name LIMIT ${LISTED}`);
  return { events, unknownVariables: Object.fromEntries(unknown.map(({ name, n }) => [name, n])) };
}

/** @throws CohortError where a word is no split, or a subject is in two */
async function readSplits(duck: Duck, tables: OpenTables): Promise<ReadonlyMap<string, Split> | undefined> {
  if (!tables.headers.get('stays')!.includes('split')) return undefined;
  const { file } = tables.file('stays');
  const rows = await duck.rows<{ subject: string; word: string }>(
    'SELECT DISTINCT subject_id AS subject, split AS word FROM given_stays WHERE split IS NOT NULL ORDER BY ALL',
  );
  const splits = new Map<string, Split>();
  for (const { subject, word } of rows) {
    const split = splitOfWord(word);
    if (!split) throw new CohortError('no split', { file, expected: 'train, validation or test in the column split' });
    if ((splits.get(subject) ?? split) !== split) {
      throw new CohortError('a subject in two splits', {
        file,
        found: sayId(subject),
        expected: 'each subject in one',
      });
    }
    splits.set(subject, split);
  }
  return splits;
}

/** The table `given_notes(stay, text, kind, hours)`, made once. */
async function givenNotes(duck: Duck, tables: OpenTables): Promise<void> {
  const [there] = await duck.rows("SELECT 1 AS n FROM duckdb_tables() WHERE table_name = 'given_notes'");
  if (there) return;
  await tables.check(['notes']);
  await duck.run(`
    CREATE TABLE given_notes AS
    SELECT s.stay, n.text, coalesce(nullif(lower(trim(n.kind)), ''), 'other') AS kind,
           CASE WHEN isfinite(n.hours) AND abs(n.hours) < 1e9 THEN n.hours END AS hours
    FROM plain_notes AS n
    JOIN stay_numbers AS s ON s.stay_id = trim(n.stay_id)
    WHERE trim(coalesce(n.text, '')) <> ''`);
  const [unknown] = await duck.rows<{ n: number }>(
    `SELECT count(*)::DOUBLE AS n FROM given_notes WHERE kind NOT IN (${NOTE_KINDS.map(literal).join(', ')})`,
  );
  if (unknown!.n > 0) {
    throw new CohortError(`${unknown!.n} notes of no known kind`, {
      file: tables.file('notes').file,
      expected: NOTE_KINDS.join(', '),
    });
  }
}

async function warnings(duck: Duck, tables: OpenTables): Promise<string[]> {
  const said: string[] = [];
  for (const spec of TABLES) {
    const header = tables.headers.get(spec.name);
    if (!header) continue;
    const known = [...Object.keys(spec.columns), ...Object.keys(spec.maybe ?? {})];
    const ignored = header.filter((name) => !known.includes(name));
    if (ignored.length > 0) {
      const names = ignored.filter((name) => /^[a-z][\w .-]{0,39}$/.test(name));
      const others = ignored.length - names.length;
      const more = others > 0 ? [`${others} whose names are no names`] : [];
      said.push(`${tables.file(spec.name).file}: columns not read: ${[...names, ...more].join(', ')}`);
    }
  }
  for (const table of ['diagnoses', 'labels', 'notes']) {
    if (!tables.rows.has(table)) continue;
    const [row] = await duck.rows<{ n: number }>(
      `SELECT count(*)::DOUBLE AS n FROM plain_${table} WHERE trim(stay_id) NOT IN (SELECT stay_id FROM given_stays)
       OR stay_id IS NULL`,
    );
    if (row!.n > 0) said.push(`${tables.file(table).file}: ${row!.n} rows of stays that stays.csv does not have`);
  }
  const [without] = await duck.rows<{ n: number }>(`
    SELECT count(*)::DOUBLE AS n FROM given_stays WHERE sex IS NOT NULL AND sex NOT IN ('f', 'female', 'm', 'male')`);
  if (without!.n > 0) said.push(`${without!.n} stays of a sex other than F and M, read as unknown`);
  if (tables.headers.get('stays')!.includes('split'))
    said.push('the splits are those of stays.csv, unless splitBy says otherwise');
  return said;
}
