import { noGrad } from '../autograd.js';
import { full, zeros } from '../create.js';
import { TorchError } from '../errors.js';
import { atenName, call } from '../operators.js';
import { keep, scope } from '../scope.js';
import type { Device, Tensor } from '../tensor.js';

/** Parameters with settings of their own; what is left out is the optimizer's. */
export interface ParameterGroup {
  readonly parameters: Iterable<Tensor>;
  readonly lr?: number;
  readonly weightDecay?: number;
}

export interface AdamWOptions {
  /** Learning rate; default 1e-3, PyTorch's. */
  readonly lr?: number;
  /** Decay rates of the averages of gradients and of their squares; default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to the denominator; default 1e-8. */
  readonly epsilon?: number;
  /** Share of a weight that is taken away per step, times the learning rate; default 0.01. */
  readonly weightDecay?: number;
  /** ATen's fused kernel; default: where this libtorch has it for the parameters' device. */
  readonly fused?: boolean;
}

/** What a run needs to go on as if it had never stopped. `tensors` goes into a safetensors file, `scalars` into JSON. */
export interface AdamWState {
  /** `<i>.exp_avg` and `<i>.exp_avg_sq` for parameter i in the order given; the optimizer's own tensors, not copies. */
  readonly tensors: Map<string, Tensor>;
  readonly scalars: {
    /** Steps that each parameter has taken; 0 where it never had a gradient. */
    readonly steps: readonly number[];
    readonly groups: readonly { readonly lr: number; readonly baseLr: number; readonly weightDecay: number }[];
  };
}

interface Slot {
  readonly parameter: Tensor;
  steps: number;
  /** Running averages of the gradient and of its square; made at the first step, as in PyTorch. */
  average: Tensor | null;
  square: Tensor | null;
}

interface Group {
  readonly slots: readonly Slot[];
  /** The rate now, and the one that schedules scale. */
  lr: number;
  baseLr: number;
  weightDecay: number;
}

interface Batch {
  readonly parameters: Tensor[];
  readonly gradients: Tensor[];
  readonly averages: Tensor[];
  readonly squares: Tensor[];
  readonly steps: number[];
}

/**
 * AdamW (Loshchilov and Hutter, 2019) with PyTorch's numbers: weight decay apart from the gradient's averages.
 *
 * Frozen parameters and those without a gradient are left as they are, and take no step.
 *
 * @example
 * const optimizer = new AdamW(model.trainableParameters(), { lr: 3e-4 });
 * loss.backward();
 * optimizer.step();
 * optimizer.zeroGrad();
 */
export class AdamW {
  readonly #groups: readonly Group[];
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  readonly #fused: boolean;

  constructor(parameters: Iterable<Tensor> | readonly ParameterGroup[], options: AdamWOptions = {}) {
    const { lr = 1e-3, weightDecay = 0.01 } = options;
    [this.#beta1, this.#beta2] = options.betas ?? [0.9, 0.999];
    this.#epsilon = options.epsilon ?? 1e-8;
    this.#fused = options.fused ?? true;
    between('betas[0]', this.#beta1, 0, 1);
    between('betas[1]', this.#beta2, 0, 1);
    atLeastZero('epsilon', this.#epsilon);
    const seen = new Set<Tensor>();
    this.#groups = groupsOf(parameters).map((group) => ({
      slots: [...group.parameters].map((parameter) => {
        if (seen.has(parameter)) throw refusal(`the parameter ${parameter.describe()} was given twice`);
        seen.add(parameter);
        return { parameter, steps: 0, average: null, square: null };
      }),
      lr: atLeastZero('lr', group.lr ?? lr),
      baseLr: group.lr ?? lr,
      weightDecay: atLeastZero('weightDecay', group.weightDecay ?? weightDecay),
    }));
    if (seen.size === 0) throw refusal('there are no parameters to optimize');
  }

  /** Moves every parameter that has a gradient. */
  step(): void {
    scope(() =>
      noGrad(() => {
        for (const group of this.#groups) {
          for (const [device, batch] of this.#batches(group)) {
            (this.#fused && hasFused(device) ? fusedStep : foreachStep)(batch, {
              lr: group.lr,
              beta1: this.#beta1,
              beta2: this.#beta2,
              weightDecay: group.weightDecay,
              eps: this.#epsilon,
            });
          }
        }
      }),
    );
  }

