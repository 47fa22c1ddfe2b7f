import { PHENOTYPES } from '../../src/phenotypes.js';
import type { Prediction } from '../../src/types.js';

/** A prediction with everything else made up; `subject` is the stay's own where left out. */
export function prediction(
  stay: string,
  recorded: readonly string[],
  diagnosed: readonly string[],
  rest: Partial<Prediction> = {},
): Prediction {
  return {
    stay,
    subject: `subject of ${stay}`,
    split: 'test',
    recorded,
    diagnosed,
    probabilities: Object.fromEntries(PHENOTYPES.map((name) => [name, diagnosed.includes(name) ? 0.9 : 0.1])),
    rationale: { note: 'Based on the medical notes, stable.', series: 'Lab test shows heart rate is normal.' },
    ...rest,
  };
}

/** Rows of '0' and '1' as names. */
export const namesOf = (row: string): string[] => PHENOTYPES.filter((_, index) => row[index] === '1');

/** Deterministic numbers from 0 to 1 for fixtures. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** Predictions of a model that is right about a disease with probability `skill`; two stays a subject. */
export function madeUpPredictions(stays: number, skill: number, seed = 1, worldSeed = 99): Prediction[] {
  const world = random(worldSeed);
  const model = random(seed);
  return Array.from({ length: stays }, (_, index) => {
    const recorded: string[] = [];
    const diagnosed: string[] = [];
    const probabilities: Record<string, number> = {};
    PHENOTYPES.forEach((name, label) => {
      const isRecorded = world() < 0.04 + (0.35 * ((label * 7) % 25)) / 25;
      const knows = model() < skill;
      const signal = (knows ? (isRecorded ? 1.1 : -2.2) : -1) + (model() + model() - 1) * 2.4;
      const probability = 1 / (1 + Math.exp(-signal));
      probabilities[name] = Math.round(probability * 1e4) / 1e4;
      if (isRecorded) recorded.push(name);
      if (probability >= 0.4) diagnosed.push(name);
    });
    return prediction(String(200000 + index), recorded, diagnosed, {
      subject: String(10000 + Math.floor(index / 2)),
      probabilities,
    });
  });
}
