import { EvaluateError } from './errors.js';
import { alignTo, type LabelTable } from './label-table.js';
import { areas, meanOfDefined, rankAll, rankLabel } from './ranking.js';
import { addCounts, countWidth, type Scores, scoresOfCounts } from './scores.js';

/** A point estimate and its percentile bootstrap interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Default 1,000. */
  readonly replicates?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Coverage of the interval; default 0.95. */
  readonly level?: number;
}

/** The options with their defaults, checked. */
export function bootstrapSettings(options: BootstrapOptions = {}): Required<BootstrapOptions> {
  const { replicates = 1000, seed = 0, level = 0.95 } = options;
  if (!Number.isInteger(replicates) || replicates < 1) {
    throw new EvaluateError(`bootstrap replicates: found ${replicates}, expected a whole number from 1`);
  }
  if (!Number.isInteger(seed)) throw new EvaluateError(`bootstrap seed: found ${seed}, expected a whole number`);
  if (!(level > 0 && level < 1)) throw new EvaluateError(`bootstrap level: found ${level}, expected between 0 and 1`);
  return { replicates, seed, level };
}

/** sfc32 (public domain, PractRand's small fast counter), seeded through splitmix32: the same numbers on every machine. */
function randomUint32(seed: number): () => number {
  let state = seed | 0;
  const split = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, counter] = [split(), split(), split(), 1];
  return () => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + out;
    c |= 0;
    return out >>> 0;
  };
}

/**
 * Draws as many subjects as there are, with replacement, `replicates` times.
 *
 * Yields how often each subject was drawn ([subjects]); the array is reused, so read it before the next step.
 */
export function* resampleSubjects(subjects: number, options: BootstrapOptions = {}): Generator<Uint16Array> {
  const { replicates, seed } = bootstrapSettings(options);
  const next = randomUint32(seed);
  const drawn = new Uint16Array(subjects);
  for (let replicate = 0; replicate < replicates; replicate++) {
    drawn.fill(0);
    for (let draw = 0; draw < subjects; draw++) drawn[Math.floor((next() / 4294967296) * subjects)]! += 1;
    yield drawn;
  }
}

/** The percentile interval of samples (linear between order statistics, as numpy's default); NaN samples are left out. */
export function percentileInterval(value: number, samples: Float64Array, level: number): Interval {
  const sorted = samples.filter((sample) => !Number.isNaN(sample)).sort();
  if (sorted.length === 0) return { value, low: value, high: value };
  const quantile = (share: number): number => {
    const at = share * (sorted.length - 1);
    const below = sorted[Math.floor(at)]!;
    return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
  };
  return { value, low: quantile((1 - level) / 2), high: quantile((1 + level) / 2) };
}

/** Sums rows of per-subject statistics, each as often as its subject was drawn. */
export function weightedSum(rows: Float64Array, width: number, drawn: Uint16Array, into: Float64Array): Float64Array {
  into.fill(0);
  for (let subject = 0; subject < drawn.length; subject++) {
    const times = drawn[subject]!;
    if (times === 0) continue;
    const offset = subject * width;
    for (let column = 0; column < width; column++) into[column]! += times * rows[offset + column]!;
  }
  return into;
}

export const SUMMARY_SCORES = [
  'microPrecision',
  'microRecall',
  'microF1',
  'macroPrecision',
  'macroRecall',
  'macroF1',
  'exactMatch',
] as const;
export type SummaryScore = (typeof SUMMARY_SCORES)[number];

const READ: Record<SummaryScore, (scores: Scores) => number> = {
  microPrecision: (s) => s.micro.precision,
  microRecall: (s) => s.micro.recall,
  microF1: (s) => s.micro.f1,
  macroPrecision: (s) => s.macro.precision,
  macroRecall: (s) => s.macro.recall,
  macroF1: (s) => s.macro.f1,
  exactMatch: (s) => s.exactMatch,
};

interface Samples {
  readonly point: Scores;
  readonly summary: Record<SummaryScore, Float64Array>; // each [replicates]
  readonly labelF1: readonly Float64Array[]; // L × [replicates]
}

function countsBySubject(table: LabelTable): Float64Array {
  const width = countWidth(table.labels.length);
  const counts = new Float64Array(table.subjects.length * width); // [S, 3L + 2]
  for (let stay = 0; stay < table.stays.length; stay++) addCounts(table, stay, counts, table.subjectOf[stay]! * width);
  return counts;
}

