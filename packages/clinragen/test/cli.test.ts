/** The commands as a user runs them: the whole way on a small synthetic hospital. About half a minute on two cores. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readCohort } from '../src/cohort/index.js';
import { readPredictions } from '../src/diagnose/index.js';
import { readLog } from '../src/distill/index.js';
import { PHENOTYPES } from '../src/phenotypes.js';
import type { Cohort } from '../src/types.js';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const project = fileURLToPath(new URL('../../..', import.meta.url));
const stage = { epochs: 1, warmupSteps: 2, batchSize: 16 };
const settings = (name: string, epochs = 1) => ({
  run: { name, seed: 1, threads: 1 },
  cohort: { source: { kind: 'synthetic', patients: 70, seed: 7 }, maxHours: 96, memoryLimit: '1GB' },
  model: {
    language: { dModel: 16, dKv: 8, dFf: 24, layers: 1, decoderLayers: 1, heads: 2 },
    series: { dModel: 8, layers: 1, heads: 2, dFf: 12 },
    knowledge: { heads: 2, headWidth: 4 },
  },
  distill: {
    precision: 'fp32',
    noteTokens: 64,
    targetTokens: 48,
    stages: { 1: { ...stage, epochs }, 2: stage, 3: stage },
  },
  generate: { beams: 1, maxTokens: 24 },
  evaluate: { replicates: 50, cases: 2 },
});

let root: string;
let config: string;
let run: string;
/** All that any command wrote to stderr. */
let heard = '';
const started = new Set<ChildProcess>();

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cli-'));
  config = join(root, 'tiny.yaml');
  run = join(root, 'run');
  writeFileSync(config, stringify(settings('tiny')));
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', cli, ...args], {
    cwd: project,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  const ended = new Promise<Ended>((resolve, reject) => {
    let out = '';
    let err = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', reject);
    child.on('close', (code) => {
      started.delete(child);
      heard += err;
      resolve({ code, out, err });
    });
  });
  return { child, ended };
}

const clinragen = (...args: string[]): Promise<Ended> => start(...args).ended;

/** One clear line, exit code 1, nothing on stdout. */
function isOneLine({ code, out, err }: Ended): string {
  expect(err.trimEnd().split('\n'), err).toHaveLength(1);
  expect(err).toMatch(/^(clinragen|error): /);
  expect(code).toBe(1);
  expect(out).toBe('');
  return err;
}

