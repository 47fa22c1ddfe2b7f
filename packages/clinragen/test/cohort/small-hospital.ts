import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Duck, literal, openDuck } from '../../src/cohort/duck.js';

/** A table as one reads it: the first line names the columns, cells are parted by `|`. */
export type TableText = string;

export function parseTable(text: TableText): string[][] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

/** A CSV cell: quoted where it must be. `\n` in a cell stands for a line break. */
function csvCell(cell: string): string {
  const text = cell.replaceAll('\\n', '\n');
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv(text: TableText): string {
  return `${parseTable(text)
    .map((row) => row.map(csvCell).join(','))
    .join('\n')}\n`;
}

/** Creates a table in DuckDB under `name`; types by column name as in MIMIC, empty cells are NULL. */
export async function createTable(duck: Duck, name: string, text: TableText): Promise<void> {
  const [header, ...rows] = parseTable(text) as [string[], ...string[][]];
  const type = (column: string) =>
    /_id$|itemid|wardid/.test(column)
      ? 'BIGINT'
      : /time$|^dob$/.test(column)
        ? 'TIMESTAMP'
        : /^(los|hours|period_length|number)$/.test(column)
          ? 'DOUBLE'
          : 'VARCHAR';
  await duck.run(`CREATE TABLE ${name} (${header.map((column) => `"${column}" ${type(column)}`).join(', ')})`);
  for (const row of rows) {
    await duck.run(`INSERT INTO ${name} VALUES (${row.map((c) => (c === '' ? 'NULL' : literal(c))).join(', ')})`);
  }
}

export async function withDuck<T>(work: (duck: Duck) => Promise<T>): Promise<T> {
  const duck = await openDuck();
  try {
    return await work(duck);
  } finally {
    duck.close();
  }
}

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'clinragen-cohort-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A hospital of three patients and four stays that all pass the filters, invented. Columns that the cohort does not read
 * are left out, but for ROW_ID; some headers are upper case, some lower, as MIMIC's versions differ.
 */
export const SMALL_HOSPITAL: Readonly<Record<string, TableText>> = {
  PATIENTS: `
    ROW_ID | SUBJECT_ID | GENDER | DOB
    1 | 1 | F | 2050-01-01 00:00:00
    2 | 2 | M | 1800-01-01 00:00:00
    3 | 3 | F | 2070-06-01 00:00:00`,
  ADMISSIONS: `
    ROW_ID | SUBJECT_ID | HADM_ID | ADMISSION_TYPE | ADMISSION_LOCATION | DIAGNOSIS | HAS_CHARTEVENTS_DATA
    1 | 1 | 11 | EMERGENCY | EMERGENCY ROOM ADMIT | PNEUMONIA;FEVER\\nCOUGH | 1
    2 | 1 | 12 | EMERGENCY | CLINIC REFERRAL | CHEST PAIN | 1
    3 | 2 | 21 | ELECTIVE | PHYS REFERRAL | AORTIC STENOSIS, SEVERE | 1
    4 | 3 | 31 | URGENT | TRANSFER | LOWER GI BLEED | 1`,
  ICUSTAYS: `
    ROW_ID | SUBJECT_ID | HADM_ID | ICUSTAY_ID | FIRST_CAREUNIT | LAST_CAREUNIT | FIRST_WARDID | LAST_WARDID | INTIME | OUTTIME | LOS
    1 | 1 | 11 | 111 | MICU | MICU | 1 | 1 | 2100-01-01 00:00:00 | 2100-01-01 12:00:00 | 0.5
    2 | 1 | 12 | 121 | CCU | CCU | 2 | 2 | 2101-05-01 06:30:00 | 2101-05-01 12:30:00 | 0.25
    3 | 2 | 21 | 211 | CSRU | CSRU | 3 | 3 | 2110-03-03 08:00:00 | 2110-03-04 08:00:00 | 1
    4 | 3 | 31 | 311 | MICU | MICU | 1 | 1 | 2111-01-01 00:00:00 | 2111-01-01 03:00:00 | 0.125`,
  DIAGNOSES_ICD: `
    row_id | subject_id | hadm_id | seq_num | icd9_code
    1 | 1 | 11 | 1 | 486
    2 | 1 | 11 | 2 | 5849
    3 | 1 | 12 | 1 | 41401
    4 | 2 | 21 | 1 | 4241
    5 | 3 | 31 | 1 | 5789`,
  D_ICD_DIAGNOSES: `
    row_id | icd9_code | short_title
    1 | 486 | Pneumonia, organism NOS
    2 | 5849 | Acute kidney failure NOS
    3 | 41401 | Crnry athrscl natve vssl
    4 | 4241 | Aortic valve disorder
    5 | 5789 | Gastrointest hemorr NOS`,
  CHARTEVENTS: `
    ROW_ID | SUBJECT_ID | HADM_ID | ICUSTAY_ID | ITEMID | CHARTTIME | VALUE | VALUEUOM
    1 | 1 | 11 | 111 | 220045 | 2100-01-01 00:30:00 | 110 | bpm
    2 | 1 | 11 | 111 | 220045 | 2100-01-01 05:15:00 | 96 | bpm
    3 | 1 | 11 | 111 | 223761 | 2100-01-01 00:30:00 | 101.3 | ?F
    4 | 1 | 11 | 111 | 220739 | 2100-01-01 00:30:00 | To Speech |
    5 | 1 | 12 | 121 | 211 | 2101-05-01 07:00:00 | 72 | BPM
    6 | 2 | 21 | 211 | 220277 | 2110-03-03 09:00:00 | 97 | %
    7 | 3 | 31 | 311 | 455 | 2111-01-01 01:00:00 | 88 | mmHg`,
  LABEVENTS: `
    ROW_ID | SUBJECT_ID | HADM_ID | ITEMID | CHARTTIME | VALUE | VALUEUOM
    1 | 1 | 11 | 50931 | 2100-01-01 01:00:00 | 140 | mg/dL
    2 | 1 | 11 | 50820 | 2100-01-01 01:00:00 | 7.31 | units
    3 | 3 |  | 50931 | 2111-01-01 01:00:00 | 95 | mg/dL`,
};

/** What the composed note is made of, for the small hospital. */
export const SMALL_RECORDS: Readonly<Record<string, TableText>> = {
  SERVICES: `
    ROW_ID | HADM_ID | TRANSFERTIME | CURR_SERVICE
    1 | 11 | 2100-01-01 00:00:00 | MED
    2 | 21 | 2110-03-03 08:00:00 | CSURG`,
  PRESCRIPTIONS: `
    ROW_ID | HADM_ID | STARTDATE | DRUG_TYPE | DRUG | DRUG_NAME_GENERIC
    1 | 11 | 2100-01-01 00:00:00 | BASE | D5W | D5W
    2 | 11 | 2100-01-01 00:00:00 | MAIN | Ceftriaxone | CeftriaXONE
    3 | 12 | 2101-05-01 00:00:00 | MAIN | Aspirin |`,
  MICROBIOLOGYEVENTS: `
    ROW_ID | HADM_ID | CHARTDATE | SPEC_TYPE_DESC | ORG_NAME
    1 | 11 | 2100-01-01 00:00:00 | SPUTUM | STREPTOCOCCUS PNEUMONIAE
    2 | 11 | 2100-01-01 00:00:00 | URINE |`,
  PROCEDURES_ICD: `
    ROW_ID | HADM_ID | SEQ_NUM | ICD9_CODE
    1 | 21 | 1 | 3522`,
  D_ICD_PROCEDURES: `
    ROW_ID | ICD9_CODE | LONG_TITLE
    1 | 3522 | Open and other replacement of aortic valve`,
};

/** Writes tables into a folder; `gzip` compresses. */
export async function writeTables(
  folder: string,
  tables: Readonly<Record<string, TableText>>,
  { gzip = false } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(tables)) {
    const csv = toCsv(text);
    if (gzip) await writeFile(join(folder, `${name}.csv.gz`), gzipSync(csv));
    else await writeFile(join(folder, `${name}.csv`), csv);
  }
}
