import * as torch from '@clinragen/torch';
import { type DType, TorchError } from '@clinragen/torch';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('dtypes', () => {
  const cases: [DType, number[], ArrayConstructorName][] = [
    ['float32', [1.5, -2, 0], 'Float32Array'],
    ['float64', [0.1, -1e300, 0], 'Float64Array'],
    ['int64', [1, -2, 2 ** 52], 'BigInt64Array'],
    ['int32', [1, -2, 2 ** 31 - 1], 'Int32Array'],
    ['int16', [1, -2, 32767], 'Int16Array'],
    ['int8', [1, -2, 127], 'Int8Array'],
    ['uint8', [1, 2, 255], 'Uint8Array'],
    ['bfloat16', [1.5, -2, 0.0078125], 'Uint16Array'],
    ['float16', [1.5, -2, 0.25], 'Uint16Array'],
  ];
  type ArrayConstructorName =
    | 'Float32Array'
    | 'Float64Array'
    | 'BigInt64Array'
    | 'Int32Array'
    | 'Int16Array'
    | 'Int8Array'
    | 'Uint8Array'
    | 'Uint16Array';

  it.each(cases)('%s keeps its numbers there and back', (dtype, numbers, arrayName) => {
    const tensor = torch.tensor(numbers, { dtype });
    expect(tensor.dtype).toBe(dtype);
    expect(tensor.toArray()).toEqual(numbers);
    const array = tensor.toTypedArray();
    expect(array.constructor.name).toBe(arrayName);
    const again = torch.fromTypedArray(array, [3], { dtype });
    expect(again.dtype).toBe(dtype);
    expect(again.toArray()).toEqual(numbers);
    expect(Array.from(tensor.toFloat32())).toEqual(numbers.map(Math.fround));
  });

  it('bool holds truth values', () => {
    const truth = torch.tensor([true, false, true]);
    expect(truth.dtype).toBe('bool');
    expect(truth.toArray()).toEqual([true, false, true]);
    expect(truth.toTypedArray()).toEqual(new Uint8Array([1, 0, 1]));
    // Any other byte than 0 and 1 counts as true, as in C.
    expect(torch.fromBytes('bool', [3], new Uint8Array([0, 2, 255])).toArray()).toEqual([false, true, true]);
  });

  it('bigints make int64, and keep what a number cannot hold', () => {
    const big = 2n ** 62n + 1n;
    const tensor = torch.tensor([big]);
    expect(tensor.dtype).toBe('int64');
    expect(tensor.toTypedArray()).toEqual(new BigInt64Array([big]));
    expect(() => tensor.toArray()).toThrow(TorchError);
  });

  it('mixed numbers and truth values are numbers', () => {
    expect(torch.tensor([true, 0.5]).toArray()).toEqual([1, 0.5]);
    expect(() => torch.tensor([Number.NaN], { dtype: 'int64' })).toThrow(TorchError);
  });

  it('16-bit floats round to nearest, ties to even', () => {
    expect(torch.tensor([1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38], { dtype: 'bfloat16' }).toArray()).toEqual([
      1,
      1 + 2 ** -6,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('converts between dtypes, and gives itself where nothing changes', () => {
    const x = torch.tensor([1.7, -1.7]);
    expect(x.to('int64').toArray()).toEqual([1, -1]);
    expect(x.to('bfloat16').to('float32').dtype).toBe('float32');
    expect(x.to('cpu').dtype).toBe('float32');
    expect(x.to('cpu', 'float64').dtype).toBe('float64');
    expect(() => x.to('flaot32')).toThrow(TorchError);
  });

  it('knows no dtype of a Uint16Array by itself', () => {
    expect(() => torch.fromTypedArray(new Uint16Array(2))).toThrow(TorchError);
    expect(() => torch.fromTypedArray(new Uint16Array(2), [2], { dtype: 'float32' })).toThrow(TorchError);
  });
});

describe('shapes', () => {
  it('come from nested arrays, whole at every depth', () => {
    expect(torch.tensor(3).shape).toEqual([]);
    expect(torch.tensor(3).item()).toBe(3);
    expect(torch.tensor([]).shape).toEqual([0]);
    expect(torch.tensor([[], []]).shape).toEqual([2, 0]);
    expect(torch.tensor([[[1], [2]]]).shape).toEqual([1, 2, 1]);
    for (const ragged of [
      [[1, 2], [3]],
      [[1], 2],
      [1, [2]],
      [[1], [[2]]],
    ]) {
      expect(() => torch.tensor(ragged as torch.NestedNumbers)).toThrow(/ragged/);
    }
  });

  it('must hold as many elements as the data', () => {
    expect(() => torch.fromTypedArray(new Float32Array(6), [4])).toThrow(TorchError);
    expect(() => torch.fromTypedArray(new Float32Array(6), [2.5, 2])).toThrow(TorchError);
    expect(() => torch.fromTypedArray(new Float32Array(6), [-2, -3])).toThrow(TorchError);
  });

  it('of a dimension may be asked from either end', () => {
    const x = torch.zeros([2, 3, 4]);
    expect([x.size(0), x.size(-1), x.ndim]).toEqual([2, 4, 3]);
    expect(() => x.size(3)).toThrow(TorchError);
  });

  it('a part of a typed array is that part', () => {
    const whole = new Float32Array([1, 2, 3, 4, 5]);
    expect(torch.fromTypedArray(whole.subarray(1, 4)).toArray()).toEqual([2, 3, 4]);
  });

  it('the data is copied: changing the array leaves the tensor, and the other way round', () => {
    const data = new Float32Array([1, 2]);
    const x = torch.fromTypedArray(data);
    data[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
    (x.toTypedArray() as Float32Array)[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
  });

  it('elements of a transposed view come in the view’s order', () => {
    const x = torch.tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(x.t().toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('any nested numbers come back as they went in', () => {
    const shaped = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }).chain((shape) =>
      fc
        .array(fc.float({ noNaN: true }), {
          minLength: shape.reduce((a, b) => a * b, 1),
          maxLength: shape.reduce((a, b) => a * b, 1),
        })
        .map((values) => ({ shape, values })),
    );
    fc.assert(
      fc.property(shaped, ({ shape, values }) => {
        torch.scope(() => {
          const x = torch.fromTypedArray(Float32Array.from(values), shape);
          expect(x.shape).toEqual(shape);
          const again = torch.tensor(x.toArray());
          expect(Array.from(again.toTypedArray() as Float32Array)).toEqual(Array.from(Float32Array.from(values)));
        });
      }),
    );
  });
});

describe('making tensors', () => {
  it('filled, counted, joined', () => {
    expect(torch.zeros([2]).toArray()).toEqual([0, 0]);
    expect(torch.ones([2], { dtype: 'int32' }).dtype).toBe('int32');
    expect(torch.full([2], 7).toArray()).toEqual([7, 7]);
    expect(torch.full([2], 7).dtype).toBe('float32');
    expect(torch.eye(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(torch.arange(3).toArray()).toEqual([0, 1, 2]);
    expect(torch.arange(3).dtype).toBe('int64');
    expect(torch.arange(1, 3, { dtype: 'float32' }).toArray()).toEqual([1, 2]);
    const [a, b] = [torch.tensor([1, 2]), torch.tensor([3, 4])];
    expect(torch.cat([a, b]).toArray()).toEqual([1, 2, 3, 4]);
    expect(torch.stack([a, b], 1).toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(torch.where(a.gt(1), a, 0).toArray()).toEqual([0, 2]);
    expect(torch.einsum('i,j->ij', a, b).toArray()).toEqual([
      [3, 4],
      [6, 8],
    ]);
    expect(torch.ones([1], { requiresGrad: true }).requiresGrad).toBe(true);
  });

  it('shows itself by dtype and shape', () => {
    expect(String(torch.zeros([2, 3]))).toBe('Tensor float32[2, 3]');
  });
});

describe('the machine', () => {
  it('says what it is', () => {
    const info = torch.info();
    expect(info.version).toMatch(/^\d+\.\d+/);
    expect(info.threads).toBe(torch.threads());
    expect(['amx', 'avx512', 'none']).toContain(info.bf16);
  });

  it('sets the number of threads', () => {
    const before = torch.threads();
    torch.setThreads(1);
    expect(torch.info().threads).toBe(1);
    torch.setThreads(before);
    expect(() => torch.setThreads(0)).toThrow(TorchError);
  });
});
