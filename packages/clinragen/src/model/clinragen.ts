/**
 * ClinRaGen (paper, section 3.3): a series encoder and knowledge attention in front of a language model.
 *
 * Notation: B stays, S note tokens, T hours, V variables, P patches, d the language model's width, K terms.
 */
import { fromTypedArray, keep, noGrad, ops, randn, scope, Tensor } from '@clinragen/torch';
import { Linear, Module, parameter } from '@clinragen/torch/nn';
import { z } from 'zod';
import { PHENOTYPES } from '../phenotypes.js';
import type { Batch } from './batch.js';
import { crossEntropy } from './fused.js';
import { type Attended, KnowledgeAttention } from './knowledge-attention.js';
import { PatchTST } from './patchtst.js';
import { T5 } from './t5.js';
import type { T5Config } from './t5-config.js';

/** What the network is beside its language model: `clinragen.json` of a checkpoint. */
export const seriesConfigSchema = z.strictObject({
  compat: z.enum(['fixed', 'paper']),
  /** Hours of a patch. */
  patchHours: z.int().positive(),
  maxPatches: z.int().positive(),
  width: z.int().positive(),
  heads: z.int().positive(),
  feedForward: z.int().positive(),
  layers: z.int().positive(),
  dropout: z.number().min(0).max(1),
  knowledge: z.strictObject({
    heads: z.int().positive(),
    headWidth: z.int().positive(),
    dropout: z.number().min(0).max(1),
  }),
  variables: z.int().positive(), // V
});
export type SeriesConfig = z.infer<typeof seriesConfigSchema>;

/** Rows that the authors' code makes of the corpus's tokens (Time-LLM's prototypes). */
const PROTOTYPES = 24;

/** Scaled to a mean square of 1 over the last dimension. */
function normed(x: Tensor): Tensor {
  const wide = x.to('float32');
  return wide.mul(wide.square().mean([-1], true).add(1e-6).rsqrt());
}

/** One token per patch out of one state per patch and variable: which variable speaks is learned, patch by patch. */
class VariablePool extends Module {
  readonly variable: Tensor; // [V, d_s]
  readonly inner: Linear;
  readonly score: Linear;

  constructor(variables: number, width: number) {
    super();
    this.variable = parameter(randn([variables, width]).mul_(0.5));
    this.inner = new Linear(width, width);
    this.score = new Linear(width, 1);
  }

  /** @param states [B, V, d_s, P] @returns [B, P, d_s] */
  forward(states: Tensor): Tensor {
    const byPatch = states.permute([0, 3, 1, 2]); // [B, P, V, d_s]
    // The variable's own vector enters before the nonlinearity: a high heart rate and a high glucose differ in kind.
    const hidden = this.inner.forward(byPatch.add(this.variable)).gelu(); // [B, P, V, d_s]
    const weights = this.score.forward(hidden).softmax(-2).to(hidden.dtype); // [B, P, V, 1]
    return hidden.mul(weights).sum([2]);
  }
}

/** The trained part beside the language model: φ of the paper's equation 5. */
export class SeriesReader extends Module {
  readonly encoder: PatchTST;
  readonly pool: VariablePool;
  readonly project: Linear;
  readonly attention: KnowledgeAttention;
  /** `paper` only: the corpus's tokens → 24 prototypes, and the frozen copy of their embeddings [tokens, d]. */
  readonly mapping: Linear | null = null;
  readonly words: Tensor | null = null;

  constructor(config: SeriesConfig, languageWidth: number, corpusTokens: number) {
    super();
    const { compat, patchHours, maxPatches, width, heads, feedForward, layers, dropout } = config;
    this.encoder = new PatchTST({
      // `fixed` hands in each hour's measured mask beside its value: a value carried forward is weaker evidence.
      patchWidth: compat === 'paper' ? patchHours : 2 * patchHours,
      maxPatches,
      width,
      heads,
      feedForward,
      layers,
      dropout,
      norm: 'batch',
    });
    this.pool = new VariablePool(config.variables, width);
    this.project = new Linear(width, languageWidth);
    this.attention = new KnowledgeAttention({ width: languageWidth, ...config.knowledge });
    if (compat === 'paper') {
      this.mapping = new Linear(corpusTokens, PROTOTYPES);
      this.words = keep(ops.zeros([corpusTokens, languageWidth]));
      this.registerBuffer('words');
    }
  }
}

