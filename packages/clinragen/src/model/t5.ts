/**
 * T5 (Raffel et al. 2020, version 1.1 as in Flan-T5), with Hugging Face's parameter names and numbers.
 *
 * Notation: B items, R rows (B times beams), S source tokens, L target tokens, d width, h heads, k width of a head.
 */
import { full, noGrad, ops, type Tensor } from '@clinragen/torch';
import { attention, Embedding, explicitAttention, Linear, Module, RMSNorm } from '@clinragen/torch/nn';
import { addDropped, biasedAttention, crossEntropy, type Dropped, dropout, gatedGelu, rmsNorm } from './fused.js';
import { BLOCKED, maskBias, positionBias } from './t5-buckets.js';
import type { T5Config } from './t5-config.js';
import { type DecoderCache, decodeStep, enlarge, reorder, startDecoding } from './t5-decoding.js';

export type { DecoderCache } from './t5-decoding.js';

function normal(layer: { readonly weight: Tensor }, deviation: number): void {
  noGrad(() => layer.weight.normal_(0, deviation));
}

export class T5Attention extends Module {
  readonly q: Linear;
  readonly k: Linear;
  readonly v: Linear;
  readonly o: Linear;
  /** [buckets, h], in the first block of a stack only; the other blocks share its bias. */
  readonly relative_attention_bias: Embedding | null;
  readonly #heads: number;
  readonly #width: number;
  readonly #dropout: number;

  constructor(config: T5Config, hasBias: boolean) {
    super();
    const { d_model: d, d_kv, num_heads } = config;
    const inner = num_heads * d_kv;
    this.q = new Linear(d, inner, { bias: false });
    this.k = new Linear(d, inner, { bias: false });
    this.v = new Linear(d, inner, { bias: false });
    this.o = new Linear(inner, d, { bias: false });
    this.relative_attention_bias = hasBias ? new Embedding(config.relative_attention_num_buckets, num_heads) : null;
    this.#heads = num_heads;
    this.#width = d_kv;
    this.#dropout = config.dropout_rate;
    normal(this.q, (d * d_kv) ** -0.5);
    normal(this.k, d ** -0.5);
    normal(this.v, d ** -0.5);
    normal(this.o, inner ** -0.5);
    if (this.relative_attention_bias !== null) normal(this.relative_attention_bias, d ** -0.5);
  }

