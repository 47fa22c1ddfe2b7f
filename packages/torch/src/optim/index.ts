export { AdamW, type AdamWOptions, type AdamWState, type ParameterGroup } from './adamw.js';
export { type Schedule, type ScheduleKind, type ScheduleOptions, schedule } from './schedule.js';
