import type { Tensor } from '@clinragen/torch';
import * as torch from '@clinragen/torch';
import { attention, BatchNorm1d, Dropout, Embedding, LayerNorm, Linear, Module } from '@clinragen/torch/nn';
import { AdamW, schedule } from '@clinragen/torch/optim';
import { describe, expect, it } from 'vitest';

/** A transformer's parts in small: tokens in, one of four classes out. */
class Classifier extends Module {
  readonly embedding = new Embedding(20, 16);
  readonly query = new Linear(16, 16);
  readonly key = new Linear(16, 16);
  readonly norm = new LayerNorm(16);
  readonly batchNorm = new BatchNorm1d(16);
  readonly dropout = new Dropout(0.1);
  readonly head = new Linear(16, 4);

  forward(tokens: Tensor): Tensor {
    const x = this.embedding.forward(tokens); // [B, T, 16]
    const split = (t: Tensor) => t.view([t.size(0), -1, 2, 8]).transpose(1, 2); // [B, 2, T, 8]
    const attended = attention(split(this.query.forward(x)), split(this.key.forward(x)), split(x), { dropout: 0.1 });
    const merged = this.norm.forward(attended.transpose(1, 2).reshape(x.shape).add(x));
    return this.head.forward(this.dropout.forward(this.batchNorm.forward(merged.mean([1]))));
  }
}

interface Run {
  model: Classifier;
  optimizer: AdamW;
}

function start(): Run {
  torch.manualSeed(11);
  const model = new Classifier();
  return { model, optimizer: new AdamW(model.trainableParameters(), { lr: 5e-3 }) };
}

const factor = schedule('cosine', { warmup: 10, total: 200 });

/** One step on a batch that follows from the step's number: the class is what all tokens are modulo four. */
function train({ model, optimizer }: Run, step: number, bf16 = false): number {
  return torch.scope(() => {
    const generator = new torch.Generator(1000 + step);
    const labels = torch.randint(0, 4, [16], { generator });
    const tokens = torch.randint(0, 5, [16, 6], { generator }).mul(4).add(labels.unsqueeze(1));
    const forward = () => torch.ops.crossEntropyLoss(model.forward(tokens), labels);
    const loss = bf16 ? torch.autocast(forward) : forward();
    optimizer.zeroGrad();
    loss.backward();
    torch.clipGradNorm(model.trainableParameters(), 1);
    optimizer.scaleLearningRate(factor(step));
    optimizer.step();
    return loss.item();
  });
}

describe('training', () => {
  it.each([
    ['float32', false],
    ['bfloat16 autocast', true],
  ])('holds live tensors and bytes constant over 200 steps, and learns: %s', (_, bf16) => {
    const run = start();
    train(run, 0, bf16); // gradients and the optimizer's state exist from here on
    const after = torch.memory();
    const losses = [];
    for (let step = 1; step <= 200; step++) {
      losses.push(train(run, step, bf16));
      expect(torch.memory()).toEqual(after);
    }
    const mean = (part: number[]) => part.reduce((a, b) => a + b, 0) / part.length;
    expect(mean(losses.slice(0, 10))).toBeGreaterThan(1.1); // ln 4 = 1.39 by chance
    expect(mean(losses.slice(-10))).toBeLessThan(0.7);
  });

  it('that fails in the middle of a step leaves no tensors behind', () => {
    const run = start();
    train(run, 0);
    const after = torch.memory();
    expect(() =>
      torch.scope(() => {
        const logits = run.model.forward(torch.zeros([2, 3], { dtype: 'int64' }));
        torch.ops.crossEntropyLoss(logits, torch.tensor([0, 9], { dtype: 'int64' }));
      }),
    ).toThrow(torch.TorchError);
    expect(torch.memory()).toEqual(after);
    train(run, 1);
  });

  it('gives the same numbers from the same seed', () => {
    const threads = torch.threads();
    torch.setThreads(1); // sums of several threads may differ in the last digit
    const [a, b] = [start(), start()];
    torch.manualSeed(1);
    const first = Array.from({ length: 5 }, (_, step) => train(a, step));
    torch.manualSeed(1);
    const second = Array.from({ length: 5 }, (_, step) => train(b, step));
    torch.setThreads(threads);
    expect(second).toEqual(first);
  });

  it('stopped and resumed equals training that was not', () => {
    const threads = torch.threads();
    torch.setThreads(1);
    const whole = start();
    torch.manualSeed(1);
    for (let step = 0; step < 8; step++) train(whole, step);

    const part = start();
    torch.manualSeed(1);
    for (let step = 0; step < 4; step++) train(part, step);
    const copies = (tensors: ReadonlyMap<string, Tensor>) =>
      new Map([...tensors].map(([name, tensor]) => [name, tensor.detach().clone()]));
    const state = part.optimizer.stateDict();
    const saved = {
      weights: copies(part.model.stateDict()),
      optimizer: { tensors: copies(state.tensors), scalars: JSON.parse(JSON.stringify(state.scalars)) },
      random: torch.Generator.default().state(),
    };

    const resumed = start();
    resumed.model.loadStateDict(saved.weights);
    resumed.optimizer.loadStateDict(saved.optimizer);
    torch.Generator.default().setState(saved.random);
    for (let step = 4; step < 8; step++) train(resumed, step);
    torch.setThreads(threads);
    for (const [name, tensor] of resumed.model.stateDict()) {
      expect(tensor.toArray(), name).toEqual(whole.model.stateDict().get(name)?.toArray());
    }
  });
});
