import { type Duck, literal } from '../duck.js';
import type { CohortReport } from '../report.js';
import { type HourlyVariable, PAPER11 } from './paper11.js';

export interface SeriesOptions {
  readonly maxHours: number;
  readonly fences: 'train' | 'paper';
}

/** IQR fences as in the paper: a quartile and a half beyond the quartiles. */
export function iqrFences(q1: number, q3: number): { readonly low: number; readonly high: number } {
  const reach = 1.5 * (q3 - q1);
  return { low: q1 - reach, high: q3 + reach };
}

/**
 * The table `series` of the stays in `chosen(stay_id, period_length, split)`, from `timeseries`; one row per stay and hour.
 *
 * @returns the variables with fences and with what was dropped, and how many hours there are
 */
export async function fillSeries(
  duck: Duck,
  { maxHours, fences }: SeriesOptions,
  variables: readonly HourlyVariable[] = PAPER11,
): Promise<Pick<CohortReport, 'variables' | 'hours'>> {
  const rows = variables.map(
    (v) =>
      `(${literal(v.column)}, ${v.normal}::DOUBLE, ${v.outlierLow}::DOUBLE, ${v.validLow}::DOUBLE, ${v.validHigh}::DOUBLE, ${v.outlierHigh}::DOUBLE)`,
  );
  await duck.run(`CREATE TABLE hourly_variables AS SELECT * FROM (VALUES ${rows.join(', ')})
                  AS t(variable, normal, outlier_low, valid_low, valid_high, outlier_high)`);
  const wide = variables.flatMap(({ column }) => [
    `       max(value) FILTER (variable = '${column}') AS ${column}`,
    `       bool_or(measured) FILTER (variable = '${column}') AS ${column}_measured`,
  ]);
  await duck.file('hourly', {
    maxHours,
    sources: variables.map((v) => `${v.from} AS "${v.column}"`).join(', '),
    columns: variables.map((v) => `"${v.column}"`).join(', '),
    wide: wide.join(',\n'),
  });

  const quartiles = await duck.fileRows<{ variable: string; q1: number; q3: number }>('fences');
  const counts = await duck.rows<{ variable: string; dropped: number; clamped: number; righted: number }>(`
    SELECT variable, (count(*) FILTER (verdict = 'dropped'))::DOUBLE AS dropped,
           (count(*) FILTER (verdict = 'clamped'))::DOUBLE AS clamped,
           (count(*) FILTER (righted))::DOUBLE AS righted
    FROM judged GROUP BY variable`);
  const measured = await duck.rows<{ variable: string; n: number }>(
    'SELECT variable, (count(*) FILTER (measured))::DOUBLE AS n FROM filled GROUP BY variable',
  );
  const [hours] = await duck.rows<{ total: number; longest: number; cut: number }>(
    `SELECT coalesce(sum(hours), 0)::DOUBLE AS total, coalesce(max(hours), 0)::DOUBLE AS longest,
            (count(*) FILTER (cut))::DOUBLE AS cut FROM stay_hours`,
  );
  return {
    variables: variables.map((v) => {
      const own = fences === 'train' ? quartiles.find((row) => row.variable === v.column) : undefined;
      const count = counts.find((row) => row.variable === v.column);
      return {
        name: v.name,
        column: v.column,
        unit: v.unit,
        normal: v.normal,
        ...(own ? iqrFences(own.q1, own.q3) : { low: v.paperLow, high: v.paperHigh }),
        fences: own ? 'train' : 'paper',
        measuredHours: measured.find((row) => row.variable === v.column)?.n ?? 0,
        dropped: count?.dropped ?? 0,
        clamped: count?.clamped ?? 0,
        righted: count?.righted ?? 0,
      };
    }),
    hours: { total: hours!.total, longest: hours!.longest, cutStays: hours!.cut },
  };
}
