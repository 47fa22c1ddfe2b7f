/** What a stage needs to go on where it was stopped: weights, optimizer, random state, position in the epoch. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Generator, loadTensors, saveTensors, type Tensor } from '@clinragen/torch';
import type { Module } from '@clinragen/torch/nn';
import type { AdamW } from '@clinragen/torch/optim';
import { z } from 'zod';
import { DistillError } from './distill-error.js';

const positionSchema = z.strictObject({
  /** Hash of everything that the training depends on: another one cannot be gone on with. */
  inputs: z.string(),
  epoch: z.int().nonnegative(),
  /** Batches of the epoch that are done. */
  batch: z.int().nonnegative(),
  step: z.int().nonnegative(),
  /** Sum of losses times tokens, and tokens, of the epoch so far. */
  lossSum: z.number(),
  tokens: z.number(),
  seconds: z.number(),
  best: z.strictObject({ epoch: z.int(), loss: z.number() }).nullable(),
});

export type Position = z.infer<typeof positionSchema>;

const fileSchema = z.strictObject({
  position: positionSchema,
  optimizer: z.strictObject({
    steps: z.array(z.number()),
    groups: z.array(z.strictObject({ lr: z.number(), baseLr: z.number(), weightDecay: z.number() })),
  }),
  random: z.base64(),
});

function prefixed(prefix: string, tensors: Iterable<readonly [string, Tensor]>): [string, Tensor][] {
  return [...tensors].map(([name, tensor]) => [`${prefix}.${name}`, tensor]);
}

/** Writes the state beside the checkpoints; the one before is replaced when the new one is complete. */
export async function saveState(folder: string, model: Module, optimizer: AdamW, position: Position): Promise<void> {
  const temporary = `${folder}.${process.pid}.tmp`;
  await removeUnfinished(folder);
  await mkdir(temporary, { recursive: true });
  const { tensors, scalars } = optimizer.stateDict();
  const random = Buffer.from(Generator.default().state()).toString('base64');
  await saveTensors(
    join(temporary, 'state.safetensors'),
    new Map([...prefixed('model', model.stateDict()), ...prefixed('optimizer', tensors)]),
  );
  await writeFile(join(temporary, 'state.json'), `${JSON.stringify({ position, optimizer: scalars, random })}\n`);
  const old = `${folder}.old`;
  // At every moment one whole state stands under one of the two names.
  if (existsSync(folder)) {
    await rm(old, { recursive: true, force: true });
    await rename(folder, old);
  }
  await rename(temporary, folder);
  await rm(old, { recursive: true, force: true });
}

/** What processes that were killed while they saved have left: the run's lock says that none is at it now. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder)).catch(() => [])) {
    if (name.startsWith(`${basename(folder)}.`) && name.endsWith('.tmp'))
      await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** @throws DistillError naming the file */
async function readScalars(path: string): Promise<z.infer<typeof fileSchema>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new DistillError(`${path} cannot be read; delete its folder to begin the stage anew`, { cause });
  }
  const parsed = fileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new DistillError(
    `${path}: ${issue?.path.join('.')}: ${issue?.message}; delete its folder to begin the stage anew`,
  );
}

/**
 * Puts a saved state back into the model, the optimizer and the random generator.
 *
 * @returns where to go on; null where there is no state, or one of other inputs and `where-possible`
 * @throws DistillError where it is of other inputs and `resume` is true, or cannot be read
 */
export async function loadState(
  wanted: { readonly stateFolder: string; readonly inputs: string; readonly resume: boolean | 'where-possible' },
  model: Module,
  optimizer: AdamW,
): Promise<Position | null> {
  const { stateFolder: folder, inputs } = wanted;
  // A crash between the two renames leaves the old one under its second name.
  const from = existsSync(folder) ? folder : `${folder}.old`;
  if (!existsSync(from)) return null;
  const { position, optimizer: scalars, random } = await readScalars(join(from, 'state.json'));
  if (position.inputs !== inputs) {
    if (wanted.resume === 'where-possible') return null;
    throw new DistillError(
      `${from} is of another cohort, other rationales or other settings, and cannot be resumed; without --resume the stage begins anew`,
    );
  }
  const path = join(from, 'state.safetensors');
  let state: Map<string, Tensor> | undefined;
  try {
    const all = await loadTensors(path);
    state = all;
    const part = (prefix: string) =>
      new Map(
        [...all]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
      );
    model.loadStateDict(part('model.'));
    optimizer.loadStateDict({ tensors: part('optimizer.'), scalars });
  } catch (cause) {
    const why = (cause as Error).message;
    throw new DistillError(
      `${why.includes(path) ? why : `${path}: ${why}`}; delete its folder to begin the stage anew`,
      {
        cause,
      },
    );
  } finally {
    for (const tensor of state?.values() ?? []) tensor.dispose();
  }
  Generator.default().setState(new Uint8Array(Buffer.from(random, 'base64')));
  return position;
}

export async function dropState(folder: string): Promise<void> {
  await removeUnfinished(folder);
  await rm(folder, { recursive: true, force: true });
  await rm(`${folder}.old`, { recursive: true, force: true });
}
