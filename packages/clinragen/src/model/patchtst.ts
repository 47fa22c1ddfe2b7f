/**
 * PatchTST's encoder (Nie et al. 2023), channel-independent: every variable is read by the same weights, as a sentence of
 * patches. Parameter names and numbers are those of the official implementation (self-supervised variant).
 *
 * Notation: B stays, P patches, V variables, w numbers a patch, d width, h heads.
 */
import { keep, ops, rand, type Tensor, tensor } from '@clinragen/torch';
import { BatchNorm1d, LayerNorm, Linear, Module, parameter } from '@clinragen/torch/nn';
import { ModelError } from './model-error.js';

export interface PatchTSTConfig {
  /** Numbers that a patch hands in, w: its hours, once or with their measured mask. */
  readonly patchWidth: number;
  /** Most patches that a position is known for. */
  readonly maxPatches: number;
  readonly width: number; // d
  readonly heads: number;
  readonly feedForward: number;
  readonly layers: number;
  readonly dropout: number;
  readonly norm: 'batch' | 'layer';
}

function drop(x: Tensor, p: number): Tensor {
  return p > 0 ? ops.dropout(x, p, true) : x;
}

/** Holds the scores' factor, 1/√(d/h) at first: the official code keeps it in the state, untrained. */
class ScaledDotProduct extends Module {
  readonly scale: Tensor;
  constructor(headWidth: number) {
    super();
    this.scale = keep(tensor(headWidth ** -0.5));
    this.registerBuffer('scale');
  }
}

/** The official code's scores are handed from layer to layer ("residual attention", RealFormer). */
class ResidualAttention extends Module {
  readonly W_Q: Linear;
  readonly W_K: Linear;
  readonly W_V: Linear;
  readonly to_out: readonly [Linear];
  readonly sdp_attn: ScaledDotProduct;
  readonly #heads: number;

  constructor(width: number, heads: number) {
    super();
    if (width % heads !== 0) throw new ModelError(`series encoder: width ${width} does not divide into ${heads} heads`);
    this.W_Q = new Linear(width, width);
    this.W_K = new Linear(width, width);
    this.W_V = new Linear(width, width);
    this.to_out = [new Linear(width, width)];
    this.sdp_attn = new ScaledDotProduct(width / heads);
    this.#heads = heads;
  }

  #split(x: Tensor): Tensor {
    return x.view([x.size(0), x.size(1), this.#heads, -1]).transpose(1, 2);
  }

  /**
   * @param x      [N, P, d]
   * @param bias   [N, 1, 1, P] of 0 and very negative, or null
   * @param before [N, h, P, P] the scores of the layer below, or null
   */
  forward(x: Tensor, bias: Tensor | null, before: Tensor | null): { states: Tensor; scores: Tensor } {
    const q = this.#split(this.W_Q.forward(x)); // [N, h, P, d/h]
    const k = this.#split(this.W_K.forward(x));
    const v = this.#split(this.W_V.forward(x));
    let scores = q.matmul(k.transpose(-2, -1)).mul(this.sdp_attn.scale); // [N, h, P, P]
    if (before !== null) scores = scores.add(before);
    const weights = (bias === null ? scores : scores.add(bias)).softmax(-1);
    const states = weights
      .to(v.dtype)
      .matmul(v)
      .transpose(1, 2)
      .reshape(x.shape as number[]);
    return { states: this.to_out[0].forward(states), scores };
  }
}

class EncoderLayer extends Module {
  readonly self_attn: ResidualAttention;
  readonly norm_attn: Norm;
  readonly ff: FeedForward;
  readonly norm_ffn: Norm;
  readonly #dropout: number;

  constructor(config: PatchTSTConfig) {
    super();
    this.self_attn = new ResidualAttention(config.width, config.heads);
    this.norm_attn = makeNorm(config);
    this.ff = new FeedForward(config);
    this.norm_ffn = makeNorm(config);
    this.#dropout = config.dropout;
  }

