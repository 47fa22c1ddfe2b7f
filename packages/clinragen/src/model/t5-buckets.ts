import { fromTypedArray, keep, type Tensor } from '@clinragen/torch';
import type { Embedding } from '@clinragen/torch/nn';
import type { T5Config } from './t5-config.js';

/**
 * Stands for −∞ in masks: finite, so that a row with nothing to attend to gives numbers, as in Hugging Face. It is the
 * lowest of bfloat16, to which masks are cast too: float32's lowest would be rounded to −∞ there.
 */
export const BLOCKED = -3.3895313892515355e38;

interface BucketOptions {
  readonly bidirectional: boolean;
  readonly buckets: number;
  readonly maxDistance: number;
}

/** The bucket of a distance key − query, as in the T5 paper: near ones exactly, far ones by their logarithm. */
export function bucketOf(distance: number, options: BucketOptions): number {
  let buckets = options.buckets;
  let offset = 0;
  let far = -distance;
  if (options.bidirectional) {
    buckets = Math.floor(buckets / 2);
    if (distance > 0) offset = buckets;
    far = Math.abs(distance);
  } else far = Math.max(far, 0);
  const exact = Math.floor(buckets / 2);
  if (far < exact) return offset + far;
  // In float32 like the reference: at exact powers the logarithm falls on one side or the other of a whole number.
  const ratio = Math.fround(
    Math.fround(Math.log(Math.fround(far / exact))) / Math.fround(Math.log(options.maxDistance / exact)),
  );
  const bucket = exact + Math.trunc(Math.fround(ratio * (buckets - exact)));
  return offset + Math.min(bucket, buckets - 1);
}

const tables = new Map<string, { size: number; table: Tensor }>();

/**
 * [Q, K] int64: the bucket of each pair of positions.
 *
 * A bucket depends on the difference of positions alone, so one square table per setting serves every size as a view.
 */
export function relativeBuckets(queries: number, keys: number, options: BucketOptions): Tensor {
  const name = [options.bidirectional, options.buckets, options.maxDistance].join();
  const size = Math.max(queries, keys);
  let known = tables.get(name);
  if (known === undefined || known.size < size) {
    known?.table.dispose();
    known = square(Math.ceil(size / 256) * 256, options);
    tables.set(name, known);
  }
  return known.table.narrow(0, 0, queries).narrow(1, 0, keys);
}

function square(size: number, options: BucketOptions): { size: number; table: Tensor } {
  const byDistance = BigInt64Array.from({ length: 2 * size - 1 }, (_, i) => BigInt(bucketOf(i - size + 1, options)));
  const flat = new BigInt64Array(size * size);
  for (let q = 0; q < size; q++) flat.set(byDistance.subarray(size - 1 - q, 2 * size - 1 - q), q * size);
  return { size, table: keep(fromTypedArray(flat, [size, size])) };
}

/** [1, h, Q, K]: what the first block's table of relative distances adds to the scores. */
export function positionBias(
  table: Embedding,
  config: T5Config,
  queries: number,
  keys: number,
  bidirectional: boolean,
): Tensor {
  const buckets = relativeBuckets(queries, keys, {
    bidirectional,
    buckets: config.relative_attention_num_buckets,
    maxDistance: config.relative_attention_max_distance,
  }).to(table.weight.device);
  return table.forward(buckets).permute([2, 0, 1]).unsqueeze(0);
}

/** [B, S] of 0 and 1 → [B, 1, 1, S] of blocked and 0; null where nothing is masked. */
export function maskBias(mask: Tensor | null): Tensor | null {
  return mask === null ? null : mask.eq(0).to('float32').mul(BLOCKED).unsqueeze(1).unsqueeze(1);
}
