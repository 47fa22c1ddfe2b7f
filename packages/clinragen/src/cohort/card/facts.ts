import { access, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CohortError } from '../cohort-error.js';
import { literal, openDuck, tableError } from '../duck.js';
import { type CohortFile, readCohortFile } from './cohort-file.js';
import { FEWEST_OF_REAL } from './small-cells.js';
import { type StayFacts, stayFacts } from './stay-facts.js';
import { type VariableFacts, variableFacts } from './variable-facts.js';

/** Everything that the cohort's report says. Counts are exact: the report leaves out the small ones when it is written. */
export interface CohortFacts extends StayFacts {
  readonly file: CohortFile;
  /** Base name of the cohort's folder. */
  readonly folder: string;
  /** The report shows no count of fewer stays, and no picture of their values; 1 shows all. */
  readonly fewest: number;
  /** Hours of all series. */
  readonly hours: number;
  /** What was known by so many hours after ICU admission; null for the whole stay (retrospective). */
  readonly until: number | null;
  readonly variables: readonly VariableFacts[];
}

export interface FactsOptions {
  /** Fewest stays that a count or a bar may stand for. Default: 5 for real patients, 1 for synthetic ones. */
  readonly fewest?: number;
  /** DuckDB's memory, in its notation. Default 2GB; what does not fit goes to disk beside the cohort. */
  readonly memoryLimit?: string;
}

/**
 * Counts a cohort for its report, from `cohort.json`, `stays.parquet` and `series.parquet`.
 *
 * @param dir  the folder that `buildCohort` wrote
 * @throws CohortError where a file is missing or is not a cohort's
 *
 * @example
 * const facts = await cohortFacts('runs/demo/cohort');
 * await writeCohortReport({ dir: 'runs/demo/cohort', facts });
 */
export async function cohortFacts(dir: string, options: FactsOptions = {}): Promise<CohortFacts> {
  const file = await readCohortFile(dir);
  const fewest = options.fewest ?? (file.synthetic ? 1 : FEWEST_OF_REAL);
  if (!Number.isInteger(fewest) || fewest < 1) {
    throw new CohortError('option fewest', { found: String(fewest), expected: 'a whole number from 1 on' });
  }
  const [stays, series] = [join(dir, 'stays.parquet'), join(dir, 'series.parquet')];
  for (const path of [stays, series]) {
    await access(path).catch((error: unknown) => {
      throw new CohortError('the file is missing', { file: path }, { cause: error });
    });
  }
  const whole = resolve(dir);
  const temp = join(dirname(whole), `${basename(whole)}.tmp-card-${process.pid}`);
  const duck = await openDuck({ temp, ...(options.memoryLimit ? { memoryLimit: options.memoryLimit } : {}) });
  try {
    const people = await stayFacts(duck, stays, fewest);
    const [hours] = await duck.rows<{ n: number }>(
      `SELECT count(*)::DOUBLE AS n FROM read_parquet(${literal(series)})`,
    );
    const variables: VariableFacts[] = [];
    for (const variable of file.variables) variables.push(await variableFacts(duck, series, variable, fewest));
    const until = file.options?.until;
    return {
      ...people,
      file,
      folder: basename(whole),
      fewest,
      hours: hours!.n,
      until: typeof until === 'number' ? until : null,
      variables,
    };
  } catch (error) {
    throw tableError(dir, error);
  } finally {
    duck.close();
    await rm(temp, { recursive: true, force: true });
  }
}
