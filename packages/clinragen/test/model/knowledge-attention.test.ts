import { manualSeed, noGrad, randn, scope } from '@clinragen/torch';
import { describe, expect, it } from 'vitest';
import { KnowledgeAttention } from '../../src/model/knowledge-attention.js';
import { distance } from './expected.js';

// The numbers themselves are compared in patchtst.test.ts, whose goldens hold the reprogramming attention too.
describe('knowledge attention', () => {
  const made = () => new KnowledgeAttention({ width: 12, heads: 3, headWidth: 5, dropout: 0.1 });

  it('weights name the terms behind each patch: they sum to 1, per head', () => {
    scope(() => {
      manualSeed(2);
      const model = made().eval();
      const { states, weights } = noGrad(() => model.forward(randn([2, 4, 12]), randn([9, 12])));
      expect(states.shape).toEqual([2, 4, 12]);
      expect(weights.shape).toEqual([2, 3, 4, 9]);
      for (const sum of weights.sum(-1).toFloat32()) expect(sum).toBeCloseTo(1, 5);
      model.dispose();
    });
  });

  it('does not depend on the order of the terms', () => {
    scope(() => {
      const model = made().eval();
      const [series, corpus] = [randn([1, 3, 12]), randn([5, 12])];
      const straight = noGrad(() => model.forward(series, corpus).states);
      const turned = noGrad(() => model.forward(series, corpus.flip([0])).states);
      expect(distance(turned.toFloat32(), straight.toFloat32())).toBeLessThan(1e-5);
      model.dispose();
    });
  });

  it('drops weights while training, but reports them whole', () => {
    scope(() => {
      const model = made();
      const [series, corpus] = [randn([1, 50, 12]), randn([5, 12])];
      const { states, weights } = noGrad(() => model.train().forward(series, corpus));
      const quiet = noGrad(() => model.eval().forward(series, corpus));
      expect(distance(states.toFloat32(), quiet.states.toFloat32())).toBeGreaterThan(1e-3);
      expect(distance(weights.toFloat32(), quiet.weights.toFloat32())).toBe(0);
      model.dispose();
    });
  });
});
