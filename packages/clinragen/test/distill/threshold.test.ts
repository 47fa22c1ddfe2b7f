import { describe, expect, it } from 'vitest';
import { bestThreshold } from '../../src/distill/threshold.js';
import type { Prediction } from '../../src/types.js';

function stay(recorded: string[], probabilities: Record<string, number>): Prediction {
  return {
    stay: '1',
    subject: '1',
    split: 'validation',
    recorded,
    diagnosed: [],
    probabilities,
    rationale: { note: '', series: '' },
  };
}

describe('the threshold on a disease’s probability', () => {
  it('is low where the model is shy: recorded diseases at .2, others at .1', () => {
    const shy = [stay(['Shock'], { Shock: 0.22, 'Chronic kidney disease': 0.12 })];
    expect(bestThreshold(shy)).toBeCloseTo(0.2, 10);
  });

  it('is high where it is bold', () => {
    const bold = [stay(['Shock'], { Shock: 0.93, 'Chronic kidney disease': 0.83 })];
    expect(bestThreshold(bold)).toBeCloseTo(0.85, 10);
  });

  it('is one half where many do as well', () => {
    expect(bestThreshold([stay(['Shock'], { Shock: 1, 'Chronic kidney disease': 0 })])).toBe(0.5);
  });
});
