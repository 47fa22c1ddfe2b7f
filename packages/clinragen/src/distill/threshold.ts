import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diagnoseStays } from '../diagnose/index.js';
import { loadCheckpoint } from '../model/index.js';
import { writeJsonAtomic } from '../run.js';
import type { Prediction, Stay, Variable } from '../types.js';

/** From .05 to .95. */
const CANDIDATES = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

/** Micro F1 of naming every disease of at least this probability. */
function microF1(predictions: readonly Prediction[], threshold: number): number {
  let right = 0;
  let named = 0;
  let recorded = 0;
  for (const prediction of predictions) {
    const names = Object.entries(prediction.probabilities).filter(([, p]) => p >= threshold);
    right += names.filter(([name]) => prediction.recorded.includes(name)).length;
    named += names.length;
    recorded += prediction.recorded.length;
  }
  return named + recorded === 0 ? 0 : (2 * right) / (named + recorded);
}

/** The threshold of the best micro F1; of several, the one nearest to one half. */
export function bestThreshold(predictions: readonly Prediction[]): number {
  const scored = CANDIDATES.map((threshold) => ({ threshold, score: microF1(predictions, threshold) }));
  const nearest = (threshold: number) => Math.abs(threshold - 0.5);
  scored.sort((a, b) => b.score - a.score || nearest(a.threshold) - nearest(b.threshold));
  return (scored[0] as (typeof scored)[number]).threshold;
}

/** Chooses a checkpoint's threshold on held-out stays and writes it into its clinragen.json. `paper` has none. */
export async function chooseThreshold(
  folder: string,
  stays: readonly Stay[],
  variables: readonly Variable[],
): Promise<void> {
  const loaded = await loadCheckpoint(folder);
  try {
    if (loaded.model.config.compat === 'paper') return;
    const options = { beams: 1, maxTokens: 1, batchSize: 32, rationales: false };
    const predictions = await diagnoseStays(loaded, stays, variables, options);
    const path = join(folder, 'clinragen.json');
    const described = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeJsonAtomic(path, { ...described, threshold: bestThreshold(predictions) });
  } finally {
    loaded.model.dispose();
  }
}
