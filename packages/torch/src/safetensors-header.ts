/**
 * The header of a safetensors file: 8 bytes little-endian length N, then N bytes of JSON, then the data.
 * A header comes from outside and is hostile until every number in it has been checked against the file's size.
 */

/** Element types that this library reads and writes, in the format's own names. */
export type SafetensorsDType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

/** Bytes of one element. */
export const SAFETENSORS_ITEM_BYTES: Readonly<Record<SafetensorsDType, number>> = {
  // Written in this order, the reference implementation's: widest first keeps every tensor aligned.
  I64: 8,
  F64: 8,
  F32: 4,
  I32: 4,
  BF16: 2,
  F16: 2,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};
const ORDER = Object.keys(SAFETENSORS_ITEM_BYTES);

/** The reference implementation's limit: a longer header is an attack or a mistake. */
export const MAX_HEADER_BYTES = 100_000_000;
const MAX_RANK = 64; // c10's own limit

/** One tensor as the header describes it. */
export interface SafetensorsInfo {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  readonly byteLength: number;
  /** Of its first byte, from the beginning of the file. */
  readonly offset: number;
}

export interface SafetensorsHeader {
  /** In the order in which the data lie in the file. */
  readonly tensors: ReadonlyMap<string, SafetensorsInfo>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A file that is not valid safetensors, or tensors that cannot be written as such. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';

