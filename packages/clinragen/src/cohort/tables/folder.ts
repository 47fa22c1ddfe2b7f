import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { CohortError } from '../cohort-error.js';
import type { TableSpec } from './table-spec.js';

export interface TableFile {
  readonly path: string;
  /** File name below the source's folder, for messages and provenance. */
  readonly file: string;
  readonly bytes: number;
}

/** `SYNTHETIC.json`: written by the synthetic hospital beside its tables. */
const syntheticSchema = z.object({ generator: z.string(), seed: z.number(), patients: z.number() });
export type SyntheticSource = z.infer<typeof syntheticSchema>;

/** A folder of tables, found but not read. */
export interface TableFolder {
  readonly name: string;
  /** By the tables' names in `TableSpec`. */
  readonly files: ReadonlyMap<string, TableFile>;
  readonly synthetic: SyntheticSource | null;
}

async function readSynthetic(folder: string): Promise<SyntheticSource | null> {
  const path = join(folder, 'SYNTHETIC.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return null;
  }
  try {
    return syntheticSchema.parse(JSON.parse(text));
  } catch (error) {
    const expected = '{ generator, seed, patients } of the synthetic hospital';
    throw new CohortError('not the mark of a synthetic source', { file: path, expected }, { cause: error });
  }
}

const NO_FOLDER: Readonly<Record<string, string>> = {
  ENOENT: 'no such folder',
  ENOTDIR: 'a file, not a folder',
  EACCES: 'no permission to read the folder',
  EPERM: 'no permission to read the folder',
};

/** Bytes of a table's file. A pipe or a device would keep its reader waiting for ever. */
async function sizeOf(path: string, file: string): Promise<number> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new CohortError('cannot be read', { file, found: error.code ?? 'an error' }, { cause: error });
  });
  if (!facts.isFile())
    throw new CohortError('not a file', { file, found: facts.isDirectory() ? 'a folder' : 'a device' });
  return facts.size;
}

/** Names in a folder, and in those of its folders that tables stand in; `hosp/patients.csv.gz`. */
export async function entriesOf(source: string, folders: readonly string[]): Promise<string[]> {
  const top = await readdir(resolve(source)).catch((error: NodeJS.ErrnoException) => {
    const what = NO_FOLDER[error.code ?? ''] ?? 'the folder cannot be read';
    throw new CohortError(what, { file: source, expected: 'a folder of tables' }, { cause: error });
  });
  const entries: string[] = [];
  for (const entry of top.sort()) {
    entries.push(entry);
    if (!folders.includes(entry.toLowerCase())) continue;
    const below = await readdir(join(resolve(source), entry)).catch((): string[] => []);
    entries.push(...below.sort().map((name) => `${entry}/${name}`));
  }
  return entries;
}

/**
 * Finds tables in a folder, whatever the case of their names, as `.csv` or `.csv.gz`. A table of a subfolder is also
 * found in the folder itself.
 *
 * @param database for messages: `MIMIC-III`
 * @throws CohortError where the folder is none of that database, a core table is missing, or one table stands there twice
 */
export async function findTables(source: string, specs: readonly TableSpec[], database: string): Promise<TableFolder> {
  const folder = resolve(source);
  const folders = [...new Set(specs.flatMap((spec) => spec.folder ?? []))];
  const entries = await entriesOf(source, folders);
  const files = new Map<string, TableFile>();
  for (const entry of entries) {
    const match = /^(?:(.*)\/)?([^/]*)\.csv(\.gz)?$/i.exec(entry);
    const spec =
      match &&
      specs.find(
        (table) =>
          table.name.toLowerCase() === match[2]!.toLowerCase() &&
          (match[1] === undefined || match[1].toLowerCase() === table.folder),
      );
    if (!spec) continue;
    const before = files.get(spec.name);
    if (before) {
      throw new CohortError(`two files for the table ${spec.name}`, {
        file: source,
        found: `${before.file} and ${entry}`,
        expected: 'one of them',
      });
    }
    const path = join(folder, entry);
    if (/[*?[\]]/.test(path)) {
      throw new CohortError('the path holds one of * ? [ ], which DuckDB takes for a pattern', { file: path });
    }
    files.set(spec.name, { path, file: entry, bytes: await sizeOf(path, entry) });
  }
  const core = specs.filter((table) => table.use === 'core');
  const missing = core.filter((spec) => !files.has(spec.name));
  const written = (spec: TableSpec, extension: string) =>
    `${spec.folder ? `${spec.folder}/` : ''}${spec.name}${extension}`;
  if (missing.length === core.length) {
    throw new CohortError(`not a ${database} folder`, {
      file: source,
      found: entries.length === 0 ? 'nothing' : entries.slice(0, 4).join(', '),
      expected: core.map((spec) => written(spec, '.csv.gz')).join(', '),
    });
  }
  if (missing.length > 0) {
    throw new CohortError(`the table ${missing.map((spec) => spec.name).join(', ')} is missing`, {
      file: source,
      expected: missing.map((spec) => `${written(spec, '.csv')} or ${written(spec, '.csv.gz')}`).join(', '),
    });
  }
  return { name: basename(folder), files, synthetic: await readSynthetic(folder) };
}
