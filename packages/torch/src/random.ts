/** Random numbers: seeds and generators whose state can be saved and put back. */
import { fromBytes } from './create.js';
import { TorchError } from './errors.js';
import { native } from './native.js';
import { type Device, Tensor } from './tensor.js';

/** Seeds every device's default generator. */
export function manualSeed(seed: number): void {
  native.manualSeed(checkedSeed(seed));
}

const unused = new FinalizationRegistry<number>((index) => native.releaseGenerator(index));

/** A stream of random numbers. `Generator.default()` is the one that operators use where none is named. */
export class Generator {
  /** @internal the addon's number of it */
  readonly index: number;

  /** @throws TorchError for a device that this libtorch does not have */
  constructor(seed: number, device: Device = 'cpu') {
    this.index = fromAddon('Generator', () => native.newGenerator(device, checkedSeed(seed)));
    unused.register(this, this.index);
  }

  /** The generator behind dropout and all random operators of a device. */
  static default(device: Device = 'cpu'): Generator {
    const generator = Object.create(Generator.prototype) as { index: number };
    generator.index = fromAddon('Generator', () => native.defaultGenerator(device));
    unused.register(generator, generator.index);
    return generator as Generator;
  }

  /** The state as bytes, to be saved beside a checkpoint. */
  state(): Uint8Array {
    const state = new Tensor(fromAddon('state', () => native.generatorState(this.index)));
    const bytes = state.toTypedArray() as Uint8Array;
    state.dispose();
    return bytes;
  }

  /** Puts a state back that `state` gave: the same numbers follow as followed it then. */
  setState(state: Uint8Array): void {
    const bytes = fromBytes('uint8', [state.length], state);
    try {
      fromAddon('setState', () => native.setGeneratorState(this.index, bytes.handle));
    } finally {
      bytes.dispose();
    }
  }
}

function checkedSeed(seed: number): number {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new TorchError('argument', `a seed is a whole number from 0 on, not ${seed}`);
  }
  return seed;
}

function fromAddon<T>(operator: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    throw new TorchError('argument', (cause as Error).message, { operator, cause });
  }
}
