import { noGrad } from '../autograd.js';
import type { DType } from '../dtypes.js';
import { TorchError } from '../errors.js';
import { call } from '../operators.js';
import { keep } from '../scope.js';
import { type Device, Tensor } from '../tensor.js';

/** How a given state fits a module: names the module has and the state lacks, and the other way round. */
export interface StateFit {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

/**
 * Weights with names. A module's fields that are tensors are its parameters, fields that are modules or arrays of modules
 * its children; names are the fields', joined by dots, as in PyTorch: `encoder.block.0.layer.0.SelfAttention.q.weight`.
 *
 * Fields named by `buffers` are state without gradients (running statistics).
 */
export abstract class Module {
  /** True while training: dropout drops, batch norm counts. */
  training = true;
  readonly #buffers = new Set<string>();

  /** Makes a field a buffer instead of a parameter. */
  protected registerBuffer(field: string): void {
    this.#buffers.add(field);
  }

  #children(): [string, Module][] {
    const found: [string, Module][] = [];
    for (const [name, value] of Object.entries(this)) {
      if (value instanceof Module) found.push([name, value]);
      else if (Array.isArray(value)) {
        for (const [i, child] of value.entries()) if (child instanceof Module) found.push([`${name}.${i}`, child]);
      }
    }
    return found;
  }

  /** This module and all below it, with their names; the module itself has the name ''. */
  *namedModules(prefix = ''): Generator<[string, Module]> {
    yield [prefix, this];
    for (const [name, child] of this.#children()) yield* child.namedModules(prefix === '' ? name : `${prefix}.${name}`);
  }

  *#tensors(buffers: boolean): Generator<[string, Tensor]> {
    const seen = new Set<Tensor>();
    for (const [prefix, module] of this.namedModules()) {
      for (const [field, value] of Object.entries(module)) {
        if (!(value instanceof Tensor) || module.#buffers.has(field) !== buffers || seen.has(value)) continue;
        seen.add(value);
        yield [prefix === '' ? field : `${prefix}.${field}`, value];
      }
    }
  }

  /** Parameters by name; a tied one appears once, under its first name. */
  namedParameters(): Generator<[string, Tensor]> {
    return this.#tensors(false);
  }

  namedBuffers(): Generator<[string, Tensor]> {
    return this.#tensors(true);
  }

  /** Parameters that are trained: those not frozen. */
  trainableParameters(): Tensor[] {
    return [...this.namedParameters()].map(([, tensor]) => tensor).filter((tensor) => tensor.requiresGrad);
  }

  /** Number of weights; a tied one counts once. */
  parameterCount(): number {
    let count = 0;
    for (const [, tensor] of this.namedParameters()) count += tensor.shape.reduce((a, b) => a * b, 1);
    return count;
  }

  /** Parameters and buffers by name: the module's own tensors, not copies. */
  stateDict(): Map<string, Tensor> {
    return new Map([...this.namedParameters(), ...this.namedBuffers()]);
  }

  /**
   * Copies values into the module's tensors, converting dtype and device.
   *
   * @param options.strict  default true: missing or unexpected names are an error, and nothing is copied
   * @throws TorchError where names do not fit (strict) or a shape differs
   */
  loadStateDict(state: ReadonlyMap<string, Tensor>, options: { strict?: boolean } = {}): StateFit {
    const own = this.stateDict();
    const missing = [...own.keys()].filter((name) => !state.has(name));
    const unexpected = [...state.keys()].filter((name) => !own.has(name));
    if ((options.strict ?? true) && missing.length + unexpected.length > 0) {
      const list = (names: string[]) =>
        `${names.slice(0, 5).join(', ')}${names.length > 5 ? `, … (${names.length})` : ''}`;
      const parts = [
        ...(missing.length > 0 ? [`missing ${list(missing)}`] : []),
        ...(unexpected.length > 0 ? [`unexpected ${list(unexpected)}`] : []),
      ];
      throw new TorchError('argument', `the state does not fit the module: ${parts.join('; ')}`, {
        operator: 'loadStateDict',
      });
    }
    for (const [name, tensor] of own) {
      const value = state.get(name);
      if (value !== undefined && value.shape.join() !== tensor.shape.join()) {
        throw new TorchError('argument', `${name} is ${tensor.describe()} here and ${value.describe()} in the state`, {
          operator: 'loadStateDict',
        });
      }
    }
    noGrad(() => {
      for (const [name, tensor] of own) {
        const value = state.get(name);
        if (value !== undefined) call('copy_', [tensor, value]);
      }
    });
    return { missing, unexpected };
  }

  train(mode = true): this {
    for (const [, module] of this.namedModules()) module.training = mode;
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  /** Freezes every parameter below: no gradients, no updates. */
  freeze(): this {
    return this.requireGradients(false);
  }

  unfreeze(): this {
    return this.requireGradients(true);
  }

  requireGradients(require: boolean): this {
    for (const [, tensor] of this.namedParameters()) tensor.requiresGrad = require;
    return this;
  }

  zeroGrad(): void {
    for (const [, tensor] of this.namedParameters()) tensor.grad = null;
  }

  /** Moves and converts parameters and buffers in place; whole-number buffers keep their dtype. */
  to(target: { device?: Device; dtype?: DType }): this {
    noGrad(() => {
      for (const tensor of this.stateDict().values()) {
        const dtype = /int|bool/.test(tensor.dtype) ? tensor.dtype : (target.dtype ?? tensor.dtype);
        const moved = tensor.to(target.device ?? tensor.device, dtype);
        if (moved !== tensor) {
          call('set_data', [tensor, moved]);
          tensor.touched();
          moved.dispose();
        }
      }
    });
    return this;
  }

  /** Frees every parameter and buffer. */
  dispose(): void {
    for (const tensor of this.stateDict().values()) tensor.dispose();
  }
}

/** Makes a tensor a parameter: it outlives scopes and receives gradients. */
export function parameter(tensor: Tensor): Tensor {
  tensor.requiresGrad = true;
  return keep(tensor);
}
