/** The engine's own operators beside ATen's, to which they must be equal. */
import { ops, type Tensor } from '@clinragen/torch';
import { RMSNorm } from '@clinragen/torch/nn';
import { expect } from 'vitest';
import { rmsNorm, useFused } from '../../src/model/fused.js';

/** A share this small drops nothing, but takes the fused way in float32. */
export const NEVER = 1e-12;
export const norm = (x: Tensor, weight: Tensor, p = NEVER) =>
  rmsNorm({ weight, epsilon: 1e-6, forward } as RMSNorm, x, p);
const { forward } = RMSNorm.prototype;

export function leaf(values: Tensor): Tensor {
  const copy = values.detach().clone();
  copy.requiresGrad = true;
  return copy;
}

/** The same by the engine's own operators and by ATen's. */
export function bothWays<T>(run: () => T): [T, T] {
  return [true, false].map((fused) => {
    useFused(fused);
    return run();
  }) as [T, T];
}

/** Equal within the tolerance, NaN where the other is NaN and infinite where the other is. */
export function expectSame([ours, atens]: readonly [Tensor, Tensor], tolerance = 2e-5): void {
  expect(ours.shape).toEqual(atens.shape);
  expect(ours.dtype).toBe(atens.dtype);
  const expected = atens.toFloat32();
  const wrong = [...ours.toFloat32().entries()].filter(([i, value]) => {
    const other = expected[i] as number;
    return Number.isFinite(other) ? !(Math.abs(value - other) <= tolerance) : !Object.is(value, other);
  });
  expect(wrong.slice(0, 5).map(([i, value]) => `element ${i} is ${value}, not ${expected[i]}`)).toEqual([]);
}

/** Results and gradients agree, for leaves of which `run` may make views. */
export function expectSameWithGradients(leaves: readonly Tensor[], run: (...inputs: Tensor[]) => Tensor): void {
  const [ours, atens] = bothWays(() => {
    const inputs = leaves.map(leaf);
    const out = run(...inputs);
    out
      .mul(
        ops
          .arange(out.shape.reduce((a, b) => a * b, 1))
          .view(out.shape)
          .sin(),
      )
      .sum()
      .backward();
    return [out, ...inputs.map((input) => input.grad as Tensor)];
  });
  for (const [i, mine] of ours.entries()) expectSame([mine, atens[i] as Tensor]);
}
