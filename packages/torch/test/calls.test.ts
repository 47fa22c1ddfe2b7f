import * as torch from '@clinragen/torch';
import { TorchError } from '@clinragen/torch';
import { describe, expect, it } from 'vitest';

function errorOf(body: () => unknown): TorchError {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(TorchError);
    return error as TorchError;
  }
  throw new Error('nothing was thrown');
}

describe('calling an operator', () => {
  const x = torch.tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);

  it('takes the overload that the arguments fit: tensor or number, one dimension or several, names', () => {
    expect(x.add(x).toArray()).toEqual([
      [2, 4, 6],
      [8, 10, 12],
    ]);
    expect(x.add(1).toArray()).toEqual([
      [2, 3, 4],
      [5, 6, 7],
    ]);
    expect(x.sum().item()).toBe(21);
    expect(x.sum([0]).toArray()).toEqual([5, 7, 9]);
    expect(x.sum([1], { keepdim: true }).shape).toEqual([2, 1]);
    expect(x.sum([0, 1]).item()).toBe(21);
    expect(x.sum({ dtype: 'float64' }).dtype).toBe('float64');
  });

  it('fills what is left out with the defaults of the schema', () => {
    const logits = torch.tensor([[2, 1]]);
    const label = torch.tensor([0], { dtype: 'int64' });
    // reduction = Mean, ignore_index = -100, label_smoothing = 0
    expect(torch.ops.crossEntropyLoss(logits, label).item()).toBeCloseTo(Math.log(1 + Math.exp(-1)), 6);
    const smoothed = torch.ops.crossEntropyLoss(logits, label, { labelSmoothing: 0.2 }).item();
    expect(smoothed).toBeCloseTo(Math.log(1 + Math.exp(-1)) + 0.1, 6);
  });

  it('takes keyword-only arguments by name, and other arguments by name too', () => {
    expect(x.add(x, { alpha: 10 }).toArray()).toEqual([
      [11, 22, 33],
      [44, 55, 66],
    ]);
    expect(x.softmax(-1, { dtype: 'float64' }).dtype).toBe('float64');
    expect((torch.call('sum', [x, { dim: [1], keepdim: true }]) as torch.Tensor).shape).toEqual([2, 1]);
  });

  it('lets null stand for an optional tensor', () => {
    const weight = torch.ones([2, 3]);
    expect(torch.ops.linear(x, weight, null).toArray()).toEqual([
      [6, 6],
      [15, 15],
    ]);
    expect(torch.ops.linear(x, weight).shape).toEqual([2, 2]);
    expect(torch.ops.index(x, [null, torch.tensor([2, 0], { dtype: 'int64' })]).toArray()).toEqual([
      [3, 1],
      [6, 4],
    ]);
  });

  it('lets one number stand for a list of fixed length', () => {
    const image = torch.ones([1, 1, 4, 4]);
    const kernel = torch.ones([1, 1, 2, 2]);
    expect(torch.ops.conv2d(image, kernel, null, 2).shape).toEqual([1, 1, 2, 2]);
    expect(torch.ops.conv2d(image, kernel, null, [2, 1]).shape).toEqual([1, 1, 2, 3]);
  });

  it('returns several results in order, and lists of tensors', () => {
    const [values, indices] = x.max(1) as unknown as [torch.Tensor, torch.Tensor];
    expect(values.toArray()).toEqual([3, 6]);
    expect(indices.toArray()).toEqual([2, 2]);
    expect(indices.dtype).toBe('int64');
    const parts = x.split(2, 1);
    expect(parts.map((part) => part.shape)).toEqual([
      [2, 2],
      [2, 1],
    ]);
  });

  it('returns more results than the shared buffer holds', () => {
    const many = torch.arange(5000).unbind(0);
    expect(many.length).toBe(5000);
    expect(many[4999]?.item()).toBe(4999);
    for (const one of many) one.dispose();
  });

  it('takes more arguments than the shared buffer holds', () => {
    const row = torch.ones([1]);
    expect(torch.cat(Array.from({ length: 6000 }, () => row)).shape).toEqual([6000]);
  });

  it('returns numbers, flags and text as such', () => {
    expect(torch.ops.isFloatingPoint(x)).toBe(true);
    expect(torch.ops.allclose(x, x)).toBe(true);
    expect(torch.ops.isSameSize(x, torch.ones([2]))).toBe(false);
  });

  it('gives in-place operators back as the tensor they changed, whose facts are read anew', () => {
    const y = torch.ones([2, 3]);
    expect(y.shape).toEqual([2, 3]);
    expect(y.add_(1)).toBe(y);
    expect(y.unsqueeze_(0)).toBe(y);
    expect(y.shape).toEqual([1, 2, 3]);
    const out = torch.empty([0]);
    expect(torch.call('add', [x, x, { out }])).toBe(out);
    expect(out.shape).toEqual([2, 3]);
  });

  it('tells booleans, whole numbers and fractions apart', () => {
    const whole = torch.tensor([1, 2], { dtype: 'int64' });
    expect(whole.add(1).dtype).toBe('int64');
    expect(whole.add(1.5).dtype).toBe('float32');
    expect(torch.full([2], true, { dtype: 'bool' }).toArray()).toEqual([true, true]);
    expect(x.mul(Number.POSITIVE_INFINITY).toArray()).toEqual([
      [Infinity, Infinity, Infinity],
      [Infinity, Infinity, Infinity],
    ]);
  });

  it('reaches one overload by its full name', () => {
    expect((torch.call('add.Scalar', [x, 1]) as torch.Tensor).shape).toEqual([2, 3]);
    expect((torch.call('aten::relu', [x]) as torch.Tensor).shape).toEqual([2, 3]);
    expect(errorOf(() => torch.call('add.Nothing', [x, 1])).code).toBe('unknown-operator');
  });

  it('has every operator as a method in camel case', () => {
    expect(x.maskedFill(x.gt(3), 0).toArray()).toEqual([
      [1, 2, 3],
      [0, 0, 0],
    ]);
    expect(torch.atenName('maskedFill_')).toBe('masked_fill_');
    expect(torch.operatorNames().length).toBeGreaterThan(800);
  });
});

