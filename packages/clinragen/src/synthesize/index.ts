/**
 * The synthetic hospital: raw tables in MIMIC-III 1.4's own layout, discharge summaries included, for demos and tests.
 *
 * SYNTHETIC. No patient, no admission and no sentence in it is real; nothing was estimated from patients' records. It
 * exists so that the whole way can be walked without credentials, through the same door as a real database. Results
 * on it say that the machinery works, and nothing about medicine.
 */
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PHENOTYPES, type Phenotype } from '../phenotypes.js';
import { DISEASES, OTHER_CODES } from './diseases.js';
import { newLedger, writePatient } from './records.js';
import { SynthesisError } from './synthesis-error.js';
import { TableWriter } from './table-writer.js';
import { ITEMS, LABS, type Table } from './tables.js';
import { PROCEDURES } from './treatments.js';

export { SynthesisError } from './synthesis-error.js';

/** Changes whenever the same seed gives other tables. */
export const GENERATOR = { name: 'clinragen synthesize', version: '1' } as const;

export interface SynthesisOptions {
  /** How many people; about one in ten comes twice. At least 1. */
  readonly patients: number;
  /** Any whole number of at most 53 bits; the same seed gives the same bytes. */
  readonly seed: number;
  /** The folder; made if absent. One that holds tables not made by us is refused. */
  readonly out: string;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface SynthesisReport {
  readonly folder: string;
  readonly version: string;
  readonly seed: number;
  readonly patients: number;
  readonly admissions: number;
  readonly icuStays: number;
  /** Admissions made to break a rule of the cohort, by rule. An admission may break two. */
  readonly violations: {
    readonly children: number;
    readonly moved: number;
    readonly severalStays: number;
    readonly withoutSummary: number;
  };
  /** Share of admissions with a code of the phenotype, by name. */
  readonly prevalence: Readonly<Record<Phenotype, number>>;
  readonly rows: Readonly<Record<Table, number>>;
}

/**
 * Writes the tables of a synthetic hospital as `.csv.gz`, with `SYNTHETIC.json` (written last: its presence says that the
 * folder is complete) and a README.
 *
 * @throws SynthesisError when an option is out of range or the folder holds tables of another origin.
 * @example
 * const report = await synthesize({ patients: 2000, seed: 7, out: 'hospital' });
 */
export async function synthesize(options: SynthesisOptions): Promise<SynthesisReport> {
  const { patients, seed, out, onProgress } = options;
  if (!Number.isInteger(patients) || patients < 1) {
    throw new SynthesisError(`patients: found ${patients}, expected a whole number of at least 1`);
  }
  if (!Number.isSafeInteger(seed)) throw new SynthesisError(`seed: found ${seed}, expected a whole number`);
  const marker = join(out, 'SYNTHETIC.json');
  await refuseForeignTables(out, marker);

  const writer = await TableWriter.open(out);
  const ledger = newLedger();
  let rows: Record<Table, number>;
  try {
    await rm(marker, { force: true });
    writeDictionaries(writer);
    for (let index = 0; index < patients; index++) {
      writePatient(writer, ledger, seed, index);
      await writer.settle();
      onProgress?.(index + 1, patients);
    }
    rows = await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  const facts = {
    generator: GENERATOR.name,
    version: GENERATOR.version,
    seed,
    patients,
    note: 'synthetic, no real patient',
  };
  await writeWhole(join(out, 'README.txt'), readme(patients, seed));
  await writeWhole(marker, `${JSON.stringify(facts, null, 2)}\n`);
  const { admissions, stays, children, moved, severalStays, withoutSummary, coded } = ledger;
  return {
    folder: out,
    version: GENERATOR.version,
    seed,
    patients,
    admissions,
    icuStays: stays,
    violations: { children, moved, severalStays, withoutSummary },
    prevalence: Object.fromEntries(PHENOTYPES.map((p) => [p, (coded.get(p) ?? 0) / admissions])) as Record<
      Phenotype,
      number
    >,
    rows,
  };
}

/** Real tables must never be overwritten by made-up ones. */
async function refuseForeignTables(out: string, marker: string): Promise<void> {
  const exists = async (path: string) => {
    try {
      await access(path);
      return true;
    } catch {
      return false;
    }
  };
  for (const table of ['PATIENTS', 'patients']) {
    for (const ending of ['csv', 'csv.gz']) {
      const file = join(out, `${table}.${ending}`);
      if (!(await exists(file))) continue;
      const ours = await readFile(marker, 'utf8').catch(() => '');
      if (ours.includes(GENERATOR.name)) continue;
      throw new SynthesisError(
        `${file}: found a table not marked as synthetic, expected a folder of our own or an empty one`,
      );
    }
  }
}

function writeDictionaries(writer: TableWriter): void {
  const titles = new Map<string, string>();
  for (const disease of PHENOTYPES) for (const [c] of DISEASES[disease].codes) titles.set(c.icd9, c.title);
  for (const [c] of OTHER_CODES) titles.set(c.icd9, c.title);
  for (const [icd9, title] of titles) writer.row('D_ICD_DIAGNOSES', [icd9, title, title]);
  for (const [icd9, title] of PROCEDURES) writer.row('D_ICD_PROCEDURES', [icd9, title, title]);
  for (const [item, label, links, category, unit, kind] of ITEMS) {
    writer.row('D_ITEMS', [item, label, label, 'metavision', links, category, unit, kind, '']);
  }
  for (const [item, label, category, loinc] of Object.values(LABS)) {
    writer.row('D_LABITEMS', [item, label, 'Blood', category, loinc]);
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp-${process.pid}`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}

function readme(patients: number, seed: number): string {
  return [
    'SYNTHETIC DATA: no real patient, no real record.',
    '',
    `These tables were made by "${GENERATOR.name}" (version ${GENERATOR.version}, ${patients} patients, seed ${seed}).`,
    'They have the layout of MIMIC-III 1.4 so that software written for it can read them. The people, admissions,',
    'measurements, codes and notes are made up by a program; every sentence was written for it. Frequencies and courses',
    'were chosen to look plausible, not estimated from patients. Nothing here supports a statement about medicine.',
    '',
    'The same version, number of patients and seed give the same files.',
    '',
  ].join('\n');
}
