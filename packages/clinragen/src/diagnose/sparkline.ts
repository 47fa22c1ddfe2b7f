const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One column of a sparkline: one hour, or several where the stay is longer than the terminal is wide. */
export interface Cell {
  /** A block whose height is the value, `·` where nothing was measured. */
  readonly character: string;
  /** Where the column's value lies; `missing` where nothing was measured in it. */
  readonly place: 'within' | 'above' | 'below' | 'missing';
}

/**
 * A variable as a row of blocks, at most `columns` wide; each column covers the same number of hours, give or take one.
 *
 * A column shows the mean of its measured hours, unless one lies outside the fences: then the one farthest outside, so that
 * shrinking a long stay hides no anomaly. Heights run from the least to the greatest measured value.
 *
 * @param values   [T]
 * @param measured [T] 1 where measured; the other hours hold filled-in values and are not drawn
 */
export function sparkline(
  values: Float32Array,
  measured: Uint8Array,
  fences: { readonly low: number; readonly high: number },
  columns: number,
): Cell[] {
  const hours = values.length;
  const width = Math.max(0, Math.min(hours, Math.floor(columns)));
  const seen = values.filter((_, hour) => measured[hour]);
  const least = seen.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const greatest = seen.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return Array.from({ length: width }, (_, column): Cell => {
    const from = Math.floor((column * hours) / width);
    const until = Math.floor(((column + 1) * hours) / width);
    let sum = 0;
    let count = 0;
    let farthest = { beyond: 0, value: 0 };
    for (let hour = from; hour < until; hour++) {
      if (!measured[hour]) continue;
      const value = values[hour]!;
      sum += value;
      count++;
      const beyond = Math.max(value - fences.high, fences.low - value);
      if (beyond > farthest.beyond) farthest = { beyond, value };
    }
    if (count === 0) return { character: '·', place: 'missing' };
    const value = farthest.beyond > 0 ? farthest.value : sum / count;
    const share = greatest > least ? (value - least) / (greatest - least) : 0.5;
    return {
      character: BLOCKS[Math.min(BLOCKS.length - 1, Math.floor(share * BLOCKS.length))]!,
      place: value > fences.high ? 'above' : value < fences.low ? 'below' : 'within',
    };
  });
}

/** A share from 0 to 1 as a bar of exactly `columns` characters, in eighths. */
export function bar(share: number, columns: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  const part = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8]!;
  return ('█'.repeat(Math.floor(eighths / 8)) + part).padEnd(columns, '░');
}
