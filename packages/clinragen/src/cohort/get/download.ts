/** One file from a server, whole and right, or not at all. */
import { CohortError } from '../cohort-error.js';
import { Part } from './part.js';
import { type Answer, PATIENCE, Passing, type Patience, patiently, request } from './request.js';

export interface DownloadOptions {
  readonly patience?: Partial<Patience>;
  readonly signal?: AbortSignal | undefined;
  /** Told of the bytes held: those of an earlier call first; fewer again where the file has to start over. */
  readonly onBytes?: ((held: number) => void) | undefined;
  /** Told, in a line, of every pause and of every start from the beginning. */
  readonly onNote?: ((line: string) => void) | undefined;
}

/**
 * Downloads a file into `path.part`, going on where an earlier call was cut off, and renames it when its SHA-256 is right.
 *
 * Broken connections, stalls, 5xx and 429 are tried again with growing pauses. Wrong bytes are thrown away and fetched once
 * more from the beginning, past any cache.
 *
 * @param sha256  64 lower-case hexadecimal digits
 * @throws CohortError that names the URL or the file, what was found and what was expected; the signal's reason if aborted
 *
 * @example
 * await download('https://physionet.org/files/mimic-iv-demo/2.2/LICENSE.txt', 'data/LICENSE.txt', sha256);
 */
export async function download(
  url: string,
  path: string,
  sha256: string,
  options: DownloadOptions = {},
): Promise<void> {
  const { signal, onBytes, onNote } = options;
  const patience = { ...PATIENCE, ...options.patience };
  const part = await Part.open(path, sha256);
  try {
    onBytes?.(part.size);
    for (let wrong = 0; !part.isRight; ) {
      let furthest = part.size;
      const held = () => {
        furthest = Math.max(furthest, part.size);
        onBytes?.(part.size);
      };
      const work = () => fetchRest(url, part, { stall: patience.stall, signal, fresh: wrong > 0, held, onNote });
      await patiently(url, patience, work, { signal, reached: () => furthest, onNote });
      if (part.isRight) break;
      if (++wrong === 2) {
        const found = `SHA-256 ${part.digest} in ${part.size} bytes, twice`;
        await part.discard();
        throw new CohortError('the server sends other bytes than were published', {
          file: url,
          found,
          expected: `SHA-256 ${sha256}`,
        });
      }
      onNote?.(`${url}: ${part.size} bytes came that are not the published file; once more from the beginning`);
      await part.startOver();
      held();
    }
    await part.finish();
  } finally {
    await part.close();
  }
}

interface RestOptions {
  readonly stall: number;
  readonly signal: AbortSignal | undefined;
  /** Past every cache: what came last time was wrong. */
  readonly fresh: boolean;
  readonly held: () => void;
  readonly onNote: ((line: string) => void) | undefined;
}

/** One try: asks for the bytes that are missing, and for all of them if the file has changed since (RFC 9110, 13.1.5). */
async function fetchRest(url: string, part: Part, { stall, signal, fresh, held, onNote }: RestOptions): Promise<void> {
  const from = part.size;
  const headers: Record<string, string> = {
    ...(from > 0 ? { range: `bytes=${from}-` } : {}),
    ...(from > 0 && part.validator !== undefined ? { 'if-range': part.validator } : {}),
    ...(fresh ? { 'cache-control': 'no-cache' } : {}),
  };
  await request(url, { headers, signal, stall }, async (answer) => {
    const validator = validatorOf(answer.headers);
    if (answer.status === 200) {
      // The whole file, although a part was asked for: it has changed, or the server gives no parts.
      if (from > 0) onNote?.(`${url}: the server does not go on at byte ${from}; once more from the beginning`);
      await part.startOver(validator);
      held();
    } else if (!continues(answer, from) || (validator !== undefined && validator !== part.validator)) {
      await part.startOver();
      held();
      throw new Passing(`the server does not go on at byte ${from} of the same file`);
    }
    for await (const chunk of answer.chunks()) {
      await part.append(chunk);
      held();
    }
  });
}

/** A 206 that begins at the byte asked for. */
function continues({ status, headers }: Answer, from: number): boolean {
  const start = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1];
  return status === 206 && start !== undefined && Number(start) === from;
}

/** What If-Range takes: weak ETags do not promise the same bytes. */
function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get('etag');
  if (etag !== null && !etag.startsWith('W/')) return etag;
  return headers.get('last-modified') ?? undefined;
}
