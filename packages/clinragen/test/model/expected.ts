/** Numbers of a reference, each of which a test must have looked at. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadTensors, type Tensor } from '@clinragen/torch';
import { expect } from 'vitest';

/** Activations and losses, relative to the reference's largest magnitude: both sides are float32, summed in other orders. */
export const ACTIVATIONS = 1e-4;
/** Gradient norms: the references themselves, made in float32, lie up to 7e-4 away from a float64 run. */
export const GRADIENTS = 1e-3;

/** A reference's tensors; those never asked for are the test's fault. */
export class Expected {
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #asked = new Set<string>();
  readonly name: string;
  /** Tensors that were compared with ours. */
  comparisons = 0;

  private constructor(name: string, tensors: ReadonlyMap<string, Tensor>) {
    this.name = name;
    this.#tensors = tensors;
  }

  static async read(path: string, name: string): Promise<Expected> {
    return new Expected(name, await loadTensors(path));
  }

  has(key: string): boolean {
    return this.#tensors.has(key);
  }

  /** Names that begin with a prefix, without it. */
  under(prefix: string): string[] {
    return [...this.#tensors.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  /** What the reference was given: weights, inputs. */
  given(key: string): Tensor {
    const tensor = this.#tensors.get(key);
    if (tensor === undefined) throw new Error(`${this.name} has no ${key}`);
    this.#asked.add(key);
    return tensor;
  }

  /** Whole numbers as rows. */
  rows(key: string): number[][] {
    return this.given(key).toArray() as number[][];
  }

  /**
   * Compares what we computed with what the reference holds, relative to its largest magnitude.
   *
   * @param exact the same in float64: where the reference's own rounding is larger than the tolerance, it stands instead
   */
  close(key: string, ours: Tensor | readonly number[], tolerance: number, exact?: Tensor): void {
    const theirs = this.given(key);
    const a = Array.isArray(ours) ? ours : (ours as Tensor).toFloat32();
    const b = theirs.toFloat32();
    if (!Array.isArray(ours)) expect((ours as Tensor).shape, `${this.name} ${key}`).toEqual(theirs.shape);
    const rounding = exact === undefined ? 0 : distance(b, exact.toFloat32());
    // The exact values are ours: far from the reference they would be a mistake, not its rounding.
    expect(rounding, `${this.name} ${key}, in float64`).toBeLessThan(10 * tolerance);
    expect(distance(a, b), `${this.name} ${key}`).toBeLessThanOrEqual(Math.max(tolerance, rounding));
    this.comparisons++;
  }

  /**
   * Compares the norm of every gradient, by name; each relative to itself.
   *
   * A gradient that cancels (of a key's bias under softmax, of what a batch norm takes away) is rounding alone: what is
   * below a millionth of the largest norm counts as zero on both sides.
   */
  gradients(prefix: string, gradients: ReadonlyMap<string, Tensor | null>): void {
    const largest = Math.max(
      ...this.under(prefix).map((key) => this.given(`${prefix}${key}`).toFloat32()[0] as number),
    );
    for (const [key, gradient] of gradients) {
      const label = `${this.name} ${prefix}${key}`;
      const theirs = this.given(`${prefix}${key}`).toFloat32()[0] as number;
      if (gradient === null) throw new Error(`${label}: we have no gradient`);
      const far = Math.abs(gradient.norm().item() - theirs);
      expect(far, label).toBeLessThanOrEqual(GRADIENTS * theirs + 1e-6 * largest);
      this.comparisons++;
    }
  }

  /** Compares token ids, exactly. */
  same(key: string, ours: number[][]): void {
    expect(ours, `${this.name} ${key}`).toEqual(this.rows(key));
    this.comparisons++;
  }

  /** Every tensor of the file must have been asked for. */
  finish(): void {
    const left = [...this.#tensors.keys()].filter((key) => !this.#asked.has(key));
    expect(left, `${this.name}: tensors that nothing was compared with`).toEqual([]);
    for (const tensor of this.#tensors.values()) tensor.dispose();
  }
}

/** max|a − b| / max|b|; infinite where the sizes differ or a number is none. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
    size = Math.max(size, Math.abs(b[i] as number));
  }
  return most === 0 ? 0 : most / size;
}

/** `file` of a folder, parsed; undefined where there is none. */
export function readJson(folder: string, file: string): unknown {
  const path = join(folder, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
