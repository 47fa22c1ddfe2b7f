import type { Series, Variable } from '../types.js';
import { type Anomaly, anomalies, checkSeries, fenceOf, unmeasured } from './anomalies.js';
import { numberInWords } from './words.js';

export interface CaptionOptions {
  /** `paper`: the authors' grammar. `fixed`: how long, how far and the trend, and what was never measured. */
  readonly compat: 'paper' | 'fixed';
}

/**
 * T* of the paper's equation 3: what is abnormal in the series of one stay, in words.
 *
 * @param series    [T, V], as in types.ts
 * @param variables V, in the series' order
 * @throws CaptionError where the shapes disagree, a fence is no range or a value is no finite number
 *
 * @example
 * caption(series, variables, { compat: 'paper' });
 * // 'glucose is normal all the time, heart rate is higher than normal two times and is lower than normal one times'
 * caption(series, variables, { compat: 'fixed' });
 * // 'heart rate is high for two hours, reaching 151 per minute, falling; normal: glucose; not measured: ph'
 */
export function caption(series: Series, variables: readonly Variable[], options: CaptionOptions): string {
  return options.compat === 'paper' ? paperCaption(series, variables) : fixedCaption(series, variables);
}

/**
 * The authors' grammar (REFERENCE: captions). Every row outside a fence counts, filled-in values too, in either direction:
 * the counts are rows, not time.
 */
function paperCaption(series: Series, variables: readonly Variable[]): string {
  checkSeries(series, variables);
  const width = variables.length;
  return variables
    .map((variable, v) => {
      const { name } = variable;
      const high = fenceOf(variable, 'high');
      const low = fenceOf(variable, 'low');
      let above = 0;
      let below = 0;
      for (let hour = 0; hour < series.hours; hour++) {
        const value = series.values[hour * width + v]!;
        if (value > high) above++;
        else if (value < low) below++;
      }
      const parts = [
        ...(above > 0 ? [`is higher than normal ${numberInWords(above)} times`] : []),
        ...(below > 0 ? [`is lower than normal ${numberInWords(below)} times`] : []),
      ];
      return `${name} ${parts.length > 0 ? parts.join(' and ') : 'is normal all the time'}`.toLowerCase();
    })
    .join(', ');
}

/**
 * Abnormal variables first, one clause each, then the normal ones and those without a measurement. Durations stand in
 * words, so that they survive where numbers are taken out; extremes in figures with their unit.
 */
function fixedCaption(series: Series, variables: readonly Variable[]): string {
  const found = anomalies(series, variables);
  const absent = new Set(unmeasured(series, variables));
  const clauses: string[] = [];
  const normal: string[] = [];
  for (const { name } of variables) {
    const own = found.filter((anomaly) => anomaly.variable === name);
    if (own.length > 0) clauses.push(clause(name, own));
    else if (!absent.has(name)) normal.push(name);
  }
  if (normal.length > 0) clauses.push(`normal: ${normal.join(', ')}`);
  if (absent.size > 0) clauses.push(`not measured: ${[...absent].join(', ')}`);
  return clauses.join('; ').toLowerCase();
}

function clause(name: string, own: readonly Anomaly[]): string {
  const parts = own.map((anomaly) => {
    const { direction, hours, runs, extreme, unit } = anomaly;
    const spells = runs.length > 1 ? ` in ${numberInWords(runs.length)} spells` : '';
    return `${direction} for ${numberInWords(hours)} ${hours === 1 ? 'hour' : 'hours'}${spells}, reaching ${measureInWords(extreme, unit)}`;
  });
  const { trend } = own[0]!;
  return `${name} is ${parts.join(' and ')}${trend === 'unclear' ? '' : `, ${trend}`}`;
}

const UNIT_NAMES: Readonly<Record<string, string>> = {
  '/min': ' per minute',
  Cel: ' degrees celsius',
  '%': ' percent',
  '1': '',
};

/** A value with its unit as a clinician says it: `38.9 degrees celsius`, `7.12`, `151 per minute`. */
export function measureInWords(value: number, unit: string): string {
  const size = Math.abs(value);
  const digits = unit === '1' ? 2 : unit === 'Cel' || size < 20 ? 1 : 0;
  const figure = String(Number(value.toFixed(digits)));
  return `${figure}${UNIT_NAMES[unit] ?? ` ${unit}`}`;
}
