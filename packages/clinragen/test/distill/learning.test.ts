import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory, setThreads } from '@clinragen/torch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnoseStays } from '../../src/diagnose/index.js';
import { batchesOf, examplesOf, type StageRecord, startingModel, trainStage } from '../../src/distill/index.js';
import type { LoadedModel } from '../../src/model/index.js';
import type { Stay } from '../../src/types.js';
import { KNOWLEDGE, tinyCohort, tinyConfig, tinyRationales, VARIABLES } from '../model/tiny.js';

// Tensors this small lose more by waking a second thread than it computes.
setThreads(1);

const EPOCHS = 40;
const cohort = tinyCohort(24, 6, 2);
const rationales = new Map(
  // Short enough for both to be written whole.
  [...tinyRationales(cohort)].map(([id, one]) => [id, { ...one, note: 'Based on the medical notes, findings.' }]),
);
const config = tinyConfig({
  model: {
    language: { dModel: 32, dKv: 8, heads: 4, dFf: 64, dropout: 0 },
    series: { dModel: 16, dFf: 32, dropout: 0 },
    knowledge: { dropout: 0 },
  },
  distill: {
    targetTokens: 60,
    diagnosisWeight: 5,
    stages: { 3: { epochs: EPOCHS, learningRate: 1e-2, batchSize: 8 } },
  },
});

describe('a small task is learnt', () => {
  let folder: string;
  let loaded: LoadedModel;
  const records: StageRecord[] = [];
  const used: { tensors: number; bytes: number }[] = [];
  let before: { tensors: number; bytes: number };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'learning-'));
    loaded = await startingModel({ cohort, knowledge: KNOWLEDGE, config, rationales });
    const { model } = loaded;
    const of = (split: string) =>
      examplesOf(
        loaded,
        cohort.stays.filter((stay) => stay.split === split),
        { reading: 'both', ...config.distill, rationales },
      );
    // Tables of positions are made once and kept.
    const [one] = cohort.stays;
    await diagnoseStays(loaded, [one as Stay], VARIABLES, { beams: 1, maxTokens: 2, batchSize: 1 });
    before = memory();
    await trainStage({
      name: 'stage 3',
      model,
      train: of('train'),
      validation: of('validation'),
      batch: {
        compat: 'fixed',
        variables: VARIABLES,
        patchHours: model.config.patchHours,
        maxPatches: model.config.maxPatches,
        pad: 0,
        promptTokens: config.distill.noteTokens,
        diagnosisWeight: config.distill.diagnosisWeight,
      },
      config: config.distill.stages[3],
      precision: 'fp32',
      seed: 5,
      stateFolder: join(folder, 'state'),
      inputs: 'x',
      resume: false,
      onBest: async () => undefined,
      onRecord: async (record) => {
        records.push(record);
        if (record.validationLoss !== null) used.push(memory());
      },
    });
  }, 120_000);
  afterAll(() => {
    loaded.model.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('the loss falls from that of guessing to a tenth, on stays that it did not learn from as well', () => {
    const ends = records.filter(({ validationLoss }) => validationLoss !== null);
    expect(ends).toHaveLength(EPOCHS);
    const first = ends[0] as StageRecord;
    const last = ends.at(-1) as StageRecord;
    expect(first.trainLoss).toBeGreaterThan(3);
    expect(last.trainLoss).toBeLessThan(0.1 * (first.trainLoss as number));
    expect(last.validationLoss).toBeLessThan(0.25 * (first.validationLoss as number));
  });

  it('live tensors and bytes are the same after every epoch, and after the training as before', () => {
    const [first] = used;
    for (const { tensors, bytes } of used) {
      // Fewer is possible: what was left outside of any scope goes when the collector comes.
      expect(tensors).toBeLessThanOrEqual(first!.tensors);
      expect(bytes).toBeLessThanOrEqual(first!.bytes);
    }
    expect(memory().tensors).toBeLessThanOrEqual(before.tensors);
    expect(memory().bytes).toBeLessThanOrEqual(before.bytes);
  });

  it('the diagnoses that it was taught are those that it gives, with most of the probability', async () => {
    const stays = cohort.stays.filter(({ split }) => split === 'train');
    const found = await diagnoseStays(loaded, stays, VARIABLES, { beams: 1, maxTokens: 60, batchSize: 8 });
    const right = found.filter(({ diagnosed, recorded }) => diagnosed.join() === recorded.join());
    expect(right.length).toBeGreaterThan(0.8 * stays.length);
    for (const one of right) {
      expect(one.mass).toBeGreaterThan(0.8);
      for (const name of one.diagnosed) expect(one.probabilities[name]).toBeGreaterThan(0.5);
      expect(one.rationale.note).toMatch(/^Based on the medical notes/);
      expect(one.rationale.series).toMatch(/^Lab test shows/);
    }
  });
});

