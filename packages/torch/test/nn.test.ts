import * as torch from '@clinragen/torch';
import { type NestedNumbers, type Tensor, TorchError } from '@clinragen/torch';
import {
  attention,
  BatchNorm1d,
  Dropout,
  Embedding,
  explicitAttention,
  LayerNorm,
  Linear,
  Module,
  parameter,
  RMSNorm,
} from '@clinragen/torch/nn';
import { describe, expect, it } from 'vitest';
import { expectClose, golden } from './numbers.js';

interface Pass {
  state: Record<string, NestedNumbers>;
  x: NestedNumbers;
  weight: NestedNumbers;
  y: NestedNumbers;
  xGrad: NestedNumbers | null;
  gradients: Record<string, NestedNumbers>;
  after: Record<string, NestedNumbers>;
}
type Layer = Module & { forward(x: Tensor): Tensor };

const double = (values: NestedNumbers) => torch.tensor(values, { dtype: 'float64' });

describe('layers, beside PyTorch’s', () => {
  const passes = golden<Record<string, Pass>>('layers');
  const cases: [string, () => Layer, boolean][] = [
    ['linear', () => new Linear(4, 3), true],
    ['linearNoBias', () => new Linear(4, 3, { bias: false }), true],
    ['embedding', () => new Embedding(6, 3), true],
    ['layerNorm', () => new LayerNorm(6), true],
    ['rmsNorm', () => new RMSNorm(6), true],
    ['batchNormTrain', () => new BatchNorm1d(3), true],
    ['batchNormEval', () => new BatchNorm1d(3), false],
    ['batchNormFlat', () => new BatchNorm1d(3), true],
  ];

  it.each(cases)('%s: values, gradients and state after', (name, make, training) => {
    const pass = passes[name] as Pass;
    const layer = make().to({ dtype: 'float64' }).train(training);
    layer.loadStateDict(new Map(Object.entries(pass.state).map(([key, values]) => [key, double(values)])));
    const x = name === 'embedding' ? torch.tensor(pass.x, { dtype: 'int64' }) : double(pass.x);
    if (pass.xGrad) x.requiresGrad = true;
    const y = layer.forward(x);
    expectClose(y, pass.y, 1e-12);
    y.mul(double(pass.weight)).sum().backward();
    if (pass.xGrad) expectClose(x.grad as Tensor, pass.xGrad, 1e-11);
    const parameters = new Map(layer.namedParameters());
    expect([...parameters.keys()].sort()).toEqual(Object.keys(pass.gradients).sort());
    for (const [key, expected] of Object.entries(pass.gradients)) {
      expectClose(parameters.get(key)?.grad as Tensor, expected, 1e-11);
    }
    const state = layer.stateDict();
    expect([...state.keys()].sort()).toEqual(Object.keys(pass.after).sort());
    for (const [key, expected] of Object.entries(pass.after)) expectClose(state.get(key) as Tensor, expected, 1e-12);
  });

  it('start as PyTorch’s do: uniform weights within 1/√in, ones and zeros for norms', () => {
    torch.manualSeed(1);
    const linear = new Linear(64, 200);
    const bound = 1 / 8;
    const weight = linear.weight.detach();
    expect(weight.abs().max().item()).toBeLessThanOrEqual(bound);
    // A uniform distribution on ±b has standard deviation b/√3; 12,800 draws hold it within 2 %.
    expect(weight.square().mean().sqrt().item() / (bound / Math.sqrt(3))).toBeCloseTo(1, 1.7);
    expect(linear.bias?.detach().abs().max().item()).toBeLessThanOrEqual(bound);
    expect(new Embedding(500, 20).weight.detach().square().mean().item()).toBeCloseTo(1, 1);
    const norm = new BatchNorm1d(2);
    expect(norm.weight.toArray()).toEqual([1, 1]);
    expect(norm.running_var.toArray()).toEqual([1, 1]);
  });

  it('dropout zeroes its share while training and nothing otherwise', () => {
    torch.manualSeed(2);
    const dropout = new Dropout(0.25);
    const x = torch.ones([10_000]);
    const kept = dropout.forward(x);
    // Kept ones are scaled so that the mean stays; 3 standard errors are 0.017.
    expect(kept.mean().item()).toBeCloseTo(1, 1.4);
    expect(new Set(kept.toFloat32())).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    dropout.eval();
    expect(dropout.forward(x)).toBe(x);
  });

  it('RMS norm computes 16-bit inputs in float32', () => {
    const norm = new RMSNorm(512);
    const x = torch.full([1, 512], 300, { dtype: 'float16' }); // 300² overflows float16
    expect(norm.forward(x).mean().item()).toBeCloseTo(1, 3);
  });
});