/** Of ATen's embedding_bag: a bag's row is the mean of its tokens'. */
const MEAN = 1;

/** The knowledge corpus in tokens. */
export interface Corpus {
  readonly terms: readonly string[]; // K
  /** int64: the tokens of all terms, one term behind the other. */
  readonly ids: Tensor;
  /** [K] int64: where each term begins in `ids`. */
  readonly offsets: Tensor;
  /** Unique token ids of all terms, ascending, int64 (`paper`). */
  readonly unique: Tensor;
  /** [K, 25] float32: a term's share in each phenotype that it stands for, summing to 1 (0 where unknown). */
  readonly owners: Tensor;
}

/** @param owners indices into PHENOTYPES of those that a term stands for */
export function corpusFrom(
  terms: readonly string[],
  spell: (term: string) => readonly number[],
  owners: (term: string) => readonly number[] = () => [],
): Corpus {
  const spelled = terms.map((term) => spell(term));
  const offsets = new BigInt64Array(terms.length);
  for (let row = 1, at = 0; row < terms.length; row++) {
    at += (spelled[row - 1] as readonly number[]).length;
    offsets[row] = BigInt(at);
  }
  const shares = new Float32Array(terms.length * PHENOTYPES.length);
  for (const [row, term] of terms.entries()) {
    const of = owners(term);
    for (const phenotype of of) shares[row * PHENOTYPES.length + phenotype] = 1 / of.length;
  }
  const unique = BigInt64Array.from(
    [...new Set(spelled.flat())].sort((a, b) => a - b),
    BigInt,
  );
  return keep({
    terms,
    ids: fromTypedArray(BigInt64Array.from(spelled.flat(), BigInt)),
    offsets: fromTypedArray(offsets),
    unique: fromTypedArray(unique),
    owners: fromTypedArray(shares, [terms.length, PHENOTYPES.length]),
  });
}

export interface Encoded {
  readonly states: Tensor; // [B, L, d]
  readonly mask: Tensor | null; // [B, L]
  /** Knowledge attention's weights, where the batch has series. */
  readonly attended: Attended | null;
}

export class ClinRaGen extends Module {
  readonly language: T5;
  readonly series: SeriesReader;
  readonly #config: SeriesConfig;
  readonly #corpus: Corpus;

  constructor(language: T5Config, config: SeriesConfig, corpus: Corpus) {
    super();
    this.#config = config;
    this.#corpus = corpus;
    this.language = new T5(language);
    this.series = new SeriesReader(config, language.d_model, corpus.unique.size(0));
    this.copyWords();
  }

  get config(): SeriesConfig {
    return this.#config;
  }

  get corpus(): Corpus {
    return this.#corpus;
  }

