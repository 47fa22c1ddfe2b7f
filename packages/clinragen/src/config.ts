/**
 * A run's configuration: the YAML's schema, every default and its reason, once.
 *
 * A file says `model.preset: demo | paper` and what differs from that preset; all defaults come from the presets below.
 */
import { z } from 'zod';
import { SOURCE_KINDS } from './cohort/kinds.js';

const count = z.int().min(1);
const whole = z.int().min(0);
const fraction = z.number().min(0).max(0.9);
const rate = z.number().gt(0).max(1);
const text = z.string().min(1);

const run = z.strictObject({
  /** Names the run's folder, `<dir>/<name>`. */
  name: z.string().regex(/^\w[\w.-]*$/, 'a name of letters, digits, dots, hyphens and underscores'),
  dir: text,
  /** Of everything that draws numbers, but for the split and the synthetic hospital, which have their own. */
  seed: whole,
  /** Of the engine. `auto`: as many as the machine has cores. */
  threads: z.union([z.literal('auto'), count]),
});

const source = z.discriminatedUnion('kind', [
  /** A database's folder of tables; docs/data.md says how to get each. */
  z.strictObject({ kind: z.enum(SOURCE_KINDS).exclude(['eicu']), path: text }),
  /** `hourly`: a second folder, of the hourly form of vitals and laboratory; docs/eicu.md. */
  z.strictObject({ kind: z.literal('eicu'), path: text, hourly: text.optional() }),
  /** A hospital that the project makes itself, in MIMIC-III's layout. */
  z.strictObject({ kind: z.literal('synthetic'), patients: count, seed: whole }),
]);

const cohort = z.strictObject({
  source,
  /** Of the split by patient: another seed asks the same question of other patients. */
  seed: whole,
  testFraction: fraction,
  /** Of the training side, by patient; the paper has none and chooses its epoch on the test set. */
  validationFraction: fraction,
  /**
   * Who is held out together: patients, or whole hospitals where the source has several. A file `subject,split` says it of each
   * patient: the benchmark's `testset.csv`, for one. `source`: as the source's publisher split them (MEDS's subject_splits).
   */
  splitBy: z.union([z.enum(['patient', 'hospital', 'source']), z.strictObject({ file: text })]),
  /** Series of the paper's 11 variables, the benchmark's 17, or those and the laboratory's. */
  variables: z.enum(['paper11', 'benchmark17', 'extended']),
  /** Prospective: only what was known so many hours after admission to the ICU. `end`: the whole stay, in retrospect. */
  until: z.union([z.literal('end'), z.string().regex(/^[1-9]\d*h$/, 'hours such as 24h')]),
  /** Longer series are cut. */
  maxHours: count,
  /** `train`: IQR fences of the training split. `paper`: those in the authors' code, computed on MIMIC. */
  fences: z.enum(['train', 'paper']),
  /** Longest cleaned note. */
  noteWords: count,
  /** `auto`: the hospital course where there are discharge summaries, else a note composed from what was documented. */
  notes: z.enum(['auto', 'hospital-course', 'composed']),
  /** Whether composed notes tell the diagnosis coded on admission, where the source has one: it comes near the labels. */
  admissionDx: z.boolean(),
  /** DuckDB's, in its notation; what does not fit goes to disk. */
  memoryLimit: z.string().regex(/^\d+(\.\d+)?\s?[KMGT]i?B$/i, 'a size such as 2GB'),
});

const captions = z.strictObject({
  /** `paper`: the authors' grammar, which counts rows. `fixed`: how long, how far, and the trend. */
  compat: z.enum(['paper', 'fixed']),
});

const knowledge = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('builtin') }),
  z.strictObject({ kind: z.literal('file'), path: text }),
]);

/** A union of one, for now: teachers that are language models are further kinds. */
const teacher = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('rules'), seed: whole })]);

/** T5's sizes, in Hugging Face's names' meaning. Only for `init.kind: scratch`; a folder brings its own config.json. */
const language = z.strictObject({
  dModel: count,
  /** Width of one attention head; heads × dKv need not be dModel. */
  dKv: count,
  dFf: count,
  layers: count,
  decoderLayers: count,
  heads: count,
  feedForward: z.enum(['relu', 'gated-gelu']),
  /** Whether the output layer is the embedding's transpose. */
  tied: z.boolean(),
  dropout: fraction,
});

const series = z
  .strictObject({
    /** Hours of one patch: one token of the language model. */
    patch: count,
    dModel: count,
    layers: count,
    heads: count,
    dFf: count,
    dropout: fraction,
  })
  .refine(({ dModel, heads }) => dModel % heads === 0, { path: ['dModel'], error: 'a multiple of heads' });

