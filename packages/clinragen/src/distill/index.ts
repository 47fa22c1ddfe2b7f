export { batchesOf } from './batches.js';
export { type Distilled, type DistillOptions, distill, READING, type StageNumber, startingModel } from './distill.js';
export { DistillError } from './distill-error.js';
export { examplesOf, readingOf } from './examples.js';
export { readLog } from './log.js';
export { type StageProgress, type StageRecord, type StageResult, trainStage } from './train-stage.js';
