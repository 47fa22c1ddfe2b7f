import { CohortError } from '../cohort-error.js';
import { type Duck, literal } from '../duck.js';
import { CATALOGUE } from '../variables/catalogue.js';
import type { CohortFileVariable } from './cohort-file.js';
import { type Binning, cellsSql, type Histogram, histogram, niceWidth } from './histogram.js';

export type Limits = NonNullable<CohortFileVariable['limits']>;

/** Quartiles and the like; null where fewer stays than a report may show lie on one side of it. */
export interface Quantiles {
  readonly q1: number | null;
  readonly median: number | null;
  readonly q3: number | null;
}

/** Stays and hours, of those that have a measurement. */
export interface Outside {
  readonly stays: number;
  readonly hours: number;
}

/** One variable of the hourly series over the whole cohort. */
export interface VariableFacts {
  readonly variable: CohortFileVariable;
  /** As cohort.json says, else the catalogue's; null for a variable that neither knows. */
  readonly limits: Limits | null;
  readonly hourly: 'last' | 'sum';
  /** Stays with any measurement. */
  readonly stays: number;
  /** Hours with a measurement. */
  readonly hours: number;
  /** From one hour with a measurement to the next of the same stay, median, in hours; null where no stay has two. */
  readonly gap: number | null;
  readonly quantiles: Quantiles;
  readonly below: Outside;
  readonly above: Outside;
  /** Of the hours with a measurement: their values. */
  readonly histogram: Histogram | null;
}

const BINS = 26;
/** Digits that a value is told with: quantiles need no more, and distinct values stay few. */
const DIGITS = 4;

interface StayRow {
  readonly stays: number;
  readonly hours: number;
  readonly below_stays: number;
  readonly below_hours: number;
  readonly above_stays: number;
  readonly above_hours: number;
}

interface Spread {
  /** At `AT`. */
  readonly q: readonly (number | null)[];
  readonly whole: boolean;
}

const AT = [0.005, 0.01, 0.25, 0.5, 0.75, 0.99, 0.995];

/** Quantiles of what was measured, to four digits, and whether all values are whole numbers; null where nothing was. */
async function spreadOf(
  duck: Duck,
  measured: string,
  { normal, low, high }: CohortFileVariable,
): Promise<Spread | null> {
  const size = Math.abs(normal) || Math.max(Math.abs(low), Math.abs(high)) || 1;
  const decimals = DIGITS - 1 - Math.floor(Math.log10(size));
  const [row] = await duck.rows<Spread>(`
    SELECT [${AT.map((at) => `min(v) FILTER (upto >= ${at} * total)`).join(', ')}] AS q, bool_and(v = round(v)) AS whole
    FROM (SELECT v, sum(n) OVER (ORDER BY v) AS upto, sum(n) OVER () AS total
          FROM (SELECT round(v, ${decimals}) AS v, count(*) AS n FROM (${measured}) GROUP BY ALL))`);
  return row!.q[0] === null ? null : row!;
}

/** So many quartile ranges beyond the quartiles still have bins of their own: a few huge values must not make one bar of all others. */
const REACH = 6;

/** Bins centred on round numbers, so that charted values (whole, halves, tenths) fall evenly into them. */
function binningOf({ q, whole }: Spread): Binning {
  const [least, first, q1, median, q3, last, most] = q as number[];
  const reach = REACH * (q3! - q1!) || Number.POSITIVE_INFINITY;
  const near = (low: number, high: number) => [Math.max(low, q1! - reach), Math.min(high, q3! + reach)] as const;
  const [from, to] = near(first!, last!);
  const [low, high] = near(least!, most!);
  const width = Math.max(niceWidth((to - from || Math.abs(median!) / 2 || 1) / BINS), whole ? 1 : 0);
  return { width, origin: -width / 2, low, high };
}

