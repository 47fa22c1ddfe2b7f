import { PHENOTYPES } from '../phenotypes.js';
import type { Prediction } from '../types.js';
import { EvaluateError } from './errors.js';

/** Predictions as arrays: N stays in rows, L labels in columns, in the order of `labels`. */
export interface LabelTable {
  readonly labels: readonly string[]; // L
  readonly stays: readonly string[]; // N, as given
  readonly subjects: readonly string[]; // S, sorted, so that a bootstrap does not depend on the order of the stays
  readonly subjectOf: Int32Array; // [N] row → index in `subjects`
  readonly recorded: Uint8Array; // [N, L]
  readonly diagnosed: Uint8Array; // [N, L]
  readonly probabilities: Float64Array; // [N, L]
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Checks predictions and lays them out as arrays.
 *
 * @throws EvaluateError where there is no prediction, a stay comes twice, a disease name is not one of `labels`, or a
 *   probability is missing or outside 0 to 1
 */
export function labelTable(predictions: readonly Prediction[], labels: readonly string[] = PHENOTYPES): LabelTable {
  if (predictions.length === 0) throw new EvaluateError('predictions: found none, expected at least one stay');
  const width = labels.length;
  const column = new Map(labels.map((label, index) => [label, index]));
  const subjects = [...new Set(predictions.map((p) => p.subject))].sort(byCodeUnit);
  const subjectIndex = new Map(subjects.map((subject, index) => [subject, index]));
  const recorded = new Uint8Array(predictions.length * width);
  const diagnosed = new Uint8Array(predictions.length * width);
  const probabilities = new Float64Array(predictions.length * width);
  const subjectOf = new Int32Array(predictions.length);
  const seen = new Set<string>();

  predictions.forEach((prediction, row) => {
    const { stay } = prediction;
    if (seen.has(stay)) throw new EvaluateError(`stay ${stay}: found twice in the predictions, expected once`);
    seen.add(stay);
    subjectOf[row] = subjectIndex.get(prediction.subject)!;
    for (const [field, target] of [
      ['recorded', recorded],
      ['diagnosed', diagnosed],
    ] as const) {
      for (const name of prediction[field]) target[row * width + columnOf(column, name, stay, field)] = 1;
    }
    for (const name of Object.keys(prediction.probabilities)) columnOf(column, name, stay, 'probabilities');
    labels.forEach((label, index) => {
      const probability = prediction.probabilities[label];
      if (probability === undefined || !(probability >= 0 && probability <= 1)) {
        throw new EvaluateError(
          `stay ${stay}, probabilities, "${label}": found ${probability}, expected a number from 0 to 1`,
        );
      }
      probabilities[row * width + index] = probability;
    });
  });
  return { labels, stays: predictions.map((p) => p.stay), subjects, subjectOf, recorded, diagnosed, probabilities };
}

function columnOf(column: ReadonlyMap<string, number>, name: string, stay: string, field: string): number {
  const index = column.get(name);
  if (index === undefined) {
    throw new EvaluateError(
      `stay ${stay}, ${field}: found the disease name ${JSON.stringify(name)}, expected one of the ${column.size} labels`,
    );
  }
  return index;
}

/**
 * The same table with its rows in another's order, so that two models can be compared stay by stay.
 *
 * @throws EvaluateError where the two do not hold the same stays of the same subjects with the same recorded labels
 */
export function alignTo(table: LabelTable, reference: LabelTable): LabelTable {
  const rowOf = new Map(table.stays.map((stay, row) => [stay, row]));
  const missing = reference.stays.find((stay) => !rowOf.has(stay));
  if (missing !== undefined || table.stays.length !== reference.stays.length) {
    throw new EvaluateError(
      `models on different stays: found ${table.stays.length} and ${reference.stays.length} stays` +
        `${missing === undefined ? '' : `, stay ${missing} in one only`}, expected the same stays`,
    );
  }
  const width = reference.labels.length;
  const rows = reference.stays.map((stay) => rowOf.get(stay)!);
  const take = <A extends Uint8Array | Float64Array>(from: A): A => {
    const to = from.slice() as A;
    rows.forEach((row, index) => {
      to.set(from.subarray(row * width, (row + 1) * width), index * width);
    });
    return to;
  };
  const recorded = take(table.recorded);
  reference.stays.forEach((stay, index) => {
    const row = rows[index]!;
    const subject = table.subjects[table.subjectOf[row]!];
    const expected = reference.subjects[reference.subjectOf[index]!];
    if (subject !== expected) {
      throw new EvaluateError(`stay ${stay}: found subjects ${subject} and ${expected}, expected one subject`);
    }
    for (let label = 0; label < width; label++) {
      if (recorded[index * width + label] !== reference.recorded[index * width + label]) {
        throw new EvaluateError(`stay ${stay}: found different recorded diseases, expected the same in both models`);
      }
    }
  });
  return {
    ...reference,
    subjectOf: reference.subjectOf,
    recorded,
    diagnosed: take(table.diagnosed),
    probabilities: take(table.probabilities),
  };
}
