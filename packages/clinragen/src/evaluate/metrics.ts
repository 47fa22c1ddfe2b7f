import { z } from 'zod';
import { PHENOTYPES } from '../phenotypes.js';
import { writeWhole } from '../report-page/index.js';
import type { Prediction, Rationale } from '../types.js';
import { BLEU_SIGNATURE, BLEU_STATISTICS, bleuOfStatistics, bleuStatistics } from './bleu.js';
import {
  type BootstrapOptions,
  bootstrapAreas,
  bootstrapScores,
  bootstrapSettings,
  percentileInterval,
  resampleSubjects,
  weightedSum,
} from './bootstrap.js';
import { calibrate } from './calibration.js';
import { EvaluateError } from './errors.js';
import { labelTable } from './label-table.js';
import { scoreDiagnoses } from './scores.js';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const intervalSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });
const precisionRecallSchema = z.object({ precision: intervalSchema, recall: intervalSchema, f1: intervalSchema });
const areaSchema = z.object({
  micro: intervalSchema.nullable(),
  macro: intervalSchema.nullable(),
  /** Labels left out of the macro average because the area is not defined for them. */
  undefinedLabels: count,
});
const rationaleSchema = z.object({
  /** Null where no stay has a teacher's rationale. */
  bleu: intervalSchema.nullable(),
  precisions: z.array(z.number()),
  brevityPenalty: share,
  hypothesisTokens: count,
  referenceTokens: count,
  /** Stays compared: every stay with a teacher's rationale, an empty hypothesis counting as empty, never left out. */
  compared: count,
  /** Stays, out of all, where the model's text held no rationale of this kind. */
  empty: count,
  withoutReference: count,
});

/** What `metrics.json` holds. No text of any note or rationale, no id of any stay or subject. */
export const metricsSchema = z.object({
  format: z.literal('clinragen-metrics/1'),
  source: z.string(),
  synthetic: z.boolean(),
  compat: z.enum(['paper', 'fixed']),
  /** What was evaluated: `stage 3, note and series`. */
  model: z.string(),
  stays: count,
  subjects: count,
  splits: z.record(z.string(), count),
  diagnoses: z.object({
    micro: precisionRecallSchema,
    macro: precisionRecallSchema,
    exactMatch: intervalSchema,
    auroc: areaSchema,
    averagePrecision: areaSchema,
    calibration: z.object({
      brier: z.number(),
      expectedCalibrationError: z.number(),
      bins: z.array(
        z.object({
          low: z.number(),
          high: z.number(),
          count,
          meanProbability: share.nullable(),
          observedRate: share.nullable(),
        }),
      ),
    }),
    perLabel: z.array(
      z.object({
        label: z.string(),
        support: count,
        diagnosed: count,
        truePositives: count,
        precision: share,
        recall: share,
        f1: intervalSchema,
        auroc: share.nullable(),
        averagePrecision: share.nullable(),
      }),
    ),
  }),
  rationales: z.object({ teachers: z.array(z.string()), note: rationaleSchema, series: rationaleSchema }),
  bootstrap: z.object({
    unit: z.literal('subject'),
    method: z.literal('percentile'),
    replicates: count,
    seed: z.int(),
    level: z.number(),
  }),
  signatures: z.object({ bleu: z.string(), scores: z.string() }),
});

export type Metrics = z.infer<typeof metricsSchema>;
type RationaleMetrics = z.infer<typeof rationaleSchema>;

export const SCORES_SIGNATURE =
  'labels:25|macro:all labels|zero_division:0|areas:as scikit-learn, undefined labels left out|ece:equal width, pooled';

export interface EvaluateOptions extends BootstrapOptions {
  readonly source: string;
  readonly synthetic: boolean;
  readonly compat: 'paper' | 'fixed';
  readonly model: string;
  /** Default 10. */
  readonly calibrationBins?: number;
}

/**
 * Scores predictions against the recorded labels and the rationales against the teacher's.
 *
 * Every score is a point estimate with a percentile bootstrap interval over subjects. Rationales of stays that are not
 * among the predictions are ignored; a stay without one is counted, and its diagnoses still score.
 *
 * @throws EvaluateError on bad predictions (see `labelTable`), or where the teacher has two rationales for one stay
 */