describe('attention', () => {
  interface Case {
    name: string;
    scale: number | null;
    masked: boolean;
    y: NestedNumbers;
    weight: NestedNumbers;
    qGrad: NestedNumbers;
    kGrad: NestedNumbers;
    vGrad: NestedNumbers;
  }
  const python = golden<{ q: NestedNumbers; k: NestedNumbers; v: NestedNumbers; mask: NestedNumbers; cases: Case[] }>(
    'attention',
  );

  describe.each(python.cases)('$name', (one) => {
    it.each([
      ['fused', attention],
      ['explicit', (...args: Parameters<typeof explicitAttention>) => explicitAttention(...args).states],
    ])('%s gives PyTorch’s values and gradients', (_, run) => {
      const [q, k, v] = [python.q, python.k, python.v].map((values) => {
        const tensor = double(values);
        tensor.requiresGrad = true;
        return tensor;
      }) as [Tensor, Tensor, Tensor];
      const y = run(q, k, v, {
        mask: one.masked ? double(python.mask) : null,
        ...(one.scale === null ? {} : { scale: one.scale }),
      });
      expectClose(y, one.y, 1e-12);
      y.mul(double(one.weight)).sum().backward();
      expectClose(q.grad as Tensor, one.qGrad, 1e-11);
      expectClose(k.grad as Tensor, one.kGrad, 1e-11);
      expectClose(v.grad as Tensor, one.vGrad, 1e-11);
    });
  });

  it('the mask may be learned: it receives a gradient', () => {
    const [q, k, v] = [torch.randn([1, 2, 3, 4]), torch.randn([1, 2, 5, 4]), torch.randn([1, 2, 5, 4])];
    const mask = torch.zeros([1, 2, 3, 5], { requiresGrad: true });
    attention(q, k, v, { mask }).square().sum().backward();
    expect(mask.grad?.abs().sum().item()).toBeGreaterThan(0);
  });

  it('weights are shares: they add up to one', () => {
    const { weights } = explicitAttention(
      torch.randn([2, 1, 3, 4]),
      torch.randn([2, 1, 6, 4]),
      torch.randn([2, 1, 6, 4]),
    );
    expectClose(weights.sum([-1]), torch.ones([2, 1, 3]), 1e-6);
  });
});

class Block extends Module {
  readonly inner = new Linear(2, 2);
  readonly norms = [new LayerNorm(2), new BatchNorm1d(2)];
  readonly scale = parameter(torch.ones([1]));
  readonly tied: Tensor;
  constructor() {
    super();
    this.tied = this.inner.weight;
  }
}

describe('a module', () => {
  it('names parameters and buffers by its fields, tied ones once', () => {
    const block = new Block();
    expect([...block.namedParameters()].map(([name]) => name).sort()).toEqual([
      'inner.bias',
      'norms.0.bias',
      'norms.0.weight',
      'norms.1.bias',
      'norms.1.weight',
      'scale',
      'tied',
    ]);
    expect([...block.namedBuffers()].map(([name]) => name)).toEqual([
      'norms.1.running_mean',
      'norms.1.running_var',
      'norms.1.num_batches_tracked',
    ]);
    expect(block.parameterCount()).toBe(4 + 2 + 2 + 2 + 2 + 2 + 1);
  });

  it('takes a state in, whole or not at all', () => {
    const [a, b] = [new Block(), new Block()];
    expect(a.loadStateDict(b.stateDict())).toEqual({ missing: [], unexpected: [] });
    expect(a.inner.weight.toArray()).toEqual(b.inner.weight.toArray());

    const state = new Map(b.stateDict());
    state.delete('scale');
    state.set('extra', torch.ones([1]));
    expect(() => a.loadStateDict(state)).toThrow(/missing scale; unexpected extra/);
    expect(a.loadStateDict(state, { strict: false })).toEqual({ missing: ['scale'], unexpected: ['extra'] });

    const before = a.inner.bias?.toArray();
    const wrong = new Map(b.stateDict()).set('scale', torch.ones([2]));
    wrong.set('inner.bias', torch.full([2], 7));
    expect(() => a.loadStateDict(wrong)).toThrow(TorchError);
    expect(a.inner.bias?.toArray()).toEqual(before);
  });

  it('trains, evaluates, freezes: itself and all below', () => {
    const block = new Block();
    block.eval();
    expect([...block.namedModules()].every(([, module]) => !module.training)).toBe(true);
    block.train();
    expect(block.norms[1]?.training).toBe(true);
    block.norms[0]?.freeze();
    expect(block.trainableParameters().length).toBe(5);
    block.inner
      .forward(torch.ones([1, 2]))
      .sum()
      .backward();
    expect(block.inner.weight.grad).not.toBeNull();
    block.zeroGrad();
    expect(block.inner.weight.grad).toBeNull();
  });

  it('converts its parameters in place: those who hold them see the change, and memory is not lost', () => {
    const block = new Block();
    const weight = block.inner.weight;
    const before = torch.memory();
    block.to({ dtype: 'bfloat16' });
    expect(weight.dtype).toBe('bfloat16');
    expect(weight.requiresGrad).toBe(true);
    expect(block.norms[1] instanceof BatchNorm1d && block.norms[1].num_batches_tracked.dtype).toBe('int64');
    expect(torch.memory().tensors).toBe(before.tensors);
    expect(torch.memory().bytes).toBeLessThan(before.bytes);
    block.to({ dtype: 'float32' });
    expect(torch.memory()).toEqual(before);
    const made = torch.memory().tensors;
    block.dispose();
    expect(torch.memory().tensors).toBe(made - 10);
  });
});
