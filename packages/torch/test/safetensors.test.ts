import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readSafetensors,
  readSafetensorsSync,
  SAFETENSORS_ITEM_BYTES,
  type SafetensorsDType,
  type SafetensorsEntry,
  SafetensorsError,
  writeSafetensors,
  writeSafetensorsSync,
} from '../src/safetensors.js';
import { headerLength, parseHeader } from '../src/safetensors-header.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dtypes = Object.keys(SAFETENSORS_ITEM_BYTES) as SafetensorsDType[];

/** One tensor of each dtype, bytes counting up, and the shapes that are easy to get wrong. */
function everyDType(): (SafetensorsEntry & { bytes: Uint8Array })[] {
  const entries = dtypes.map((dtype, index) => ({
    name: `layer.${index}.${dtype}`,
    dtype,
    shape: [3, index + 1],
    bytes: Uint8Array.from({ length: 3 * (index + 1) * SAFETENSORS_ITEM_BYTES[dtype] }, (_, i) =>
      dtype === 'BOOL' ? i % 2 : (i * 7 + index) % 120,
    ),
  }));
  return [
    ...entries,
    { name: 'scalar', dtype: 'F32', shape: [], bytes: new Uint8Array(new Float32Array([Math.PI]).buffer) },
    { name: 'empty', dtype: 'I64', shape: [0, 7], bytes: new Uint8Array(0) },
    { name: '7', dtype: 'U8', shape: [1], bytes: Uint8Array.of(255) },
    { name: 'Größe "é"\\\u{1f600}', dtype: 'U8', shape: [2], bytes: Uint8Array.of(1, 2) },
  ];
}

