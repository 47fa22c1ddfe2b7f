import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusBleu } from '../../src/evaluate/bleu.js';
import { evaluate, metricsSchema, writeMetrics } from '../../src/evaluate/metrics.js';
import type { Rationale } from '../../src/types.js';
import { madeUpPredictions } from './made-up.js';

const options = {
  source: 'made up',
  synthetic: true,
  compat: 'fixed',
  model: 'stage 3',
  replicates: 50,
  seed: 4,
} as const;

const teach = (stay: string, note = 'Based on the medical notes, acute shock is likely.'): Rationale => ({
  stay,
  note,
  series: 'Lab test shows heart rate is higher than normal.',
  teacher: 'rules 1',
});

describe('metrics', () => {
  it('hold every score with an interval around its value, and survive a round trip through the file', async () => {
    const metrics = evaluate(madeUpPredictions(30, 0.8), [teach('200003')], options);
    const { micro, macro, exactMatch, auroc, averagePrecision } = metrics.diagnoses;
    for (const interval of [
      ...Object.values(micro),
      ...Object.values(macro),
      exactMatch,
      auroc.micro!,
      auroc.macro!,
      averagePrecision.micro!,
      averagePrecision.macro!,
    ]) {
      expect(interval.low).toBeLessThanOrEqual(interval.value);
      expect(interval.high).toBeGreaterThanOrEqual(interval.value);
      expect(interval.high).toBeGreaterThan(0);
    }
    expect(metrics).toMatchObject({ stays: 30, subjects: 15, splits: { test: 30 }, compat: 'fixed', synthetic: true });
    expect(metrics.bootstrap).toEqual({ unit: 'subject', method: 'percentile', replicates: 50, seed: 4, level: 0.95 });

    const folder = await mkdtemp(join(tmpdir(), 'clinragen-metrics-'));
    try {
      await writeMetrics(join(folder, 'metrics.json'), metrics);
      expect(await readdir(folder)).toEqual(['metrics.json']);
      expect(metricsSchema.parse(JSON.parse(await readFile(join(folder, 'metrics.json'), 'utf8')))).toEqual(metrics);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('leave nothing half-written behind where the file cannot be put in its place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clinragen-metrics-'));
    try {
      await mkdir(join(folder, 'metrics.json')); // a folder stands in the way
      const metrics = evaluate(madeUpPredictions(4, 0.8), [], options);
      await expect(writeMetrics(join(folder, 'metrics.json'), metrics)).rejects.toThrow();
      expect(await readdir(folder)).toEqual(['metrics.json']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('count an empty rationale as an empty hypothesis, and a stay without a reference as such', () => {
    const predictions = madeUpPredictions(4, 0.8).map((p, index) =>
      index === 0 ? { ...p, rationale: { note: ' ', series: '' } } : p,
    );
    const teacher = [teach('200000'), teach('200001'), teach('200002'), teach('of another split')];
    const { note, series } = evaluate(predictions, teacher, options).rationales;
    expect(note).toMatchObject({ compared: 3, empty: 1, withoutReference: 1 });
    expect(series).toMatchObject({ compared: 3, empty: 1, withoutReference: 1 });
    const said = predictions.slice(0, 3).map((p) => p.rationale.note);
    expect(note.bleu!.value).toBeCloseTo(
      corpusBleu(
        said,
        teacher.slice(0, 3).map((rationale) => rationale.note),
      ).score,
      12,
    );
  });

  it('say null, not 0, for BLEU without a teacher', () => {
    const { rationales } = evaluate(madeUpPredictions(4, 0.8), [], options);
    expect(rationales.note).toMatchObject({ bleu: null, compared: 0, withoutReference: 4 });
    expect(rationales.teachers).toEqual([]);
  });

  it('refuse two rationales of the teacher for one stay', () => {
    expect(() => evaluate(madeUpPredictions(4, 0.8), [teach('200001'), teach('200001')], options)).toThrow(
      /stay 200001: found two rationales/,
    );
  });

  it('hold no text of a rationale and no id of a stay or subject', () => {
    const marked = madeUpPredictions(4, 0.8).map((p, index) => ({
      ...p,
      stay: `QSTAY${index}`,
      subject: `QSUBJECT${index}`,
      rationale: { note: 'QNOTE text', series: 'QSERIES text' },
    }));
    const teacher = marked.map((p) => teach(p.stay, 'QTEACHER text'));
    expect(JSON.stringify(evaluate(marked, teacher, options))).not.toMatch(/QSTAY|QSUBJECT|QNOTE|QSERIES|QTEACHER/);
  });
});
