import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { literal } from '../../../src/cohort/duck.js';
import type { MedsMappingText } from '../../../src/cohort/meds/index.js';
import { parseTable, type TableText, withDuck } from '../small-hospital.js';

/** Writes a Parquet file from a table as one reads it; `types` by column. Empty cells are NULL. */
export async function writeParquet(
  path: string,
  text: TableText,
  types: Readonly<Record<string, string>>,
): Promise<void> {
  const [header, ...rows] = parseTable(text) as [string[], ...string[][]];
  await mkdir(dirname(path), { recursive: true });
  await withDuck(async (duck) => {
    await duck.run(`CREATE TABLE t (${header.map((name) => `"${name}" ${types[name] ?? 'VARCHAR'}`).join(', ')})`);
    for (const row of rows) {
      await duck.run(`INSERT INTO t VALUES (${row.map((cell) => (cell === '' ? 'NULL' : literal(cell))).join(', ')})`);
    }
    await duck.run(`COPY t TO ${literal(path)} (FORMAT parquet)`);
  });
}

export const EVENT_TYPES = { subject_id: 'BIGINT', time: 'TIMESTAMP', numeric_value: 'FLOAT', text_value: 'VARCHAR' };

/** Two patients of an invented data set, without names of stays: patient 1 comes twice, patient 2 is a child. */
export const EVENTS: TableText = `
  subject_id | time                | code             | numeric_value | text_value
  1          |                     | SEX//female      |               |
  1          | 1950-01-01 00:00:00 | BORN             |               |
  1          | 2010-05-01 08:00:00 | HOSPITAL//in     |               |
  1          | 2010-05-01 10:00:00 | UNIT//in//A      |               |
  1          | 2010-05-01 10:30:00 | VITAL//HR//bpm   | 110           |
  1          | 2010-05-01 11:10:00 | VITAL//T//degF   | 101.3         |
  1          | 2010-05-01 11:20:00 | VITAL//T//UNK    | 37            |
  1          | 2010-05-01 12:00:00 | DRUG//heparin    |               |
  1          | 2010-05-01 12:15:00 | VITAL//FOOT//cm  | 23            |
  1          | 2010-05-01 13:00:00 | UNIT//out//A     |               |
  1          | 2010-05-02 00:00:00 | VITAL//HR//bpm   | 60            |
  1          | 2010-05-03 09:00:00 | DX//ICD//9//5849 |               |
  1          | 2010-05-03 09:00:00 | SUMMARY          |               | Brief Hospital Course: Renal function recovered.
  1          | 2010-05-03 10:00:00 | HOSPITAL//out    |               |
  1          | 2012-01-01 08:00:00 | HOSPITAL//in     |               |
  1          | 2012-01-01 09:00:00 | UNIT//in//A      |               |
  1          | 2012-01-01 09:30:00 | VITAL//HR//bpm   | 80            |
  1          | 2012-01-01 10:00:00 | DRUG//aspirin    |               |
  1          | 2012-01-01 11:00:00 | UNIT//out//B     |               |
  1          | 2012-01-04 09:00:00 | DX//ICD10CM//I50.9 |             |
  1          | 2012-01-05 09:00:00 | HOSPITAL//out    |               |
  2          | 2005-01-01 00:00:00 | BORN             |               |
  2          | 2010-01-01 08:00:00 | UNIT//in//A      |               |
  2          | 2010-01-01 08:30:00 | VITAL//HR//bpm   | 120           |
  2          | 2010-01-01 09:00:00 | DX//ICD//9//486  |               |
  2          | 2010-01-01 09:00:00 | UNIT//out//A     |               |`;

export const MAPPING: MedsMappingText = {
  name: 'an invented data set',
  stays: { begin: ['UNIT//in'], end: ['UNIT//out'] },
  admissions: { begin: ['HOSPITAL//in'], end: ['HOSPITAL//out'] },
  birth: ['BORN'],
  sex: { F: ['SEX//female'] },
  diagnoses: ['DX'],
  units: 'code',
  measurements: [
    { code: 'VITAL//HR', variable: 'heart_rate' },
    { code: 'VITAL//T', variable: 'temperature' },
  ],
  notes: [{ code: 'DRUG', as: 'medications', say: 'code' }],
};

export interface SmallMeds {
  readonly events?: TableText;
  readonly types?: Readonly<Record<string, string>>;
  readonly mapping?: object | string | null;
  readonly splits?: TableText;
}

/** Writes the invented data set, changed as a test wants it. */
export async function writeMeds(
  folder: string,
  { events = EVENTS, types = EVENT_TYPES, mapping = MAPPING, splits }: SmallMeds = {},
): Promise<void> {
  await mkdir(join(folder, 'metadata'), { recursive: true });
  await writeFile(join(folder, 'metadata', 'dataset.json'), JSON.stringify({ dataset_name: 'invented' }));
  if (mapping !== null) {
    const text = typeof mapping === 'string' ? mapping : JSON.stringify(mapping); // JSON is YAML
    await writeFile(join(folder, 'metadata', 'clinragen.yaml'), text);
  }
  await writeParquet(join(folder, 'data', 'train', '0.parquet'), events, types);
  if (splits !== undefined) {
    await writeParquet(join(folder, 'metadata', 'subject_splits.parquet'), splits, { subject_id: 'BIGINT' });
  }
}
