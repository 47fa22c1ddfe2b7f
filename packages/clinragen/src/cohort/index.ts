/** From raw EHR tables to stays with note, series and labels. */
export { buildCohort, type CohortOptions, type CohortPhase, type CohortProgress } from './build.js';
export { CohortError, type CohortErrorFacts } from './cohort-error.js';
export { SOURCE_KINDS, type SourceKind } from './kinds.js';
export { exportMeds, type MedsExport, type MedsExportOptions } from './meds/index.js';
export { BENCHMARK_VARIABLES, type BenchmarkVariable } from './mimic3/variables.js';
export { cleanNote } from './note/clean.js';
export { hospitalCourse } from './note/hospital-course.js';
export { type LeakageReport, leakageReport } from './note/leakage.js';
export { readCohort, readCohortReport, readNotes } from './read.js';
export type { CohortReport } from './report.js';
export type { Source, SourceOptions } from './source.js';
export { type SplitOptions, splitOf } from './split.js';
export { VARIABLE_SETS, type VariableSet, type VariableSetName } from './variables/sets.js';
