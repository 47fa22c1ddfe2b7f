import * as torch from '@clinragen/torch';
import { TorchError } from '@clinragen/torch';
import { describe, expect, it } from 'vitest';
import { expectClose, golden } from './numbers.js';

const leaf = (values: torch.NestedNumbers) => torch.tensor(values, { requiresGrad: true });

const gradient = (x: torch.Tensor): torch.Tensor | null => x.grad;

describe('backward', () => {
  it('gives the gradient to every leaf', () => {
    const x = leaf([1, 2, 3]);
    const y = leaf([4, 5, 6]);
    x.mul(y).sum().backward();
    expect(gradient(x)?.toArray()).toEqual([4, 5, 6]);
    expect(gradient(y)?.toArray()).toEqual([1, 2, 3]);
  });

  it('adds to the gradients that are there, until they are taken away', () => {
    const x = leaf([1, 2]);
    x.square().sum().backward();
    x.square().sum().backward();
    expect(gradient(x)?.toArray()).toEqual([4, 8]);
    x.grad = null;
    expect(gradient(x)).toBeNull();
    x.square().sum().backward();
    expect(gradient(x)?.toArray()).toEqual([2, 4]);
  });

  it('accumulated over halves of a batch equals the whole batch', () => {
    const w = leaf([[0.5, -1], [2, 0.25]]); // biome-ignore format: a matrix
    const x = torch.randn([8, 2]);
    const loss = (part: torch.Tensor) => part.matmul(w).tanh().square().sum().div(8);
    loss(x).backward();
    const whole = gradient(w)?.toArray() as torch.NestedNumbers;
    w.grad = null;
    for (const half of x.chunk(2)) loss(half).backward();
    expectClose(gradient(w) as torch.Tensor, whole, 1e-6);
  });

  it('frees the graph, unless it is to be kept', () => {
    const x = leaf([3]);
    const y = x.square().sum();
    y.backward({ retainGraph: true });
    y.backward();
    expect(gradient(x)?.toArray()).toEqual([12]);
    expect(() => y.backward()).toThrow(TorchError);
  });

  it('of several numbers needs their weights', () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    expect(() => y.backward()).toThrow(/scalar/);
    y.backward({ gradient: torch.tensor([1, 10]) });
    expect(gradient(x)?.toArray()).toEqual([3, 30]);
    expect(() => x.mul(3).backward({ gradient: torch.ones([5]) })).toThrow(TorchError);
  });

  it('is refused where nothing requires a gradient', () => {
    expect(() => torch.ones([]).backward()).toThrow(TorchError);
  });

  it('survives the scope in which the graph was made', () => {
    const x = leaf([1, 2]);
    const loss = torch.scope(() => x.square().mul(2).sum());
    loss.backward();
    expect(gradient(x)?.toArray()).toEqual([4, 8]);
  });

  it('an error in the middle of it is told, and the next one works', () => {
    const x = leaf([1, 2]);
    const y = x.exp();
    const z = y.sum();
    y.mul_(2); // exp's gradient needs its own result, which is gone
    expect(() => z.backward()).toThrow(/modified by an inplace operation/);
    x.grad = null;
    x.sum().backward();
    expect(gradient(x)?.toArray()).toEqual([1, 1]);
  });
});

describe('grad', () => {
  it('gives gradients without touching those of the leaves', () => {
    const x = leaf([1, 2]);
    const [g] = torch.grad([x.square().sum()], [x]);
    expect(g?.toArray()).toEqual([2, 4]);
    expect(gradient(x)).toBeNull();
  });

  it('of gradients', () => {
    const x = leaf([2]);
    const [first] = torch.grad([x.pow(3).sum()], [x], { createGraph: true });
    const [second] = torch.grad([(first as torch.Tensor).sum()], [x]);
    expect(first?.toArray()).toEqual([12]);
    expect(second?.toArray()).toEqual([12]);
  });

  it('is null for an input that plays no part, where that is allowed', () => {
    const x = leaf([1]);
    const other = leaf([1]);
    expect(torch.grad([x.sum()], [x, other], { allowUnused: true })[1]).toBeNull();
    expect(() => torch.grad([x.sum()], [x, other])).toThrow(TorchError);
  });

  it('with respect to something in the middle', () => {
    const x = leaf([1, 2]);
    const middle = x.mul(3);
    const [g] = torch.grad([middle.square().sum()], [middle]);
    expect(g?.toArray()).toEqual([6, 12]);
  });
});

