/** One HTTP request that cannot hang, and the patience to try it again where that may help. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CohortError } from '../cohort-error.js';
import { proxyHint } from './proxy.js';

export interface Patience {
  /** Milliseconds without a byte after which a connection counts as dead. Default 60,000. */
  readonly stall: number;
  /** Tries in a row that bring nothing new. Default 6. */
  readonly tries: number;
  /** Milliseconds before the second try, doubled before each further one. Default 1,000. */
  readonly pause: number;
  /** The longest pause in milliseconds, also of those that a server asks for by Retry-After. Default 120,000. */
  readonly longestPause: number;
}

export const PATIENCE: Patience = { stall: 60_000, tries: 6, pause: 1_000, longestPause: 120_000 };

/** What may pass if one waits: a broken connection, a busy server. Never leaves this folder. */
export class Passing extends Error {
  /** Milliseconds that the server asks to wait. */
  readonly wait: number | undefined;

  constructor(message: string, wait?: number, options?: ErrorOptions) {
    super(message, options);
    this.wait = wait;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body, once. */
  chunks(): AsyncGenerator<Uint8Array>;
}

interface RequestOptions {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly stall: number;
}

/**
 * Asks for a URL and hands its answer (200, 206 or 416) to `use`; what `use` leaves unread is not downloaded.
 *
 * @throws Passing where another try may help, CohortError where it cannot, the signal's reason when it was aborted
 */
export async function request<T>(
  url: string,
  { method = 'GET', headers = {}, signal, stall }: RequestOptions,
  use: (answer: Answer) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const connection = new AbortController();
  let interrupt: ((reason: unknown) => void) | undefined;
  const hangUp = (reason: unknown) => {
    connection.abort(reason);
    interrupt?.(reason);
  };
  const onAbort = () => hangUp(signal?.reason);
  signal?.addEventListener('abort', onAbort);

  /**
   * The wait for the network alone: a slow disk is no stall. That it ends is not left to fetch: in Node 20, after an abort
   * between two reads of a body the next read waits for ever.
   */
  const heard = async <R>(arrival: () => Promise<R>): Promise<R> => {
    const timer = setTimeout(() => hangUp(new Passing(`nothing came for ${stall / 1000} s`)), stall);
    try {
      return await new Promise<R>((resolve, reject) => {
        interrupt = reject;
        if (connection.signal.aborted) reject(connection.signal.reason);
        else arrival().then(resolve, reject);
      });
    } catch (error) {
      throw signal?.aborted ? signal.reason : error instanceof Passing ? error : ofNetwork(error, url);
    } finally {
      clearTimeout(timer);
      interrupt = undefined;
    }
  };
  async function* chunks(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
    const reader = body?.getReader();
    try {
      while (reader !== undefined) {
        const { done, value } = await heard(() => reader.read());
        if (done) return;
        yield value;
      }
    } finally {
      reader?.cancel().catch(() => {}); // for the same reason: the connection must not outlive an abort
    }
  }

  try {
    const response = await heard(() =>
      // The sums are of the files as they lie on the server: fetch would unpack what it transfers compressed.
      fetch(url, { method, headers: { 'accept-encoding': 'identity', ...headers }, signal: connection.signal }),
    );
    refuse(response, url);
    const { status } = response;
    return await use({ status, headers: response.headers, chunks: () => chunks(response.body) });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    connection.abort();
  }
}

/**
 * Tries until it succeeds, fails for good, or `patience.tries` tries in a row brought nothing new.
 *
 * @param reached  how far the work has come, in any unit: a download that advances, however often it breaks, goes on
 * @param onNote   is told of every pause
 */
export async function patiently<T>(
  url: string,
  patience: Patience,
  work: () => Promise<T>,
  { signal, reached = () => 0, onNote }: PatientOptions,
): Promise<T> {
  let furthest = reached();
  for (let failures = 0; ; ) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Passing)) throw error;
      if (reached() > furthest) failures = 0;
      furthest = Math.max(furthest, reached());
      failures++;
      const pause = error.wait ?? Math.min(patience.pause * 2 ** (failures - 1), patience.longestPause);
      if (failures >= patience.tries)
        throw new CohortError(`given up after ${failures} tries in a row`, {
          file: url,
          found: `${error.message}${proxyHint()}`,
          expected: 'an answer; what is there is kept, the same command goes on',
        });
      if (pause > patience.longestPause)
        throw new CohortError('the server is busy', {
          file: url,
          found: `${error.message}, and the wish to be left alone for ${Math.ceil(pause / 1000)} s`,
          expected: `at most ${patience.longestPause / 1000} s; try again later, what is there is kept`,
        });
      onNote?.(`${url}: ${error.message}; again in ${pause / 1000} s`);
      await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}

export interface PatientOptions {
  readonly signal?: AbortSignal | undefined;
  readonly reached?: () => number;
  readonly onNote?: ((line: string) => void) | undefined;
}

/** @throws unless the answer is one that can be used */
function refuse({ status, statusText, headers }: Response, url: string): void {
  const found = `${status} ${statusText}`.trim();
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    throw new Passing(found, retryAfter(headers.get('retry-after')));
  if (status === 401 || status === 403)
    throw new CohortError('the server asks for credentials', {
      file: url,
      found,
      expected: 'an open file, as the demos are; is this the right mirror, does a proxy stand in between?',
    });
  if (status !== 200 && status !== 206 && status !== 416)
    throw new CohortError('the server does not give this file', { file: url, found, expected: '200 or 206' });
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity')
    throw new CohortError('the server changes the file on the way', {
      file: url,
      found: `Content-Encoding: ${encoding}`,
      expected: 'the file as it is, since its sum is compared; a mirror must not mark .gz files as encoded',
    });
}

/** Milliseconds, from seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.now());
}

const CERTIFICATE = /^(CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH)/;

/** fetch says `fetch failed` or `terminated`, and why in its causes. */
function ofNetwork(error: unknown, url: string): Error {
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code !== undefined && CERTIFICATE.test(code))
    return new CohortError('the server’s certificate is not trusted', {
      file: url,
      found: code,
      expected: 'one that Node knows; behind a proxy that opens TLS, name its certificate in NODE_EXTRA_CA_CERTS',
    });
  return new Passing(`no connection (${code ?? message})`, undefined, { cause: error });
}
