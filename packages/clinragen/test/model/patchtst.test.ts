import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manualSeed, memory, noGrad, randn, scope, setThreads, tensor } from '@clinragen/torch';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/model/model-error.js';
import { PatchTST, type PatchTSTConfig } from '../../src/model/patchtst.js';
import { distance } from './expected.js';
import { comparePatchTST } from './patchtst-case.js';

// Tensors this small lose more by waking a second thread than it computes.
setThreads(1);

const goldens = fileURLToPath(new URL('../goldens', import.meta.url));
const config: PatchTSTConfig = {
  patchWidth: 3,
  maxPatches: 6,
  width: 8,
  heads: 2,
  feedForward: 12,
  layers: 2,
  dropout: 0,
  norm: 'layer',
};

describe('PatchTST', () => {
  it('computes and learns as an independent implementation in PyTorch, with both norms', async () => {
    // Two norms: three outputs and a norm a weight each; the reprogramming attention: output and weights.
    expect(await comparePatchTST(join(goldens, 'patchtst'), 'patchtst')).toBeGreaterThan(80);
  });

  it('reads every variable by itself', () => {
    scope(() => {
      manualSeed(1);
      const model = new PatchTST(config).eval();
      const series = randn([1, 5, 3, 3]);
      const alone = noGrad(() => model.forward(series.narrow(2, 1, 1)));
      const together = noGrad(() => model.forward(series)).narrow(1, 1, 1);
      expect(distance(together.toFloat32(), alone.toFloat32())).toBeLessThan(1e-6);
      model.dispose();
    });
  });

  it('patches that a stay does not have change nothing for those it has', () => {
    scope(() => {
      const model = new PatchTST(config).eval();
      const series = randn([1, 5, 2, 3]);
      const mask = tensor([[1, 1, 1, 0, 0]], { dtype: 'int64' });
      const masked = noGrad(() => model.forward(series, mask)).narrow(3, 0, 3);
      const short = noGrad(() => model.forward(series.narrow(1, 0, 3)));
      expect(distance(masked.contiguous().toFloat32(), short.contiguous().toFloat32())).toBeLessThan(1e-6);
      model.dispose();
    });
  });

  it('refuses more patches than it has positions for', () => {
    scope(() => {
      const model = new PatchTST(config);
      expect(() => model.forward(randn([1, 7, 2, 3]))).toThrow(ModelError);
      expect(() => model.forward(randn([1, 7, 2, 3]))).toThrow(/7 patches.*6/);
      expect(() => new PatchTST({ ...config, heads: 3 })).toThrow(/width 8 does not divide into 3 heads/);
      model.dispose();
    });
  });

  it('holds the number of live tensors over 200 training steps', () => {
    const model = new PatchTST({ ...config, norm: 'batch', dropout: 0.1 });
    const step = () =>
      scope(() => {
        model
          .forward(randn([2, 4, 2, 3]))
          .square()
          .mean()
          .backward();
        model.zeroGrad();
      });
    step();
    const before = memory();
    for (let i = 0; i < 200; i++) step();
    expect(memory()).toEqual(before);
    model.dispose();
  });
});
