/**
 * The run's folder: which steps are complete, and that nothing in it looks complete when it is not.
 *
 * `steps.json` holds, per step, the hash of every input and of every output. A step whose inputs are the same and whose
 * outputs stand there unchanged is skipped. A step's record is taken out before the step runs and written when it has
 * ended, so that a crash at any moment means: run it again.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { z } from 'zod';
import { type Fingerprint, fingerprint, hashJson, type Json, sameFingerprint, writeJsonAtomic } from './run-files.js';
import { lockRun } from './run-lock.js';

export {
  atomicFolder,
  hashFile,
  hashFolder,
  hashJson,
  hashPath,
  type Json,
  writeJsonAtomic,
  writeTextAtomic,
} from './run-files.js';

/** The run's folder cannot be used, or a step did not do what it said. */
export class RunError extends Error {
  override readonly name = 'RunError';
}

/** What became of a step; `reason` says why it ran or was skipped. */
export interface StepEvent {
  readonly step: string;
  readonly state: 'skipped' | 'started' | 'done';
  /** `same inputs`, `first time`, `changed: model, cohort`, `cohort/stays.parquet is missing`, `asked for`. */
  readonly reason: string;
  /** Of a step that is done. */
  readonly seconds?: number;
}

export interface RunOptions {
  /** Told of every step. Without it, lines go to stderr. */
  readonly onStep?: (event: StepEvent) => void;
  /** Steps that run whatever their inputs; `true` for all. */
  readonly force?: readonly string[] | true;
}

const recordSchema = z.strictObject({
  /** Per input the hash of its JSON. */
  inputs: z.record(z.string(), z.string()),
  outputs: z.record(z.string(), z.strictObject({ hash: z.string(), stamp: z.string() })),
  finishedAt: z.string(),
  seconds: z.number(),
});
const stepsSchema = z.record(z.string(), recordSchema);
type Steps = z.infer<typeof stepsSchema>;

/**
 * Opens a run's folder, made where absent, and locks it against other processes.
 *
 * @throws {RunError} where another process works in it, or its steps.json cannot be read
 *
 * @example
 * await using run = await openRun('runs/demo');
 * await run.step('knowledge', { source: 'builtin' }, ['knowledge.json'], () => writeKnowledge(run.path('knowledge.json')));
 * await run.step('rationales', { knowledge: await run.hash('knowledge.json') }, ['rationales.jsonl'], teach);
 */
export async function openRun(dir: string, options: RunOptions = {}): Promise<Run> {
  await mkdir(dir, { recursive: true });
  const release = await lockRun(dir, (message) => new RunError(message));
  try {
    return new Run(dir, await readSteps(dir), release, options);
  } catch (error) {
    await release();
    throw error;
  }
}

export class Run {
  readonly #steps: Steps;
  readonly #release: () => Promise<void>;
  readonly #tell: (event: StepEvent) => void;
  readonly #force: RunOptions['force'];
  #running: string | undefined;

  /** Use openRun. */
  constructor(
    readonly dir: string,
    steps: Steps,
    release: () => Promise<void>,
    { onStep = tellOnStderr, force }: RunOptions,
  ) {
    this.#steps = steps;
    this.#release = release;
    this.#tell = onStep;
    this.#force = force;
  }

