/** A small PhysioNet on this machine: gives files, parts of them and their sums, and behaves as badly as a test asks. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Patience } from '../../../src/cohort/get/index.js';

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes that no part of which equals another, so that a wrong offset cannot go unnoticed. */
export function bytesOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly cacheControl: string | undefined;
}

/** @returns true where it has answered itself; otherwise the file is given as it should be */
export type Behaviour = (
  request: Asked,
  response: ServerResponse,
  times: number,
  taken: () => number,
) => boolean | undefined;

export class Mirror {
  /** What stands on it, by path below its folder. */
  readonly files = new Map<string, Buffer>();
  /** GETs of files in order, without the list's. */
  readonly asked: Asked[] = [];
  readonly heads: string[] = [];
  /** Overrides the list of the files that stand there. */
  list: string | undefined;
  /** By path; times counts from 1. */
  readonly behaviours = new Map<string, Behaviour>();
  /** Content-Length in answers to HEAD. */
  sizeOf: (bytes: Buffer) => number | undefined = ({ length }) => length;
  /** Bytes of its file that the client has, as the test is told. */
  taken = 0;
  /** In use at once, at most. */
  busiest = 0;
  #busy = 0;
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #times = new Map<string, number>();

  static async start(files: Record<string, Buffer | string> = {}): Promise<Mirror> {
    const mirror = new Mirror();
    for (const [name, bytes] of Object.entries(files)) mirror.files.set(name, Buffer.from(bytes));
    await new Promise<void>((resolve) => mirror.#server.listen(0, '127.0.0.1', resolve));
    return mirror;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/files/demo/1.0/`;
  }

  url(name: string): string {
    return this.base + name;
  }

  of(name: string): Asked[] {
    return this.asked.filter(({ path }) => path === name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#busy++;
    this.busiest = Math.max(this.busiest, this.#busy);
    response.on('close', () => this.#busy--);
    const path = decodeURIComponent(request.url ?? '').replace('/files/demo/1.0/', '');
    const { range, 'if-range': ifRange, 'cache-control': cacheControl } = request.headers;
    const asked = { method: request.method ?? '', path, range, ifRange: ifRange as string | undefined, cacheControl };
    const key = `${asked.method} ${path}`;
    const times = (this.#times.get(key) ?? 0) + 1;
    this.#times.set(key, times);
    if (asked.method === 'HEAD') this.heads.push(path);
    else if (path !== 'SHA256SUMS.txt') this.asked.push(asked);
    if (asked.method === 'GET' && this.behaviours.get(path)?.(asked, response, times, () => this.taken)) return;
    const bytes = path === 'SHA256SUMS.txt' ? Buffer.from(this.list ?? this.sums()) : this.files.get(path);
    if (bytes === undefined) {
      response.writeHead(404).end('not here');
      return;
    }
    if (asked.method === 'HEAD') {
      const size = this.sizeOf(bytes);
      response
        .writeHead(200, size === undefined ? { 'transfer-encoding': 'chunked' } : { 'content-length': size })
        .end();
      return;
    }
    give(bytes, asked, response);
  }

  /** As PhysioNet writes them: one space. */
  sums(): string {
    return [...this.files].map(([name, bytes]) => `${sha256(bytes)} ${name}\n`).join('');
  }
}

export const etagOf = (bytes: Buffer): string => `"${sha256(bytes).slice(0, 16)}"`;

/** As a server that keeps RFC 9110: a part where one is asked for and If-Range agrees, else all of it. */
export function give(bytes: Buffer, { range, ifRange }: Asked, response: ServerResponse, upTo?: number): true {
  const etag = etagOf(bytes);
  const from = ifRange === undefined || ifRange === etag ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
  if (from > 0 && from >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return true;
  }
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': bytes.length - from,
    etag,
    'accept-ranges': 'bytes',
    ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  if (upTo === undefined) response.end(bytes.subarray(from));
  else response.write(bytes.subarray(from, upTo)); // and then whatever the test does
  return true;
}

/**
 * Gives the file up to a byte and hangs up once the client has `taken` them: of what it has not read yet, a client that
 * finds the connection broken may throw away any part.
 */
export function breakOff(
  bytes: Buffer,
  asked: Asked,
  response: ServerResponse,
  upTo: number,
  taken: () => number,
): true {
  give(bytes, asked, response, upTo);
  const timer = setInterval(() => {
    if (taken() < upTo) return;
    clearInterval(timer);
    response.socket?.end();
  }, 5);
  return true;
}

/** Patience for tests: milliseconds where people would wait for minutes. */
export const QUICK: Patience = { stall: 400, tries: 3, pause: 5, longestPause: 2_000 };

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'get-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every file below a folder, by its path with `/`. */
export async function filesIn(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found[path.slice(folder.length + 1).replaceAll('\\', '/')] = sha256(await readFile(path));
  }
  return found;
}
