/** PhysioNet's `SHA256SUMS.txt`: the list of a database's files, and what each must be. */
import { CohortError } from '../cohort-error.js';

export const SUMS = 'SHA256SUMS.txt';

export interface ListedFile {
  /** Path below the database's folder, with `/`: `hosp/admissions.csv.gz`. */
  readonly name: string;
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Reads the list. PhysioNet writes one space between sum and name, `sha256sum` two, or one and a `*`.
 *
 * @param source  where it came from, for errors
 * @throws CohortError for a line that is no such pair, for a name that would leave the folder, and for an empty list
 */
export function parseSums(text: string, source: string): ListedFile[] {
  const sums = new Map<string, string>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const at = { file: source, line: i + 1 };
    const [, sum, name] = /^([0-9a-f]{64})[ \t]+\*?(\S.*)$/i.exec(line) ?? [];
    if (sum === undefined || name === undefined)
      throw new CohortError('not a list of files and their SHA-256 sums', {
        ...at,
        found: shown(line),
        expected: '64 hexadecimal digits and a file’s name; does a login page or a proxy answer in the server’s place?',
      });
    const fault = faultOf(name);
    if (fault !== undefined)
      throw new CohortError(fault, { ...at, found: shown(name), expected: 'a path that stays inside the folder' });
    // A list made by `sha256sum * > SHA256SUMS.txt` holds itself, as it was when it was still empty.
    if (name === SUMS) continue;
    const sha256 = sum.toLowerCase();
    if ((sums.get(name) ?? sha256) !== sha256)
      throw new CohortError('a file is listed twice, with two sums', { ...at, found: shown(name) });
    sums.set(name, sha256);
  }
  if (sums.size === 0) throw new CohortError('the list of files is empty', { file: source, expected: 'SHA-256 sums' });
  return [...sums].map(([name, sha256]) => ({ name, sha256 }));
}

/** Why a file of this name must not be written, or undefined. What is refused would leave the folder on some system. */
function faultOf(name: string): string | undefined {
  if (name.includes('\\')) return 'a file’s name has a backslash';
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return 'a file’s name is an absolute path';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f:]/.test(name)) return 'a file’s name has a colon or a control character';
  const steps = name.split('/');
  if (steps.includes('..')) return 'a file’s name leaves its folder';
  if (steps.some((step) => step === '' || step === '.' || /[. ]$/.test(step)))
    return 'a file’s name is not a plain path';
  if (/\.part(\.json)?$/i.test(name)) return 'a file’s name is one that unfinished downloads have';
  return undefined;
}

/** What a server sent, short and harmless to a terminal. */
const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
