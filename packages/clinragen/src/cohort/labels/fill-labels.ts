import { type Duck, literal } from '../duck.js';
import type { IcdVersion } from './normalize.js';
import { type CodeKind, labelRow } from './phenotypes-of-code.js';

/** Recorded diagnoses (rows of `codes`) by what they are. */
export interface CodeCounts {
  readonly codes: number;
  /** Those that stand for one of the 25. */
  readonly mapped: number;
  /** Codes that exist, of none of the 25. */
  readonly ofNone: number;
  /** Not of the form of a code, or of a category that does not exist. */
  readonly notCodes: number;
}

export interface LabelCounts extends CodeCounts {
  readonly byVersion: Readonly<Record<IcdVersion, CodeCounts>>;
  /**
   * What is no code, the most frequent first, at most 50: only texts that look like codes, since anything may stand in such a
   * column. Its rows are among `notCodes`, which counts the rest too.
   */
  readonly notCodeTexts: readonly { readonly text: string; readonly version: IcdVersion; readonly count: number }[];
}

const LISTED = 50;
/** Short enough that it is no number of a patient. */
const LOOKS_LIKE_A_CODE = /^(?:\d{1,5}|[A-Z]\d[0-9A-Z]{0,5})$/;
const ROWS_AT_ONCE = 2000;

const COUNTED: Readonly<Record<CodeKind, 'mapped' | 'ofNone' | 'notCodes'>> = {
  mapped: 'mapped',
  'of none of the 25': 'ofNone',
  'not a code': 'notCodes',
};

/**
 * Fills `labels(stay, positions)` from `codes(stay, code, version)`: the places in `PHENOTYPES` (from 0, ascending) that the
 * stay's diagnoses stand for. The list is empty where all its codes are of none of the 25; a stay without any code, or with
 * texts only that are none, is not in the table, because nothing is known of its diagnoses.
 */
export async function fillLabels(duck: Duck): Promise<LabelCounts> {
  const recorded = await duck.rows<{ code: string; version: IcdVersion; count: number }>(
    `SELECT code, version::INTEGER AS version, count(*)::DOUBLE AS count FROM codes
     WHERE code IS NOT NULL GROUP BY ALL ORDER BY count DESC, code, version`,
  );
  const known = recorded.map((row) => ({ ...labelRow(row), count: row.count }));

  await duck.run('CREATE OR REPLACE TEMP TABLE label_rows (code VARCHAR, version INTEGER, position INTEGER)');
  const rows = known
    .filter(({ kind }) => kind !== 'not a code')
    .map(({ code, version, position }) => `(${literal(code)}, ${version}, ${position ?? 'NULL'})`);
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await duck.run(`INSERT INTO label_rows VALUES ${rows.slice(from, from + ROWS_AT_ONCE).join(', ')}`);
  }
  await duck.run(`
    CREATE TABLE labels AS
    SELECT
      c.stay,
      coalesce(list(DISTINCT r.position ORDER BY r.position) FILTER (r.position IS NOT NULL), []) AS positions
    FROM codes AS c
    JOIN label_rows AS r USING (code, version)
    GROUP BY c.stay;
    DROP TABLE label_rows;
  `);

  const count = (those: typeof known): CodeCounts => {
    const counts = { codes: 0, mapped: 0, ofNone: 0, notCodes: 0 };
    for (const row of those) {
      counts.codes += row.count;
      counts[COUNTED[row.kind]] += row.count;
    }
    return counts;
  };
  return {
    ...count(known),
    byVersion: { 9: count(known.filter((row) => row.version === 9)), 10: count(known.filter((r) => r.version === 10)) },
    notCodeTexts: known
      .filter(({ kind, code }) => kind === 'not a code' && LOOKS_LIKE_A_CODE.test(code))
      .slice(0, LISTED)
      .map(({ code, version, count: times }) => ({ text: code, version, count: times })),
  };
}
