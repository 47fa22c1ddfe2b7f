/**
 * The engine's own operators (packages/torch/native/fused_*.cc) where they fit, else the same from ATen's.
 *
 * They take one pass over memory where ATen takes several, and draw dropout's choices from a hash where ATen draws each
 * from one serial generator: on a processor, that was a third of a training step. They are for float32 and bfloat16 on
 * the CPU. In float32 outside of training ATen's stand: their rounding is Hugging Face's own, to which parity is held.
 */
import { call, ops, schemasOf, type Tensor } from '@clinragen/torch';
import { explicitAttention, type RMSNorm } from '@clinragen/torch/nn';
import type { T5 } from './t5.js';
import type { DecoderCache } from './t5-decoding.js';

const present = schemasOf('clinragen::rms_norm').length > 0;
let wanted = true;

/** Switches the engine's own operators off or on again, to compare. */
export function useFused(on: boolean): void {
  wanted = on;
}

/** The share that is dropped in training, which may be 0; null outside of training. */
export type Dropped = number | null;

/** Whether the engine's own operators take this tensor. */
export function fits(x: Tensor, p: Dropped): boolean {
  if (!present || !wanted) return false;
  return (x.dtype === 'bfloat16' || (x.dtype === 'float32' && p !== null)) && x.device === 'cpu';
}

/**
 * @param x [..., d]
 * @returns [..., d], in autocast's type where it is on
 */
export function rmsNorm(layer: RMSNorm, x: Tensor, p: Dropped): Tensor {
  if (!fits(x, p)) return layer.forward(x);
  return call('clinragen::rms_norm', [x, layer.weight, layer.epsilon]) as Tensor;
}

export function dropout(x: Tensor, p: Dropped): Tensor {
  if (p === null || p === 0) return x;
  return fits(x, p) ? (call('clinragen::dropout', [x, p]) as Tensor) : ops.dropout(x, p, true);
}

/** residual + dropout(x); the residual stays in its own precision. */
export function addDropped(residual: Tensor, x: Tensor, p: Dropped): Tensor {
  if (p === null || p === 0) return residual.add(x);
  if (!fits(x, p) || residual.dtype !== 'float32') return residual.add(dropout(x, p));
  return call('clinragen::dropout_add', [residual, x, p]) as Tensor;
}

/** dropout(gelu(gate) · up), by the approximation with tanh. */
export function gatedGelu(gate: Tensor, up: Tensor, p: Dropped): Tensor {
  if (fits(gate, p)) return call('clinragen::gated_gelu', [gate, up, p ?? 0]) as Tensor;
  return dropout(gate.gelu({ approximate: 'tanh' }).mul(up), p);
}

/**
 * dropout(softmax(q kᵀ + bias + mask)) v, with a bias that may be learned.
 *
 * @param q    [B, Q, h·w]
 * @param k    [B, K, h·w], as v
 * @param bias [1, h, Q, K] or null
 * @param mask [B, 1, 1, K] of 0 and very negative, or null
 * @returns [B, Q, h·w]
 */
export function biasedAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  bias: Tensor | null,
  mask: Tensor | null,
  heads: number,
  p: Dropped,
): Tensor {
  if (fits(q, p)) return call('clinragen::biased_attention', [q, k, v, bias, mask, heads, p ?? 0]) as Tensor;
  const [b, length, inner] = q.shape as [number, number, number];
  const split = (x: Tensor) => x.reshape([b, x.size(1), heads, inner / heads]).transpose(1, 2); // [B, h, L, w]
  const both = bias !== null && mask !== null ? bias.add(mask) : (bias ?? mask);
  const { states } = explicitAttention(split(q), split(k), split(v), { mask: both, scale: 1, dropout: p ?? 0 });
  return states.transpose(1, 2).reshape([b, length, inner]);
}

/**
 * Mean negative log-likelihood of labels, −100 left out; weighed where there are weights.
 *
 * @param logits  [N, V]
 * @param labels  [N] int64
 * @param weights [N] float32 or null: Σ w · loss / Σ w
 */
export function crossEntropy(logits: Tensor, labels: Tensor, weights: Tensor | null = null): Tensor {
  if (fits(logits, 1)) return call('clinragen::cross_entropy', [logits, labels, weights, -100]) as Tensor;
  const wide = logits.to('float32');
  if (weights === null) return ops.crossEntropyLoss(wide, labels, { ignoreIndex: -100 });
  const each = ops.crossEntropyLoss(wide, labels, { ignoreIndex: -100, reduction: 0 });
  return each.mul(weights).sum().div(weights.sum());
}

/** One more token through all blocks, in one call. @returns [R, vocabulary] float32 */
export function t5DecodeStep(
  model: T5,
  ids: Tensor,
  cache: DecoderCache,
  fused: NonNullable<DecoderCache['fused']>,
  at: number,
): Tensor {
  const { num_heads, layer_norm_epsilon, feed_forward_proj } = model.config;
  return call('clinragen::t5_decode_step', [
    ids,
    model.shared.weight,
    fused.weights,
    model.decoder.final_layer_norm.weight,
    model.lm_head?.weight ?? model.shared.weight,
    cache.self.map(({ keys }) => keys),
    cache.self.map(({ values }) => values),
    cache.cross.map(({ keys }) => keys),
    cache.cross.map(({ values }) => values),
    cache.positionBias,
    cache.sourceBias,
    fused.lineage,
    at,
    num_heads,
    feed_forward_proj === 'gated-gelu',
    layer_norm_epsilon,
    model.outputScale,
  ]) as Tensor;
}

/**
 * The best next tokens of each item's beams.
 *
 * @param logits [B · beams, V]
 * @param sums   [B · beams] log-probability of each beam so far
 * @returns log-probabilities and indices (beam · V + token), [B, count] each, best first
 */
export function bestContinuations(logits: Tensor, sums: Tensor, beams: number, count: number): [Tensor, Tensor] {
  if (fits(logits, 1)) return call('clinragen::best_continuations', [logits, sums, beams, count]) as [Tensor, Tensor];
  return bestOf(logits.to('float32').logSoftmax(-1), sums, beams, count);
}

/** The same from log-probabilities [B · beams, V]. */
export function bestOf(logProbs: Tensor, sums: Tensor, beams: number, count: number): [Tensor, Tensor] {
  const [rows, vocabulary] = logProbs.shape as [number, number];
  const totals = logProbs.add(sums.view([rows, 1]));
  return totals.view([rows / beams, beams * vocabulary]).topk(count, -1, true, true) as [Tensor, Tensor];
}
