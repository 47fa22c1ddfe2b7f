/** The databases on PhysioNet that we can read: the open demos, which are fetched, and those that ask for credentials. */

export interface Database {
  /** As its authors call it. */
  readonly title: string;
  /** Its name in PhysioNet's addresses. */
  readonly slug: string;
  readonly version: string;
  readonly access: 'open' | 'credentialed';
  readonly licence: string;
  /** The source that reads it: `clinragen cohort --source <source>:<folder>`. */
  readonly source: 'mimic3' | 'mimic4' | 'eicu';
  /** Size and content, in a line. */
  readonly holds: string;
}

const ODBL = 'Open Data Commons Open Database License (ODbL) 1.0';
const CREDENTIALED = 'PhysioNet Credentialed Health Data License 1.5.0';

export const DATABASES = {
  'mimic3-demo': {
    title: 'MIMIC-III Clinical Database Demo',
    slug: 'mimiciii-demo',
    version: '1.4',
    access: 'open',
    licence: ODBL,
    source: 'mimic3',
    holds: '100 patients, 136 ICU stays; ICD-9; no notes',
  },
  'mimic4-demo': {
    title: 'MIMIC-IV Clinical Database Demo',
    slug: 'mimic-iv-demo',
    version: '2.2',
    access: 'open',
    licence: ODBL,
    source: 'mimic4',
    holds: '100 patients, 140 ICU stays; ICD-9 and ICD-10; no notes',
  },
  'eicu-demo': {
    title: 'eICU Collaborative Research Database Demo',
    slug: 'eicu-crd-demo',
    version: '2.0.1',
    access: 'open',
    licence: ODBL,
    source: 'eicu',
    holds: '2,520 ICU stays of many hospitals; ICD-9 and ICD-10; notes are menu paths',
  },
  mimic3: {
    title: 'MIMIC-III Clinical Database',
    slug: 'mimiciii',
    version: '1.4',
    access: 'credentialed',
    licence: CREDENTIALED,
    source: 'mimic3',
    holds: 'about 61,000 ICU stays of 46,000 patients; ICD-9; discharge summaries',
  },
  mimic4: {
    title: 'MIMIC-IV',
    slug: 'mimiciv',
    version: '3.1',
    access: 'credentialed',
    licence: CREDENTIALED,
    source: 'mimic4',
    holds: 'about 94,000 ICU stays of 65,000 patients; ICD-9 and ICD-10; notes in mimic4-note',
  },
  'mimic4-note': {
    title: 'MIMIC-IV-Note',
    slug: 'mimic-iv-note',
    version: '2.2',
    access: 'credentialed',
    licence: CREDENTIALED,
    source: 'mimic4',
    holds: 'about 330,000 discharge summaries of MIMIC-IV’s patients',
  },
  eicu: {
    title: 'eICU Collaborative Research Database',
    slug: 'eicu-crd',
    version: '2.0',
    access: 'credentialed',
    licence: CREDENTIALED,
    source: 'eicu',
    holds: 'about 200,000 ICU stays of 208 hospitals; ICD-9 and ICD-10; notes are menu paths',
  },
} as const satisfies Record<string, Database>;

export type DatabaseName = keyof typeof DATABASES;
/** Those that `getDatabase` fetches. */
export type OpenDatabase = 'mimic3-demo' | 'mimic4-demo' | 'eicu-demo';

export const isOpen = (name: DatabaseName): name is OpenDatabase => DATABASES[name].access === 'open';

/** Where its files lie. Every version has a `SHA256SUMS.txt` there, which is the list of its files. */
export const filesUrl = ({ slug, version }: Database): string => `https://physionet.org/files/${slug}/${version}/`;

/** The page that describes it: how to cite it, its agreement, its changes. */
export const pageUrl = ({ slug, version }: Database): string => `https://physionet.org/content/${slug}/${version}/`;

/** Where `clinragen get` puts a demo unless told otherwise. */
export const defaultFolder = ({ slug, version }: Database): string => `data/${slug}-${version}`;

/** Where wget's `-r` puts a database, below the folder in which it is run. */
export const wgetFolder = ({ slug, version }: Database): string => `physionet.org/files/${slug}/${version}`;

/** The command that comes next. */
export const cohortCommand = ({ source }: Database, folder: string): string =>
  `clinragen cohort --source ${source}:${folder}`;
