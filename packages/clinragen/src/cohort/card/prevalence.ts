/** How often, with its 95 % interval; all from 0 to 1. */
export interface Prevalence {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Sums over subjects, of whom each has n stays, y of them with the label. */
export interface SubjectSums {
  readonly subjects: number;
  readonly stays: number; // Σ n
  readonly positive: number; // Σ y
  readonly staysSquared: number; // Σ n²
  readonly positiveSquared: number; // Σ y²
  readonly product: number; // Σ y n
}

const Z = 1.959964; // 97.5 % of the normal distribution

/**
 * Share of stays with a label: Wilson's interval at the effective number of stays (Korn and Graubard, 1998), because stays
 * of one subject resemble each other. The variance is that of a ratio over subjects; no gain is credited where it is
 * smaller than of as many single stays, and where all or none have the label, only subjects count.
 *
 * @returns null where there is no stay
 */
export function prevalence(sums: SubjectSums): Prevalence | null {
  const { subjects, stays, positive } = sums;
  if (stays === 0) return null;
  const p = positive / stays;
  const spread = sums.positiveSquared - 2 * p * sums.product + p * p * sums.staysSquared;
  const variance = ((subjects / (subjects - 1)) * spread) / stays ** 2;
  const told = subjects > 1 && p > 0 && p < 1; // that subjects vary
  const n = told ? Math.min(stays, variance > 0 ? (p * (1 - p)) / variance : stays) : subjects;
  const middle = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const reach = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  return { value: p, low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}
