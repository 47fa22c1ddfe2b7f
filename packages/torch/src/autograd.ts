/** Gradients and precision: what holds while a function runs. */
import { type DType, dtypeCode } from './dtypes.js';
import { TorchError } from './errors.js';
import { native } from './native.js';
import { call } from './operators.js';
import { scope } from './scope.js';
import { type Device, liveHandle, Tensor } from './tensor.js';
import { begin, put, receive } from './wire.js';

function synchronous<T>(name: string, result: T): T {
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new TorchError(
      'argument',
      `${name}() takes a synchronous function: its effect ends when the function returns`,
    );
  }
  return result;
}

/** Runs `body` without recording gradients. */
export function noGrad<T>(body: () => T): T {
  const before = native.setGradEnabled(false);
  try {
    return synchronous('noGrad', body());
  } finally {
    native.setGradEnabled(before);
  }
}

/** Runs `body` with gradients recorded, inside a `noGrad`. */
export function enableGrad<T>(body: () => T): T {
  const before = native.setGradEnabled(true);
  try {
    return synchronous('enableGrad', body());
  } finally {
    native.setGradEnabled(before);
  }
}

/**
 * Runs `body` with PyTorch's automatic mixed precision: matrix products in `dtype`, sums and losses in float32.
 *
 * @param options.device  default `cpu`
 * @param options.dtype   default `bfloat16`
 * @param options.enabled default true; false switches it off inside another autocast
 */
export function autocast<T>(body: () => T, options: { device?: Device; dtype?: DType; enabled?: boolean } = {}): T {
  const device = (options.device ?? 'cpu').split(':')[0] as string;
  const dtype = options.dtype ?? 'bfloat16';
  if (dtype !== 'bfloat16' && dtype !== 'float16') {
    throw new TorchError('argument', `computes in bfloat16 or float16, not ${dtype}`, { operator: 'autocast' });
  }
  let before: number;
  try {
    before = native.enterAutocast(device, dtypeCode(dtype), options.enabled ?? true);
  } catch (cause) {
    throw new TorchError('argument', (cause as Error).message, { operator: 'autocast', cause });
  }
  try {
    return synchronous('autocast', body());
  } finally {
    native.leaveAutocast(device, before);
  }
}

function putTensors(tensors: readonly (Tensor | null)[]): void {
  put(tensors.length);
  for (const tensor of tensors) put(tensor === null ? -1 : liveHandle(tensor, 'grad'));
}

/**
 * The gradients of `outputs` with respect to `inputs`, without touching any `grad`.
 *
 * @param options.allowUnused  null for inputs that the outputs do not depend on, instead of an error
 */
export function grad(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  options: {
    gradients?: readonly (Tensor | null)[];
    retainGraph?: boolean;
    createGraph?: boolean;
    allowUnused?: boolean;
  } = {},
): (Tensor | null)[] {
  if (outputs.length === 0 || inputs.length === 0) {
    throw new TorchError('argument', 'needs at least one output and one input', { operator: 'grad' });
  }
  const create = options.createGraph ?? false;
  begin();
  putTensors(outputs);
  putTensors(options.gradients ?? outputs.map(() => null));
  putTensors(inputs);
  try {
    const buffer = receive(native.gradientsOf(options.retainGraph ?? create, create, options.allowUnused ?? false));
    const handles = Array.from(buffer.subarray(0, inputs.length));
    return handles.map((handle) => (handle < 0 ? null : new Tensor(handle)));
  } catch (cause) {
    if (cause instanceof TorchError) throw cause;
    throw new TorchError('operator', (cause as Error).message, {
      operator: 'grad',
      shapes: outputs.map((tensor) => tensor.describe()),
      cause,
    });
  }
}

/**
 * Scales the gradients of `parameters` in place so that their joint norm is at most `maxNorm`, as
 * torch.nn.utils.clip_grad_norm_ does.
 *
 * @returns the norm before
 */
export function clipGradNorm(parameters: Iterable<Tensor>, maxNorm: number): number {
  return scope(() =>
    noGrad(() => {
      const gradients: Tensor[] = [];
      for (const parameter of parameters) {
        const gradient = parameter.grad;
        if (gradient !== null) gradients.push(gradient);
      }
      if (gradients.length === 0) return 0;
      const norms = call('_foreach_norm', [gradients, 2]) as Tensor[];
      const norm = (call('stack', [norms]) as Tensor).to('float32').norm().item();
      // 1e-6 as in PyTorch, which divides by norm + 1e-6.
      if (norm > maxNorm) call('_foreach_mul_', [gradients, maxNorm / (norm + 1e-6)]);
      return norm;
    }),
  );
}