describe('what is recorded', () => {
  it('nothing under noGrad, all again after it, even after an error', () => {
    const x = leaf([1]);
    expect(torch.noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    expect(torch.noGrad(() => torch.enableGrad(() => x.mul(2))).requiresGrad).toBe(true);
    expect(() => torch.noGrad(() => x.matmul(torch.ones([3, 3])))).toThrow(TorchError);
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  it('stops at detach, and at frozen leaves', () => {
    const x = leaf([2]);
    x.detach().mul(x).sum().backward();
    expect(gradient(x)?.toArray()).toEqual([2]);
    const y = leaf([2]);
    y.requiresGrad = false;
    expect(y.mul(2).requiresGrad).toBe(false);
    expect(x.isLeaf).toBe(true);
    expect(x.mul(2).isLeaf).toBe(false);
  });

  it('whole numbers have no gradients', () => {
    expect(() => torch.tensor([1], { dtype: 'int64', requiresGrad: true })).toThrow(TorchError);
  });
});

describe('a gradient set by hand', () => {
  it('takes the layout of its tensor, because fused optimizers walk both side by side', () => {
    const x = torch.zeros([2, 3], { requiresGrad: true });
    const transposed = torch
      .tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ])
      .t();
    x.grad = transposed;
    expect(x.grad.toArray()).toEqual(transposed.toArray());
    expect(torch.ops.view(x.grad, [6]).toArray()).toEqual([1, 3, 5, 2, 4, 6]); // view needs row-major memory
  });

  it('must have the shape and dtype of its tensor', () => {
    const x = torch.zeros([2], { requiresGrad: true });
    for (const wrong of [torch.ones([3]), torch.ones([2], { dtype: 'float64' })]) {
      expect(() => {
        x.grad = wrong;
      }).toThrow(TorchError);
    }
  });
});

describe('clipping', () => {
  const { gradients, cases } = golden<{
    gradients: torch.NestedNumbers[];
    cases: { limit: number; norm: number; after: torch.NestedNumbers[] }[];
  }>('clipping');

  it.each(cases)(
    'to $limit scales all gradients as PyTorch does, and returns the norm before',
    ({ limit, norm, after }) => {
      const parameters = gradients.map((gradient) => {
        const value = torch.tensor(gradient, { dtype: 'float64' });
        const parameter = torch.ops.zerosLike(value);
        parameter.requiresGrad = true;
        parameter.grad = value;
        return parameter;
      });
      // Norms are taken in float32 here at the end, in float64 there.
      expectClose(torch.clipGradNorm(parameters, limit), norm, 1e-6);
      for (const [i, parameter] of parameters.entries()) {
        expectClose(parameter.grad as torch.Tensor, after[i] as torch.NestedNumbers, 1e-6);
      }
    },
  );

  it('skips parameters without gradients', () => {
    expect(torch.clipGradNorm([torch.ones([2])], 1)).toBe(0);
  });
});

describe('autocast', () => {
  it('multiplies matrices in bfloat16 and gives gradients in the weights’ dtype', () => {
    const x = torch.randn([4, 8]);
    const w = torch.randn([8, 3], { requiresGrad: true });
    const y = torch.autocast(() => x.matmul(w));
    expect(y.dtype).toBe('bfloat16');
    expectClose(y, x.matmul(w), 0.05);
    y.sum().backward();
    expect(w.grad?.dtype).toBe('float32');
    expect(x.matmul(w).dtype).toBe('float32');
  });

  it('keeps sums and losses in float32', () => {
    const logits = torch.autocast(() => torch.randn([4, 8]).matmul(torch.randn([8, 3])));
    const labels = torch.tensor([0, 1, 2, 0], { dtype: 'int64' });
    expect(torch.autocast(() => torch.ops.crossEntropyLoss(logits, labels)).dtype).toBe('float32');
  });

  it('can be switched off inside, and ends with an error too', () => {
    const [x, w] = [torch.randn([2, 2]), torch.randn([2, 2])];
    torch.autocast(() => {
      expect(torch.autocast(() => x.matmul(w), { enabled: false }).dtype).toBe('float32');
      expect(x.matmul(w).dtype).toBe('bfloat16');
    });
    expect(() => torch.autocast(() => x.matmul(torch.randn([3, 3])))).toThrow(TorchError);
    expect(x.matmul(w).dtype).toBe('float32');
  });

  it('sees changed weights: nothing is cached beyond its end', () => {
    const x = torch.ones([1, 2]);
    const w = torch.ones([2, 1], { requiresGrad: true });
    expect(torch.autocast(() => x.matmul(w)).item()).toBe(2);
    torch.noGrad(() => w.mul_(3));
    expect(torch.autocast(() => x.matmul(w)).item()).toBe(6);
  });
});
