import { type Duck, literal } from '../duck.js';
import type { FilterCount } from '../source.js';
import { countFilter } from '../summary.js';
import { BENCHMARK_VARIABLES, BLOOD_VARIABLES } from './variables.js';

/** Charted as numbers, yet the benchmark leaves them text until the largest of a moment is chosen. */
const UNCLEANED_NUMBERS = ['heart_rate', 'respiratory_rate', 'mean_blood_pressure'];
const TEXTS = BENCHMARK_VARIABLES.filter((variable) => variable.kind === 'text').map((variable) => variable.column);
const UNCLEANED = [...UNCLEANED_NUMBERS, ...TEXTS];

/** The tables `benchmark_stays` and `stays`, and what the filters of `stays.sql` left. */
export async function fillStays(duck: Duck): Promise<FilterCount[]> {
  await duck.file('mimic3/sql/stays');
  const count = (filter: string, view: string, id = 'icustay_id') =>
    countFilter(duck, filter, `SELECT ${id} AS stay_id, hadm_id AS admission_id, subject_id FROM ${view}`);
  return [
    await count('all ICU stays', 'all_stays'),
    await count('without transfers', 'without_transfers'),
    await count('with admission and patient', 'with_admission'),
    await count('one stay per admission', 'one_per_admission'),
    await count('adults', 'benchmark_stays', 'stay_id'),
  ];
}

/**
 * The table `timeseries`: the benchmark's, one row per stay and moment, 17 variables.
 *
 * @returns kept events whose text is no value, by variable
 */
export async function fillTimeseries(duck: Duck): Promise<Record<string, number>> {
  await duck.file('mimic3/sql/clean');
  const moments = BENCHMARK_VARIABLES.map(({ column, kind }) => {
    const of = `FILTER (variable = ${literal(column)})`;
    if (kind === 'text') return `       max(text) ${of} AS ${column}`;
    if (UNCLEANED_NUMBERS.includes(column)) return `       TRY_CAST(max(text) ${of} AS DOUBLE) AS ${column}`;
    return `       max(number) ${of} AS ${column}`;
  });
  for (const column of BLOOD_VARIABLES) {
    moments.push(`       max(number) FILTER (variable = ${literal(column)} AND NOT other_fluid) AS blood_${column}`);
  }
  await duck.file('mimic3/sql/timeseries', {
    uncleaned: UNCLEANED.map(literal).join(', '),
    moments: moments.join(',\n'),
  });
  const unreadable = await duck.rows<{ variable: string; n: number }>(`
    SELECT variable::VARCHAR AS variable, count(*)::DOUBLE AS n FROM benchmark_events
    WHERE CASE WHEN variable IN (${UNCLEANED_NUMBERS.map(literal).join(', ')}) THEN TRY_CAST(text AS DOUBLE) IS NULL
               ELSE text IS NULL AND number IS NULL END
    GROUP BY ALL ORDER BY variable`);
  await duck.run('DROP TABLE benchmark_events; DROP TABLE benchmark_moments');
  return Object.fromEntries(unreadable.map(({ variable, n }) => [variable, n]));
}

/** The benchmark's variables into `measured`: numbers as they are, Glasgow scores by their answers. */
export async function measureTimeseries(duck: Duck): Promise<void> {
  const numbers = BENCHMARK_VARIABLES.filter(({ kind }) => kind === 'number').map(({ column }) => {
    const blood = (BLOOD_VARIABLES as readonly string[]).includes(column);
    return `${blood ? `blood_${column}` : column} AS "${column}"`;
  });
  await duck.run(`
    INSERT INTO measured
    SELECT s.stay, u.hours, u.variable, u.value
    FROM (UNPIVOT (SELECT stay_id, hours, ${numbers.join(', ')} FROM timeseries)
          ON COLUMNS(* EXCLUDE (stay_id, hours)) INTO NAME variable VALUE value) AS u
    JOIN stay_numbers AS s USING (stay_id)
    WHERE isfinite(u.value);
    INSERT INTO charted
    SELECT s.stay, u.hours, u.variable, 'text', '', u.value, ''
    FROM (UNPIVOT (SELECT stay_id, hours, ${TEXTS.join(', ')} FROM timeseries)
          ON COLUMNS(* EXCLUDE (stay_id, hours)) INTO NAME variable VALUE value) AS u
    JOIN stay_numbers AS s USING (stay_id);`);
}

/** Other variables' events into `charted`; gases of another vessel than an artery stay behind. */
export async function chartExtended(duck: Duck): Promise<void> {
  await duck.file('mimic3/sql/extended');
}
