import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../src/cohort/cohort-error.js';
import {
  DATABASES,
  type DatabaseName,
  defaultFolder,
  GET_HELP,
  type GetOptions,
  type GetProgress,
  type GetReport,
  getDatabase,
  howToGet,
  isOpen,
  type OpenDatabase,
} from '../../../src/cohort/get/index.js';
import { parseSums } from '../../../src/cohort/get/sums.js';
import { breakOff, bytesOf, etagOf, filesIn, give, Mirror, QUICK, sha256, withFolder } from './mirror.js';

const HOSPITAL = {
  'LICENSE.txt': Buffer.from('open'),
  'hosp/admissions.csv.gz': bytesOf(50_000, 2),
  'hosp/empty.csv': Buffer.alloc(0),
  'icu/chartevents.csv.gz': bytesOf(400_000, 3),
  'icu/d_items.csv.gz': bytesOf(20_000, 4),
  'icu/icustays.csv.gz': bytesOf(30_000, 5),
};

interface Tried {
  readonly mirror: Mirror;
  /** Becomes the database. */
  readonly out: string;
  get(options?: Partial<GetOptions>): Promise<GetReport>;
  fails(options?: Partial<GetOptions>): Promise<string>;
}

async function trying(test: (tried: Tried) => Promise<void>, files: Record<string, Buffer> = HOSPITAL): Promise<void> {
  await using mirror = await Mirror.start(files);
  await withFolder(async (folder) => {
    const out = join(folder, 'data', 'demo');
    const get: Tried['get'] = (options) =>
      getDatabase({ database: 'mimic4-demo', out, base: mirror.base, patience: QUICK, ...options });
    const fails: Tried['fails'] = async (options) => {
      const error = await get(options).then(
        () => new Error('it went well'),
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(CohortError);
      return (error as Error).message;
    };
    await test({ mirror, out, get, fails });
  });
}

/** What must stand in the folder at the end: the files, the list, and nothing else. */
const complete = (mirror: Mirror): Record<string, string> =>
  Object.fromEntries([...mirror.files, ['SHA256SUMS.txt', mirror.sums()] as const].map(([n, b]) => [n, sha256(b)]));

/** Every file under its own name is exactly the published one. */
async function nothingHalf(out: string): Promise<string[]> {
  const names: string[] = [];
  for (const [name, sum] of Object.entries(await filesIn(out))) {
    if (/\.part(\.json)?$/.test(name) || name === 'run.lock') continue;
    expect(sum, name).toBe(sha256(HOSPITAL[name as keyof typeof HOSPITAL]));
    names.push(name);
  }
  return names;
}

describe('a whole database', () => {
  it('every file of the list, then the list itself', () =>
    trying(async ({ mirror, out, get }) => {
      expect(await get()).toEqual({ folder: out, files: 6, fetched: 6 });
      expect(await filesIn(out)).toEqual(complete(mirror));
    }));

  it('a second call fetches nothing; a third what was lost or spoilt in between', () =>
    trying(async ({ mirror, out, get }) => {
      await get();
      mirror.asked.length = 0;
      expect(await get()).toMatchObject({ files: 6, fetched: 0 });
      expect(mirror.asked).toEqual([]);

      await writeFile(join(out, 'icu/d_items.csv.gz.part.json'), '{}'); // from a kill right after the renaming
      await rm(join(out, 'LICENSE.txt'));
      const spoilt = join(out, 'hosp/admissions.csv.gz');
      const { size, mtime } = await stat(spoilt);
      await writeFile(spoilt, Buffer.alloc(size));
      await utimes(spoilt, mtime, mtime); // the bytes are what counts
      expect(await get()).toMatchObject({ fetched: 2 });
      expect(mirror.asked.map(({ path }) => path).sort()).toEqual(['LICENSE.txt', 'hosp/admissions.csv.gz']);
      expect(await filesIn(out)).toEqual(complete(mirror));
    }));

  it('four at a time', async () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i}`, bytesOf(2000, i)]));
    await trying(async ({ mirror, get }) => {
      for (const [name, bytes] of mirror.files)
        mirror.behaviours.set(name, (asked, response) => {
          setTimeout(() => give(bytes, asked, response), 30);
          return true;
        });
      await get();
      expect(mirror.busiest).toBe(4);
    }, files);
  });

  it('tells how many bytes there are, and ends with all of them', () =>
    trying(async ({ get, mirror }) => {
      const told: GetProgress[] = [];
      await get({ onProgress: (progress) => told.push(progress) });
      const total = Object.values(HOSPITAL).reduce((sum, { length }) => sum + length, 0);
      expect(new Set(told.map((progress) => progress.total))).toEqual(new Set([total]));
      expect(told.at(-1)?.bytes).toBe(total);
      expect(mirror.heads).toHaveLength(6);
    }));

  it('names with blanks, per cent signs and hashes are asked for as such', () =>
    trying(
      async ({ mirror, out, get }) => {
        await get();
        expect(await filesIn(out)).toEqual(complete(mirror));
      },
      { 'a b/100%25 #1?.csv': bytesOf(100), 'Ärzte.txt': bytesOf(50) },
    ));

  it('an address without its last slash', () =>
    trying(async ({ mirror, get }) => {
      expect(await get({ base: mirror.base.slice(0, -1) })).toMatchObject({ fetched: 6 });
    }));
});

describe('when one file cannot be had', () => {
  it('404: the error names it, nothing half has a final name, the list is not there; mended, only the rest is fetched', () =>
    trying(async ({ mirror, out, fails, get }) => {
      mirror.behaviours.set('icu/d_items.csv.gz', (_, response, times) => {
        if (times > 1) return false;
        response.writeHead(404).end();
        return true;
      });
      const message = await fails();
      expect(message).toMatch(/icu\/d_items\.csv\.gz: the server does not give this file; found 404 Not Found/);
      const there = await nothingHalf(out);
      expect(there).not.toContain('icu/d_items.csv.gz');
      expect(existsSync(join(out, 'run.lock'))).toBe(false);

      expect((await get()).fetched).toBe(6 - there.length);
      expect(await filesIn(out)).toEqual(complete(mirror));
    }));

  it('wrong bytes always: the error, and no SHA256SUMS.txt that would call the folder complete', () =>
    trying(async ({ mirror, out, fails }) => {
      const bytes = HOSPITAL['icu/chartevents.csv.gz'];
      mirror.behaviours.set('icu/chartevents.csv.gz', (asked, response) =>
        give(Buffer.from(bytes).fill(0, 1000, 1010), asked, response),
      );
      expect(await fails()).toMatch(/icu\/chartevents\.csv\.gz: the server sends other bytes than were published/);
      expect(await nothingHalf(out)).not.toContain('icu/chartevents.csv.gz');
    }));

  it('Ctrl-C: parts stay, and the next call goes on with them', () =>
    trying(async ({ mirror, out, get }) => {
      const stop = new AbortController();
      const bytes = HOSPITAL['icu/chartevents.csv.gz'];
      mirror.behaviours.set(
        'icu/chartevents.csv.gz',
        (asked, response, times) => times === 1 && give(bytes, asked, response, 250_000),
      );
      const onProgress = async () => {
        const size = (await stat(join(out, 'icu/chartevents.csv.gz.part')).catch(() => undefined))?.size;
        if (size === 250_000) stop.abort();
      };
      const patience = { ...QUICK, stall: 10_000 };
      const stopped = get({ signal: stop.signal, onProgress, patience });
      const poll = setInterval(onProgress, 10);
      await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
      clearInterval(poll);
      expect(await nothingHalf(out)).not.toContain('icu/chartevents.csv.gz');

      await get();
      expect(mirror.of('icu/chartevents.csv.gz')[1]).toMatchObject({ range: 'bytes=250000-', ifRange: etagOf(bytes) });
      expect(await filesIn(out)).toEqual(complete(mirror));
    }));

  it('another process is at work in the folder', () =>
    trying(async ({ mirror, out, get, fails }) => {
      mirror.behaviours.set('LICENSE.txt', (asked, response, times) => {
        if (times > 1) return false;
        setTimeout(() => give(HOSPITAL['LICENSE.txt'], asked, response), 100);
        return true;
      });
      const first = get();
      while (mirror.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await fails()).toMatch(new RegExp(`process ${process.pid} on .* works in it`));
      await first;
      expect(await filesIn(out)).toEqual(complete(mirror));
    }));

  it('a folder stands where a file belongs', () =>
    trying(async ({ out, mirror, fails }) => {
      await mkdir(join(out, 'LICENSE.txt'), { recursive: true });
      expect(await fails()).toBe(
        `${join(out, 'LICENSE.txt')}: a folder stands where the file belongs; expected a file, or nothing`,
      );
      expect(mirror.asked).toEqual([]); // said before anything is fetched
    }));
});

describe('the disk', () => {
  it('is too small: said before anything is fetched', () =>
    trying(async ({ mirror, out, fails }) => {
      mirror.sizeOf = () => 2 ** 52; // 4 PiB a file
      expect(await fails()).toMatch(
        new RegExp(`^${out}: the disk is too small; found [\\d,]+ MB free; expected [\\d,]+ MB`),
      );
      expect(mirror.asked).toEqual([]);
    }));

  it('is not asked, where the server does not say how much there is', () =>
    trying(async ({ mirror, get }) => {
      mirror.sizeOf = () => undefined;
      const totals = new Set<number | undefined>();
      expect(await get({ onProgress: ({ total }) => totals.add(total) })).toMatchObject({ fetched: 6 });
      expect([...totals]).toEqual([undefined]);
    }));
});

describe('the list of files', () => {
  const sum = sha256('x');
  const good = `${sha256(HOSPITAL['LICENSE.txt'])} LICENSE.txt\n`;

  it('is read as PhysioNet and as sha256sum write it', () => {
    const text = `${sum} a b.csv\r\n\n${sum.toUpperCase()}  hosp/b.csv\n${sum} *icu/c.csv.gz\n${sum}  SHA256SUMS.txt\n${sum}  a b.csv`;
    expect(parseSums(text, 'list')).toEqual(
      ['a b.csv', 'hosp/b.csv', 'icu/c.csv.gz'].map((name) => ({ name, sha256: sum })),
    );
  });

  for (const [what, list, says] of [
    [
      'a login page',
      '<!DOCTYPE html>\n<html>',
      'line 1: not a list of files .*; found "<!DOCTYPE html>"; expected 64 hex',
    ],
    ['a cut line', `${good}${sum.slice(0, 40)}`, 'line 2: not a list of files'],
    ['a sum without a name', `${good}${sum}  `, 'line 2: not a list of files'],
    [
      'a name that leaves the folder',
      `${good}${sum} ../evil`,
      'line 2: a file’s name leaves its folder; found "../evil"',
    ],
    ['one that leaves it in the middle', `${good}${sum} hosp/../../evil`, 'line 2: a file’s name leaves its folder'],
    ['an absolute name', `${good}${sum} /etc/evil`, 'line 2: a file’s name is an absolute path; found "/etc/evil"'],
    ['an absolute name of Windows', `${good}${sum} C:evil`, 'line 2: a file’s name is an absolute path'],
    ['a backslash', `${good}${sum} ..\\evil`, 'line 2: a file’s name has a backslash'],
    ['a stream of Windows', `${good}${sum} a.csv:evil`, 'line 2: a file’s name has a colon'],
    ['a terminal’s control character', `${good}${sum} a\u001b[2J`, 'control character; found "a\\\\u001b\\[2J"'],
    ['an empty step', `${good}${sum} hosp//evil`, 'line 2: a file’s name is not a plain path'],
    ['a step with a dot at its end', `${good}${sum} hosp./evil`, 'line 2: a file’s name is not a plain path'],
    ['the name of a part', `${good}${sum} LICENSE.txt.part`, 'line 2: .* unfinished downloads'],
    ['two sums for a file', `${good}${sum} LICENSE.txt`, 'line 2: a file is listed twice, with two sums'],
    ['nothing', '\n', 'the list of files is empty'],
  ] as const)
    it(`refuses ${what}, and writes nothing`, () =>
      trying(async ({ mirror, out, fails }) => {
        mirror.list = list;
        const message = await fails();
        expect(message).toContain(`${mirror.url('SHA256SUMS.txt')}`);
        expect(message).toMatch(new RegExp(says));
        expect(await filesIn(join(out, '..', '..'))).toEqual({});
        expect(mirror.asked).toEqual([]);
      }));

  it('itself: 404 at once, 503 again, cut off again', () =>
    trying(async ({ mirror, fails, get }) => {
      const list = Buffer.from(mirror.sums());
      mirror.behaviours.set('SHA256SUMS.txt', (asked, response, times) => {
        if (times === 3) return breakOff(list, asked, response, 80, () => 80);
        if (times > 3) return false;
        response.writeHead(times === 1 ? 404 : 503).end();
        return true;
      });
      expect(await fails()).toMatch(/SHA256SUMS\.txt: the server does not give this file; found 404/);
      expect(await get()).toMatchObject({ fetched: 6 });
    }));
});

