import type { Duck } from '../duck.js';
import { checkTable, type Mimic3Folder, openTable, type TableFile, withCount } from './folder.js';
import { TABLES } from './tables.js';

/** The tables of a folder, opened as views; every table that is read is also counted against its file. */
export interface Mimic3Source {
  has(table: string): boolean;
  file(table: string): TableFile;
  /** Rows by table, for those read so far. */
  readonly rows: Map<string, number>;
  /** Checks tables whose rows no other query counts, once each. */
  check(tables: readonly string[]): Promise<void>;
  /** Runs `work`, which says how many rows of the table it saw. */
  counted(table: string, work: () => Promise<number>, onBytes?: (bytes: number) => void): Promise<void>;
}

/** Tables that are read in a step of their own, each with its own count. */
const LATER = new Set(['CHARTEVENTS', 'LABEVENTS', 'OUTPUTEVENTS', 'NOTEEVENTS']);

/**
 * Opens all tables (headers are checked now, before any work) and checks the small ones.
 */
export async function openSource(
  duck: Duck,
  folder: Mimic3Folder,
  onProgress: (done: number, total: number) => void,
): Promise<Mimic3Source> {
  const rows = new Map<string, number>();
  const source: Mimic3Source = {
    rows,
    has: (table) => folder.files.has(table),
    file: (table) => folder.files.get(table)!,
    check: async (tables) => {
      for (const table of tables) {
        const file = folder.files.get(table);
        if (file && !rows.has(table)) rows.set(table, await checkTable(duck, file, table.toLowerCase()));
      }
    },
    counted: async (table, work, onBytes) => {
      rows.set(table, await withCount(folder.files.get(table)!, work, onBytes));
    },
  };
  for (const spec of TABLES) await openTable(duck, folder, spec);
  const now = TABLES.filter((spec) => spec.use !== 'note' && !LATER.has(spec.name)).map((spec) => spec.name);
  for (const [i, table] of now.entries()) {
    onProgress(i, now.length);
    await source.check([table]);
  }
  onProgress(now.length, now.length);
  return source;
}
