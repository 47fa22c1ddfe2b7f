/** A file on its way. */
import { createHash, type Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CohortError } from '../cohort-error.js';

interface Label {
  /** Of the whole file: a part of another version is not gone on with. */
  readonly sha256: string;
  /** The server's name for these very bytes: a strong ETag or, without one, Last-Modified. */
  readonly validator?: string;
}

/**
 * The bytes so far, in `name.part`, and beside it in `name.part.json` of which file they are. The file gets its own name
 * by `finish` alone, after its sum was compared.
 *
 * Every method may throw CohortError that names the file, as on a full disk; what was written stays for the next call.
 */
export class Part {
  readonly #path: string;
  readonly #sha256: string;
  readonly #handle: FileHandle;
  #hash: Hash = createHash('sha256');
  #size = 0; // bytes
  #validator: string | undefined;

  private constructor(path: string, sha256: string, handle: FileHandle) {
    this.#path = path;
    this.#sha256 = sha256;
    this.#handle = handle;
  }

  /**
   * Takes up what an earlier call left of this file, if its label says so, else begins an empty one.
   *
   * @param path  the file's own name; its folder is made
   */
  static async open(path: string, sha256: string): Promise<Part> {
    return onDisk(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      const label = await readLabel(path);
      const part = new Part(path, sha256, await open(`${path}.part`, constants.O_RDWR | constants.O_CREAT));
      try {
        if (label?.sha256 === sha256) await part.#takeUp(label);
        else await part.startOver();
      } catch (error) {
        await part.close();
        throw error;
      }
      return part;
    });
  }

  async #takeUp(label: Label): Promise<void> {
    this.#validator = label.validator;
    const stream = createReadStream(`${this.#path}.part`, { highWaterMark: 1 << 20 });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      this.#hash.update(chunk);
      this.#size += chunk.length;
    }
  }

  /** Bytes held. */
  get size(): number {
    return this.#size;
  }

  get validator(): string | undefined {
    return this.#validator;
  }

  /** Whether the bytes held are the whole file, and the right one. */
  get isRight(): boolean {
    return this.digest === this.#sha256;
  }

  /** SHA-256 of the bytes held. */
  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Empties it. The label is written after that, so that a kill in between leaves no bytes under a wrong label. */
  async startOver(validator?: string): Promise<void> {
    await onDisk(this.#path, async () => {
      await this.#handle.truncate(0);
      this.#hash = createHash('sha256');
      this.#size = 0;
      this.#validator = validator;
      const label: Label = { sha256: this.#sha256, ...(validator === undefined ? {} : { validator }) };
      await writeFile(labelPath(this.#path), JSON.stringify(label));
    });
  }

  async append(chunk: Uint8Array): Promise<void> {
    await onDisk(this.#path, async () => {
      // A disk that fills up takes the beginning of a chunk first.
      for (let rest = chunk; rest.length > 0; ) {
        const { bytesWritten } = await this.#handle.write(rest, 0, rest.length, this.#size);
        this.#hash.update(rest.subarray(0, bytesWritten));
        this.#size += bytesWritten;
        rest = rest.subarray(bytesWritten);
      }
    });
  }

  /** Gives the file its name, once its bytes are on the disk: a power cut must not leave an empty one under it. */
  async finish(): Promise<void> {
    if (!this.isRight) throw new Error(`${this.#path} is not complete`);
    await onDisk(this.#path, async () => {
      await this.#handle.sync();
      await this.#handle.close();
      await rename(`${this.#path}.part`, this.#path);
      await rm(labelPath(this.#path), { force: true });
    });
  }

  async discard(): Promise<void> {
    await this.close();
    await removePart(this.#path);
  }

  /** Calling it twice is harmless. */
  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Of a file that is right already, as a kill right after its renaming leaves. */
export async function removePart(path: string): Promise<void> {
  await rm(`${path}.part`, { force: true });
  await rm(labelPath(path), { force: true });
}

const labelPath = (path: string): string => `${path}.part.json`;

/** Undefined where there is none, or where a kill left half of it. */
async function readLabel(path: string): Promise<Label | undefined> {
  try {
    const label = JSON.parse(await readFile(labelPath(path), 'utf8')) as Partial<Label> | null;
    if (typeof label?.sha256 !== 'string') return undefined;
    return { sha256: label.sha256, ...(typeof label.validator === 'string' ? { validator: label.validator } : {}) };
  } catch {
    return undefined;
  }
}

const IN_WORDS: Record<string, string> = {
  ENOSPC: 'the disk is full; what is there is kept, the same command goes on once there is room',
  EDQUOT: 'the quota is used up; what is there is kept, the same command goes on once there is room',
  EACCES: 'no permission to write',
  EPERM: 'no permission to write',
  EROFS: 'the disk cannot be written to',
  EISDIR: 'a folder stands where the file belongs',
  ENOTDIR: 'a file stands where a folder belongs',
  EEXIST: 'a file stands where a folder belongs',
};

/** Says of every error of the disk which file it befell. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof CohortError || code === undefined) throw error;
    throw new CohortError(
      IN_WORDS[code] ?? 'the file cannot be written',
      { file: path, found: code },
      { cause: error },
    );
  }
}
