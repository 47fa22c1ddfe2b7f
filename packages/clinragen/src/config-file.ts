/** Reads a run's YAML: preset below, file above, flags on top; one clear error for what does not fit. */
import { readFileSync } from 'node:fs';
import { isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { configSchema, PRESETS, type Preset, type RunConfig } from './config.js';

/** What is wrong in a run's configuration: the file, the line where known, the key, what stands there, what may. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    /** The YAML file, or `configuration` where none was read. */
    readonly file: string,
    /** `distill.stages.1.learningRate`; empty for the file as a whole. */
    readonly key: string,
    readonly found: string,
    readonly expected: string,
    readonly line?: number,
  ) {
    const where = line === undefined ? file : `${file}:${line}`;
    super(`${where}: ${key === '' ? '' : `${key}: `}found ${found}, expected ${expected}`);
  }
}

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads and checks a configuration.
 *
 * @param from  a YAML file, or the object that one would hold
 * @param above  laid over it key by key: what the command line says
 * @returns every field, with its preset's default where neither says anything
 * @throws {ConfigError} for a file that is no YAML, an unknown key, or a value of the wrong kind or out of range
 *
 * @example
 * loadConfig('configs/demo.yaml', { cohort: { source: { kind: 'mimic3', path: '/data/mimic-iii' } } });
 */
export function loadConfig(from: string | object, above: object = {}): RunConfig {
  const { tree, file, lineOf } =
    typeof from === 'string' ? readYaml(from) : { tree: from as Tree, file: 'configuration', lineOf: () => undefined };
  const fail = (path: readonly PropertyKey[], found: string, expected: string): never => {
    throw new ConfigError(file, path.join('.'), found, expected, lineOf(path));
  };
  const said = merge(tree, above as Tree);

  refuseUnknownKeys(said, configSchema, [], fail);
  const preset = (isTree(said.model) ? said.model.preset : undefined) ?? 'demo';
  if (typeof preset !== 'string' || !Object.hasOwn(PRESETS, preset))
    return fail(['model', 'preset'], show(preset), oneOf(Object.keys(PRESETS)));
  const whole = merge(PRESETS[preset as Preset] as unknown as Tree, said);
  const parsed = configSchema.safeParse(whole);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    // Each key is known, but not to the kind that the preset gives where the file names none.
    if (issue.code === 'unrecognized_keys')
      return fail(
        [...issue.path, issue.keys[0]!],
        'a key of another kind',
        `kind: ${kindsAt(issue.path).join(' or ')} beside it`,
      );
    return fail(issue.path, show(at(whole, issue.path)), expectation(issue));
  }
  if (parsed.data.model.init.kind === 'folder' && isTree(said.model) && said.model.language !== undefined)
    fail(['model', 'language'], 'sizes', 'none where model.init is a folder: its config.json has them');
  return parsed.data;
}

function readYaml(file: string): {
  tree: Tree;
  file: string;
  lineOf: (path: readonly PropertyKey[]) => number | undefined;
} {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(
      file,
      '',
      `no readable file (${(error as NodeJS.ErrnoException).code})`,
      'a run’s YAML, such as configs/demo.yaml',
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true });
  const broken = document.errors[0];
  if (broken) throw new ConfigError(file, '', broken.message.split('\n')[0]!, 'YAML', broken.linePos?.[0].line);
  const tree: unknown = document.toJS() ?? {};
  if (!isTree(tree)) throw new ConfigError(file, '', show(tree), 'sections such as run, cohort, model', 1);
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    // The deepest key of the path that the file has: a missing one is told at its section.
    let node: unknown = document.contents;
    let line: number | undefined;
    for (const key of path) {
      const pair = isMap(node) ? node.items.find((item) => String(item.key) === String(key)) : undefined;
      if (!pair) break;
      const range = (pair.key as { range?: [number, number, number] }).range;
      if (range) line = lines.linePos(range[0]).line;
      node = pair.value;
    }
    return line;
  };
  return { tree, file, lineOf };
}

