import { INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Duck } from '../duck.js';
import { codesOfList, type IcdCode, inOneVersion, normalizeCode, versionOf } from '../labels/index.js';

/** The codes that a list such as `518.81, J96.00` stands for; what is none is kept as it stands, to be counted. */
export function codesOfDiagnosis(text: string): IcdCode[] {
  const strange = text.split(/[,;|]/).filter((part) => part.trim() !== '' && versionOf(part) === null);
  return [
    ...inOneVersion(codesOfList(text)),
    ...strange.map((part): IcdCode => ({ code: normalizeCode(part, 9), version: 9 })),
  ];
}

/** Makes `codes`: the diagnoses of a stay, active at discharge or not, from the few hundred lists that there are. */
export async function fillCodes(duck: Duck): Promise<void> {
  const lists = await duck.rows<{ text: string }>(
    'SELECT DISTINCT icd9code AS text FROM diagnosis WHERE icd9code IS NOT NULL ORDER BY text',
  );
  await duck.run('CREATE TEMP TABLE code_lists (text VARCHAR, code VARCHAR, version INTEGER)');
  const appender = await duck.connection.createAppender('code_lists');
  for (const { text } of lists) {
    for (const { code, version } of codesOfDiagnosis(text)) {
      appender.appendValue(text, VARCHAR);
      appender.appendValue(code, VARCHAR);
      appender.appendValue(version, INTEGER);
      appender.endRow();
    }
  }
  appender.closeSync();
  await duck.run(`
    CREATE TABLE codes AS
    SELECT DISTINCT s.stay, l.code, l.version
    FROM diagnosis AS d
    JOIN stay_numbers AS s USING (patientunitstayid)
    JOIN code_lists AS l ON l.text = d.icd9code;
    DROP TABLE code_lists;`);
}