const attention = z.strictObject({ heads: count, headWidth: count, dropout: fraction });

const model = z.strictObject({
  preset: z.enum(['demo', 'paper']),
  /** `fixed` leaves out the defects of the authors' code that change results; `paper` has them. Every report says which. */
  compat: z.enum(['fixed', 'paper']),
  /** Where the language model begins: random weights, or a folder in Hugging Face layout such as Flan-T5-small's. */
  init: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('scratch') }),
    z.strictObject({ kind: z.literal('folder'), path: text }),
  ]),
  language,
  series,
  knowledge: attention,
});

const stage = z.strictObject({
  epochs: count,
  learningRate: rate,
  /** Stays per step; a batch is also closed where it would pass batchTokens. */
  batchSize: count,
  /** Padded tokens per step, note and target together: bounds memory, and keeps long notes from starving short ones. */
  batchTokens: count,
  schedule: z.enum(['cosine', 'linear', 'constant']),
  warmupSteps: whole,
  weightDecay: z.number().min(0).max(1),
  /** Largest norm of the gradients; `none` as in the authors' code. */
  clip: z.union([z.literal('none'), z.number().gt(0)]),
});

const distill = z.strictObject({
  /** 1: language model on notes; 2: series encoder and knowledge attention, the rest frozen; 3: all together. */
  stages: z.strictObject({ 1: stage, 2: stage, 3: stage }),
  /** `auto`: bf16 where the processor or GPU has it. Never fp16: T5 overflows in it. */
  precision: z.enum(['auto', 'bf16', 'fp32']),
  /** Prompt and note; longer notes are cut from the end, so that "and Lab Test:" stays in the window. */
  noteTokens: count,
  targetTokens: count,
  /** What a token of the diagnoses counts in the loss, one of the rationale counting 1. 1 is the paper's equation. */
  diagnosisWeight: z.number().min(1),
  /**
   * Weight of the knowledge attention's own loss, beside the answer's, where the series is read: its attention is drawn to
   * the terms of the recorded diseases. 0 is the paper's equation.
   */
  knowledgeWeight: z.number().min(0),
});

const generate = z.strictObject({
  beams: count,
  maxTokens: count,
  /** No run of so many tokens is written twice in a rationale, as Hugging Face's `no_repeat_ngram_size`. */
  noRepeatNgram: z.union([z.literal('none'), count]),
  /** Stays decoded side by side. */
  batchSize: count,
});

const evaluate = z.strictObject({
  /** Of the bootstrap by patient. */
  replicates: count,
  /** Stays that report.html shows in full. Their notes stand in it: it is patients' data then. */
  cases: whole,
});

/** The whole of a run's YAML. */
export const configSchema = z.strictObject({
  run,
  cohort,
  captions,
  knowledge,
  teacher,
  model,
  distill,
  generate,
  evaluate,
});

export type RunConfig = z.infer<typeof configSchema>;
export type StageConfig = z.infer<typeof stage>;
export type Preset = RunConfig['model']['preset'];

/** What a preset leaves for the file to say. */
type Defaults = Omit<RunConfig, 'cohort' | 'model'> & {
  cohort: Omit<RunConfig['cohort'], 'source'> & Partial<Pick<RunConfig['cohort'], 'source'>>;
  model: Omit<RunConfig['model'], 'init'> & Partial<Pick<RunConfig['model'], 'init'>>;
};

// The authors' code: AdamW, weight decay 0.05, cosine after 200 steps of warm-up, batches of 12, no clipping, fp32.
const paperStage = (learningRate: number): StageConfig => ({
  epochs: 10, // the paper does not say; the best on the validation split is kept
  learningRate,
  batchSize: 12,
  batchTokens: 12 * (1600 + 512), // never the tighter limit: the paper's batches are of stays
  schedule: 'cosine',
  warmupSteps: 200,
  weightDecay: 0.05,
  clip: 'none',
});

