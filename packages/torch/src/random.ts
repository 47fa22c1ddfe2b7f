/** Random numbers: seeds and generators whose state can be saved and put back. */
import { TorchError } from './errors.js';
import { native } from './native.js';
import { type Device, Tensor } from './tensor.js';

/** Seeds every device's default generator. */
export function manualSeed(seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new TorchError('argument', `a seed is a whole number from 0 on, not ${seed}`);
  native.manualSeed(seed);
}

/** A stream of random numbers. `Generator.default()` is the one that operators use where none is named. */
export class Generator {
  /** @internal the addon's number of it */
  readonly index: number;

  /** @throws TorchError for a device that this libtorch does not have */
  constructor(seed: number, device: Device = 'cpu', index = native.newGenerator(device, seed)) {
    this.index = index;
  }

  /** The generator behind dropout and all random operators of a device. */
  static default(device: Device = 'cpu'): Generator {
    return new Generator(0, device, native.defaultGenerator(device));
  }

  /** The state as bytes, to be saved beside a checkpoint. */
  state(): Uint8Array {
    const state = new Tensor(native.generatorState(this.index));
    const bytes = state.toTypedArray() as Uint8Array;
    state.dispose();
    return bytes;
  }

  /** Puts a saved state back: the same numbers follow as followed it then. */
  setState(state: Tensor): void {
    try {
      native.setGeneratorState(this.index, state.handle);
    } catch (cause) {
      throw new TorchError('argument', (cause as Error).message, { operator: 'setState', shapes: [state.describe()], cause });
    }
  }
}
