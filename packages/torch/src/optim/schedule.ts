import { TorchError } from '../errors.js';

export type ScheduleKind = 'cosine' | 'linear' | 'constant';

export interface ScheduleOptions {
  /** Steps over which the rate climbs from 0; default 0. */
  readonly warmup?: number;
  /** Steps in all, warm-up included. `constant` does not need it. */
  readonly total?: number;
  /** Share of the rate that is left at `total` and after; default 0. */
  readonly final?: number;
}

/** Step (from 0) → the factor that the base learning rate is multiplied by. */
export type Schedule = (step: number) => number;

/**
 * A learning-rate schedule, with the numbers of Hugging Face's get_cosine_schedule_with_warmup,
 * get_linear_schedule_with_warmup and get_constant_schedule_with_warmup. After `total` the factor stays at `final`.
 *
 * @throws TorchError where a length is no whole number, or `total` is missing or shorter than `warmup`
 * @example
 * const factor = schedule('cosine', { warmup: 100, total: 2000 });
 * optimizer.scaleLearningRate(factor(step));
 */
export function schedule(kind: ScheduleKind, options: ScheduleOptions = {}): Schedule {
  const { warmup = 0, final = 0 } = options;
  const total = options.total ?? (kind === 'constant' ? Number.POSITIVE_INFINITY : Number.NaN);
  if (!Number.isSafeInteger(warmup) || warmup < 0) throw refusal(`warmup is a whole number from 0 on, not ${warmup}`);
  if (!(total >= warmup)) {
    throw refusal(
      `total is ${options.total ?? 'missing'}: a ${kind} schedule needs the number of steps, at least warmup (${warmup})`,
    );
  }
  if (!(final >= 0 && final <= 1)) throw refusal(`final is a share from 0 to 1, not ${final}`);
  const decay = DECAYS[kind];
  if (decay === undefined) throw refusal(`unknown kind '${String(kind)}', expected ${Object.keys(DECAYS).join(', ')}`);
  return (step) => {
    if (step < warmup) return step / Math.max(1, warmup);
    if (kind === 'constant') return 1;
    const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
    return final + (1 - final) * decay(progress);
  };
}

/** Progress after the warm-up, from 0 to 1 → what is left of the rate. */
const DECAYS: Readonly<Record<ScheduleKind, (progress: number) => number>> = {
  cosine: (progress) => Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress))),
  linear: (progress) => 1 - progress,
  constant: () => 1,
};

const refusal = (message: string): TorchError => new TorchError('argument', message, { operator: 'schedule' });
