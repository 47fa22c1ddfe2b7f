/**
 * The way of the data as steps of a run (DESIGN.md, section 2): which artifacts each reads and writes. The rooms do the
 * work; this file says in what order and from what.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { setThreads } from '@clinragen/torch';
import { priorBaseline } from './baselines/prior.js';
import { anomalies, caption } from './captions/index.js';
import { readCohort } from './cohort/index.js';
import { folderStamp } from './cohort-steps.js';
import { type Diagnosis, diagnoseStays, writePredictions } from './diagnose/index.js';
import { distill, readLog, type StageNumber } from './distill/index.js';
import {
  type ComparedModel,
  type Comparison,
  compareModels,
  evaluate,
  type Metrics,
  type TrainingRecord,
  writeMetrics,
  writeReport,
} from './evaluate/index.js';
import { builtinKnowledge, readKnowledge, writeKnowledge } from './knowledge/index.js';
import { machineFacts } from './machine-facts.js';
import { type Compat, loadCheckpoint } from './model/index.js';
import { duration, startProgress } from './progress.js';
import { chooseCases } from './report-cases.js';
import { hashFile, type Run, RunError, writeJsonAtomic } from './run.js';
import { Interrupted, json, type StepContext } from './step-context.js';
import { readRationales, ruleTeacher, signature, writeRationales } from './teacher/index.js';
import type { Cohort, Rationale } from './types.js';

/** The corpus K → `knowledge.json`. */
export async function knowledgeStep({ run, config }: StepContext): Promise<void> {
  const { knowledge } = config;
  const from = knowledge.kind === 'file' ? await hashFile(knowledge.path) : json(builtinKnowledge());
  await run.step('knowledge', { from }, ['knowledge.json'], async () => {
    const corpus = knowledge.kind === 'file' ? await readKnowledge(knowledge.path) : builtinKnowledge();
    await writeKnowledge(run.path('knowledge.json'), corpus);
  });
}

/** Cohort, captions and knowledge → `rationales.jsonl`. */
export async function rationalesStep({ run, config, quiet, signal }: StepContext): Promise<void> {
  const teacher = ruleTeacher({ seed: config.teacher.seed });
  const inputs = {
    cohort: await run.hash('cohort'),
    knowledge: await run.hash('knowledge.json'),
    teacher: signature(teacher),
    captions: json(config.captions),
  };
  await run.step('rationales', inputs, ['rationales.jsonl'], async () => {
    const { stays, variables } = await readCohort(run.path('cohort'));
    const knowledge = await readKnowledge(run.path('knowledge.json'));
    const progress = startProgress('rationales', stays.length, { unit: 'stays', quiet });
    async function* asked() {
      for (const stay of stays) {
        if (signal.aborted) throw new Interrupted('stopped; the same command goes on where it was');
        yield {
          stay: stay.id,
          note: stay.note,
          caption: caption(stay.series, variables, config.captions),
          anomalies: anomalies(stay.series, variables),
          diagnoses: stay.labels,
          knowledge,
        };
      }
    }
    try {
      await writeRationales({
        teacher,
        stays: asked(),
        path: run.path('rationales.jsonl'),
        onProgress: ({ written, kept }) => progress.update(written + kept),
      });
    } finally {
      progress.end();
    }
  });
}

/** With the teacher's rationales, or on diagnoses alone (ClinRaGen-III of the paper's Table 2). */
export type Variant = 'checkpoints' | 'checkpoints-without-rationales';

export interface DistillStep {
  readonly variant?: Variant;
  readonly stages?: readonly StageNumber[];
  /** See DistillOptions. */
  readonly resume?: boolean | 'where-possible';
}

