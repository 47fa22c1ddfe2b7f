import { existsSync, mkdtempSync } from 'node:fs';
import { appendFile, cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DistillError, type DistillOptions, distill, readLog } from '../../src/distill/index.js';
import { KNOWLEDGE, numbers, tinyCohort, tinyConfig, tinyRationales } from '../model/tiny.js';

const cohort = tinyCohort(18, 4, 2);
const rationales = tinyRationales(cohort);
// Dropout as in the presets: the random state is part of what must be gone on with.
const config = tinyConfig({ model: { language: { dropout: 0.1 }, series: { dropout: 0.1 } } });
const base = { cohort, knowledge: KNOWLEDGE, rationales, config, inputs: 'the same' };

let root: string;
let whole: string;
let steps = 0;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'resume-'));
  whole = join(root, 'whole');
  await distill({ ...base, out: whole, onProgress: () => steps++ });
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** Trains until `after` more steps are done, as if Ctrl-C were pressed then. */
async function untilStep(out: string, after: number, more: Partial<DistillOptions> = {}) {
  const stop = new AbortController();
  let done = 0;
  const options = { ...base, out, signal: stop.signal, ...more };
  return distill({ ...options, onProgress: () => void (++done === after && stop.abort()) });
}

/** Losses of the log's last attempt, without times. */
async function losses(out: string): Promise<unknown[]> {
  const log = await readLog(join(out, 'log.jsonl'));
  return log.map(({ stage, step, epoch, trainLoss, validationLoss, learningRate }) => ({
    stage,
    step,
    epoch,
    trainLoss,
    validationLoss,
    learningRate,
  }));
}

async function isTheSame(out: string): Promise<void> {
  for (const stage of [1, 2, 3]) {
    for (const file of ['model.safetensors', 'series.safetensors']) {
      const path = (of: string) => join(of, `stage-${stage}`, file);
      expect((await readFile(path(out))).equals(await readFile(path(whole))), `${file} of stage ${stage}`).toBe(true);
    }
  }
  expect(await losses(out)).toEqual(await losses(whole));
  expect((await readdir(out)).sort()).toEqual(['log.jsonl', 'stage-1', 'stage-2', 'stage-3']);
}

describe('a training that was stopped and resumed equals one that was not, bit by bit', () => {
  it.each([11, 12, 13])('stopped three times, at steps of chance (seed %i)', async (seed) => {
    const out = join(root, `stopped-${seed}`);
    const random = numbers(seed);
    let resume = false;
    for (let time = 0; time < 3; time++) {
      const result = await untilStep(out, 1 + Math.floor(random() * (steps / 4)), { resume });
      expect(result.interrupted).toBe(true);
      resume = true;
    }
    const states: string[] = [];
    const result = await distill({
      ...base,
      out,
      resume: true,
      onStage: ({ number, state }) => states.push(`${number} ${state}`),
    });
    expect(result.interrupted).toBe(false);
    expect(Object.keys(result.checkpoints)).toEqual(['1', '2', '3']);
    expect(states.at(-1)).toBe('3 done');
    await isTheSame(out);
  });

  it('stopped between two stages', async () => {
    const out = join(root, 'between');
    const stop = new AbortController();
    await distill({
      ...base,
      out,
      signal: stop.signal,
      onStage: ({ number, state }) => void (number === 1 && state === 'done' && stop.abort()),
    });
    expect(existsSync(join(out, 'stage-1', 'training.json'))).toBe(true);
    expect(existsSync(join(out, '.stage-2.state'))).toBe(true);
    await distill({ ...base, out, resume: true });
    await isTheSame(out);
  });

  it('killed while the state was saved: the one before stands under its second name', async () => {
    const out = join(root, 'killed');
    await untilStep(out, 7);
    const state = join(out, '.stage-1.state');
    await rename(state, `${state}.old`);
    // What the killed process had written of the new one, and of a checkpoint and a line of the log.
    await mkdir(`${state}.4194000.tmp`);
    await writeFile(join(`${state}.4194000.tmp`, 'state.json'), '{"position"');
    await mkdir(join(out, 'stage-1.4194000-1.tmp'));
    await appendFile(join(out, 'log.jsonl'), '{"time":"2026-01-01T00:00:0');
    await appendFile(join(out, 'log.jsonl'), '\n');
    await distill({ ...base, out, resume: true });
    await isTheSame(out);
  });

  it('killed within an epoch: it goes on from the last epoch’s end', async () => {
    const out = join(root, 'epoch');
    // The state of the end of epoch 1, and the log of some steps more.
    await cp(whole, out, { recursive: true });
    for (const stage of [1, 2, 3]) await rm(join(out, `stage-${stage}`), { recursive: true });
    await rm(join(out, 'log.jsonl'));
    const perEpoch = steps / 6;
    await untilStep(out, perEpoch + 2);
    const state = join(out, '.stage-1.state', 'state.json');
    const { position } = JSON.parse(await readFile(state, 'utf8'));
    expect(position).toMatchObject({ epoch: 1, batch: 2, step: perEpoch + 2 });
    await distill({ ...base, out, resume: true });
    await isTheSame(out);
  });
});