export function evaluate(
  predictions: readonly Prediction[],
  teacherRationales: readonly Rationale[],
  options: EvaluateOptions,
): Metrics {
  const settings = bootstrapSettings(options);
  const table = labelTable(predictions, PHENOTYPES);
  const scores = scoreDiagnoses(table);
  const { summary, labelF1 } = bootstrapScores(table, settings);
  const { auroc, averagePrecision } = bootstrapAreas(table, settings);
  const splits: Record<string, number> = {};
  for (const { split } of predictions) splits[split] = (splits[split] ?? 0) + 1;

  const teacher = new Map<string, Rationale>();
  for (const rationale of teacherRationales) {
    if (teacher.has(rationale.stay)) {
      throw new EvaluateError(`stay ${rationale.stay}: found two rationales of the teacher, expected one`);
    }
    teacher.set(rationale.stay, rationale);
  }
  const compare = (kind: 'note' | 'series'): RationaleMetrics =>
    compareRationales(predictions, teacher, kind, table.subjectOf, table.subjects.length, settings);
  const used = predictions.flatMap((prediction) => teacher.get(prediction.stay)?.teacher ?? []);

  return metricsSchema.parse({
    format: 'clinragen-metrics/1',
    source: options.source,
    synthetic: options.synthetic,
    compat: options.compat,
    model: options.model,
    stays: table.stays.length,
    subjects: table.subjects.length,
    splits,
    diagnoses: {
      micro: { precision: summary.microPrecision, recall: summary.microRecall, f1: summary.microF1 },
      macro: { precision: summary.macroPrecision, recall: summary.macroRecall, f1: summary.macroF1 },
      exactMatch: summary.exactMatch,
      auroc,
      averagePrecision,
      calibration: calibrate(table, options.calibrationBins),
      perLabel: scores.perLabel.map((row, label) => ({
        ...row,
        f1: labelF1[label],
        auroc: auroc.perLabel[label],
        averagePrecision: averagePrecision.perLabel[label],
      })),
    },
    rationales: { teachers: [...new Set(used)].sort(), note: compare('note'), series: compare('series') },
    bootstrap: { unit: 'subject', method: 'percentile', ...settings },
    signatures: { bleu: BLEU_SIGNATURE, scores: SCORES_SIGNATURE },
  } satisfies Record<keyof Metrics, unknown>);
}

function compareRationales(
  predictions: readonly Prediction[],
  teacher: ReadonlyMap<string, Rationale>,
  kind: 'note' | 'series',
  subjectOf: Int32Array,
  subjects: number,
  settings: Required<BootstrapOptions>,
): RationaleMetrics {
  const bySubject = new Float64Array(subjects * BLEU_STATISTICS); // [S, 10]
  let compared = 0;
  let empty = 0;
  predictions.forEach((prediction, row) => {
    const hypothesis = prediction.rationale[kind];
    if (hypothesis.trim() === '') empty++;
    const reference = teacher.get(prediction.stay);
    if (!reference) return;
    compared++;
    const offset = subjectOf[row]! * BLEU_STATISTICS;
    bleuStatistics(hypothesis, reference[kind]).forEach((statistic, at) => {
      bySubject[offset + at]! += statistic;
    });
  });
  const sum = new Float64Array(BLEU_STATISTICS);
  const once = new Uint16Array(subjects).fill(1);
  const point = bleuOfStatistics(weightedSum(bySubject, BLEU_STATISTICS, once, sum));
  let bleu: RationaleMetrics['bleu'] = null;
  if (compared > 0) {
    const samples = new Float64Array(settings.replicates);
    let replicate = 0;
    for (const drawn of resampleSubjects(subjects, settings)) {
      samples[replicate++] = bleuOfStatistics(weightedSum(bySubject, BLEU_STATISTICS, drawn, sum)).score;
    }
    bleu = percentileInterval(point.score, samples, settings.level);
  }
  const { score: _, precisions, ...lengths } = point;
  return {
    bleu,
    precisions: [...precisions],
    ...lengths,
    compared,
    empty,
    withoutReference: predictions.length - compared,
  };
}

/** Writes `metrics.json`, under a temporary name until complete. */
export async function writeMetrics(path: string, metrics: Metrics): Promise<void> {
  await writeWhole(path, `${JSON.stringify(metricsSchema.parse(metrics), null, 2)}\n`);
}
