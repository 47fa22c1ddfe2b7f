export { type Anomaly, anomalies, HOLD_HOURS, type Run, type Severity, unmeasured } from './anomalies.js';
export { type CaptionOptions, caption, measureInWords } from './caption.js';
export { canonicalVariable, type Direction, isMeaningful, MEANINGLESS } from './directions.js';
export { CaptionError } from './errors.js';
export { type Trend, trendOf } from './trend.js';
export { numberInWords } from './words.js';
