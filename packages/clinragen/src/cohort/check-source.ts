import { CohortError } from './cohort-error.js';
import type { Duck } from './duck.js';
import type { Source } from './source.js';
import { sayId } from './tables/check-rows.js';

/** What any source's canonical tables are held to, whatever it is made of. */

/** Hours in ten years. */
const LONGEST_STAY = 87_660;

/** Stays that no series can be made of. They go. */
const DROPPED_STAYS: Readonly<Record<string, string>> = {
  'stays of unknown length': 'period_length IS NULL OR NOT isfinite(period_length)',
  'stays of more than ten years': `isfinite(period_length) AND period_length > ${LONGEST_STAY}`,
};

/** What a stay cannot be. They stay in: without measurements within their time they go anyhow, and say why here. */
const ODD_STAYS: Readonly<Record<string, string>> = {
  'stays that end before they begin': 'isfinite(period_length) AND period_length < 0',
  'stays of no time': 'period_length = 0',
  'stays of unknown age': 'age IS NULL OR NOT isfinite(age)',
  'stays of an age below 0': 'isfinite(age) AND age < 0',
  'stays of unknown sex': 'sex IS NULL',
};

const counted = (counts: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));

/**
 * Looks at `stays`, and takes those away of which no series can be made.
 *
 * @returns how many of them are odd, by what they are
 * @throws CohortError where two stays have one id, or one has no subject
 */
export async function checkStays(duck: Duck, source: string): Promise<Record<string, number>> {
  const [twice] = await duck.rows<{ id: string; n: number }>(
    'SELECT stay_id AS id, count(*)::DOUBLE AS n FROM stays GROUP BY 1 HAVING n > 1 ORDER BY id LIMIT 1',
  );
  if (twice) {
    throw new CohortError(`the same stay id in ${twice.n} rows`, {
      file: source,
      found: sayId(twice.id ?? ''),
      expected: 'one row each',
    });
  }
  const all = { ...DROPPED_STAYS, ...ODD_STAYS };
  const columns = Object.values(all).map((where, i) => `(count(*) FILTER (${where}))::DOUBLE AS n${i}`);
  const [row] = await duck.rows<Record<string, number>>(
    `SELECT ${columns.join(', ')}, (count(*) FILTER (subject_id IS NULL))::DOUBLE AS nobody FROM stays`,
  );
  if (row!.nobody! > 0) throw new CohortError(`${row!.nobody} stays without a subject`, { file: source });
  await duck.run(`DELETE FROM stays WHERE (${Object.values(DROPPED_STAYS).join(') OR (')})`);
  return counted(Object.fromEntries(Object.keys(all).map((name, i) => [name, row![`n${i}`]!])));
}

/**
 * Takes measurements out of `measured` that are outside of their stay, or no number.
 *
 * @returns how many
 */
export async function checkMeasured(duck: Duck): Promise<Record<string, number>> {
  const outside = `NOT (isfinite(m.hours) AND m.hours > -1e-6 AND m.hours < s.period_length + 1e-6)`;
  const [row] = await duck.rows<{ outside: number; numberless: number }>(`
    SELECT (count(*) FILTER (coalesce(${outside}, true)))::DOUBLE AS outside,
           (count(*) FILTER (NOT coalesce(isfinite(m.value), false)))::DOUBLE AS numberless
    FROM measured AS m LEFT JOIN stays AS s USING (stay)`);
  if (row!.outside + row!.numberless > 0) {
    await duck.run(`
      CREATE OR REPLACE TABLE measured AS
      SELECT m.* FROM measured AS m JOIN stays AS s USING (stay) WHERE NOT (${outside}) AND isfinite(m.value)`);
  }
  return counted({
    'measurements outside of the stay': row!.outside,
    'measurements that are no finite number': row!.numberless,
  });
}

/** A table of a header alone is as good as absent, and looks like a failed export. */
export function emptyTables(source: Source): string[] {
  return Object.values(source.tables())
    .filter(({ rows }) => rows === 0)
    .map(({ file }) => `${file} has a header and no rows`);
}
