import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../src/cohort/cohort-error.js';
import { type DownloadOptions, download } from '../../../src/cohort/get/index.js';
import {
  type Behaviour,
  breakOff,
  bytesOf,
  etagOf,
  filesIn,
  give,
  Mirror,
  QUICK,
  sha256,
  withFolder,
} from './mirror.js';

const FILE = bytesOf(300_000);

interface Tried {
  readonly mirror: Mirror;
  readonly path: string;
  readonly notes: string[];
  /** Downloads it (again). While it runs, and after it failed, nothing may have the file's name. */
  fetch(options?: DownloadOptions & { sha256?: string }): Promise<void>;
  /** The message of the one clear error. */
  fails(options?: DownloadOptions & { sha256?: string }): Promise<string>;
}

async function trying(behaviour: Behaviour | undefined, test: (tried: Tried) => Promise<void>): Promise<void> {
  await using mirror = await Mirror.start({ 'a.csv.gz': FILE });
  if (behaviour) mirror.behaviours.set('a.csv.gz', behaviour);
  await withFolder(async (folder) => {
    const path = join(folder, 'hosp', 'a.csv.gz');
    const notes: string[] = [];
    const fetch: Tried['fetch'] = async ({ sha256: sum = sha256(FILE), ...options } = {}) => {
      const onBytes = (held: number) => {
        expect(existsSync(path)).toBe(false);
        mirror.taken = held;
        options.onBytes?.(held);
      };
      try {
        const onNote = (line: string) => notes.push(line);
        await download(mirror.url('a.csv.gz'), path, sum, { patience: QUICK, onNote, ...options, onBytes });
        expect(await filesIn(folder)).toEqual({ 'hosp/a.csv.gz': sum });
      } catch (error) {
        expect(existsSync(path)).toBe(false);
        throw error;
      }
    };
    const fails: Tried['fails'] = async (options) => {
      const error = await fetch(options).then(
        () => new Error('it went well'),
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(CohortError);
      return (error as Error).message;
    };
    await test({ mirror, path, notes, fetch, fails });
  });
}

describe('a connection that breaks', () => {
  it('goes on at the byte where it broke, if the file is still the same', () =>
    trying(
      (asked, response, times, taken) => (times === 1 ? breakOff(FILE, asked, response, 120_000, taken) : false),
      async (t) => {
        const held: number[] = [];
        await t.fetch({ onBytes: (bytes) => held.push(bytes) });
        expect(t.mirror.asked.map(({ range, ifRange }) => ({ range, ifRange }))).toEqual([
          { range: undefined, ifRange: undefined },
          { range: 'bytes=120000-', ifRange: etagOf(FILE) },
        ]);
        expect(held).toEqual([...held].sort((a, b) => a - b)); // never back to the beginning
        expect(held.at(-1)).toBe(FILE.length);
        expect(t.notes[0]).toMatch(/a\.csv\.gz: no connection \(.+\); again in 0\.005 s/);
      },
    ));

  it('breaks more often than there are tries, but advances each time', () =>
    trying(
      (asked, response, times, taken) => (times < 10 ? breakOff(FILE, asked, response, times * 30_000, taken) : false),
      async (t) => {
        await t.fetch();
        expect(t.mirror.asked).toHaveLength(10);
        expect(t.mirror.asked.at(-1)?.range).toBe('bytes=270000-');
      },
    ));

  it('goes on in the next call, from what a call left that gave up', () =>
    trying(
      (asked, response, times, taken) => (times <= 4 ? breakOff(FILE, asked, response, 100_000, taken) : false),
      async (t) => {
        expect(await t.fails()).toMatch(/a\.csv\.gz: given up after 3 tries in a row; found no connection/);
        expect((await stat(`${t.path}.part`)).size).toBe(100_000);
        await t.fetch();
        expect(t.mirror.asked.at(-1)).toMatchObject({ range: 'bytes=100000-', ifRange: etagOf(FILE) });
      },
    ));

  it('is refused: the error says so after the last try', async () => {
    const mirror = await Mirror.start();
    const url = mirror.url('a.csv.gz');
    await mirror[Symbol.asyncDispose]();
    await withFolder(async (folder) => {
      const error = download(url, join(folder, 'a'), sha256('a'), { patience: QUICK });
      await expect(error).rejects.toThrow(/given up after 3 tries in a row; found no connection \(ECONNREFUSED\)/);
    });
  });
});

describe('a server that stalls', () => {
  it('in the middle: the connection counts as dead, and the next goes on', () =>
    trying(
      (asked, response, times) => {
        if (times > 1) return false;
        return give(FILE, asked, response, 200_000); // and says nothing more
      },
      async (t) => {
        await t.fetch();
        expect(t.mirror.asked.map(({ range }) => range)).toEqual([undefined, 'bytes=200000-']);
        expect(t.notes[0]).toContain('nothing came for 0.4 s');
      },
    ));

  it('before its answer, always: one error', () =>
    trying(
      () => true,
      async (t) => {
        expect(await t.fails()).toMatch(/given up after 3 tries in a row; found nothing came for 0.4 s; expected/);
        expect(t.mirror.asked).toHaveLength(3);
      },
    ));

  it('not, if it is only slow', () =>
    trying(
      (asked, response) => {
        give(FILE, asked, response, 0);
        let sent = 0;
        const timer = setInterval(() => {
          response.write(FILE.subarray(sent, sent + 60_000));
          sent += 60_000;
          if (sent >= FILE.length) {
            clearInterval(timer);
            response.end();
          }
        }, 160); // 800 ms in all, twice the stall
        return true;
      },
      async (t) => {
        await t.fetch();
        expect(t.mirror.asked).toHaveLength(1);
      },
    ));
});

describe('answers that are no file', () => {
  const status =
    (code: number, headers: Record<string, string> = {}, upTo = Number.POSITIVE_INFINITY): Behaviour =>
    (_, response, times) => {
      if (times > upTo) return false;
      response.writeHead(code, headers).end('<html>');
      return true;
    };

  it('404: at once, with the address', () =>
    trying(status(404), async (t) => {
      const message = await t.fails();
      expect(message).toBe(
        `${t.mirror.url('a.csv.gz')}: the server does not give this file; found 404 Not Found; expected 200 or 206`,
      );
      expect(t.mirror.asked).toHaveLength(1);
    }));

  it('401 and 403: at once, and that the demos need no account', async () => {
    for (const code of [401, 403])
      await trying(status(code), async (t) => {
        expect(await t.fails()).toMatch(new RegExp(`asks for credentials; found ${code} .*expected an open file`));
        expect(t.mirror.asked).toHaveLength(1);
      });
  });

  it('503 with Retry-After: waits as long as it was asked to', () =>
    trying(status(503, { 'retry-after': '1' }, 1), async (t) => {
      const began = performance.now();
      await t.fetch();
      expect(performance.now() - began).toBeGreaterThan(990); // its own pause would be 5 ms
      expect(t.notes).toEqual([expect.stringMatching(/503 Service Unavailable; again in 1 s/)]);
    }));

  it('429 with Retry-After as a date', () =>
    trying(
      (_, response, times) => {
        if (times > 1) return false;
        response.writeHead(429, { 'retry-after': new Date(Date.now() + 2_000).toUTCString() }).end();
        return true;
      },
      async (t) => {
        const began = performance.now();
        await t.fetch();
        expect(performance.now() - began).toBeGreaterThan(900); // dates have whole seconds
      },
    ));

  it('503 with a Retry-After beyond all patience: not waited for', () =>
    trying(status(503, { 'retry-after': '3600' }), async (t) => {
      expect(await t.fails()).toMatch(/the server is busy; found 503 .* for 3600 s; expected at most 2 s/);
      expect(t.mirror.asked).toHaveLength(1);
    }));

  it('500, 502 and 503 without end: given up, with the last answer', () =>
    trying(status(502), async (t) => {
      expect(await t.fails()).toMatch(/given up after 3 tries in a row; found 502 Bad Gateway/);
      expect(t.mirror.asked).toHaveLength(3);
    }));

  it('a file that the server marks as compressed: unpacked it would have another sum', () =>
    trying(status(200, { 'content-encoding': 'gzip' }), async (t) => {
      expect(await t.fails()).toMatch(/changes the file on the way; found Content-Encoding: gzip/);
    }));
});

describe('wrong bytes', () => {
  const wrong = bytesOf(FILE.length, 99);

  it('once: thrown away, and fetched from the beginning past the caches', () =>
    trying(
      (asked, response, times) => times === 1 && give(wrong, asked, response),
      async (t) => {
        await t.fetch();
        expect(t.mirror.asked.map(({ range, cacheControl }) => [range, cacheControl])).toEqual([
          [undefined, undefined],
          [undefined, 'no-cache'],
        ]);
      },
    ));

  it('always: one error after the second time, and nothing left', () =>
    trying(
      (asked, response) => give(wrong, asked, response),
      async (t) => {
        expect(await t.fails()).toBe(
          `${t.mirror.url('a.csv.gz')}: the server sends other bytes than were published; found SHA-256 ${sha256(wrong)} ` +
            `in 300000 bytes, twice; expected SHA-256 ${sha256(FILE)}`,
        );
        expect(t.mirror.asked).toHaveLength(2);
        expect(existsSync(`${t.path}.part`)).toBe(false);
        expect(existsSync(`${t.path}.part.json`)).toBe(false);
      },
    ));

  it('too few, from a server that does not say how many there are', () =>
    trying(
      (_, response, times) => {
        if (times > 1) return false;
        response.writeHead(200).end(FILE.subarray(0, 1000)); // chunked: a whole answer, as far as HTTP can tell
        return true;
      },
      async (t) => {
        await t.fetch();
        expect(t.mirror.asked).toHaveLength(2);
      },
    ));
});

describe('a server that does not go on where it was', () => {
  /** Answers 200 with the whole file, whatever was asked for. */
  const ignoresRange =
    (breaks: (times: number) => number | undefined): Behaviour =>
    (asked, response, times, taken) => {
      const upTo = breaks(times);
      const whole = { ...asked, range: undefined };
      if (upTo !== undefined) return breakOff(FILE, whole, response, upTo, taken);
      return give(FILE, whole, response);
    };

  it('because it knows no Range: from the beginning, not appended', () =>
    trying(
      ignoresRange((times) => (times === 1 ? 150_000 : undefined)),
      async (t) => {
        await t.fetch();
        expect(t.mirror.asked.map(({ range }) => range)).toEqual([undefined, 'bytes=150000-']);
        expect(t.notes.at(-1)).toMatch(/does not go on at byte 150000; once more from the beginning/);
      },
    ));

  it('and breaks each time: an end, since nothing new comes', () =>
    trying(
      ignoresRange((times) => 150_000 - times * 1000),
      async (t) => {
        expect(await t.fails()).toMatch(/given up after 3 tries in a row/);
        expect(t.mirror.asked).toHaveLength(3);
      },
    ));

  it('because the file has changed: If-Range asks for all of the new one', async () => {
    const changed = bytesOf(250_000, 7);
    await trying(
      (asked, response, times, taken) => {
        if (times === 1) return breakOff(FILE, asked, response, 120_000, taken);
        return give(changed, asked, response);
      },
      async (t) => {
        await t.fetch({ sha256: sha256(changed) });
        expect(t.mirror.asked).toHaveLength(2);
        expect(t.mirror.asked[1]).toMatchObject({ range: 'bytes=120000-', ifRange: etagOf(FILE) });
      },
    );
  });

  it('because the file has changed, and it gives a part of the new one all the same', async () => {
    const changed = bytesOf(250_000, 7);
    await trying(
      (asked, response, times, taken) => {
        if (times === 1) return breakOff(FILE, asked, response, 120_000, taken);
        return give(changed, { ...asked, ifRange: undefined }, response);
      },
      async (t) => {
        await t.fetch({ sha256: sha256(changed) });
        expect(t.mirror.asked.map(({ range }) => range)).toEqual([undefined, 'bytes=120000-', undefined]);
        // Seen from the answer, and not from the sum of bytes that do not belong together.
        expect(t.notes.at(-1)).toMatch(/does not go on at byte 120000 of the same file/);
        expect(t.mirror.asked[2]?.cacheControl).toBeUndefined();
      },
    );
  });

  it('because it begins at another byte', () =>
    trying(
      (asked, response, times, taken) => {
        if (times === 1) return breakOff(FILE, asked, response, 120_000, taken);
        if (times > 2) return false;
        const range = `bytes 100000-${FILE.length - 1}/${FILE.length}`;
        response.writeHead(206, { 'content-range': range, etag: etagOf(FILE) }).end(FILE.subarray(100_000));
        return true;
      },
      async (t) => {
        await t.fetch();
        expect(t.mirror.asked.map(({ range }) => range)).toEqual([undefined, 'bytes=120000-', undefined]);
        // Seen from the answer, and not from the sum of bytes that do not belong together.
        expect(t.notes.at(-1)).toMatch(/does not go on at byte 120000 of the same file/);
        expect(t.mirror.asked[2]?.cacheControl).toBeUndefined();
      },
    ));

  it('though it names no version of the file: the sum decides', () =>
    trying(
      (asked, response, times, taken) => {
        expect(asked.ifRange).toBeUndefined(); // a weak ETag is no promise of the same bytes
        const from = times === 1 ? 0 : 120_000;
        const headers = { etag: 'W/"x"', 'content-length': FILE.length - from };
        if (times === 1) {
          response.writeHead(200, headers).write(FILE.subarray(0, 120_000));
          const timer = setInterval(() => {
            if (taken() < 120_000) return;
            clearInterval(timer);
            response.socket?.end();
          }, 5);
        } else {
          const range = `bytes ${from}-${FILE.length - 1}/${FILE.length}`;
          response.writeHead(206, { ...headers, 'content-range': range }).end(FILE.subarray(from));
        }
        return true;
      },
      async (t) => {
        await t.fetch();
        expect(t.mirror.asked.map(({ range }) => range)).toEqual([undefined, 'bytes=120000-']);
      },
    ));
});

describe('what an earlier call left', () => {
  const leave = async (path: string, bytes: Uint8Array, label: string) => {
    await mkdir(join(path, '..'));
    await writeFile(`${path}.part`, bytes);
    await writeFile(`${path}.part.json`, label);
  };
  const label = (sum: string) => JSON.stringify({ sha256: sum, validator: etagOf(FILE) });

  it('a whole part, not yet renamed: no byte is fetched', () =>
    trying(undefined, async (t) => {
      await leave(t.path, FILE, label(sha256(FILE)));
      await t.fetch();
      expect(t.mirror.asked).toEqual([]);
    }));

  it('a part of another version, a label cut short, or none: from the beginning', async () => {
    for (const text of [label(sha256('another')), label(sha256(FILE)).slice(0, 40), 'null', '{}'])
      await trying(undefined, async (t) => {
        await leave(t.path, FILE.subarray(0, 1000), text);
        await t.fetch();
        expect(t.mirror.asked.map(({ range }) => range)).toEqual([undefined]);
      });
  });

  it('a part with bytes that a power cut spoilt: found by the sum, fetched again', () =>
    trying(undefined, async (t) => {
      await leave(t.path, Buffer.alloc(5000), label(sha256(FILE)));
      await t.fetch();
      expect(t.mirror.asked.map(({ range }) => range)).toEqual(['bytes=5000-', undefined]);
    }));

  it('a part longer than the file', () =>
    trying(undefined, async (t) => {
      await leave(t.path, Buffer.concat([FILE, FILE]), label(sha256(FILE)));
      await t.fetch();
      expect(t.mirror.asked.map(({ range }) => range)).toEqual(['bytes=600000-', undefined]);
    }));

  it('a file of that name that is not right is replaced by the right one, in one step', () =>
    withFolder(async (folder) => {
      await using mirror = await Mirror.start({ a: FILE });
      const path = join(folder, 'a');
      await writeFile(path, 'old');
      const seen = new Set<string>();
      const onBytes = async () => seen.add(sha256(await readFile(path)));
      await download(mirror.url('a'), path, sha256(FILE), { patience: QUICK, onBytes });
      expect(sha256(await readFile(path))).toBe(sha256(FILE));
      expect([...seen].filter((sum) => sum !== sha256('old') && sum !== sha256(FILE))).toEqual([]);
    }));
});

describe('Ctrl-C', () => {
  it('in the middle: rejects with the reason, leaves the part, and the next call goes on', () => {
    const stop = new AbortController();
    const reason = new Error('stopped by hand');
    return trying(
      (asked, response, times) => {
        if (times > 1) return false;
        return give(FILE, asked, response, 180_000); // and then nothing
      },
      async (t) => {
        const onBytes = (held: number) => {
          if (held >= 180_000) stop.abort(reason);
        };
        const patience = { ...QUICK, stall: 10_000 };
        await expect(t.fetch({ signal: stop.signal, onBytes, patience })).rejects.toBe(reason);
        expect((await stat(`${t.path}.part`)).size).toBe(180_000);
        await t.fetch();
        expect(t.mirror.asked[1]).toMatchObject({ range: 'bytes=180000-', ifRange: etagOf(FILE) });
      },
    );
  });

  it(
    'between two pieces of a body that has come already: Node 20 leaves the next read waiting for ever',
    () =>
      withFolder(async (folder) => {
        const small = bytesOf(50_000);
        await using mirror = await Mirror.start({ small });
        const stop = new AbortController();
        const patience = { ...QUICK, stall: 60_000 };
        const onBytes = (held: number) => {
          if (held > 0) stop.abort();
        };
        const options = { signal: stop.signal, onBytes, patience };
        const stopped = download(mirror.url('small'), join(folder, 'small'), sha256(small), options);
        await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
      }),
    10_000,
  );

  it('during a pause: at once', () =>
    trying(
      (_, response) => {
        response.writeHead(503, { 'retry-after': '2' }).end();
        return true;
      },
      async (t) => {
        const stop = new AbortController();
        const began = performance.now();
        const onNote = () => stop.abort();
        await expect(t.fetch({ signal: stop.signal, onNote })).rejects.toMatchObject({ name: 'AbortError' });
        expect(performance.now() - began).toBeLessThan(1000);
      },
    ));

  it('before it began: nothing is asked for', () =>
    trying(undefined, async (t) => {
      await expect(t.fetch({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
      expect(t.mirror.asked).toEqual([]);
    }));
});

describe('a disk that refuses', () => {
  it('a folder stands where the part or the file belongs', () =>
    trying(undefined, async (t) => {
      await mkdir(`${t.path}.part`, { recursive: true });
      expect(await t.fails()).toBe(`${t.path}: a folder stands where the file belongs; found EISDIR`);
    }));

  it('a file stands where the folder belongs', () =>
    trying(undefined, async (t) => {
      await writeFile(join(t.path, '..'), '');
      expect(await t.fails()).toMatch(/a\.csv\.gz: a file stands where a folder belongs; found E(EXIST|NOTDIR)/);
    }));
});
