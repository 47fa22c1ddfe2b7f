import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { buildCohort, CohortError, readCohort, readCohortReport, type SourceKind } from '../../../src/cohort/index.js';
import type { Files } from './mutations.js';

/** Stands in every note and free text of the fuzzed hospitals; no message may hold it. */
export const MARKER = 'zqsecretzq';

/** A folder's tables, unpacked. */
export async function readFiles(folder: string): Promise<Files> {
  const files: Files = new Map();
  for (const name of (await readdir(folder)).sort()) {
    const bytes = await readFile(join(folder, name));
    if (name.endsWith('.gz')) files.set(name.slice(0, -3), gunzipSync(bytes));
    else files.set(name, bytes);
  }
  return files;
}

export async function writeFiles(folder: string, files: Files): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) {
    if (bytes === null) await mkdir(join(folder, name));
    else await writeFile(join(folder, name), bytes);
  }
}

/**
 * Makes a cohort of a spoilt folder, in the place of `older` where one is given, and holds it to what is promised: a whole
 * cohort that reads back, or a CohortError that names a file and no patient's text; nothing else is left behind.
 *
 * @returns what it came to: `whole`, or the error's message
 * @throws Error saying which promise was broken
 */
export async function holdsPromises(kind: SourceKind, files: Files, older?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clinragen-spoilt-'));
  const out = join(folder, 'run', 'cohort');
  try {
    await writeFiles(join(folder, 'tables'), files);
    if (older) await cp(older, out, { recursive: true });
    const error: unknown = await buildCohort({ source: join(folder, 'tables'), kind, out }).then(
      () => undefined,
      (reason: unknown) => reason ?? 'undefined',
    );
    const left = (await readdir(join(folder, 'run')).catch(() => [])).filter((name) => name !== 'cohort');
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
    if (error === undefined) {
      const { stays } = await readCohort(out);
      const report = await readCohortReport(out);
      if (stays.length !== report.filters.at(-1)!.stays) throw new Error('the report counts other stays');
      if (stays.some((stay) => stay.series.values.some((value) => !Number.isFinite(value)))) {
        throw new Error('a value that is no number');
      }
      return 'whole';
    }
    if (!(error instanceof CohortError)) throw new Error('not a CohortError', { cause: error });
    if (inspect(error, { depth: 9 }).toLowerCase().includes(MARKER)) throw new Error('a patient’s text in the message');
    if (!error.facts.file) throw new Error('names no file', { cause: error });
    if (older) {
      for (const name of await readdir(older)) {
        const [before, now] = await Promise.all([readFile(join(older, name)), readFile(join(out, name))]);
        if (!before.equals(now)) throw new Error(`the older cohort’s ${name} is another`);
      }
    } else if ((await readdir(out).catch(() => undefined)) !== undefined) {
      throw new Error('a cohort’s folder in spite of the error');
    }
    return error.message.replaceAll(folder, '…');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
