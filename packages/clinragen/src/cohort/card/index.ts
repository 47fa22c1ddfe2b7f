/** The cohort's report: `cohort.html` and `DATACARD.md`. */
export { type CohortFacts, cohortFacts, type FactsOptions } from './facts.js';
export type { LeakageFacts } from './leakage.js';
export { type CohortReportOptions, writeCohortReport } from './write-report.js';
