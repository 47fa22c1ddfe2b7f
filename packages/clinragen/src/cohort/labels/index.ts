export { type CodeCounts, fillLabels, type LabelCounts } from './fill-labels.js';
export {
  codeOfMeds,
  codesOfList,
  type IcdCode,
  type IcdVersion,
  inOneVersion,
  normalizeCode,
  versionOf,
} from './normalize.js';
export { type CodeKind, type LabelRow, labelRow, phenotypeOf } from './phenotypes-of-code.js';
