export { builtinKnowledge, builtinSeriesEvidence, type SeriesEvidence, type SeriesSign } from './builtin.js';
export { KnowledgeError } from './errors.js';
export { allTerms, readKnowledge, writeKnowledge } from './knowledge-file.js';
