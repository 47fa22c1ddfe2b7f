import type { LabelTable } from './label-table.js';

/** Precision, recall and F1; each 0 where its denominator is 0 (scikit-learn's `zero_division=0`). */
export interface PrecisionRecall {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface LabelScores extends PrecisionRecall {
  readonly label: string;
  /** Stays where the label is recorded. */
  readonly support: number;
  /** Stays where it is diagnosed. */
  readonly diagnosed: number;
  readonly truePositives: number;
}

export interface Scores {
  readonly micro: PrecisionRecall;
  readonly macro: PrecisionRecall;
  /** Share of stays whose whole set of diagnoses is the recorded one. */
  readonly exactMatch: number;
  readonly perLabel: readonly LabelScores[];
}

/**
 * One row of counts, summed over any set of stays: true positives, diagnosed and recorded per label, then the number of
 * exact matches and of stays. Everything in `Scores` follows from it, which is what makes the bootstrap cheap.
 */
export const countWidth = (labels: number): number => 3 * labels + 2;

/** Adds the counts of one stay to `counts` at `offset` (a row of `countWidth(L)`). */
export function addCounts(table: LabelTable, stay: number, counts: Float64Array, offset: number): void {
  const width = table.labels.length;
  let exact = 1;
  for (let label = 0; label < width; label++) {
    const recorded = table.recorded[stay * width + label]!;
    const diagnosed = table.diagnosed[stay * width + label]!;
    counts[offset + label]! += recorded & diagnosed;
    counts[offset + width + label]! += diagnosed;
    counts[offset + 2 * width + label]! += recorded;
    if (recorded !== diagnosed) exact = 0;
  }
  counts[offset + 3 * width]! += exact;
  counts[offset + 3 * width + 1]! += 1;
}

const ratio = (numerator: number, denominator: number): number => (denominator === 0 ? 0 : numerator / denominator);

/** From true positives, diagnosed and recorded counts. */
export function precisionRecall(truePositives: number, diagnosed: number, recorded: number): PrecisionRecall {
  return {
    precision: ratio(truePositives, diagnosed),
    recall: ratio(truePositives, recorded),
    f1: ratio(2 * truePositives, diagnosed + recorded),
  };
}

/** Scores from one row of counts (see `countWidth`). */
export function scoresOfCounts(counts: Float64Array, labels: readonly string[]): Scores {
  const width = labels.length;
  const perLabel = labels.map((label, index) => {
    const truePositives = counts[index]!;
    const diagnosed = counts[width + index]!;
    const support = counts[2 * width + index]!;
    return { label, support, diagnosed, truePositives, ...precisionRecall(truePositives, diagnosed, support) };
  });
  const total = (field: 'truePositives' | 'diagnosed' | 'support' | 'precision' | 'recall' | 'f1'): number =>
    perLabel.reduce((sum, row) => sum + row[field], 0);
  return {
    micro: precisionRecall(total('truePositives'), total('diagnosed'), total('support')),
    macro: { precision: total('precision') / width, recall: total('recall') / width, f1: total('f1') / width },
    exactMatch: ratio(counts[3 * width]!, counts[3 * width + 1]!),
    perLabel,
  };
}

/**
 * Micro, macro and per-label precision, recall and F1, as scikit-learn's `precision_recall_fscore_support` with
 * `zero_division=0`, and the exact-match ratio (`accuracy_score` of label sets). Macro averages run over all labels, those
 * without support included.
 */
export function scoreDiagnoses(table: LabelTable): Scores {
  const counts = new Float64Array(countWidth(table.labels.length));
  for (let stay = 0; stay < table.stays.length; stay++) addCounts(table, stay, counts, 0);
  return scoresOfCounts(counts, table.labels);
}
