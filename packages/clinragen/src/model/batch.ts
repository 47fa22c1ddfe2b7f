/** Stays as tensors. Notation: B stays, S prompt tokens, T hours, V variables, P patches, L tokens of the answer. */
import { fromTypedArray, type Tensor } from '@clinragen/torch';
import { PHENOTYPES } from '../phenotypes.js';
import type { Series, Variable } from '../types.js';
import { ModelError } from './model-error.js';
import type { Compat } from './target.js';

/** One stay, read by the tokenizer. */
export interface Example {
  /** The prompt's tokens, what stands before the series. */
  readonly prompt: readonly number[];
  /** Null where the note alone is read. */
  readonly series: Series | null;
  /** The answer's tokens with the end token; empty where it is to be generated. */
  readonly answer: readonly number[];
  /** How many of the answer's tokens come before the rationale. Default 0. */
  readonly opening?: number;
  /** Indices into PHENOTYPES of the recorded ones; left out where they are not known. */
  readonly phenotypes?: readonly number[];
}

export interface Batch {
  readonly ids: Tensor; // [B, S] int64
  readonly mask: Tensor; // [B, S] int64
  readonly series: {
    readonly values: Tensor; // [B, T, V] scaled
    readonly measured: Tensor; // [B, T, V] 0 or 1
    readonly mask: Tensor; // [B, P] 1 where the stay has the patch
  } | null;
  /** [B, 25] float32, 1 where recorded; null where not known. */
  readonly phenotypes: Tensor | null;
  /** [B, S' ] int64: which of the B · (S + P) tokens stand in the joined input, in order. */
  readonly gather: Tensor;
  readonly joinedMask: Tensor; // [B, S'] int64
  readonly labels: Tensor | null; // [B, L] int64, −100 (`paper`: 0) as padding
  /** [B, L] float32: what each label counts in the loss; null where all count alike. */
  readonly weights: Tensor | null;
}

export interface BatchOptions {
  readonly compat: Compat;
  readonly variables: readonly Variable[]; // V
  readonly patchHours: number;
  readonly maxPatches: number;
  readonly pad: number;
  /** `paper` pads to these lengths always; `fixed` to the longest of the batch. */
  readonly promptTokens: number;
  /** What a token before the rationale counts in the loss, a token of the rationale counting 1. Default 1. */
  readonly diagnosisWeight?: number;
}

/** A value in units of its fences: 0 in their middle, ±1 on them. */
export function scaled(value: number, { low, high }: Variable): number {
  return (value - (low + high) / 2) / Math.max((high - low) / 2, 1e-6);
}

// Beyond ten fences' widths a value is wrong rather than abnormal; the encoder should not see its size.
const BOUND = 10;

function rows(lists: readonly (readonly number[])[], width: number, fill: number): Tensor {
  const flat = new BigInt64Array(lists.length * width).fill(BigInt(fill));
  for (const [row, list] of lists.entries()) for (const [at, id] of list.entries()) flat[row * width + at] = BigInt(id);
  return fromTypedArray(flat, [lists.length, width]);
}

function masks(lengths: readonly number[], width: number): Tensor {
  const flat = new BigInt64Array(lengths.length * width);
  for (const [row, length] of lengths.entries()) flat.fill(1n, row * width, row * width + length);
  return fromTypedArray(flat, [lengths.length, width]);
}

/** Patches that a stay needs; its last hours where it has more than the encoder knows positions for. */
function patchesOf(series: Series, options: BatchOptions): number {
  if (options.compat === 'paper') return options.maxPatches;
  return Math.min(options.maxPatches, Math.max(1, Math.ceil(series.hours / options.patchHours)));
}

