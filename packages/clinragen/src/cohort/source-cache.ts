import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashFolder, hashJson, type Json } from '../run-files.js';
import { type Duck, literal } from './duck.js';
import type { Source } from './source.js';

export interface SourceCacheOptions {
  /** Where the tables are kept; none: nothing is. */
  readonly folder: string | undefined;
  /** The source's folders. */
  readonly sources: readonly string[];
  /** What else the tables depend on, whatever their name. */
  readonly inputs: Json;
  /** Whether what is kept is left aside, and replaced. */
  readonly force?: boolean;
  /** Told what was taken or found damaged. */
  readonly onNote?: (line: string) => void;
}

/**
 * Keeps what was made of a source's files, so that an unchanged source is not read twice: one DuckDB file per step, with the
 * tables that the step made, what it returned, and the key: names, sizes and times of all files of the source, the settings
 * the step depends on, and the code. It holds patients' data as the cohort does and belongs beside it.
 *
 * A file appears under its name when it is complete. One with another key is replaced; a damaged one is, too.
 */
export interface SourceCache {
  /**
   * Takes a step's tables from the cache, or does the step and keeps the tables that it made.
   *
   * @param name    the step's: `measured`
   * @param inputs  what this step depends on besides
   * @param step    what it returns must survive JSON
   */
  keep<T>(name: string, inputs: Json, step: () => Promise<T>): Promise<T>;
}

export async function openSourceCache(duck: Duck, options: SourceCacheOptions): Promise<SourceCache> {
  const { folder, sources, inputs, force = false, onNote } = options;
  if (folder === undefined) return { keep: (_name, _inputs, step) => step() };
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder)) {
    if (entry.includes(UNFINISHED)) await rm(join(folder, entry), { force: true }); // of a process that was killed
  }
  const common = { inputs, files: await Promise.all(sources.map(filesOf)), code: await codeHash() };
  return {
    async keep(name, own, step) {
      const path = join(folder, `${name}.duckdb`);
      const key = hashJson({ ...common, name, own });
      if (!force) {
        const kept = await take(duck, path, `kept_${name}`, key, onNote);
        if (kept !== undefined) return JSON.parse(kept);
      }
      await rm(path, { force: true });
      const before = new Set(await tableNames(duck));
      const result = await step();
      const made = (await tableNames(duck)).filter((table) => !before.has(table));
      await write(duck, path, made, key, JSON.stringify(result));
      return result;
    },
  };
}

/** The source, its tables kept where they can be; `inputs`: what the stays' choice depends on besides the cache's inputs. */
export function keptSource(source: Source, cache: SourceCache, inputs: Json): Source {
  if (source.resumable !== true) return source;
  const read: Record<string, ReturnType<Source['tables']>[string]> = {};
  const keep = async <T>(name: string, own: Json, step: () => Promise<T>): Promise<T> => {
    const kept = await cache.keep(name, own, async () => ({ result: await step(), tables: source.tables() }));
    Object.assign(read, kept.tables);
    return kept.result;
  };
  const own: Pick<Source, 'tables' | 'fillMeasured' | 'fillSummaries' | 'fillDocumented'> = {
    // In one order, whichever were read just now.
    tables: () =>
      Object.fromEntries(Object.entries({ ...read, ...source.tables() }).sort(([a], [b]) => (a < b ? -1 : 1))),
    fillMeasured: (onProgress) => keep('measured', null, () => source.fillMeasured(onProgress)),
    fillSummaries: () => keep('summaries', inputs, () => source.fillSummaries()),
    fillDocumented: () => keep('documented', inputs, () => source.fillDocumented()),
  };
  return Object.assign(Object.create(source) as Source, own);
}

const UNFINISHED = '.unfinished-';
/** The table of a kept file that is none of the step's. */
const KEY_TABLE = 'kept_as';

/** @returns the step's result; undefined where nothing is kept under this key */
async function take(
  duck: Duck,
  path: string,
  alias: string,
  key: string,
  onNote: SourceCacheOptions['onNote'],
): Promise<string | undefined> {
  const bytes = await stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
  if (bytes === undefined) return undefined;
  let made = 0;
  let result: string | undefined;
  try {
    await duck.run(`ATTACH ${literal(path)} AS ${alias} (READ_ONLY)`);
    try {
      const [kept] = await duck.rows<{ key: string; result: string }>(`SELECT key, result FROM ${alias}.${KEY_TABLE}`);
      if (kept?.key !== key) return undefined;
      // Every block is read, and DuckDB holds its checksum against it: damage is found here and not midway.
      const tables = (await tableNames(duck, alias)).filter((table) => table !== KEY_TABLE);
      await atOnce(
        duck,
        tables.map((table) => `CREATE TABLE "${table}" AS SELECT * FROM ${alias}."${table}"`),
      );
      made = tables.length;
      result = kept.result;
    } finally {
      await duck.run(`DETACH ${alias}`);
    }
  } catch (error) {
    if (DISK.test(String(error))) throw error;
    // What DuckDB says of a damaged file may quote what it found there.
    onNote?.(`${path} is damaged: the source is read again`);
    return undefined;
  }
  // A step may have made none: a source without discharge summaries.
  if (made > 0) onNote?.(`source unchanged: its tables are taken from ${path} (${megabytes(bytes)})`);
  return result;
}

/** The work database's disk or memory, not the kept file. */
const DISK = /No space left|ENOSPC|disk quota|Out of Memory/i;

async function write(duck: Duck, path: string, tables: readonly string[], key: string, result: string): Promise<void> {
  const unfinished = `${path}${UNFINISHED}${randomBytes(4).toString('hex')}`;
  try {
    await duck.run(`ATTACH ${literal(unfinished)} AS keeping`);
    try {
      await atOnce(duck, [
        ...tables.map((table) => `CREATE TABLE keeping."${table}" AS SELECT * FROM main."${table}"`),
        `CREATE TABLE keeping.${KEY_TABLE} AS SELECT ${literal(key)} AS key, ${literal(result)} AS result`,
      ]);
      await duck.run('CHECKPOINT keeping');
    } finally {
      await duck.run('DETACH keeping');
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await rm(`${unfinished}.wal`, { force: true });
  }
}

/** All or none, and one wait for the disk instead of many. */
async function atOnce(duck: Duck, statements: readonly string[]): Promise<void> {
  await duck.run('BEGIN');
  try {
    for (const statement of statements) await duck.run(statement);
    await duck.run('COMMIT');
  } catch (error) {
    await duck.run('ROLLBACK').catch(() => {}); // a fatal error has ended it
    throw error;
  }
}

async function tableNames(duck: Duck, database?: string): Promise<string[]> {
  const of = database === undefined ? 'current_database()' : literal(database);
  const rows = await duck.rows<{ name: string }>(
    `SELECT table_name AS name FROM duckdb_tables() WHERE database_name = ${of} AND NOT temporary ORDER BY table_name`,
  );
  return rows.map(({ name }) => name);
}

/** Name, size and time of every file. */
async function filesOf(folder: string): Promise<[string, number, number][]> {
  const files: [string, number, number][] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await stat(path);
    files.push([relative(folder, path), size, mtimeMs]);
  }
  return files.sort(([a], [b]) => (a < b ? -1 : 1));
}

let code: Promise<string> | undefined;

/** Of this room's code and SQL, whose tables these are; as it was when the process first asked. */
function codeHash(): Promise<string> {
  code ??= Promise.all(
    ['.', '../../src/cohort/'].map((at) => hashFolder(fileURLToPath(new URL(at, import.meta.url)))),
  ).then(hashJson);
  return code;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
