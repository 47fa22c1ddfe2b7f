/** The commands; no logic of their own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import { DATABASES, type DatabaseName, GET_HELP, type GetFlags, getCommand } from './cohort/get/index.js';
import { readCohort, SOURCE_KINDS, type SourceKind } from './cohort/index.js';
import { exportMeds } from './cohort/meds/index.js';
import { cohortReportStep, cohortStep } from './cohort-steps.js';
import type { RunConfig } from './config.js';
import { loadConfig } from './config-file.js';
import { demo } from './demo.js';
import { diagnoseStays, renderDiagnosis } from './diagnose/index.js';
import type { StageNumber } from './distill/index.js';
import { renderComparison } from './evaluate/index.js';
import { loadCheckpoint, ModelError } from './model/index.js';
import { startProgress } from './progress.js';
import { openRun, type RunOptions } from './run.js';
import { Interrupted, type StepContext } from './step-context.js';
import { distillStep, evaluateStep, knowledgeStep, rationalesStep } from './steps.js';
import { type SynthesisOptions, synthesize } from './synthesize/index.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError(`expected a whole number, found '${text}'`);
  return value;
}

function positive(text: string): number {
  const value = whole(text);
  if (value === 0) throw new InvalidArgumentError(`expected a number from 1 on, found '${text}'`);
  return value;
}

interface SourceFlag {
  readonly kind: SourceKind;
  readonly path: string;
}

function sourceFlag(text: string): SourceFlag {
  const at = text.indexOf(':');
  const kind = SOURCE_KINDS.find((one) => one === text.slice(0, at));
  if (kind === undefined || at + 1 === text.length) {
    throw new InvalidArgumentError(`expected kind:folder with one of ${SOURCE_KINDS.join(', ')}, found '${text}'`);
  }
  return { kind, path: text.slice(at + 1) };
}

interface RunFlags {
  config: string;
  run?: string;
  mimic3?: string;
  source?: SourceFlag;
  patients?: number;
  seed?: number;
  force?: boolean;
  quiet?: boolean;
}

/** The configuration with what the command line says on top. */
function configOf(flags: RunFlags): RunConfig {
  const source =
    flags.source !== undefined
      ? flags.source
      : flags.mimic3 !== undefined
        ? { kind: 'mimic3', path: flags.mimic3 }
        : flags.patients !== undefined
          ? { kind: 'synthetic', patients: flags.patients }
          : undefined;
  return loadConfig(flags.config, {
    ...(source === undefined ? {} : { cohort: { source } }),
    ...(flags.seed === undefined ? {} : { run: { seed: flags.seed } }),
  });
}

const stopping = new AbortController();

/** Opens the run that the flags name and hands its steps what they need. */
async function withRun(
  flags: RunFlags,
  work: (context: StepContext) => Promise<void>,
  options: RunOptions = {},
): Promise<void> {
  const config = configOf(flags);
  const source = flags.source?.kind ?? (flags.mimic3 === undefined ? undefined : 'mimic3');
  const name = source !== undefined && flags.run === undefined ? `${config.run.name}-${source}` : config.run.name;
  await using run = await openRun(flags.run ?? join(config.run.dir, name), options);
  await work({ run, config, quiet: flags.quiet ?? false, signal: stopping.signal });
}

function runCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--config <file>', 'the run’s YAML; see configs/', 'configs/demo.yaml')
    .option('--run <folder>', 'the run’s folder; default: runs/ and the name in the YAML')
    .option('--mimic3 <folder>', 'read this folder of MIMIC-III tables instead of the source in the YAML')
    .option('--source <kind:folder>', `the same for any source: ${SOURCE_KINDS.join(', ')}`, sourceFlag)
    .option('--patients <n>', 'make a synthetic hospital of so many patients instead of the source in the YAML', whole)
    .option(
      '--seed <n>',
      'seed of the training and the intervals; the split and a synthetic hospital have their own',
      whole,
    )
    .option('--force', 'run the step though it is complete')
    .option('--quiet', 'no progress');
}

function step(name: string, description: string, work: (context: StepContext) => Promise<void>): Command {
  return runCommand(name, description).action((flags: RunFlags) =>
    withRun(flags, work, flags.force ? { force: [name] } : {}),
  );
}

function lastStage(run: string): string {
  const folders = [3, 2, 1].map((stage) => join(run, 'checkpoints', `stage-${stage}`));
  return folders.find((folder) => existsSync(folder)) ?? (folders[0] as string);
}

