/**
 * Greedy and beam search, with the scores and the stopping rules of Hugging Face's `generate`, and a door for constraints.
 *
 * Notation: B items, R = B · beams rows, V vocabulary.
 */
import { fromTypedArray, noGrad, scope, type Tensor } from '@clinragen/torch';
import { BeamHypotheses } from './beam-hypotheses.js';
import { bestContinuations, bestOf } from './fused.js';
import { repeatingTokens } from './repeats.js';
import type { T5 } from './t5.js';

export interface GenerateOptions {
  /** 1 is greedy. */
  readonly beams?: number;
  /** New tokens at most, the end token included, the prefix not. */
  readonly maxTokens: number;
  /** Exponent of the length that a beam's score is divided by; 1 as in Hugging Face. */
  readonly lengthPenalty?: number;
  /** true: stop at the first `beams` finished sequences; false: when no running one can be better; 'never': only then, surely. */
  readonly earlyStopping?: boolean | 'never';
  /** Count the start token in the length of sequences that did not end, as transformers before 4.36 did; default false. */
  readonly countStartToken?: boolean;
  /** Tokens that no sequence says twice in a row of this length, as `no_repeat_ngram_size`; the prefix is not looked at. Default: none. */
  readonly noRepeatNgram?: number;
  /** Per item, tokens that it begins with, after the start token; of any length each. They count neither in length nor score. */
  readonly prefix?: readonly (readonly number[])[];
}

export interface Generated {
  /** Per item the tokens after the start token (and its prefix), the end token not included. */
  readonly ids: number[][];
  /** Per item: sum of log-probabilities / length^penalty (beam search), or the sum (greedy). */
  readonly scores: number[];
}

/**
 * Decodes from the encoder's states.
 *
 * @param states [B, S, d]
 * @param mask   [B, S] or null
 */
export function generate(model: T5, states: Tensor, mask: Tensor | null, options: GenerateOptions): Generated {
  const beams = options.beams ?? 1;
  return noGrad(() =>
    scope(() => (beams === 1 ? greedy(model, states, mask, options) : beamSearch(model, states, mask, beams, options))),
  );
}

function idsTensor(ids: readonly number[], like: Tensor): Tensor {
  return fromTypedArray(BigInt64Array.from(ids, BigInt), undefined, { device: like.device });
}

/** Where in `[rows, vocabulary]`, read flat, tokens stand that would repeat an n-gram. */
function repeatsAt(sequences: readonly (readonly number[])[], n: number | undefined, start: number, width: number) {
  if (n === undefined) return [];
  return sequences.flatMap((ids, row) => repeatingTokens([start, ...ids], n).map((id) => row * width + id));
}

/** A copy of `scores` [rows, vocabulary] that is −∞ at these places. */
function without(scores: Tensor, places: readonly number[], like: Tensor): Tensor {
  const flat = scores.contiguous().view([-1]);
  return flat.indexFill(0, idsTensor(places, like), Number.NEGATIVE_INFINITY).view(scores.shape);
}

function longest(prefix: readonly (readonly number[])[]): number {
  return Math.max(0, ...prefix.map((ids) => ids.length));
}

function greedy(model: T5, states: Tensor, mask: Tensor | null, options: GenerateOptions): Generated {
  const { eos_token_id: eos, pad_token_id: pad, decoder_start_token_id: start } = model.config;
  const items = states.size(0);
  const prefix = options.prefix ?? [];
  const room = options.maxTokens + longest(prefix) + 1;
  const cache = model.startDecoding(states, mask, room, 1);
  const ids: number[][] = Array.from({ length: items }, () => []);
  const scores = new Array<number>(items).fill(0);
  const done = new Array<boolean>(items).fill(false);
  let logits = model.decodeStep(idsTensor(new Array(items).fill(start), states), cache);
  for (let step = 0; ; step++) {
    const [best, chosen] = scope(() => {
      const wide = logits.to('float32');
      const barred = repeatsAt(ids, options.noRepeatNgram, start, model.config.vocab_size);
      const open = barred.length === 0 ? wide : without(wide, barred, states);
      const [values, indices] = open.max(-1); // [B]
      const logProb = values.sub(open.logsumexp(-1));
      return [logProb.toTypedArray() as Float32Array, indices.toTypedArray() as BigInt64Array] as const;
    });
    const next: number[] = [];
    for (let i = 0; i < items; i++) {
      const forced = prefix[i]?.[step];
      if (forced !== undefined || done[i]) {
        next.push(forced ?? pad);
        continue;
      }
      const id = Number(chosen[i]);
      scores[i] = (scores[i] as number) + (best[i] as number);
      if (id !== eos) ids[i]?.push(id);
      if (id === eos || step + 1 - (prefix[i]?.length ?? 0) === options.maxTokens) done[i] = true;
      next.push(id);
    }
    if (done.every(Boolean)) break;
    const before = logits;
    logits = scope(() => model.decodeStep(idsTensor(next, states), cache));
    before.dispose();
  }
  return { ids, scores };
}