  /** Forgets all gradients: the next backward starts from none. */
  zeroGrad(): void {
    for (const { slots } of this.#groups) for (const { parameter } of slots) parameter.grad = null;
  }

  /** The groups' learning rates now. */
  get learningRates(): readonly number[] {
    return this.#groups.map((group) => group.lr);
  }

  /** Sets the learning rate of every group, or of one; schedules scale this rate from then on. */
  setLearningRate(lr: number, group?: number): void {
    atLeastZero('lr', lr);
    const chosen = group === undefined ? this.#groups : this.#groups.slice(group, group + 1);
    if (chosen.length === 0) throw refusal(`there is no group ${group}, only ${this.#groups.length}`);
    for (const one of chosen) {
      one.lr = lr;
      one.baseLr = lr;
    }
  }

  /** Sets every group's rate to its own base rate times `factor`, which a schedule gives. */
  scaleLearningRate(factor: number): void {
    atLeastZero('factor', factor);
    for (const group of this.#groups) group.lr = group.baseLr * factor;
  }

  stateDict(): AdamWState {
    const tensors = new Map<string, Tensor>();
    const slots = this.#slots();
    for (const [i, { average, square }] of slots.entries()) {
      if (average === null || square === null) continue;
      tensors.set(`${i}.exp_avg`, average);
      tensors.set(`${i}.exp_avg_sq`, square);
    }
    return {
      tensors,
      scalars: {
        steps: slots.map(({ steps }) => steps),
        groups: this.#groups.map(({ lr, baseLr, weightDecay }) => ({ lr, baseLr, weightDecay })),
      },
    };
  }

  /**
   * Takes over a state made by `stateDict`; its tensors are copied.
   *
   * @throws TorchError where it has other parameters, other shapes or other groups; nothing is changed then
   */
  loadStateDict(state: AdamWState): void {
    const slots = this.#slots();
    const { steps, groups } = state.scalars;
    if (steps.length !== slots.length || groups.length !== this.#groups.length) {
      throw refusal(
        `the state is of ${steps.length} parameters in ${groups.length} groups, the optimizer has ${slots.length} in ${this.#groups.length}`,
      );
    }
    for (const [i, slot] of slots.entries()) {
      if (steps[i] === 0) continue;
      for (const name of [`${i}.exp_avg`, `${i}.exp_avg_sq`]) {
        const tensor = state.tensors.get(name);
        if (tensor?.shape.join() !== slot.parameter.shape.join()) {
          throw refusal(
            `${name} is ${tensor?.describe() ?? 'missing'} in the state, the parameter is ${slot.parameter.describe()}`,
          );
        }
      }
    }
    noGrad(() => {
      for (const [i, slot] of slots.entries()) {
        slot.steps = steps[i] as number;
        this.#forget(slot);
        if (slot.steps === 0) continue;
        startAverages(slot);
        slot.average?.copy_(state.tensors.get(`${i}.exp_avg`) as Tensor);
        slot.square?.copy_(state.tensors.get(`${i}.exp_avg_sq`) as Tensor);
      }
    });
    for (const [i, group] of this.#groups.entries()) Object.assign(group, groups[i]);
  }

  /** Frees the averages; parameters stay. */
  dispose(): void {
    for (const slot of this.#slots()) this.#forget(slot);
  }

  #forget(slot: Slot): void {
    slot.average?.dispose();
    slot.square?.dispose();
    slot.average = null;
    slot.square = null;
  }

  #slots(): Slot[] {
    return this.#groups.flatMap(({ slots }) => slots);
  }

  /** What moves in this step, by device and dtype: one call takes many parameters, but only of one kind. */
  #batches(group: Group): [Device, Batch][] {
    const batches = new Map<string, [Device, Batch]>();
    for (const slot of group.slots) {
      const { parameter } = slot;
      if (!parameter.requiresGrad) continue;
      const gradient = parameter.grad;
      if (gradient === null) continue;
      if (slot.average === null) startAverages(slot);
      slot.steps++;
      const { device, dtype } = parameter;
      const key = `${device} ${dtype}`;
      let entry = batches.get(key);
      if (entry === undefined) {
        entry = [device, { parameters: [], gradients: [], averages: [], squares: [], steps: [] }];
        batches.set(key, entry);
      }
      const [, batch] = entry;
      batch.parameters.push(parameter);
      batch.gradients.push(gradient);
      batch.averages.push(slot.average as Tensor);
      batch.squares.push(slot.square as Tensor);
      batch.steps.push(slot.steps);
    }
    return [...batches.values()];
  }
}

interface Rates {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  readonly eps: number;
}

/** One kernel for all parameters: reads and writes each number once. */
function fusedStep(batch: Batch, rates: Rates): void {
  // The kernel wants a tensor per parameter; those that have taken as many steps share one.
  const counts = new Map<number, Tensor>();
  const device = (batch.parameters[0] as Tensor).device;
  const steps = batch.steps.map((step) => {
    const known = counts.get(step) ?? full([], step, { device });
    counts.set(step, known);
    return known;
  });
  const { parameters, gradients, averages, squares } = batch;
  call('_fused_adamw_', [
    parameters,
    gradients,
    averages,
    squares,
    [],
    steps,
    { ...rates, amsgrad: false, maximize: false },
  ]);
}

/** The same numbers from one call per arithmetic step, where this libtorch has no fused kernel for the device. */
function foreachStep(batch: Batch, { lr, beta1, beta2, weightDecay, eps }: Rates): void {
  const { parameters, gradients, averages, squares, steps } = batch;
  if (weightDecay !== 0) call('_foreach_mul_', [parameters, 1 - lr * weightDecay]);
  call('_foreach_mul_', [averages, beta1]);
  call('_foreach_add_', [averages, gradients, { alpha: 1 - beta1 }]);
  call('_foreach_mul_', [squares, beta2]);
  call('_foreach_addcmul_', [squares, gradients, gradients, 1 - beta2]);
  const denominators = call('_foreach_sqrt', [squares]) as Tensor[];
  call('_foreach_div_', [denominators, steps.map((step) => Math.sqrt(1 - beta2 ** step))]);
  call('_foreach_add_', [denominators, eps]);
  call('_foreach_addcdiv_', [parameters, averages, denominators, steps.map((step) => -lr / (1 - beta1 ** step))]);
}

const fusedDevices = new Map<string, boolean>();

/** Whether this libtorch has the fused kernel for a device: tried once on one number, because versions differ by device. */
function hasFused(device: Device): boolean {
  const kind = device.split(':')[0] as string;
  let has = fusedDevices.get(kind);
  if (has === undefined) {
    has = atenName('_fusedAdamw_') !== undefined;
    if (has) {
      try {
        const one = () => zeros([1], { device });
        const batch = { parameters: [one()], gradients: [one()], averages: [one()], squares: [one()], steps: [1] };
        fusedStep(batch, { lr: 0, beta1: 0.9, beta2: 0.999, weightDecay: 0, eps: 1e-8 });
      } catch (error) {
        if (!(error instanceof TorchError)) throw error;
        has = false;
      }
    }
    fusedDevices.set(kind, has);
  }
  return has;
}

function startAverages(slot: Slot): void {
  // zeros_like keeps the memory layout, which the fused kernel expects of all four tensors alike.
  slot.average = keep(call('zeros_like', [slot.parameter.detach()]) as Tensor);
  slot.square = keep(call('zeros_like', [slot.parameter.detach()]) as Tensor);
}

function groupsOf(parameters: Iterable<Tensor> | readonly ParameterGroup[]): ParameterGroup[] {
  const given: (Tensor | ParameterGroup)[] = [...parameters];
  if (given.every((one): one is ParameterGroup => 'parameters' in one)) return given;
  return [{ parameters: given as Tensor[] }];
}

function between(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value < high)) throw refusal(`${name} is a number from ${low} up to ${high}, not ${value}`);
}

function atLeastZero(name: string, value: number): number {
  if (!(value >= 0 && Number.isFinite(value))) throw refusal(`${name} is a number from 0 on, not ${value}`);
  return value;
}

const refusal = (message: string): TorchError => new TorchError('argument', message, { operator: 'AdamW' });
