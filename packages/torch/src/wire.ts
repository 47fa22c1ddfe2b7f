/**
 * The wire to the addon: arguments and results as numbers in two shared buffers (see native/wire.h).
 *
 * A schema's type becomes an encoder once; a call then writes tags and numbers, and no Node-API value is made per argument.
 */
import { dtypeCode, isDType } from './dtypes.js';
import { native } from './native.js';
import { shareResults } from './scope.js';

export const TAG = {
  none: 0,
  default: 1,
  tensor: 2,
  int: 3,
  double: 4,
  bool: 5,
  ints: 6,
  doubles: 7,
  bools: 8,
  tensors: 9,
  string: 10,
  generator: 11,
  scalars: 12,
} as const;

let args = new Float64Array(4096);
let results = new Float64Array(4096);
native.attach(args, results);
shareResults(results);

let at = 0;
let strings: string[] | undefined;

/** Starts a new message. */
export function begin(): void {
  at = 0;
  strings = undefined;
}

/** Where writing stands, to come back to with `rewind` when an overload does not fit. */
export function position(): number {
  return at;
}

export function sentStrings(): string[] | undefined {
  return strings;
}

function reserve(count: number): void {
  if (at + count <= args.length) return;
  const larger = new Float64Array(Math.max(args.length * 2, at + count));
  larger.set(args);
  args = larger;
  native.attach(args, results);
}

export function put(value: number): void {
  reserve(1);
  args[at++] = value;
}

export function putAll(tag: number, values: ArrayLike<number>): void {
  reserve(values.length + 2);
  args[at++] = tag;
  args[at++] = values.length;
  for (let i = 0; i < values.length; i++) args[at++] = values[i] as number;
}

function putString(text: string): void {
  strings ??= [];
  reserve(2);
  args[at++] = TAG.string;
  args[at++] = strings.push(text) - 1;
}

/** Takes the results of a call that returned `count`: grows the buffer where they did not fit. */
export function receive(count: number): Float64Array {
  if (count < 0) {
    results = new Float64Array(-count * 2);
    native.attach(args, results);
    shareResults(results);
    native.fetch();
  }
  return results;
}

/** Writes a value, or returns false where it does not fit the type. */
export type Encoder = (value: unknown) => boolean;

const LAYOUTS: Record<string, number> = { strided: 0, sparse: 1 };
const MEMORY_FORMATS: Record<string, number> = { contiguous: 0, preserve: 1, channelsLast: 2, channelsLast3d: 3 };

/** What operators need of a tensor; tensor.ts gives the class. */
export interface TensorLike {
  handle: number;
  /** `float32[2, 3]`, for messages. */
  describe(): string;
  /** Forgets cached facts after an in-place operator. */
  touched(): void;
}

export function isTensor(value: unknown): value is TensorLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as TensorLike).handle === 'number' &&
    typeof (value as TensorLike).describe === 'function' &&
    typeof (value as TensorLike).touched === 'function'
  );
}

function isGenerator(value: unknown): value is { readonly index: number } {
  return typeof value === 'object' && value !== null && typeof (value as { index: unknown }).index === 'number';
}

function number(tag: number, value: number): true {
  reserve(2);
  args[at++] = tag;
  args[at++] = value;
  return true;
}

function named(table: Record<string, number>): Encoder {
  return (value) => (typeof value === 'string' && table[value] !== undefined ? number(TAG.int, table[value]) : false);
}

const single: Record<string, Encoder> = {
  // A freed tensor is still of the right type: the addon answers it with its own error, handle -1 being no one's.
  Tensor: (value) => (isTensor(value) ? number(TAG.tensor, value.handle) : false),
  int: (value) => (Number.isSafeInteger(value) ? number(TAG.int, value as number) : false),
  float: (value) => (typeof value === 'number' ? number(TAG.double, value) : false),
  bool: (value) => (typeof value === 'boolean' ? number(TAG.bool, value ? 1 : 0) : false),
  Scalar: (value) => {
    if (typeof value === 'number') return number(Number.isSafeInteger(value) ? TAG.int : TAG.double, value);
    return typeof value === 'boolean' ? number(TAG.bool, value ? 1 : 0) : false;
  },
  str: (value) => {
    if (typeof value !== 'string') return false;
    putString(value);
    return true;
  },
  Device: (value) => {
    if (typeof value !== 'string' || isDType(value)) return false;
    putString(value);
    return true;
  },
  ScalarType: (value) => (isDType(value) ? number(TAG.int, dtypeCode(value)) : false),
  Layout: named(LAYOUTS),
  MemoryFormat: named(MEMORY_FORMATS),
  Generator: (value) => (isGenerator(value) ? number(TAG.generator, value.index) : false),
};
single.SymInt = single.int!;

function list(element: string, size: number): Encoder | undefined {
  switch (element) {
    case 'int':
    case 'SymInt':
      return (value) => {
        // `int[2]`: one number stands for both, as in PyTorch.
        if (size > 0 && Number.isSafeInteger(value)) {
          putAll(TAG.ints, new Array(size).fill(value));
          return true;
        }
        if (!Array.isArray(value) || !value.every(Number.isSafeInteger)) return false;
        putAll(TAG.ints, value as number[]);
        return true;
      };
    case 'float':
      return (value) => {
        if (!Array.isArray(value) || !value.every((x) => typeof x === 'number')) return false;
        putAll(TAG.doubles, value as number[]);
        return true;
      };
    case 'bool':
      return (value) => {
        if (!Array.isArray(value) || !value.every((x) => typeof x === 'boolean')) return false;
        putAll(TAG.bools, value.map(Number));
        return true;
      };
    case 'Scalar':
      return (value) => {
        if (!Array.isArray(value) || !value.every((x) => typeof x === 'number')) return false;
        reserve(2 + 2 * value.length);
        args[at++] = TAG.scalars;
        args[at++] = value.length;
        for (const x of value as number[]) {
          args[at++] = Number.isSafeInteger(x) ? 1 : 0;
          args[at++] = x;
        }
        return true;
      };
    case 'Tensor':
      return (value) => {
        if (!Array.isArray(value) || !value.every(isTensor)) return false;
        putAll(
          TAG.tensors,
          value.map((tensor: TensorLike) => tensor.handle),
        );
        return true;
      };
    case 'Tensor?':
      return (value) => {
        if (!Array.isArray(value) || !value.every((x) => x === null || isTensor(x))) return false;
        // Only -1 means null on the wire; a freed tensor must not pass for one.
        putAll(
          TAG.tensors,
          value.map((x: TensorLike | null) => (x === null ? -1 : x.handle < 0 ? Number.MAX_SAFE_INTEGER : x.handle)),
        );
        return true;
      };
    default:
      return undefined;
  }
}

/**
 * The encoder of a schema's type, such as `Tensor`, `SymInt[]?`, `ScalarType?`; undefined for types that have no form in
 * TypeScript (dimension names, storages, streams).
 */
export function encoderFor(type: string, size: number): Encoder | undefined {
  const nullable = type.endsWith('?');
  const core = nullable ? type.slice(0, -1) : type;
  const encode = core.endsWith(']') ? list(core.slice(0, core.lastIndexOf('[')), size) : single[core];
  if (encode === undefined || !nullable) return encode;
  return (value) => {
    if (value !== null) return encode(value);
    put(TAG.none);
    return true;
  };
}

/** Moves writing back: what was written after `mark` is given up. */
export function rewind(mark: number): void {
  at = mark;
  if (mark === 0) strings = undefined;
}
