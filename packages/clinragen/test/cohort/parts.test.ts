import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { countRecords } from '../../src/cohort/tables/csv-file.js';
import { eachPart, type Part } from '../../src/cohort/tables/parts.js';
import { withFolder } from './small-hospital.js';

/** Rows of 40 bytes and now and then one whose quoted text holds commas, quotes and line ends. */
function table(rows: number, end = '\n'): string {
  const lines = Array.from({ length: rows }, (_, i) =>
    i % 7 === 3 ? `${i},"a ""quoted"" text,${end}of two lines${end}",9` : `${i},${'v'.repeat(30)},9`,
  );
  return `id,text,n${end}${lines.join(end)}${end}`;
}

async function partsOf(folder: string, text: string, partBytes: number) {
  const path = join(folder, 't.csv.gz');
  await writeFile(path, gzipSync(text));
  const parts: (Part & { text: string })[] = [];
  const places: number[] = [];
  const records = await eachPart(
    path,
    join(folder, 'parts'),
    async (part) => void parts.push({ ...part, text: await readFile(part.path, 'utf8') }),
    (bytes) => places.push(bytes),
    partBytes,
  );
  expect(await readdir(join(folder, 'parts'))).toEqual([]);
  expect(records).toBe(await countRecords(path));
  return { parts, records, places };
}

describe('parts of a compressed table', () => {
  it.each(['\n', '\r\n'])('hold whole records, all of them, once, in order, each below the header (%j)', (end) =>
    withFolder(async (folder) => {
      const text = table(60_000, end); // over several chunks of the unpacking
      const { parts, records, places } = await partsOf(folder, text, 500_000);
      const header = `id,text,n${end}`;
      expect(records).toBe(60_000);
      expect(parts.length).toBeGreaterThan(2);
      for (const part of parts) expect(part.text.startsWith(header)).toBe(true);
      expect(header + parts.map((part) => part.text.slice(header.length)).join('')).toBe(text);
      let before = 0;
      for (const part of parts) {
        expect(part.before).toBe(before);
        await writeFile(join(folder, 'one.csv'), part.text);
        expect(part.records).toBe(await countRecords(join(folder, 'one.csv')));
        before += part.records;
      }
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }),
  );

  it('are none for a header alone, and one where the last line has no end', () =>
    withFolder(async (folder) => {
      expect(await partsOf(folder, 'id,text,n\n', 100)).toMatchObject({ records: 0, parts: [] });
      const { parts } = await partsOf(folder, 'id,text,n\n1,a,2\n2,b,3', 100);
      expect(parts.map((part) => part.text)).toEqual(['id,text,n\n1,a,2\n2,b,3']);
      expect(parts[0]).toMatchObject({ before: 0, records: 2 });
    }));

  it('go with the work that fails, and a file cut short is told', () =>
    withFolder(async (folder) => {
      const path = join(folder, 't.csv.gz');
      const whole = gzipSync(table(60_000));
      await writeFile(path, whole);
      let calls = 0;
      const failing = eachPart(
        path,
        join(folder, 'parts'),
        async () => {
          if (++calls === 2) throw new Error('of the work');
        },
        undefined,
        300_000,
      );
      await expect(failing).rejects.toThrow(/of the work|cannot be read/);
      expect(calls).toBe(2);
      expect(await readdir(join(folder, 'parts'))).toEqual([]);
      await writeFile(path, whole.subarray(0, whole.length - 20));
      await expect(eachPart(path, join(folder, 'parts'), async () => {}, undefined, 300_000)).rejects.toThrow(
        /ends too early/,
      );
      expect(await readdir(join(folder, 'parts'))).toEqual([]);
    }));
});
