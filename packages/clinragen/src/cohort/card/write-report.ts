import { join } from 'node:path';
import { writeWhole } from '../../report-page/index.js';
import { CohortError } from '../cohort-error.js';
import { renderDataCard } from './data-card.js';
import type { CohortFacts } from './facts.js';
import type { LeakageFacts } from './leakage.js';
import { renderCohortPage } from './page.js';

export interface CohortReportOptions {
  /** The cohort's folder. */
  readonly dir: string;
  readonly facts: CohortFacts;
  /** What `leakageReport` found; without it the report says that nothing was looked for. */
  readonly leakage?: LeakageFacts;
  /** Makes the cohort again, for the data card; default: the options of cohort.json as YAML. */
  readonly command?: string;
}

/**
 * Writes `cohort.html` and `DATACARD.md` beside `cohort.json`, each whole or not at all. The same facts give the same bytes.
 *
 * @throws CohortError where the folder cannot be written
 */
export async function writeCohortReport({ dir, facts, leakage, command }: CohortReportOptions): Promise<void> {
  const files = {
    'cohort.html': renderCohortPage(facts, leakage),
    'DATACARD.md': renderDataCard(facts, leakage, command),
  };
  for (const [name, text] of Object.entries(files)) {
    const file = join(dir, name);
    await writeWhole(file, text).catch((error: unknown) => {
      throw new CohortError('the report cannot be written', { file }, { cause: error });
    });
  }
}
