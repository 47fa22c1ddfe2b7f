/** A network of a few thousand weights over the demo's tokenizer, and stays that it can read. */
import { manualSeed, noGrad, scope } from '@clinragen/torch';
import type { RunConfig } from '../../src/config.js';
import { loadConfig } from '../../src/config-file.js';
import { startingModel } from '../../src/distill/index.js';
import { builtinKnowledge } from '../../src/knowledge/index.js';
import type { LoadedModel } from '../../src/model/index.js';
import { PHENOTYPES } from '../../src/phenotypes.js';
import type { Cohort, Knowledge, Rationale, Split, Stay, Variable } from '../../src/types.js';

export const VARIABLES: readonly Variable[] = [
  { name: 'heart rate', unit: '/min', normal: 86, low: 40, high: 128 },
  { name: 'glucose', unit: 'mg/dL', normal: 128, low: 43, high: 187 },
  { name: 'ph', unit: '1', normal: 7.4, low: 7.145, high: 7.585 },
];

/** Two terms a disease: a corpus small enough to be read by eye. */
export const KNOWLEDGE: Knowledge = {
  source: 'two built-in terms a disease',
  terms: Object.fromEntries(Object.entries(builtinKnowledge().terms).map(([name, terms]) => [name, terms.slice(0, 2)])),
};

const stage = { epochs: 2, learningRate: 3e-3, batchSize: 4, warmupSteps: 0, schedule: 'constant' };

/** Settings of a run over the tiny network; `above` is laid over them. */
export function tinyConfig(above: object = {}): RunConfig {
  return loadConfig(
    {
      run: { name: 'tiny', seed: 3, threads: 1 },
      cohort: { maxHours: 48 },
      model: {
        language: { dModel: 16, dKv: 8, dFf: 24, layers: 1, decoderLayers: 1, heads: 2 },
        series: { dModel: 8, layers: 1, heads: 2, dFf: 12 },
        knowledge: { heads: 2, headWidth: 4 },
      },
      distill: { precision: 'fp32', noteTokens: 48, targetTokens: 40, stages: { 1: stage, 2: stage, 3: stage } },
      generate: { beams: 2, maxTokens: 12, batchSize: 8 },
    },
    above,
  );
}

/** Numbers from 0 to 1 that come the same every time (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FINDINGS = [
  'fever and cough',
  'low urine output',
  'irregular pulse',
  'chest pain on exertion',
  'melena',
  'obese',
];

/** A stay whose note names its diseases' findings, and whose heart rate is high where the first of them is present. */
export function tinyStay(id: number, split: Split, hours?: number): Stay {
  const random = numbers(id + 1);
  const labels = FINDINGS.flatMap((_, i) => (random() < 0.35 ? [PHENOTYPES[i * 4] as string] : []));
  const words = FINDINGS.filter((_, i) => labels.includes(PHENOTYPES[i * 4] as string));
  const padding = Array.from({ length: Math.floor(random() * 12) }, () => 'stable overnight');
  const length = hours ?? 1 + Math.floor(random() * 60);
  const v = VARIABLES.length;
  const high = labels.includes(PHENOTYPES[0]) ? 150 : 80;
  const series = {
    hours: length,
    values: Float32Array.from({ length: length * v }, (_, at) => [high, 120, 7.4][at % v] as number).map(
      (value) => value * (0.95 + random() / 10),
    ),
    measured: Uint8Array.from({ length: length * v }, () => (random() < 0.4 ? 1 : 0)),
  };
  return {
    id: String(id),
    subject: `subject-${id}`,
    split,
    note: ['patient with', ...words, ...padding].join(' '),
    noteKind: 'hospital-course',
    series,
    labels,
  };
}

export function tinyCohort(train = 20, validation = 6, test = 6): Cohort {
  const stays = Array.from({ length: train + validation + test }, (_, i) =>
    tinyStay(i, i < train ? 'train' : i < train + validation ? 'validation' : 'test'),
  );
  return { variables: VARIABLES, stays, synthetic: true, source: 'made up by a test' };
}

export function tinyRationales(cohort: Cohort): Map<string, Rationale> {
  return new Map(
    cohort.stays.map((stay) => [
      stay.id,
      {
        stay: stay.id,
        note: `Based on the medical notes, ${stay.note}.`,
        series: `Lab test shows heart rate ${stay.labels.includes(PHENOTYPES[0]) ? 'high' : 'normal'}.`,
        teacher: 'test 1',
      },
    ]),
  );
}

/** A tiny network with random weights, and running statistics that are not those of a new one. */
export async function tinyModel(above: object = {}): Promise<LoadedModel> {
  const config = tinyConfig(above);
  const loaded = await startingModel({
    cohort: tinyCohort(),
    knowledge: KNOWLEDGE,
    config,
    rationales: new Map(),
  });
  manualSeed(17);
  noGrad(() =>
    scope(() => {
      for (const [name, buffer] of loaded.model.namedBuffers()) {
        if (/running_(mean|var)$/.test(name)) buffer.uniform_(0.5, 1.5);
      }
    }),
  );
  loaded.model.eval();
  return loaded;
}