  /** A place in the run's folder. @throws {RunError} for one outside of it */
  path(...parts: string[]): string {
    const inside = normalize(join(...parts));
    if (isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`))
      throw new RunError(`${this.dir}: ${inside} lies outside of the run's folder`);
    return join(this.dir, inside);
  }

  /** Whether a step was asked for, whatever its inputs. */
  isForced(step: string): boolean {
    return this.#force === true || this.#force?.includes(step) === true;
  }

  /** Content hash of an artifact, as an input of later steps. Kept hashes are used where size and time are unchanged. */
  async hash(artifact: string): Promise<string> {
    const kept = Object.values(this.#steps).find(({ outputs }) => Object.hasOwn(outputs, artifact))?.outputs[artifact];
    const found = await fingerprint(this.path(artifact), kept);
    if (found === undefined) throw new RunError(`${this.path(artifact)} is missing: run the step that writes it first`);
    return found.hash;
  }

  /**
   * Runs a step, unless it is complete with the same inputs.
   *
   * @param inputs   everything that the outputs depend on: content hashes of artifacts, settings, versions
   * @param outputs  files and folders in the run's folder that the step writes, each atomically
   * @returns whether it ran
   * @throws whatever `work` throws; {RunError} where an output is missing afterwards
   */
  async step(
    name: string,
    inputs: Readonly<Record<string, Json | undefined>>,
    outputs: readonly string[],
    work: () => Promise<unknown> | unknown,
  ): Promise<boolean> {
    if (this.#running !== undefined) throw new RunError(`step ${name}: step ${this.#running} is still running`);
    this.#running = name;
    try {
      const hashes = Object.fromEntries(
        Object.entries(inputs).flatMap(([key, value]) => (value === undefined ? [] : [[key, hashJson(value)]])),
      );
      const why = await this.#whyRun(name, hashes, outputs);
      if (why === undefined) {
        this.#tell({ step: name, state: 'skipped', reason: 'same inputs' });
        return false;
      }
      delete this.#steps[name];
      await this.#save();
      this.#tell({ step: name, state: 'started', reason: why });
      const began = performance.now();
      await work();
      const written: Record<string, Fingerprint> = {};
      for (const output of outputs) {
        const found = await fingerprint(this.path(output));
        if (found === undefined) throw new RunError(`step ${name} ended, but ${this.path(output)} is missing`);
        written[output] = found;
      }
      const seconds = Math.round(performance.now() - began) / 1000;
      this.#steps[name] = { inputs: hashes, outputs: written, finishedAt: new Date().toISOString(), seconds };
      await this.#save();
      this.#tell({ step: name, state: 'done', reason: why, seconds });
      return true;
    } finally {
      this.#running = undefined;
    }
  }

  /** Why a step must run; undefined where it is complete. */
  async #whyRun(
    name: string,
    inputs: Readonly<Record<string, string>>,
    outputs: readonly string[],
  ): Promise<string | undefined> {
    if (this.isForced(name)) return 'asked for';
    const record = Object.hasOwn(this.#steps, name) ? this.#steps[name] : undefined;
    if (record === undefined) return 'first time';
    const changed = [...new Set([...Object.keys(inputs), ...Object.keys(record.inputs)])].filter(
      (key) => inputs[key] !== record.inputs[key],
    );
    if (changed.length > 0) return `changed: ${changed.join(', ')}`;
    for (const output of outputs) {
      const kept = Object.hasOwn(record.outputs, output) ? record.outputs[output] : undefined;
      if (kept === undefined) return `${output} was not written then`;
      const found = await fingerprint(this.path(output), kept);
      if (found === undefined) return `${output} is missing`;
      if (!sameFingerprint(found, kept)) return `${output} was changed since`;
    }
    return undefined;
  }

  async #save(): Promise<void> {
    await writeJsonAtomic(join(this.dir, 'steps.json'), this.#steps);
  }

  /** Gives the folder free for other processes. */
  async close(): Promise<void> {
    await this.#release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function readSteps(dir: string): Promise<Steps> {
  const path = join(dir, 'steps.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new RunError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
  const remedy = 'delete it, and every step runs again';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RunError(`${path}: found no JSON; ${remedy}`);
  }
  const parsed = stepsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new RunError(`${path}: ${issue.path.join('.') || 'file'}: ${issue.message}; ${remedy}`);
}

function tellOnStderr({ step, state, reason, seconds }: StepEvent): void {
  if (state === 'skipped') process.stderr.write(`${step}: complete, skipped (${reason})\n`);
  else if (state === 'started') process.stderr.write(`${step}: begins (${reason})\n`);
  else process.stderr.write(`${step}: done in ${seconds?.toFixed(1)} s\n`);
}