/** Cohort, knowledge and rationales → `checkpoints/stage-1 … 3`, `checkpoints/log.jsonl`. */
export async function distillStep(context: StepContext, options: DistillStep = {}): Promise<void> {
  const { run, config, quiet, signal } = context;
  const { variant = 'checkpoints', stages = [1, 2, 3] } = options;
  const withRationales = variant === 'checkpoints';
  const data = {
    cohort: await run.hash('cohort'),
    knowledge: await run.hash('knowledge.json'),
    rationales: withRationales ? await run.hash('rationales.jsonl') : null,
    init: config.model.init.kind === 'folder' ? await folderStamp(config.model.init.path) : null,
  };
  const inputs = {
    ...data,
    model: json(config.model),
    distill: json(config.distill),
    seed: config.run.seed,
    maxHours: config.cohort.maxHours,
    stages: json(stages),
  };
  await run.step(variant === 'checkpoints' ? 'distill' : 'distill without rationales', inputs, [variant], async () => {
    const cohort = await readCohort(run.path('cohort'));
    let progress: ReturnType<typeof startProgress> | undefined;
    const result = await distill({
      cohort,
      knowledge: await readKnowledge(run.path('knowledge.json')),
      rationales: withRationales ? await readRationales(run.path('rationales.jsonl')) : null,
      config,
      out: run.path(variant),
      inputs: JSON.stringify(data),
      stages,
      resume: options.resume ?? false,
      signal,
      onStage: ({ number, state, result }) => {
        if (state === 'kept') process.stderr.write(`stage ${number}: complete, kept\n`);
        if (state === 'done' && result !== undefined) {
          progress?.end();
          progress = undefined;
          process.stderr.write(
            `stage ${number}: best of epoch ${result.best.epoch}, validation loss ${result.best.loss.toFixed(4)} per token, ${duration(result.seconds)}\n`,
          );
        }
      },
      onProgress: (now) => {
        progress ??= startProgress(`${now.stage}${withRationales ? '' : ' without rationales'}`, now.steps, {
          unit: 'steps',
          quiet,
        });
        progress.update(now.step, {
          epoch: `${now.epoch}/${now.epochs}`,
          loss: now.loss.toFixed(4),
          'tokens/s': Math.round(now.tokensPerSecond),
        });
      },
    }).finally(() => progress?.end());
    if (result.interrupted) {
      throw new Interrupted(`stopped; the state is saved in ${run.path(variant)}, and --resume goes on from it`);
    }
  });
}

interface Judged {
  readonly name: string;
  readonly reads: string;
  readonly folder: string;
  /** File under predictions/. */
  readonly file: string;
  readonly main: boolean;
}

const READS = { note: 'note', series: 'series', both: 'note and series' } as const;

/** The checkpoints that a run holds; the main one is the last stage with rationales. */
function judgedIn(run: Run): Judged[] {
  const names = { 1: 'stage 1', 2: 'stage 2', 3: 'stage 3' } as const;
  const reads = { 1: READS.note, 2: READS.series, 3: READS.both } as const;
  const found: Omit<Judged, 'main'>[] = ([1, 2, 3] as const)
    .filter((stage) => existsSync(run.path('checkpoints', `stage-${stage}`)))
    .map((stage) => ({
      name: names[stage],
      reads: reads[stage],
      folder: run.path('checkpoints', `stage-${stage}`),
      file: `stage-${stage}.jsonl`,
    }));
  if (found.length === 0)
    throw new RunError(`${run.path('checkpoints')} holds no checkpoint: run \`clinragen distill\` first`);
  const main = found.at(-1)?.name;
  const without = run.path('checkpoints-without-rationales', 'stage-3');
  if (existsSync(without)) {
    found.push({
      name: 'ClinRaGen-III, without rationales',
      reads: READS.both,
      folder: without,
      file: 'without-rationales.jsonl',
    });
  }
  return found.map((one) => ({ ...one, main: one.name === main }));
}

export interface Evaluated {
  readonly metrics: Metrics;
  readonly comparison: Comparison;
  readonly report: string;
}

