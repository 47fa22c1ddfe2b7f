export { BLEU_SIGNATURE, type Bleu, corpusBleu, tokenize13a } from './bleu.js';
export {
  type BootstrapOptions,
  bootstrapAreas,
  bootstrapScores,
  type Difference,
  type Interval,
  pairedDifference,
} from './bootstrap.js';
export { type Calibration, type CalibrationBin, calibrate } from './calibration.js';
export { type ComparedModel, type Comparison, compareModels, comparisonSchema } from './compare.js';
export { renderComparison } from './comparison-text.js';
export { EvaluateError } from './errors.js';
export { type LabelTable, labelTable } from './label-table.js';
export { type EvaluateOptions, evaluate, type Metrics, metricsSchema, writeMetrics } from './metrics.js';
export { type Areas, areas, rank } from './ranking.js';
export { type Report, type ReportCase, renderReport, type TrainingRecord, writeReport } from './report.js';
export { type LabelScores, type Scores, scoreDiagnoses } from './scores.js';
