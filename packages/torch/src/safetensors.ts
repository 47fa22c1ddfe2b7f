/**
 * Safetensors files as plain bytes: what a checkpoint is made of, without the engine.
 *
 * Only the header is read when a file is opened; each tensor's bytes are read by range when asked for, so that a file of
 * any size costs no more memory than the tensor at hand. Writing streams in the same way and is atomic.
 */
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, type Stats, writeSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import {
  composeHeader,
  headerLength,
  parseHeader,
  SafetensorsError,
  type SafetensorsHeader,
  type SafetensorsInfo,
  type SafetensorsShape,
} from './safetensors-header.js';

export {
  MAX_HEADER_BYTES,
  parseHeader,
  SAFETENSORS_ITEM_BYTES,
  type SafetensorsDType,
  SafetensorsError,
  type SafetensorsHeader,
  type SafetensorsInfo,
} from './safetensors-header.js';

const CHUNK = 2 ** 30; // one call to the system moves less than 2 GiB

/** A tensor to be written. A function gives the bytes when their turn comes, so that not all need to be in memory. */
export interface SafetensorsEntry extends SafetensorsShape {
  /** Little-endian elements in row-major order. */
  readonly bytes: Uint8Array | (() => Uint8Array);
}

/** An opened file: its header, and its tensors' bytes on demand. It holds no descriptor and needs no closing. */
export class SafetensorsFile implements SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, SafetensorsInfo>;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(
    readonly path: string,
    header: SafetensorsHeader,
    /** Size when the header was checked: another one later means another file. */
    readonly fileBytes: number,
  ) {
    this.tensors = header.tensors;
    this.metadata = header.metadata;
  }

  /** The header's description of a tensor. @throws {SafetensorsError} where there is none of that name */
  info(name: string): SafetensorsInfo {
    const info = this.tensors.get(name);
    if (info === undefined)
      throw new SafetensorsError(this.path, name, `is not among its ${this.tensors.size} tensors`);
    return info;
  }

  /**
   * A tensor's bytes, in a buffer of their own: `buffer` starts with the first element, so that any typed array fits on it.
   * @throws {SafetensorsError} for an unknown name, or where the file has changed since it was opened
   */
  async read(name: string): Promise<Uint8Array> {
    const info = this.info(name);
    const handle = await openForReading(this.path);
    try {
      this.#sameFile((await handle.stat()).size);
      const bytes = new Uint8Array(info.byteLength);
      await fill(handle, bytes, info.offset, this.path, name);
      return bytes;
    } finally {
      await handle.close();
    }
  }

  /** As read, without waiting for the event loop. */
  readSync(name: string): Uint8Array {
    const info = this.info(name);
    const descriptor = openForReadingSync(this.path);
    try {
      this.#sameFile(fstatSync(descriptor).size);
      const bytes = new Uint8Array(info.byteLength);
      fillSync(descriptor, bytes, info.offset, this.path, name);
      return bytes;
    } finally {
      closeSync(descriptor);
    }
  }

  #sameFile(size: number): void {
    if (size !== this.fileBytes)
      throw new SafetensorsError(
        this.path,
        undefined,
        `had ${this.fileBytes} bytes when it was opened and has ${size} now`,
      );
  }
}

