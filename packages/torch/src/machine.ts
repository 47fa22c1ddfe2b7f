/** What this libtorch is and can do on this machine. */
import { readFileSync } from 'node:fs';
import { TorchError } from './errors.js';
import { native } from './native.js';

export interface Info {
  readonly version: string;
  readonly cuda: boolean;
  readonly cudaDevices: number;
  readonly threads: number;
  readonly blas: string;
  /** The widest instruction set that ATen's kernels use: `AVX512`, `AVX2`, `DEFAULT`. */
  readonly cpuCapability: string;
  /** libtorch's build configuration, as torch.__config__.show() prints it. */
  readonly config: string;
  /** The processor multiplies bfloat16 in hardware (AMX or AVX512-BF16). */
  readonly bf16: 'amx' | 'avx512' | 'none';
}

function bf16Hardware(): Info['bf16'] {
  try {
    const flags = readFileSync('/proc/cpuinfo', 'utf8').match(/^flags\s*:.*$/m)?.[0] ?? '';
    if (/\bamx_bf16\b/.test(flags)) return 'amx';
    return /\bavx512_bf16\b/.test(flags) ? 'avx512' : 'none';
  } catch {
    return 'none'; // not Linux: no such file, and no such instructions on the processors of the others
  }
}

let known: Info | undefined;

export function info(): Info {
  known ??= { ...(JSON.parse(native.info()) as Omit<Info, 'bf16'>), bf16: bf16Hardware() };
  return { ...known, threads: native.threads() };
}

/** Threads that one operator may use. */
export function threads(): number {
  return native.threads();
}

/** @throws TorchError where `count` is no whole number from 1 to 1024: OpenMP ends the process when it cannot start them */
export function setThreads(count: number): void {
  if (!Number.isSafeInteger(count) || count < 1 || count > 1024) {
    throw new TorchError('argument', `a number of threads is a whole number from 1 to 1024, not ${count}`);
  }
  native.threads(count);
}