describe('what is not resumed', () => {
  it('a state of other inputs: an error where it was asked for, left behind where possible is enough', async () => {
    const out = join(root, 'others');
    await untilStep(out, 3, { inputs: 'another cohort' });
    await expect(distill({ ...base, out, resume: true })).rejects.toThrow(/is of another cohort.*cannot be resumed/);
    await distill({ ...base, out, resume: 'where-possible' });
    await isTheSame(out);
  });

  it('a state that cannot be read: one error that names the file', async () => {
    const out = join(root, 'broken');
    await untilStep(out, 3);
    const state = join(out, '.stage-1.state');
    await cp(state, join(root, 'good'), { recursive: true });
    const resumed = () => distill({ ...base, out, resume: true });

    await writeFile(join(state, 'state.json'), '{"position": {');
    await expect(resumed()).rejects.toThrow(DistillError);
    await expect(resumed()).rejects.toThrow(/state\.json cannot be read; delete its folder/);
    await writeFile(join(state, 'state.json'), '{"position": {}}');
    await expect(resumed()).rejects.toThrow(/state\.json: position\.inputs/);
    await cp(join(root, 'good'), state, { recursive: true });
    await truncate(join(state, 'state.safetensors'), 5000);
    await expect(resumed()).rejects.toThrow(DistillError);
    await expect(resumed()).rejects.toThrow(/state\.safetensors/);
  });
});

describe('finished stages', () => {
  it('are kept where nothing that they depend on has changed', async () => {
    const out = join(root, 'kept');
    await cp(whole, out, { recursive: true });
    const states: string[] = [];
    const again = (above: object) => {
      states.length = 0;
      return distill({
        ...base,
        config: tinyConfig(above),
        out,
        resume: true,
        onStage: ({ number, state }) => states.push(`${number} ${state}`),
      });
    };
    const dropout = { model: { language: { dropout: 0.1 }, series: { dropout: 0.1 } } };
    await again(dropout);
    expect(states).toEqual(['1 kept', '2 kept', '3 kept']);
    // A setting of stage 3 asks for stage 3 alone.
    await again({ ...dropout, distill: { stages: { 3: { epochs: 1 } } } });
    expect(states).toEqual(['1 kept', '2 kept', '3 started', '3 done']);
  });

  it('of an older training do not stand beside a newer stage that they were not built on', async () => {
    const out = join(root, 'stale');
    await cp(whole, out, { recursive: true });
    await distill({ ...base, config: tinyConfig({ run: { seed: 9 } }), out, stages: [1] });
    expect((await readdir(out)).sort()).toEqual(['log.jsonl', 'stage-1']);
  });
});