const terminal = () => ({
  colour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  width: Math.min(process.stdout.columns ?? 100, 120),
});
const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const program = new Command('clinragen')
  .description(
    'Reads an ICU stay (the medical note, the series of vitals and labs), names its diseases and writes why.\n' +
      'Research use only: not a medical device.',
  )
  .version(version)
  .addHelpText(
    'after',
    `
The way, step by step, each into the same run’s folder (runs/<name>):
  $ clinragen cohort      --config configs/demo.yaml   raw tables → stays with note, series and labels
  $ clinragen knowledge   --config configs/demo.yaml   the medical terms of each disease
  $ clinragen rationales  --config configs/demo.yaml   the teacher writes why
  $ clinragen distill     --config configs/demo.yaml   the small model learns, in three stages
  $ clinragen evaluate    --config configs/demo.yaml   scores, and report.html
  $ clinragen diagnose    --run runs/demo --stay ID    one stay, explained
or all of it: $ clinragen demo`,
  );

program.addCommand(
  runCommand(
    'demo',
    'the whole way on a synthetic hospital (or --mimic3 FOLDER), with a table and a stay explained',
  ).action((flags: RunFlags) =>
    withRun(flags, (context) => demo(context, print, terminal()), flags.force ? { force: true } : {}),
  ),
);

program.addCommand(
  new Command('synthesize')
    .description('writes a synthetic hospital in MIMIC-III’s or MIMIC-IV’s layout; nothing in it is a real patient')
    .requiredOption('--patients <n>', 'how many people', positive)
    .requiredOption('--out <folder>', 'where the tables go')
    .option('--seed <n>', 'the same seed gives the same tables', whole, 7)
    .addOption(new Option('--layout <name>', 'whose tables').choices(['mimic3', 'mimic4']).default('mimic3'))
    .addOption(new Option('--labs <set>', 'which analytes').choices(['basic', 'extended']).default('basic'))
    .option('--density <factor>', 'bedside values so many times an hour, 1 to 40: for benchmarks', Number, 1)
    .option('--gzip <level>', '1 is fast, 9 is small', positive, 6)
    .option('--quiet', 'no progress')
    .action(async ({ quiet, ...options }: SynthesisOptions & { quiet?: boolean }) => {
      const progress = startProgress('synthetic hospital', options.patients, {
        unit: 'patients',
        quiet: quiet ?? false,
      });
      const report = await synthesize({ ...options, onProgress: (done) => progress.update(done) }).finally(() =>
        progress.end(),
      );
      print(`${report.icuStays} ICU stays of ${report.patients} synthetic patients in ${report.folder}`);
    }),
);

program.addCommand(
  new Command('get')
    .description('fetches an open demo from PhysioNet, or says how to get MIMIC-III, MIMIC-IV and eICU')
    .addArgument(new Argument('<database>', 'which one').choices(Object.keys(DATABASES)))
    .option('--out <folder>', 'where it goes; default: data/ and its name and version')
    .option('--from <url>', 'fetch from this folder of a mirror')
    .option('--quiet', 'no progress')
    .addHelpText('after', GET_HELP)
    .action((database: DatabaseName, flags: GetFlags) =>
      getCommand(database, flags, { signal: stopping.signal, print }).catch((error: unknown) => {
        throw stopping.signal.aborted ? new Interrupted('stopped; the same command goes on where it was') : error;
      }),
    ),
);

program.addCommand(
  step(
    'cohort',
    'raw tables → stays with note, hourly series and 25 labels; its report, cohort.html',
    async (context) => {
      await cohortStep(context);
      print(`report: ${await cohortReportStep(context)}`);
    },
  ),
);
program.addCommand(
  new Command('meds')
    .description(
      'a run’s cohort as a MEDS 0.4 data set, for others’ tools; as source kind meds it becomes the same cohort',
    )
    .requiredOption('--out <folder>', 'where it goes')
    .option('--run <folder>', 'the run’s folder', 'runs/demo')
    .action(async ({ run, out }: { run: string; out: string }) => {
      const { events, stays, subjects, shards } = await exportMeds({ cohort: join(run, 'cohort'), out });
      print(`${events} events of ${stays} stays, ${subjects} patients, in ${shards} files under ${out}`);
    }),
);
program.addCommand(step('knowledge', 'the medical terms of each disease → knowledge.json', knowledgeStep));
program.addCommand(
  step('rationales', 'the teacher writes a rationale from the note and one from the series', rationalesStep),
);

