import { CohortError } from '../cohort-error.js';
import { type Duck, literal, tableError } from '../duck.js';
import { checkHeader, checkRows } from './check-rows.js';
import { countRecords, readHeader } from './csv-file.js';
import type { TableFile, TableFolder } from './folder.js';
import { eachPart } from './parts.js';
import { type TableSpec, viewOf } from './table-spec.js';

/** Bytes. A discharge summary has some 60 thousand at most. */
const LONGEST_LINE = 8_388_608;

/** Bytes that DuckDB reads at a time, a thread each. Of itself it takes sixteen of the longest line, 134 MB. */
const READ_BYTES = 2 * LONGEST_LINE;

/** The tables of a folder, opened as views; every table that is read is also counted against its file. */
export interface OpenTables {
  readonly folder: TableFolder;
  has(table: string): boolean;
  /** @throws where the folder has no such table */
  file(table: string): TableFile;
  /** Rows by table, for those read so far. */
  readonly rows: ReadonlyMap<string, number>;
  /** Of the tables read so far, rows with what cannot be, by what it is: `outtime before intime`. */
  readonly odd: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** Column names in the file, by table of the folder, in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Tables that the folder does not have. */
  readonly absent: readonly string[];
  /** Checks tables whose rows no other query counts, once each. */
  check(tables: readonly string[]): Promise<void>;
  /** The same for those that only the note reads. */
  checkNotes(): Promise<void>;
  /** Runs `work`, which says how many rows of the table it saw; the two counts must be the same. */
  counted(table: string, work: () => Promise<number>, onBytes?: (bytes: number) => void): Promise<void>;
  /**
   * As `counted`, for tables so large that reading them is what the time goes into: a compressed file is unpacked into parts,
   * and `work` runs once per part, while the table's view shows that part alone. It must add up: INSERT, not CREATE.
   */
  countedInParts(table: string, work: () => Promise<number>, onBytes?: (bytes: number) => void): Promise<void>;
}

/**
 * Opens all tables of `specs` as views under their lower-case names (headers are checked now, before any work) and checks
 * those that are not for `later` or for the note alone.
 */
export async function openTables(
  duck: Duck,
  folder: TableFolder,
  specs: readonly TableSpec[],
  onProgress: (done: number, total: number) => void,
): Promise<OpenTables> {
  const rows = new Map<string, number>();
  const odd = new Map<string, Record<string, number>>();
  const headers = new Map<string, readonly string[]>();
  const tables: OpenTables = {
    folder,
    rows,
    odd,
    headers,
    absent: specs.filter((spec) => !folder.files.has(spec.name)).map((spec) => spec.name),
    has: (table) => folder.files.has(table),
    file: (table) => folder.files.get(table)!,
    check: async (names) => {
      for (const table of names) {
        const file = folder.files.get(table);
        const spec = specs.find((one) => one.name === table);
        if (!file || !spec || rows.has(table)) continue;
        rows.set(table, await checkTable(duck, file, viewOf(spec)));
        const found = await checkRows(duck, file, spec);
        if (Object.keys(found).length > 0) odd.set(table, found);
      }
    },
    checkNotes: () => tables.check(specs.filter((spec) => spec.use === 'note').map((spec) => spec.name)),
    counted: async (table, work, onBytes) => {
      rows.set(table, await withCount(folder.files.get(table)!, work, onBytes));
    },
    async countedInParts(table, work, onBytes) {
      const file = folder.files.get(table)!;
      if (duck.scratch === undefined || !file.path.toLowerCase().endsWith('.gz'))
        return tables.counted(table, work, onBytes);
      const spec = specs.find((one) => one.name === table)!;
      const view = (path: string) => createView(duck, path, spec, headers.get(table)!);
      const records = await eachPart(
        file.path,
        duck.scratch,
        async (part) => {
          await view(part.path);
          const seen = await work().catch((error: unknown) => {
            throw tableError(file.file, error, part.before);
          });
          if (seen !== part.records) throw notWhole(file, part.before + seen, part.before + part.records);
        },
        onBytes,
      );
      await view(file.path);
      rows.set(table, records);
    },
  };
  for (const spec of specs) {
    const header = await openTable(duck, folder, spec);
    if (header) headers.set(spec.name, header);
  }
  const now = specs.filter((spec) => spec.use !== 'note' && !spec.later).map((spec) => spec.name);
  for (const [i, table] of now.entries()) {
    onProgress(i, now.length);
    await tables.check([table]);
  }
  onProgress(now.length, now.length);
  return tables;
}

/** What a report says of a table: its file, bytes and rows, and rows with what cannot be. */
export interface TableRead {
  readonly file: string;
  readonly bytes: number;
  readonly rows: number;
  readonly odd?: Readonly<Record<string, number>>;
}

/** What was read of a folder, for the report, by table. */
export function tablesRead(tables: OpenTables): Record<string, TableRead> {
  const read: Record<string, TableRead> = {};
  for (const [table, rows] of tables.rows) {
    const { file, bytes } = tables.file(table);
    const odd = tables.odd.get(table);
    read[table] = { file, bytes, rows, ...(odd ? { odd } : {}) };
  }
  return read;
}

/**
 * Makes a table readable under its name in the work database: a view over the file, nothing sniffed (MIMIC's first quoted
 * comma comes later than any sniffer looks). An absent optional table becomes an empty one.
 *
 * @returns the file's header; undefined where there is no file
 */
export async function openTable(
  duck: Duck,
  folder: TableFolder,
  spec: TableSpec,
): Promise<readonly string[] | undefined> {
  const view = viewOf(spec);
  const wanted = Object.entries(spec.columns);
  const maybe = Object.entries(spec.maybe ?? {});
  const file = folder.files.get(spec.name);
  if (!file) {
    const columns = [...wanted, ...maybe].map(([name, type]) => `"${name}" ${type}`);
    await duck.run(`CREATE TABLE ${view} (${columns.join(', ')})`);
    return undefined;
  }
  const header = await readHeader(file.path);
  checkHeader(file, header, spec);
  await createView(duck, file.path, spec, header);
  return header;
}

/** The view of a table over its file, or over a part of it. */
async function createView(duck: Duck, path: string, spec: TableSpec, header: readonly string[]): Promise<void> {
  // Columns that are not read need a name too: their own may be empty, or there twice.
  const types = header.map((name, i) => {
    const type = spec.columns[name] ?? spec.maybe?.[name];
    return type ? `${literal(name)}: '${type}'` : `'unread ${i}': 'VARCHAR'`;
  });
  const selected = [
    ...Object.keys(spec.columns).map((name) => `"${name}"`),
    ...Object.entries(spec.maybe ?? {}).map(([name, type]) =>
      header.includes(name) ? `"${name}"` : `NULL::${type} AS "${name}"`,
    ),
  ];
  await duck.run(`
    CREATE OR REPLACE VIEW ${viewOf(spec)} AS
    SELECT ${selected.join(', ')}
    FROM read_csv(${literal(path)},
      auto_detect = false, header = true, delim = ',', quote = '"', escape = ${literal(spec.escape ?? '"')}, nullstr = '',
      strict_mode = true, null_padding = false, ignore_errors = false, max_line_size = ${LONGEST_LINE}, buffer_size = ${READ_BYTES},
      columns = {${types.join(', ')}})`);
}

function notWhole(file: TableFile, seen: number, counted: number): CohortError {
  return new CohortError('the table was not read whole', {
    file: file.file,
    found: `${seen} rows`,
    expected: `${counted}`,
  });
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
  if (counted.value !== seen.value) throw notWhole(file, seen.value, counted.value);
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
