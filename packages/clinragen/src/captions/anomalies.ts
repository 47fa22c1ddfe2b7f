import type { Series, Variable } from '../types.js';
import { type Direction, isMeaningful } from './directions.js';
import { CaptionError } from './errors.js';
import { type Trend, trendOf } from './trend.js';

/**
 * A value stands for the hour it was measured in and at most this many hours after: one glucose of 300 mg/dL that nobody
 * measured again says nothing about the day after. Vitals are charted hourly, blood gases and glucose every 4 to 6 hours.
 */
export const HOLD_HOURS = 6;

/** Hours [start, end) since ICU admission, without a break outside the fence. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

/** How far beyond its fence, in interquartile ranges: under a half, under one and a half, beyond. */
export type Severity = 'slight' | 'marked' | 'extreme';

/** One variable of one stay outside its fence in one direction. */
export interface Anomaly {
  readonly variable: string;
  readonly unit: string;
  readonly direction: Direction;
  /** The fence that was crossed, in `unit`. */
  readonly fence: number;
  /** Hours outside: the sum of the runs' lengths. */
  readonly hours: number;
  readonly runs: readonly Run[]; // in time order, never empty
  /** The value farthest outside, in `unit`, and the first hour that has it. */
  readonly extreme: number;
  readonly when: number;
  readonly severity: Severity;
  /** Of all the variable's measurements in the stay. */
  readonly trend: Trend;
  /** Share of the stay's hours in which the variable was measured, 0 to 1. */
  readonly measured: number;
}

/**
 * What a clinician would call abnormal in a stay: per variable and direction, how long, how far, when, and the trend.
 *
 * Only measured values and what they may stand for ({@link HOLD_HOURS}) count; values filled in before the first
 * measurement never do. Directions without clinical meaning are left out (`MEANINGLESS` in directions.ts). The fences are
 * those of the variables, so another rule for fences needs other variables and nothing else.
 *
 * @param series    [T, V], as in types.ts
 * @param variables V, in the series' order
 * @returns         in the variables' order, high before low
 * @throws CaptionError where the shapes disagree, a fence is no range or a value is no finite number
 */
export function anomalies(series: Series, variables: readonly Variable[]): Anomaly[] {
  checkSeries(series, variables);
  const found: Anomaly[] = [];
  variables.forEach((variable, v) => {
    const known = knownHours(series, variables.length, v);
    const taken = measurements(series, variables.length, v);
    for (const direction of ['high', 'low'] as const) {
      if (!isMeaningful(variable, direction)) continue;
      const anomaly = outside(series, variables.length, v, variable, direction, known);
      if (anomaly === undefined) continue;
      found.push({
        ...anomaly,
        trend: trendOf(taken, interquartileRange(variable)),
        measured: taken.length / series.hours,
      });
    }
  });
  return found;
}

/**
 * Names of the variables that have no measurement at all in the stay, in the variables' order.
 *
 * @throws CaptionError as {@link anomalies}
 */
export function unmeasured(series: Series, variables: readonly Variable[]): string[] {
  checkSeries(series, variables);
  return variables.filter((_, v) => measurements(series, variables.length, v).length === 0).map((x) => x.name);
}

/** Refuses what no caption could be right about; called by everything here that reads a series. */
export function checkSeries(series: Series, variables: readonly Variable[]): void {
  const { hours, values, measured } = series;
  const width = variables.length;
  if (!Number.isInteger(hours) || hours < 0) {
    throw new CaptionError(`series: hours: found ${hours}, expected a whole number from 0`);
  }
  if (values.length !== hours * width || measured.length !== hours * width) {
    throw new CaptionError(
      `series: found ${values.length} values and ${measured.length} marks, expected ${hours} hours × ${width} variables = ${hours * width} of each`,
    );
  }
  for (const { name, low, high } of variables) {
    if (!(low <= high)) throw new CaptionError(`variable ${name}: fences ${low} to ${high}, expected low ≤ high`);
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new CaptionError(
      `series: ${variables[bad % width]!.name} at hour ${Math.floor(bad / width)}: found ${values[bad]}, expected a finite number`,
    );
  }
}

/** The fences stand 1.5 interquartile ranges outside the quartiles, so they are four apart (Tukey). */
export function interquartileRange({ low, high }: Pick<Variable, 'low' | 'high'>): number {
  return (high - low) / 4;
}

/**
 * A fence in the precision of the values: where every stay breathes 0.21, the fence is 0.21 too, and the 32-bit 0.21 lies
 * under the 64-bit one.
 */
export function fenceOf(variable: Pick<Variable, 'low' | 'high'>, direction: Direction): number {
  return Math.fround(variable[direction]);
}

function measurements(series: Series, width: number, v: number): number[] {
  const taken: number[] = [];
  for (let hour = 0; hour < series.hours; hour++) {
    if (series.measured[hour * width + v]) taken.push(series.values[hour * width + v]!);
  }
  return taken;
}

/** [T] true where the hour's value was measured at most HOLD_HOURS before. */
function knownHours(series: Series, width: number, v: number): boolean[] {
  let last = Number.NEGATIVE_INFINITY;
  return Array.from({ length: series.hours }, (_, hour) => {
    if (series.measured[hour * width + v]) last = hour;
    return hour - last <= HOLD_HOURS;
  });
}

function outside(
  series: Series,
  width: number,
  v: number,
  variable: Variable,
  direction: Direction,
  known: readonly boolean[],
): Omit<Anomaly, 'trend' | 'measured'> | undefined {
  const sign = direction === 'high' ? 1 : -1;
  const fence = variable[direction];
  const limit = fenceOf(variable, direction);
  const runs: { start: number; end: number }[] = [];
  let hours = 0;
  let extreme = limit;
  let when = -1;
  for (let hour = 0; hour < series.hours; hour++) {
    const value = series.values[hour * width + v]!;
    if (!known[hour] || sign * (value - limit) <= 0) continue;
    hours++;
    const run = runs.at(-1);
    if (run?.end === hour) run.end = hour + 1;
    else runs.push({ start: hour, end: hour + 1 });
    if (sign * (value - extreme) > 0) {
      extreme = value;
      when = hour;
    }
  }
  if (hours === 0) return undefined;
  const { name, unit } = variable;
  const beyond = Math.abs(extreme - fence) / (interquartileRange(variable) || Math.abs(fence) / 4 || 1);
  const severity: Severity = beyond < 0.5 ? 'slight' : beyond < 1.5 ? 'marked' : 'extreme';
  return { variable: name, unit, direction, fence, hours, runs, extreme, when, severity };
}