/**
 * Opens a safetensors file and checks its header.
 *
 * @example
 * const file = await readSafetensors('model.safetensors');
 * for (const [name, { dtype, shape }] of file.tensors) console.log(name, dtype, shape);
 * const weights = new Float32Array((await file.read('shared.weight')).buffer);
 *
 * @throws {SafetensorsError} where the file cannot be opened or is not valid, naming the file and the key
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  const handle = await openForReading(path);
  try {
    const size = fileSize(await handle.stat(), path);
    const prefix = new Uint8Array(Math.min(8, size));
    await fill(handle, prefix, 0, path);
    const header = new Uint8Array(headerLength(prefix, size, path));
    await fill(handle, header, 8, path);
    return new SafetensorsFile(path, parseHeader(header, size, path), size);
  } finally {
    await handle.close();
  }
}

/** As readSafetensors, without waiting for the event loop. */
export function readSafetensorsSync(path: string): SafetensorsFile {
  const descriptor = openForReadingSync(path);
  try {
    const size = fileSize(fstatSync(descriptor), path);
    const prefix = new Uint8Array(Math.min(8, size));
    fillSync(descriptor, prefix, 0, path);
    const header = new Uint8Array(headerLength(prefix, size, path));
    fillSync(descriptor, header, 8, path);
    return new SafetensorsFile(path, parseHeader(header, size, path), size);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a safetensors file, byte for byte as the reference implementation does. It appears under its name only when it is
 * complete.
 *
 * @param metadata  strings about the file; Hugging Face expects `{format: 'pt'}` in checkpoints
 * @throws {SafetensorsError} for a name that stands twice, or bytes that do not fit shape and dtype
 */
export async function writeSafetensors(
  path: string,
  entries: Iterable<SafetensorsEntry>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const { bytes, order } = composeHeader(entries, metadata, path);
  const temporary = temporaryName(path);
  try {
    const handle = await open(temporary, 'w');
    try {
      await writeAll(handle, bytes);
      for (const { tensor, byteLength } of order) await writeAll(handle, entryBytes(tensor, byteLength, path));
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** As writeSafetensors, without waiting for the event loop. */
export function writeSafetensorsSync(
  path: string,
  entries: Iterable<SafetensorsEntry>,
  metadata?: Readonly<Record<string, string>>,
): void {
  const { bytes, order } = composeHeader(entries, metadata, path);
  const temporary = temporaryName(path);
  try {
    const descriptor = openSync(temporary, 'w');
    try {
      writeAllSync(descriptor, bytes);
      for (const { tensor, byteLength } of order) writeAllSync(descriptor, entryBytes(tensor, byteLength, path));
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

let writes = 0;
const temporaryName = (path: string): string => `${path}.${process.pid}-${++writes}.tmp`;

function entryBytes(entry: SafetensorsEntry, expected: number, file: string): Uint8Array {
  const bytes = typeof entry.bytes === 'function' ? entry.bytes() : entry.bytes;
  if (bytes.byteLength !== expected)
    throw new SafetensorsError(
      file,
      entry.name,
      `has ${bytes.byteLength} bytes, but ${entry.dtype}[${entry.shape.join(', ')}] takes ${expected}`,
    );
  return bytes;
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

function openForReadingSync(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

const cannotOpen = (path: string, error: unknown): SafetensorsError =>
  new SafetensorsError(path, undefined, `cannot be opened (${(error as NodeJS.ErrnoException).code})`, {
    cause: error,
  });

/** A folder or a pipe can be opened too, but has no size to check a header against. */
function fileSize(stat: Stats, path: string): number {
  if (!stat.isFile()) throw new SafetensorsError(path, undefined, 'is not a file');
  return stat.size;
}

const endsEarly = (path: string, name: string | undefined): SafetensorsError =>
  new SafetensorsError(path, name, 'the file ended while it was read');

async function fill(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
  path: string,
  name?: string,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(CHUNK, bytes.length - done), position + done);
    if (bytesRead === 0) throw endsEarly(path, name);
    done += bytesRead;
  }
}

function fillSync(descriptor: number, bytes: Uint8Array, position: number, path: string, name?: string): void {
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(descriptor, bytes, done, Math.min(CHUNK, bytes.length - done), position + done);
    if (read === 0) throw endsEarly(path, name);
    done += read;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await handle.write(bytes, done, Math.min(CHUNK, bytes.length - done))).bytesWritten;
  }
}

function writeAllSync(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(descriptor, bytes, done, Math.min(CHUNK, bytes.length - done));
}