  /** `paper`: takes the frozen copy of the corpus's embeddings anew, once the language model is the distilled one. */
  copyWords(): void {
    const { words } = this.series;
    if (words !== null) noGrad(() => scope(() => words.copy_(this.language.shared.forward(this.#corpus.unique))));
  }

  override dispose(): void {
    super.dispose();
    for (const part of Object.values(this.#corpus)) if (part instanceof Tensor) part.dispose();
  }

  /** Keys and values of the knowledge attention: [K, d], one row per term; in `paper` [24, d]. */
  corpusRows(): Tensor {
    const { mapping, words } = this.series;
    if (mapping !== null && words !== null) return mapping.forward(words.t()).t();
    const { ids, offsets } = this.#corpus;
    return ops.embeddingBag(this.language.shared.weight, ids, offsets, { mode: MEAN })[0];
  }

  /** [B, P, V, w] as the encoder takes it. */
  #patches(batch: Batch): Tensor {
    const { patchHours } = this.#config;
    const { values, measured } = batch.series as NonNullable<Batch['series']>;
    const [b, hours, v] = values.shape as [number, number, number];
    const p = hours / patchHours;
    // The authors reshape without transposing: values of different variables mix in a patch.
    if (this.#config.compat === 'paper') return values.reshape([b, p, v, patchHours]);
    const byVariable = (x: Tensor) => x.reshape([b, p, patchHours, v]).transpose(2, 3);
    return ops.cat([byVariable(values), byVariable(measured)], -1);
  }

  /** f_φ(T, K): the series as tokens of the language model, [B, P, d]. */
  readSeries(batch: Batch): Attended {
    const mask = this.#config.compat === 'paper' ? null : (batch.series?.mask ?? null);
    const pooled = this.series.pool.forward(this.series.encoder.forward(this.#patches(batch), mask)); // [B, P, d_s]
    const queries = this.series.project.forward(pooled); // [B, P, d]
    const rows = this.corpusRows(); // [K, d]
    if (this.#config.compat === 'paper') return this.series.attention.forward(queries, rows);
    // From random weights the projections are so small that every patch would attend to all terms alike, and the result
    // would be lost beside words twenty times its size. Normed, it is as large as the words of the corpus.
    const { states, weights } = this.series.attention.forward(normed(queries), normed(rows));
    const size = this.language.shared.forward(this.corpus.unique).detach().square().mean().sqrt();
    return { states: normed(states).mul(size), weights };
  }

  /** The language model's input: note tokens, then series tokens, without padding between. */
  embed(batch: Batch): { embeddings: Tensor; mask: Tensor | null; attended: Attended | null } {
    const words = this.language.shared.forward(batch.ids); // [B, S, d]
    if (batch.series === null) return { embeddings: words, mask: batch.mask, attended: null };
    const attended = this.readSeries(batch);
    const d = words.size(-1);
    const side = ops.cat([words, attended.states.to(words.dtype)], 1); // [B, S + P, d]
    const [b, length] = batch.gather.shape as [number, number];
    const embeddings = side
      .view([-1, d])
      .indexSelect(0, batch.gather.view([-1]))
      .view([b, length, d]);
    return { embeddings, mask: batch.joinedMask, attended };
  }

  /**
   * Mean negative log-likelihood of the answers, per token (weighed, where the batch says so): equations 4 to 6. With a
   * `knowledgeWeight`, that much of `knowledgeLoss` is added where the series is read.
   */
  loss(batch: Batch & { readonly labels: Tensor }, knowledgeWeight = 0): Tensor {
    const { embeddings, mask, attended } = this.embed(batch);
    const loss = this.#answerLoss(batch, embeddings, mask);
    if (knowledgeWeight === 0 || attended === null || batch.phenotypes === null) return loss;
    return loss.add(this.#knowledgeLoss(attended.weights, batch).mul(knowledgeWeight));
  }

  /**
   * How far the knowledge attention is from the terms of the recorded diseases: −Σ log of each one's share of the attention,
   * over heads and patches, mean over the recorded. It grounds the series in the corpus, so that the terms named are the
   * diseases' own; and it reaches the series encoder without passing through the frozen language model of stage 2.
   */
  #knowledgeLoss(weights: Tensor, batch: Batch): Tensor {
    const recorded = batch.phenotypes as Tensor; // [B, 25]
    const present = (batch.series as NonNullable<Batch['series']>).mask.to('float32'); // [B, P]
    const perPatch = weights.to('float32').mean([1]); // [B, P, K]
    const byTerm = perPatch
      .mul(present.unsqueeze(-1))
      .sum([1])
      .div(present.sum([1], true)); // [B, K]
    const shares = byTerm.matmul(this.#corpus.owners).add(1e-6); // [B, 25]
    const counted = recorded.sum([1]).clamp({ min: 1 }); // [B]
    return shares.log().mul(recorded).sum([1]).div(counted).mean().neg();
  }

  #answerLoss(batch: Batch & { readonly labels: Tensor }, embeddings: Tensor, mask: Tensor | null): Tensor {
    const { labels, weights } = batch;
    if (weights === null) return this.language.forward(embeddings, mask, labels).loss;
    const { language } = this;
    const states = language.decode(language.shiftRight(labels), language.encode(embeddings, mask), mask);
    const logits = language.logits(states).view([-1, language.config.vocab_size]);
    return crossEntropy(logits, labels.reshape([-1]), weights.view([-1]));
  }

  encode(batch: Batch): Encoded {
    const { embeddings, mask, attended } = this.embed(batch);
    // The authors generate without an attention mask: padding is attended.
    const used = this.#config.compat === 'paper' ? null : mask;
    return { states: this.language.encode(embeddings, used), mask: used, attended };
  }
}
