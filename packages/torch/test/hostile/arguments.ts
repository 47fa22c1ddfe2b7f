/** Random calls as plain data, so that one that ends the process can be named: an operator and arguments by its schema. */
import * as torch from '@clinragen/torch';
import fc from 'fast-check';
import { camelCase } from '../../src/operators.js';

const DTYPES = ['float32', 'float64', 'bfloat16', 'float16', 'int64', 'int32', 'uint8', 'bool'] as const;

export interface TensorSpec {
  readonly kind: 'tensor';
  readonly shape: readonly number[];
  readonly dtype: (typeof DTYPES)[number];
  readonly state: 'plain' | 'freed' | 'transposed' | 'leaf';
}
export type Spec =
  | TensorSpec
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'generator' }
  | { readonly kind: 'list'; readonly items: readonly Spec[] };

export interface CallSpec {
  readonly operator: string;
  readonly args: readonly Spec[];
  readonly options: Readonly<Record<string, Spec>>;
}

const value = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Spec> =>
  arbitrary.map((one) => ({ kind: 'value', value: one }));

const small: fc.Arbitrary<readonly number[]> = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom([3], [3, 3], [2, 3, 3], [2, 3, 4, 4], [1, 2, 3, 4, 4]) },
);
// So long that ATen spreads the work over threads: an error then starts in one of those.
const long: fc.Arbitrary<readonly number[]> = fc.constantFrom([40_000], [200, 200]);

const tensorOf = (shape: fc.Arbitrary<readonly number[]>): fc.Arbitrary<Spec> =>
  fc.record({
    kind: fc.constant('tensor' as const),
    shape,
    dtype: fc.oneof({ weight: 2, arbitrary: fc.constant('float32' as const) }, fc.constantFrom(...DTYPES)),
    state: fc.oneof(
      { weight: 8, arbitrary: fc.constant('plain' as const) },
      { weight: 1, arbitrary: fc.constantFrom('freed' as const, 'transposed' as const, 'leaf' as const) },
    ),
  });

// Small ones, and ones that no machine can allocate. Those between would be taken seriously and fill the memory.
const whole = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: -3, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 47, 2 ** 52, -(2 ** 47), Number.MAX_SAFE_INTEGER, -(2 ** 31), 255) },
);
const fraction = fc.oneof(
  fc.double({ min: -2, max: 2 }),
  fc.constantFrom(0, 0.5, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, 5e-324),
);
const text = fc.constantFrom(
  'mean',
  'tanh',
  'none',
  'reflect',
  'sum',
  'linear',
  'ij',
  'i,j->ij',
  'floor',
  'L',
  'reduced',
  '',
  '\0',
  'é…',
);
const wrong = value(
  fc.constantFrom<unknown>(
    null,
    undefined,
    'nonsense',
    3.7,
    5,
    true,
    [],
    [1, 2],
    {},
    Number.NaN,
    10n,
    [null],
    [[1]],
    () => 1,
    Symbol.iterator,
  ),
);

function list(items: fc.Arbitrary<Spec>, size: number): fc.Arbitrary<Spec> {
  const lengths = size > 0 ? { minLength: Math.max(0, size - 1), maxLength: size + 1 } : { maxLength: 4 };
  return fc.array(items, lengths).map((specs) => ({ kind: 'list', items: specs }));
}

function right(type: string, size: number, tensor: fc.Arbitrary<Spec>): fc.Arbitrary<Spec> {
  if (type.endsWith('?')) {
    return fc.oneof(
      { weight: 1, arbitrary: value(fc.constant(null)) },
      { weight: 2, arbitrary: right(type.slice(0, -1), size, tensor) },
    );
  }
  if (type.endsWith(']')) return list(right(type.slice(0, type.lastIndexOf('[')), 0, tensor), size);
  switch (type) {
    case 'Tensor':
      return tensor;
    case 'int':
    case 'SymInt':
      return value(whole);
    case 'float':
      return value(fraction);
    case 'Scalar':
      return value(fc.oneof(whole, fraction, fc.boolean()));
    case 'bool':
      return value(fc.boolean());
    case 'str':
      return value(text);
    case 'ScalarType':
      return value(fc.constantFrom(...DTYPES));
    case 'Device':
      return value(fc.constantFrom('cpu', 'meta', 'cuda', 'nonsense', 'cpu:7'));
    case 'Layout':
      return value(fc.constantFrom('strided', 'sparse'));
    case 'MemoryFormat':
      return value(fc.constantFrom('contiguous', 'preserve', 'channelsLast', 'channelsLast3d'));
    case 'Generator':
      return fc.constant({ kind: 'generator' });
    default:
      return wrong;
  }
}

