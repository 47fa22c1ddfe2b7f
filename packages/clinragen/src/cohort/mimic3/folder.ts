import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { CohortError } from '../cohort-error.js';
import { countRecords, readHeader } from '../csv/csv-file.js';
import { type Duck, literal, tableError } from '../duck.js';
import { TABLES, type TableSpec } from './tables.js';

export interface TableFile {
  readonly path: string;
  /** File name, for messages and provenance. */
  readonly file: string;
  readonly bytes: number;
}

/** `SYNTHETIC.json`: written by the synthetic hospital beside its tables. */
const syntheticSchema = z.object({ generator: z.string(), seed: z.number(), patients: z.number() });
export type SyntheticSource = z.infer<typeof syntheticSchema>;

/** A folder of MIMIC-III tables, found but not read. */
export interface Mimic3Folder {
  readonly name: string;
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

/**
 * Finds the tables in a folder, whatever the case of their names, as `.csv` or `.csv.gz`.
 *
 * @throws CohortError where the folder is no MIMIC-III, a core table is missing, or one table stands there twice
 */
export async function findMimic3(source: string): Promise<Mimic3Folder> {
  const folder = resolve(source);
  const entries = await readdir(folder).catch((error: unknown) => {
    throw new CohortError(
      'no such folder',
      { file: source, expected: 'a folder of MIMIC-III tables' },
      { cause: error },
    );
  });
  const files = new Map<string, TableFile>();
  for (const entry of entries.sort()) {
    const match = /^(.*)\.csv(\.gz)?$/i.exec(entry);
    const spec = match && TABLES.find((table) => table.name === match[1]!.toUpperCase());
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
    files.set(spec.name, { path, file: entry, bytes: (await stat(path)).size });
  }
  const core = TABLES.filter((table) => table.use === 'core').map((table) => table.name);
  const missing = core.filter((name) => !files.has(name));
  if (missing.length === core.length) {
    throw new CohortError('not a MIMIC-III folder', {
      file: source,
      found: entries.length === 0 ? 'nothing' : entries.slice(0, 4).join(', '),
      expected: `${core.map((name) => `${name}.csv.gz`).join(', ')}`,
    });
  }
  if (missing.length > 0) {
    throw new CohortError(`the table ${missing.join(', ')} is missing`, {
      file: source,
      expected: missing.map((name) => `${name}.csv or ${name}.csv.gz`).join(', '),
    });
  }
  return { name: basename(folder), files, synthetic: await readSynthetic(folder) };
}

/**
 * Makes a table readable under its lower-case name: a view over the file, nothing sniffed (MIMIC's first quoted comma
 * comes later than any sniffer looks). An absent optional table becomes an empty one.
 */
export async function openTable(duck: Duck, folder: Mimic3Folder, spec: TableSpec): Promise<void> {
  const view = spec.name.toLowerCase();
  const wanted = Object.entries(spec.columns);
  const file = folder.files.get(spec.name);
  if (!file) {
    await duck.run(`CREATE TABLE ${view} (${wanted.map(([name, type]) => `${name} ${type}`).join(', ')})`);
    return;
  }
  const header = await readHeader(file.path);
  const missing = wanted.map(([name]) => name).filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new CohortError(`the column ${missing.join(', ')} is missing`, {
      file: file.file,
      line: 1,
      found: `${header.length} columns: ${header.slice(0, 30).join(', ')}`,
      expected: wanted.map(([name]) => name).join(', '),
    });
  }
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new CohortError('a column stands there twice', { file: file.file, line: 1, found: twice });
  }
  const types = header.map((name) => `${literal(name)}: '${spec.columns[name] ?? 'VARCHAR'}'`);
  await duck.run(`
    CREATE VIEW ${view} AS
    SELECT ${wanted.map(([name]) => `"${name}"`).join(', ')}
    FROM read_csv(${literal(file.path)},
      auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '',
      strict_mode = true, null_padding = false, ignore_errors = false, max_line_size = 8388608,
      columns = {${types.join(', ')}})`);
}

/**
 * Does something with a table while its records are counted by a reader that is not DuckDB, and compares.
 *
 * @param work  returns the rows that DuckDB saw
 * @returns the number of records
 * @throws CohortError naming the file where it is damaged, cannot be read, or the two counts differ
 */
export async function withCount(
  file: TableFile,
  work: () => Promise<number>,
  onBytes?: (bytes: number) => void,
): Promise<number> {
  const [counted, seen] = await Promise.allSettled([countRecords(file.path, onBytes), work()]);
  if (counted.status === 'rejected') throw counted.reason;
  if (seen.status === 'rejected') throw tableError(file.file, seen.reason);
  if (counted.value !== seen.value) {
    throw new CohortError('the table was not read whole', {
      file: file.file,
      found: `${seen.value} rows`,
      expected: `${counted.value}`,
    });
  }
  return counted.value;
}

/** Rows of a small table, checked against the file. */
export async function checkTable(duck: Duck, file: TableFile, view: string): Promise<number> {
  return withCount(file, async () => {
    // Every wanted column is converted, so that a value of the wrong type is found here and not in a later query.
    const [row] = await duck.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n, count(COLUMNS(*)) FROM ${view}`);
    return row!.n;
  });
}