/** A file made of any header text and any data. */
function fileOf(header: string, data = new Uint8Array(0)): Buffer {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

/** Reads a file that is in memory as readSafetensors reads one on disk. */
function parse(file: Uint8Array) {
  const length = headerLength(file.subarray(0, 8), file.length, 'memory');
  return parseHeader(file.subarray(8, 8 + length), file.length, 'memory');
}

describe('what was written is read back', () => {
  it('all dtypes, scalars, empty tensors and names beyond ASCII, with metadata', async () => {
    const path = join(folder, 'all.safetensors');
    const entries = everyDType();
    await writeSafetensors(path, entries, { format: 'pt', __proto__x: 'y' });
    const file = await readSafetensors(path);
    expect({ ...file.metadata }).toEqual({ format: 'pt', __proto__x: 'y' });
    expect([...file.tensors.keys()].sort()).toEqual(entries.map((entry) => entry.name).sort());
    for (const { name, dtype, shape, bytes } of entries) {
      expect(file.info(name)).toMatchObject({ name, dtype, shape, byteLength: bytes.length });
      expect(await file.read(name)).toEqual(bytes);
      expect(file.readSync(name)).toEqual(bytes);
    }
  });

  it('the same file from the synchronous writer, and from bytes given when their turn comes', async () => {
    const paths = ['a', 'b'].map((name) => join(folder, `${name}.safetensors`)) as [string, string];
    await writeSafetensors(paths[0], everyDType());
    const asked: string[] = [];
    const late = everyDType().map((entry) => {
      const bytes = () => {
        asked.push(entry.name);
        return entry.bytes;
      };
      return { ...entry, bytes };
    });
    writeSafetensorsSync(paths[1], late);
    expect(asked.sort()).toEqual(late.map(({ name }) => name).sort());
    expect(readFileSync(paths[1])).toEqual(readFileSync(paths[0]));
    expect(readSafetensorsSync(paths[1]).tensors).toEqual((await readSafetensors(paths[0])).tensors);
  });

  it('begins every tensor at a multiple of its own element, so that typed arrays fit', async () => {
    const path = join(folder, 'aligned.safetensors');
    await writeSafetensors(path, everyDType());
    const { tensors } = await readSafetensors(path);
    expect(readFileSync(path).readBigUInt64LE(0) % 8n).toBe(0n);
    for (const { dtype, offset } of tensors.values()) expect(offset % SAFETENSORS_ITEM_BYTES[dtype]).toBe(0);
  });

  it('whatever the tensors (property)', () => {
    const path = join(folder, 'any.safetensors');
    const tensor = fc.record({
      name: fc.string({ unit: 'grapheme', maxLength: 12 }).filter((name) => name !== '__metadata__'),
      dtype: fc.constantFrom(...dtypes),
      shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 8 }),
        fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
        (described, metadata) => {
          const entries = described.map((entry, index) => {
            const bytes = entry.shape.reduce((a, b) => a * b, SAFETENSORS_ITEM_BYTES[entry.dtype]);
            return { ...entry, bytes: new Uint8Array(bytes).fill(index + 1) };
          });
          writeSafetensorsSync(path, entries, metadata);
          const file = readSafetensorsSync(path);
          expect({ ...file.metadata }).toEqual({ ...metadata });
          expect(file.tensors.size).toBe(entries.length);
          for (const { name, bytes } of entries) expect(file.readSync(name)).toEqual(bytes);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a failed write', () => {
  it('leaves the old file and nothing else', async () => {
    const inside = mkdtempSync(join(folder, 'atomic-'));
    const path = join(inside, 'model.safetensors');
    const good: SafetensorsEntry = { name: 'a', dtype: 'U8', shape: [2], bytes: Uint8Array.of(1, 2) };
    await writeSafetensors(path, [good]);
    const before = readFileSync(path);
    const late: SafetensorsEntry = { name: 'b', dtype: 'U8', shape: [2], bytes: () => Uint8Array.of(1, 2, 3) };
    await expect(writeSafetensors(path, [good, late])).rejects.toThrow(/"b": has 3 bytes, but U8\[2\] takes 2/);
    expect(() => writeSafetensorsSync(path, [good, late])).toThrow(SafetensorsError);
    expect(readdirSync(inside)).toEqual(['model.safetensors']);
    expect(readFileSync(path)).toEqual(before);
  });

  it.each<[string, SafetensorsEntry[], RegExp]>([
    [
      'a name twice',
      [0, 1].map(() => ({ name: 'a', dtype: 'U8', shape: [0], bytes: new Uint8Array(0) })),
      /"a": is given twice/,
    ],
    ['the reserved name', [{ name: '__metadata__', dtype: 'U8', shape: [0], bytes: new Uint8Array(0) }], /reserved/],
    ['a shape that is none', [{ name: 'a', dtype: 'U8', shape: [1.5], bytes: new Uint8Array(0) }], /shape is \[1.5\]/],
    ['half a character', [{ name: '\ud800', dtype: 'U8', shape: [0], bytes: new Uint8Array(0) }], /Unicode/],
  ])('%s is refused before anything is written', async (_, entries, message) => {
    const path = join(folder, 'refused.safetensors');
    await expect(writeSafetensors(path, entries)).rejects.toThrow(message);
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('a hostile header is refused with the file and the key', () => {
  const two = (a: string, b: string) => `{"a":${a},"b":${b}}`;
  const u8 = (shape: string, begin: number, end: number) =>
    `{"dtype":"U8","shape":${shape},"data_offsets":[${begin},${end}]}`;
  const eight = new Uint8Array(8);
  it.each<[string, Buffer, RegExp]>([
    ['no 8 bytes', Buffer.from('{}'), /has 2 bytes/],
    [
      'longer than the file',
      Buffer.concat([fileOf('{}').subarray(0, 8), Buffer.from('{')]),
      /header has 2 bytes, but the file ends after 1/,
    ],
    [
      'longer than allowed',
      Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 0x80]), Buffer.from('{}')]),
      /9223372036854775808 bytes, at most 100000000/,
    ],
    ['no JSON', fileOf('{"a":'), /is not JSON/],
    [
      'bytes that are no UTF-8',
      Buffer.concat([fileOf('    ').subarray(0, 8), Buffer.from([0x7b, 0xff, 0xfe, 0x7d])]),
      /is not JSON in UTF-8/,
    ],
    ['blanks first', fileOf(' {}'), /does not begin with/],
    ['a list', fileOf('[]'), /does not begin with/],
    [
      'a key twice',
      fileOf(two(u8('[8]', 0, 8), u8('[0]', 8, 8)).replace('"b"', '"\\u0061"'), eight),
      /"a": stands in the header more than once/,
    ],
    [
      'an inner key twice',
      fileOf(`{"a":${u8('[8]', 0, 8).replace('{', '{"shape":[9],')}}`, eight),
      /"shape": stands in the header more than once/,
    ],
    ['metadata that are no strings', fileOf('{"__metadata__":{"step":3}}'), /"__metadata__": "step" is not a string/],
    ['metadata that are no object', fileOf('{"__metadata__":["pt"]}'), /"__metadata__": is not an object/],
    ['a tensor that is no object', fileOf('{"a":3}'), /"a": is not an object/],
    [
      'an unknown dtype',
      fileOf('{"a":{"dtype":"F4","shape":[],"data_offsets":[0,0]}}'),
      /"a": dtype is "F4", expected one of I64/,
    ],
    ['a dtype of Object.prototype', fileOf('{"a":{"dtype":"toString","shape":[],"data_offsets":[0,0]}}'), /"a": dtype/],
    ['a negative size', fileOf(`{"a":${u8('[-8]', 0, 8)}}`, eight), /"a": shape/],
    ['a fraction of a size', fileOf(`{"a":${u8('[0.5]', 0, 8)}}`, eight), /"a": shape/],
    ['a size in words', fileOf(`{"a":${u8('["8"]', 0, 8)}}`, eight), /"a": shape/],
    [
      'sizes whose product overflows',
      fileOf(`{"a":${u8('[4294967296,4294967296]', 0, 8)}}`, eight),
      /"a": shape asks for more bytes/,
    ],
    ['more bytes than the shape', fileOf(`{"a":${u8('[7]', 0, 8)}}`, eight), /"a": has 8 bytes, but U8\[7\] takes 7/],
    ['fewer bytes than the shape', fileOf(`{"a":${u8('[9]', 0, 8)}}`, eight), /"a": has 8 bytes, but U8\[9\] takes 9/],
    ['an end before the beginning', fileOf(`{"a":${u8('[8]', 8, 0)}}`, eight), /"a": data_offsets end \(0\) before/],
    ['three offsets', fileOf('{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8,8]}}', eight), /"a": data_offsets/],
    ['an end beyond the file', fileOf(`{"a":${u8('[9]', 0, 9)}}`, eight), /"a": data_offsets end at 9, but only 8/],
    [
      'an overlap',
      fileOf(two(u8('[5]', 0, 5), u8('[4]', 4, 8)), eight),
      /"b": its data begin at byte 4, but the tensor before ends at 5/,
    ],
    [
      'a gap',
      fileOf(two(u8('[3]', 0, 3), u8('[4]', 4, 8)), eight),
      /"b": its data begin at byte 4, but the tensor before ends at 3/,
    ],
    ['data that belong to nobody', fileOf(`{"a":${u8('[4]', 0, 4)}}`, eight), /its tensors take 4 bytes, but 8 follow/],
  ])('%s', async (_, bytes, message) => {
    const path = join(folder, 'hostile.safetensors');
    writeFileSync(path, bytes);
    await expect(readSafetensors(path)).rejects.toThrow(SafetensorsError);
    await expect(readSafetensors(path)).rejects.toThrow(message);
    expect(() => readSafetensorsSync(path)).toThrow(`${path}: `);
  });

  it('takes keys of megabytes and deep nesting without a stack overflow', () => {
    const nested = '['.repeat(100_000) + ']'.repeat(100_000);
    const key = '\\u0041'.repeat(1_000_000);
    for (const text of [`{"a":${nested}}`, `{"${key}":1}`, `{"${key}":{},"${key}":{}}`])
      expect(() => parse(fileOf(text))).toThrow(SafetensorsError);
  });

  it('does not take __proto__ for anything but a name', () => {
    const { tensors } = parse(
      fileOf('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', Uint8Array.of(9)),
    );
    expect([...tensors.keys()]).toEqual(['__proto__']);
  });

  it('a missing file, a folder, and a file that shrank after it was opened', async () => {
    await expect(readSafetensors(join(folder, 'absent'))).rejects.toThrow(/absent: cannot be opened \(ENOENT\)/);
    await expect(readSafetensors(folder)).rejects.toThrow(/is not a file/);
    const path = join(folder, 'shrinks.safetensors');
    await writeSafetensors(path, everyDType());
    const file = await readSafetensors(path);
    truncateSync(path, file.fileBytes - 1);
    await expect(file.read('scalar')).rejects.toThrow(/when it was opened/);
    expect(() => file.readSync('nowhere')).toThrow(/"nowhere": is not among its 14 tensors/);
  });
});

describe('fuzz: any bytes are either valid or a SafetensorsError, and no range leaves the file', () => {
  function check(file: Uint8Array): boolean {
    let header: ReturnType<typeof parse>;
    try {
      header = parse(file);
    } catch (error) {
      expect(error).toBeInstanceOf(SafetensorsError);
      return false;
    }
    for (const { shape, dtype, offset, byteLength } of header.tensors.values()) {
      expect(offset).toBeGreaterThanOrEqual(8);
      expect(offset + byteLength).toBeLessThanOrEqual(file.length);
      expect(byteLength).toBe(shape.reduce((a, b) => a * b, SAFETENSORS_ITEM_BYTES[dtype]));
    }
    return true;
  }
  const valid = () => {
    const path = join(folder, 'seed.safetensors');
    writeSafetensorsSync(path, everyDType(), { format: 'pt' });
    return readFileSync(path);
  };

  it('bytes of a valid file changed, cut out and doubled', () => {
    const seed = valid();
    const headerBytes = Number(seed.readBigUInt64LE(0));
    const edit = fc.record({
      at: fc.integer({ min: 0, max: headerBytes + 8 }),
      remove: fc.integer({ min: 0, max: 4 }),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc
          .constantFrom('"', '{', '}', '[', ']', ',', ':', '-', '0', '9', '\\', 'e9', '__metadata__')
          .map((text) => Buffer.from(text)),
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.boolean(), (edits, mendLength) => {
        let file: Uint8Array = seed;
        for (const { at, remove, insert } of edits)
          file = Buffer.concat([file.subarray(0, at), insert, file.subarray(at + remove)]);
        file = Buffer.from(file);
        // Half of the time the length is made to fit again, so that the faults reach the JSON.
        if (mendLength && file.length >= 8)
          Buffer.from(file.buffer, file.byteOffset).writeBigUInt64LE(BigInt(headerBytes + file.length - seed.length));
        check(file);
      }),
      { numRuns: 3000 },
    );
  });

  it('well-formed JSON with any values where numbers and names belong', () => {
    const number = fc.oneof(
      fc.integer({ min: -2, max: 40 }),
      fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 - 1, 1e300, -0, 0.5),
      fc.constantFrom(null, '8', [], {}, true),
    );
    const tensor = fc.record(
      {
        dtype: fc.oneof(fc.constantFrom<unknown>(...dtypes), fc.constantFrom<unknown>('F8', 'constructor', null, 3)),
        shape: fc.oneof(fc.array(number, { maxLength: 3 }), number),
        data_offsets: fc.oneof(fc.tuple(number, number), fc.array(number, { maxLength: 3 })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.oneof(fc.constantFrom('a', 'b', '__metadata__', '__proto__'), fc.string()),
          fc.oneof(tensor, fc.jsonValue()),
          { maxKeys: 3 },
        ),
        fc.integer({ min: 0, max: 40 }),
        (header, dataBytes) => {
          check(fileOf(JSON.stringify(header), new Uint8Array(dataBytes)));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('ranges that are nearly right: some are valid, and those that are not do not pass', () => {
    let accepted = 0;
    const size = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(size, size, size), { minLength: 1, maxLength: 3 }), size, (ranges, dataBytes) => {
        const header = Object.fromEntries(
          ranges.map(([shape, begin, end], i) => [
            `t${i}`,
            { dtype: 'U8', shape: [shape], data_offsets: [begin, end] },
          ]),
        );
        const isValid = check(fileOf(JSON.stringify(header), new Uint8Array(dataBytes)));
        // An independent statement of validity: every byte of the data belongs to exactly one tensor.
        const owners = new Array<number>(dataBytes).fill(0);
        let fits = true;
        for (const [shape, begin, end] of ranges) {
          if (end - begin !== shape || end > dataBytes) fits = false;
          for (let i = begin; i < end && i < dataBytes; i++) owners[i]!++;
        }
        const covered = fits && owners.every((count) => count === 1);
        if (isValid) {
          accepted++;
          expect(covered).toBe(true);
        } else if (covered) {
          // Only an empty tensor in the middle of another one's bytes is refused beyond that.
          expect(ranges.some(([shape]) => shape === 0)).toBe(true);
        }
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(3); // about 25 are expected; the draw is random
  });
});

describe('the reference implementation', () => {
  const available = spawnSync('python3', ['-c', 'import safetensors, numpy']).status === 0;
  const python = (script: string, ...args: string[]) => {
    const answer = spawnSync('python3', ['-c', script, ...args], { encoding: 'utf8' });
    expect(answer.stderr).toBe('');
    return answer.stdout;
  };
  const reason = available ? '' : ' (skipped: python3 has no safetensors and numpy)';

  it.skipIf(!available)(`reads our files, and writes the same bytes${reason}`, async () => {
    const ours = join(folder, 'ours.safetensors');
    const theirs = join(folder, 'theirs.safetensors');
    const entries = everyDType();
    await writeSafetensors(ours, entries, { format: 'pt' });
    const script = `
import json, sys
import numpy, safetensors
from safetensors import deserialize, serialize_file
tensors = deserialize(open(sys.argv[1], 'rb').read())
names = {'F64': 'float64', 'F32': 'float32', 'F16': 'float16', 'BF16': 'bfloat16', 'I64': 'int64', 'I32': 'int32',
         'I16': 'int16', 'I8': 'int8', 'U8': 'uint8', 'BOOL': 'bool'}
held = []
def spec(t):
    if not hasattr(safetensors, 'TensorSpec'):  # before 0.8
        return {'dtype': names[t['dtype']], 'shape': t['shape'], 'data': bytes(t['data'])}
    held.append(numpy.frombuffer(bytes(t['data']) or b' ', dtype='uint8'))
    return safetensors.TensorSpec(dtype=names[t['dtype']], shape=t['shape'], data_ptr=held[-1].ctypes.data,
                                  data_len=len(t['data']))
serialize_file({name: spec(t) for name, t in tensors}, sys.argv[2], {'format': 'pt'})
print(json.dumps({name: [t['dtype'], t['shape'], bytes(t['data']).hex()] for name, t in tensors}))
`;
    const read = JSON.parse(python(script, ours, theirs));
    expect(read).toEqual(
      Object.fromEntries(
        entries.map(({ name, dtype, shape, bytes }) => [name, [dtype, shape, Buffer.from(bytes).toString('hex')]]),
      ),
    );
    expect(readFileSync(theirs)).toEqual(readFileSync(ours));
  });

  it.skipIf(!available)(`writes files that we read${reason}`, async () => {
    const path = join(folder, 'numpy.safetensors');
    const script = `
import sys, numpy
from safetensors.numpy import save_file
save_file({'w': numpy.arange(6, dtype='float32').reshape(2, 3), 'n': numpy.array([-1, 2**40]), 'b': numpy.array([True, False])},
          sys.argv[1], {'made': 'by numpy'})
`;
    python(script, path);
    const file = await readSafetensors(path);
    expect({ ...file.metadata }).toEqual({ made: 'by numpy' });
    expect(file.info('w')).toMatchObject({ dtype: 'F32', shape: [2, 3] });
    expect([...new Float32Array((await file.read('w')).buffer as ArrayBuffer)]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...new BigInt64Array((await file.read('n')).buffer as ArrayBuffer)]).toEqual([-1n, 2n ** 40n]);
    expect([...(await file.read('b'))]).toEqual([1, 0]);
  });
});

const reference = join(
  process.env.CLINRAGEN_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url)),
  'reference/t5-tiny-tied/model.safetensors',
);
it.skipIf(!statSync(reference, { throwIfNoEntry: false }))(
  'reads a checkpoint of Hugging Face transformers (skipped where the shared folder is absent)',
  async () => {
    const file = await readSafetensors(reference);
    const name = 'shared.weight';
    const [rows, width] = file.info(name).shape as [number, number];
    const weights = new Float32Array((await file.read(name)).buffer as ArrayBuffer);
    expect(weights.length).toBe(rows * width);
    expect(weights.every(Number.isFinite)).toBe(true);
  },
);
