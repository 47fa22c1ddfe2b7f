/** Making tensors: from data, filled, random. */
import { arrayFor, type DType, dtypeCode, dtypeOfArray, isDType, type TypedArray } from './dtypes.js';
import { TorchError } from './errors.js';
import { native } from './native.js';
import { call } from './operators.js';
import type { Generator } from './random.js';
import { type Device, type NestedNumbers, Tensor } from './tensor.js';
import { begin, put } from './wire.js';

export interface TensorOptions {
  /** Default: float32, or what the data has. */
  readonly dtype?: DType;
  /** Default: `cpu`. */
  readonly device?: Device;
  /** Default: false. */
  readonly requiresGrad?: boolean;
}

export interface RandomOptions extends TensorOptions {
  readonly generator?: Generator;
}

function finish(tensor: Tensor, options: TensorOptions): Tensor {
  let result = tensor;
  const move = options.device !== undefined && options.device !== 'cpu';
  const cast = options.dtype !== undefined && options.dtype !== tensor.dtype;
  if (move || cast) {
    result = tensor.to(options.device ?? 'cpu', options.dtype ?? tensor.dtype);
    tensor.dispose();
  }
  if (options.requiresGrad) result.requiresGrad = true;
  return result;
}

/**
 * A tensor over a copy of a typed array.
 *
 * @param shape  default: one dimension, the array's length
 * @throws TorchError where the shape's product is not the array's length
 */
export function fromTypedArray(
  data: TypedArray,
  shape: readonly number[] = [data.length],
  options: TensorOptions = {},
): Tensor {
  const raw = data instanceof Uint16Array;
  const dtype = raw ? options.dtype : dtypeOfArray(data);
  if (dtype === undefined || (raw && dtype !== 'bfloat16' && dtype !== 'float16')) {
    throw new TorchError('argument', 'a Uint16Array holds raw 16-bit floats: name the dtype, bfloat16 or float16', {
      operator: 'fromTypedArray',
    });
  }
  return finish(fromBytes(dtype, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)), options);
}

/** A CPU tensor over a copy of raw little-endian bytes, row-major. */
export function fromBytes(dtype: DType, shape: readonly number[], bytes: Uint8Array): Tensor {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new TorchError('argument', `[${shape.join(', ')}] is no shape`, { operator: 'fromBytes' });
  }
  begin();
  put(shape.length);
  for (const size of shape) put(size);
  try {
    return new Tensor(native.fromBytes(dtypeCode(dtype), bytes));
  } catch (cause) {
    throw new TorchError('argument', (cause as Error).message, { operator: 'fromBytes', cause });
  }
}

/**
 * A tensor from numbers: nested arrays, a typed array, or one number.
 *
 * Numbers become float32, booleans bool, bigints int64, unless `dtype` says otherwise.
 *
 * @throws TorchError where the nested arrays are ragged
 * @example
 * torch.tensor([[1, 2], [3, 4]], { requiresGrad: true });
 */
