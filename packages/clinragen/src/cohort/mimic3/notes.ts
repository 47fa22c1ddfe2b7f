import { VARCHAR } from '@duckdb/node-api';
import { CohortError } from '../cohort-error.js';
import type { Duck } from '../duck.js';
import { cleanNote } from '../note/clean.js';
import { composeNote, type Documented } from '../note/compose.js';
import { hospitalCourse } from '../note/hospital-course.js';
import type { CohortReport } from '../report.js';
import type { Mimic3Source } from './source.js';
import { TABLES } from './tables.js';

export const NOTE_CHOICES = ['auto', 'hospital-course', 'composed'] as const;

export interface NoteOptions {
  readonly noteWords: number;
  readonly notes: (typeof NOTE_CHOICES)[number];
}

type Notes = CohortReport['notes'];

/** Collects cleaned notes into the table `notes(stay_id, note)`. */
async function noteTable(duck: Duck, noteWords: number) {
  await duck.run('CREATE TABLE note_texts (stay_id VARCHAR, note VARCHAR)');
  const appender = await duck.connection.createAppender('note_texts');
  const lengths: number[] = [];
  let cutNotes = 0;
  return {
    add(stay: string, text: string): void {
      const words = cleanNote(text, Number.POSITIVE_INFINITY).split(' ');
      if (words[0] === '') return; // nothing but numbers and stop words
      if (words.length > noteWords) cutNotes++;
      lengths.push(Math.min(words.length, noteWords));
      appender.appendValue(stay, VARCHAR);
      appender.appendValue(words.slice(0, noteWords).join(' '), VARCHAR);
      appender.endRow();
    },
    async finish(): Promise<Notes['words']> {
      appender.closeSync();
      await duck.run('CREATE TABLE notes AS SELECT stay_id::BIGINT AS stay_id, note FROM note_texts');
      lengths.sort((a, b) => a - b);
      return { median: lengths[lengths.length >> 1] ?? 0, longest: lengths.at(-1) ?? 0, cutNotes };
    },
  };
}

/** The latest report's course of each stay; an older report or an addendum where the latest has none. */
async function fromSummaries(duck: Duck, noteWords: number, onProgress: (done: number, total: number) => void) {
  const table = await noteTable(duck, noteWords);
  const [{ n: total } = { n: 0 }] = await duck.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM summaries');
  const result = await duck.connection.stream('SELECT stay_id, text FROM summaries ORDER BY position');
  let done = 0;
  let last = '';
  for await (const rows of result.yieldRowObjectJs()) {
    for (const { stay_id: stay, text } of rows as { stay_id: string; text: string }[]) {
      done++;
      if (stay === last) continue;
      const course = hospitalCourse(text);
      if (course === undefined) continue;
      last = stay;
      table.add(stay, course);
    }
    onProgress(done, total);
  }
  return table.finish();
}

async function composed(duck: Duck, source: Mimic3Source, noteWords: number) {
  await source.check(TABLES.filter((table) => table.use === 'note').map((table) => table.name));
  await duck.file('documented');
  const table = await noteTable(duck, noteWords);
  const rows = await duck.rows<Documented & { stay: string }>(
    'SELECT stay_id::VARCHAR AS stay, part, text FROM documented ORDER BY stay_id, first, text',
  );
  const byStay = new Map<string, Documented[]>();
  for (const { stay, part, text } of rows) {
    const entries = byStay.get(stay) ?? [];
    byStay.set(stay, entries);
    entries.push({ part, text });
  }
  for (const [stay, entries] of byStay) table.add(stay, composeNote(entries));
  return table.finish();
}

/**
 * The table `notes`: a cleaned note per candidate stay, of one kind for the whole cohort, so that the kind tells nothing
 * about a patient. Stays without such a note are not in it.
 */
export async function fillNotes(
  duck: Duck,
  source: Mimic3Source,
  { noteWords, notes }: NoteOptions,
  onProgress: (done: number, total: number) => void,
): Promise<Notes> {
  onProgress(0, 1);
  let summaries = 0;
  if (notes !== 'composed' && source.has('NOTEEVENTS')) {
    await source.check(['NOTEEVENTS']);
    await duck.file('summaries');
    const [row] = await duck.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM summaries');
    summaries = row!.n;
  }
  if (notes === 'hospital-course' && summaries === 0) {
    throw new CohortError("no discharge summary of the cohort's admissions", {
      file: source.has('NOTEEVENTS') ? source.file('NOTEEVENTS').file : 'NOTEEVENTS.csv.gz',
      expected: 'rows of category "Discharge summary", or notes: composed',
    });
  }
  const kind = summaries > 0 ? 'hospital-course' : 'composed';
  const words =
    kind === 'composed' ? await composed(duck, source, noteWords) : await fromSummaries(duck, noteWords, onProgress);
  onProgress(1, 1);
  return { kind, words };
}
