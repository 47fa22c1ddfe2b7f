/**
 * Rationale distillation (paper, section 3.3): the three stages of equations 4 to 6.
 *
 *   stage 1  language model θ          note            → D, R^m, R^t
 *   stage 2  series encoder φ, θ frozen  series          → D, R^t
 *   stage 3  everything                note and series → D, R^m, R^t
 */

import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { manualSeed, setThreads } from '@clinragen/torch';
import type { RunConfig } from '../config.js';
import {
  AnswerForm,
  createModel,
  DEMO_TOKENIZER,
  type LoadedModel,
  languageConfigOf,
  loadCheckpoint,
  type Reading,
  readT5Config,
  readTokenizer,
  saveCheckpoint,
  seriesConfigOf,
} from '../model/index.js';
import { hashJson, writeJsonAtomic } from '../run.js';
import type { Cohort, Knowledge, Rationale } from '../types.js';
import { DistillError } from './distill-error.js';
import { examplesOf } from './examples.js';
import { writeRecord } from './log.js';
import { dropState } from './state.js';
import { chooseThreshold } from './threshold.js';
import { type StageProgress, type StageResult, trainStage } from './train-stage.js';

export type StageNumber = 1 | 2 | 3;

export const READING: Readonly<Record<StageNumber, Reading>> = { 1: 'note', 2: 'series', 3: 'both' };

export interface DistillOptions {
  readonly cohort: Cohort;
  readonly knowledge: Knowledge;
  /** Null trains on diagnoses alone: ClinRaGen-III of Table 2. */
  readonly rationales: ReadonlyMap<string, Rationale> | null;
  readonly config: Pick<RunConfig, 'run' | 'cohort' | 'model' | 'distill' | 'generate'>;
  /** `<out>/stage-1`, `stage-2`, `stage-3` and `log.jsonl` are written here. */
  readonly out: string;
  /** Content hash of cohort, knowledge and rationales: resuming asks for the same. */
  readonly inputs: string;
  readonly stages?: readonly StageNumber[];
  /**
   * Goes on in a stage that was stopped, and keeps finished stages. `true`: a state of other inputs is an error;
   * `where-possible`: it is left behind. Default false: everything anew.
   */
  readonly resume?: boolean | 'where-possible';
  readonly onProgress?: (progress: StageProgress) => void;
  readonly onStage?: (stage: { number: StageNumber; state: 'kept' | 'started' | 'done'; result?: StageResult }) => void;
  readonly signal?: AbortSignal;
}

export interface Distilled {
  readonly interrupted: boolean;
  /** Folder of each finished stage's checkpoint. */
  readonly checkpoints: Readonly<Partial<Record<StageNumber, string>>>;
}

/** The network before stage 1: random, or with the language model of a folder in Hugging Face layout. */
export async function startingModel(
  options: Pick<DistillOptions, 'cohort' | 'knowledge' | 'config' | 'rationales'>,
): Promise<LoadedModel> {
  const { cohort, knowledge, config } = options;
  const { init } = config.model;
  const tokenizer = readTokenizer(init.kind === 'folder' ? init.path : DEMO_TOKENIZER);
  const language =
    init.kind === 'folder' ? readT5Config(init.path) : languageConfigOf(config.model.language, tokenizer.size);
  const series = seriesConfigOf(config.model, { variables: cohort.variables.length, maxHours: config.cohort.maxHours });
  manualSeed(config.run.seed);
  const model = await createModel({
    language,
    series,
    knowledge,
    tokenizer,
    ...(init.kind === 'folder' ? { languageFolder: init.path } : {}),
  });
  return { model, tokenizer, form: new AnswerForm(tokenizer), knowledge, facts: factsOf(options, 'both') };
}

function factsOf(
  { cohort, config, rationales }: Pick<DistillOptions, 'cohort' | 'config' | 'rationales'>,
  reading: Reading,
) {
  return {
    variables: [...cohort.variables],
    reading,
    noteTokens: config.distill.noteTokens,
    maxTokens: config.distill.targetTokens,
    rationales: rationales !== null,
    threshold: null,
    generate: {
      beams: config.generate.beams,
      noRepeatNgram: config.generate.noRepeatNgram === 'none' ? null : config.generate.noRepeatNgram,
    },
    synthetic: cohort.synthetic,
    source: cohort.source,
  };
}

/** What a stage trains: θ, then φ, then both (`paper` leaves the series encoder frozen in stage 3, as the authors' code does). */
function setTrainable({ model }: LoadedModel, stage: StageNumber): void {
  model.requireGradients(stage === 3);
  if (stage === 1) model.language.unfreeze();
  if (stage === 2) model.series.unfreeze();
  if (stage === 3 && model.config.compat === 'paper') model.series.encoder.freeze();
}

/**
 * Runs the stages. Each begins with the best checkpoint of the one before; Ctrl-C (the signal) saves the state, and
 * `resume` goes on from it.
 *
 * @throws DistillError for a split without stays, a stay without a rationale, a loss that is no number
 */
