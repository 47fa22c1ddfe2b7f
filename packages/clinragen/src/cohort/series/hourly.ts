import { type Duck, literal } from '../duck.js';
import type { CohortReport } from '../report.js';
import type { CatalogueVariable } from '../variables/catalogue.js';

export interface SeriesOptions {
  readonly maxHours: number;
  readonly fences: 'train' | 'paper';
  /** Hours since ICU admission that are known; null: the whole stay. */
  readonly until: number | null;
}

/** IQR fences as in the paper: a quartile and a half beyond the quartiles. */
export function iqrFences(q1: number, q3: number): { readonly low: number; readonly high: number } {
  const reach = 1.5 * (q3 - q1);
  return { low: q1 - reach, high: q3 + reach };
}

/** Fences of a variable that was never measured in training and that the paper does not have: what is plausible. */
function widest(v: CatalogueVariable): { readonly low: number; readonly high: number } {
  return { low: v.paperLow ?? v.validLow, high: v.paperHigh ?? v.validHigh };
}

/**
 * The table `series` of the stays in `chosen(stay, period_length, split)`, from `measured`; one row per stay and hour.
 *
 * @returns the variables with fences and with what was dropped, and how many hours there are
 */
export async function fillSeries(
  duck: Duck,
  { maxHours, fences, until }: SeriesOptions,
  variables: readonly CatalogueVariable[],
): Promise<Pick<CohortReport, 'variables' | 'hours'>> {
  const rows = variables.map(
    (v) =>
      `(${literal(v.column)}, ${v.hourly === 'sum'}, ${v.outlierLow}::DOUBLE, ${v.validLow}::DOUBLE, ${v.validHigh}::DOUBLE, ${v.outlierHigh}::DOUBLE)`,
  );
  await duck.run(`CREATE TABLE hourly_variables AS SELECT * FROM (VALUES ${rows.join(', ')})
                  AS t(variable, summed, outlier_low, valid_low, valid_high, outlier_high)`);
  await duck.file('sql/hourly', {
    maxHours,
    until: until ?? 'ceil(period_length)',
    wide: variables
      .map(({ column }) => `       max(value) FILTER (variable = ${literal(column)}) AS "${column}"`)
      .join(',\n'),
    filled: variables
      .flatMap(({ column, normal }) => [
        `       coalesce(last_value(w."${column}" IGNORE NULLS) OVER past, ${normal}::DOUBLE)::FLOAT AS "${column}"`,
        `       w."${column}" IS NOT NULL AS "${column}_measured"`,
      ])
      .join(',\n'),
  });

  const quartiles = await duck.fileRows<{ variable: string; q1: number; q3: number }>('sql/fences');
  const counts = await duck.rows<{ variable: string; dropped: number; clamped: number; righted: number }>(`
    SELECT variable, (count(*) FILTER (verdict = 'dropped'))::DOUBLE AS dropped,
           (count(*) FILTER (verdict = 'clamped'))::DOUBLE AS clamped,
           (count(*) FILTER (righted))::DOUBLE AS righted
    FROM judged GROUP BY variable`);
  const measured = await duck.rows<{ variable: string; n: number }>(
    'SELECT variable, count(*)::DOUBLE AS n FROM bins GROUP BY variable',
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
        ...(own ? iqrFences(own.q1, own.q3) : widest(v)),
        fences: own ? 'train' : v.paperLow === null ? 'limits' : 'paper',
        limits: { outlierLow: v.outlierLow, validLow: v.validLow, validHigh: v.validHigh, outlierHigh: v.outlierHigh },
        measuredHours: measured.find((row) => row.variable === v.column)?.n ?? 0,
        dropped: count?.dropped ?? 0,
        clamped: count?.clamped ?? 0,
        righted: count?.righted ?? 0,
      };
    }),
    hours: { total: hours!.total, longest: hours!.longest, cutStays: hours!.cut },
  };
}