/**
 * Calls of the operators named, each of their overloads alike.
 *
 * @param withLong  some tensors are long; not for operators that make a matrix of a list (diagflat, kron): it fills the memory
 */
export function callsOf(operators: readonly string[], withLong: boolean): fc.Arbitrary<CallSpec> {
  const tensor = tensorOf(withLong ? fc.oneof({ weight: 3, arbitrary: small }, { weight: 1, arbitrary: long }) : small);
  const argument = (type: string, size: number): fc.Arbitrary<Spec> =>
    fc.oneof({ weight: 25, arbitrary: right(type, size, tensor) }, { weight: 1, arbitrary: wrong });
  return fc.constantFrom(...operators).chain((operator) =>
    fc.constantFrom(...torch.schemasOf(operator)).chain((schema) => {
      const positional = schema.args.filter((arg) => !arg.keyword);
      const named = schema.args.filter((arg) => arg.keyword);
      return fc
        .record({
          all: fc.tuple(...positional.map((arg) => argument(arg.type, arg.n))),
          count: fc.oneof(
            { weight: 4, arbitrary: fc.constant(positional.length) },
            { weight: 1, arbitrary: fc.integer({ min: 0, max: positional.length }) },
          ),
          options: fc.record(Object.fromEntries(named.map((arg) => [camelCase(arg.name), argument(arg.type, arg.n)])), {
            requiredKeys: named
              .filter((arg) => !arg.optional && !arg.type.endsWith('?'))
              .map((arg) => camelCase(arg.name)),
          }),
        })
        .map(({ all, count, options }) => ({
          operator: schema.overload === '' ? operator : `${operator}.${schema.overload}`,
          args: all.slice(0, count),
          options: options as Record<string, Spec>,
        }));
    }),
  );
}

function makeTensor({ shape, dtype, state }: TensorSpec): torch.Tensor {
  // Small whole numbers: valid as indices, counts and class labels now and then.
  const made = torch.randint(dtype === 'uint8' || dtype === 'bool' ? 0 : -2, 4, shape).to(dtype);
  if (state === 'freed') made.dispose();
  if (state === 'transposed' && shape.length >= 2) return made.transpose(0, -1);
  if (state === 'leaf' && /float/.test(dtype)) made.requiresGrad = true;
  return made;
}

export function realise(spec: Spec): unknown {
  switch (spec.kind) {
    case 'tensor':
      return makeTensor(spec);
    case 'generator':
      return new torch.Generator(1);
    case 'list':
      return spec.items.map(realise);
    case 'value':
      return spec.value;
  }
}

/** A call as a line of text. */
export function shown({ operator, args, options }: CallSpec): string {
  const one = (spec: Spec): string => {
    switch (spec.kind) {
      case 'tensor':
        return `${spec.state === 'plain' ? '' : `${spec.state} `}${spec.dtype}[${spec.shape.join(',')}]`;
      case 'generator':
        return 'generator';
      case 'list':
        return `[${spec.items.map(one).join(', ')}]`;
      case 'value':
        return typeof spec.value === 'string' ? JSON.stringify(spec.value) : fc.stringify(spec.value);
    }
  };
  const named = Object.entries(options).map(([key, spec]) => `${key}: ${one(spec)}`);
  return `${operator}(${[...args.map(one), ...(named.length > 0 ? [`{ ${named.join(', ')} }`] : [])].join(', ')})`;
}
