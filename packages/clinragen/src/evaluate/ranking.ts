import type { LabelTable } from './label-table.js';

/**
 * Rows sorted by falling probability once, so that areas under curves can be taken again and again with other weights:
 * in a bootstrap a stay weighs as often as its subject was drawn.
 */
export interface Ranking {
  readonly rows: Int32Array; // [n] row numbers by falling score; the row number indexes `weights`
  readonly positive: Uint8Array; // [n] in that order
  readonly lastOfTie: Uint8Array; // [n] 1 where the next score is lower: a threshold can stand here
}

/**
 * @param scores   [n]
 * @param positive [n] 0 or 1
 * @param rowOf    [n] which row's weight an entry takes; its own index where left out
 */
export function rank(scores: Float64Array, positive: Uint8Array, rowOf?: Int32Array): Ranking {
  const order = Int32Array.from(scores, (_, index) => index);
  order.sort((a, b) => scores[b]! - scores[a]! || a - b);
  return {
    rows: rowOf ? order.map((entry) => rowOf[entry]!) : order,
    positive: Uint8Array.from(order, (entry) => positive[entry]!),
    lastOfTie: Uint8Array.from(order, (entry, at) =>
      at === order.length - 1 || scores[order[at + 1]!] !== scores[entry] ? 1 : 0,
    ),
  };
}

/** One label's column of a table, ranked; rows are stays. */
export function rankLabel(table: LabelTable, label: number): Ranking {
  const width = table.labels.length;
  const scores = Float64Array.from(table.stays, (_, row) => table.probabilities[row * width + label]!);
  const positive = Uint8Array.from(table.stays, (_, row) => table.recorded[row * width + label]!);
  return rank(scores, positive);
}

/** All pairs of stay and label in one ranking (micro average); rows are stays. */
export function rankAll(table: LabelTable): Ranking {
  const width = table.labels.length;
  const rowOf = Int32Array.from(table.probabilities, (_, entry) => Math.floor(entry / width));
  return rank(table.probabilities, table.recorded, rowOf);
}

/** Both areas of one ranking; null where undefined. */
export interface Areas {
  /** Area under the ROC curve, as `roc_auc_score`; null where only one class is present. */
  readonly auroc: number | null;
  /** Average precision, as `average_precision_score`; null where there is no positive (scikit-learn warns and says 0). */
  readonly averagePrecision: number | null;
}

/** @param weights [stays] how often each row counts; once each where left out */
export function areas(ranking: Ranking, weights?: Uint16Array): Areas {
  const { rows, positive, lastOfTie } = ranking;
  let positives = 0;
  let negatives = 0;
  let area = 0; // of pairs (positive above negative), ties half
  let precisionSum = 0; // Σ precision × positives gained at the threshold
  let positivesBefore = 0;
  let negativesBefore = 0;
  for (let at = 0; at < rows.length; at++) {
    const weight = weights ? weights[rows[at]!]! : 1;
    if (positive[at]) positives += weight;
    else negatives += weight;
    if (lastOfTie[at]) {
      area += ((negatives - negativesBefore) * (positives + positivesBefore)) / 2;
      if (positives > positivesBefore) {
        precisionSum += ((positives - positivesBefore) * positives) / (positives + negatives);
      }
      positivesBefore = positives;
      negativesBefore = negatives;
    }
  }
  return {
    auroc: positives === 0 || negatives === 0 ? null : area / (positives * negatives),
    averagePrecision: positives === 0 ? null : precisionSum / positives,
  };
}

/** The mean of what is defined, and how many were not. */
export function meanOfDefined(values: readonly (number | null)[]): { mean: number | null; undefinedCount: number } {
  const defined = values.filter((value): value is number => value !== null);
  return {
    mean: defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length,
    undefinedCount: values.length - defined.length,
  };
}
