import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Duck, literal, openDuck } from '../../src/cohort/duck.js';
import { BENCHMARK_VARIABLES, buildCohort, type CohortReport } from '../../src/cohort/index.js';
import { PHENOTYPES } from '../../src/phenotypes.js';

/**
 * The cohort against what mimic3-benchmarks itself makes of the MIMIC-III demo, cell by cell, for every stay that stands in
 * the reference folder. Other stays of the same layout may be put there.
 */
const shared = process.env.CLINRAGEN_SHARED ?? fileURLToPath(new URL('../../../../../shared', import.meta.url));
const source = resolve(shared, 'data/mimic-iii-demo-1.4');
const reference = resolve(shared, 'reference/mimic3-benchmarks');
const present = existsSync(source) && existsSync(reference);
if (!present) console.log(`mimic3 parity skipped: no MIMIC-III demo or no reference in ${shared}`);

type Cell = string | number | null;

/** Both numbers: equal to 1e-9 relative, since both are doubles from the same arithmetic. Else equal as text. */
function sameCell(ours: Cell, theirs: string | null): boolean {
  if (ours === null || theirs === null || theirs === '') return ours === null && (theirs === null || theirs === '');
  const [a, b] = [Number(ours), Number(theirs)];
  if (Number.isNaN(a) || Number.isNaN(b)) return String(ours) === theirs;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

describe.skipIf(!present)('mimic3-benchmarks', () => {
  let duck: Duck;
  let folder: string;
  let report: CohortReport;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clinragen-mimic3-'));
    report = await buildCohort({ source, out: join(folder, 'cohort') });
    duck = await openDuck();
  });
  afterAll(async () => {
    duck?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const referenceTable = (file: string) =>
    `read_csv(${literal(join(reference, file))}, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')`;
  const ours = (table: string) => `read_parquet(${literal(join(folder, 'cohort', `${table}.parquet`))})`;

  it('has the cohort of the demo: 114 stays of 89 subjects, 113 with events', () => {
    const left = Object.fromEntries(report.filters.map((row) => [row.filter, row]));
    expect(left.adults).toMatchObject({ stays: 114, subjects: 89 });
    expect(left['with measurements during the stay']).toMatchObject({ stays: 113 });
  });

  it('time series equal, cell by cell', async () => {
    const theirs = await duck.rows<Record<string, string | null>>(
      `SELECT * FROM ${referenceTable('timeseries.csv.gz')} ORDER BY icustay_id, "Hours"::DOUBLE`,
    );
    const mine = await duck.rows<Record<string, Cell>>(
      `SELECT t.*, s.subject_id, s.episode FROM ${ours('timeseries')} AS t JOIN ${ours('stays')} AS s USING (stay_id)
       ORDER BY stay_id, t.hours`,
    );
    const byStay = new Map<string, Record<string, Cell>[]>();
    for (const row of mine) byStay.set(String(row.stay_id), [...(byStay.get(String(row.stay_id)) ?? []), row]);
    const stays = new Set(theirs.map((row) => row.icustay_id!));
    let compared = 0;
    const different: string[] = [];
    for (const stay of stays) {
      const expected = theirs.filter((row) => row.icustay_id === stay);
      const actual = byStay.get(stay) ?? [];
      if (actual.length !== expected.length) {
        different.push(`stay ${stay}: ${actual.length} rows, expected ${expected.length}`);
        continue;
      }
      for (const [i, row] of expected.entries()) {
        const pairs: [string, Cell, string | null][] = [
          ['subject', actual[i]!.subject_id!, row.subject_id!],
          ['episode', actual[i]!.episode!, row.episode!],
          ['hours', actual[i]!.hours!, row.Hours!],
          ...BENCHMARK_VARIABLES.map((v): [string, Cell, string | null] => {
            if (!(v.benchmarkName in row)) throw new Error(`no column ${v.benchmarkName} in the reference`);
            return [v.column, actual[i]![v.column]!, row[v.benchmarkName]!];
          }),
        ];
        for (const [name, a, b] of pairs) {
          compared++;
          if (!sameCell(a, b)) different.push(`stay ${stay}, row ${i}, ${name}: ${a}, expected ${b}`);
        }
      }
    }
    console.log(
      `mimic3-benchmarks time series: ${compared} cells of ${stays.size} stays compared, ${different.length} differ`,
    );
    expect(different.slice(0, 10)).toEqual([]);
    expect(compared).toBeGreaterThan(0);
  });

  it('labels and period lengths equal', async () => {
    const theirs = await duck.rows<Record<string, string>>(`SELECT * FROM ${referenceTable('labels.csv')}`);
    const mine = await duck.rows<{ stay_id: string; period_length: number; labels: string[] }>(
      `SELECT stay_id, period_length, labels FROM ${ours('stays')}`,
    );
    const byStay = new Map(mine.map((row) => [row.stay_id, row]));
    let compared = 0;
    const different: string[] = [];
    for (const row of theirs) {
      const stay = byStay.get(row.icustay_id!);
      const pairs: [string, Cell, string][] = [
        ['period_length', stay?.period_length ?? null, row.period_length!],
        ...PHENOTYPES.map((name): [string, Cell, string] => [name, stay?.labels.includes(name) ? 1 : 0, row[name]!]),
      ];
      for (const [name, a, b] of pairs) {
        compared++;
        if (!sameCell(a, b)) different.push(`stay ${row.icustay_id}, ${name}: ${a}, expected ${b}`);
      }
    }
    console.log(
      `mimic3-benchmarks labels: ${compared} cells of ${theirs.length} stays compared, ${different.length} differ`,
    );
    expect(different.slice(0, 10)).toEqual([]);
    expect(compared).toBeGreaterThan(0);
  });
});
