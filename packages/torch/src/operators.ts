/**
 * Calling ATen: an operator's overloads are looked up once, and a call takes the first overload that its arguments fit.
 *
 * Names are ATen's in camel case (`masked_fill_` is `maskedFill_`); keyword-only arguments, and any other by name, come in
 * a plain object at the end: `x.sum([1], { keepdim: true })`.
 */
import { TorchError } from './errors.js';
import { native } from './native.js';
import {
  begin,
  type Encoder,
  encoderFor,
  isTensor,
  position,
  put,
  receive,
  rewind,
  sentStrings,
  TAG,
  type TensorLike,
} from './wire.js';

interface ArgumentSchema {
  readonly name: string;
  readonly type: string;
  readonly n: number;
  readonly keyword: boolean;
  readonly optional: boolean;
  readonly written: boolean;
}

/** An operator's schema as libtorch states it. */
export interface OverloadSchema {
  readonly id: number;
  readonly overload: string;
  readonly args: readonly ArgumentSchema[];
  /** `argument` is the index of the argument that is returned (in-place, out=), or -1. */
  readonly returns: readonly { readonly name: string; readonly type: string; readonly argument: number }[];
}

interface Overload extends OverloadSchema {
  readonly encoders: readonly (Encoder | undefined)[];
  readonly keys: readonly string[];
  readonly positional: number;
  /** Positions of arguments that the operator writes to: their cached shapes are forgotten. */
  readonly written: readonly number[];
  readonly required: number;
  readonly single: boolean;
}

let makeTensor: (handle: number) => TensorLike = () => {
  throw new TorchError('addon', 'tensor.ts was not loaded');
};

/** tensor.ts hands in its constructor, so that this file does not depend on it. */
export function setTensorFactory(factory: (handle: number) => TensorLike): void {
  makeTensor = factory;
}

