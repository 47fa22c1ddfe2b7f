/**
 * The hospital's only source of chance: sfc32 (Chris Doty-Humphrey's small fast counter), seeded from any number of integers.
 *
 * Every patient has a generator of its own, seeded from (seed, patient), so that patient 17 is the same person in a
 * hospital of 20 and of 20,000, and tables can be written one patient at a time.
 */
export class Rng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | undefined;

  constructor(...seeds: readonly number[]) {
    // splitmix32 over the seeds: neighbouring seeds must not give neighbouring streams.
    let h = 0x9e3779b9;
    const next = (x: number) => {
      h = (h ^ x) | 0;
      h = (h + 0x9e3779b9) | 0;
      let t = h ^ (h >>> 16);
      t = Math.imul(t, 0x21f0aaad);
      t ^= t >>> 15;
      t = Math.imul(t, 0x735a2d97);
      return (t ^ (t >>> 15)) | 0;
    };
    for (const seed of seeds) {
      next(seed | 0);
      h = next(Math.floor(seed / 0x1_0000_0000) | 0);
    }
    this.#a = next(1);
    this.#b = next(2);
    this.#c = next(3);
    for (let i = 0; i < 12; i++) this.#bits();
  }

  #bits(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.#bits() / 0x1_0000_0000;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** A whole number in [low, high], both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Gaussian (Box and Muller's polar form, by Marsaglia). */
  normal(mean = 0, sd = 1): number {
    if (this.#spare !== undefined) {
      const z = this.#spare;
      this.#spare = undefined;
      return mean + sd * z;
    }
    for (;;) {
      const u = 2 * this.unit() - 1;
      const v = 2 * this.unit() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const f = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spare = v * f;
        return mean + sd * u * f;
      }
    }
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.unit() * from.length)]!;
  }

  /** One of the entries, each with its own weight. */
  weighted<T>(from: readonly (readonly [T, number])[]): T {
    let total = 0;
    for (const [, weight] of from) total += weight;
    let left = this.unit() * total;
    for (const [item, weight] of from) {
      left -= weight;
      if (left < 0) return item;
    }
    return from[from.length - 1]![0];
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffled<T>(from: readonly T[]): T[] {
    const out = [...from];
    for (let i = out.length - 1; i > 0; i--) {
      const j = Math.floor(this.unit() * (i + 1));
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }
}