/** Quartiles that have enough stays on both sides. */
async function safeQuartiles(duck: Duck, { q }: Spread, fewest: number): Promise<Quantiles> {
  const quartiles = q.slice(2, 5) as number[];
  const [sides] = await duck.rows<{ low: number[]; high: number[] }>(`
    SELECT [${quartiles.map((value) => `(count(*) FILTER (least <= ${value}))::DOUBLE`).join(', ')}] AS low,
           [${quartiles.map((value) => `(count(*) FILTER (most >= ${value}))::DOUBLE`).join(', ')}] AS high
    FROM per_stay`);
  const [q1, median, q3] = quartiles.map((value, i) =>
    sides!.low[i]! >= fewest && sides!.high[i]! >= fewest ? value : null,
  );
  return { q1: q1!, median: median!, q3: q3! };
}

const NOTHING = { stays: 0, hours: 0 };

/**
 * What was measured of one variable: three scans of two or three columns of the Parquet file, in the memory of one row per
 * stay and bin.
 *
 * @param series  sorted by stay and hour
 * @throws CohortError where the file has no such columns
 */
export async function variableFacts(
  duck: Duck,
  series: string,
  variable: CohortFileVariable,
  fewest: number,
): Promise<VariableFacts> {
  const { column, low, high } = variable;
  const file = `read_parquet(${literal(series)})`;
  const known = CATALOGUE.find((one) => one.column === column);
  const about = { variable, limits: variable.limits ?? known ?? null, hourly: known?.hourly ?? 'last' } as const;
  const measured = `SELECT hash(stay_id) AS s, "${column}"::DOUBLE AS v FROM ${file} WHERE "${column}_measured"`;
  const spread = await spreadOf(duck, measured, variable).catch(() => {
    // Without DuckDB's words, which may quote a value.
    throw new CohortError('the series cannot be read', {
      file: series,
      expected: `columns ${column} and ${column}_measured`,
    });
  });
  if (spread === null) {
    const quantiles = { q1: null, median: null, q3: null };
    return { ...about, ...NOTHING, gap: null, quantiles, below: NOTHING, above: NOTHING, histogram: null };
  }
  const binning = binningOf(spread);
  const outside = [`count(*) FILTER (v < ${low}) AS below`, `count(*) FILTER (v > ${high}) AS above`];
  await duck.run(`
    CREATE OR REPLACE TEMP TABLE cells AS ${cellsSql(measured, binning, outside)};
    CREATE OR REPLACE TEMP TABLE per_stay AS
    SELECT s, sum(n) AS n, min(least) AS least, max(most) AS most, sum(below) AS below, sum(above) AS above
    FROM cells GROUP BY s`);
  const [counts] = await duck.rows<StayRow>(`
    SELECT count(*)::DOUBLE AS stays, sum(n)::DOUBLE AS hours,
           (count(*) FILTER (below > 0))::DOUBLE AS below_stays, sum(below)::DOUBLE AS below_hours,
           (count(*) FILTER (above > 0))::DOUBLE AS above_stays, sum(above)::DOUBLE AS above_hours
    FROM per_stay`);
  // Rows come in the file's order, so that the row before is the hour before of the same stay.
  const [gap] = await duck.rows<{ median: number | null }>(`
    SELECT median(gap)::DOUBLE AS median
    FROM (SELECT CASE WHEN stay_id = lag(stay_id) OVER () THEN hour - lag(hour) OVER () END AS gap
          FROM ${file} WHERE "${column}_measured")`);
  return {
    ...about,
    stays: counts!.stays,
    hours: counts!.hours,
    gap: counts!.stays >= fewest ? gap!.median : null,
    quantiles: await safeQuartiles(duck, spread, fewest),
    below: { stays: counts!.below_stays, hours: counts!.below_hours },
    above: { stays: counts!.above_stays, hours: counts!.above_hours },
    histogram: await histogram(duck, 'FROM cells', binning, fewest),
  };
}
