import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { StageRecord } from './train-stage.js';

const schema = z.object({
  stage: z.string(),
  step: z.number(),
  epoch: z.number(),
  trainLoss: z.number().nullable(),
  validationLoss: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  seconds: z.number(),
  learningRate: z.number(),
  gradientNorm: z.number().nullable(),
});

/** Adds a line to `log.jsonl`. */
export async function writeRecord(path: string, record: StageRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`);
}

/**
 * The log's records in order. The file keeps every attempt; where a stage was begun anew or went on from an earlier step,
 * only the last attempt counts. Lines cut off by a crash are passed over.
 */
export async function readLog(path: string): Promise<StageRecord[]> {
  const byStage = new Map<string, StageRecord[]>();
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    let record: StageRecord;
    try {
      record = schema.parse(JSON.parse(line));
    } catch {
      continue;
    }
    const kept = (byStage.get(record.stage) ?? []).filter(
      ({ step }) => step < record.step || (step === record.step && record.validationLoss !== null),
    );
    kept.push(record);
    byStage.set(record.stage, kept);
  }
  return [...byStage.values()].flat();
}
