/**
 * Writes src/ops.gen.ts: typed functions and Tensor methods for every operator, from the schemas of the linked libtorch.
 *
 *   npx tsx --conditions=source packages/torch/scripts/generate-ops.ts          writes it
 *   … generate-ops.ts --stdout                                                  prints it (the stale test compares)
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { info } from '../src/machine.js';
import { camelCase, type OverloadSchema, operatorNames, schemasOf } from '../src/operators.js';
import { handWritten } from '../src/tensor.js';

const SINGLE: Record<string, string> = {
  Tensor: 'Tensor',
  int: 'number',
  SymInt: 'number',
  float: 'number',
  bool: 'boolean',
  Scalar: 'number | boolean',
  str: 'string',
  Device: 'string',
  ScalarType: 'DType',
  Layout: "'strided' | 'sparse'",
  MemoryFormat: "'contiguous' | 'preserve' | 'channelsLast' | 'channelsLast3d'",
  Generator: 'Generator',
};

/** The TypeScript type of a schema's type; undefined where it has none. */
function typeOf(type: string, size: number): string | undefined {
  if (type.endsWith('?')) {
    const core = typeOf(type.slice(0, -1), size);
    return core === undefined ? undefined : `${core} | null`;
  }
  if (type.endsWith(']')) {
    const element = type.slice(0, type.lastIndexOf('['));
    const inner = element === 'Scalar' ? 'number' : typeOf(element, 0);
    if (inner === undefined) return undefined;
    const list = `readonly ${inner.includes('|') ? `(${inner})` : inner}[]`;
    return size > 0 && (element === 'int' || element === 'SymInt') ? `number | ${list}` : list;
  }
  return SINGLE[type];
}

function returnOf(schema: OverloadSchema): string | undefined {
  const types = schema.returns.map((returned) => {
    const type = typeOf(returned.type, 0);
    return type?.replace(/readonly /g, '');
  });
  if (types.some((type) => type === undefined)) return undefined;
  return types.length === 0 ? 'void' : types.length === 1 ? types[0] : `[${types.join(', ')}]`;
}

const RESERVED = new Set(['default', 'in', 'function', 'var', 'with', 'new', 'delete', 'this', 'return']);

function signature(schema: OverloadSchema, skip: number): string | undefined {
  const result = returnOf(schema);
  if (result === undefined) return undefined;
  const positional: string[] = [];
  const options: string[] = [];
  let required = schema.args.length;
  // Trailing positional arguments with a default may be left out, or named in the options.
  while (required > 0 && (schema.args[required - 1]!.optional || schema.args[required - 1]!.keyword)) required--;
  for (const [i, arg] of schema.args.entries()) {
    const type = typeOf(arg.type, arg.n);
    if (type === undefined) {
      if (!arg.optional) return undefined;
      continue;
    }
    if (i < skip) continue;
    const name = camelCase(arg.name);
    const safe = RESERVED.has(name) ? `${name}_` : name;
    if (arg.keyword) options.push(`${name}${arg.optional || arg.type.endsWith('?') ? '?' : ''}: ${type}`);
    else if (i < required) positional.push(`${safe}: ${type}`);
    else options.push(`${name}?: ${type}`);
  }
  const optionalPositional = schema.args
    .map((arg, i) => ({ arg, i }))
    .filter(({ arg, i }) => !arg.keyword && i >= required && i >= skip && typeOf(arg.type, arg.n) !== undefined)
    .map(
      ({ arg }) =>
        `${RESERVED.has(camelCase(arg.name)) ? `${camelCase(arg.name)}_` : camelCase(arg.name)}?: ${typeOf(arg.type, arg.n)}`,
    );
  const needed = options.some((option) => !option.split(':')[0]!.endsWith('?'));
  const object = options.length === 0 ? [] : [`options${needed ? '' : '?'}: { ${options.join('; ')} }`];
  const forms = [`(${[...positional, ...object].join(', ')}): ${result}`];
  if (optionalPositional.length > 0) {
    const keyword = options.filter((option) =>
      schema.args.some((arg) => arg.keyword && option.startsWith(`${camelCase(arg.name)}`)),
    );
    const tail = keyword.length === 0 || needed ? [] : [`options?: { ${keyword.join('; ')} }`];
    forms.push(`(${[...positional, ...optionalPositional, ...tail].join(', ')}): ${result}`);
  }
  return forms.join('\u0000');
}

export function generate(): string {
  const functions: string[] = [];
  const methods: string[] = [];
  let overloads = 0;
  for (const name of operatorNames()) {
    const schemas = schemasOf(name);
    const shown = camelCase(name);
    const key = /^[A-Za-z_$][\w$]*$/.test(shown) ? shown : JSON.stringify(shown);
    const add = (lines: string[], schema: OverloadSchema, skip: number) => {
      const forms = signature(schema, skip);
      if (forms === undefined) return;
      for (const form of forms.split('\u0000')) {
        const line = `  ${key}${form};`;
        if (!lines.includes(line, Math.max(0, lines.length - 40))) lines.push(line);
      }
    };
    const ordered = [...schemas].sort(
      (a, b) => Number(a.overload.includes('out')) - Number(b.overload.includes('out')),
    );
    for (const schema of ordered) {
      overloads++;
      add(functions, schema, 0);
      const isMethod =
        schema.args[0]?.type === 'Tensor' &&
        !handWritten.has(shown) &&
        !schema.args.some((arg) => arg.keyword && arg.written);
      if (isMethod) add(methods, schema, 1);
    }
  }
  return [
    `// Generated by scripts/generate-ops.ts from the schemas of libtorch ${info().version}: ${operatorNames().length} operators, ${overloads} overloads.`,
    '// Do not edit. An operator that the linked libtorch lacks throws TorchError `unknown-operator`.',
    "import type { DType } from './dtypes.js';",
    "import type { Generator } from './random.js';",
    "import type { Tensor } from './tensor.js';",
    '',
    `export const GENERATED_FROM = '${info().version}';`,
    '',
    '/** Every operator as a method, where its first argument is a tensor. */',
    'export interface TensorOperators {',
    ...methods,
    '}',
    '',
    '/** Every operator as a function. */',
    'export interface Operators {',
    ...functions,
    '}',
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--stdout')) process.stdout.write(generate());
  else writeFileSync(fileURLToPath(new URL('../src/ops.gen.ts', import.meta.url)), generate());
}
