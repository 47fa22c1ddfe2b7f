import type { Duck } from '../duck.js';

/** One bar. `low` is in, `high` is out; a bar that is `open` holds all that lies beyond its inner edge. */
export interface Bar {
  readonly low: number;
  readonly high: number;
  readonly open: 'below' | 'above' | null;
  /** Values. */
  readonly count: number;
  /** Bins of `width` that were put together, so that it stands for enough stays. */
  readonly bins: number;
}

export interface Histogram {
  /** Of one bin. */
  readonly width: number;
  readonly total: number;
  readonly bars: readonly Bar[];
}

export interface Binning {
  readonly width: number;
  /** An edge of the bins. */
  readonly origin: number;
  /** Values outside of these are counted with the bins that hold them. */
  readonly low: number;
  readonly high: number;
}

/** Rounding in float32 must not push a value over the edge that it lies on. */
const EDGE = 1e-4;

interface Group {
  from: number;
  to: number;
  count: number;
  /** Stays are known while they are fewer than needed. */
  few: Set<bigint> | null;
}

/** Puts bins of too few stays together with a neighbour, the emptier one, until none is left. */
function merge(groups: Group[], fewest: number): Group[] {
  const merged = [...groups];
  const size = (group: Group | undefined): number => (group ? (group.few?.size ?? Number.MAX_VALUE) : Infinity);
  for (;;) {
    const at = merged.findIndex((group) => size(group) < fewest);
    if (at === -1) return merged;
    if (merged.length === 1) return [];
    const [left, right] = [merged[at - 1], merged[at + 1]];
    // Of two that are large enough the smaller one.
    const toLeft =
      size(left) === size(right) ? (left?.count ?? Infinity) < (right?.count ?? Infinity) : size(left) < size(right);
    const first = toLeft ? at - 1 : at;
    const [a, b] = [merged[first]!, merged[first + 1]!];
    const union = a.few && b.few ? new Set([...a.few, ...b.few]) : null;
    merged.splice(first, 2, {
      from: a.from,
      to: b.to,
      count: a.count + b.count,
      few: union && union.size < fewest ? union : null,
    });
  }
}

/** How wide an open bar is drawn, in bins: its true width would tell the farthest value. */
const OPEN_BINS = 2;

const place = (value: number, { width, origin }: Binning): number => Math.floor((value - origin) / width + EDGE);

/**
 * SQL: the values of a query by stay and bin, `(s, k, n, least, most)`.
 *
 * @param query  yields `s UBIGINT` (the stay) and `v DOUBLE`
 * @param more   further aggregates of v
 */
export function cellsSql(query: string, binning: Binning, more: readonly string[] = []): string {
  const { width, origin, low, high } = binning;
  const bin = `floor((v - ${origin}) / ${width} + ${EDGE})`;
  return `SELECT s, greatest(${place(low, binning)}, least(${place(high, binning)}, ${bin}))::INTEGER AS k,
                 ${['count(*) AS n', 'min(v) AS least', 'max(v) AS most', ...more].join(', ')}
          FROM (${query}) GROUP BY ALL`;
}

/**
 * Counts values in bins; every bar stands for at least `fewest` stays.
 *
 * @param cells  as `cellsSql` yields them, for the same binning
 * @returns      null where fewer than `fewest` stays have a value
 */
export async function histogram(
  duck: Duck,
  cells: string,
  { width, origin }: Binning,
  fewest: number,
): Promise<Histogram | null> {
  const rows = await duck.rows<{
    k: number;
    count: number;
    stays: number;
    some: bigint[];
    least: number;
    most: number;
  }>(`
    SELECT k, sum(n)::DOUBLE AS count, count(*)::DOUBLE AS stays, min(s, ${fewest}) AS some,
           min(least)::DOUBLE AS least, max(most)::DOUBLE AS most
    FROM (${cells}) GROUP BY k ORDER BY k`);
  if (rows.length === 0) return null;
  const groups = merge(
    rows.map(({ k, count, stays, some }) => ({ from: k, to: k, count, few: stays < fewest ? new Set(some) : null })),
    fewest,
  );
  if (groups.length === 0) return null;
  const edge = (k: number): number => Number((origin + k * width).toPrecision(12));
  const bars = groups.map(({ from, to, count }, i): Bar => {
    const bins = to - from + 1;
    const beyond = {
      below: i === 0 && (rows[0]!.least < edge(from) - EDGE * width || (fewest > 1 && bins > 1)),
      above: i === groups.length - 1 && (rows.at(-1)!.most >= edge(to + 1) || (fewest > 1 && bins > 1)),
    };
    // A single bar that is open on both sides keeps its edges.
    const open = beyond.below === beyond.above ? null : beyond.below ? 'below' : 'above';
    const drawn = open === null ? bins : Math.min(bins, OPEN_BINS);
    return {
      low: edge(open === 'below' ? to + 1 - drawn : from),
      high: edge(open === 'above' ? from + drawn : to + 1),
      open,
      count,
      bins: drawn,
    };
  });
  return { width, total: rows.reduce((sum, { count }) => sum + count, 0), bars };
}

const STEPS = [1, 2, 5, 10];

/** The smallest of 1, 2, 5 × 10ⁿ that is at least so wide. */
export function niceWidth(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = STEPS.find((one) => one * power >= least * (1 - 1e-9))!;
  return Number((step * power).toPrecision(3));
}
