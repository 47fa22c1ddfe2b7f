/**
 * The synthetic hospital: raw tables in MIMIC-III's or MIMIC-IV's own layout, discharge summaries included, for demos,
 * tests and benchmarks.
 *
 * SYNTHETIC. No patient, no admission and no sentence in it is real; nothing was estimated from patients' records. It
 * exists so that the whole way can be walked without credentials, through the same door as a real database. Results
 * on it say that the machinery works, and nothing about medicine.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PHENOTYPES, type Phenotype } from '../phenotypes.js';
import { FINEST } from './fine-charting.js';
import { LAYOUTS, type Layout } from './layouts.js';
import { GENERATOR, MARKER, refuseForeignTables, sign } from './marker.js';
import { newLedger, writePatient } from './records.js';
import { SynthesisError } from './synthesis-error.js';

export type { Layout } from './layouts.js';
export { GENERATOR } from './marker.js';
export { SynthesisError } from './synthesis-error.js';

export interface SynthesisOptions {
  /** How many people; about one in ten comes twice. At least 1. */
  readonly patients: number;
  /** Any whole number of at most 53 bits; the same seed and options give the same bytes. */
  readonly seed: number;
  /** The folder; made if absent. One that holds tables not made by us is refused. */
  readonly out: string;
  /** Whose tables: MIMIC-III 1.4 (default), or MIMIC-IV 2.2/3.1 with MIMIC-IV-Note's discharge summaries. */
  readonly layout?: Layout;
  /** `extended` measures eleven more analytes and moves the basic ones by more diseases. Default `basic`. */
  readonly labs?: 'basic' | 'extended';
  /** How often bedside values are charted, as a multiple of about once an hour: 1 (default) to 40. It adds rows. */
  readonly density?: number;
  /** gzip's level, 1 (fast, a fifth larger) to 9. Default 6. */
  readonly gzip?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface SynthesisReport {
  readonly folder: string;
  readonly version: string;
  readonly layout: Layout;
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
  /** Rows by table, as the layout names its files: `CHARTEVENTS`, `icu/chartevents`. */
  readonly rows: Readonly<Record<string, number>>;
}

/**
 * Writes the tables of a synthetic hospital as `.csv.gz`, with `SYNTHETIC.json` (written last: its presence says that the
 * folder is complete) and a README. Memory does not grow with the number of patients.
 *
 * @throws SynthesisError when an option is out of range or the folder holds tables of another origin.
 * @example
 * const report = await synthesize({ patients: 2000, seed: 7, out: 'hospital' });
 */
export async function synthesize(options: SynthesisOptions): Promise<SynthesisReport> {
  const { patients, seed, out, onProgress, layout = 'mimic3', labs = 'basic', density = 1, gzip = 6 } = options;
  const whole = (name: string, value: number, low: number, high: number) => {
    if (Number.isInteger(value) && value >= low && value <= high) return;
    const range = high === Number.POSITIVE_INFINITY ? `of at least ${low}` : `from ${low} to ${high}`;
    throw new SynthesisError(`${name}: found ${value}, expected a whole number ${range}`);
  };
  whole('patients', patients, 1, Number.POSITIVE_INFINITY);
  whole('gzip', gzip, 1, 9);
  if (!Number.isSafeInteger(seed)) throw new SynthesisError(`seed: found ${seed}, expected a whole number`);
  if (!(density >= 1 && density <= FINEST)) {
    throw new SynthesisError(`density: found ${density}, expected a number from 1 to ${FINEST}`);
  }
  if (!Object.hasOwn(LAYOUTS, layout)) {
    throw new SynthesisError(`layout: found ${layout}, expected ${Object.keys(LAYOUTS).join(' or ')}`);
  }
  await refuseForeignTables(out, layout);

  const ledger = newLedger();
  const { tables, recorder } = await LAYOUTS[layout].open(out, seed, { level: gzip }, labs === 'extended');
  let rows: Record<string, number>;
  try {
    await rm(join(out, MARKER), { force: true });
    for (let index = 0; index < patients; index++) {
      writePatient(recorder, ledger, seed, index, { labs, density });
      await tables.settle();
      onProgress?.(index + 1, patients);
    }
    rows = await tables.finish();
  } catch (error) {
    await tables.abandon();
    throw error;
  }
  await sign(out, { patients, seed, layout, labs, density });
  const { admissions, stays, children, moved, severalStays, withoutSummary, coded } = ledger;
  return {
    folder: out,
    version: GENERATOR.version,
    layout,
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
