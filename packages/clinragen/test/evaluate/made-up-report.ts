import { compareModels } from '../../src/evaluate/compare.js';
import { evaluate } from '../../src/evaluate/metrics.js';
import type { Report, ReportCase, TrainingRecord } from '../../src/evaluate/report.js';
import type { Prediction, Rationale, Series, Stay, Variable } from '../../src/types.js';
import { madeUpPredictions, random } from './made-up.js';

const variable = (name: string, unit: string, normal: number, low: number, high: number): Variable => ({
  name,
  unit,
  normal,
  low,
  high,
});

/** Fences and normal values of the paper's eleven variables. */
export const VARIABLES: readonly Variable[] = [
  variable('diastolic blood pressure', 'mmHg', 59, 28, 92),
  variable('fraction inspired oxygen', '1', 0.21, -0.075, 0.685),
  variable('glucose', 'mg/dL', 128, 43, 187),
  variable('heart rate', '/min', 86, 40, 128),
  variable('mean blood pressure', 'mmHg', 77, 41, 113),
  variable('oxygen saturation', '%', 98, 90, 106),
  variable('respiratory rate', '/min', 19, 5.5, 33.5),
  variable('systolic blood pressure', 'mmHg', 118, 61.5, 177.5),
  variable('temperature', 'Cel', 36.6, 35, 38.556),
  variable('weight', 'kg', 81, 31.3, 127.94),
  variable('pH', '1', 7.4, 7.145, 7.585),
];

/** A random walk, measured now and then; weight never, heart rate with a stretch above its fence. */
export function madeUpSeries(hours: number, seed: number): Series {
  const next = random(seed);
  const width = VARIABLES.length;
  const values = new Float32Array(hours * width);
  const measured = new Uint8Array(hours * width);
  VARIABLES.forEach((v, column) => {
    const often = v.name === 'weight' ? 0 : [0.9, 0.2, 0.25, 0.95, 0.9, 0.9, 0.85, 0.9, 0.3, 0, 0.12][column]!;
    const step = (v.high - v.low) / 28;
    let now = v.normal;
    let filled = v.normal;
    for (let hour = 0; hour < hours; hour++) {
      now += (next() - 0.5) * 2 * step + (v.normal - now) * 0.05;
      const spike = v.name === 'heart rate' && hour > hours * 0.3 && hour < hours * 0.42 ? 48 : 0;
      const drop = v.name === 'systolic blood pressure' && hour > hours * 0.6 && hour < hours * 0.66 ? -70 : 0;
      if (next() < often) {
        filled = now + spike + drop;
        measured[hour * width + column] = 1;
      }
      values[hour * width + column] = filled;
    }
  });
  return { hours, values, measured };
}

const NOTE = `Admitted after days of productive cough, fevers, worsening shortness of breath. Found hypoxic emergency room, chest film dense consolidation right lower lobe. Started broad antibiotics, transferred unit increasing oxygen requirement.

Overnight blood pressure fell despite fluids; norepinephrine begun, lactate cleared morning. Urine output poor, creatinine rose above known baseline, renal consulted, no dialysis needed. Atrial fibrillation rapid ventricular response controlled diltiazem. No history of stroke. Home lisinopril held.`;

function madeUpStay(prediction: Prediction, hours: number, seed: number): Stay {
  return {
    id: prediction.stay,
    subject: prediction.subject,
    split: 'test',
    note: NOTE,
    noteKind: 'hospital-course',
    series: madeUpSeries(hours, seed),
    labels: prediction.recorded,
  };
}

const RATIONALE = {
  note: 'Based on the medical notes, productive cough and a dense consolidation support pneumonia; falling pressure that needed norepinephrine points to septic shock, and the rise in creatinine with poor urine output to acute renal failure.',
  series:
    'Lab test shows heart rate is higher than normal for nine hours and systolic blood pressure is lower than normal for four hours, which goes with shock; oxygen saturation stays normal.',
};

const SHORT = 'Lab test shows heart rate is higher than normal for nine hours.';

const curve = (stage: string, from: number, to: number, seed: number): TrainingRecord[] => {
  const next = random(seed);
  return Array.from({ length: 60 }, (_, index) => {
    const loss = to + (from - to) * Math.exp(-index / 12);
    return {
      stage,
      step: (index + 1) * 20,
      epoch: (index + 1) / 10,
      trainLoss: loss + (next() - 0.5) * 0.3,
      validationLoss: index % 10 === 9 ? loss + 0.06 + (index > 45 ? 0.05 : 0) : null,
      tokensPerSecond: 8000 + next() * 900,
      seconds: (index + 1) * 2.4,
    };
  });
};

/** A report with every section; nothing in it is real. */
export function madeUpReport(rest: Partial<Report> = {}): Report {
  const predictions = madeUpPredictions(160, 0.82, 1).map((p, index) => ({
    ...p,
    rationale: index % 3 === 0 ? { ...RATIONALE, series: SHORT } : RATIONALE,
  }));
  const weaker = (skill: number, seed: number) => madeUpPredictions(160, skill, seed);
  const teacherOf = (stay: string): Rationale => ({
    stay,
    note: 'Based on the medical notes, cough, fever and a right lower lobe consolidation support pneumonia; a need for norepinephrine suggests septic shock with acute renal failure.',
    series:
      'Lab test shows heart rate is higher than normal for nine hours, systolic blood pressure is lower than normal for four hours.',
    teacher: 'rules, version 1',
  });
  const cases: ReportCase[] = [0, 7, 12].map((index, at) => ({
    stay: madeUpStay(predictions[index]!, [72, 31, 400][at]!, at + 1),
    prediction:
      at === 1 ? { ...predictions[index]!, rationale: { note: RATIONALE.note, series: '' } } : predictions[index]!,
    ...(at < 2 ? { teacher: teacherOf(predictions[index]!.stay) } : {}),
  }));
  return {
    title: 'Demo run on the synthetic hospital',
    synthetic: true,
    source: 'synthetic hospital, 800 patients, seed 7',
    compat: 'fixed',
    metrics: evaluate(
      predictions,
      predictions.slice(0, 150).map((p) => teacherOf(p.stay)),
      {
        source: 'synthetic hospital, 800 patients, seed 7',
        synthetic: true,
        compat: 'fixed',
        model: 'stage 3, note and series',
        replicates: 300,
        seed: 7,
      },
    ),
    comparison: compareModels(
      [
        { name: 'prior by label frequency', reads: 'nothing', predictions: weaker(0.15, 2) },
        { name: 'stage 1, note only', reads: 'note', predictions: weaker(0.6, 3) },
        { name: 'stage 2, series only', reads: 'series', predictions: weaker(0.5, 4) },
        { name: 'stage 3, note and series', reads: 'note and series', predictions },
        { name: 'without rationales', reads: 'note and series', predictions: weaker(0.81, 5) },
      ],
      'stage 3, note and series',
      { replicates: 300, seed: 7 },
    ),
    curves: [
      ...curve('stage 1, note', 6.2, 1.4, 5),
      ...curve('stage 2, series', 3.4, 1.9, 6),
      ...curve('stage 3, both', 1.8, 1.1, 7),
    ],
    cases,
    variables: VARIABLES,
    environment: { libtorch: '2.13.0, 2 threads, bf16', Node: '20.20.2', Made: '2025-01-01 12:00 UTC' },
    ...rest,
  };
}
