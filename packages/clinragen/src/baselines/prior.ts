import { PHENOTYPES } from '../phenotypes.js';
import type { Prediction, Stay } from '../types.js';
import { BaselineError } from './errors.js';

/**
 * The prior by label frequency: what can be said of a stay without reading it, and so what every model must beat.
 *
 * Each disease's probability is its share of the training stays. The diseases at or above one threshold are diagnosed, for
 * every stay the same; the threshold is the one with the best micro F1 on the training stays themselves (on a tie, the one
 * that diagnoses fewer). It writes no rationales.
 *
 * @param train stays to count in; only their labels are read
 * @param stays stays to diagnose; their labels are copied to `recorded` and not used otherwise
 * @throws BaselineError where there is nothing to count in, or a label is none of the 25
 */
export function priorBaseline(train: readonly Stay[], stays: readonly Stay[]): Prediction[] {
  if (train.length === 0) throw new BaselineError('training stays: found none, expected at least one');
  const counts = new Map<string, number>(PHENOTYPES.map((name) => [name, 0]));
  for (const stay of train) {
    for (const label of stay.labels) {
      const before = counts.get(label);
      if (before === undefined) {
        throw new BaselineError(`stay ${stay.id}: found the label ${JSON.stringify(label)}, expected one of the 25`);
      }
      counts.set(label, before + 1);
    }
  }
  const threshold = bestThreshold([...counts.values()], train.length);
  const diagnosed = PHENOTYPES.filter((name) => counts.get(name)! >= threshold);
  const probabilities = Object.fromEntries(PHENOTYPES.map((name) => [name, counts.get(name)! / train.length]));
  return stays.map((stay) => ({
    stay: stay.id,
    subject: stay.subject,
    split: stay.split,
    recorded: stay.labels,
    diagnosed,
    probabilities,
    rationale: { note: '', series: '' },
  }));
}

/** The count from which on diagnosing a disease in every stay gives the best micro F1 on the counted stays. */
function bestThreshold(counts: readonly number[], stays: number): number {
  const recorded = counts.reduce((sum, count) => sum + count, 0);
  let best = { f1: 0, threshold: Number.POSITIVE_INFINITY };
  for (const threshold of [...new Set(counts)].sort((a, b) => b - a)) {
    const chosen = counts.filter((count) => count >= threshold);
    const truePositives = chosen.reduce((sum, count) => sum + count, 0);
    const f1 = (2 * truePositives) / (chosen.length * stays + recorded);
    if (f1 > best.f1) best = { f1, threshold };
  }
  return best.threshold;
}
