import { createHash } from 'node:crypto';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Rationale } from '../types.js';
import { TeacherError } from './errors.js';
import { signature, type Teacher, type TeacherInput } from './teacher.js';

const line = z.object({
  stay: z.string().min(1),
  note: z.string().min(1),
  series: z.string().min(1),
  teacher: z.string().min(1),
  /** SHA-256 of what the teacher was given: a changed note, caption or label asks for a new rationale. */
  input: z.string().regex(/^[0-9a-f]{64}$/),
});

type Line = z.infer<typeof line>;

export interface WriteRationales {
  readonly teacher: Teacher;
  readonly stays: Iterable<TeacherInput> | AsyncIterable<TeacherInput>;
  /** Where `rationales.jsonl` is to stand, one line per stay in the order of `stays`. */
  readonly path: string;
  /** Called after every stay. */
  readonly onProgress?: (progress: RationaleProgress) => void;
}

export interface RationaleProgress {
  /** Stays that the teacher was asked for in this run. */
  readonly written: number;
  /** Stays that an earlier run had already answered, with the same teacher, version and input. */
  readonly kept: number;
}

/**
 * Runs a teacher over stays and writes `rationales.jsonl`.
 *
 * Each answer is on disk, in `<path>.partial`, before the next is asked for. A run that was cut off goes on where it
 * stopped: answers in the partial file, or in a complete one from before, are kept where teacher, version and input are the
 * same. The file itself appears when it is complete.
 *
 * @throws TeacherError naming the file, or the stay that the teacher failed on; the answers so far are kept
 */
export async function writeRationales({
  teacher,
  stays,
  path,
  onProgress,
}: WriteRationales): Promise<RationaleProgress> {
  const journal = `${path}.partial`;
  const known = new Map<string, Line>();
  for (const file of [path, journal]) {
    for (const answer of await readLines(file, file === journal)) known.set(keyOf(answer), answer);
  }
  // Rewritten first, so that a line cut off in the middle cannot swallow the next one.
  await replaceFile(journal, [...known.values()]);
  const lines: Line[] = [];
  const seen = new Set<string>();
  let kept = 0;
  const handle = await open(journal, 'a');
  try {
    for await (const input of stays) {
      if (seen.has(input.stay)) throw new TeacherError(`stay ${input.stay}: given twice`);
      seen.add(input.stay);
      const asked = { stay: input.stay, teacher: signature(teacher), input: digest(input) };
      const earlier = known.get(keyOf(asked));
      if (earlier !== undefined) {
        kept++;
        lines.push(earlier);
      } else {
        const answer = { ...(await ask(teacher, input)), input: asked.input };
        await handle.appendFile(`${JSON.stringify(answer)}\n`);
        lines.push(answer);
      }
      onProgress?.({ written: lines.length - kept, kept });
    }
  } finally {
    await handle.close();
  }
  await replaceFile(path, lines);
  await rm(journal, { force: true });
  return { written: lines.length - kept, kept };
}

/**
 * Reads `rationales.jsonl`.
 *
 * @returns per stay id its rationale, in the file's order
 * @throws TeacherError naming the file and the line
 */
export async function readRationales(path: string): Promise<Map<string, Rationale>> {
  const rationales = new Map<string, Rationale>();
  const lines = await readLines(path, false, true);
  for (const [i, { input: _, ...rationale }] of lines.entries()) {
    if (rationales.has(rationale.stay))
      throw new TeacherError(`${path}: line ${i + 1}: stay ${rationale.stay} stands there twice`);
    rationales.set(rationale.stay, rationale);
  }
  return rationales;
}

async function ask(teacher: Teacher, input: TeacherInput): Promise<Rationale> {
  const answer = await teacher.rationale(input);
  const { stay, note, series } = answer;
  if (stay !== input.stay)
    throw new TeacherError(`stay ${input.stay}: the teacher ${teacher.name} answered for ${stay}`);
  if (note.trim() === '' || series.trim() === '') {
    throw new TeacherError(`stay ${stay}: the teacher ${teacher.name} gave an empty rationale`);
  }
  return { stay, note, series, teacher: signature(teacher) };
}

function keyOf({ stay, teacher, input }: Pick<Line, 'stay' | 'teacher' | 'input'>): string {
  return JSON.stringify([stay, teacher, input]);
}

function digest({ note, caption, anomalies, diagnoses, knowledge }: TeacherInput): string {
  const terms = knowledgeDigests.get(knowledge) ?? sha256(JSON.stringify(knowledge.terms));
  knowledgeDigests.set(knowledge, terms);
  return sha256(JSON.stringify([note, caption, anomalies, diagnoses, terms]));
}

/** The same object comes with every stay. */
const knowledgeDigests = new WeakMap<object, string>();

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Lines of a file, none where it is absent; of a journal the last one may be cut off. */
async function readLines(path: string, journal: boolean, needed = false): Promise<Line[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !needed) return [];
    throw new TeacherError(`${path}: cannot be read (${code})`);
  }
  const rows = text.split('\n');
  const last = rows.pop()!; // '' where the file ends with a line break
  if (last !== '' && !journal)
    throw new TeacherError(`${path}: line ${rows.length + 1}: cut off, expected a line break`);
  return rows.map((row, i) => parseLine(row, `${path}: line ${i + 1}`));
}

function parseLine(row: string, where: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    throw new TeacherError(`${where}: no JSON`);
  }
  const result = line.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new TeacherError(`${where}: ${issue.path.map(String).join('/')}: ${issue.message}`);
}

async function replaceFile(path: string, lines: readonly Line[]): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(unfinished, lines.map((x) => `${JSON.stringify(x)}\n`).join(''));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new TeacherError(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}
