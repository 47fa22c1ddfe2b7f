/**
 * One stage of distillation: a flat loop over epochs and batches.
 *
 * Same inputs, same weights: batches, dropout and order come from the seed, and a stage that was stopped and resumed equals
 * one that was not (same machine, same number of threads).
 */
import { autocast, clipGradNorm, info, manualSeed, noGrad, scope } from '@clinragen/torch';
import { AdamW, schedule } from '@clinragen/torch/optim';
import type { StageConfig } from '../config.js';
import { type BatchOptions, type ClinRaGen, type Example, makeBatch } from '../model/index.js';
import { batchesOf } from './batches.js';
import { DistillError } from './distill-error.js';
import { dropState, loadState, type Position, saveState } from './state.js';

export type Precision = 'auto' | 'bf16' | 'fp32';

export interface StageProgress {
  readonly stage: string;
  readonly epoch: number; // from 1
  readonly epochs: number;
  readonly step: number; // from 1
  readonly steps: number;
  /** Mean over the epoch so far, per token. */
  readonly loss: number;
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
}

/** One line of log.jsonl. */
export interface StageRecord {
  readonly stage: string;
  readonly step: number;
  readonly epoch: number;
  readonly trainLoss: number | null;
  readonly validationLoss: number | null;
  readonly tokensPerSecond: number | null;
  readonly seconds: number;
  readonly learningRate: number;
  readonly gradientNorm: number | null;
}

