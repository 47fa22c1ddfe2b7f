/** A column's DuckDB type. `TIMESTAMP` disregards a zone; `TIMESTAMPTZ` counts it, UTC where there is none. */
export type ColumnType = 'BIGINT' | 'INTEGER' | 'DOUBLE' | 'TIMESTAMP' | 'TIMESTAMPTZ' | 'VARCHAR';

/** A table of a source: its file, and the columns that are read and how. */
export interface TableSpec {
  /** File name without extension, as its publisher writes it; found in any case. */
  readonly name: string;
  /** Folder below the source's own: `hosp`, `icu`. Default: the source's own. */
  readonly folder?: string;
  /** `core`: no cohort without it. `note`: read only where its text enters the note. `optional`: used where present. */
  readonly use: 'core' | 'note' | 'optional';
  /** A column that stands here must be in the file; others are skipped. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Columns that some versions have; NULL where the file has none. */
  readonly maybe?: Readonly<Record<string, ColumnType>>;
  /** How a quote within quotes is written; `"` (doubled) unless the publisher does otherwise. */
  readonly escape?: '"' | '\\';
  /** Name in the work database where it is not the file's in lower case, because a canonical table is called so. */
  readonly view?: string;
  /** Column with another value in each row, empty in none: an id by which other tables are joined. */
  readonly key?: string;
  /** Pairs of moments, the earlier first: rows where the later comes before it are counted. */
  readonly inOrder?: readonly (readonly [earlier: string, later: string])[];
  /** Read in a step of its own, which counts its rows. Default false: read and counted when the source is opened. */
  readonly later?: boolean;
}

/** A table's name in the work database. */
export const viewOf = (spec: TableSpec): string => spec.view ?? spec.name.toLowerCase();
