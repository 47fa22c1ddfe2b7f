import { TorchError } from './errors.js';

/** Element types, in PyTorch's names. */
export type DType =
  | 'float32'
  | 'float64'
  | 'bfloat16'
  | 'float16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** c10::ScalarType's numbers: they have not changed since PyTorch 1.0. */
const CODES: Readonly<Record<DType, number>> = {
  uint8: 0,
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  float16: 5,
  float32: 6,
  float64: 7,
  bool: 11,
  bfloat16: 15,
};

const NAMES = new Map<number, DType>(Object.entries(CODES).map(([name, code]) => [code, name as DType]));

/** Bytes of one element. */
export const ITEM_BYTES: Readonly<Record<DType, number>> = {
  uint8: 1,
  int8: 1,
  bool: 1,
  int16: 2,
  float16: 2,
  bfloat16: 2,
  int32: 4,
  float32: 4,
  int64: 8,
  float64: 8,
};

export function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(CODES, value);
}

export function dtypeCode(dtype: DType): number {
  if (!isDType(dtype))
    throw new TorchError('argument', `unknown dtype '${dtype}', expected ${Object.keys(CODES).join(', ')}`);
  return CODES[dtype];
}

/** The name of a ScalarType; types without a name here (complex, quantized) are shown by number. */
export function dtypeName(code: number): DType {
  return NAMES.get(code) ?? (`scalar type ${code}` as DType);
}

export type TypedArray =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint16Array;

/** The dtype that a typed array's elements have; Uint16Array holds raw 16-bit floats and needs a dtype of its own. */
export function dtypeOfArray(array: TypedArray): DType {
  if (array instanceof Float32Array) return 'float32';
  if (array instanceof Float64Array) return 'float64';
  if (array instanceof BigInt64Array) return 'int64';
  if (array instanceof Int32Array) return 'int32';
  if (array instanceof Int16Array) return 'int16';
  if (array instanceof Int8Array) return 'int8';
  if (array instanceof Uint8Array) return 'uint8';
  throw new TorchError('argument', 'a Uint16Array holds raw 16-bit floats: name the dtype, bfloat16 or float16');
}

/** An empty typed array for `length` elements of a dtype; 16-bit floats come as their raw bits. */
export function arrayFor(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int16':
      return new Int16Array(length);
    case 'int8':
      return new Int8Array(length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(length);
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(length);
    default:
      throw new TorchError('argument', `no typed array holds ${dtype}`);
  }
}
