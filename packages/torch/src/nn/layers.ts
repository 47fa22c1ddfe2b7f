/** The layers that the models use, with PyTorch's names, shapes and initial values. */
import { noGrad } from '../autograd.js';
import { ones, rand, randn, zeros } from '../create.js';
import { call } from '../operators.js';
import { keep } from '../scope.js';
import type { Tensor } from '../tensor.js';
import { Module, parameter } from './module.js';

/** Uniform on [−bound, bound). */
function uniform(shape: readonly number[], bound: number): Tensor {
  return parameter(
    noGrad(() =>
      rand(shape)
        .mul_(2 * bound)
        .sub_(bound),
    ),
  );
}

/** y = x Wᵀ + b. Weight [out, in], bias [out]; both start uniform on ±1/√in, as in PyTorch. */
export class Linear extends Module {
  readonly weight: Tensor;
  readonly bias: Tensor | null;

  constructor(inFeatures: number, outFeatures: number, options: { bias?: boolean } = {}) {
    super();
    const bound = 1 / Math.sqrt(inFeatures);
    this.weight = uniform([outFeatures, inFeatures], bound);
    this.bias = (options.bias ?? true) ? uniform([outFeatures], bound) : null;
  }

  /** @param x [..., in] @returns [..., out] */
  forward(x: Tensor): Tensor {
    return call('linear', [x, this.weight, this.bias]) as Tensor;
  }
}

/** Rows of a table. Weight [count, width], standard normal at first. */
export class Embedding extends Module {
  readonly weight: Tensor;

  constructor(count: number, width: number) {
    super();
    this.weight = parameter(randn([count, width]));
  }

  /** @param ids [...] int64 @returns [..., width] */
  forward(ids: Tensor): Tensor {
    return call('embedding', [this.weight, ids]) as Tensor;
  }
}

/** Centred and scaled over the last dimension. Weight and bias [width]. */
export class LayerNorm extends Module {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly epsilon: number;

  constructor(width: number, options: { epsilon?: number } = {}) {
    super();
    this.weight = parameter(ones([width]));
    this.bias = parameter(zeros([width]));
    this.epsilon = options.epsilon ?? 1e-5;
  }

  forward(x: Tensor): Tensor {
    return call('layer_norm', [x, this.weight.shape, this.weight, this.bias, this.epsilon]) as Tensor;
  }
}

/**
 * Scaled by the root mean square over the last dimension, without centring (T5, Llama). Weight [width].
 *
 * The mean of 16-bit inputs is taken in float32, as Hugging Face's T5LayerNorm does.
 */
export class RMSNorm extends Module {
  readonly weight: Tensor;
  readonly epsilon: number;

  constructor(width: number, options: { epsilon?: number } = {}) {
    super();
    this.weight = parameter(ones([width]));
    this.epsilon = options.epsilon ?? 1e-6;
  }

  forward(x: Tensor): Tensor {
    const wide = x.dtype === 'bfloat16' || x.dtype === 'float16' ? x.to('float32') : x;
    const scale = wide.square().mean(-1, true).add_(this.epsilon).rsqrt_();
    const scaled = wide.mul(scale);
    return scaled.to(this.weight.dtype).mul(this.weight);
  }
}

/** Normalised per channel over batch and length; running statistics are used outside training. */
export class BatchNorm1d extends Module {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly running_mean: Tensor;
  readonly running_var: Tensor;
  readonly num_batches_tracked: Tensor;
  readonly epsilon: number;
  readonly momentum: number;

  constructor(channels: number, options: { epsilon?: number; momentum?: number } = {}) {
    super();
    this.weight = parameter(ones([channels]));
    this.bias = parameter(zeros([channels]));
    this.running_mean = keep(zeros([channels]));
    this.running_var = keep(ones([channels]));
    this.num_batches_tracked = keep(zeros([], { dtype: 'int64' }));
    for (const field of ['running_mean', 'running_var', 'num_batches_tracked']) this.registerBuffer(field);
    this.epsilon = options.epsilon ?? 1e-5;
    this.momentum = options.momentum ?? 0.1;
  }

  /** @param x [B, channels] or [B, channels, L] */
  forward(x: Tensor): Tensor {
    if (this.training) noGrad(() => this.num_batches_tracked.add_(1));
    return call('batch_norm', [
      x,
      this.weight,
      this.bias,
      this.running_mean,
      this.running_var,
      this.training,
      this.momentum,
      this.epsilon,
      false, // cuDNN's own path: same numbers, and off where there is no cuDNN
    ]) as Tensor;
  }
}

/** Zeroes a share `p` of the elements while training and scales the others by 1 / (1 − p). */
export class Dropout extends Module {
  readonly p: number;

  constructor(p: number) {
    super();
    this.p = p;
  }

  forward(x: Tensor): Tensor {
    return this.training && this.p > 0 ? (call('dropout', [x, this.p, true]) as Tensor) : x;
  }
}