describe('what is asked for', () => {
  it('an address that is no folder, or holds a password, which the error does not repeat', () =>
    trying(async ({ out, fails }) => {
      for (const base of ['file:///data/', 'physionet.org/files', 'https://host/a?b=c', 'https://host/a#b', ''])
        expect(await fails({ base })).toMatch(/not the address of a folder; found .*; expected http\(s\)/);
      const message = await fails({ base: 'https://jane:secret@host/files/' });
      expect(message).toMatch(/^the mirror’s address holds a name or password/);
      expect(message).not.toMatch(/jane|secret/);
      expect(existsSync(out)).toBe(false);
    }));

  it('a database that needs credentials is not fetched', () =>
    trying(async ({ mirror, fails }) => {
      expect(await fails({ database: 'mimic3' as DatabaseName as OpenDatabase })).toMatch(/mimic3 needs credentials/);
      expect(mirror.heads).toEqual([]);
    }));

  it('the way to each of those: account, training, agreement, the command, the folder for --source', () => {
    for (const name of ['mimic3', 'mimic4', 'mimic4-note', 'eicu'] as const) {
      const { slug, version } = DATABASES[name];
      const text = howToGet(name);
      expect(isOpen(name)).toBe(false);
      expect(text).toContain('CITI');
      expect(text).toContain('https://physionet.org/register/');
      expect(text).toContain(`https://physionet.org/content/${slug}/${version}/`);
      expect(text).toContain(
        `wget -r -N -c -np --user YOUR_PHYSIONET_NAME --ask-password https://physionet.org/files/${slug}/${version}/`,
      );
      // wget makes a folder of the host's name and of the address's path.
      const source = DATABASES[name === 'mimic4-note' ? 'mimic4' : name];
      expect(text).toContain(
        `clinragen cohort --source ${source.source}:physionet.org/files/${source.slug}/${source.version}\n`,
      );
    }
  });

  it('the help names every database and where a demo goes', () => {
    for (const name of Object.keys(DATABASES)) expect(GET_HELP).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(defaultFolder(DATABASES['eicu-demo'])).toBe('data/eicu-crd-demo-2.0.1');
  });

  it('the MIMIC-IV demo by PhysioNet’s own list, as far as its files lie here', async (context) => {
    const shared = process.env.CLINRAGEN_SHARED ?? join(process.cwd(), '..', 'shared');
    const demo = join(shared, 'data', 'mimic-iv-demo-2.2');
    if (!existsSync(demo)) return context.skip(`no ${demo}`);
    const published = await readFile(join(demo, 'SHA256SUMS.txt'), 'utf8');
    expect(parseSums(published, 'list')).toHaveLength(34);
    // The copy has no chart events, and a licence file of its own.
    const lines = published.split('\n').filter((line) => !/icu\/chartevents|LICENSE\.txt/.test(line));
    const files: Record<string, Buffer> = {};
    for (const { name } of parseSums(lines.join('\n'), 'list')) files[name] = await readFile(join(demo, name));
    await trying(async ({ mirror, out, get }) => {
      mirror.list = lines.join('\n');
      expect(await get()).toMatchObject({ files: 32, fetched: 32 });
      expect(await readFile(join(out, 'hosp', 'admissions.csv.gz'))).toEqual(files['hosp/admissions.csv.gz']);
    }, files);
  });
});
