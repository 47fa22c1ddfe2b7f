/**
 * Diagnoses under constraint: a beam over sets of phenotypes, of which every one is valid, and a probability per disease.
 *
 * The trie over the names' tokens allows the names in canonical order, each once, or `none`. At each token the model's
 * probabilities are renormalised over what is allowed, so that all valid sets together have probability 1; a disease's
 * probability is the share of the beam's mass in sets that contain it.
 */
import { fromTypedArray, noGrad, scope, type Tensor } from '@clinragen/torch';
import type { T5 } from './t5.js';
import type { AnswerForm } from './target.js';

export interface DiagnosedSet {
  /** Indices into PHENOTYPES, ascending. */
  readonly phenotypes: readonly number[];
  readonly logProbability: number;
}

export interface Diagnosed {
  /** The beam's sets, most probable first. */
  readonly sets: readonly DiagnosedSet[];
  /** Per name of the form, [25]. */
  readonly probabilities: Float64Array;
  /** Share of all valid sets' probability that the beam holds: how far the probabilities can be trusted. */
  readonly mass: number;
}

/** One hypothesis: the names chosen, and the tokens of the one under way. */
interface Hypothesis {
  readonly chosen: readonly number[];
  readonly partial: readonly number[];
  readonly sum: number;
  /** Row of the cache that it goes on from. */
  readonly row: number;
  readonly ended: boolean;
}

/** What of an AnswerForm the lists are made of. */
export type ListForm = Pick<AnswerForm, 'prefix' | 'names' | 'none' | 'separator' | 'close'>;

/** The names' tokens as a trie walk: what may follow, and what a token leads to. */
export class DiagnosisTrie {
  readonly #spelled: readonly (readonly number[])[];
  readonly #separator: number;
  readonly #close: number;
  /** Index of `none`, behind the names. */
  readonly #none: number;

  constructor(form: ListForm) {
    this.#spelled = [...form.names, form.none];
    this.#separator = form.separator;
    this.#close = form.close[0] as number;
    this.#none = form.names.length;
  }