  /** [B, L, d] → [B, h, L, k] */
  split(x: Tensor): Tensor {
    return x.view([x.size(0), x.size(1), this.#heads, this.#width]).transpose(1, 2);
  }

  /** Keys and values [B, h, L, k] of what is attended to. */
  keysAndValues(x: Tensor): [Tensor, Tensor] {
    return [this.split(this.k.forward(x)), this.split(this.v.forward(x))];
  }

  /** Attends within x. @param x [B, L, d] @param bias [1, h, L, L] @param mask [B, 1, 1, L] @returns [B, L, d] */
  within(x: Tensor, bias: Tensor, mask: Tensor | null): Tensor {
    // One product for the three: its backward sums the three gradients of x in the product's own precision.
    const joint = ops.linear(x, ops.cat([this.q.weight, this.k.weight, this.v.weight]));
    const [q, k, v] = joint.split(this.#heads * this.#width, -1) as [Tensor, Tensor, Tensor]; // [B, L, h·k]
    return this.across(q, k, v, bias, mask);
  }

  /** @param q [B, Q, h·k] @param k [B, K, h·k] as v @param bias [1, h, Q, K] @param mask [B, 1, 1, K] @returns [B, Q, d] */
  across(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | null, mask: Tensor | null): Tensor {
    return this.o.forward(biasedAttention(q, k, v, bias, mask, this.#heads, this.training ? this.#dropout : null));
  }

  /**
   * @param x    [B, Q, d] the queries
   * @param bias [B or 1, h or 1, Q or 1, K] added to the scores
   * @returns [B, Q, d]
   */
  attend(x: Tensor, keys: Tensor, values: Tensor, bias: Tensor | null): Tensor {
    const queries = this.split(this.q.forward(x)); // [B, h, Q, k]
    // The fused kernel's exponential is an approximation: on float32 it costs a digit where scores are large.
    const states =
      queries.dtype === 'bfloat16'
        ? attention(queries, keys, values, { mask: bias, scale: 1 })
        : explicitAttention(queries, keys, values, { mask: bias, scale: 1 }).states;
    const [b, , length] = queries.shape as [number, number, number, number];
    return this.o.forward(states.transpose(1, 2).reshape([b, length, this.#heads * this.#width]));
  }
}

class T5FeedForward extends Module {
  readonly wi: Linear | null = null;
  readonly wi_0: Linear | null = null;
  readonly wi_1: Linear | null = null;
  readonly wo: Linear;
  readonly #dropout: number;

  constructor(config: T5Config) {
    super();
    const { d_model: d, d_ff } = config;
    const inward = () => {
      const layer = new Linear(d, d_ff, { bias: false });
      normal(layer, d ** -0.5);
      return layer;
    };
    if (config.feed_forward_proj === 'gated-gelu') {
      this.wi_0 = inward();
      this.wi_1 = inward();
    } else this.wi = inward();
    this.wo = new Linear(d_ff, d, { bias: false });
    normal(this.wo, d_ff ** -0.5);
    this.#dropout = config.dropout_rate;
  }

  /** @param x [B, L, d] @returns [B, L, d] */
  forward(x: Tensor): Tensor {
    const p = this.training ? this.#dropout : null;
    const inner =
      this.wi_0 !== null && this.wi_1 !== null
        ? gatedGelu(this.wi_0.forward(x), this.wi_1.forward(x), p)
        : dropout((this.wi as Linear).forward(x).relu(), p); // [B, L, d_ff]
    return this.wo.forward(inner);
  }
}

class SelfAttentionLayer extends Module {
  readonly SelfAttention: T5Attention;
  readonly layer_norm: RMSNorm;
  constructor(config: T5Config, hasBias: boolean) {
    super();
    this.SelfAttention = new T5Attention(config, hasBias);
    this.layer_norm = new RMSNorm(config.d_model, { epsilon: config.layer_norm_epsilon });
  }
}

class CrossAttentionLayer extends Module {
  readonly EncDecAttention: T5Attention;
  readonly layer_norm: RMSNorm;
  constructor(config: T5Config) {
    super();
    this.EncDecAttention = new T5Attention(config, false);
    this.layer_norm = new RMSNorm(config.d_model, { epsilon: config.layer_norm_epsilon });
  }
}

class FeedForwardLayer extends Module {
  readonly DenseReluDense: T5FeedForward;
  readonly layer_norm: RMSNorm;
  constructor(config: T5Config) {
    super();
    this.DenseReluDense = new T5FeedForward(config);
    this.layer_norm = new RMSNorm(config.d_model, { epsilon: config.layer_norm_epsilon });
  }
}

class EncoderBlock extends Module {
  readonly layer: readonly [SelfAttentionLayer, FeedForwardLayer];
  constructor(config: T5Config, hasBias: boolean) {
    super();
    this.layer = [new SelfAttentionLayer(config, hasBias), new FeedForwardLayer(config)];
  }
}

class DecoderBlock extends Module {
  readonly layer: readonly [SelfAttentionLayer, CrossAttentionLayer, FeedForwardLayer];
  constructor(config: T5Config, hasBias: boolean) {
    super();
    this.layer = [
      new SelfAttentionLayer(config, hasBias),
      new CrossAttentionLayer(config),
      new FeedForwardLayer(config),
    ];
  }
}

class T5Stack<Block extends Module> extends Module {
  readonly block: Block[];
  readonly final_layer_norm: RMSNorm;
  constructor(config: T5Config, block: Block[]) {
    super();
    this.block = block;
    this.final_layer_norm = new RMSNorm(config.d_model, { epsilon: config.layer_norm_epsilon });
  }
}

/** The network. `forward` trains, `encode` with `startDecoding` and `decodeStep` generates. */
export class T5 extends Module {
  readonly shared: Embedding;
  readonly encoder: T5Stack<EncoderBlock>;
  readonly decoder: T5Stack<DecoderBlock>;
  /** Null where the output shares the embedding's weights. */
  readonly lm_head: Linear | null;
  readonly #config: T5Config;

  constructor(config: T5Config) {
    super();
    this.#config = config;
    this.shared = new Embedding(config.vocab_size, config.d_model);
    const block = <B>(count: number, make: (hasBias: boolean) => B) =>
      Array.from({ length: count }, (_, i) => make(i === 0));
    this.encoder = new T5Stack(
      config,
      block(config.num_layers, (first) => new EncoderBlock(config, first)),
    );
    this.decoder = new T5Stack(
      config,
      block(config.num_decoder_layers ?? config.num_layers, (first) => new DecoderBlock(config, first)),
    );
    this.lm_head = config.tie_word_embeddings ? null : new Linear(config.d_model, config.vocab_size, { bias: false });
    if (this.lm_head !== null) normal(this.lm_head, 1);
  }

  get config(): T5Config {
    return this.#config;
  }

  get #dropout(): Dropped {
    return this.training ? this.#config.dropout_rate : null;
  }

  /**
   * @param embeddings [B, S, d]
   * @param mask       [B, S], 1 where there is a token; null where all are
   * @returns [B, S, d]
   */
  encode(embeddings: Tensor, mask: Tensor | null): Tensor {
    const blocks = this.encoder.block;
    const length = embeddings.size(1);
    const table = blocks[0]?.layer[0].SelfAttention.relative_attention_bias as Embedding;
    const bias = positionBias(table, this.#config, length, length, true); // [1, h, S, S]
    const masked = maskBias(mask);
    const p = this.#dropout;
    let x = dropout(embeddings, p);
    for (const { layer } of blocks) {
      const [self, feed] = layer;
      x = addDropped(x, self.SelfAttention.within(rmsNorm(self.layer_norm, x, p), bias, masked), p);
      x = addDropped(x, feed.DenseReluDense.forward(rmsNorm(feed.layer_norm, x, p)), p);
    }
    return dropout(rmsNorm(this.encoder.final_layer_norm, x, p), p);
  }

  /**
   * @param ids    [B, L] decoder input
   * @param states [B, S, d] of the encoder
   * @param mask   [B, S] of the source
   * @returns [B, L, d], before the output layer
   */
  decode(ids: Tensor, states: Tensor, mask: Tensor | null): Tensor {
    const blocks = this.decoder.block;
    const length = ids.size(1);
    const table = blocks[0]?.layer[0].SelfAttention.relative_attention_bias as Embedding;
    const causal = full([length, length], BLOCKED, { device: ids.device }).triu(1);
    const bias = positionBias(table, this.#config, length, length, false).add(causal); // [1, h, L, L]
    const sourceBias = maskBias(mask);
    const p = this.#dropout;
    const inner = this.#config.num_heads * this.#config.d_kv;
    // Every block's keys and values of the source by one product: its backward sums their gradients in its own precision.
    const sourceWeights = blocks.flatMap(({ layer }) => [
      layer[1].EncDecAttention.k.weight,
      layer[1].EncDecAttention.v.weight,
    ]);
    const source = ops.linear(states, ops.cat(sourceWeights)).split(inner, -1) as Tensor[]; // 2 a block, [B, S, h·k]
    let x = dropout(this.shared.forward(ids), p);
    for (const [i, { layer }] of blocks.entries()) {
      const [self, cross, feed] = layer;
      x = addDropped(x, self.SelfAttention.within(rmsNorm(self.layer_norm, x, p), bias, null), p);
      const { EncDecAttention } = cross;
      const q = EncDecAttention.q.forward(rmsNorm(cross.layer_norm, x, p)); // [B, L, h·k]
      x = addDropped(
        x,
        EncDecAttention.across(q, source[2 * i] as Tensor, source[2 * i + 1] as Tensor, null, sourceBias),
        p,
      );
      x = addDropped(x, feed.DenseReluDense.forward(rmsNorm(feed.layer_norm, x, p)), p);
    }
    return dropout(rmsNorm(this.decoder.final_layer_norm, x, p), p);
  }

  /** The first T5 scales the last states, because its output layer is the embedding, whose deviation is 1. */
  get outputScale(): number {
    const { d_model: d, tie_word_embeddings: tied, scale_decoder_outputs: scales = tied } = this.#config;
    return scales ? d ** -0.5 : 1;
  }

  /** [..., d] → [..., vocabulary] */
  logits(states: Tensor): Tensor {
    const scaled = this.outputScale === 1 ? states : states.mul(this.outputScale);
    return ops.linear(scaled, (this.lm_head ?? this.shared).weight);
  }

  /** Decoder input: the labels moved right behind the start token, −100 as padding. */
  shiftRight(labels: Tensor): Tensor {
    const { decoder_start_token_id: start, pad_token_id: pad } = this.#config;
    const first = full([labels.size(0), 1], start, { dtype: 'int64', device: labels.device });
    const moved = ops.cat([first, labels.narrow(1, 0, labels.size(1) - 1)], 1);
    return moved.maskedFill(moved.eq(-100), pad);
  }

  /**
   * @param embeddings [B, S, d] of the source
   * @param mask       [B, S] or null
   * @param labels     [B, L] int64, −100 where nothing is to be learned
   * @param weights    [B, L] of each label in the mean, or null: all alike
   * @returns the logits [B, L, vocabulary] and the mean negative log-likelihood of the labels, per token
   */
  forward(
    embeddings: Tensor,
    mask: Tensor | null,
    labels: Tensor,
    weights: Tensor | null = null,
  ): { logits: Tensor; loss: Tensor } {
    const states = this.encode(embeddings, mask);
    const logits = this.logits(this.decode(this.shiftRight(labels), states, mask));
    const loss = crossEntropy(logits.view([-1, logits.size(-1)]), labels.reshape([-1]), weights?.reshape([-1]) ?? null);
    return { logits, loss };
  }

  /**
   * Prepares decoding one token at a time for `beams` rows an item.
   *
   * @param states [B, S, d] of the encoder
   * @param mask   [B, S] or null
   * @param room   how many tokens will be decoded at most
   */
  startDecoding(states: Tensor, mask: Tensor | null, room: number, beams: number): DecoderCache {
    return startDecoding(this, states, mask, room, beams);
  }

  /**
   * One more token.
   *
   * @param ids [R] the tokens decoded last
   * @returns [R, vocabulary] logits of the next
   */
  decodeStep(ids: Tensor, cache: DecoderCache): Tensor {
    return decodeStep(this, ids, cache);
  }

  /** The same cache with room for more tokens. The old one's own buffers are the caller's to free. */
  enlarge(cache: DecoderCache, room: number): DecoderCache {
    return enlarge(this, cache, room);
  }

  /** Rows of the cache change places (beam search): row i goes on from row `rows[i]`. */
  reorder(cache: DecoderCache, rows: Tensor): void {
    reorder(cache, rows);
  }
}