function sampleScores(table: LabelTable, options: Required<BootstrapOptions>): Samples {
  const width = countWidth(table.labels.length);
  const counts = countsBySubject(table);
  const sum = new Float64Array(width);
  const once = new Uint16Array(table.subjects.length).fill(1);
  const point = scoresOfCounts(weightedSum(counts, width, once, sum), table.labels);
  const empty = (): Float64Array => new Float64Array(options.replicates);
  const summary = Object.fromEntries(SUMMARY_SCORES.map((name) => [name, empty()])) as Record<
    SummaryScore,
    Float64Array
  >;
  const labelF1 = table.labels.map(empty);
  let replicate = 0;
  for (const drawn of resampleSubjects(table.subjects.length, options)) {
    const scores = scoresOfCounts(weightedSum(counts, width, drawn, sum), table.labels);
    for (const name of SUMMARY_SCORES) summary[name][replicate] = READ[name](scores);
    scores.perLabel.forEach((row, label) => {
      labelF1[label]![replicate] = row.f1;
    });
    replicate++;
  }
  return { point, summary, labelF1 };
}

/** Intervals of every score, by drawing subjects (a subject's stays come and go together). */
export function bootstrapScores(
  table: LabelTable,
  options: BootstrapOptions = {},
): { readonly summary: Record<SummaryScore, Interval>; readonly labelF1: readonly Interval[] } {
  const settings = bootstrapSettings(options);
  const { point, summary, labelF1 } = sampleScores(table, settings);
  return {
    summary: intervals((name) => percentileInterval(READ[name](point), summary[name], settings.level)),
    labelF1: labelF1.map((samples, label) => percentileInterval(point.perLabel[label]!.f1, samples, settings.level)),
  };
}

const intervals = <T>(of: (name: SummaryScore) => T): Record<SummaryScore, T> =>
  Object.fromEntries(SUMMARY_SCORES.map((name) => [name, of(name)])) as Record<SummaryScore, T>;

export interface Difference extends Interval {
  /** The interval of the difference does not hold 0. */
  readonly separated: boolean;
}

/**
 * How far `model` is above `other` on the same stays: both are scored on the same drawn subjects, so what makes a draw
 * easy or hard cancels.
 *
 * @throws EvaluateError where the two were not scored on the same stays
 */
export function pairedDifference(
  model: LabelTable,
  other: LabelTable,
  options: BootstrapOptions = {},
): Record<SummaryScore, Difference> {
  const settings = bootstrapSettings(options);
  const a = sampleScores(model, settings);
  const b = sampleScores(alignTo(other, model), settings);
  return intervals((name) => {
    const samples = a.summary[name].map((value, replicate) => value - b.summary[name][replicate]!);
    const interval = percentileInterval(READ[name](a.point) - READ[name](b.point), samples, settings.level);
    return { ...interval, separated: interval.low > 0 || interval.high < 0 };
  });
}

export interface AreaSummary {
  readonly micro: Interval | null;
  readonly macro: Interval | null;
  readonly perLabel: readonly (number | null)[];
  /** Labels left out of the macro average because the area is not defined for them. */
  readonly undefinedLabels: number;
}

/** AUROC and average precision, per label, macro (over the labels where defined, in each draw) and micro. */
export function bootstrapAreas(
  table: LabelTable,
  options: BootstrapOptions = {},
): { readonly auroc: AreaSummary; readonly averagePrecision: AreaSummary } {
  const settings = bootstrapSettings(options);
  const byLabel = table.labels.map((_, label) => rankLabel(table, label));
  const all = rankAll(table);
  const point = byLabel.map((ranking) => areas(ranking));
  const pointMicro = areas(all);
  const weights = new Uint16Array(table.stays.length);
  const samples = { auroc: [[], []], averagePrecision: [[], []] } as Record<string, [number[], number[]]>;
  for (const drawn of resampleSubjects(table.subjects.length, settings)) {
    for (let stay = 0; stay < weights.length; stay++) weights[stay] = drawn[table.subjectOf[stay]!]!;
    const labels = byLabel.map((ranking) => areas(ranking, weights));
    const micro = areas(all, weights);
    for (const kind of ['auroc', 'averagePrecision'] as const) {
      samples[kind]![0].push(micro[kind] ?? Number.NaN);
      samples[kind]![1].push(meanOfDefined(labels.map((area) => area[kind])).mean ?? Number.NaN);
    }
  }
  const summarize = (kind: 'auroc' | 'averagePrecision'): AreaSummary => {
    const perLabel = point.map((area) => area[kind]);
    const { mean, undefinedCount } = meanOfDefined(perLabel);
    const interval = (value: number | null, drawn: number[]): Interval | null =>
      value === null ? null : percentileInterval(value, Float64Array.from(drawn), settings.level);
    return {
      micro: interval(pointMicro[kind], samples[kind]![0]),
      macro: interval(mean, samples[kind]![1]),
      perLabel,
      undefinedLabels: undefinedCount,
    };
  };
  return { auroc: summarize('auroc'), averagePrecision: summarize('averagePrecision') };
}
