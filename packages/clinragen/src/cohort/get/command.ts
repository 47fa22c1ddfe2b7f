/** What `clinragen get` does and says. */
import { startProgress } from '../../progress.js';
import { howToGet } from './credentialed.js';
import {
  cohortCommand,
  DATABASES,
  type Database,
  type DatabaseName,
  defaultFolder,
  filesUrl,
  isOpen,
  pageUrl,
} from './databases.js';
import { getDatabase } from './get.js';
import { followProxy } from './proxy.js';

export interface GetFlags {
  readonly out?: string;
  readonly from?: string;
  readonly quiet?: boolean;
}

export interface GetContext {
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
}

/** Fetches an open demo, with a bar; for a credentialed database, prints the way to it. */
export async function getCommand(name: DatabaseName, flags: GetFlags, { signal, print }: GetContext): Promise<void> {
  if (!isOpen(name)) {
    print(howToGet(name));
    return;
  }
  const database = DATABASES[name];
  const out = flags.out ?? defaultFolder(database);
  const quiet = flags.quiet ?? false;
  followProxy();
  let progress: ReturnType<typeof startProgress> | undefined;
  const report = await getDatabase({
    database: name,
    out,
    base: flags.from,
    signal,
    onProgress: ({ bytes, total }) => {
      progress ??= startProgress(name, total === undefined ? undefined : total / 1e6, { unit: 'MB', quiet });
      progress.update(bytes / 1e6);
    },
    onNote: (line) => {
      if (progress !== undefined) progress.note(line);
      else if (!quiet) process.stderr.write(`${line}\n`);
    },
  }).finally(() => progress?.end());
  print(`${database.title} ${database.version} in ${out}: all ${report.files} files as published, ${report.fetched} of them fetched now
${database.licence}; how to cite it: ${pageUrl(database)}
next: ${cohortCommand(database, out)}`);
}

const listed = (access: Database['access']): string =>
  Object.entries<Database>(DATABASES)
    .filter(([, database]) => database.access === access)
    .map(
      ([name, { title, version, holds }]) => `  ${name.padEnd(12)} ${title} ${version}\n  ${' '.repeat(12)} ${holds}`,
    )
    .join('\n');

export const GET_HELP = `
Open demos, fetched from PhysioNet:
${listed('open')}

With credentials; the command explains how to get them and downloads nothing:
${listed('credentialed')}

Every file is compared with the SHA-256 that PhysioNet publishes, and has its name only when it is right. Cut off by Ctrl-C, a
lost connection or a full disk, the same command goes on where it was; files that are there and right are not fetched again.
SHA256SUMS.txt stands in the folder once all of it is right. Exit codes: 0 done, 1 failed, 130 stopped.

  $ clinragen get mimic4-demo                          into ${defaultFolder(DATABASES['mimic4-demo'])}
  $ clinragen get eicu-demo --out /data/eicu-demo
  $ clinragen get mimic3-demo --from https://mirror.example.org/mimiciii-demo/1.4/
  $ clinragen get mimic3                               how to get MIMIC-III itself

Without internet: copy ${filesUrl(DATABASES['mimic4-demo'])} on another machine
(wget -r -N -c -np ADDRESS), or serve the copy and name it by --from.
Behind a proxy: HTTPS_PROXY, HTTP_PROXY and NO_PROXY are followed by Node 24.14 and later; by 22.21 and later if
NODE_USE_ENV_PROXY=1 is set too; not by Node 20 (use wget). Where the proxy opens TLS, name its certificate in
NODE_EXTRA_CA_CERTS.`;
