import { atenName, call } from '../operators.js';
import type { Tensor } from '../tensor.js';

export interface AttentionOptions {
  /** Added to the scores, broadcast to [B, heads, Q, K]: 0 to attend, −∞ (or very negative) not to. */
  readonly mask?: Tensor | null;
  /** Multiplies the scores; default 1/√width. T5 uses 1. */
  readonly scale?: number;
  /** Share of the weights dropped; 0 outside training. */
  readonly dropout?: number;
}

// `scale` came with 2.1; before, and for masks that need a gradient, the explicit form stands in.
const fused =
  atenName('scaledDotProductAttention') !== undefined &&
  atenName('_scaledDotProductFlashAttentionForCpu') !== undefined;

/**
 * softmax(q kᵀ · scale + mask) v.
 *
 * @param q [B, heads, Q, width]
 * @param k [B, heads, K, width]
 * @param v [B, heads, K, width]
 * @returns [B, heads, Q, width]
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  const mask = options.mask ?? null;
  const scale = options.scale ?? 1 / Math.sqrt(q.size(-1));
  if (fused && mask?.requiresGrad !== true) {
    // The mask must be of the queries' dtype, which autocast may have changed.
    const sameType = mask === null || mask.dtype === q.dtype ? mask : mask.to(q.dtype);
    return call('scaled_dot_product_attention', [q, k, v, sameType, options.dropout ?? 0, false, { scale }]) as Tensor;
  }
  return explicitAttention(q, k, v, options).states;
}

/** The same, step by step, where the weights themselves are wanted: [B, heads, Q, K]. */
export function explicitAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionOptions = {},
): { states: Tensor; weights: Tensor } {
  const scale = options.scale ?? 1 / Math.sqrt(q.size(-1));
  let scores = q.matmul(k.transpose(-2, -1)); // [B, h, Q, K]
  if (scale !== 1) scores = scores.mul(scale);
  if (options.mask) scores = scores.add(options.mask);
  // 16-bit scores would lose the small weights: the softmax is float32 at least, as the fused kernels compute it.
  const weights = scores.softmax(-1, { dtype: scores.dtype === 'float64' ? 'float64' : 'float32' }).to(v.dtype);
  const dropped = options.dropout ? (call('dropout', [weights, options.dropout, true]) as Tensor) : weights;
  return { states: dropped.matmul(v), weights };
}