  #candidates(chosen: readonly number[], partial: readonly number[]): number[] {
    const last = chosen.at(-1) ?? -1;
    const found: number[] = [];
    for (let i = last + 1; i <= this.#none; i++) {
      // `none` stands alone; nothing follows it.
      if ((i === this.#none && chosen.length > 0) || last === this.#none) continue;
      const ids = this.#spelled[i] as readonly number[];
      if (partial.length <= ids.length && partial.every((id, at) => ids[at] === id)) found.push(i);
    }
    return found;
  }

  /** The tokens that may follow; `close` among them once a name is complete. */
  allowed(chosen: readonly number[], partial: readonly number[]): number[] {
    const next = new Set<number>();
    for (const i of this.#candidates(chosen, partial)) {
      const ids = this.#spelled[i] as readonly number[];
      if (ids.length > partial.length) next.add(ids[partial.length] as number);
      else {
        next.add(this.#close);
        if (i < this.#none - 1) next.add(this.#separator);
      }
    }
    return [...next];
  }

  /** The state after a token; `ended` once the list is closed. */
  advance(chosen: readonly number[], partial: readonly number[], id: number): Omit<Hypothesis, 'sum' | 'row'> {
    if (id !== this.#separator && id !== this.#close) return { chosen, partial: [...partial, id], ended: false };
    const complete = this.#spelled.findIndex(
      (ids) => ids.length === partial.length && ids.every((x, i) => x === partial[i]),
    );
    return { chosen: [...chosen, complete], partial: [], ended: id === this.#close };
  }
}

function logSumExp(values: readonly number[]): number {
  const top = Math.max(...values);
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

function idsTensor(ids: readonly number[], like: Tensor): Tensor {
  return fromTypedArray(BigInt64Array.from(ids, BigInt), undefined, { device: like.device });
}

/** One step of the beam of one item: the best `beams` continuations of its hypotheses. */
export function extend(
  hypotheses: readonly Hypothesis[],
  trie: DiagnosisTrie,
  beams: number,
  logProbability: (row: number, id: number) => number,
): { hypothesis: Hypothesis; id: number }[] {
  const grown: { hypothesis: Hypothesis; id: number }[] = [];
  for (const hypothesis of hypotheses) {
    if (hypothesis.ended) {
      grown.push({ hypothesis, id: -1 });
      continue;
    }
    const allowed = trie.allowed(hypothesis.chosen, hypothesis.partial);
    const scores = allowed.map((id) => logProbability(hypothesis.row, id));
    const total = logSumExp(scores);
    for (const [i, id] of allowed.entries()) {
      // A model whose numbers broke (NaN, ∞) still answers with valid names: all continuations count alike.
      const step = Number.isFinite(total) ? (scores[i] as number) - total : -Math.log(allowed.length);
      if (step === Number.NEGATIVE_INFINITY) continue; // surely not
      const state = trie.advance(hypothesis.chosen, hypothesis.partial, id);
      grown.push({ hypothesis: { ...state, sum: hypothesis.sum + step, row: hypothesis.row }, id });
    }
  }
  return grown.sort((a, b) => b.hypothesis.sum - a.hypothesis.sum).slice(0, beams);
}

function summarise(hypotheses: readonly Hypothesis[], names: number): Diagnosed {
  const sets = hypotheses
    .map(({ chosen, sum }) => ({ phenotypes: chosen.filter((i) => i < names), logProbability: sum }))
    .sort((a, b) => b.logProbability - a.logProbability);
  const mass = sets.reduce((sum, set) => sum + Math.exp(set.logProbability), 0);
  const probabilities = new Float64Array(names);
  for (const set of sets) {
    for (const i of set.phenotypes)
      probabilities[i] = (probabilities[i] as number) + Math.exp(set.logProbability) / mass;
  }
  for (let i = 0; i < probabilities.length; i++) probabilities[i] = Math.min(1, probabilities[i] as number);
  return { sets, probabilities, mass: Math.min(1, mass) };
}

/**
 * Diagnoses the items of a batch.
 *
 * @param states [B, S, d] of the encoder
 * @param mask   [B, S] or null
 * @param beams  sets kept per item; more make the probabilities finer
 */
export function diagnoseBeam(
  model: T5,
  states: Tensor,
  mask: Tensor | null,
  form: ListForm,
  beams: number,
): Diagnosed[] {
  const trie = new DiagnosisTrie(form);
  const items = states.size(0);
  const rows = items * beams;
  const longest = Math.max(...form.names.map((ids) => ids.length)) + 1;
  const room = form.prefix.length + form.names.length * longest + 2;
  return noGrad(() =>
    scope(() => {
      let size = Math.min(room, 64);
      let cache = model.startDecoding(states, mask, size, beams);
      const step = (ids: readonly number[], from: readonly number[] | null): Tensor => {
        if (cache.length === size) {
          // Lists this long are rare: the cache begins small and grows.
          size = Math.min(room, size * 2);
          const larger = scope(() => model.enlarge(cache, size));
          for (const { keys, values } of cache.self) {
            keys.dispose();
            values.dispose();
          }
          cache = larger;
        }
        return scope(() => {
          if (from !== null) model.reorder(cache, idsTensor(from, states));
          return model.decodeStep(idsTensor(ids, states), cache);
        });
      };
      let logits = step(new Array(rows).fill(model.config.decoder_start_token_id), null);
      for (const id of form.prefix) logits = step(new Array(rows).fill(id), null);
      let beam: Hypothesis[][] = Array.from({ length: items }, (_, item) => [
        { chosen: [], partial: [], sum: 0, row: item * beams, ended: false },
      ]);
      while (beam.some((hypotheses) => hypotheses.some(({ ended }) => !ended))) {
        const before = logits;
        const probability = readAllowed(before, beam, trie);
        const ids = new Array<number>(rows).fill(model.config.pad_token_id);
        const from = Array.from({ length: rows }, (_, row) => row);
        beam = beam.map((hypotheses, item) =>
          extend(hypotheses, trie, beams, probability).map(({ hypothesis, id }, at) => {
            const row = item * beams + at;
            from[row] = hypothesis.row;
            if (id >= 0) ids[row] = id;
            return { ...hypothesis, row };
          }),
        );
        if (beam.every((hypotheses) => hypotheses.every(({ ended }) => ended))) break;
        logits = step(ids, from);
        before.dispose();
      }
      return beam.map((hypotheses) => summarise(hypotheses, form.names.length));
    }),
  );
}

/** Reads the logits of allowed tokens alone: of a vocabulary of thousands, a few dozen are. */
function readAllowed(
  logits: Tensor,
  beam: readonly Hypothesis[][],
  trie: DiagnosisTrie,
): (row: number, id: number) => number {
  const column = new Map<number, number>();
  for (const hypotheses of beam) {
    for (const { chosen, partial, ended } of hypotheses) {
      if (!ended) for (const id of trie.allowed(chosen, partial)) if (!column.has(id)) column.set(id, column.size);
    }
  }
  const values = scope(() => logits.indexSelect(1, idsTensor([...column.keys()], logits)).toFloat32()); // [R, allowed]
  return (row, id) => values[row * column.size + (column.get(id) as number)] as number;
}
