export { type DiagnoseOptions, type Diagnosis, diagnoseStays, type TermWeight } from './diagnose.js';
export { readPredictions, writePredictions } from './predictions-file.js';
export { renderDiagnosis } from './render.js';
export { diagnosesInText } from './text-labels.js';
