import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** What can happen to a folder of tables: bytes, cells, rows, columns, files. */

/** Files by name; null stands for a folder in the file's place. */
export type Files = Map<string, Buffer | null>;

export interface Mutation {
  readonly name: string;
  /** Which file, which place in it, how much: parts of the whole, in [0, 1). */
  readonly file: number;
  readonly at: number;
  readonly across: number;
  readonly amount: number;
  readonly text: string;
}

const TEXTS = [
  ...[
    '',
    ' ',
    'x',
    '-1',
    '0',
    '1',
    'nan',
    'NaN',
    'inf',
    '-inf',
    'infinity',
    '1e400',
    '1e-400',
    '99999999999999999999',
    '1,5',
  ],
  ...[
    '2100-13-45',
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59',
    '290000-01-01 00:00:00',
    '1700-01-01',
    'epoch',
    'true',
  ],
  ...[
    '"',
    '""',
    '"a',
    'a"b',
    'a\nb',
    '"a\nb"',
    '\r',
    '\0',
    '\uFFFD',
    '\u2028',
    ';',
    '|',
    "'",
    "'; DROP TABLE stays; --",
    '{{x}}',
  ],
  ...['9', '10', 'course', 'summary', 'M', '486', 'I50.9', 'heart_rate', '%', '?F', 'stay_id', 'x'.repeat(100_000)],
];

type Change = (bytes: Buffer, m: Mutation) => Buffer | null;

const lines = (bytes: Buffer) => bytes.toString('latin1').split('\n');
const joined = (rows: readonly string[]) => Buffer.from(rows.join('\n'), 'latin1');
const place = (length: number, part: number) => Math.floor(part * length);

/** Changes each line's cells, quotes disregarded. */
const cells = (bytes: Buffer, change: (row: string[], i: number) => string[]) =>
  joined(lines(bytes).map((line, i) => (line === '' ? line : change(line.split(','), i).join(','))));

const CHANGES: Readonly<Record<string, Change>> = {
  'flip a bit': (bytes, m) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[place(copy.length, m.at)]! ^= 1 << place(8, m.amount);
    return copy;
  },
  'put bytes in': (bytes, m) => {
    const at = place(bytes.length, m.at);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(m.text), bytes.subarray(at)]);
  },
  'put a byte in that is no UTF-8': (bytes, m) => {
    const at = place(bytes.length, m.at);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at)]);
  },
  'take bytes out': (bytes, m) => {
    const at = place(bytes.length, m.at);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + place(60, m.amount))]);
  },
  'cut the end off': (bytes, m) => bytes.subarray(0, place(bytes.length, m.at)),
  'change a cell': (bytes, m) => {
    const row = 1 + place(lines(bytes).length - 2, m.at);
    return cells(bytes, (line, i) => {
      if (i === row) line[place(line.length, m.across)] = m.text;
      return line;
    });
  },
  'change a column': (bytes, m) =>
    cells(bytes, (line, i) => {
      if (i > 0) line[place(line.length, m.across)] = m.text;
      return line;
    }),
  'a row twice': (bytes, m) => {
    const rows = lines(bytes);
    const at = 1 + place(rows.length - 2, m.at);
    return joined([...rows.slice(0, at), rows[at] ?? '', ...rows.slice(at)]);
  },
  'take a row out': (bytes, m) => {
    const rows = lines(bytes);
    rows.splice(place(rows.length, m.at), 1);
    return joined(rows);
  },
  'two rows in one line': (bytes, m) => {
    const rows = lines(bytes);
    const at = place(rows.length - 1, m.at);
    return joined([...rows.slice(0, at), rows.slice(at, at + 2).join(''), ...rows.slice(at + 2)]);
  },
  'the header again': (bytes, m) => {
    const rows = lines(bytes);
    rows.splice(1 + place(rows.length, m.at), 0, rows[0]!);
    return joined(rows);
  },
  'no header': (bytes) => joined(lines(bytes).slice(1)),
  'the header alone': (bytes) => joined([lines(bytes)[0]!, '']),
  'the rows turned round': (bytes) => {
    const [header, ...rows] = lines(bytes);
    return joined([header!, ...rows.filter((row) => row !== '').reverse(), '']);
  },
  'take a column out': (bytes, m) => cells(bytes, (row) => row.filter((_, i) => i !== place(row.length, m.across))),
  'a column twice': (bytes, m) =>
    cells(bytes, (row) => row.flatMap((cell, i) => (i === place(row.length, m.across) ? [cell, cell] : [cell]))),
  'a column more': (bytes) => cells(bytes, (row, i) => [...row, i === 0 ? 'more' : '7']),
  'rename a column': (bytes, m) =>
    cells(bytes, (row, i) => (i > 0 ? row : row.map((cell, j) => (j === place(row.length, m.across) ? m.text : cell)))),
  'the columns turned round': (bytes) => cells(bytes, (row) => row.reverse()),
  'another delimiter': (bytes, m) =>
    Buffer.from(bytes.toString('latin1').replaceAll(',', [';', '\t', '|'][place(3, m.at)]!)),
  'CR LF': (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  'CR alone': (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r'), 'latin1'),
  'CR LF from some line on': (bytes, m) => {
    const at = place(bytes.length, m.at);
    const rest = bytes.subarray(at).toString('latin1').replaceAll('\n', '\r\n');
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(rest, 'latin1')]);
  },
  'a BOM': (bytes) => Buffer.concat([Buffer.from('\uFEFF'), bytes]),
  'UTF-16': (bytes) => Buffer.from(`\uFEFF${bytes.toString('utf8')}`, 'utf16le'),
  'the other case in the header': (bytes) =>
    joined(
      lines(bytes).map((row, i) => (i > 0 ? row : row === row.toUpperCase() ? row.toLowerCase() : row.toUpperCase())),
    ),
  'nothing in it': () => Buffer.alloc(0),
  'zeros in it': (bytes) => Buffer.alloc(bytes.length),
  'a folder in its place': () => null,
};