function seriesTensors(all: readonly Series[], counts: readonly number[], options: BatchOptions) {
  const { variables, patchHours, compat } = options;
  const v = variables.length;
  const hours = Math.max(...counts) * patchHours;
  const values = new Float32Array(all.length * hours * v);
  const measured = new Float32Array(all.length * hours * v);
  for (const [row, series] of all.entries()) {
    if (series.values.length !== series.hours * v) {
      throw new ModelError(`a series of ${series.values.length} values for ${series.hours} hours and ${v} variables`);
    }
    if (series.hours < 1) throw new ModelError('a series of no hours; expected one at least');
    // Too long: the last hours are kept in `fixed`, the first in `paper`.
    const skip = compat === 'paper' ? 0 : Math.max(0, series.hours - hours);
    for (let t = 0; t < hours; t++) {
      const from = t + skip;
      // `paper` repeats the last row to the end; `fixed` leaves zeros, which the patch mask covers past the last patch.
      if (from >= series.hours && compat === 'fixed') break;
      const hour = Math.min(from, series.hours - 1);
      for (let i = 0; i < v; i++) {
        const at = (row * hours + t) * v + i;
        const value = scaled(series.values[hour * v + i] as number, variables[i] as Variable);
        if (Number.isNaN(value)) throw new ModelError(`hour ${hour} of ${variables[i]?.name}: no number`);
        values[at] = Math.max(-BOUND, Math.min(BOUND, value));
        measured[at] = series.measured[hour * v + i] as number;
      }
    }
  }
  const shape = [all.length, hours, v];
  return {
    values: fromTypedArray(values, shape),
    measured: fromTypedArray(measured, shape),
    mask: masks(counts, Math.max(...counts)),
  };
}

/**
 * Puts examples into one batch; either all have series or none.
 *
 * @throws ModelError for a mixed or empty batch, or a series that does not fit the variables
 */
export function makeBatch(examples: readonly Example[], options: BatchOptions): Batch {
  const all = examples.flatMap(({ series }) => (series === null ? [] : [series]));
  if (examples.length === 0 || (all.length > 0 && all.length !== examples.length)) {
    throw new ModelError('a batch is of stays that all have series, or of none that has');
  }
  const paper = options.compat === 'paper';
  const lengths = examples.map(({ prompt }) => prompt.length);
  const width = Math.max(paper ? options.promptTokens : 1, ...lengths);
  const counts = all.map((series) => patchesOf(series, options));
  const patches = counts.length === 0 ? 0 : Math.max(...counts);
  // In `paper` the series stands behind the padding; in `fixed` right behind the note, so that a stay's answer does not
  // depend on which other stays are in its batch.
  const joined = examples.map((_, row) => {
    const base = row * (width + patches);
    const words = paper ? width : (lengths[row] as number);
    const note = Array.from({ length: words }, (_unused, i) => base + i);
    return [...note, ...Array.from({ length: counts[row] ?? 0 }, (_unused, i) => base + width + i)];
  });
  const joinedWidth = Math.max(...joined.map((list) => list.length));
  const answers = examples.map(({ answer }) => answer);
  const answerWidth = Math.max(...answers.map((ids) => ids.length));
  const joinedMask = paper
    ? maskBehindPadding(lengths, width, patches)
    : masks(
        joined.map((list) => list.length),
        joinedWidth,
      );
  return {
    ids: rows(
      examples.map(({ prompt }) => prompt),
      width,
      options.pad,
    ),
    mask: masks(lengths, width),
    series: all.length === 0 ? null : seriesTensors(all, counts, options),
    gather: rows(joined, joinedWidth, 0),
    joinedMask,
    phenotypes: recordedIn(examples),
    // The authors' loss counts padding (id 0) like any other token.
    labels: answerWidth === 0 ? null : rows(answers, answerWidth, paper ? options.pad : -100),
    weights:
      paper || answerWidth === 0 || (options.diagnosisWeight ?? 1) === 1
        ? null
        : lossWeights(examples, answerWidth, options),
  };
}

function lossWeights(examples: readonly Example[], width: number, { diagnosisWeight = 1 }: BatchOptions): Tensor {
  const flat = new Float32Array(examples.length * width);
  for (const [row, { answer, opening = 0 }] of examples.entries()) {
    flat.fill(diagnosisWeight, row * width, row * width + opening);
    flat.fill(1, row * width + opening, row * width + answer.length);
  }
  return fromTypedArray(flat, [examples.length, width]);
}

function recordedIn(examples: readonly Example[]): Tensor | null {
  if (examples.some(({ phenotypes }) => phenotypes === undefined)) return null;
  const flat = new Float32Array(examples.length * PHENOTYPES.length);
  for (const [row, { phenotypes = [] }] of examples.entries())
    for (const i of phenotypes) flat[row * PHENOTYPES.length + i] = 1;
  return fromTypedArray(flat, [examples.length, PHENOTYPES.length]);
}

function maskBehindPadding(lengths: readonly number[], width: number, patches: number): Tensor {
  const flat = new BigInt64Array(lengths.length * (width + patches));
  for (const [row, length] of lengths.entries()) {
    const base = row * (width + patches);
    flat.fill(1n, base, base + length);
    flat.fill(1n, base + width, base + width + patches);
  }
  return fromTypedArray(flat, [lengths.length, width + patches]);
}
