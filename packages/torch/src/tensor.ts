import { arrayFor, type DType, dtypeName, isDType, type TypedArray } from './dtypes.js';
import { TorchError } from './errors.js';
import { native } from './native.js';
import { atenName, call, camelCase, operatorNames, schemasOf, setTensorFactory } from './operators.js';
import type { TensorOperators } from './ops.gen.js';
import { free, track } from './scope.js';
import { begin, put, receive } from './wire.js';

/** Where a tensor lies: `cpu`, `cuda`, `cuda:1`, `mps`. */
export type Device = string;

/** Nested arrays of numbers, as deep as the tensor has dimensions; a bare number where it has none. */
export type NestedNumbers = number | bigint | boolean | readonly NestedNumbers[];

interface Meta {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly isLeaf: boolean;
}

// Operators' methods come from ops.gen.ts; the names below are written by hand.
export interface Tensor extends TensorOperators {}

/**
 * A tensor of libtorch. All of ATen's operators whose first argument is a tensor are its methods, in camel case.
 *
 * @example
 * const x = torch.tensor([[1, 2], [3, 4]]);
 * x.matmul(x.t()).softmax(-1).toArray();
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see above
export class Tensor {
  /** The native handle; -1 once freed. */
  handle: number;
  #meta: Meta | undefined;

  /** @internal Tensors are made by operators and factories. */
  constructor(handle: number) {
    this.handle = handle;
    track(this);
  }

  #facts(): Meta {
    if (this.#meta === undefined) {
      const facts = receive(this.#native(() => native.meta(this.handle)));
      this.#meta = {
        dtype: dtypeName(facts[0] as number),
        isLeaf: facts[4] === 1,
        shape: Object.freeze(Array.from(facts.subarray(6, 6 + (facts[5] as number)))),
      };
    }
    return this.#meta;
  }

  /** Runs a native call on this tensor; a freed tensor gives the typed error. */
  #native<T>(body: () => T, operator?: string): T {
    try {
      return body();
    } catch (cause) {
      if (cause instanceof TorchError) throw cause;
      const freed = (cause as { code?: string }).code === 'USE_AFTER_FREE';
      throw new TorchError(freed ? 'use-after-free' : 'operator', (cause as Error).message, {
        cause,
        ...(operator === undefined ? {} : { operator }),
        shapes: freed ? [] : [this.describe()],
      });
    }
  }

  get shape(): readonly number[] {
    return this.#facts().shape;
  }

  get dtype(): DType {
    return this.#facts().dtype;
  }

  get device(): Device {
    return this.#native(() => native.deviceName(this.handle));
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  get isLeaf(): boolean {
    return this.#facts().isLeaf;
  }

  /** True once freed, by its scope or by `dispose`. */
  get isDisposed(): boolean {
    return this.handle < 0;
  }

  get requiresGrad(): boolean {
    return receive(this.#native(() => native.meta(this.handle)))[3] === 1;
  }

  set requiresGrad(requires: boolean) {
    this.#native(() => native.setRequiresGrad(this.handle, requires), 'requiresGrad');
    this.#meta = undefined;
  }

  /** The gradient that backward accumulated; null before the first. Each read is a tensor of its own to free. */
  get grad(): Tensor | null {
    const handle = this.#native(() => native.grad(this.handle), 'grad');
    return handle < 0 ? null : new Tensor(handle);
  }

  set grad(gradient: Tensor | null) {
    this.#native(() => native.setGrad(this.handle, gradient === null ? -1 : liveHandle(gradient, 'grad')), 'grad');
  }

  /** Length of one dimension; negative ones count from the end. */
  size(dim: number): number {
    const size = this.shape.at(dim);
    if (size === undefined) {
      throw new TorchError('argument', `dimension ${dim} of a tensor of ${this.ndim} dimensions`, {
        operator: 'size',
        shapes: [this.describe()],
      });
    }
    return size;
  }

  /** Another dtype or device: `x.to('bfloat16')`, `x.to('cuda:0')`, `x.to('cuda', 'float16')`; itself where nothing changes. */
  to(target: DType | Device, dtype?: DType, options: { nonBlocking?: boolean; copy?: boolean } = {}): Tensor {
    const wanted =
      dtype === undefined && isDType(target)
        ? { dtype: target, ...options }
        : { device: target, dtype: dtype ?? this.dtype, ...options };
    return call('to', [this, wanted]) as Tensor;
  }

  /**
   * Adds the gradients of this scalar to the `grad` of every leaf that it depends on.
   *
   * @param options.gradient  stands for ones where the tensor is no scalar, same shape
   * @throws TorchError where nothing requires a gradient, or the graph was freed by a backward before
   */
  backward(options: { gradient?: Tensor; retainGraph?: boolean; createGraph?: boolean } = {}): void {
    const create = options.createGraph ?? false;
    begin();
    put(1);
    put(liveHandle(this, 'backward'));
    put(1);
    put(options.gradient === undefined ? -1 : liveHandle(options.gradient, 'backward'));
    put(0);
    this.#native(() => native.backward(options.retainGraph ?? create, create), 'backward');
  }

  /** The value of a tensor of one element. */
  item(): number {
    return this.#native(() => native.item(this.handle), 'item');
  }

  /** A copy of the elements, row-major, in the typed array of the dtype; 16-bit floats as raw bits (see `toFloat32`). */
  toTypedArray(): TypedArray {
    const array = arrayFor(
      this.dtype,
      this.shape.reduce((a, b) => a * b, 1),
    );
    this.#native(() => native.toBytes(this.handle, new Uint8Array(array.buffer)), 'toTypedArray');
    return array;
  }

  /** A copy of the elements as float32, whatever the dtype. */
  toFloat32(): Float32Array {
    if (this.dtype === 'float32') return this.toTypedArray() as Float32Array;
    const converted = this.to('float32');
    const array = converted.toTypedArray() as Float32Array;
    converted.dispose();
    return array;
  }

  /** Nested arrays of numbers, `[[1, 2], [3, 4]]`; int64 beyond 2^53 is refused (use `toTypedArray`). */
  toArray(): NestedNumbers {
    const { dtype, shape } = this.#facts();
    const flat: ArrayLike<number | bigint> =
      dtype === 'bfloat16' || dtype === 'float16' ? this.toFloat32() : this.toTypedArray();
    let at = 0;
    const read = (): number | boolean => {
      const value = flat[at++] as number | bigint;
      if (typeof value === 'bigint' && !Number.isSafeInteger(Number(value))) {
        throw new TorchError('argument', `${value} is beyond 2^53: read it with toTypedArray`, { operator: 'toArray' });
      }
      return dtype === 'bool' ? value !== 0 : Number(value);
    };
    const build = (dim: number): NestedNumbers =>
      dim === shape.length ? read() : Array.from({ length: shape[dim] as number }, () => build(dim + 1));
    return build(0);
  }

  /** `float32[2, 3]`, as errors show tensors. */
  describe(): string {
    if (this.handle < 0) return 'a freed tensor';
    try {
      return `${this.dtype}[${this.shape.join(', ')}]`;
    } catch {
      return 'a tensor';
    }
  }

  toString(): string {
    return `Tensor ${this.describe()}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Frees the memory now, whatever scope holds it. A second time does nothing. */
  dispose(): void {
    free(this);
  }

  [Symbol.dispose](): void {
    free(this);
  }

  /** @internal An in-place operator ran: cached facts may be wrong. */
  touched(): void {
    this.#meta = undefined;
  }
}

/**
 * A tensor's handle, for entry points where -1 means "none": a freed tensor must not pass for one.
 * @internal
 */
export function liveHandle(tensor: Tensor, operator: string): number {
  if (!(tensor.handle >= 0)) {
    throw new TorchError('use-after-free', 'the tensor was freed already (use after free)', { operator });
  }
  return tensor.handle;
}

setTensorFactory((handle) => new Tensor(handle));

/** Names written by hand above: operators of the same name do not become methods. */
export const handWritten: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Tensor.prototype).concat('handle'));

type Method = (this: Tensor, ...args: unknown[]) => unknown;

// Every operator becomes a method; its overloads are looked up at the first call. Names written by hand above stay.
for (const name of operatorNames()) {
  const method = camelCase(name);
  if (handWritten.has(method)) continue;
  const run: Method = function (...args) {
    return call(name, [this, ...args]);
  };
  Object.defineProperty(Tensor.prototype, method, { value: run, configurable: true, writable: true });
}

export { atenName, call, operatorNames, schemasOf };