function beamSearch(
  model: T5,
  states: Tensor,
  mask: Tensor | null,
  beams: number,
  options: GenerateOptions,
): Generated {
  const { eos_token_id: eos, pad_token_id: pad, decoder_start_token_id: start, vocab_size: vocabulary } = model.config;
  const items = states.size(0);
  const rows = items * beams;
  const prefix = options.prefix ?? [];
  const penalty = options.lengthPenalty ?? 1;
  const stopping = options.earlyStopping ?? false;
  const room = options.maxTokens + longest(prefix) + 1;
  const cache = model.startDecoding(states, mask, room, beams);
  const finished = Array.from({ length: items }, () => new BeamHypotheses(beams, penalty, stopping, options.maxTokens));
  const done = new Array<boolean>(items).fill(false);
  const running: number[][] = Array.from({ length: rows }, () => []);
  // All beams of an item start equal: only the first may be extended at the first step.
  let sums = Float32Array.from({ length: rows }, (_, row) => (row % beams === 0 ? 0 : -1e9));
  let logits = model.decodeStep(idsTensor(new Array(rows).fill(start), states), cache);
  for (let step = 1; ; step++) {
    const [values, indices] = scope(() => {
      const so = fromTypedArray(sums, [rows], { device: states.device });
      const barred = repeatsAt(running, options.noRepeatNgram, start, vocabulary);
      const [top, at] =
        barred.length === 0
          ? bestContinuations(logits, so, beams, 2 * beams)
          : bestOf(without(logits.to('float32').logSoftmax(-1), barred, states), so, beams, 2 * beams);
      return [top.toTypedArray() as Float32Array, at.toTypedArray() as BigInt64Array] as const;
    });
    const nextRows: number[] = [];
    const nextIds: number[] = [];
    const nextSums = new Float32Array(rows);
    for (let item = 0; item < items; item++) {
      const first = item * beams;
      const forced = prefix[item]?.[step - 1];
      if (forced !== undefined || done[item]) {
        for (let beam = 0; beam < beams; beam++) {
          nextRows.push(first + beam);
          nextIds.push(forced ?? pad);
          nextSums[first + beam] = sums[first + beam] as number;
        }
        continue;
      }
      const length = step - (prefix[item]?.length ?? 0); // tokens of the item's own, with this one
      let taken = 0;
      for (let rank = 0; rank < 2 * beams && taken < beams; rank++) {
        const sum = values[item * 2 * beams + rank] as number;
        const flat = Number(indices[item * 2 * beams + rank]);
        const row = first + Math.floor(flat / vocabulary);
        const id = flat % vocabulary;
        if (id === eos) {
          // An end that ranks below the beams would not have been kept.
          if (rank < beams) finished[item]?.add(running[row] as number[], sum, length);
          continue;
        }
        nextSums[first + taken] = sum;
        nextRows.push(row);
        nextIds.push(id);
        taken++;
      }
      const hypotheses = finished[item] as BeamHypotheses;
      if (hypotheses.isDone(values[item * 2 * beams] as number, length)) done[item] = true;
      else {
        // Written aside first: a beam may be read by several others.
        const extended = nextRows
          .slice(first)
          .map((row, beam) => [...(running[row] as number[]), nextIds[first + beam] as number]);
        for (const [beam, sequence] of extended.entries()) running[first + beam] = sequence;
        if (length === options.maxTokens) {
          for (const [beam, sequence] of extended.entries()) {
            hypotheses.add(sequence, nextSums[first + beam] as number, length + (options.countStartToken ? 1 : 0));
          }
          done[item] = true;
        }
      }
    }
    sums = nextSums;
    if (done.every(Boolean)) break;
    const before = logits;
    logits = scope(() => {
      if (beams > 1) model.reorder(cache, idsTensor(nextRows, states));
      return model.decodeStep(idsTensor(nextIds, states), cache);
    });
    before.dispose();
  }
  const best = finished.map((hypotheses) => hypotheses.best());
  return { ids: best.map(({ ids }) => ids), scores: best.map(({ score }) => score) };
}
