/** The finished sequences of one item, best first: Hugging Face's BeamHypotheses. */
export class BeamHypotheses {
  readonly #size: number;
  readonly #penalty: number;
  readonly #stopping: boolean | 'never';
  readonly #maxLength: number;
  readonly #kept: { score: number; ids: number[] }[] = [];

  constructor(size: number, penalty: number, stopping: boolean | 'never', maxLength: number) {
    this.#size = size;
    this.#penalty = penalty;
    this.#stopping = stopping;
    this.#maxLength = maxLength;
  }

  get #worst(): number {
    return this.#kept.length < this.#size
      ? Number.NEGATIVE_INFINITY
      : (this.#kept.at(-1)?.score ?? Number.NEGATIVE_INFINITY);
  }

  /** @param length tokens generated, the end token included where there is one */
  add(ids: readonly number[], sumLogProb: number, length: number): void {
    const score = sumLogProb / length ** this.#penalty;
    if (score <= this.#worst) return;
    const at = this.#kept.findIndex((other) => other.score < score);
    this.#kept.splice(at < 0 ? this.#kept.length : at, 0, { score, ids: [...ids] });
    if (this.#kept.length > this.#size) this.#kept.pop();
  }

  /** Whether no running sequence, the best of which has `bestSum` at `length`, can still get in. */
  isDone(bestSum: number, length: number): boolean {
    if (this.#kept.length < this.#size) return false;
    if (this.#stopping === true) return true;
    const at = this.#stopping === 'never' && this.#penalty > 0 ? this.#maxLength : length;
    return this.#worst >= bestSum / at ** this.#penalty;
  }

  best(): { score: number; ids: number[] } {
    return this.#kept[0] ?? { score: Number.NEGATIVE_INFINITY, ids: [] };
  }
}
