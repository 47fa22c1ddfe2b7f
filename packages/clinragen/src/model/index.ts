export { type Batch, type BatchOptions, type Example, makeBatch, scaled } from './batch.js';
export { type CheckpointFacts, createModel, type LoadedModel, loadCheckpoint, saveCheckpoint } from './checkpoint.js';
export { ClinRaGen, type Corpus, corpusFrom, type SeriesConfig, SeriesReader } from './clinragen.js';
export { type Diagnosed, DiagnosisTrie, diagnoseBeam } from './diagnosis-beam.js';
export { type Generated, type GenerateOptions, generate } from './generate.js';
export { KnowledgeAttention } from './knowledge-attention.js';
export { type ModelCardFacts, modelCard } from './model-card.js';
export { ModelError } from './model-error.js';
export { PatchTST, type PatchTSTConfig } from './patchtst.js';
export { languageConfigOf, seriesConfigOf } from './presets.js';
export { T5 } from './t5.js';
export { parseT5Config, readT5Config, type T5Config } from './t5-config.js';
export {
  AnswerForm,
  answerIds,
  answerText,
  type Compat,
  PROMPT,
  promptIds,
  type Rationales,
  type Reading,
  splitRationale,
} from './target.js';
export { DEMO_TOKENIZER, readTokenizer, type Tokenizer } from './tokenizer.js';
