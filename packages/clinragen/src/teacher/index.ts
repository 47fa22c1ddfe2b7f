export { type Status, statusOf } from './context.js';
export { TeacherError } from './errors.js';
export { shortName } from './lexicon.js';
export { type EvidenceKind, type NoteEvidence, noteEvidence } from './note-evidence.js';
export { NOTE_WORDS } from './note-rationale.js';
export {
  type RationaleProgress,
  readRationales,
  type WriteRationales,
  writeRationales,
} from './rationale-file.js';
export { type RuleTeacherOptions, ruleTeacher } from './rule-teacher.js';
export { findingNames, SERIES_WORDS } from './series-rationale.js';
export { signature, type Teacher, type TeacherInput } from './teacher.js';
