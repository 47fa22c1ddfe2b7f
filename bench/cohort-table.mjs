/**
 * The bench `cohort`: synthetic hospitals of three sizes (made once, in .cache/bench), a cohort of each, and per size rows a
 * second, the largest memory, and what both grew by. `cohort.ts` measures one.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** About 1, 4 and 16 million rows of CHARTEVENTS. */
const PATIENTS = [260, 1050, 4200];
const KINDS = ['mimic3', 'mimic4'];

/** Runs TypeScript in a process of its own. @returns the last line it wrote */
function output(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [said, complaint] = ['', ''];
    child.stdout.on('data', (data) => {
      said += data;
    });
    child.stderr.on('data', (data) => {
      complaint = `${complaint}${data}`.slice(-2000);
    });
    child.on('close', (code) => {
      if (code === 0) resolve(said.trim().split('\n').at(-1));
      else
        reject(
          new Error(
            complaint
              .trim()
              .split('\n')
              .find((line) => /error/i.test(line)) ?? `it ended with ${code}`,
          ),
        );
    });
  });
}

async function hospital(kind, patients) {
  const folder = here(`../.cache/bench/${kind}-${patients}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(here('../.cache/bench'), { recursive: true });
  const size = ['--patients', patients, '--density', '10', '--gzip', '1', '--layout', kind].map(String);
  await output([here('../packages/clinragen/src/cli.ts'), 'synthesize', ...size, '--out', unfinished]);
  await rename(unfinished, folder);
  return folder;
}

const cell = (value, width) => String(value).padStart(width);
const row = (...cells) =>
  console.log(`  ${cells.map((value, i) => cell(value, [7, 11, 11, 9, 7, 9, 10, 8, 11][i])).join(' ')}`);

/** Prints a table per kind of database. */
export async function measureCohorts() {
  console.log('\ncohort: synthetic hospitals, csv.gz, memoryLimit 2GB; growth against the size before');
  for (const kind of KINDS) {
    console.log(`\n  ${kind}; count(*): DuckDB's scan of the same CHARTEVENTS.csv.gz`);
    row('', 'chart rows', 'of use', 'seconds', 'CPU s', 'rows/s', 'peak MB', 'disk MB', 'of count(*)');
    let before;
    for (const patients of PATIENTS) {
      const folder = await hospital(kind, patients);
      const peer = JSON.parse(await output([here('cohort.ts'), 'count', kind, folder]));
      const ours = JSON.parse(await output([here('cohort.ts'), 'build', kind, folder]));
      if (peer.rows !== ours.rows) throw new Error(`${kind}: ${ours.rows} rows, DuckDB counts ${peer.rows}`);
      const growth = (key) => (before ? `×${(ours[key] / before[key]).toFixed(1)}` : '');
      const millions = (number) => `${(number / 1e6).toFixed(2)} M`;
      row(
        '',
        millions(ours.rows),
        millions(ours.kept),
        ours.seconds.toFixed(1),
        ours.cpu.toFixed(1),
        `${(ours.rows / ours.seconds / 1e6).toFixed(2)} M`,
        (ours.peak / 1e6).toFixed(0),
        (ours.disk / 1e6).toFixed(0),
        (ours.rows / ours.seconds / (peer.rows / peer.seconds)).toFixed(2),
      );
      if (before)
        row(
          'growth',
          growth('rows'),
          growth('kept'),
          growth('seconds'),
          growth('cpu'),
          '',
          growth('peak'),
          growth('disk'),
          '',
        );
      const slowest = Object.entries(ours.phases).sort(([, a], [, b]) => b - a);
      console.log(`          ${slowest.map(([phase, seconds]) => `${phase} ${seconds.toFixed(1)} s`).join(', ')}`);
      before = ours;
    }
  }
}
