/** PatchTST's encoder and the reprogramming attention beside the official ones: one `expected.safetensors`, weights included. */
import { join } from 'node:path';
import { noGrad, scope, type Tensor } from '@clinragen/torch';
import type { Module } from '@clinragen/torch/nn';
import { expect } from 'vitest';
import { KnowledgeAttention } from '../../src/model/knowledge-attention.js';
import { PatchTST, type PatchTSTConfig } from '../../src/model/patchtst.js';
import { ACTIVATIONS, distance, Expected, readJson } from './expected.js';

/**
 * Compares both norms' encoders (outside and in training, gradient norms) and the reprogramming attention.
 *
 * @returns how many tensors were compared; all of the file were, or the test fails
 */
export async function comparePatchTST(folder: string, name: string): Promise<number> {
  const expected = await Expected.read(join(folder, 'expected.safetensors'), name);
  const given = readJson(folder, 'config.json') as { heads?: { encoder: number; reprogramming: number } } | undefined;
  for (const norm of ['BatchNorm', 'LayerNorm']) {
    if (expected.has(`${norm}/input`)) compareEncoder(expected, norm, given?.heads?.encoder);
  }
  if (expected.has('reprogramming/output')) compareReprogramming(expected, given?.heads?.reprogramming);
  expected.finish();
  return expected.comparisons;
}

function compareEncoder(expected: Expected, norm: string, heads: number | undefined): void {
  const weight = (key: string) => expected.given(`${norm}/weights/${key}`);
  const layers = new Set(expected.under(`${norm}/weights/encoder.layers.`).map((key) => key.split('.')[0])).size;
  const config: Omit<PatchTSTConfig, 'heads'> = {
    patchWidth: weight('W_P.weight').size(1),
    maxPatches: weight('W_pos').size(0),
    width: weight('W_P.weight').size(0),
    feedForward: weight('encoder.layers.0.ff.0.weight').size(0),
    layers,
    dropout: 0,
    norm: norm === 'BatchNorm' ? 'batch' : 'layer',
  };
  const input = expected.given(`${norm}/input`);
  const state = new Map(expected.under(`${norm}/weights/`).map((key) => [key, weight(key)]));
  const made = (count: number) => {
    const model = new PatchTST({ ...config, heads: count });
    load(model, state);
    return model;
  };
  // Training first: its output does not depend on the running statistics, and so tells the number of heads.
  const known =
    heads ??
    headsOf(config.width, expected.given(`${norm}/output_train`), (count) =>
      scope(() => outputInTraining(made(count), input)),
    );
  scope(() => {
    const model = made(known);
    const [afterOne, tracked] = runningAfterOnePass(made(known), input);
    const output = model.train().forward(input);
    expected.close(`${norm}/output_train`, output, ACTIVATIONS);
    output.square().mean().backward();
    const trained = [...model.namedParameters()].filter(([, parameter]) => parameter.requiresGrad);
    expected.gradients(`${norm}/grad_norm/`, new Map(trained.map(([key, parameter]) => [key, parameter.grad])));
    // The file's running statistics are those after one training pass, `output_eval` was computed before it.
    load(
      model,
      new Map([...state].map(([key, value]) => [key, tracked.has(key) ? before(value, afterOne.get(key)) : value])),
    );
    expected.close(
      `${norm}/output_eval`,
      noGrad(() => model.eval().forward(input)),
      ACTIVATIONS,
    );
    if (expected.has(`${norm}/output_masked`)) {
      const masked = noGrad(() => model.forward(input, expected.given(`${norm}/mask`)));
      expected.close(`${norm}/output_masked`, masked, ACTIVATIONS);
    }
    model.dispose();
  });
}

const MOMENTUM = 0.1;

/** What stood before one training pass: after = 0.9 before + 0.1 batch. */
function before(after: Tensor, batchShare: Tensor | undefined): Tensor {
  return after.sub(batchShare as Tensor).div(1 - MOMENTUM);
}

/** What one training pass leaves in running statistics that start from zero. */
function runningAfterOnePass(model: PatchTST, input: Tensor): [Map<string, Tensor>, Set<string>] {
  const running = [...model.namedBuffers()].filter(([key]) => key.includes('running_'));
  noGrad(() => {
    for (const [, tensor] of running) tensor.zero_();
    model.train().forward(input);
  });
  return [new Map(running), new Set(running.map(([key]) => key))];
}

function outputInTraining(model: PatchTST, input: Tensor): Tensor {
  return noGrad(() => model.train().forward(input));
}

/** The count of passes is not in the file: it changes nothing at a fixed momentum. */
function load(model: Module, state: ReadonlyMap<string, Tensor>): void {
  const { missing, unexpected } = model.loadStateDict(state, { strict: false });
  expect(unexpected).toEqual([]);
  expect(missing.filter((key) => !key.endsWith('num_batches_tracked'))).toEqual([]);
}

/** The files do not say how many heads: the divisor of the width whose output is nearest (others are far off). */
function headsOf(width: number, output: Tensor, run: (heads: number) => Tensor): number {
  const theirs = output.toFloat32();
  const divisors = Array.from({ length: width }, (_, i) => i + 1).filter((count) => width % count === 0);
  const far = divisors.map((count) => distance(run(count).toFloat32(), theirs));
  return divisors[far.indexOf(Math.min(...far))] as number;
}

function compareReprogramming(expected: Expected, heads: number | undefined): void {
  const query = expected.given('reprogramming/query');
  const prototypes = expected.given('reprogramming/prototypes');
  const state = new Map(
    expected.under('reprogramming/weights/').map((key) => [key, expected.given(`reprogramming/weights/${key}`)]),
  );
  const inner = (state.get('query_projection.weight') as Tensor).size(0);
  const run = (count: number) =>
    scope(() => {
      const model = new KnowledgeAttention({
        width: query.size(-1),
        heads: count,
        headWidth: inner / count,
        dropout: 0,
      }).eval();
      model.loadStateDict(state);
      const { states, weights } = noGrad(() => model.forward(query, prototypes));
      model.dispose();
      return { states, weights };
    });
  const known = heads ?? headsOf(inner, expected.given('reprogramming/output'), (count) => run(count).states);
  const { states, weights } = run(known);
  expected.close('reprogramming/output', states, ACTIVATIONS);
  if (expected.has('reprogramming/weights_of_terms')) {
    expected.close('reprogramming/weights_of_terms', weights, ACTIVATIONS);
  }
}
