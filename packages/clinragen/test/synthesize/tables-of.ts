import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Rows of one written table, by column name; a small reader of its own, so that the writer is not its own judge. */
export function readTable(folder: string, table: string): Record<string, string>[] {
  const [header, ...rows] = parseCsv(gunzipSync(readFileSync(join(folder, `${table}.csv.gz`))).toString('utf8'));
  return rows.map((row) => {
    if (row.length !== header!.length)
      throw new Error(`${table}: ${row.length} values under ${header!.length} columns`);
    return Object.fromEntries(header!.map((name, i) => [name, row[i]!]));
  });
}

function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let value = '';
  let inQuotes = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (inQuotes) {
      if (c === '"' && text[i + 1] === '"') {
        value += '"';
        i++;
      } else if (c === '"') inQuotes = false;
      else value += c;
    } else if (c === '"') inQuotes = true;
    else if (c === ',') {
      row.push(value);
      value = '';
    } else if (c === '\n') {
      row.push(value);
      rows.push(row);
      row = [];
      value = '';
    } else value += c;
  }
  return rows;
}
