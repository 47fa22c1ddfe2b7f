/** A column's DuckDB type. */
export type ColumnType = 'BIGINT' | 'INTEGER' | 'DOUBLE' | 'TIMESTAMP' | 'VARCHAR';

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
  /** Read in a step of its own, which counts its rows. Default false: read and counted when the source is opened. */
  readonly later?: boolean;
}
