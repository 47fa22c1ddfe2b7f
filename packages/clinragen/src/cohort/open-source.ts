import { CohortError } from './cohort-error.js';
import type { Duck } from './duck.js';
import { openEicu } from './eicu/index.js';
import type { SourceKind } from './kinds.js';
import { openMeds } from './meds/index.js';
import { openMimic3 } from './mimic3/index.js';
import { openMimic4 } from './mimic4/index.js';
import { openPlain } from './plain/index.js';
import type { Source, SourceOptions } from './source.js';
import { entriesOf } from './tables/folder.js';

type Open = (
  duck: Duck,
  path: string,
  options: SourceOptions,
  onProgress: (done: number, total: number) => void,
) => Promise<Source>;

interface Kind {
  readonly name: string;
  readonly open: Open;
  /** Whether a folder with these entries (lower case, `hosp/patients.csv.gz`) looks like one. */
  readonly looksLike: (entries: ReadonlySet<string>) => boolean;
}

const has = (entries: ReadonlySet<string>, ...tables: readonly string[]) =>
  tables.every((table) => entries.has(`${table}.csv`) || entries.has(`${table}.csv.gz`));

const KINDS: Readonly<Record<SourceKind, Kind>> = {
  eicu: { name: 'eICU-CRD', open: openEicu, looksLike: (entries) => has(entries, 'patient', 'hospital') },
  mimic3: {
    name: 'MIMIC-III',
    open: openMimic3,
    looksLike: (entries) => has(entries, 'icustays', 'noteevents') || has(entries, 'icustays', 'inputevents_mv'),
  },
  mimic4: {
    name: 'MIMIC-IV',
    open: openMimic4,
    looksLike: (entries) =>
      has(entries, 'hosp/admissions', 'icu/icustays') ||
      has(entries, 'admissions', 'icustays', 'd_labitems', 'inputevents'),
  },
  plain: { name: 'plain', open: openPlain, looksLike: (entries) => has(entries, 'stays', 'events') },
  meds: {
    name: 'MEDS',
    open: openMeds,
    looksLike: (entries) =>
      entries.has('data') && (entries.has('metadata/dataset.json') || entries.has('metadata/codes.parquet')),
  },
};

/** Folders below a source's own that tables may stand in. */
const BELOW = ['hosp', 'icu', 'note', 'data', 'metadata'];

/**
 * Opens a folder as the kind of database that it is said to be.
 *
 * @throws CohortError where it is none, and says which one it looks like
 */
export async function openSource(
  duck: Duck,
  kind: SourceKind,
  path: string,
  options: SourceOptions,
  onProgress: (done: number, total: number) => void,
): Promise<Source> {
  const entries = new Set((await entriesOf(path, BELOW)).map((entry) => entry.toLowerCase()));
  const own = KINDS[kind];
  if (options.hourly !== undefined && kind !== 'eicu') {
    throw new CohortError('option hourly is for eICU alone', { found: `source kind ${kind}`, expected: 'eicu' });
  }
  const other = (Object.entries(KINDS) as [SourceKind, Kind][]).find(([, one]) => one.looksLike(entries));
  if (other !== undefined && other[0] !== kind && !own.looksLike(entries)) {
    throw new CohortError(`not a ${own.name} folder`, {
      file: path,
      found: `the tables of ${other[1].name}`,
      expected: `those of ${own.name}, or source kind ${other[0]}`,
    });
  }
  return own.open(duck, path, options, onProgress);
}
