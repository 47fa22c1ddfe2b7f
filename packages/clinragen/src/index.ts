/** ClinRaGen, to be embedded: each room is also an entry of its own (`clinragen/cohort`, `clinragen/model` …). */
export { buildCohort, readCohort } from './cohort/index.js';
export type { RunConfig } from './config.js';
export { ConfigError, loadConfig } from './config-file.js';
export { type Diagnosis, diagnoseStays, renderDiagnosis } from './diagnose/index.js';
export { distill } from './distill/index.js';
export { type LoadedModel, loadCheckpoint } from './model/index.js';
export { PHENOTYPES, type Phenotype } from './phenotypes.js';
export type * from './types.js';