describe('a call that cannot be', () => {
  const x = torch.ones([2, 3]);

  it('names the operator and the shapes where shapes do not fit', () => {
    const error = errorOf(() => x.matmul(torch.ones([4, 5])));
    expect(error.code).toBe('operator');
    expect(error.operator).toBe('matmul');
    expect(error.shapes).toEqual(['self float32[2, 3]', 'other float32[4, 5]']);
    expect(error.message).toContain('2x3 and 4x5');
    expect(error.message).not.toContain('Exception raised from');
  });

  it('names dtypes where these do not fit', () => {
    const error = errorOf(() => x.matmul(torch.ones([3, 2], { dtype: 'float64' })));
    expect(error.code).toBe('operator');
    expect(error.shapes).toEqual(['self float32[2, 3]', 'other float64[3, 2]']);
  });

  it('shows the overloads where none takes the arguments', () => {
    // @ts-expect-error a text is no tensor
    const error = errorOf(() => x.matmul('x'));
    expect(error.code).toBe('argument');
    expect(error.message).toContain('matmul(self: Tensor, other: Tensor)');
  });

  it('refuses names that the operator does not have, and arguments too many', () => {
    // @ts-expect-error no such name
    expect(errorOf(() => x.add(x, { alhpa: 2 })).code).toBe('argument');
    // @ts-expect-error one too many
    expect(errorOf(() => x.relu(1)).code).toBe('argument');
  });

  it('says that an operator is unknown, with the version of libtorch', () => {
    const error = errorOf(() => torch.call('frobnicate', [x]));
    expect(error.code).toBe('unknown-operator');
    expect(error.operator).toBe('frobnicate');
    expect(error.message).toContain(torch.info().version);
    const ops = torch.ops as unknown as Record<string, (x: torch.Tensor) => unknown>;
    expect(errorOf(() => ops.frobnicate?.(x)).code).toBe('unknown-operator');
  });

  it.each([
    ['a negative length', () => torch.ones([-1])],
    ['lengths whose product overflows', () => torch.ones([2 ** 40, 2 ** 40])],
    ['more memory than any machine has', () => torch.ones([2 ** 50])],
    ['a device that does not exist', () => torch.ones([1], { device: 'nonsense' })],
    ['a dtype that does not exist', () => torch.ones([1], { dtype: 'float7' as torch.DType })],
    ['an index out of range', () => x.select(0, 7)],
    ['class labels out of range', () => torch.ops.crossEntropyLoss(x, torch.tensor([0, 3], { dtype: 'int64' }))],
    ['rows out of a table', () => torch.ops.embedding(x, torch.tensor([2], { dtype: 'int64' }))],
    ['elements of a tensor without memory', () => torch.ones([1], { device: 'meta' }).item()],
    ['one number of a tensor of many', () => x.item()],
    ['threads beyond reason', () => torch.setThreads(1e6)],
    ['a seed below zero', () => torch.manualSeed(-1)],
    ['autocast to whole numbers', () => torch.autocast(() => 1, { dtype: 'int64' })],
    ['autocast on a device that does not exist', () => torch.autocast(() => 1, { device: 'nonsense' })],
    ['gradients of nothing', () => torch.grad([], [])],
  ])('gives a TorchError for %s', (_, body) => {
    errorOf(body);
  });
});

describe('a fabricated handle', () => {
  it.each([Number.NaN, -1, -5, 0.5, 2 ** 27, 2 ** 52, 2 ** 60, 1e300, Infinity])('%s reaches no tensor', (handle) => {
    const forged = { handle, describe: () => 'forged', touched: () => undefined };
    expect(errorOf(() => torch.call('relu', [forged])).code).toBe('use-after-free');
  });

  it('nor does a generator that was never made', () => {
    for (const index of [-1, 1e9, Number.NaN, 0.5]) {
      errorOf(() => torch.call('rand', [[2], { generator: { index } }]));
    }
  });
});
