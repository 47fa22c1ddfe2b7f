import { cp, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../../src/cohort/duck.js';
import { buildCohort } from '../../../src/cohort/index.js';
import { synthesize } from '../../../src/synthesize/index.js';
import { withDuck } from '../small-hospital.js';

/** A cohort of a synthetic hospital of 60 patients, all variables. */
export async function makeCohort(folder: string): Promise<string> {
  const [source, out] = [join(folder, 'hospital'), join(folder, 'cohort')];
  await synthesize({ patients: 60, seed: 11, out: source, labs: 'extended' });
  await buildCohort({ source, out, variables: 'extended' });
  return out;
}

type Json = Record<string, unknown>;

/**
 * A copy of a cohort with another cohort.json, and other stays where `stays` is given: SQL over the table `stays`.
 */
export async function changedCohort(
  from: string,
  to: string,
  change: (cohort: Json) => Json,
  stays?: string,
): Promise<string> {
  await cp(from, to, { recursive: true });
  const cohort = JSON.parse(await readFile(join(to, 'cohort.json'), 'utf8')) as Json;
  await writeFile(join(to, 'cohort.json'), JSON.stringify(change(cohort)));
  if (stays !== undefined) {
    const file = join(to, 'stays.parquet');
    await withDuck(async (duck) => {
      await duck.run(`CREATE TABLE stays AS FROM read_parquet(${literal(file)})`);
      await duck.run(`COPY (${stays}) TO ${literal(`${file}.new`)} (FORMAT parquet)`);
    });
    await rename(`${file}.new`, file);
  }
  return to;
}

export const asReal = (cohort: Json): Json => ({
  ...cohort,
  synthetic: false,
  source: 'MIMIC-III (folder made-up)',
  provenance: { ...(cohort.provenance as Json), generator: null, folder: 'made-up' },
});
