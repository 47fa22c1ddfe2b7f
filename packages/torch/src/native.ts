/** The addon's functions as native/addon.cc exports them, and where it is found. Nothing else touches the addon. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { TorchError } from './errors.js';

export interface Native {
  attach(args: Float64Array, results: Float64Array): void;
  fetch(): number;
  operatorNames(): string;
  describe(name: string, overload: string): string;
  call(id: number, strings?: readonly string[]): number;
  resultString(index: number): string;
  release(handle: number): boolean;
  meta(handle: number): number;
  deviceName(handle: number): string;
  fromBytes(dtype: number, bytes: Uint8Array): number;
  toBytes(handle: number, bytes: Uint8Array): void;
  item(handle: number): number;
  backward(retainGraph: boolean, createGraph: boolean): void;
  gradientsOf(retainGraph: boolean, createGraph: boolean, allowUnused: boolean): number;
  grad(handle: number): number;
  setGrad(handle: number, gradient: number): void;
  setRequiresGrad(handle: number, requires: boolean): void;
  setGradEnabled(enabled: boolean): boolean;
  enterAutocast(device: string, dtype: number, enabled: boolean): number;
  leaveAutocast(device: string, before: number): void;
  manualSeed(seed: number): void;
  newGenerator(device: string, seed: number): number;
  defaultGenerator(device: string): number;
  releaseGenerator(index: number): void;
  generatorState(index: number): number;
  setGeneratorState(index: number, state: number): void;
  threads(count?: number): number;
  memory(): number;
  info(): string;
}

function addonPath(): string {
  const named = process.env.CLINRAGEN_TORCH_ADDON;
  if (named !== undefined && named !== '') return named;
  const record = fileURLToPath(new URL('../build/current.json', import.meta.url));
  if (!existsSync(record)) {
    throw new TorchError(
      'addon',
      `the native addon has not been built: ${record} is missing. In a checkout, run \`npm run setup\``,
    );
  }
  return (JSON.parse(readFileSync(record, 'utf8')) as { addon: string }).addon;
}

/**
 * Idle threads of libgomp spin for milliseconds before they sleep. On a machine that others use too they then take the very
 * cores that the working thread waits for: training was seen 5 to 20 times slower. 10,000 rounds keep the short waits
 * between operators cheap. Read when the library is loaded; the user's own settings stand.
 */
function calmThreads(): void {
  if (process.env.OMP_WAIT_POLICY === undefined) process.env.GOMP_SPINCOUNT ??= '10000';
}

function load(): Native {
  calmThreads();
  const path = addonPath();
  try {
    return createRequire(import.meta.url)(path) as Native;
  } catch (cause) {
    throw new TorchError(
      'addon',
      `the native addon could not be loaded from ${path}: ${(cause as Error).message.split('\n')[0]}. Run \`npm run setup\`, then \`npm run doctor\``,
      { cause },
    );
  }
}

export const native: Native = load();
