import { mkdtempSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTensors } from '@clinragen/torch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DistillError, distill, readLog, startingModel } from '../../src/distill/index.js';
import { loadCheckpoint } from '../../src/model/index.js';
import { KNOWLEDGE, tinyCohort, tinyConfig, tinyRationales } from '../model/tiny.js';

const cohort = tinyCohort();
const rationales = tinyRationales(cohort);
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'stages-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

type Weights = Map<string, string>;

/** Every tensor of a file as its bytes, to be compared bit by bit. */
async function bits(path: string): Promise<Weights> {
  const tensors = await loadTensors(path);
  const found = new Map<string, string>();
  for (const [name, tensor] of tensors) {
    found.set(name, Buffer.from(tensor.toTypedArray().buffer).toString('base64'));
    tensor.dispose();
  }
  return found;
}

async function weightsOf(out: string, stage: number): Promise<{ language: Weights; series: Weights }> {
  const folder = join(out, `stage-${stage}`);
  return {
    language: await bits(join(folder, 'model.safetensors')),
    series: await bits(join(folder, 'series.safetensors')),
  };
}

const changed = (a: Weights, b: Weights): string[] =>
  [...a.keys()].filter((name) => a.get(name) !== b.get(name)).sort();
// Running statistics and counters are no weights: they are counted, not trained.
const statistic = (name: string): boolean => /running_(mean|var)$|num_batches_tracked$|\.scale$|words$/.test(name);
const trained = (weights: Weights): string[] => [...weights.keys()].filter((name) => !statistic(name)).sort();

describe.each(['fixed', 'paper'] as const)('what each stage trains (compat: %s)', (compat) => {
  const config = tinyConfig({ model: { compat } });
  let start: { language: Weights; series: Weights };
  const after: { language: Weights; series: Weights }[] = [];
  let out: string;

  beforeAll(async () => {
    out = join(root, compat);
    const initial = await startingModel({ cohort, knowledge: KNOWLEDGE, config, rationales });
    const state = (module: typeof initial.model.language | typeof initial.model.series, prefix: string): Weights =>
      new Map(
        [...module.stateDict()].map(([name, tensor]) => [
          `${prefix}${name}`,
          Buffer.from(tensor.toTypedArray().buffer).toString('base64'),
        ]),
      );
    start = { language: state(initial.model.language, ''), series: state(initial.model.series, 'series.') };
    initial.model.dispose();
    await distill({ cohort, knowledge: KNOWLEDGE, rationales, config, out, inputs: 'x' });
    for (const stage of [1, 2, 3]) after.push(await weightsOf(out, stage));
  }, 60_000);

  it('stage 1: every weight of the language model, none of the series reader', () => {
    expect(changed(start.language, after[0]!.language)).toEqual(trained(start.language));
    expect(changed(start.series, after[0]!.series).filter((name) => !statistic(name))).toEqual([]);
  });

  it('stage 2: every weight of the series reader, none of the language model', () => {
    expect(changed(after[0]!.language, after[1]!.language)).toEqual([]);
    expect(changed(after[0]!.series, after[1]!.series).filter((name) => !statistic(name))).toEqual(
      trained(after[0]!.series),
    );
  });

  it(`stage 3: every weight${compat === 'paper' ? ' but the series encoder’s' : ''}`, () => {
    expect(changed(after[1]!.language, after[2]!.language)).toEqual(trained(start.language));
    const frozen = (name: string) => compat === 'paper' && name.startsWith('series.encoder.');
    expect(changed(after[1]!.series, after[2]!.series).filter((name) => !statistic(name))).toEqual(
      trained(start.series).filter((name) => !frozen(name)),
    );
  });

  if (compat === 'paper') {
    it('the frozen copy of the corpus’s words is that of the distilled language model', async () => {
      const { model } = await loadCheckpoint(join(out, 'stage-2'));
      const distilled = await loadTensors(join(out, 'stage-1', 'model.safetensors'));
      const rows = distilled.get('shared.weight')!.indexSelect(0, model.corpus.unique);
      expect(model.series.words?.toArray()).toEqual(rows.toArray());
      for (const tensor of [rows, ...distilled.values()]) tensor.dispose();
      model.dispose();
    });
  }

  it('each checkpoint says what it reads, and which epoch it is', async () => {
    const log = await readLog(join(out, 'log.jsonl'));
    for (const [i, reading] of (['note', 'series', 'both'] as const).entries()) {
      const folder = join(out, `stage-${i + 1}`);
      const facts = JSON.parse(await readFile(join(folder, 'clinragen.json'), 'utf8'));
      expect(facts).toMatchObject({ reading, rationales: true, synthetic: true, series: { compat } });
      const { best } = JSON.parse(await readFile(join(folder, 'training.json'), 'utf8'));
      const losses = log.flatMap(({ stage, validationLoss }) =>
        stage === `stage ${i + 1}` && validationLoss !== null ? [validationLoss] : [],
      );
      expect(losses).toHaveLength(2);
      expect(best.loss).toBe(Math.min(...losses));
      const card = await readFile(join(folder, 'README.md'), 'utf8');
      expect(card).toContain(`compat | ${compat} |`);
      expect(card).toContain('synthetic patients');
    }
  });
});

describe('distillation refuses what it cannot learn from', () => {
  const config = tinyConfig();
  const run = (more: object) =>
    distill({ cohort, knowledge: KNOWLEDGE, rationales, config, out: join(root, 'refused'), inputs: 'x', ...more });

  it('a cohort without stays to validate on', async () => {
    await expect(run({ cohort: tinyCohort(4, 0, 2) })).rejects.toThrow(DistillError);
    await expect(run({ cohort: tinyCohort(4, 0, 2) })).rejects.toThrow('4 stays to train and 0 for validation');
  });

  it('a stay without a rationale', async () => {
    const some = new Map([...rationales].slice(1));
    await expect(run({ rationales: some })).rejects.toThrow(/stay 0 has no rationale/);
  });

  it('a rate at which the loss is no number any more', async () => {
    const wild = tinyConfig({ distill: { stages: { 1: { learningRate: 1, epochs: 4, clip: 'none' } } } });
    const stage = { ...wild.distill.stages[1], learningRate: 1e30 };
    const asked = run({
      config: { ...wild, distill: { ...wild.distill, stages: { ...wild.distill.stages, 1: stage } } },
    });
    await expect(asked).rejects.toThrow(/stage 1: the (validation )?loss became (NaN|Infinity)/);
  });
});

describe('without rationales (ClinRaGen-III)', () => {
  it('the answer ends with the diagnoses, and the checkpoint says so', async () => {
    const out = join(root, 'without');
    const config = tinyConfig();
    await distill({ cohort, knowledge: KNOWLEDGE, rationales: null, config, out, inputs: 'x', stages: [1] });
    const { facts, model } = await loadCheckpoint(join(out, 'stage-1'));
    expect(facts.rationales).toBe(false);
    model.dispose();
    expect(await readFile(join(out, 'stage-1', 'README.md'), 'utf8')).toContain('diagnoses alone');
  });
});