export interface TrainStage {
  readonly name: string;
  readonly model: ClinRaGen;
  readonly train: readonly Example[];
  readonly validation: readonly Example[];
  readonly batch: BatchOptions;
  readonly config: StageConfig;
  readonly precision: Precision;
  /** See RunConfig. Default 0. */
  readonly knowledgeWeight?: number;
  readonly seed: number;
  /** Where the state for resuming stands. */
  readonly stateFolder: string;
  /** Hash of all that the stage depends on. */
  readonly inputs: string;
  readonly resume: boolean | 'where-possible';
  /** Called at every new best on the validation split, to save the checkpoint. */
  readonly onBest: (best: { epoch: number; loss: number }) => Promise<void>;
  readonly onProgress?: (progress: StageProgress) => void;
  readonly onRecord: (record: StageRecord) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface StageResult {
  readonly best: { readonly epoch: number; readonly loss: number };
  /** True where the signal stopped it; the state is saved. */
  readonly interrupted: boolean;
  readonly seconds: number;
}

/** Steps between lines of the log. */
const LOG_EVERY = 20;

function usesBf16(precision: Precision): boolean {
  return precision === 'auto' ? info().bf16 === 'amx' : precision === 'bf16';
}

/** What the examples' tokens count in the loss: a mean of batches' losses with these weights is that of all tokens. */
function counted(examples: readonly Example[], { compat, diagnosisWeight = 1 }: BatchOptions): number {
  const extra = compat === 'paper' ? 0 : diagnosisWeight - 1;
  return examples.reduce((sum, { answer, opening = 0 }) => sum + answer.length + extra * opening, 0);
}

function readTokens(examples: readonly Example[], patchHours: number): number {
  return examples.reduce(
    (sum, { prompt, series, answer }) =>
      sum + prompt.length + answer.length + (series === null ? 0 : Math.ceil(series.hours / patchHours)),
    0,
  );
}

/** Mean negative log-likelihood per token of the answers, weighed as in training, without dropout. */
export function validate(stage: Pick<TrainStage, 'model' | 'validation' | 'batch' | 'config' | 'precision'>): number {
  const { model, validation, batch, config } = stage;
  model.eval();
  let sum = 0;
  for (const indices of batchesOf(validation, { size: config.batchSize, tokens: config.batchTokens }, null)) {
    const examples = indices.map((i) => validation[i] as Example);
    sum += noGrad(() => scope(() => lossOf(model, examples, batch, stage.precision).item())) * counted(examples, batch);
  }
  return sum / counted(validation, batch);
}

function lossOf(
  model: ClinRaGen,
  examples: readonly Example[],
  options: BatchOptions,
  precision: Precision,
  knowledgeWeight = 0,
) {
  const made = makeBatch(examples, options);
  if (made.labels === null) throw new DistillError('an example without an answer cannot be learnt from');
  const batch = { ...made, labels: made.labels };
  const loss = () => model.loss(batch, knowledgeWeight);
  return usesBf16(precision) ? autocast(loss) : loss();
}

/** Lets signals and timers in: a step blocks the event loop. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

export async function trainStage(stage: TrainStage): Promise<StageResult> {
  const { model, train, config, name } = stage;
  const limits = { size: config.batchSize, tokens: config.batchTokens };
  const seedOf = (epoch: number) => stage.seed * 1000 + epoch;
  const optimizer = new AdamW(model.trainableParameters(), {
    lr: config.learningRate,
    weightDecay: config.weightDecay,
  });
  // Epochs differ in length where batches are closed by their tokens.
  let steps = 0;
  for (let epoch = 0; epoch < config.epochs; epoch++) steps += batchesOf(train, limits, seedOf(epoch)).length;
  // The authors' total is `batch` times too long by a slip of precedence: their rate hardly decays.
  const total = stage.batch.compat === 'paper' ? steps * config.batchSize : steps;
  const rate = schedule(config.schedule, { warmup: Math.min(config.warmupSteps, total), total });

  manualSeed(stage.seed);
  const start: Position = {
    inputs: stage.inputs,
    epoch: 0,
    batch: 0,
    step: 0,
    lossSum: 0,
    tokens: 0,
    seconds: 0,
    best: null,
  };
  const resumed = stage.resume === false ? null : await loadState(stage, model, optimizer);
  let position = resumed ?? start;
  const began = performance.now() - position.seconds * 1000;
  const seconds = () => (performance.now() - began) / 1000;
  let recent = { tokens: 0, since: performance.now() };

  const save = () => saveState(stage.stateFolder, model, optimizer, { ...position, seconds: seconds() });
  try {
    for (let epoch = position.epoch; epoch < config.epochs; epoch++) {
      const batches = batchesOf(train, limits, seedOf(epoch));
      model.train();
      for (let at = position.batch; at < batches.length; at++) {
        if (stage.signal?.aborted) {
          await save();
          return { best: position.best ?? { epoch: 0, loss: Number.NaN }, interrupted: true, seconds: seconds() };
        }
        const examples = (batches[at] as number[]).map((i) => train[i] as Example);
        optimizer.scaleLearningRate(rate(position.step));
        const { loss, norm } = scope(() => {
          const value = lossOf(model, examples, stage.batch, stage.precision, stage.knowledgeWeight);
          value.backward();
          const norm = clipGradNorm(
            model.trainableParameters(),
            config.clip === 'none' ? Number.POSITIVE_INFINITY : config.clip,
          );
          return { loss: value.item(), norm };
        });
        if (!Number.isFinite(loss)) {
          throw new DistillError(
            `${name}: the loss became ${loss} at step ${position.step + 1}; a lower learningRate or a clip may help`,
          );
        }
        optimizer.step();
        optimizer.zeroGrad();
        const tokens = counted(examples, stage.batch);
        const read = readTokens(examples, stage.batch.patchHours);
        position = {
          ...position,
          batch: at + 1,
          step: position.step + 1,
          lossSum: position.lossSum + loss * tokens,
          tokens: position.tokens + tokens,
        };
        recent.tokens += read;
        const elapsed = (performance.now() - recent.since) / 1000;
        const tokensPerSecond = recent.tokens / Math.max(elapsed, 1e-9);
        stage.onProgress?.({
          stage: name,
          epoch: epoch + 1,
          epochs: config.epochs,
          step: position.step,
          steps,
          loss: position.lossSum / position.tokens,
          tokensPerSecond,
          secondsLeft: (seconds() / position.step) * (steps - position.step),
        });
        if (position.step % LOG_EVERY === 0) {
          await stage.onRecord({
            stage: name,
            step: position.step,
            epoch: epoch + (at + 1) / batches.length,
            trainLoss: loss,
            validationLoss: null,
            tokensPerSecond: Math.round(tokensPerSecond),
            seconds: seconds(),
            learningRate: config.learningRate * rate(position.step - 1),
            gradientNorm: norm,
          });
          recent = { tokens: 0, since: performance.now() };
        }
        await breathe();
      }
      const validationLoss = validate(stage);
      if (!Number.isFinite(validationLoss)) {
        throw new DistillError(
          `${name}: the validation loss became ${validationLoss} in epoch ${epoch + 1}; a lower learningRate or a clip may help`,
        );
      }
      await stage.onRecord({
        stage: name,
        step: position.step,
        epoch: epoch + 1,
        trainLoss: position.tokens === 0 ? null : position.lossSum / position.tokens,
        validationLoss,
        tokensPerSecond: null,
        seconds: seconds(),
        learningRate: config.learningRate * rate(position.step - 1),
        gradientNorm: null,
      });
      const best = position.best;
      position = { ...position, epoch: epoch + 1, batch: 0, lossSum: 0, tokens: 0 };
      if (best === null || validationLoss < best.loss) {
        position = { ...position, best: { epoch: epoch + 1, loss: validationLoss } };
        await stage.onBest({ epoch: epoch + 1, loss: validationLoss });
      }
      await save();
    }
  } finally {
    optimizer.dispose();
    model.zeroGrad();
  }
  await dropState(stage.stateFolder);
  return { best: position.best ?? { epoch: 0, loss: Number.NaN }, interrupted: false, seconds: seconds() };
}
