import { info } from '@clinragen/torch';
import type { RunConfig } from './config.js';

/** What a reader of a report needs to know of the machine and the run. */
export function machineFacts(config: RunConfig): Record<string, string> {
  const { version, threads, bf16, cuda } = info();
  return {
    libtorch: version,
    device: cuda ? 'cuda' : 'cpu',
    threads: String(threads),
    precision: config.distill.precision === 'auto' ? `auto (bf16 hardware: ${bf16})` : config.distill.precision,
    node: process.version,
    seed: String(config.run.seed),
    preset: config.model.preset,
  };
}