/** These need the other files too. */
const FILE_CHANGES: Readonly<Record<string, (files: Files, name: string, m: Mutation) => void>> = {
  'take a file away': (files, name) => void files.delete(name),
  'another table in its place': (files, name, m) => {
    const all = [...files.values()];
    files.set(name, all[place(all.length, m.at)]!);
  },
  compressed: (files, name) => compressed(files, name, (bytes) => bytes),
  'compressed, and cut off': (files, name, m) => compressed(files, name, (b) => b.subarray(0, place(b.length, m.at))),
  'compressed, and a bit flipped': (files, name, m) => compressed(files, name, (b) => CHANGES['flip a bit']!(b, m)!),
  'named as if compressed': (files, name) => {
    files.set(`${name}.gz`, files.get(name)!);
    files.delete(name);
  },
  'two of it': (files, name) => void files.set(`${name}.gz`, gzipSync(files.get(name) ?? '')),
};

function compressed(files: Files, name: string, spoil: (bytes: Buffer) => Buffer) {
  const bytes = files.get(name);
  if (!bytes || name.endsWith('.gz')) return;
  files.set(`${name}.gz`, spoil(gzipSync(bytes)));
  files.delete(name);
}

// fast-check likes numbers near 0, and so would spoil nothing but the first file.
const part = fc.noBias(fc.nat(999_999)).map((n) => n / 1_000_000);

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  name: fc.constantFrom(...Object.keys(CHANGES), ...Object.keys(FILE_CHANGES)),
  file: part,
  at: part,
  across: part,
  amount: part,
  text: fc.constantFrom(...TEXTS),
});

/** The files of a spoilt folder. */
export function spoil(good: Files, mutations: readonly Mutation[]): Files {
  const files: Files = new Map(good);
  for (const m of mutations) {
    const name = [...files.keys()][place(files.size, m.file)];
    if (name === undefined) break;
    const bytes = files.get(name);
    if (FILE_CHANGES[m.name]) FILE_CHANGES[m.name]!(files, name, m);
    else if (bytes) files.set(name, CHANGES[m.name]!(bytes, m));
  }
  return files;
}
