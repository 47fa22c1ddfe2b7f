import { CohortError } from '../cohort-error.js';
import { type Duck, literal } from '../duck.js';
import type { MedsFolder } from './folder.js';
import type { MedsMapping } from './mapping.js';

/**
 * Reads subjects and times of every shard once: MEDS wants a subject's events in one shard, together, in the order of time
 * (static ones first). Then the codes: the table `code_counts(code, events, timed)`.
 *
 * @returns the number of events
 * @throws CohortError naming the shard
 */
export async function survey(
  duck: Duck,
  folder: MedsFolder,
  onProgress: (done: number, total: number) => void,
): Promise<number> {
  await duck.run(`
    CREATE TABLE code_counts (code VARCHAR, events BIGINT, timed BIGINT);
    CREATE TEMP TABLE seen (subject BIGINT, shard INTEGER);`);
  let events = 0;
  for (const [i, shard] of folder.shards.entries()) {
    onProgress(i, folder.shards.length);
    const from = `read_parquet(${literal(shard.path)}, hive_partitioning = false)`;
    const [order] = await duck.rows<{ n: number; nobody: number; uncoded: number; late: number }>(`
      SELECT count(*)::DOUBLE AS n, (count(*) FILTER (subject_id IS NULL))::DOUBLE AS nobody,
             (count(*) FILTER (code IS NULL))::DOUBLE AS uncoded,
             (count(*) FILTER (subject_id = before AND (time < time_before OR (time IS NULL AND time_before IS NOT NULL))))::DOUBLE AS late
      FROM (SELECT subject_id, time, code, lag(subject_id) OVER () AS before, lag(time) OVER () AS time_before FROM ${from})`);
    events += order!.n;
    const { file } = shard;
    if (order!.nobody > 0) throw new CohortError('events without subject_id', { file, found: `${order!.nobody}` });
    if (order!.uncoded > 0) throw new CohortError('events without code', { file, found: `${order!.uncoded}` });
    if (order!.late > 0) {
      throw new CohortError('times are not sorted', {
        file,
        found: `${order!.late} events before the one above them`,
        expected: "each subject's events in the order of time, static ones first",
      });
    }
    await duck.run(`
      INSERT INTO seen SELECT subject_id, ${i} FROM (
        SELECT subject_id, lag(subject_id) OVER () AS before FROM ${from}) WHERE subject_id IS DISTINCT FROM before;
      INSERT INTO code_counts SELECT code, count(*), count(time) FROM ${from} GROUP BY code;`);
  }
  onProgress(folder.shards.length, folder.shards.length);
  const [apart] = await duck.rows<{ shards: number[] }>(
    'SELECT list(shard ORDER BY shard) AS shards FROM seen GROUP BY subject HAVING count(*) > 1 ORDER BY 1 LIMIT 1',
  );
  if (apart) {
    const places = [...((apart.shards as unknown as { items?: number[] }).items ?? apart.shards)];
    throw new CohortError("a subject's events stand in two places", {
      file: [...new Set(places)].map((shard) => folder.shards[shard]!.file).join(' and '),
      expected: 'one after the other, in one shard',
    });
  }
  await duck.run(`
    DROP TABLE seen;
    CREATE OR REPLACE TABLE code_counts AS
    SELECT code, sum(events) AS events, sum(timed) AS timed FROM code_counts GROUP BY code;`);
  return events;
}

/** Roles whose events mean nothing without a time. */
const TIMED = ['begin', 'end', 'admission begin', 'admission end', 'measurement', 'specimen'];

/**
 * The tables `roles` and `measurements(position, variable, kind, declared)`.
 *
 * @throws CohortError where no code begins or ends a stay, or one that needs a time has none
 */
export async function assignRoles(
  duck: Duck,
  folder: MedsFolder,
  mapping: MedsMapping,
  measurements: MedsMapping['measurements'],
): Promise<void> {
  const { stays, admissions } = mapping;
  const patterns: readonly (readonly [role: string, codes: readonly (string | undefined)[]])[] = [
    ['begin', stays.begin],
    ['end', stays.end],
    ['age', [stays.age]],
    ['episode', [stays.episode]],
    ['length', [stays.length]],
    ['admission begin', admissions.begin],
    ['admission end', admissions.end],
    ['birth', mapping.birth],
    ['sex F', mapping.sex.F],
    ['sex M', mapping.sex.M],
    ['diagnosis', mapping.diagnoses],
    ['phenotype', [mapping.phenotypes]],
    ['measurement', measurements.map(({ code }) => code)],
    ['specimen', [mapping.specimen?.code]],
    ['note', mapping.notes.map(({ code }) => code)],
  ];
  await duck.run('CREATE TABLE patterns (role VARCHAR, position INTEGER, pattern VARCHAR)');
  for (const [role, codes] of patterns) {
    const rows = codes.flatMap((code, i) => (code === undefined ? [] : [`(${literal(role)}, ${i}, ${literal(code)})`]));
    if (rows.length > 0) await duck.run(`INSERT INTO patterns VALUES ${rows.join(', ')}`);
  }
  await duck.file('meds/sql/roles');
  for (const role of ['begin', 'end'] as const) {
    const [found] = await duck.rows(`SELECT 1 AS one FROM roles WHERE role = ${literal(role)} LIMIT 1`);
    if (found) continue;
    throw new CohortError(`no event ${role === 'begin' ? 'begins' : 'ends'} an ICU stay`, {
      file: folder.name,
      expected: `${stays[role].join(' or ')} (${mapping.name}), or metadata/clinragen.yaml with codes of this data set`,
    });
  }
  const [timeless] = await duck.rows<{ code: string; role: string; n: number }>(`
    SELECT code, role, (events - timed)::DOUBLE AS n FROM roles
    WHERE role IN (${TIMED.map(literal).join(', ')}) AND timed < events ORDER BY n DESC, code LIMIT 1`);
  if (timeless) {
    throw new CohortError('events without a time', {
      file: folder.name,
      found: `${timeless.n} of code ${timeless.code}`,
      expected: `a time of each ${timeless.role === 'measurement' ? 'measurement' : `event of the role ${timeless.role}`}`,
    });
  }
}