export function tensor(data: NestedNumbers | TypedArray, options: TensorOptions = {}): Tensor {
  if (ArrayBuffer.isView(data)) return fromTypedArray(data as TypedArray, undefined, options);
  const shape: number[] = [];
  for (let level: unknown = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  const flat: (number | bigint | boolean)[] = [];
  const walk = (value: NestedNumbers, dim: number): void => {
    if (Array.isArray(value)) {
      if (value.length !== shape[dim]) {
        throw new TorchError(
          'argument',
          `ragged data: ${value.length} entries where ${shape[dim] ?? 'a number'} was expected`,
          {
            operator: 'tensor',
          },
        );
      }
      for (const child of value) walk(child, dim + 1);
    } else if (dim !== shape.length) {
      throw new TorchError('argument', `ragged data: a number at depth ${dim} of ${shape.length}`, {
        operator: 'tensor',
      });
    } else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') flat.push(value);
    else throw new TorchError('argument', `a ${typeof value} among the numbers`, { operator: 'tensor' });
  };
  walk(data as NestedNumbers, 0);
  const all = (kind: string) => flat.length > 0 && flat.every((value) => typeof value === kind);
  const natural: DType = all('boolean') ? 'bool' : all('bigint') ? 'int64' : 'float32';
  const dtype = options.dtype ?? natural;
  // Whole-number types are filled directly: by way of float32, numbers beyond 2^24 would be rounded.
  const filled: DType = isDType(dtype) && /int|bool|float64/.test(dtype) ? dtype : 'float32';
  const array = arrayFor(filled, flat.length);
  for (let i = 0; i < flat.length; i++) {
    const value = flat[i] as number | bigint | boolean;
    if (array instanceof BigInt64Array) array[i] = wholeNumber(value);
    else array[i] = filled === 'bool' ? (value ? 1 : 0) : Number(value);
  }
  const bytes = new Uint8Array(array.buffer);
  return finish(fromBytes(filled, shape, bytes), { ...options, dtype });
}

function wholeNumber(value: number | bigint | boolean): bigint {
  if (typeof value === 'bigint') return value;
  const whole = Math.trunc(Number(value));
  if (!Number.isFinite(whole)) throw new TorchError('argument', `${value} is no whole number`, { operator: 'tensor' });
  return BigInt(whole);
}

function make(name: string, args: readonly unknown[], options: TensorOptions & { generator?: Generator }): Tensor {
  const { requiresGrad, dtype = 'float32', device, generator } = options;
  const result = call(name, [...args, { dtype, device, generator }]) as Tensor;
  if (requiresGrad) result.requiresGrad = true;
  return result;
}

export const zeros = (shape: readonly number[], options: TensorOptions = {}): Tensor => make('zeros', [shape], options);
export const ones = (shape: readonly number[], options: TensorOptions = {}): Tensor => make('ones', [shape], options);
/** Memory as it comes: to be written before it is read. */
export const empty = (shape: readonly number[], options: TensorOptions = {}): Tensor => make('empty', [shape], options);
export const full = (shape: readonly number[], value: number | boolean, options: TensorOptions = {}): Tensor =>
  make('full', [shape, value], options);
export const eye = (n: number, options: TensorOptions = {}): Tensor => make('eye', [n], options);
/** Whole numbers from `start` (0) up to but without `end`, int64 unless `dtype` says otherwise. */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, options?: TensorOptions): Tensor;
export function arange(a: number, b?: number | TensorOptions, c?: TensorOptions): Tensor {
  const [start, end, options] = typeof b === 'number' ? [a, b, c ?? {}] : [0, a, b ?? {}];
  return make('arange', [start, end], { dtype: 'int64', ...options });
}
/** Uniform on [0, 1). */
export const rand = (shape: readonly number[], options: RandomOptions = {}): Tensor => make('rand', [shape], options);
/** Standard normal. */
export const randn = (shape: readonly number[], options: RandomOptions = {}): Tensor => make('randn', [shape], options);
/** Whole numbers from `low` up to but without `high`, int64 unless `dtype` says otherwise. */
export const randint = (low: number, high: number, shape: readonly number[], options: RandomOptions = {}): Tensor =>
  make('randint', [low, high, shape], { dtype: 'int64', ...options });
/** A random permutation of 0 … n − 1, int64. */
export const randperm = (n: number, options: RandomOptions = {}): Tensor =>
  make('randperm', [n], { dtype: 'int64', ...options });

export const cat = (tensors: readonly Tensor[], dim = 0): Tensor => call('cat', [tensors, dim]) as Tensor;
export const stack = (tensors: readonly Tensor[], dim = 0): Tensor => call('stack', [tensors, dim]) as Tensor;
/** `condition ? a : b`, element by element, broadcast. */
export const where = (condition: Tensor, a: Tensor | number, b: Tensor | number): Tensor =>
  call('where', [condition, a, b]) as Tensor;
export const einsum = (equation: string, ...tensors: Tensor[]): Tensor => call('einsum', [equation, tensors]) as Tensor;