export async function distill(options: DistillOptions): Promise<Distilled> {
  const { cohort, config, out } = options;
  const stages = options.stages ?? [1, 2, 3];
  const compat = config.model.compat;
  const trainStays = cohort.stays.filter(({ split }) => split === 'train');
  // The authors have no validation split: they choose the epoch on the test set.
  const chooseOn = compat === 'paper' ? 'test' : 'validation';
  const chosenStays = cohort.stays.filter(({ split }) => split === chooseOn);
  if (trainStays.length === 0 || chosenStays.length === 0) {
    throw new DistillError(
      `the cohort has ${trainStays.length} stays to train and ${chosenStays.length} for ${chooseOn}; both are needed`,
    );
  }
  if (config.run.threads !== 'auto') setThreads(config.run.threads);
  await mkdir(out, { recursive: true });
  const log = join(out, 'log.jsonl');
  const checkpoints: Partial<Record<StageNumber, string>> = {};
  let loaded = await startingModel(options);
  try {
    for (const number of stages) {
      const next = await runStage(number);
      if (next === null) return { interrupted: true, checkpoints };
      // The best epoch goes on, which need not be the last.
      loaded.model.dispose();
      loaded = next;
    }
  } finally {
    loaded.model.dispose();
  }
  return { interrupted: false, checkpoints };

  /** @returns the stage's best checkpoint; null where it was stopped */
  async function runStage(number: StageNumber): Promise<LoadedModel | null> {
    const folder = join(out, `stage-${number}`);
    const inputs = inputsOf(options, number);
    const done = join(folder, 'training.json');
    if (options.resume && (await finishedWith(done)) === inputs) {
      const kept = await loadCheckpoint(folder);
      checkpoints[number] = folder;
      options.onStage?.({ number, state: 'kept' });
      return kept;
    }
    options.onStage?.({ number, state: 'started' });
    if (!options.resume) await rm(folder, { recursive: true, force: true });
    await dropAfter(out, number);
    const reading = READING[number];
    const exampleOptions = { reading, ...config.distill, rationales: options.rationales };
    loaded = { ...loaded, facts: factsOf(options, reading) };
    const train = examplesOf(loaded, trainStays, exampleOptions);
    const validation = examplesOf(loaded, chosenStays, exampleOptions);
    setTrainable(loaded, number);
    if (number > 1) loaded.model.copyWords();
    const current = loaded;
    const result = await trainStage({
      name: `stage ${number}`,
      model: current.model,
      train,
      validation,
      batch: {
        compat,
        variables: cohort.variables,
        patchHours: current.model.config.patchHours,
        maxPatches: current.model.config.maxPatches,
        pad: current.model.language.config.pad_token_id,
        promptTokens: config.distill.noteTokens,
        diagnosisWeight: config.distill.diagnosisWeight,
      },
      config: config.distill.stages[number],
      precision: config.distill.precision,
      knowledgeWeight: compat === 'paper' ? 0 : config.distill.knowledgeWeight,
      seed: config.run.seed * 10 + number,
      stateFolder: join(out, `.stage-${number}.state`),
      inputs,
      resume: options.resume ?? false,
      onBest: ({ epoch, loss }) =>
        saveCheckpoint(folder, current, {
          stage: `stage ${number} of 3`,
          teacher: options.rationales === null ? 'none: diagnoses alone' : teacherOf(options.rationales),
          epochs: epoch,
          validationLoss: loss,
          stays: { train: trainStays.length, validation: chosenStays.length },
          seed: config.run.seed,
        }),
      onRecord: (record) => writeRecord(log, record),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (result.interrupted) return null;
    await chooseThreshold(folder, chosenStays, cohort.variables);
    await writeJsonAtomic(done, { inputs, ...result });
    checkpoints[number] = folder;
    options.onStage?.({ number, state: 'done', result });
    return loadCheckpoint(folder);
  }
}

/** Hash of what a stage's weights depend on: settings of later stages are not among it. */
function inputsOf({ inputs, config }: DistillOptions, number: StageNumber): string {
  const { stages, ...rest } = config.distill;
  const so = ([1, 2, 3] as const).filter((stage) => stage <= number).map((stage) => stages[stage]);
  const { seed } = config.run;
  const { maxHours } = config.cohort;
  return hashJson(JSON.parse(JSON.stringify([inputs, number, config.model, rest, so, seed, maxHours])));
}

/** The inputs that a finished stage was trained with. */
async function finishedWith(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as { inputs?: string }).inputs;
  } catch (cause) {
    throw new DistillError(`${path} is no JSON; delete its folder to train the stage anew`, { cause });
  }
}

/** Later stages were built on what is about to be replaced: nobody shall take them for this model's. */
async function dropAfter(out: string, stage: StageNumber): Promise<void> {
  for (const later of [1, 2, 3] as const) {
    if (later <= stage) continue;
    await rm(join(out, `stage-${later}`), { recursive: true, force: true });
    await dropState(join(out, `.stage-${later}.state`));
  }
}

function teacherOf(rationales: ReadonlyMap<string, Rationale>): string {
  return [...new Set([...rationales.values()].map(({ teacher }) => teacher))].join(', ');
}