/** `masked_fill_` → `maskedFill_`; leading underscores stay, and names like `__and__` stay whole. */
export function camelCase(name: string): string {
  if (name.startsWith('__')) return name;
  return name.replace(/(?<=[a-zA-Z0-9])_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

const overloadNames = new Map<string, string[]>();
const atenNames = new Map<string, string>();
for (const line of native.operatorNames().split('\n')) {
  if (line === '') continue;
  const [name, overload] = line.split('|') as [string, string];
  const known = overloadNames.get(name);
  if (known === undefined) {
    overloadNames.set(name, [overload]);
    atenNames.set(camelCase(name), name);
  } else known.push(overload);
}

/** Every operator of the linked libtorch, in ATen's names. */
export function operatorNames(): string[] {
  return [...overloadNames.keys()].sort();
}

/** ATen's name of a camel-case one; undefined where this libtorch has no such operator. */
export function atenName(name: string): string | undefined {
  return atenNames.get(name);
}

/** The overloads of an operator, by ATen's name. Empty where this libtorch has none. Others have their library before the name: `clinragen::rms_norm`. */
export function schemasOf(name: string): OverloadSchema[] {
  if (name.includes('::')) {
    const schema = native.describe(name, '');
    return schema === '' ? [] : [JSON.parse(schema) as OverloadSchema];
  }
  return (overloadNames.get(name) ?? []).map(
    (overload) => JSON.parse(native.describe(name, overload)) as OverloadSchema,
  );
}

function prepare(schema: OverloadSchema): Overload {
  const positional = schema.args.filter((arg) => !arg.keyword).length;
  return {
    ...schema,
    encoders: schema.args.map((arg) => encoderFor(arg.type, arg.n)),
    keys: schema.args.map((arg) => camelCase(arg.name)),
    positional,
    required: schema.args.filter((arg) => !arg.optional && !arg.keyword && !arg.type.endsWith('?')).length,
    written: schema.args.flatMap((arg, i) => (arg.written ? [i] : [])),
    single: schema.returns.length === 1 && schema.returns[0]?.type === 'Tensor' && schema.returns[0].argument === -1,
  };
}

// Among overloads that all fit: the unnamed one first, tensors before scalars (a number fits only scalars), out= last.
function rank(overload: Overload): number {
  if (overload.overload === '') return 0;
  if (overload.keys.includes('out') || overload.args.some((arg) => arg.written && arg.keyword)) return 3;
  return overload.overload.includes('Tensor') ? 1 : 2;
}

const prepared = new Map<string, readonly Overload[]>();

function overloadsOf(name: string): readonly Overload[] {
  const known = prepared.get(name);
  if (known !== undefined) return known;
  const overloads = schemasOf(name).map(prepare);
  overloads.sort((a, b) => rank(a) - rank(b) || a.args.length - b.args.length);
  prepared.set(name, overloads);
  return overloads;
}

type Options = Readonly<Record<string, unknown>>;

function isOptions(value: unknown): value is Options {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Writes the arguments for an overload; false where they do not fit it. */
function encode(overload: Overload, args: readonly unknown[], count: number, options: Options | undefined): boolean {
  if (count > overload.positional) return false;
  let named = 0;
  for (let i = 0; i < overload.args.length; i++) {
    let value: unknown;
    if (i < count) value = args[i];
    else if (options !== undefined) {
      value = options[overload.keys[i] as string];
      if (value !== undefined) named++;
    }
    if (value === undefined) {
      const arg = overload.args[i] as ArgumentSchema;
      if (arg.optional) put(TAG.default);
      else if (arg.type.endsWith('?')) put(TAG.none);
      else return false;
      continue;
    }
    const encoder = overload.encoders[i];
    if (encoder === undefined || !encoder(value)) return false;
  }
  if (options === undefined) return true;
  let given = 0;
  for (const key in options) if (options[key] !== undefined) given++;
  return named === given;
}

/** A value for a message, whatever it is: showing it must not fail. */
function describeValue(value: unknown): string {
  if (isTensor(value)) return value.describe();
  if (Array.isArray(value)) {
    return `[${value.slice(0, 8).map(describeValue).join(', ')}${value.length > 8 ? ', …' : ''}]`;
  }
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return `an object {${Object.keys(value).slice(0, 8).join(', ')}}`;
  return String(value);
}

function describeArguments(overload: Overload | undefined, args: readonly unknown[]): string[] {
  return args.map((value, i) => {
    const name = overload?.keys[i];
    return name === undefined || isOptions(value) ? describeValue(value) : `${name} ${describeValue(value)}`;
  });
}

function signature(name: string, overload: OverloadSchema): string {
  const shown = overload.args.map((arg) => `${camelCase(arg.name)}${arg.optional ? '?' : ''}: ${arg.type}`);
  return `${camelCase(name)}(${shown.join(', ')})`;
}

function refuse(name: string, args: readonly unknown[], overloads: readonly Overload[]): never {
  const offers = overloads.slice(0, 6).map((overload) => `\n  ${signature(name, overload)}`);
  const more = overloads.length > 6 ? `\n  … ${overloads.length - 6} more` : '';
  throw new TorchError(
    'argument',
    `no overload takes these arguments: ${describeArguments(undefined, args).join(', ')}. There are:${offers.join('')}${more}\n`,
    { operator: name, shapes: args.filter(isTensor).map(describeValue) },
  );
}

// Where reading of the results stands. Module state and plain functions: closures per call cost more than the call.
let answers: Float64Array = new Float64Array(0);
let readAt = 0;

const nextNumber = (): number => answers[readAt++] as number;

function nextTensor(): TensorLike | null {
  const handle = nextNumber();
  return handle < 0 ? null : makeTensor(handle);
}

function nextList<T>(read: () => T): T[] {
  const n = nextNumber();
  const values: T[] = [];
  for (let i = 0; i < n; i++) values.push(read());
  return values;
}

const nextFlag = (): boolean => nextNumber() !== 0;

function readValue(): unknown {
  const tag = nextNumber();
  switch (tag) {
    case TAG.none:
      return null;
    case TAG.tensor:
      return nextTensor();
    case TAG.int:
    case TAG.double:
      return nextNumber();
    case TAG.bool:
      return nextFlag();
    case TAG.ints:
    case TAG.doubles:
      return nextList(nextNumber);
    case TAG.bools:
      return nextList(nextFlag);
    case TAG.tensors:
      return nextList(nextTensor);
    case TAG.string:
      return native.resultString(nextNumber());
    default:
      throw new TorchError('operator', `the addon answered with tag ${tag}, which is unknown here`);
  }
}

function argumentAt(
  overload: Overload,
  args: readonly unknown[],
  count: number,
  options: Options | undefined,
  i: number,
) {
  return i < count ? args[i] : options?.[overload.keys[i] as string];
}

function run(
  name: string,
  overload: Overload,
  args: readonly unknown[],
  count: number,
  options: Options | undefined,
): unknown {
  let answer: number;
  try {
    answer = native.call(overload.id, sentStrings());
  } catch (cause) {
    const code = (cause as { code?: string }).code === 'USE_AFTER_FREE' ? 'use-after-free' : 'operator';
    const message = (cause as Error).message.split('\nException raised from')[0] as string;
    const shapes = describeArguments(overload, args.slice(0, count)).filter((_, i) => {
      const value = args[i];
      return isTensor(value) || (Array.isArray(value) && value.some(isTensor));
    });
    throw new TorchError(code, message, { operator: name, shapes, cause });
  }
  if (overload.single && answer >= 0) return makeTensor(answer);
  for (const i of overload.written) {
    const written = argumentAt(overload, args, count, options, i);
    if (isTensor(written)) written.touched();
    else if (Array.isArray(written)) for (const one of written) if (isTensor(one)) one.touched();
  }
  answers = receive(answer);
  readAt = 0;
  const values: unknown[] = [];
  for (const returned of overload.returns) {
    values.push(returned.argument >= 0 ? argumentAt(overload, args, count, options, returned.argument) : readValue());
  }
  return values.length === 0 ? undefined : values.length === 1 ? values[0] : values;
}

/**
 * Calls an operator by ATen's name; `name.overload` picks one overload.
 *
 * @throws TorchError `unknown-operator`, `argument`, `operator` or `use-after-free`, with the operator and the shapes.
 * @example
 * call('add', [x, y, { alpha: 2 }]);
 */
export function call(name: string, args: readonly unknown[]): unknown {
  let overloads = overloadsOf(name);
  if (overloads.length === 0) {
    const [base = name, overload] = name.replace(/^aten::/, '').split('.') as [string, string?];
    const of = overloadsOf(base);
    overloads =
      overload === undefined
        ? of
        : of.filter((candidate) => candidate.overload === (overload === 'default' ? '' : overload));
    if (overloads.length === 0) {
      const { version } = JSON.parse(native.info()) as { version: string };
      throw new TorchError('unknown-operator', `libtorch ${version} has no such operator`, { operator: name });
    }
  }
  let count = args.length;
  let options: Options | undefined;
  const last = args[count - 1];
  if (isOptions(last) && !isTensor(last)) {
    options = last;
    count--;
  }
  begin();
  const mark = position();
  for (const overload of overloads) {
    if (encode(overload, args, count, options)) return run(name, overload, args, count, options);
    rewind(mark);
  }
  refuse(name, args, overloads);
}