  forward(x: Tensor, bias: Tensor | null, before: Tensor | null): { states: Tensor; scores: Tensor } {
    const p = this.training ? this.#dropout : 0;
    const attended = this.self_attn.forward(x, bias, before);
    const normed = this.norm_attn.forward(x.add(drop(attended.states, p)));
    const states = this.norm_ffn.forward(normed.add(drop(this.ff.forward(normed), p)));
    return { states, scores: attended.scores };
  }
}

type Norm = LayerNorm | TransposedBatchNorm;

function makeNorm(config: PatchTSTConfig): Norm {
  return config.norm === 'batch' ? new TransposedBatchNorm(config.width) : new LayerNorm(config.width);
}

/** Batch norm over the width; the official Sequential puts it at index 1, between two transpositions. */
class TransposedBatchNorm extends Module {
  readonly 1: BatchNorm1d;
  constructor(width: number) {
    super();
    this[1] = new BatchNorm1d(width);
  }
  forward(x: Tensor): Tensor {
    // Statistics over stays and patches per channel: those of [N, d, P], without the two transpositions.
    return this[1].forward(x.reshape([-1, x.size(-1)])).view(x.shape as number[]);
  }
}

/** The official Sequential: linear at 0, GELU and dropout, linear at 3. */
class FeedForward extends Module {
  readonly 0: Linear;
  readonly 3: Linear;
  readonly #dropout: number;
  constructor(config: PatchTSTConfig) {
    super();
    this[0] = new Linear(config.width, config.feedForward);
    this[3] = new Linear(config.feedForward, config.width);
    this.#dropout = config.dropout;
  }
  forward(x: Tensor): Tensor {
    return this[3].forward(drop(this[0].forward(x).gelu(), this.training ? this.#dropout : 0));
  }
}

class Encoder extends Module {
  readonly layers: EncoderLayer[];
  constructor(config: PatchTSTConfig) {
    super();
    this.layers = Array.from({ length: config.layers }, () => new EncoderLayer(config));
  }
}

export class PatchTST extends Module {
  readonly W_pos: Tensor; // [maxPatches, d]
  readonly W_P: Linear;
  readonly encoder: Encoder;
  readonly #config: PatchTSTConfig;

  constructor(config: PatchTSTConfig) {
    super();
    this.#config = config;
    // As the official code starts it ("zeros" there means uniform on ±0.02).
    this.W_pos = parameter(rand([config.maxPatches, config.width]).mul_(0.04).sub_(0.02));
    this.W_P = new Linear(config.patchWidth, config.width);
    this.encoder = new Encoder(config);
  }

  get config(): PatchTSTConfig {
    return this.#config;
  }

  /**
   * @param patches [B, P, V, w]
   * @param mask    [B, P] 1 where the stay has the patch; null where all have all. Missing ones are not attended to.
   * @returns [B, V, d, P]
   * @throws ModelError for more patches than positions
   */
  forward(patches: Tensor, mask: Tensor | null = null): Tensor {
    const [b, p, v] = patches.shape as [number, number, number, number];
    const { width: d, maxPatches, dropout } = this.#config;
    if (p > maxPatches) throw new ModelError(`a series of ${p} patches, the encoder knows positions for ${maxPatches}`);
    const embedded = this.W_P.forward(patches)
      .transpose(1, 2)
      .reshape([b * v, p, d]); // [B·V, P, d]
    let x = drop(embedded.add(this.W_pos.narrow(0, 0, p)), this.training ? dropout : 0);
    const bias =
      mask === null
        ? null
        : mask
            .eq(0)
            .to('float32')
            .mul(-1e9)
            .unsqueeze(1)
            .expand([b, v, p])
            .reshape([b * v, 1, 1, p]);
    let scores: Tensor | null = null;
    for (const layer of this.encoder.layers) ({ states: x, scores } = layer.forward(x, bias, scores));
    return x.view([b, v, p, d]).transpose(2, 3); // [B, V, d, P]
  }
}
