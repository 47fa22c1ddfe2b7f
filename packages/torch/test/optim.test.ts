import * as torch from '@clinragen/torch';
import { AdamW, type ScheduleKind, schedule } from '@clinragen/torch/optim';
import { describe, expect, it } from 'vitest';
import { expectClose, golden } from './numbers.js';

interface Golden {
  start: torch.NestedNumbers[];
  steps: { gradients: (torch.NestedNumbers | null)[]; after: torch.NestedNumbers[] }[];
  halvedAt: number;
}
const python = golden<Golden>('adamw');

function setUp(dtype: torch.DType, fused: boolean) {
  const [a, b, c, frozen] = python.start.map((values) => torch.tensor(values, { dtype, requiresGrad: true })) as [
    torch.Tensor,
    torch.Tensor,
    torch.Tensor,
    torch.Tensor,
  ];
  const optimizer = new AdamW([{ parameters: [a, b, frozen] }, { parameters: [c], lr: 5e-2, weightDecay: 0 }], {
    lr: 1e-2,
    betas: [0.9, 0.98],
    epsilon: 1e-6,
    weightDecay: 0.1,
    fused,
  });
  frozen.grad = torch.ops.onesLike(frozen).detach();
  frozen.requiresGrad = false;
  return { optimizer, parameters: [a, b, c], frozen };
}

function advance({ optimizer, parameters }: ReturnType<typeof setUp>, from: number, to: number, dtype: torch.DType) {
  for (const [i, { gradients, after }] of python.steps.slice(from, to).entries()) {
    optimizer.zeroGrad();
    for (const [k, parameter] of parameters.entries()) {
      const gradient = gradients[k];
      if (gradient) parameter.grad = torch.tensor(gradient, { dtype });
    }
    if (from + i === python.halvedAt) optimizer.scaleLearningRate(0.5);
    optimizer.step();
    const tolerance = dtype === 'float64' ? 1e-12 : 2e-6;
    for (const [k, parameter] of parameters.entries())
      expectClose(parameter, after[k] as torch.NestedNumbers, tolerance);
  }
}

describe.each([
  ['fused', true],
  ['step by step', false],
])('AdamW, %s', (_, fused) => {
  it.each(['float64', 'float32'] as const)(
    'moves %s parameters as PyTorch does: groups, missing gradients, a changed rate',
    (dtype) => {
      const run = setUp(dtype, fused);
      advance(run, 0, python.steps.length, dtype);
    },
  );

  it('leaves frozen parameters where they are', () => {
    const run = setUp('float64', fused);
    advance(run, 0, 3, 'float64');
    expect(run.frozen.toArray()).toEqual(python.start[3]);
    expect(run.optimizer.stateDict().scalars.steps).toEqual([3, 2, 0, 3]);
  });

  it('goes on from a saved state as if it had never stopped', () => {
    const first = setUp('float64', fused);
    advance(first, 0, 4, 'float64');
    const { tensors, scalars } = first.optimizer.stateDict();
    const saved = { tensors: new Map([...tensors].map(([name, t]) => [name, t.clone()])), scalars };
    const second = setUp('float64', fused);
    torch.noGrad(() => {
      for (const [i, parameter] of second.parameters.entries()) parameter.copy_(first.parameters[i] as torch.Tensor);
    });
    second.optimizer.loadStateDict({ ...saved, scalars: JSON.parse(JSON.stringify(saved.scalars)) });
    advance(second, 4, 8, 'float64');
  });
});

describe('an optimizer', () => {
  it('keeps its state outside scopes, and frees it with dispose', () => {
    const w = torch.ones([3], { requiresGrad: true });
    const before = torch.memory().tensors;
    const optimizer = new AdamW([w]);
    for (let i = 0; i < 3; i++) {
      torch.scope(() => {
        w.square().sum().backward();
        optimizer.step();
        optimizer.zeroGrad();
      });
    }
    expect(torch.memory().tensors).toBe(before + 2);
    optimizer.dispose();
    expect(torch.memory().tensors).toBe(before);
  });

  it('takes weights whose gradients lie in memory as theirs do, transposed ones too', () => {
    const make = (fused: boolean) => {
      const w = torch.tensor([[1, 2, 3], [4, 5, 6]]).t(); // biome-ignore format: a matrix
      w.requiresGrad = true;
      const optimizer = new AdamW([w], { lr: 0.1, fused });
      for (let i = 0; i < 3; i++) {
        w.grad = torch.tensor([[1, -2], [3, 0.5], [-1, 2]]); // biome-ignore format: a matrix
        optimizer.step();
      }
      return w;
    };
    expectClose(make(true), make(false), 1e-6);
  });

  it('sets learning rates of all groups or of one, and scales each from its own', () => {
    const [a, b] = [torch.ones([1]), torch.ones([1])];
    const optimizer = new AdamW([{ parameters: [a] }, { parameters: [b], lr: 0.5 }], { lr: 0.1 });
    optimizer.scaleLearningRate(0.5);
    expect(optimizer.learningRates).toEqual([0.05, 0.25]);
    optimizer.scaleLearningRate(1);
    expect(optimizer.learningRates).toEqual([0.1, 0.5]);
    optimizer.setLearningRate(0.2, 1);
    expect(optimizer.learningRates).toEqual([0.1, 0.2]);
    optimizer.setLearningRate(0.3);
    expect(optimizer.learningRates).toEqual([0.3, 0.3]);
  });

  it('refuses what cannot be', () => {
    const w = torch.ones([1]);
    expect(() => new AdamW([])).toThrow(/no parameters/);
    expect(() => new AdamW([w, w])).toThrow(/twice/);
    expect(() => new AdamW([w], { lr: -1 })).toThrow(/lr/);
    expect(() => new AdamW([w], { betas: [1, 0.9] })).toThrow(/betas/);
    expect(() => new AdamW([w]).setLearningRate(1, 3)).toThrow(/group/);
    const other = new AdamW([torch.ones([1]), torch.ones([2])]);
    expect(() => new AdamW([w]).loadStateDict(other.stateDict())).toThrow(/2 parameters/);
  });
});

describe('schedules', () => {
  const { warmup, total, ...kinds } = golden<{ warmup: number; total: number } & Record<ScheduleKind, number[]>>(
    'schedules',
  );

  it.each(Object.entries(kinds))('%s has Hugging Face’s numbers', (kind, factors) => {
    const factor = schedule(kind as ScheduleKind, { warmup, total });
    expectClose(
      factors.map((_, step) => factor(step)),
      factors,
      1e-12,
    );
  });

  it('end at a share of the rate, and stay there', () => {
    const factor = schedule('cosine', { warmup: 2, total: 10, final: 0.1 });
    expect(factor(0)).toBe(0);
    expect(factor(2)).toBe(1);
    expect(factor(10)).toBeCloseTo(0.1, 12);
    expect(factor(1000)).toBeCloseTo(0.1, 12);
  });

  it('need their length', () => {
    expect(() => schedule('linear')).toThrow(/total/);
    expect(() => schedule('linear', { warmup: 10, total: 5 })).toThrow(/total/);
    expect(() => schedule('sawtooth' as ScheduleKind, { total: 5 })).toThrow(/sawtooth/);
    expect(schedule('constant')(7)).toBe(1);
  });
});
