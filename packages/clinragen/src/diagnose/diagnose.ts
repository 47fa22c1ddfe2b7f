/** A trained checkpoint reads stays: diagnoses with probabilities, and both rationales. */
import { noGrad, scope } from '@clinragen/torch';
import {
  type Diagnosed,
  diagnoseBeam,
  generate,
  type LoadedModel,
  ModelError,
  makeBatch,
  promptIds,
  splitRationale,
} from '../model/index.js';
import { PHENOTYPES } from '../phenotypes.js';
import type { Prediction, Stay, Variable } from '../types.js';
import { diagnosesInText } from './text-labels.js';

export interface DiagnoseOptions {
  /** Beams of the rationale; 1 is greedy. */
  readonly beams: number;
  /** Tokens of the answer at most. */
  readonly maxTokens: number;
  /** See GenerateOptions. Default: what the checkpoint says. */
  readonly noRepeatNgram?: number | 'none';
  /** Stays decoded side by side. */
  readonly batchSize: number;
  /** Sets of diseases kept per stay, of which the probabilities are made. Default 8. */
  readonly sets?: number;
  /** False leaves the rationales empty. Default: what the checkpoint was trained for. */
  readonly rationales?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A term of the knowledge corpus and how much of a stay's knowledge attention it got. */
export interface TermWeight {
  readonly term: string;
  readonly weight: number;
}

export interface Diagnosis extends Prediction {
  /** Share of all valid sets' probability that the beam held; 1 where labels were read from text. */
  readonly mass: number;
  /** The terms that the series was said in, strongest first; empty where no series was read or in `paper`. */
  readonly terms: readonly TermWeight[];
}

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Diagnoses stays, in batches of stays alike in length. A stay's answer does not depend on its batch (`fixed`).
 *
 * @throws ModelError where the stays' variables are not those of the checkpoint
 */
export async function diagnoseStays(
  loaded: LoadedModel,
  stays: readonly Stay[],
  variables: readonly Variable[],
  options: DiagnoseOptions,
): Promise<Diagnosis[]> {
  checkVariables(loaded, variables);
  loaded.model.eval();
  const order = stays.map((_, i) => i).sort((a, b) => (stays[a] as Stay).note.length - (stays[b] as Stay).note.length);
  const results = new Array<Diagnosis>(stays.length);
  for (let from = 0; from < order.length; from += options.batchSize) {
    options.signal?.throwIfAborted();
    const indices = order.slice(from, from + options.batchSize);
    const batch = indices.map((i) => stays[i] as Stay);
    const answers = noGrad(() => scope(() => diagnoseBatch(loaded, batch, options)));
    for (const [at, i] of indices.entries()) results[i] = answers[at] as Diagnosis;
    options.onProgress?.(Math.min(from + indices.length, order.length), order.length);
    await breathe();
  }
  return results;
}

function checkVariables(loaded: LoadedModel, variables: readonly Variable[]): void {
  const show = (list: readonly { name: string; unit: string }[]) =>
    list.map(({ name, unit }) => `${name} (${unit})`).join(', ');
  const known = show(loaded.facts.variables);
  if (loaded.facts.reading !== 'note' && show(variables) !== known) {
    throw new ModelError(`the checkpoint reads the variables ${known}; the stays have ${show(variables)}`);
  }
}

function diagnoseBatch(loaded: LoadedModel, stays: readonly Stay[], options: DiagnoseOptions): Diagnosis[] {
  const { model, tokenizer, form, facts } = loaded;
  const { config } = model;
  const end = model.language.config.eos_token_id;
  const made = makeBatch(
    stays.map((stay) => ({
      prompt: promptIds(tokenizer, stay.note, {
        reading: facts.reading,
        compat: config.compat,
        limit: facts.noteTokens,
        end,
      }),
      series: facts.reading === 'note' ? null : stay.series,
      answer: [],
    })),
    {
      compat: config.compat,
      // Scaled by the checkpoint's own fences: those of the cohort at hand may be of other patients.
      variables: facts.variables,
      patchHours: config.patchHours,
      maxPatches: config.maxPatches,
      pad: model.language.config.pad_token_id,
      promptTokens: facts.noteTokens,
    },
  );
  const { states, mask, attended } = model.encode(made);
  const terms =
    attended === null || config.compat === 'paper'
      ? stays.map(() => [])
      : strongestTerms(loaded, attended.weights, made.series);
  const noRepeat = options.noRepeatNgram ?? facts.generate.noRepeatNgram ?? 'none';
  const search = {
    beams: options.beams,
    maxTokens: options.maxTokens,
    ...(noRepeat === 'none' ? {} : { noRepeatNgram: noRepeat }),
  };

  if (config.compat === 'paper') {
    const { ids } = generate(model.language, states, mask, search);
    return stays.map((stay, i) => {
      const text = tokenizer.decode(ids[i] as number[]);
      const diagnosed = diagnosesInText(text);
      const probabilities = Object.fromEntries(PHENOTYPES.map((name) => [name, diagnosed.includes(name) ? 1 : 0]));
      const why = splitRationale(text.slice(Math.max(0, text.indexOf('### Rationale:'))).replace('### Rationale:', ''));
      return { ...identity(stay), diagnosed, probabilities, rationale: why, mass: 1, terms: terms[i] ?? [] };
    });
  }

  const found = diagnoseBeam(model.language, states, mask, form, options.sets ?? 8);
  const sets = found.map((one) => diagnosedNames(one, facts.threshold));
  const writes = options.rationales ?? facts.rationales;
  const written = writes
    ? generate(model.language, states, mask, { ...search, prefix: sets.map((names) => form.opening(names)) }).ids
    : stays.map(() => []);
  return stays.map((stay, i) => {
    const text = tokenizer.decode(written[i] as number[]);
    return {
      ...identity(stay),
      diagnosed: sets[i] as string[],
      probabilities: byName(found[i] as Diagnosed),
      // Where the series alone is read, all that is written is R^t.
      rationale: facts.reading === 'series' ? { note: '', series: text.trim() } : splitRationale(text),
      mass: (found[i] as Diagnosed).mass,
      terms: terms[i] ?? [],
    };
  });
}

function identity(stay: Stay): Pick<Prediction, 'stay' | 'subject' | 'split' | 'recorded'> {
  return { stay: stay.id, subject: stay.subject, split: stay.split, recorded: stay.labels };
}

/** The diseases at or above the checkpoint's threshold, or those of the most probable set where it has none. */
function diagnosedNames({ sets, probabilities }: Diagnosed, threshold: number | null): string[] {
  if (threshold !== null) return PHENOTYPES.filter((_, i) => (probabilities[i] as number) >= threshold);
  return (sets[0]?.phenotypes ?? []).map((i) => PHENOTYPES[i] as string);
}

function byName({ probabilities }: Diagnosed): Record<string, number> {
  return Object.fromEntries(PHENOTYPES.map((name, i) => [name, probabilities[i] as number]));
}

const SHOWN_TERMS = 12;

/** Attention [B, h, P, K], averaged over heads and over the patches that a stay has. */
function strongestTerms(
  { model }: LoadedModel,
  weights: import('@clinragen/torch').Tensor,
  series: NonNullable<ReturnType<typeof makeBatch>['series']> | null,
): TermWeight[][] {
  if (series === null) return [];
  const present = series.mask.to('float32'); // [B, P]
  const byTerm = weights
    .to('float32')
    .mean([1])
    .mul(present.unsqueeze(-1))
    .sum([1])
    .div(present.sum([1], true)); // [B, K]
  const [values, indices] = byTerm.topk(Math.min(SHOWN_TERMS, byTerm.size(-1)));
  const shown = values.size(-1);
  const flat = values.toFloat32();
  const at = indices.toTypedArray() as BigInt64Array;
  return Array.from({ length: values.size(0) }, (_, row) =>
    Array.from({ length: shown }, (_unused, i) => ({
      term: model.corpus.terms[Number(at[row * shown + i])] as string,
      weight: flat[row * shown + i] as number,
    })),
  );
}
