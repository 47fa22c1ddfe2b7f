/**
 * How fast and in how much memory a cohort is made of a synthetic hospital, from csv.gz, beside what the machine can do with
 * the same file at all: DuckDB's own count of CHARTEVENTS.
 *
 *   tsx --conditions=source bench/cohort.ts build KIND FOLDER
 *   tsx --conditions=source bench/cohort.ts count KIND FOLDER
 *
 * One measurement a process, so that the peak of its memory is its own.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { buildCohort } from '../packages/clinragen/src/cohort/index.js';
import type { SourceKind } from '../packages/clinragen/src/cohort/kinds.js';

const [what, kind, folder] = process.argv.slice(2) as [string, SourceKind, string];

/** Bytes of the disk that a folder takes. */
async function bytesIn(path: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(path, { recursive: true }).catch(() => [])) {
    bytes += await stat(join(path, entry)).then(
      ({ size }) => size,
      () => 0, // gone meanwhile
    );
  }
  return bytes;
}

/** Largest resident memory of this process so far, bytes. Where the system does not tell, the present one. */
function peakMemory(): number {
  if (!existsSync('/proc/self/status')) return process.memoryUsage().rss;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
}

async function build() {
  const work = await mkdtemp(join(resolve(folder, '..'), 'bench-cohort-'));
  let disk = 0;
  const watch = setInterval(async () => {
    disk = Math.max(disk, await bytesIn(work));
  }, 500);
  const phases: Record<string, number> = {};
  let phase = '';
  const begun = performance.now();
  let since = begun;
  const end = () => {
    const now = performance.now();
    if (phase !== '') phases[phase] = (phases[phase] ?? 0) + (now - since) / 1000;
    since = now;
  };
  try {
    const report = await buildCohort({
      kind,
      source: folder,
      out: join(work, 'cohort'),
      memoryLimit: '2GB',
      onProgress: (now) => {
        if (now.phase === phase) return;
        end();
        phase = now.phase;
      },
    });
    end();
    const charts = Object.entries(report.provenance.tables).find(([name]) => /chartevents/i.test(name))![1];
    return {
      rows: charts.rows,
      kept: report.events.kept ?? 0,
      seconds: (performance.now() - begun) / 1000,
      cpu: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
      peak: peakMemory(),
      disk,
      phases,
    };
  } finally {
    clearInterval(watch);
    await rm(work, { recursive: true, force: true });
  }
}

async function count() {
  const file = (await readdir(folder, { recursive: true })).find((name) => /(^|\/)chartevents\.csv\.gz$/i.test(name));
  if (file === undefined) throw new Error(`no CHARTEVENTS.csv.gz in ${folder}`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const begun = performance.now();
  const reader = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE AS n FROM read_csv('${join(folder, file).replaceAll("'", "''")}', header = true, all_varchar = true)`,
  );
  return {
    rows: reader.getRowObjectsJS()[0]!.n as number,
    seconds: (performance.now() - begun) / 1000,
    peak: peakMemory(),
  };
}

console.log(JSON.stringify(await (what === 'count' ? count() : build())));