/** Lays `above` over `below`. A section of another `kind` takes the place of the whole: its keys mean other things. */
function merge(below: Tree, above: Tree): Tree {
  const merged = new Map(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined || value === null) continue; // a section whose lines are all commented out
    const old = merged.get(key);
    const sameKind = isTree(old) && isTree(value) && (value.kind === undefined || value.kind === old.kind);
    merged.set(key, sameKind ? merge(old, value) : value);
  }
  return Object.fromEntries(merged);
}

type Fail = (path: readonly PropertyKey[], found: string, expected: string) => never;
type Schema = z.core.$ZodType;
type Shape = Readonly<Record<string, Schema>>;

/** The objects that a schema can be: its own shape, or those of a union's options; none for a plain value. */
function shapesOf(schema: Schema): Shape[] {
  const { shape, options } = schema._zod.def as { shape?: Shape; options?: readonly Schema[] };
  return shape ? [shape] : (options ?? []).flatMap(shapesOf);
}

/** The values of `kind` that an object's shape allows. */
const kindsOf = (shape: Shape): string[] => [...(shape.kind?._zod.values ?? [])].map(String);

/** Before anything else is checked, because a misspelt key would otherwise be told as a missing value. */
function refuseUnknownKeys(value: unknown, schema: Schema, path: readonly string[], fail: Fail): void {
  const shapes = shapesOf(schema);
  if (!isTree(value) || shapes.length === 0) return;
  const ofKind = shapes.filter((shape) => typeof value.kind === 'string' && kindsOf(shape).includes(value.kind));
  const candidates = ofKind.length > 0 ? ofKind : shapes;
  const keys = [...new Set(candidates.flatMap((shape) => Object.keys(shape)))];
  for (const [key, inner] of Object.entries(value)) {
    const known = candidates.find((shape) => Object.hasOwn(shape, key))?.[key];
    if (known === undefined) {
      const near = nearest(key, keys);
      fail(
        [...path, key],
        'an unknown key',
        near === undefined ? oneOf(keys) : `${near} (known here: ${keys.join(', ')})`,
      );
    } else refuseUnknownKeys(inner, known, [...path, key], fail);
  }
}

/** The known key that a misspelt one is nearest to, if it is near at all. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const plain = (word: string) => word.toLowerCase().replace(/[-_]/g, '');
  const best = known.map((word) => ({ word, far: distance(plain(key), plain(word)) })).sort((a, b) => a.far - b.far)[0];
  return best && best.far <= Math.max(key.length > 2 ? 1 : 0, Math.floor(key.length / 3)) ? best.word : undefined;
}

/** Levenshtein's: letters to change, add or take out. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

function at(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (isTree(value) ? value[key as string] : undefined), tree);
}

function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const json = JSON.stringify(value);
  return json.length <= 80 ? json : `${json.slice(0, 80)}…`;
}

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;

const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  object: 'a section of keys',
};

/** A zod issue in the words of someone who writes YAML. */
function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const kinds = issue.expected === 'object' ? kindsAt(issue.path) : [];
      return `${KINDS[issue.expected] ?? issue.expected}${kinds.length > 0 ? ` with kind: ${kinds.join(' or ')}` : ''}`;
    }
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      return issue.origin === 'string'
        ? 'text that is not empty'
        : `a number ${issue.inclusive ? 'from' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return `a number ${issue.inclusive ? 'up to' : 'below'} ${issue.maximum}`;
    case 'invalid_union': {
      if (issue.discriminator !== undefined) return oneOf(kindsAt(issue.path.slice(0, -1)));
      return issue.errors.flatMap((errors) => (errors[0] ? [expectation(errors[0])] : [])).join(' or ');
    }
    default:
      return issue.message;
  }
}

/** The kinds that the section at a path can have: zod's issues do not list them. */
function kindsAt(path: readonly PropertyKey[]): string[] {
  let schema: Schema | undefined = configSchema;
  for (const key of path) schema = schema && shapesOf(schema).find((shape) => Object.hasOwn(shape, key))?.[String(key)];
  return schema ? shapesOf(schema).flatMap(kindsOf) : [];
}
