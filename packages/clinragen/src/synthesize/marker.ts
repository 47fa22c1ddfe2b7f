/** What says that a folder is synthetic and complete, and what keeps made-up tables from lying among real ones. */
import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LAYOUTS, type Layout } from './layouts.js';
import { SynthesisError } from './synthesis-error.js';

/** Changes whenever the same seed gives other tables. */
export const GENERATOR = { name: 'clinragen synthesize', version: '1' } as const;

export const MARKER = 'SYNTHETIC.json';

interface Facts {
  readonly patients: number;
  readonly seed: number;
  readonly layout: Layout;
  readonly labs: 'basic' | 'extended';
  readonly density: number;
}

/** Signs a complete folder: README first, the marker last. */
export async function sign(out: string, { patients, seed, layout, labs, density }: Facts): Promise<void> {
  const facts = {
    generator: GENERATOR.name,
    version: GENERATOR.version,
    seed,
    patients,
    // Said only where they are not the first version's, whose bytes stay.
    ...(layout === 'mimic3' ? {} : { layout }),
    ...(labs === 'basic' ? {} : { labs }),
    ...(density === 1 ? {} : { density }),
    note: 'synthetic, no real patient',
  };
  await writeWhole(join(out, 'README.txt'), readme(patients, seed, layout));
  await writeWhole(join(out, MARKER), `${JSON.stringify(facts, null, 2)}\n`);
}

/** Real tables must never be overwritten by made-up ones, nor two layouts share a folder. */
export async function refuseForeignTables(out: string, layout: Layout): Promise<void> {
  const marker = await readFile(join(out, MARKER), 'utf8').catch(() => '');
  for (const other of Object.keys(LAYOUTS) as Layout[]) {
    const sign = LAYOUTS[other].sign;
    for (const file of [sign, sign.toLowerCase()].flatMap((name) => [`${name}.csv`, `${name}.csv.gz`])) {
      const path = join(out, file);
      if (!(await exists(path))) continue;
      if (!marker.includes(GENERATOR.name)) {
        throw new SynthesisError(
          `${path}: found a table not marked as synthetic, expected a folder of our own or an empty one`,
        );
      }
      if (other !== layout) {
        throw new SynthesisError(`${path}: found a synthetic hospital in layout ${other}, expected one in ${layout}`);
      }
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp-${process.pid}`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}

function readme(patients: number, seed: number, layout: Layout): string {
  return [
    'SYNTHETIC DATA: no real patient, no real record.',
    '',
    `These tables were made by "${GENERATOR.name}" (version ${GENERATOR.version}, ${patients} patients, seed ${seed}).`,
    `They have the layout of ${LAYOUTS[layout].name} so that software written for it can read them. The people, admissions,`,
    'measurements, codes and notes are made up by a program; every sentence was written for it. Frequencies and courses',
    'were chosen to look plausible, not estimated from patients. Nothing here supports a statement about medicine.',
    '',
    'The same version, number of patients and seed give the same files.',
    '',
  ].join('\n');
}