  constructor(
    /** The file, as it was given. */
    readonly file: string,
    /** The tensor or metadata key, where the fault lies in one. */
    readonly key: string | undefined,
    fault: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${key === undefined ? '' : `${JSON.stringify(shorten(key))}: `}${fault}`, options);
  }
}

/** Keys of a hostile header may be megabytes long. */
function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}

/**
 * Reads the length that stands in a file's first 8 bytes.
 *
 * @param prefix  the first 8 bytes, or all where the file is shorter
 * @param fileBytes  size of the whole file
 * @throws {SafetensorsError} where the header would not fit in the file, or is over MAX_HEADER_BYTES
 */
export function headerLength(prefix: Uint8Array, fileBytes: number, file: string): number {
  if (prefix.length < 8 || fileBytes < 8)
    throw new SafetensorsError(file, undefined, `has ${fileBytes} bytes, a safetensors file has at least 8`);
  const view = new DataView(prefix.buffer, prefix.byteOffset, 8);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES))
    throw new SafetensorsError(
      file,
      undefined,
      `says that its header has ${length} bytes, at most ${MAX_HEADER_BYTES} are allowed`,
    );
  if (Number(length) > fileBytes - 8)
    throw new SafetensorsError(
      file,
      undefined,
      `says that its header has ${length} bytes, but the file ends after ${fileBytes - 8}`,
    );
  return Number(length);
}

/**
 * Reads and checks a header.
 *
 * @param bytes  the N bytes of JSON
 * @param fileBytes  size of the whole file: the data must fill it exactly
 * @throws {SafetensorsError} for anything but a valid header: the tensors' ranges must follow each other without gap or
 *   overlap from the first byte of the data to the last, and each must have the bytes that its shape and dtype ask for
 */
export function parseHeader(bytes: Uint8Array, fileBytes: number, file: string): SafetensorsHeader {
  const fail = (key: string | undefined, fault: string): never => {
    throw new SafetensorsError(file, key, fault);
  };
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    json = text.startsWith('{') ? JSON.parse(text) : undefined;
  } catch (error) {
    // The cause stays out: its message quotes the file's bytes.
    throw new SafetensorsError(file, undefined, `its header is not JSON in UTF-8 (${(error as Error).name})`);
  }
  if (!isRecord(json)) return fail(undefined, 'its header does not begin with {');
  const twice = repeatedKey(text);
  if (twice !== undefined) fail(twice, 'stands in the header more than once');

  const metadata: Record<string, string> = Object.create(null);
  const found: SafetensorsInfo[] = [];
  const dataStart = 8 + bytes.length;
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') {
      if (!isRecord(value)) return fail(name, 'is not an object of strings');
      for (const [key, entry] of Object.entries(value)) {
        if (typeof entry !== 'string') return fail(name, `${JSON.stringify(shorten(key))} is not a string`);
        metadata[key] = entry;
      }
      continue;
    }
    found.push(readInfo(name, value, dataStart, fileBytes, file));
  }

  found.sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let end = dataStart;
  for (const info of found) {
    if (info.offset !== end)
      fail(
        info.name,
        `its data begin at byte ${info.offset - dataStart}, but the tensor before ends at ${end - dataStart}`,
      );
    end += info.byteLength;
  }
  if (end !== fileBytes)
    fail(undefined, `its tensors take ${end - dataStart} bytes, but ${fileBytes - dataStart} follow the header`);
  return { tensors: new Map(found.map((info) => [info.name, info])), metadata };
}

function readInfo(name: string, value: unknown, dataStart: number, fileBytes: number, file: string): SafetensorsInfo {
  const fail = (fault: string): never => {
    throw new SafetensorsError(file, name, fault);
  };
  if (!isRecord(value)) return fail('is not an object');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(SAFETENSORS_ITEM_BYTES, dtype))
    return fail(`dtype is ${shorten(JSON.stringify(dtype) ?? 'absent')}, expected one of ${ORDER.join(', ')}`);
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount))
    return fail(`shape is not a list of at most ${MAX_RANK} whole numbers from 0`);
  const itemBytes = SAFETENSORS_ITEM_BYTES[dtype as SafetensorsDType];
  const needed = byteCount(shape, itemBytes);
  if (needed === undefined) return fail('shape asks for more bytes than can be counted');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    return fail('data_offsets is not two whole numbers from 0');
  const [begin, end] = offsets as [number, number];
  if (begin > end) return fail(`data_offsets end (${end}) before they begin (${begin})`);
  if (dataStart + end > fileBytes)
    return fail(`data_offsets end at ${end}, but only ${fileBytes - dataStart} bytes follow the header`);
  if (end - begin !== needed)
    return fail(`has ${end - begin} bytes, but ${dtype}[${shape.join(', ')}] takes ${needed}`);
  return { name, dtype: dtype as SafetensorsDType, shape, byteLength: needed, offset: dataStart + begin };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);

/** Bytes of a tensor, or undefined beyond 2^53. */
function byteCount(shape: readonly number[], itemBytes: number): number | undefined {
  if (shape.includes(0)) return 0;
  let bytes = itemBytes;
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes)) return undefined;
  }
  return bytes;
}

/**
 * The first key that stands twice in one object. JSON.parse keeps the last of them in silence, so that two readers could
 * see two different files. The text is known to be valid JSON.
 */
function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  const colon = /\s*:/y;
  const mark = /["{}]/g; // no expression for whole strings: one of megabytes overflows the matcher's stack
  for (let at = mark.exec(text); at !== null; at = mark.exec(text)) {
    if (at[0] === '{') open.push(new Set());
    else if (at[0] === '}') open.pop();
    else {
      const end = closingQuote(text, at.index + 1);
      mark.lastIndex = end + 1;
      colon.lastIndex = end + 1;
      if (!colon.test(text)) continue; // a value
      const key: string = JSON.parse(text.slice(at.index, end + 1));
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/** Where the string that begins at `from` ends: the first quote after an even number of backslashes. */
function closingQuote(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); ; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote;
  }
}

/** A tensor to be written, without its bytes. */
export type SafetensorsShape = Pick<SafetensorsInfo, 'name' | 'dtype' | 'shape'>;

/**
 * Composes the first bytes of a file, length and padding included, as the reference implementation does: wider dtypes
 * first, then by name; padded with blanks so that the data begin at a multiple of 8.
 *
 * @returns the bytes, and the tensors in the order in which their data must follow
 * @throws {SafetensorsError} for a name that stands twice, a reserved name, or a shape that is none
 */
export function composeHeader<T extends SafetensorsShape>(
  tensors: Iterable<T>,
  metadata: Readonly<Record<string, string>> | undefined,
  file: string,
): { bytes: Uint8Array; order: { tensor: T; byteLength: number }[] } {
  const order = [...tensors].map((tensor) => ({
    tensor,
    byteLength: checkedBytes(tensor, file),
    key: Buffer.from(tensor.name),
  }));
  order.sort((a, b) => ORDER.indexOf(a.tensor.dtype) - ORDER.indexOf(b.tensor.dtype) || Buffer.compare(a.key, b.key));
  const entries: [string, unknown][] = [];
  if (metadata !== undefined) {
    for (const [key, value] of Object.entries(metadata))
      if (typeof value !== 'string')
        throw new SafetensorsError(file, '__metadata__', `${JSON.stringify(key)} is not a string`);
    entries.push(['__metadata__', metadata]);
  }
  const seen = new Set<string>();
  let end = 0;
  for (const { tensor, byteLength } of order) {
    const { name, dtype, shape } = tensor;
    if (name === '__metadata__' || seen.has(name))
      throw new SafetensorsError(file, name, seen.has(name) ? 'is given twice' : 'is a reserved name');
    seen.add(name);
    entries.push([name, { dtype, shape: [...shape], data_offsets: [end, end + byteLength] }]);
    end += byteLength;
  }
  // Not JSON.stringify of one object: that would move names that look like numbers to the front.
  const json = Buffer.from(
    `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
  );
  const padded = Math.ceil(json.length / 8) * 8;
  if (padded > MAX_HEADER_BYTES)
    throw new SafetensorsError(
      file,
      undefined,
      `its header would have ${padded} bytes, at most ${MAX_HEADER_BYTES} are allowed`,
    );
  const bytes = Buffer.alloc(8 + padded, ' ');
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(bytes, 8);
  return { bytes, order: order.map(({ tensor, byteLength }) => ({ tensor, byteLength })) };
}

function checkedBytes({ name, dtype, shape }: SafetensorsShape, file: string): number {
  if (!Object.hasOwn(SAFETENSORS_ITEM_BYTES, dtype))
    throw new SafetensorsError(file, name, `dtype is ${JSON.stringify(dtype)}, expected one of ${ORDER.join(', ')}`);
  const bytes =
    shape.length <= MAX_RANK && shape.every(isCount) ? byteCount(shape, SAFETENSORS_ITEM_BYTES[dtype]) : undefined;
  if (bytes === undefined)
    throw new SafetensorsError(file, name, `its shape is [${shape.join(', ')}], expected whole numbers from 0`);
  if (Buffer.from(name).toString() !== name) throw new SafetensorsError(file, name, 'its name is not valid Unicode');
  return bytes;
}
