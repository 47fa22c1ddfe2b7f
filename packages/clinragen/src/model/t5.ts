/**
 * T5 (Raffel et al. 2020, version 1.1 as in Flan-T5), with Hugging Face's parameter names and numbers.
 *
 * Notation: B items, R rows (B times beams), S source tokens, L target tokens, d width, h heads, k width of a head.
 */
import { full, noGrad, ops, type Tensor } from '@clinragen/torch';
import { attention, Embedding, explicitAttention, Linear, Module, RMSNorm } from '@clinragen/torch/nn';
import { relativeBuckets } from './t5-buckets.js';
import type { T5Config } from './t5-config.js';

// Stands for −∞ in masks: finite, so that a row with nothing to attend to gives numbers, as in Hugging Face.
const BLOCKED = -3.4028234663852886e38;

function normal(layer: { readonly weight: Tensor }, deviation: number): void {
  noGrad(() => layer.weight.normal_(0, deviation));
}

function drop(x: Tensor, p: number): Tensor {
  return p > 0 ? ops.dropout(x, p, true) : x;
}

class T5Attention extends Module {
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

  /**
   * @param x    [B, Q, d] the queries
   * @param bias [B or 1, h or 1, Q or 1, K] added to the scores
   * @returns [B, Q, d]
   */
  attend(x: Tensor, keys: Tensor, values: Tensor, bias: Tensor | null): Tensor {
    const queries = this.split(this.q.forward(x)); // [B, h, Q, k]
    const dropout = this.training ? this.#dropout : 0;
    // T5 folds 1/√k into the initial weights: its scores are not scaled.
    // The fused kernel's exponential is an approximation: on float32 it costs a digit where scores are large.
    const fused = queries.dtype === 'bfloat16' && !bias?.requiresGrad;
    const states = fused
      ? attention(queries, keys, values, { mask: bias, scale: 1, dropout })
      : explicitAttention(queries, keys, values, { mask: bias, scale: 1, dropout }).states;
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
    const inner =
      this.wi_0 !== null && this.wi_1 !== null
        ? this.wi_0.forward(x).gelu({ approximate: 'tanh' }).mul(this.wi_1.forward(x))
        : (this.wi as Linear).forward(x).relu(); // [B, L, d_ff]
    return this.wo.forward(drop(inner, this.training ? this.#dropout : 0));
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

/** Keys and values of what was decoded so far, and of the source. */
export interface DecoderCache {
  /** Per block [R, h, room, k]; the first `length` positions are filled. */
  self: { keys: Tensor; values: Tensor }[];
  /** Per block [B, h, S, k]: beams of an item share it. */
  readonly cross: { keys: Tensor; values: Tensor }[];
  /** [B, 1, 1, S], 0 or blocked. */
  readonly sourceBias: Tensor | null;
  /** [1, h, room, room] */
  readonly positionBias: Tensor;
  /** Positions decoded. */
  length: number;
  readonly beams: number;
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

  #drop(x: Tensor): Tensor {
    return drop(x, this.training ? this.#config.dropout_rate : 0);
  }

  /** [1, h, Q, K] from the first block's table of relative distances. */
  #positionBias(table: Embedding, queries: number, keys: number, bidirectional: boolean): Tensor {
    const buckets = relativeBuckets(queries, keys, {
      bidirectional,
      buckets: this.#config.relative_attention_num_buckets,
      maxDistance: this.#config.relative_attention_max_distance,
    }).to(table.weight.device);
    return table.forward(buckets).permute([2, 0, 1]).unsqueeze(0);
  }

  /** [B, S] of 0 and 1 → [B, 1, 1, S] of blocked and 0; null where nothing is masked. */
  #maskBias(mask: Tensor | null): Tensor | null {
    return mask === null ? null : mask.eq(0).to('float32').mul(BLOCKED).unsqueeze(1).unsqueeze(1);
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
    let bias = this.#positionBias(table, length, length, true);
    const masked = this.#maskBias(mask);
    if (masked !== null) bias = bias.add(masked); // [B, h, S, S]
    let x = this.#drop(embeddings);
    for (const { layer } of blocks) {
      const [self, feed] = layer;
      const normed = self.layer_norm.forward(x);
      const [keys, values] = self.SelfAttention.keysAndValues(normed);
      x = x.add(this.#drop(self.SelfAttention.attend(normed, keys, values, bias)));
      x = x.add(this.#drop(feed.DenseReluDense.forward(feed.layer_norm.forward(x))));
    }
    return this.#drop(this.encoder.final_layer_norm.forward(x));
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
    const bias = this.#positionBias(table, length, length, false).add(causal); // [1, h, L, L]
    const sourceBias = this.#maskBias(mask);
    let x = this.#drop(this.shared.forward(ids));
    for (const { layer } of blocks) {
      const [self, cross, feed] = layer;
      const normed = self.layer_norm.forward(x);
      const [keys, values] = self.SelfAttention.keysAndValues(normed);
      x = x.add(this.#drop(self.SelfAttention.attend(normed, keys, values, bias)));
      const [sourceKeys, sourceValues] = cross.EncDecAttention.keysAndValues(states);
      x = x.add(
        this.#drop(cross.EncDecAttention.attend(cross.layer_norm.forward(x), sourceKeys, sourceValues, sourceBias)),
      );
      x = x.add(this.#drop(feed.DenseReluDense.forward(feed.layer_norm.forward(x))));
    }
    return this.#drop(this.decoder.final_layer_norm.forward(x));
  }

  /** [..., d] → [..., vocabulary] */
  logits(states: Tensor): Tensor {
    const { d_model: d, tie_word_embeddings: tied, scale_decoder_outputs: scales = tied } = this.#config;
    // The first T5 scales the states, because its output layer is the embedding, whose deviation is 1.
    const scaled = scales ? states.mul(d ** -0.5) : states;
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
   * @returns the logits [B, L, vocabulary] and the mean negative log-likelihood of the labels, per token
   */
  forward(embeddings: Tensor, mask: Tensor | null, labels: Tensor): { logits: Tensor; loss: Tensor } {
    const states = this.encode(embeddings, mask);
    const logits = this.logits(this.decode(this.shiftRight(labels), states, mask)).to('float32');
    const loss = ops.crossEntropyLoss(logits.view([-1, logits.size(-1)]), labels.reshape([-1]), { ignoreIndex: -100 });
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
    const blocks = this.decoder.block;
    const { num_heads: h, d_kv: k } = this.#config;
    const rows = states.size(0) * beams;
    const table = blocks[0]?.layer[0].SelfAttention.relative_attention_bias as Embedding;
    return {
      self: blocks.map(() => ({
        keys: ops.empty([rows, h, room, k], { dtype: states.dtype, device: states.device }),
        values: ops.empty([rows, h, room, k], { dtype: states.dtype, device: states.device }),
      })),
      cross: blocks.map(({ layer }) => {
        const [keys, values] = layer[1].EncDecAttention.keysAndValues(states);
        return { keys: keys.contiguous(), values: values.contiguous() };
      }),
      sourceBias: this.#maskBias(mask)?.to(states.dtype) ?? null,
      positionBias: this.#positionBias(table, room, room, false).to(states.dtype).contiguous(),
      length: 0,
      beams,
    };
  }

  /**
   * One more token.
   *
   * @param ids [R] the tokens decoded last
   * @returns [R, vocabulary] logits of the next
   */
  decodeStep(ids: Tensor, cache: DecoderCache): Tensor {
    const at = cache.length;
    const rows = ids.size(0);
    const d = this.#config.d_model;
    const bias = cache.positionBias.narrow(2, at, 1).narrow(3, 0, at + 1); // [1, h, 1, at + 1]
    let x = this.shared.forward(ids).unsqueeze(1); // [R, 1, d]
    for (const [i, { layer }] of this.decoder.block.entries()) {
      const [self, cross, feed] = layer;
      const own = cache.self[i] as DecoderCache['self'][number];
      const normed = self.layer_norm.forward(x);
      const [key, value] = self.SelfAttention.keysAndValues(normed); // [R, h, 1, k]
      own.keys.narrow(2, at, 1).copy_(key);
      own.values.narrow(2, at, 1).copy_(value);
      const past = (buffer: Tensor) => buffer.narrow(2, 0, at + 1);
      x = x.add(self.SelfAttention.attend(normed, past(own.keys), past(own.values), bias));
      // Beams of an item stand side by side as its queries, so that the source's keys exist once per item.
      const source = cache.cross[i] as DecoderCache['cross'][number];
      const beside = cross.layer_norm.forward(x).view([rows / cache.beams, cache.beams, d]);
      const found = cross.EncDecAttention.attend(beside, source.keys, source.values, cache.sourceBias);
      x = x.add(found.view([rows, 1, d]));
      x = x.add(feed.DenseReluDense.forward(feed.layer_norm.forward(x)));
    }
    cache.length = at + 1;
    return this.logits(this.decoder.final_layer_norm.forward(x)).squeeze(1);
  }

  /** The same cache with room for more tokens. The old one's own buffers are the caller's to free. */
  enlarge(cache: DecoderCache, room: number): DecoderCache {
    const table = this.decoder.block[0]?.layer[0].SelfAttention.relative_attention_bias as Embedding;
    const enlarged = (buffer: Tensor) => {
      const [rows, h, , k] = buffer.shape as [number, number, number, number];
      const larger = ops.empty([rows, h, room, k], { dtype: buffer.dtype, device: buffer.device });
      larger.narrow(2, 0, cache.length).copy_(buffer.narrow(2, 0, cache.length));
      return larger;
    };
    return {
      ...cache,
      self: cache.self.map(({ keys, values }) => ({ keys: enlarged(keys), values: enlarged(values) })),
      positionBias: this.#positionBias(table, room, room, false).to(cache.positionBias.dtype).contiguous(),
    };
  }

  /** Rows of the cache change places (beam search): row i goes on from row `rows[i]`. */
  reorder(cache: DecoderCache, rows: Tensor): void {
    for (const own of cache.self) {
      for (const part of ['keys', 'values'] as const) {
        const filled = own[part].narrow(2, 0, cache.length);
        // index_select makes a copy first, so that rows may be read after they were overwritten
        filled.copy_(filled.indexSelect(0, rows));
      }
    }
  }
}
