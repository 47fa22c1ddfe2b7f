/** Raw tables → the cohort and its report, as steps of a run. */
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { cohortFacts, writeCohortReport } from './cohort/card/index.js';
import { buildCohort, leakageReport, readNotes } from './cohort/index.js';
import { startProgress } from './progress.js';
import type { Json } from './run.js';
import { json, type StepContext } from './step-context.js';
import { GENERATOR, synthesize } from './synthesize/index.js';

/** Name, size and time of every file: the content of a 30 GB database is not read to see whether it changed. */
export async function folderStamp(folder: string): Promise<Json> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const stamps: Json[] = [];
  for (const path of files.sort()) {
    const facts = await stat(path);
    stamps.push([relative(folder, path), facts.size, Math.round(facts.mtimeMs)]);
  }
  return stamps;
}

/** Raw tables → `cohort/`. A synthetic source is made first, in `hospital/`. */
export async function cohortStep({ run, config, quiet }: StepContext): Promise<void> {
  const { source, ...options } = config.cohort;
  let folder: string;
  if (source.kind === 'synthetic') {
    folder = run.path('hospital');
    const { patients, seed } = source;
    await run.step('synthesize', { patients, seed, generator: json(GENERATOR) }, ['hospital'], async () => {
      const progress = startProgress('synthetic hospital', patients, { unit: 'patients', quiet });
      try {
        await synthesize({ patients, seed, out: folder, onProgress: (done) => progress.update(done) });
      } finally {
        progress.end();
      }
    });
  } else folder = source.path;
  const tables = source.kind === 'synthetic' ? await run.hash('hospital') : await folderStamp(folder);
  const { memoryLimit: _, ...settings } = options;
  const kind = source.kind === 'synthetic' ? 'mimic3' : source.kind;
  const hourly = source.kind === 'eicu' ? source.hourly : undefined;
  const second = hourly === undefined ? {} : { hourly: await folderStamp(hourly) };
  await run.step('cohort', { kind, tables, ...second, settings: json(settings) }, ['cohort'], async () => {
    let progress: ReturnType<typeof startProgress> | undefined;
    let phase = '';
    try {
      const report = await buildCohort({
        kind,
        source: folder,
        ...(hourly === undefined ? {} : { hourly }),
        out: run.path('cohort'),
        ...options,
        until: options.until === 'end' ? null : Number.parseInt(options.until, 10),
        // Made in seconds from files in the run's own folder, a synthetic source is not worth keeping twice.
        ...(source.kind === 'synthetic' ? {} : { cache: run.path('.cohort-source') }),
        readAgain: run.isForced('cohort'),
        onNote: (line) => {
          if (quiet) return;
          if (progress) progress.note(line);
          else process.stderr.write(`${line}\n`);
        },
        onProgress: (now) => {
          const scale = now.phase === 'events' ? 1e6 : 1;
          if (now.phase !== phase) {
            progress?.end();
            phase = now.phase;
            const unit = phase === 'events' ? { unit: 'MB read' } : {};
            progress = startProgress(`cohort: ${phase}`, Math.round(now.total / scale), { quiet, ...unit });
          }
          progress?.update(Math.round(now.done / scale));
        },
      });
      progress?.end();
      for (const warning of report.warnings) process.stderr.write(`warning: ${warning}\n`);
    } finally {
      progress?.end();
    }
  });
}

/** What the cohort holds, for people: `cohort.html` and `DATACARD.md`, beside its folder so that its hash stays its own. */
export async function cohortReportStep({ run }: StepContext): Promise<string> {
  const cohort = run.path('cohort');
  await run.step('cohort report', { cohort: await run.hash('cohort') }, ['cohort.html', 'DATACARD.md'], async () => {
    const leakage = leakageReport(await readNotes(cohort));
    await writeCohortReport({ dir: run.dir, facts: await cohortFacts(cohort), leakage });
  });
  return run.path('cohort.html');
}
