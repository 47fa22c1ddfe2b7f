import { isCode } from './categories.js';

export type IcdVersion = 9 | 10;

/** A diagnosis: ICD-9-CM or ICD-10-CM, upper case, without the dot. */
export interface IcdCode {
  readonly code: string;
  readonly version: IcdVersion;
}

/**
 * A code as any database writes it → upper case, no dot, no blanks, no dagger or asterisk.
 *
 * ICD-9-CM that was read as a number has lost its zeros: `38.9` and `8` are 038.9 and 008. Without the dot that can be told
 * only of one or two digits: `389` stays 389 (hearing loss), though it may have been 038.9. What is no code stays none.
 */
export function normalizeCode(written: string, version: IcdVersion): string {
  const text = written
    .trim()
    .toUpperCase()
    .replace(/[*+†]$/, '');
  const bare = text.replaceAll('.', '').replace(/\s+/g, '');
  if (version === 10) return bare;
  const short = /^(\d{1,2})(?:\.\d{0,2})?$/.exec(text);
  return short ? '0'.repeat(3 - short[1]!.length) + bare : bare;
}

/**
 * Which ICD a code is of, by its form and by what exists; null when it is none. The forms overlap in E and V alone:
 *
 * - E with a dot: after three digits ICD-9 (`E849.7`, where it happened), after two ICD-10 (`E87.6`, hypokalaemia).
 * - E without: ICD-10 where its category exists (`E876`), else ICD-9 (`E9320`). Wrong for ICD-9's E800 to E899 without dot.
 * - V with no more than two digits after the category: ICD-9 where its category exists (`V58.61`, a status), else ICD-10: its
 *   V codes are transport accidents, and whole ones have seven characters (`V43.52XA`).
 */
export function versionOf(written: string): IcdVersion | null {
  const text = written.trim().toUpperCase();
  const fits = (version: IcdVersion) => isCode(normalizeCode(text, version), version);
  if (/^E\d{3}\.\d$/.test(text)) return fits(9) ? 9 : null;
  if (/^V\d{2}\.?\d{0,2}$/.test(text) && fits(9)) return 9;
  if (fits(10)) return 10;
  return fits(9) ? 9 : null;
}

/**
 * The codes of a text that lists several, of either version: eICU's `518.81, J96.00`. What is no code is left out. In the
 * order of the text, none twice.
 */
export function codesOfList(text: string): IcdCode[] {
  const codes = new Map<string, IcdCode>();
  for (const part of text.split(/[,;|]/)) {
    const version = versionOf(part);
    if (version === null) continue;
    const code = normalizeCode(part, version);
    codes.set(`${version} ${code}`, { code, version });
  }
  return [...codes.values()];
}

/**
 * One diagnosis written in both versions, in one of them: ICD-9 where there is any, because the phenotypes are defined in it.
 * eICU writes hypoxaemia `799.02, J96.91`; the latter would be respiratory failure.
 */
export function inOneVersion(codes: readonly IcdCode[]): IcdCode[] {
  const nine = codes.filter(({ version }) => version === 9);
  return nine.length > 0 ? nine : [...codes];
}

/**
 * The diagnosis in a code of a MEDS event: `DIAGNOSIS//ICD//9//4280`, `ICD10CM/I50.9`, `DIAGNOSIS//10//I509`. null where it
 * is none, procedures (`PROCEDURE//ICD//9//3893`, `ICD10PCS/…`, `ICD9Proc/…`) included.
 */
export function codeOfMeds(event: string): IcdCode | null {
  const parts = event.trim().split(/\/+/);
  const written = parts.at(-1)!;
  const before = parts.slice(0, -1).join('/').toUpperCase();
  const vocabulary = /(?:^|\/)ICD-?(9|10)(?:-?CM)?$|^(?:DIAGNOSIS|DX|CONDITION)\/(?:ICD\/?)?(9|10)$/.exec(before);
  if (!vocabulary || /PROC/.test(before)) return null;
  const version: IcdVersion = (vocabulary[1] ?? vocabulary[2]) === '9' ? 9 : 10;
  const code = normalizeCode(written, version);
  return code === '' ? null : { code, version };
}