describe.sequential('the whole way', () => {
  let cohort: Cohort;

  it('demo walks every step, and ends with a table, a stay explained and a report', async () => {
    const { code, out, err } = await clinragen('demo', '--config', config, '--run', run);
    expect(err.includes('Error'), err).toBe(false);
    expect(code).toBe(0);
    for (const step of [
      'synthesize',
      'cohort',
      'knowledge',
      'rationales',
      'distill',
      'distill without rationales',
      'evaluate',
    ]) {
      expect(err).toMatch(new RegExp(`^${step}: begins`, 'm'));
      expect(err).toMatch(new RegExp(`^${step}: done in [\\d.]+ s$`, 'm'));
    }
    for (const row of ['label frequency', 'stage 1', 'stage 2', 'stage 3', 'ClinRaGen-III']) expect(out).toContain(row);
    expect(out).toContain('no patient in it is real');
    expect(out).toContain(`report:      ${join(run, 'report.html')}`);
    cohort = await readCohort(join(run, 'cohort'));
  });

  it('leaves the artifacts of every step, complete, and nothing half-written', async () => {
    const files = (await readdir(run, { recursive: true })).map((name) => name.replaceAll('\\', '/'));
    for (const file of [
      'hospital/NOTEEVENTS.csv.gz',
      'cohort/cohort.json',
      'cohort/stays.parquet',
      'cohort/series.parquet',
      'knowledge.json',
      'rationales.jsonl',
      'checkpoints/log.jsonl',
      'checkpoints/stage-3/model.safetensors',
      'checkpoints-without-rationales/stage-3/model.safetensors',
      'predictions.jsonl',
      'metrics.json',
      'comparison.json',
      'report.html',
      'steps.json',
    ]) {
      expect(files).toContain(file);
    }
    expect(files.filter((name) => /\.tmp|\.partial|\.state|run\.lock/.test(name))).toEqual([]);
    const predictions = await readPredictions(join(run, 'predictions.jsonl'));
    const test = cohort.stays.filter(({ split }) => split === 'test');
    expect(predictions.map(({ stay }) => stay).sort()).toEqual(test.map(({ id }) => id).sort());
    for (const one of predictions) expect(one.recorded).toEqual(test.find(({ id }) => id === one.stay)?.labels);
  });

  it('the report opens without a network: no script, and nothing is loaded from anywhere', async () => {
    const html = await readFile(join(run, 'report.html'), 'utf8');
    expect(html).toMatch(/synthetic/i);
    expect(html).not.toMatch(/<script/i);
    expect(html).not.toMatch(/(src|href|srcset|action|data)\s*=\s*["']?\s*(https?:)?\/\//i);
    expect(html).not.toMatch(/url\(\s*["']?(https?:)?\/\/|@import/i);
    // Of addresses, only the names of XML's vocabularies.
    const addresses = (html.match(/https?:\/\/[^\s"'<>)]+/g) ?? []).filter(
      (url) => !url.startsWith('http://www.w3.org/'),
    );
    expect(addresses).toEqual([]);
  });

  it('a second call finds every step complete, and gives the same table', async () => {
    const first = await readFile(join(run, 'comparison.json'), 'utf8');
    const { code, out, err } = await clinragen('demo', '--config', config, '--run', run);
    expect(code).toBe(0);
    expect(err.match(/complete, skipped \(same inputs\)/g)).toHaveLength(8);
    expect(err).not.toMatch(/: begins/);
    expect(out).toContain('stage 3');
    expect(await readFile(join(run, 'comparison.json'), 'utf8')).toBe(first);
  });

  it('diagnose explains a stay: diseases with probabilities, both rationales, the series', async () => {
    const stay = cohort.stays.find(({ split }) => split === 'test')?.id as string;
    const { code, out, err } = await clinragen('diagnose', '--run', run, '--stay', stay);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain(stay);
    expect(out).toMatch(/synthetic/i);
    expect(out).toMatch(/not a medical device|research use only/i);
    for (const { name } of cohort.variables.slice(0, 3)) expect(out.toLowerCase()).toContain(name);

    const json = await clinragen('diagnose', '--run', run, '--stay', stay, '--json', '--beams', '1');
    const found = JSON.parse(json.out);
    expect(found).toMatchObject({
      stay,
      split: 'test',
      synthetic: true,
      notice: expect.stringMatching(/medical device/),
    });
    expect(Object.keys(found.probabilities)).toEqual([...PHENOTYPES]);
    for (const name of found.diagnosed) expect(PHENOTYPES).toContain(name);
    expect(found.rationale).toEqual({ note: expect.any(String), series: expect.any(String) });
    // The same as in the run's predictions.
    const predictions = await readPredictions(join(run, 'predictions.jsonl'));
    const earlier = predictions.find((one) => one.stay === stay);
    expect(found.diagnosed).toEqual(earlier?.diagnosed);
    for (const name of PHENOTYPES)
      expect(found.probabilities[name]).toBeCloseTo(earlier?.probabilities[name] as number, 5);
  });

  it('a changed setting runs what depends on it, and nothing else', async () => {
    const other = join(root, 'cases.yaml');
    writeFileSync(other, stringify({ ...settings('tiny'), evaluate: { replicates: 50, cases: 1 } }));
    const { code, err } = await clinragen('evaluate', '--config', other, '--run', run, '--quiet');
    expect(code).toBe(0);
    expect(err).toMatch(/^evaluate: begins \(changed: evaluate\)$/m);
  });
});

describe.sequential('what is wrong is told in one line', () => {
  it('an unknown stay', async () => {
    const err = isOneLine(await clinragen('diagnose', '--run', run, '--stay', '42'));
    expect(err).toMatch(/has no stay 42; it has \d+, such as \d+/);
  });

  it('a run that does not exist, a checkpoint that does not exist', async () => {
    expect(isOneLine(await clinragen('diagnose', '--run', join(root, 'nowhere'), '--stay', '1'))).toMatch(
      /cohort\.json/,
    );
    const stay = (await readPredictions(join(run, 'predictions.jsonl')))[0]?.stay as string;
    const absent = await clinragen('diagnose', '--run', run, '--stay', stay, '--checkpoint', join(root, 'none'));
    expect(isOneLine(absent)).toMatch(/none\/clinragen\.json is missing/);
  });

  it('a configuration: absent, misspelt, out of range', async () => {
    expect(isOneLine(await clinragen('validate', '--config', join(root, 'absent.yaml')))).toMatch(/absent\.yaml/);
    const bad = join(root, 'bad.yaml');
    writeFileSync(bad, 'distill:\n  stages:\n    1: { lerningRate: 1 }\n');
    expect(isOneLine(await clinragen('distill', '--config', bad))).toMatch(/bad\.yaml:3: .*lerningRate.*learningRate/);
    expect(isOneLine(await clinragen('demo', '--config', config, '--patients', '0'))).toMatch(/patients/);
    expect(isOneLine(await clinragen('diagnose', '--stay', '1', '--beams', '0'))).toMatch(/beams/);
  });

  it('a step before its time, a folder without tables, a knowledge file that is absent', async () => {
    const early = await clinragen('distill', '--config', config, '--run', join(root, 'early'));
    expect(isOneLine(early)).toMatch(/cohort is missing: run the step that writes it first/);
    await mkdir(join(root, 'empty'));
    const empty = await clinragen(
      'cohort',
      '--config',
      config,
      '--mimic3',
      join(root, 'empty'),
      '--run',
      join(root, 'e'),
    );
    expect(empty.code).toBe(1);
    expect(empty.err.trimEnd().split('\n').at(-1)).toMatch(/^clinragen: .*empty/);
    const file = join(root, 'knowledge.yaml');
    writeFileSync(
      file,
      stringify({ ...settings('tiny'), knowledge: { kind: 'file', path: join(root, 'absent.json') } }),
    );
    expect(isOneLine(await clinragen('knowledge', '--config', file, '--run', join(root, 'k')))).toMatch(/absent\.json/);
  });
});

describe.sequential('Ctrl-C', () => {
  /** Waits until the log has a step of the training beyond `after`. */
  async function trained(log: string, after: number): Promise<number> {
    for (let tries = 0; tries < 600; tries++) {
      const last = existsSync(log) ? ((await readLog(log)).at(-1)?.step ?? 0) : 0;
      if (last > after) return last;
      await sleep(100);
    }
    throw new Error(`no step after ${after} in a minute`);
  }

  it('while distilling saves the state and ends with 130; --resume goes on from there', async () => {
    const stopped = join(root, 'stopped');
    await mkdir(stopped);
    for (const part of ['hospital', 'cohort', 'knowledge.json', 'rationales.jsonl']) {
      await cp(join(run, part), join(stopped, part), { recursive: true });
    }
    const endless = join(root, 'endless.yaml');
    writeFileSync(endless, stringify(settings('endless', 3_000)));
    const args = ['distill', '--config', endless, '--run', stopped, '--stages', '1', '--quiet'];
    const log = join(stopped, 'checkpoints', 'log.jsonl');
    const state = join(stopped, 'checkpoints', '.stage-1.state', 'state.json');
    const position = () => JSON.parse(readFileSync(state, 'utf8')).position as { step: number };

    const first = start(...args);
    await trained(log, 0);
    first.child.kill('SIGINT');
    const one = await first.ended;
    expect(one.code).toBe(130);
    expect(one.err).toContain('what is done is being saved');
    expect(one.err).toMatch(/clinragen: stopped; the state is saved in .*--resume goes on from it/);
    const before = position().step;
    expect(before).toBeGreaterThan(0);
    const marks = (await readLog(log)).length;

    const second = start(...args, '--resume');
    await trained(log, before);
    second.child.kill('SIGINT');
    expect((await second.ended).code).toBe(130);
    expect(position().step).toBeGreaterThan(before);
    // It went on: nothing of the log was learnt a second time.
    const steps = (await readFile(log, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).step as number);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect((await readLog(log)).length).toBeGreaterThan(marks);

    const other = join(root, 'other.yaml');
    writeFileSync(other, stringify({ ...settings('endless', 3_000), run: { name: 'x', seed: 2, threads: 1 } }));
    const refused = await clinragen(
      'distill',
      '--config',
      other,
      '--run',
      stopped,
      '--stages',
      '1',
      '--quiet',
      '--resume',
    );
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/clinragen: .*cannot be resumed/);
  });
});

describe.sequential('patients’ words', () => {
  /** Six words in a row of a note are that note's. */
  const WORDS = 6;
  const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

  function* runsOf(words: readonly string[]): Generator<string> {
    for (let at = 0; at + WORDS <= words.length; at++) yield words.slice(at, at + WORDS).join(' ');
  }

  it('stand in no log, no metrics, no list of steps, and in nothing that is said on stderr', async () => {
    const { stays } = await readCohort(join(run, 'cohort'));
    const known = new Set(stays.flatMap(({ note }) => [...runsOf(wordsOf(note))]));
    const texts = new Map([['stderr', heard]]);
    for (const file of [
      'metrics.json',
      'comparison.json',
      'steps.json',
      'cohort/cohort.json',
      'checkpoints/log.jsonl',
    ]) {
      texts.set(file, await readFile(join(run, file), 'utf8'));
    }
    for (const stage of [1, 2, 3]) {
      for (const file of ['clinragen.json', 'training.json', 'README.md']) {
        const path = join('checkpoints', `stage-${stage}`, file);
        texts.set(path, await readFile(join(run, path), 'utf8'));
      }
    }
    for (const [name, text] of texts) {
      // The diseases' own names may be words of a note as well.
      const plain = PHENOTYPES.reduce((rest, phenotype) => rest.replaceAll(phenotype, '.'), text);
      const found = [...runsOf(wordsOf(plain))].filter((words) => known.has(words));
      expect(found, name).toEqual([]);
    }
    // Where they belong, they are found: the test can see.
    const report = await readFile(join(run, 'report.html'), 'utf8');
    expect([...runsOf(wordsOf(report))].some((words) => known.has(words))).toBe(true);
  });

  it('nor in the error about a file that holds them', async () => {
    const marked = join(root, 'marked');
    await mkdir(marked);
    for (const part of ['cohort', 'knowledge.json', 'rationales.jsonl']) {
      await cp(join(run, part), join(marked, part), { recursive: true });
    }
    const lines = (await readFile(join(marked, 'rationales.jsonl'), 'utf8')).split('\n');
    lines[1] = '{"stay": "1", "note": "zyxwv is ill", "series": ';
    await writeFile(join(marked, 'rationales.jsonl'), lines.join('\n'));
    const { code, out, err } = await clinragen('distill', '--config', config, '--run', marked, '--quiet');
    expect(code).toBe(1);
    expect(err).toMatch(/clinragen: .*rationales\.jsonl: line 2/);
    expect(out + err).not.toContain('zyxwv');
  });
});