program.addCommand(
  runCommand('distill', 'the small model learns from the teacher, in three stages; Ctrl-C saves, --resume goes on')
    .option('--resume', 'go on where the training was stopped')
    .option('--without-rationales', 'train on diagnoses alone (ClinRaGen-III of the paper)')
    .addOption(new Option('--stages <list>', 'which stages').default('1,2,3').choices(['1', '1,2', '1,2,3']))
    .action((flags: RunFlags & { resume?: boolean; withoutRationales?: boolean; stages: string }) =>
      withRun(
        flags,
        (context) =>
          distillStep(context, {
            variant: flags.withoutRationales ? 'checkpoints-without-rationales' : 'checkpoints',
            stages: flags.stages.split(',').map(Number) as StageNumber[],
            resume: flags.resume ?? false,
          }),
        flags.force ? { force: ['distill', 'distill without rationales'] } : {},
      ),
    ),
);

program.addCommand(
  runCommand('evaluate', 'held-out stays → predictions.jsonl, metrics.json, report.html')
    .addOption(new Option('--split <name>', 'which stays').default('test').choices(['test', 'validation']))
    .action((flags: RunFlags & { split: 'test' | 'validation' }) =>
      withRun(
        flags,
        async (context) => {
          const { comparison, report } = await evaluateStep(context, flags.split);
          print(`${renderComparison(comparison, { colour: terminal().colour })}\n\nreport: ${report}`);
        },
        flags.force ? { force: ['evaluate'] } : {},
      ),
    ),
);

program.addCommand(
  new Command('diagnose')
    .description('one stay of a run’s cohort: diagnoses with probabilities, both rationales, the series')
    .requiredOption('--stay <id>', 'the ICU stay')
    .option('--run <folder>', 'the run’s folder', 'runs/demo')
    .option('--checkpoint <folder>', 'default: the run’s last stage')
    .option('--beams <n>', 'beams of the rationale (default: as the checkpoint says)', positive)
    .option('--json', 'print JSON')
    .action(async (flags: { stay: string; run: string; checkpoint?: string; beams?: number; json?: boolean }) => {
      const cohort = await readCohort(join(flags.run, 'cohort'));
      const stay = cohort.stays.find(({ id }) => id === flags.stay);
      if (stay === undefined) {
        throw new ModelError(
          `the cohort in ${flags.run} has no stay ${flags.stay}; it has ${cohort.stays.length}, such as ${cohort.stays[0]?.id}`,
        );
      }
      const loaded = await loadCheckpoint(flags.checkpoint ?? lastStage(flags.run));
      const options = {
        beams: flags.beams ?? loaded.facts.generate.beams,
        maxTokens: loaded.facts.maxTokens,
        batchSize: 1,
      };
      const [prediction] = await diagnoseStays(loaded, [stay], cohort.variables, options);
      if (prediction === undefined) return;
      if (flags.json) {
        print(
          JSON.stringify(
            { ...prediction, synthetic: cohort.synthetic, notice: 'research use only, not a medical device' },
            null,
            2,
          ),
        );
        return;
      }
      const { variables, synthetic } = cohort;
      print(renderDiagnosis({ stay, variables, prediction, recorded: stay.labels, synthetic, ...terminal() }));
    }),
);

program.addCommand(
  new Command('validate')
    .description('checks a run’s YAML and prints it with every default')
    .option('--config <file>', 'the run’s YAML', 'configs/demo.yaml')
    .action(({ config }: { config: string }) => print(stringify(loadConfig(config)))),
);

// The first Ctrl-C lets the step save what it has; a second one leaves at once.
process.on('SIGINT', () => {
  if (stopping.signal.aborted) process.exit(130);
  process.stderr.write('\nstopping; what is done is being saved (Ctrl-C again to leave at once)\n');
  stopping.abort();
});
process.on('SIGTERM', () => stopping.abort());

/** Names of errors that say nothing to a user; those of the system (no such file, no space) come with the call that failed. */
const OURS_TO_MEND = new Set(['Error', 'TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'AssertionError']);

try {
  await program.parseAsync();
} catch (error) {
  // One clear line for what the person can mend; the stack only for what we have to.
  const known = error instanceof Error && (!OURS_TO_MEND.has(error.name) || 'syscall' in error);
  process.stderr.write(`${known ? `clinragen: ${(error as Error).message}` : (error as Error).stack}\n`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
}
