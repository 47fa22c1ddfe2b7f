/**
 * Decoding one token at a time, with keys and values kept.
 *
 * Notation as in t5.ts: B items, R rows (B times beams), S source tokens, h heads, k width of a head, d width.
 */
import { ops, type Tensor } from '@clinragen/torch';
import type { Embedding, RMSNorm } from '@clinragen/torch/nn';
import { fits, t5DecodeStep } from './fused.js';
import type { T5 } from './t5.js';
import { maskBias, positionBias } from './t5-buckets.js';

interface KeysAndValues {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** Keys and values of what was decoded so far, and of the source. */
export interface DecoderCache {
  /** Per block [R, h, room, k]; the first `length` positions are filled. */
  readonly self: readonly KeysAndValues[];
  /** Per block [B, h, S, k], which an item's beams share; the engine's own step has the values as [B, h, k, S]. */
  readonly cross: readonly KeysAndValues[];
  /** [B, 1, 1, S], 0 or blocked. */
  readonly sourceBias: Tensor | null;
  /** [1, h, room, room] */
  readonly positionBias: Tensor;
  /** For the engine's own step, which decodes all blocks in one call; null where ATen's operators do it. */
  readonly fused: {
    /** [R, room] int64: the row of `self` that holds each position of a row. Changing places changes this alone. */
    readonly lineage: Tensor;
    readonly weights: readonly Tensor[];
  } | null;
  /** Positions decoded. */
  length: number;
  readonly beams: number;
}

function tableOf(model: T5): Embedding {
  return model.decoder.block[0]?.layer[0].SelfAttention.relative_attention_bias as Embedding;
}

/** What the engine's own step reads of each block, in its order. */
function stepWeights(model: T5): Tensor[] {
  return model.decoder.block.flatMap(({ layer: [self, cross, feed] }) => {
    const { SelfAttention: own } = self;
    const { EncDecAttention: source } = cross;
    const { wi, wi_0, wi_1, wo } = feed.DenseReluDense;
    const inward = (wi_0 ?? wi)?.weight as Tensor;
    return [
      ...[self.layer_norm.weight, own.q.weight, own.k.weight, own.v.weight, own.o.weight],
      ...[cross.layer_norm.weight, source.q.weight, source.o.weight],
      ...[feed.layer_norm.weight, inward, wi_1?.weight ?? inward, wo.weight],
    ];
  });
}

export function startDecoding(
  model: T5,
  states: Tensor,
  mask: Tensor | null,
  room: number,
  beams: number,
): DecoderCache {
  const blocks = model.decoder.block;
  const { num_heads: h, d_kv: k } = model.config;
  const rows = states.size(0) * beams;
  const fused = fits(states, 1) && fits(model.shared.weight, 1);
  const options = { dtype: states.dtype, device: states.device };
  const bias = positionBias(tableOf(model), model.config, room, room, false);
  return {
    self: blocks.map(() => ({
      keys: ops.empty([rows, h, room, k], options),
      values: ops.empty([rows, h, room, k], options),
    })),
    cross: blocks.map(({ layer }) => {
      const [keys, values] = layer[1].EncDecAttention.keysAndValues(states);
      return { keys: keys.contiguous(), values: (fused ? values.transpose(-2, -1) : values).contiguous() };
    }),
    sourceBias: fused ? maskBias(mask) : (maskBias(mask)?.to(states.dtype) ?? null),
    positionBias: bias.to(fused ? 'float32' : states.dtype).contiguous(),
    fused: fused ? { lineage: ops.zeros([rows, room], { dtype: 'int64' }), weights: stepWeights(model) } : null,
    length: 0,
    beams,
  };
}

export function decodeStep(model: T5, ids: Tensor, cache: DecoderCache): Tensor {
  const at = cache.length;
  const logits =
    cache.fused === null ? stepByOperators(model, ids, cache, at) : t5DecodeStep(model, ids, cache, cache.fused, at);
  cache.length = at + 1;
  return logits;
}

function stepByOperators(model: T5, ids: Tensor, cache: DecoderCache, at: number): Tensor {
  const rows = ids.size(0);
  const d = model.config.d_model;
  const bias = cache.positionBias.narrow(2, at, 1).narrow(3, 0, at + 1); // [1, h, 1, at + 1]
  const norm = (layer: RMSNorm, x: Tensor) => layer.forward(x);
  let x = model.shared.forward(ids).unsqueeze(1); // [R, 1, d]
  for (const [i, { layer }] of model.decoder.block.entries()) {
    const [self, cross, feed] = layer;
    const own = cache.self[i] as KeysAndValues;
    const normed = norm(self.layer_norm, x);
    const [key, value] = self.SelfAttention.keysAndValues(normed); // [R, h, 1, k]
    own.keys.narrow(2, at, 1).copy_(key);
    own.values.narrow(2, at, 1).copy_(value);
    const past = (buffer: Tensor) => buffer.narrow(2, 0, at + 1);
    x = x.add(self.SelfAttention.attend(normed, past(own.keys), past(own.values), bias));
    // Beams of an item stand side by side as its queries, so that the source's keys exist once per item.
    const source = cache.cross[i] as KeysAndValues;
    const beside = norm(cross.layer_norm, x).view([rows / cache.beams, cache.beams, d]);
    const found = cross.EncDecAttention.attend(beside, source.keys, source.values, cache.sourceBias);
    x = x.add(found.view([rows, 1, d]));
    x = x.add(feed.DenseReluDense.forward(norm(feed.layer_norm, x)));
  }
  return model.logits(norm(model.decoder.final_layer_norm, x)).squeeze(1);
}

export function enlarge(model: T5, cache: DecoderCache, room: number): DecoderCache {
  /** A copy with more room along one dimension. */
  const enlarged = (buffer: Tensor, dim: number) => {
    const shape = [...buffer.shape];
    shape[dim] = room;
    const larger = ops.zeros(shape, { dtype: buffer.dtype, device: buffer.device });
    larger.narrow(dim, 0, cache.length).copy_(buffer.narrow(dim, 0, cache.length));
    return larger;
  };
  return {
    ...cache,
    self: cache.self.map(({ keys, values }) => ({ keys: enlarged(keys, 2), values: enlarged(values, 2) })),
    positionBias: positionBias(tableOf(model), model.config, room, room, false)
      .to(cache.positionBias.dtype)
      .contiguous(),
    fused: cache.fused === null ? null : { ...cache.fused, lineage: enlarged(cache.fused.lineage, 1) },
  };
}

export function reorder(cache: DecoderCache, rows: Tensor): void {
  // index_select makes a copy first, so that rows may be read after they were overwritten
  if (cache.fused !== null) {
    const { lineage } = cache.fused;
    lineage.copy_(lineage.indexSelect(0, rows));
    return;
  }
  for (const own of cache.self) {
    for (const part of ['keys', 'values'] as const) {
      const filled = own[part].narrow(2, 0, cache.length);
      filled.copy_(filled.indexSelect(0, rows));
    }
  }
}