/** Checkpoints and held-out stays → `predictions.jsonl`, `metrics.json`, `comparison.json`, `report.html`. */
export async function evaluateStep(context: StepContext, split: 'test' | 'validation' = 'test'): Promise<Evaluated> {
  const { run, config } = context;
  const judged = judgedIn(run);
  const outputs = ['predictions.jsonl', 'predictions', 'metrics.json', 'comparison.json', 'report.html'];
  const inputs = {
    cohort: await run.hash('cohort'),
    checkpoints: await run.hash('checkpoints'),
    ablation: existsSync(run.path('checkpoints-without-rationales'))
      ? await run.hash('checkpoints-without-rationales')
      : undefined,
    rationales: existsSync(run.path('rationales.jsonl')) ? await run.hash('rationales.jsonl') : undefined,
    generate: json(config.generate),
    evaluate: json(config.evaluate),
    seed: config.run.seed,
    split,
  };
  await run.step('evaluate', inputs, outputs, () => evaluateAll(context, judged, split));
  return {
    metrics: await readJson<Metrics>(run.path('metrics.json')),
    comparison: await readJson<Comparison>(run.path('comparison.json')),
    report: run.path('report.html'),
  };
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

async function evaluateAll(
  context: StepContext,
  judged: readonly Judged[],
  split: 'test' | 'validation',
): Promise<void> {
  const { run, config } = context;
  const cohort = await readCohort(run.path('cohort'));
  const stays = cohort.stays.filter((stay) => stay.split === split);
  if (stays.length === 0) throw new RunError(`the cohort has no stays in its ${split} split`);
  await rm(run.path('predictions'), { recursive: true, force: true });
  await mkdir(run.path('predictions'), { recursive: true });
  if (config.run.threads !== 'auto') setThreads(config.run.threads);
  const compared: ComparedModel[] = [
    {
      name: 'label frequency',
      reads: 'nothing',
      predictions: priorBaseline(
        cohort.stays.filter((stay) => stay.split === 'train'),
        stays,
      ),
    },
  ];
  let main: Diagnosis[] = [];
  let compat: Compat = config.model.compat;
  for (const one of judged) {
    const { predictions, compat: made } = await predict(context, one, cohort, stays);
    await writePredictions(run.path('predictions', one.file), predictions);
    compared.push({ name: one.name, reads: one.reads, predictions });
    // What the checkpoint is, and not what the file has said since.
    if (one.main) {
      main = predictions;
      compat = made;
    }
  }
  await writePredictions(run.path('predictions.jsonl'), main);
  const mainName = judged.find((one) => one.main)?.name as string;
  const bootstrap = { replicates: config.evaluate.replicates, seed: config.run.seed };
  const comparison = compareModels(compared, mainName, bootstrap);
  await writeJsonAtomic(run.path('comparison.json'), json(comparison));

  const teacher = existsSync(run.path('rationales.jsonl'))
    ? await readRationales(run.path('rationales.jsonl'))
    : new Map<string, Rationale>();
  const metrics = evaluate(main, [...teacher.values()], {
    source: cohort.source,
    synthetic: cohort.synthetic,
    compat,
    model: mainName,
    ...bootstrap,
  });
  await writeMetrics(run.path('metrics.json'), metrics);
  await writeReport({
    path: run.path('report.html'),
    title: `ClinRaGen, run ${config.run.name}`,
    synthetic: cohort.synthetic,
    source: cohort.source,
    compat,
    metrics,
    comparison,
    curves: await trainingCurves(run),
    cases: chooseCases(stays, main, teacher, config.evaluate.cases),
    variables: cohort.variables,
    environment: machineFacts(config),
  });
}

async function predict(
  { config, quiet, signal }: StepContext,
  one: Judged,
  cohort: Cohort,
  stays: Cohort['stays'],
): Promise<{ predictions: Diagnosis[]; compat: Compat }> {
  const loaded = await loadCheckpoint(one.folder);
  const progress = startProgress(`diagnosing, ${one.name}`, stays.length, { unit: 'stays', quiet });
  try {
    const predictions = await diagnoseStays(loaded, stays, cohort.variables, {
      ...config.generate,
      // The models that are only compared are judged by their diagnoses: writing rationales takes most of the time.
      ...(one.main ? {} : { rationales: false }),
      onProgress: (done) => progress.update(done),
      signal,
    });
    return { predictions, compat: loaded.model.config.compat };
  } catch (error) {
    if (signal.aborted) throw new Interrupted('stopped; evaluation begins anew at the next call');
    throw error;
  } finally {
    progress.end();
    loaded.model.dispose();
  }
}

async function trainingCurves(run: Run): Promise<TrainingRecord[]> {
  const curves: TrainingRecord[] = [];
  for (const [variant, suffix] of [
    ['checkpoints', ''],
    ['checkpoints-without-rationales', ', without rationales'],
  ] as const) {
    const path = run.path(variant, 'log.jsonl');
    if (!existsSync(path)) continue;
    for (const { learningRate: _, gradientNorm: __, ...record } of await readLog(path)) {
      curves.push({ ...record, stage: `${record.stage}${suffix}` });
    }
  }
  return curves;
}
