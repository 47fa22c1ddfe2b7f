/** `predictions.jsonl`: one line per stay. */
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { ModelError } from '../model/index.js';
import { PHENOTYPES } from '../phenotypes.js';
import { writeTextAtomic } from '../run.js';
import type { Prediction } from '../types.js';

const names = z.array(z.enum(PHENOTYPES));
const schema = z.object({
  stay: z.string(),
  subject: z.string(),
  split: z.enum(['train', 'validation', 'test']),
  recorded: names,
  diagnosed: names,
  probabilities: z.record(z.enum(PHENOTYPES), z.number().min(0).max(1)),
  rationale: z.object({ note: z.string(), series: z.string() }),
});

export async function writePredictions(path: string, predictions: readonly Prediction[]): Promise<void> {
  await writeTextAtomic(path, predictions.map((prediction) => `${JSON.stringify(prediction)}\n`).join(''));
}

/** @throws ModelError naming the file and the line */
export async function readPredictions(path: string): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  let number = 0;
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new ModelError(`${path}: cannot be read (${cause.code})`, { cause });
  });
  await using _ = file;
  for await (const line of file.readLines()) {
    number++;
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new ModelError(`${path}: line ${number} is no JSON`);
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new ModelError(`${path}: line ${number}: ${issue?.path.join('.')}: ${issue?.message}`);
    }
    predictions.push(parsed.data);
  }
  return predictions;
}
