import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { CohortError } from '../cohort-error.js';
import { type Duck, literal } from '../duck.js';
import type { MedsMapping } from './mapping.js';

/** One `data/**\/*.parquet`. */
export interface Shard {
  readonly path: string;
  /** Below the source's folder. */
  readonly file: string;
  readonly bytes: number;
}

/** `metadata/dataset.json`: all of it is optional. */
const datasetSchema = z.looseObject({
  dataset_name: z.string().nullish(),
  dataset_version: z.string().nullish(),
  etl_name: z.string().nullish(),
  meds_version: z.string().nullish(),
  license: z.string().nullish(),
});
export type Dataset = z.infer<typeof datasetSchema>;

export interface MedsFolder {
  readonly root: string;
  readonly name: string;
  readonly shards: readonly Shard[];
  readonly dataset: Dataset;
  /** Paths, null where absent. */
  readonly codes: string | null;
  readonly splits: string | null;
  /** Columns of all shards together, lower case as written, with their types in DuckDB's words. */
  readonly columns: ReadonlyMap<string, string>;
}

/** Columns that MEDS prescribes, and what DuckDB calls their types. Those after the third may be absent. */
const REQUIRED: Readonly<Record<string, RegExp>> = {
  subject_id: /^BIGINT$/,
  time: /^TIMESTAMP(_NS|_MS|_S)?$/,
  code: /^(VARCHAR|ENUM.*)$/,
};
const OPTIONAL: Readonly<Record<string, RegExp>> = {
  numeric_value: /^(FLOAT|DOUBLE)$/,
  text_value: /^(VARCHAR|ENUM.*)$/,
};
const SAID: Readonly<Record<string, string>> = {
  subject_id: 'int64',
  time: 'timestamp[us] without a zone',
  code: 'string',
  numeric_value: 'float32',
  text_value: 'string',
  split: 'string',
};

async function describe(duck: Duck, path: string, file: string): Promise<Map<string, string>> {
  try {
    const rows = await duck.rows<{ column_name: string; column_type: string }>(
      `DESCRIBE SELECT * FROM read_parquet(${literal(path)}, hive_partitioning = false)`,
    );
    return new Map(rows.map((row) => [row.column_name, row.column_type]));
  } catch (cause) {
    throw new CohortError('not a Parquet file, or a damaged one', { file }, { cause });
  }
}

function checkTypes(
  columns: ReadonlyMap<string, string>,
  file: string,
  wanted: Readonly<Record<string, RegExp>>,
  required: boolean,
): void {
  for (const [name, type] of Object.entries(wanted)) {
    const found = columns.get(name);
    if (found === undefined && required) {
      throw new CohortError(`the column ${name} is missing`, {
        file,
        found: [...columns.keys()].slice(0, 30).join(', '),
        expected: `${name} of type ${SAID[name]}`,
      });
    }
    if (found !== undefined && !type.test(found)) {
      throw new CohortError(`the column ${name} is of another type`, { file, found, expected: SAID[name]! });
    }
  }
}

async function readDataset(path: string): Promise<Dataset> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    return datasetSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CohortError('not a dataset.json of MEDS', { file: 'metadata/dataset.json' }, { cause });
  }
}

/**
 * Finds the shards and the metadata of a MEDS data set and checks every shard's columns and types.
 *
 * @throws CohortError where there is no data, or a column is missing or of another type
 */
export async function openMedsFolder(duck: Duck, source: string): Promise<MedsFolder> {
  const root = resolve(source);
  const entries = await readdir(join(root, 'data'), { recursive: true, withFileTypes: true }).catch(() => null);
  const files = (entries ?? []).filter((entry) => entry.isFile() && entry.name.endsWith('.parquet'));
  if (files.length === 0) {
    throw new CohortError(entries === null ? 'no folder data' : 'the folder data holds no Parquet file', {
      file: source,
      expected: 'data/**/*.parquet',
    });
  }
  const shards: Shard[] = [];
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    if (/[*?[\]]/.test(path)) {
      throw new CohortError('the path holds one of * ? [ ], which DuckDB takes for a pattern', { file: path });
    }
    shards.push({ path, file: relative(root, path), bytes: (await stat(path)).size });
  }
  const columns = new Map<string, string>();
  for (const shard of shards) {
    const own = await describe(duck, shard.path, shard.file);
    checkTypes(own, shard.file, REQUIRED, true);
    checkTypes(own, shard.file, OPTIONAL, false);
    for (const [name, type] of own) columns.set(name, type);
  }
  const optional = async (file: string, wanted: Readonly<Record<string, RegExp>>) => {
    const path = join(root, file);
    if ((await stat(path).catch(() => null)) === null) return null;
    checkTypes(await describe(duck, path, file), file, wanted, true);
    return path;
  };
  return {
    root,
    name: basename(root),
    shards,
    dataset: await readDataset(join(root, 'metadata', 'dataset.json')),
    codes: await optional('metadata/codes.parquet', { code: /^VARCHAR$/ }),
    splits: await optional('metadata/subject_splits.parquet', { subject_id: /^BIGINT$/, split: /^VARCHAR$/ }),
    columns,
  };
}

/**
 * A query of events in one shape, whatever the data set calls its columns: `subject_id, time, code, number, exact, text,
 * stay_key, admission_key, site, unit`.
 *
 * @param shards  default: all
 */
export function eventsQuery(
  folder: MedsFolder,
  mapping: MedsMapping,
  shards: readonly Shard[] = folder.shards,
): string {
  const text = (name: string | undefined) => (name === undefined ? 'NULL::VARCHAR' : `"${name}"::VARCHAR`);
  const known = (name: string) => folder.columns.has(name);
  for (const name of columnsOf(mapping)) {
    if (known(name)) continue;
    throw new CohortError(`the mapping's column ${name} is missing`, {
      file: folder.shards[0]!.file,
      found: [...folder.columns.keys()].slice(0, 30).join(', '),
    });
  }
  return `
    SELECT subject_id, time::TIMESTAMP AS time, code::VARCHAR AS code,
           ${known('numeric_value') ? 'numeric_value' : 'NULL::FLOAT'} AS number,
           ${mapping.value === undefined ? 'NULL::DOUBLE' : `"${mapping.value}"::DOUBLE`} AS exact,
           ${known('text_value') ? 'text_value::VARCHAR' : 'NULL::VARCHAR'} AS text,
           ${text(mapping.stays.id)} AS stay_key, ${text(mapping.admissions.id)} AS admission_key,
           ${text(mapping.stays.site)} AS site,
           ${text(typeof mapping.units === 'object' ? mapping.units.column : undefined)} AS unit
    FROM read_parquet([${shards.map(({ path }) => literal(path)).join(', ')}], union_by_name = true, hive_partitioning = false)`;
}

function columnsOf(mapping: MedsMapping): string[] {
  const { stays, admissions, value, units } = mapping;
  const names = [stays.id, stays.site, admissions.id, value, typeof units === 'object' ? units.column : undefined];
  return names.filter((name) => name !== undefined);
}
