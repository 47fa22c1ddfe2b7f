import { EvaluateError } from './errors.js';
import type { LabelTable } from './label-table.js';

export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  /** Pairs of stay and label whose probability lies in (low, high]; the first bin takes 0 too. */
  readonly count: number;
  /** Mean probability of those pairs, and how many of them are recorded; null in an empty bin. */
  readonly meanProbability: number | null;
  readonly observedRate: number | null;
}

export interface Calibration {
  /** Mean squared error of the probabilities over all pairs of stay and label. */
  readonly brier: number;
  /** Expected calibration error: |mean probability − observed rate| averaged over the bins, weighted by their counts. */
  readonly expectedCalibrationError: number;
  readonly bins: readonly CalibrationBin[];
}

/**
 * Reliability of the probabilities, pooled over all pairs of stay and label, in equal-width bins with the edges of
 * scikit-learn's `calibration_curve` (strategy `uniform`).
 */
export function calibrate(table: LabelTable, binCount = 10): Calibration {
  if (!Number.isInteger(binCount) || binCount < 1) {
    throw new EvaluateError(`calibration bins: found ${binCount}, expected a whole number from 1`);
  }
  const { probabilities, recorded } = table;
  const edges = Float64Array.from({ length: binCount + 1 }, (_, edge) =>
    edge === binCount ? 1 : edge * (1 / binCount),
  );
  const counts = new Float64Array(binCount);
  const probabilitySum = new Float64Array(binCount);
  const recordedSum = new Float64Array(binCount);
  let squared = 0;
  for (let pair = 0; pair < probabilities.length; pair++) {
    const probability = probabilities[pair]!;
    const outcome = recorded[pair]!;
    let bin = Math.min(binCount - 1, Math.floor(probability * binCount));
    // The product may land one bin off its edge in floating point; an edge itself belongs to the bin below it.
    while (bin > 0 && probability <= edges[bin]!) bin--;
    while (bin < binCount - 1 && probability > edges[bin + 1]!) bin++;
    counts[bin]! += 1;
    probabilitySum[bin]! += probability;
    recordedSum[bin]! += outcome;
    squared += (probability - outcome) ** 2;
  }
  let error = 0;
  const bins = Array.from(counts, (count, bin): CalibrationBin => {
    error += Math.abs(probabilitySum[bin]! - recordedSum[bin]!);
    return {
      low: edges[bin]!,
      high: edges[bin + 1]!,
      count,
      meanProbability: count === 0 ? null : probabilitySum[bin]! / count,
      observedRate: count === 0 ? null : recordedSum[bin]! / count,
    };
  });
  return { brier: squared / probabilities.length, expectedCalibrationError: error / probabilities.length, bins };
}
