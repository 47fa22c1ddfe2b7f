/** How a variable went over the stay; `unclear` where it was measured too rarely to say. */
export type Trend = 'rising' | 'falling' | 'fluctuating' | 'steady' | 'unclear';

/** Fewer measurements than this, two for each third of the stay, show no trend. */
const FEWEST = 6;

/**
 * The trend of a variable's measurements, by a rule that a few wild values cannot turn.
 *
 * The measurements are cut, in time order, into thirds, and each third is represented by its median. `rising`: the last
 * median stands at least half an interquartile range (of the training split) above the first, and the middle one does not
 * leave the way between them by more than a quarter of it; `falling` likewise. Else `fluctuating` where the middle 80 % of
 * the values span at least one and a half interquartile ranges, and `steady` where they do not. Medians rather than a
 * least-squares slope: one charting error moves a slope, not a median of two dozen.
 *
 * @param values measured values in time order, in the variable's unit
 * @param iqr    interquartile range of the variable, same unit; where it is 0 any change counts
 */
export function trendOf(values: readonly number[], iqr: number): Trend {
  if (values.length < FEWEST) return 'unclear';
  const third = Math.floor(values.length / 3);
  const first = median(values.slice(0, third));
  const middle = median(values.slice(third, values.length - third));
  const last = median(values.slice(values.length - third));
  const change = last - first;
  const between = middle >= Math.min(first, last) - iqr / 4 && middle <= Math.max(first, last) + iqr / 4;
  if (change !== 0 && Math.abs(change) >= iqr / 2 && between) return change > 0 ? 'rising' : 'falling';
  const sorted = [...values].sort((a, b) => a - b);
  const span = quantile(sorted, 0.9) - quantile(sorted, 0.1);
  return span > 0 && span >= 1.5 * iqr ? 'fluctuating' : 'steady';
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** Linear interpolation between the neighbours, as numpy does by default. */
function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const below = Math.floor(at);
  const low = sorted[below]!;
  return low + (sorted[Math.min(below + 1, sorted.length - 1)]! - low) * (at - below);
}
