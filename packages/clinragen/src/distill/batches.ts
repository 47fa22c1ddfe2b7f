/** Which examples stand together in a step: alike in length, so that little is padding. */
import { Generator, randperm } from '@clinragen/torch';
import type { Example } from '../model/index.js';

export interface BatchLimits {
  /** Examples at most. */
  readonly size: number;
  /** Tokens at most, padding included, prompt and answer together. One example alone may have more. */
  readonly tokens: number;
}

// Examples are sorted within pools of this many batches: short enough to stay random, long enough to sort well.
const POOL = 20;

function lengthOf({ prompt, series, answer }: Example): number {
  return prompt.length + answer.length + (series === null ? 0 : Math.ceil(series.hours / 8));
}

function permutation(n: number, generator: Generator): number[] {
  const order = randperm(n, { generator });
  const numbers = Array.from(order.toTypedArray() as BigInt64Array, Number);
  order.dispose();
  return numbers;
}

/**
 * The batches of an epoch, as indices into `examples`. The same seed gives the same batches in the same order.
 *
 * @param seed null for reading order by length, without shuffling (validation)
 */
export function batchesOf(examples: readonly Example[], limits: BatchLimits, seed: number | null): number[][] {
  const generator = seed === null ? null : new Generator(seed);
  const order = generator === null ? examples.map((_, i) => i) : permutation(examples.length, generator);
  const batches: number[][] = [];
  const pool = seed === null ? Math.max(1, order.length) : limits.size * POOL;
  for (let from = 0; from < order.length; from += pool) {
    const sorted = order
      .slice(from, from + pool)
      .sort((a, b) => lengthOf(examples[a] as Example) - lengthOf(examples[b] as Example));
    let batch: number[] = [];
    for (const i of sorted) {
      // Sorted by length: the newest is the longest, so it decides the padded size.
      const padded = (batch.length + 1) * lengthOf(examples[i] as Example);
      if (batch.length === limits.size || (batch.length > 0 && padded > limits.tokens)) {
        batches.push(batch);
        batch = [];
      }
      batch.push(i);
    }
    if (batch.length > 0) batches.push(batch);
  }
  return generator === null ? batches : permutation(batches.length, generator).map((i) => batches[i] as number[]);
}
