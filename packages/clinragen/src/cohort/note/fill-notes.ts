import { INTEGER, VARCHAR } from '@duckdb/node-api';
import { CohortError } from '../cohort-error.js';
import type { Duck } from '../duck.js';
import type { CohortReport } from '../report.js';
import type { Source } from '../source.js';
import { cleanNote } from './clean.js';
import { composeNote, type Documented } from './compose.js';
import { hospitalCourse } from './hospital-course.js';
import { withoutMarks } from './marks.js';

export const NOTE_CHOICES = ['auto', 'hospital-course', 'composed'] as const;
export type NoteChoice = (typeof NOTE_CHOICES)[number];

export interface NoteOptions {
  /** Longest cleaned note, in words. */
  readonly noteWords: number;
  readonly notes: NoteChoice;
  /** Whether composed notes tell the admission's coded diagnosis. */
  readonly admissionDx: boolean;
  /** Hours since ICU admission that are known; null: all. Discharge summaries are written after any hour. */
  readonly until: number | null;
}

type Notes = CohortReport['notes'];

/** Collects cleaned notes into the table `notes(stay, note)`. */
async function noteTable(duck: Duck, noteWords: number) {
  await duck.run('CREATE TABLE notes (stay INTEGER, note VARCHAR)');
  const appender = await duck.connection.createAppender('notes');
  const lengths: number[] = [];
  let cutNotes = 0;
  const append = (stay: number, words: readonly string[]) => {
    if (words.length > noteWords) cutNotes++;
    lengths.push(Math.min(words.length, noteWords));
    appender.appendValue(stay, INTEGER);
    appender.appendValue(words.slice(0, noteWords).join(' '), VARCHAR);
    appender.endRow();
  };
  return {
    add(stay: number, text: string): void {
      const words = cleanNote(text, Number.POSITIVE_INFINITY).split(' ');
      if (words[0] !== '') append(stay, words); // else nothing but numbers and stop words
    },
    /** A note that is cleaned already. */
    addFinished(stay: number, note: string): void {
      append(stay, note.split(' '));
    },
    finish(): Notes['words'] {
      appender.closeSync();
      lengths.sort((a, b) => a - b);
      return { median: lengths[lengths.length >> 1] ?? 0, longest: lengths.at(-1) ?? 0, cutNotes };
    },
  };
}

/** The latest report's course of each stay; an older report or an addendum where the latest has none. */
async function fromSummaries(duck: Duck, noteWords: number, total: number, onProgress: Progress) {
  const table = await noteTable(duck, noteWords);
  const result = await duck.connection.stream('SELECT * FROM summaries ORDER BY position');
  let done = 0;
  let last = 0;
  for await (const rows of result.yieldRowObjectJs()) {
    for (const { stay, text, whole } of rows as unknown as { stay: number; text: string; whole?: boolean }[]) {
      done++;
      if (stay === last) continue;
      const course = whole ? withoutMarks(text) : hospitalCourse(text, { tidy: true });
      if (course === undefined) continue;
      last = stay;
      table.add(stay, course);
    }
    onProgress(done, total);
  }
  return table.finish();
}

async function fromFinished(duck: Duck, noteWords: number) {
  const table = await noteTable(duck, noteWords);
  const result = await duck.connection.stream('SELECT stay, text FROM finished ORDER BY stay');
  for await (const rows of result.yieldRowObjectJs()) {
    for (const { stay, text } of rows as unknown as { stay: number; text: string }[]) table.addFinished(stay, text);
  }
  return table.finish();
}

type Progress = (done: number, total: number) => void;

async function composed(duck: Duck, { noteWords, admissionDx, until }: NoteOptions) {
  const table = await noteTable(duck, noteWords);
  const known = until === null ? '' : `WHERE hours <= ${until}`;
  const result = await duck.connection.stream(
    `SELECT stay, part, text FROM documented ${known} ORDER BY stay, first, text`,
  );
  let entries: Documented[] = [];
  let last = 0;
  const finish = () => {
    if (entries.length > 0) table.add(last, composeNote(entries, { admissionDx }));
    entries = [];
  };
  for await (const rows of result.yieldRowObjectJs()) {
    for (const { stay, part, text } of rows as unknown as (Documented & { stay: number })[]) {
      if (stay !== last) finish();
      last = stay;
      entries.push({ part, text });
    }
  }
  finish();
  return table.finish();
}

/**
 * The table `notes`: a cleaned note per candidate stay, of one kind for the whole cohort, so that the kind tells nothing
 * about a patient. Stays without such a note are not in it.
 */
export async function fillNotes(
  duck: Duck,
  source: Source,
  options: NoteOptions,
  onProgress: Progress,
): Promise<Notes> {
  onProgress(0, 1);
  if (options.until !== null && options.notes === 'hospital-course') {
    throw new CohortError('option notes: a hospital course is written at discharge', {
      found: `notes: hospital-course with until: ${options.until} h`,
      expected: 'notes: composed, or no until',
    });
  }
  const finished = await source.fillFinishedNotes?.(options);
  if (finished !== undefined) {
    if (options.notes !== 'auto' && options.notes !== finished.kind) {
      throw new CohortError('option notes: those of this source are finished', {
        file: source.folder,
        found: options.notes,
        expected: `auto or ${finished.kind}`,
      });
    }
    const words = await fromFinished(duck, options.noteWords);
    onProgress(1, 1);
    return { ...finished, words };
  }
  const wanted = options.notes !== 'composed' && options.until === null;
  const summaries = wanted ? await source.fillSummaries() : 0;
  if (options.notes === 'hospital-course' && summaries === 0) {
    throw new CohortError("no discharge summary of the cohort's admissions", {
      file: source.folder,
      expected: `${source.summariesFrom}, or notes: composed`,
    });
  }
  const kind = summaries > 0 ? 'hospital-course' : 'composed';
  if (kind === 'composed') await source.fillDocumented();
  const words =
    kind === 'composed'
      ? await composed(duck, options)
      : await fromSummaries(duck, options.noteWords, summaries, onProgress);
  onProgress(1, 1);
  return { kind, words, admissionDx: kind === 'composed' && options.admissionDx };
}
