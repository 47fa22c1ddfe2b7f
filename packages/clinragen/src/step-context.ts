import type { RunConfig } from './config.js';
import type { Json, Run } from './run.js';

export interface StepContext {
  readonly run: Run;
  readonly config: RunConfig;
  readonly quiet: boolean;
  readonly signal: AbortSignal;
}

/** The person stopped a step; what was done is kept. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** As it stands in a file: what is undefined goes. */
export const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
