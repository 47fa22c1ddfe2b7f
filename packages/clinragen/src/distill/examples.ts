/** From stays and rationales to what the network reads and is to write. */
import { answerIds, type Example, type LoadedModel, promptIds, type Reading } from '../model/index.js';
import { PHENOTYPES, type Phenotype } from '../phenotypes.js';
import type { Rationale, Stay } from '../types.js';
import { DistillError } from './distill-error.js';

export interface ExampleOptions {
  readonly reading: Reading;
  readonly noteTokens: number;
  readonly targetTokens: number;
  /** Null trains on diagnoses alone (ClinRaGen-III). */
  readonly rationales: ReadonlyMap<string, Rationale> | null;
}

/** What the network reads of a stay; `answer` is left to be generated. */
export function readingOf(
  loaded: Pick<LoadedModel, 'model' | 'tokenizer'>,
  stay: Stay,
  reading: Reading,
  noteTokens: number,
): Example {
  const { model, tokenizer } = loaded;
  const { compat } = model.config;
  const end = model.language.config.eos_token_id;
  return {
    prompt: promptIds(tokenizer, stay.note, { reading, compat, limit: noteTokens, end }),
    series: reading === 'note' ? null : stay.series,
    answer: [],
  };
}

/** @throws DistillError where a stay has no rationale, though rationales are to be learnt */
export function examplesOf(loaded: LoadedModel, stays: readonly Stay[], options: ExampleOptions): Example[] {
  const { model, tokenizer, form } = loaded;
  const end = model.language.config.eos_token_id;
  return stays.map((stay) => {
    const rationale = options.rationales === null ? null : options.rationales.get(stay.id);
    if (rationale === undefined) {
      throw new DistillError(`stay ${stay.id} has no rationale: run \`clinragen rationales\` for this cohort first`);
    }
    return {
      ...readingOf(loaded, stay, options.reading, options.noteTokens),
      answer: answerIds(
        tokenizer,
        form,
        { diagnoses: stay.labels, rationale, reading: options.reading },
        { compat: model.config.compat, end, limit: options.targetTokens },
      ),
      opening: form.opening(stay.labels).length,
      phenotypes: stay.labels.map((name) => PHENOTYPES.indexOf(name as Phenotype)),
    };
  });
}