describe('what the log says of the loss', () => {
  it('is the mean over an epoch’s tokens: of weights that stand still, the same each time, and that of validation', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'still-'));
    const loaded = await startingModel({ cohort, knowledge: KNOWLEDGE, config, rationales });
    const examples = examplesOf(loaded, cohort.stays, { reading: 'note', ...config.distill, rationales });
    const records: StageRecord[] = [];
    await trainStage({
      name: 'stage 1',
      model: loaded.model,
      train: examples,
      validation: examples,
      batch: {
        compat: 'fixed',
        variables: VARIABLES,
        patchHours: 8,
        maxPatches: 6,
        pad: 0,
        promptTokens: config.distill.noteTokens,
        diagnosisWeight: 4,
      },
      config: { ...config.distill.stages[1], epochs: 3, learningRate: 1e-20, weightDecay: 0, batchSize: 5 },
      precision: 'fp32',
      seed: 5,
      stateFolder: join(folder, 'state'),
      inputs: 'x',
      resume: false,
      onBest: async () => undefined,
      onRecord: async (record) => void records.push(record),
    });
    loaded.model.dispose();
    rmSync(folder, { recursive: true, force: true });
    const ends = records.filter(({ validationLoss }) => validationLoss !== null);
    expect(ends).toHaveLength(3);
    for (const { trainLoss, validationLoss } of ends) {
      expect(Math.abs((trainLoss as number) - (ends[0]?.validationLoss as number))).toBeLessThan(1e-5);
      expect(validationLoss).toBe(ends[0]?.validationLoss);
    }
  });
});

describe('batches', () => {
  const example = (tokens: number) => ({ prompt: new Array<number>(tokens).fill(5), series: null, answer: [1] });
  const examples = Array.from({ length: 200 }, (_, i) => example(1 + ((i * 37) % 90)));

  it('hold every example once, no more stays nor padded tokens than allowed', () => {
    for (const seed of [null, 1, 2]) {
      const batches = batchesOf(examples, { size: 16, tokens: 400 }, seed);
      expect(batches.flat().sort((a, b) => a - b)).toEqual(examples.map((_, i) => i));
      for (const batch of batches) {
        const longest = Math.max(...batch.map((i) => examples[i]!.prompt.length + 1));
        expect(batch.length).toBeLessThanOrEqual(16);
        if (batch.length > 1) expect(batch.length * longest).toBeLessThanOrEqual(400);
      }
    }
  });

  it('are the same for the same seed, others for another, and mostly of one length', () => {
    const of = (seed: number) => batchesOf(examples, { size: 8, tokens: 1e6 }, seed);
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    const padded = of(1).reduce((sum, b) => sum + b.length * Math.max(...b.map((i) => examples[i]!.prompt.length)), 0);
    const real = examples.reduce((sum, { prompt }) => sum + prompt.length, 0);
    expect(padded / real).toBeLessThan(1.2);
  });

  it('an example that alone is too long stands alone', () => {
    expect(batchesOf([example(10), example(1000), example(12)], { size: 8, tokens: 100 }, null)).toEqual([[0, 2], [1]]);
  });
});
