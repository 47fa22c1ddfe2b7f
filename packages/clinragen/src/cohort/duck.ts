import { readFile } from 'node:fs/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CohortError } from './cohort-error.js';

const SQL = new URL('../../src/cohort/', import.meta.url);

export type Row = Record<string, unknown>;

/** `'…'` with its quotes doubled, for names that cannot be bound as parameters. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** One DuckDB database and what this room does with it: run a `.sql` file, read rows. */
export interface Duck {
  readonly connection: DuckDBConnection;
  /** A folder for files that stand there while work needs them; none where nobody gave one. */
  readonly scratch: string | undefined;
  run(sql: string): Promise<void>;
  /** Runs `<name>.sql` of this room (`sql/hourly`, `mimic3/sql/stays`) with `{{key}}` replaced. */
  file(name: string, values?: Readonly<Record<string, string | number>>): Promise<void>;
  rows<T = Row>(sql: string): Promise<T[]>;
  /** Rows of a table or view. */
  count(table: string): Promise<number>;
  /** Rows of `<name>.sql`. */
  fileRows<T = Row>(name: string, values?: Readonly<Record<string, string | number>>): Promise<T[]>;
  close(): void;
}

async function template(name: string, values: Readonly<Record<string, string | number>> = {}): Promise<string> {
  const text = await readFile(new URL(`${name}.sql`, SQL), 'utf8');
  return text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new CohortError(`${name}.sql asks for {{${key}}}`);
    return String(value);
  });
}

export interface DuckOptions {
  /** Database file; in memory where absent. */
  readonly path?: string;
  /** DuckDB's own notation: `2GB`. What does not fit goes to `temp`. */
  readonly memoryLimit?: string;
  readonly temp?: string;
  /** See `Duck`. Whoever opens takes it away. */
  readonly scratch?: string;
}

export async function openDuck({
  path = ':memory:',
  memoryLimit = '2GB',
  temp,
  scratch,
}: DuckOptions = {}): Promise<Duck> {
  const instance = await DuckDBInstance.create(path, {
    memory_limit: memoryLimit,
    ...(temp ? { temp_directory: temp } : {}),
  }).catch((error: unknown) => {
    throw new CohortError('DuckDB does not start', { expected: 'a memory limit such as 2GB' }, { cause: error });
  });
  const connection = await instance.connect();
  // Timestamps are wall-clock times without a zone.
  await connection.run("SET TimeZone = 'UTC'");
  const rows = async <T>(sql: string) => {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowObjectsJS() as T[];
  };
  return {
    connection,
    scratch,
    run: async (sql) => {
      await connection.run(sql);
    },
    file: async (name, values) => {
      await connection.run(await template(name, values));
    },
    rows,
    count: async (table) => {
      const [row] = await rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${table}`);
      return row!.n;
    },
    fileRows: async (name, values) => rows(await template(name, values)),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Said of whatever table was read meanwhile: the disk in question is the output's. */
export const DISK_IS_FULL = 'the disk is full';

/** DuckDB's words → ours; the first that fits. Each speaks of the file or the machine, none of a row. */
const REASONS: readonly (readonly [words: RegExp, what: string, expected?: string])[] = [
  [/Invalid unicode|not utf-8/i, 'the text is not UTF-8', 'UTF-8'],
  [
    /Maximum line size of \d+ bytes exceeded|exceeds (?:the )?max(?:imum)? line size/i,
    'a line is too long',
    'at most 8 MB',
  ],
  [/unterminated quote/i, 'a quote is misplaced or never closed'],
  [
    /reached an invalid state/i,
    'not CSV of one kind',
    'all lines to end alike, in LF or CR LF, and quotes to be closed',
  ],
  [/No space left on device|ENOSPC|EFBIG|File too large|disk quota/i, DISK_IS_FULL, 'room beside the output folder'],
  // It does over a byte that is no UTF-8 in a column that is not read.
  [/^(?:INTERNAL|FATAL) Error/, 'DuckDB breaks on it', 'UTF-8, and rows of the width of the header'],
  [/^Out of Memory/im, 'does not fit into the memory limit', 'a larger memoryLimit'],
  [/Permission denied|EACCES|EPERM|EROFS|Read-only file system/i, 'no permission'],
];

/**
 * What went wrong while reading a table, without DuckDB's message: it quotes the line, and lines are patients' data.
 *
 * @param before  records of the table before those that DuckDB read, where it read a part
 */
export function tableError(file: string, error: unknown, before = 0): CohortError {
  if (error instanceof CohortError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const inPart = Number(/CSV Error on Line: (\d+)/.exec(message)?.[1]);
  const line = inPart > 0 ? before + inPart : undefined;
  const at = line === undefined ? { file } : { file, line };
  const columns = /^Expected Number of Columns: (\d+) Found: (\d+)/m.exec(message);
  if (columns) {
    return new CohortError('a row of another width than the header', {
      ...at,
      found: `${columns[2]} fields`,
      expected: `${columns[1]}`,
    });
  }
  const type = /^Error when converting column "(\w+)".* to '(\w+)'/ms.exec(message);
  if (type) return new CohortError(`a value of column ${type[1]} cannot be read`, { ...at, expected: type[2]! });
  // Only what DuckDB says after the line that it quotes.
  const words = message.replace(/^Original Line:.*\n/m, '');
  const reason = REASONS.find(([pattern]) => pattern.test(words));
  if (reason) return new CohortError(reason[1], { ...at, ...(reason[2] ? { expected: reason[2] } : {}) });
  if (line) return new CohortError('a line cannot be read as CSV', at);
  // These speak of the query or the disk, never of a row.
  const harmless = /^(?:Parser|Binder|Catalog|IO) Error/.test(message);
  return new CohortError('DuckDB could not do it', at, harmless ? { cause: error } : {});
}
