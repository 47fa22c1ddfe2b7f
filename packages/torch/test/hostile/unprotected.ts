/**
 * Operators that check too little of what they are given: ATen's halves of other operators, meant for arguments that those
 * computed. Called with anything else they read outside their tensors. README.md says so too.
 */
const PATTERNS: readonly RegExp[] = [
  /^_/, // internal by ATen's own convention
  /backward/, // the gradient formulas, which autograd calls
  /^(fbgemm|quantized|q_|fused_moving_avg_obs)/, // packed and quantized weights
  /^special_.*polynomial/, // adds up as many terms as the order says, be it for days
  /^(mkldnn|miopen|cudnn|native)_/, // one backend's part of an operator
];

const NAMES: ReadonlySet<string> = new Set([
  'range', // deprecated; a step that its whole-number dtype rounds to 0 divides by it
  'lu_unpack', // reads as many pivots as the matrix has rows, however many there are
  'lstm', // these four take as many weights as the layers need from a list, however long it is
  'gru',
  'rnn_tanh',
  'rnn_relu',
  'choose_qparams_optimized', // searches without end between infinite bounds
  // Protected in today's libtorch, but not in 1.13:
  'align_tensors',
  'batch_norm_update_stats',
  'histogramdd',
  'pixel_shuffle',
  'pixel_unshuffle',
  'rrelu_with_noise',
  'rrelu_with_noise_',
  'slow_conv3d',
  'slow_conv3d_forward',
  'to_sparse_bsc',
  'thnn_conv2d',
  'to_sparse_bsr',
]);

export function isUnprotected(operator: string): boolean {
  return NAMES.has(operator) || PATTERNS.some((pattern) => pattern.test(operator));
}
