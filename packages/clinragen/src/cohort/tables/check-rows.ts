import { CohortError } from '../cohort-error.js';
import type { Duck } from '../duck.js';
import type { TableFile } from './folder.js';
import { type TableSpec, viewOf } from './table-spec.js';

/**
 * A header for a message. Where a file has none, or the header's end was lost, patients' data stand in its place: so names
 * that we know are said, and those that look like one that is missing.
 */
function sayHeader(header: readonly string[], known: readonly string[], missing: readonly string[]): string {
  const alike = (name: string) =>
    /^[a-z][a-z_]{2,39}$/.test(name) && missing.some((one) => one.startsWith(name) || name.endsWith(`_${one}`));
  const said = header.filter((name) => known.includes(name) || alike(name));
  const others = header.length - said.length;
  if (said.length === 0) return `${header.length} columns: none that we know; is the header missing?`;
  return `${header.length} columns: ${said.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

/** @throws CohortError where a wanted column is missing, or one that is read stands there twice */
export function checkHeader(file: TableFile, header: readonly string[], spec: TableSpec): void {
  const wanted = Object.keys(spec.columns);
  const known = [...wanted, ...Object.keys(spec.maybe ?? {})];
  const missing = wanted.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new CohortError(`the column ${missing.join(', ')} is missing`, {
      file: file.file,
      line: 1,
      found: sayHeader(header, known, missing),
      expected: wanted.join(', '),
    });
  }
  const twice = known.find((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (twice !== undefined) {
    throw new CohortError('a column stands there twice', { file: file.file, line: 1, found: twice });
  }
}

/** An id for a message; what is too long or holds blanks is none, whatever column it stands in. */
export function sayId(id: string): string {
  return /^[\w.:/+-]{1,40}$/.test(id) && /\d/.test(id) ? id : 'an id without digits, or with blanks';
}

/**
 * Looks at the rows of a table that has been read.
 *
 * @returns rows with what cannot be, by what it is
 * @throws CohortError where the key is empty, or there twice; ids are said, for they are no secret
 */
export async function checkRows(duck: Duck, file: TableFile, spec: TableSpec): Promise<Record<string, number>> {
  const view = viewOf(spec);
  const { key } = spec;
  const count = async (where: string) =>
    (await duck.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${view} WHERE ${where}`))[0]!.n;
  if (key !== undefined) {
    const empty = await count(`"${key}" IS NULL`);
    if (empty > 0) throw new CohortError(`${empty} rows without ${key}`, { file: file.file });
    const [twice] = await duck.rows<{ id: string; n: number }>(
      `SELECT "${key}"::VARCHAR AS id, count(*)::DOUBLE AS n FROM ${view} GROUP BY 1 HAVING n > 1 ORDER BY id LIMIT 1`,
    );
    if (twice) {
      throw new CohortError(`the same ${key} in ${twice.n} rows`, {
        file: file.file,
        found: sayId(twice.id),
        expected: 'one row each',
      });
    }
  }
  const odd: Record<string, number> = {};
  for (const [earlier, later] of spec.inOrder ?? []) {
    const n = await count(`"${later}" < "${earlier}"`);
    if (n > 0) odd[`${later} before ${earlier}`] = n;
  }
  return odd;
}