const paper: Defaults = {
  run: { name: 'paper', dir: 'runs', seed: 1, threads: 'auto' },
  cohort: {
    seed: 1,
    testFraction: 0.2, // the paper's 4:1
    validationFraction: 0.1,
    maxHours: 1000, // the authors' 1,000 hourly steps, 125 patches of 8
    splitBy: 'patient',
    variables: 'paper11',
    until: 'end',
    fences: 'train',
    noteWords: 1000, // about 1,400 of the 1,600 tokens
    notes: 'auto',
    admissionDx: false,
    memoryLimit: '4GB', // CHARTEVENTS has 330 million rows
  },
  captions: { compat: 'fixed' },
  knowledge: { kind: 'builtin' },
  teacher: { kind: 'rules', seed: 1 },
  model: {
    preset: 'paper',
    compat: 'fixed',
    // Flan-T5-small; 87 M parameters with the series encoder (Table 1).
    language: {
      dModel: 512,
      dKv: 64,
      dFf: 1024,
      layers: 8,
      decoderLayers: 8,
      heads: 6,
      feedForward: 'gated-gelu',
      tied: false,
      dropout: 0.1,
    },
    // 3 layers, 768 wide, feed-forward 512; 16 heads as in PatchTST's own configurations, since the paper names none.
    series: { patch: 8, dModel: 768, layers: 3, heads: 16, dFf: 512, dropout: 0.1 },
    knowledge: { heads: 8, headWidth: 32, dropout: 0.1 }, // Time-LLM's reprogramming layer
  },
  distill: {
    // Stage 2 trains new weights against a frozen language model, hence its higher rate.
    stages: { 1: paperStage(2e-5), 2: paperStage(5e-5), 3: paperStage(2e-5) },
    precision: 'auto',
    noteTokens: 1600,
    targetTokens: 512, // the authors generate at most 500
    diagnosisWeight: 1,
    knowledgeWeight: 0,
  },
  generate: { beams: 2, maxTokens: 500, noRepeatNgram: 'none', batchSize: 12 },
  evaluate: { replicates: 1000, cases: 6 },
};

// From random weights, rates of pre-training are needed: fifty times those of fine-tuning. Not more: at 0.003 the loss stays
// where the label frequencies alone bring it, because attention never finds the words that matter; at 0.001 it does within
// some hundred steps. Small batches, since it is steps that it needs.
const demoStage = (epochs: number, learningRate: number): StageConfig => ({
  epochs,
  learningRate,
  batchSize: 8, // half as many stays a step learn more of an epoch than 16, in the same time
  batchTokens: 8192,
  schedule: 'cosine',
  warmupSteps: 30,
  weightDecay: 0.01,
  clip: 1, // a few early steps from random weights are ten times too long without it
});

const demo: Defaults = {
  run: { name: 'demo', dir: 'runs', seed: 1, threads: 'auto' },
  cohort: {
    source: { kind: 'synthetic', patients: 2600, seed: 7 },
    seed: 1,
    testFraction: 0.2,
    validationFraction: 0.1,
    maxHours: 240, // ten days: 30 patches; few synthetic stays are longer
    splitBy: 'patient',
    variables: 'paper11',
    until: 'end',
    fences: 'train',
    noteWords: 160,
    notes: 'auto',
    admissionDx: false,
    memoryLimit: '2GB',
  },
  captions: { compat: 'fixed' },
  knowledge: { kind: 'builtin' },
  teacher: { kind: 'rules', seed: 1 },
  model: {
    preset: 'demo',
    compat: 'fixed',
    init: { kind: 'scratch' },
    // A million parameters: what two cores can train from nothing within minutes. No dropout: with 0.1, on the same notes
    // and twice the steps, stage 1 had not begun to read them (micro F1 0.41 instead of 0.56).
    language: {
      dModel: 128,
      dKv: 32,
      dFf: 256,
      layers: 2,
      decoderLayers: 2,
      heads: 4,
      feedForward: 'relu',
      tied: true, // halves what must be learnt about words
      dropout: 0,
    },
    series: { patch: 8, dModel: 64, layers: 2, heads: 4, dFf: 128, dropout: 0 },
    knowledge: { heads: 8, headWidth: 32, dropout: 0 },
  },
  distill: {
    stages: { 1: demoStage(6, 1e-3), 2: demoStage(5, 2e-3), 3: demoStage(4, 7e-4) },
    precision: 'auto',
    noteTokens: 160, // the longest synthetic notes have 104
    targetTokens: 160,
    // Of about a hundred tokens of an answer eight name diseases: unweighed, the rationale's phrasing is learnt first.
    diagnosisWeight: 16,
    // Without it the series encoder learns next to nothing from random weights through a frozen language model.
    knowledgeWeight: 2,
  },
  // Trained for minutes, a model this small goes round in circles without the rule against repeating.
  generate: { beams: 1, maxTokens: 128, noRepeatNgram: 6, batchSize: 32 },
  evaluate: { replicates: 1000, cases: 6 },
};

/** Every default of a run, by preset. */
export const PRESETS: Readonly<Record<Preset, Defaults>> = { demo, paper };
