import type { Tensor } from '@clinragen/torch';
import { ops } from '@clinragen/torch';
import { Linear, Module } from '@clinragen/torch/nn';

export interface KnowledgeAttentionConfig {
  /** Width of the series' tokens and of the language model, d. */
  readonly width: number;
  readonly heads: number; // h
  readonly headWidth: number;
  readonly dropout: number;
}

export interface Attended {
  readonly states: Tensor; // [B, P, d]
  readonly weights: Tensor; // [B, h, P, K]: the terms behind each patch
}

/**
 * Knowledge-augmented attention (paper, section 3.3.3): says the series in the words of the knowledge corpus.
 *
 * Queries are the encoded series, keys and values the corpus. Time-LLM's reprogramming layer, whose parameter names it
 * keeps; eight heads of 32 in the authors' code.
 */
export class KnowledgeAttention extends Module {
  readonly query_projection: Linear;
  readonly key_projection: Linear;
  readonly value_projection: Linear;
  readonly out_projection: Linear;
  readonly #config: KnowledgeAttentionConfig;

  constructor(config: KnowledgeAttentionConfig) {
    super();
    const inner = config.heads * config.headWidth;
    this.query_projection = new Linear(config.width, inner);
    this.key_projection = new Linear(config.width, inner);
    this.value_projection = new Linear(config.width, inner);
    this.out_projection = new Linear(inner, config.width);
    this.#config = config;
  }

  /**
   * @param series [B, P, d] one token per patch
   * @param corpus [K, d] one row per medical term
   */
  forward(series: Tensor, corpus: Tensor): Attended {
    const { heads: h, headWidth: e, dropout } = this.#config;
    const [b, p] = series.shape as [number, number, number];
    const terms = corpus.size(0);
    const q = this.query_projection.forward(series).view([b, p, h, e]).transpose(1, 2); // [B, h, P, e]
    const k = this.key_projection.forward(corpus).view([terms, h, e]).transpose(0, 1); // [h, K, e]
    const v = this.value_projection.forward(corpus).view([terms, h, e]).transpose(0, 1); // [h, K, e]
    const weights = q
      .matmul(k.transpose(-2, -1))
      .mul(e ** -0.5)
      .softmax(-1); // [B, h, P, K]
    const kept = this.training && dropout > 0 ? ops.dropout(weights, dropout, true) : weights;
    const states = kept
      .to(v.dtype)
      .matmul(v)
      .transpose(1, 2)
      .reshape([b, p, h * e]);
    return { states: this.out_projection.forward(states), weights };
  }
}
