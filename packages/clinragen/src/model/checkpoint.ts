/**
 * Checkpoints: a folder in Hugging Face layout, of which transformers loads the language model, and beside it what
 * ClinRaGen adds.
 *
 *   config.json, generation_config.json, model.safetensors   the T5
 *   tokenizer.json, tokenizer_config.json, …                 its tokenizer
 *   clinragen.json, series.safetensors                       series encoder and knowledge attention
 *   knowledge.json                                           the corpus that the attention names its terms from
 *   README.md                                                the model card
 */

import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTensors, ops, saveTensors, scope, type Tensor } from '@clinragen/torch';
import { z } from 'zod';
import { PHENOTYPES } from '../phenotypes.js';
import { atomicFolder } from '../run-files.js';
import type { Knowledge } from '../types.js';
import { ClinRaGen, corpusFrom, type SeriesConfig, seriesConfigSchema } from './clinragen.js';
import { type ModelCardFacts, modelCard } from './model-card.js';
import { ModelError } from './model-error.js';
import { readT5Config, type T5Config } from './t5-config.js';
import { AnswerForm } from './target.js';
import { readTokenizer, TOKENIZER_FILES, type Tokenizer } from './tokenizer.js';

const variableSchema = z.strictObject({
  name: z.string(),
  unit: z.string(),
  normal: z.number(),
  low: z.number(),
  high: z.number(),
});

const describeSchema = z.strictObject({
  format: z.literal(1),
  series: seriesConfigSchema,
  /** Units, normal values and fences that the series were scaled by: an input must come in the same. */
  variables: z.array(variableSchema),
  reading: z.enum(['note', 'series', 'both']),
  noteTokens: z.int().positive(),
  maxTokens: z.int().positive(),
  /** Whether it was trained to write rationales. */
  rationales: z.boolean(),
  /**
   * A disease is diagnosed from this probability on: chosen on the validation split for the best micro F1. Null: the most
   * probable set is the diagnosis.
   */
  threshold: z.number().min(0).max(1).nullable(),
  /** How it is decoded unless somebody asks otherwise; also in generation_config.json, by Hugging Face's names. */
  generate: z
    .strictObject({ beams: z.int().positive(), noRepeatNgram: z.int().positive().nullable() })
    .default({ beams: 2, noRepeatNgram: null }),
  synthetic: z.boolean(),
  source: z.string(),
});

/** What a checkpoint says of itself. */
export type CheckpointFacts = Omit<z.infer<typeof describeSchema>, 'format' | 'series'>;

/** A model with all that reading a stay needs. */
export interface LoadedModel {
  readonly model: ClinRaGen;
  readonly tokenizer: Tokenizer;
  readonly form: AnswerForm;
  readonly knowledge: Knowledge;
  readonly facts: CheckpointFacts;
}

const KNOWLEDGE = 'knowledge.json';
const EMBEDDING_COPIES = /^(encoder|decoder)\.embed_tokens\.weight$/;

const knowledgeSchema = z.object({
  source: z.string(),
  terms: z.record(z.string(), z.array(z.object({ term: z.string(), pmids: z.array(z.string()) }))),
});

/** The corpus's terms, each once, in a stable order. */
function termsOf(knowledge: Knowledge): string[] {
  return [...new Set(Object.values(knowledge.terms).flatMap((terms) => terms.map(({ term }) => term)))];
}

/** Per term the phenotypes that it stands for, as indices. */
function ownersIn(knowledge: Knowledge): (term: string) => number[] {
  const owners = new Map<string, number[]>();
  for (const [i, name] of PHENOTYPES.entries()) {
    for (const { term } of knowledge.terms[name] ?? []) owners.set(term, [...(owners.get(term) ?? []), i]);
  }
  return (term) => owners.get(term) ?? [];
}

/** A network with random weights, or with a language model read from a folder in Hugging Face layout. */
export async function createModel(options: {
  language: T5Config;
  series: SeriesConfig;
  knowledge: Knowledge;
  tokenizer: Tokenizer;
  /** Folder whose model.safetensors the language model takes. */
  languageFolder?: string;
}): Promise<ClinRaGen> {
  const { language, series, knowledge, tokenizer, languageFolder } = options;
  if (tokenizer.size > language.vocab_size) {
    throw new ModelError(
      `${join(tokenizer.folder, 'tokenizer.json')} has ${tokenizer.size} pieces, the language model ${language.vocab_size}`,
    );
  }
  const create = (config: T5Config) =>
    new ClinRaGen(
      config,
      series,
      corpusFrom(termsOf(knowledge), (term) => tokenizer.encode(term), ownersIn(knowledge)),
    );
  if (languageFolder === undefined) return create(language);
  let model: ClinRaGen | undefined;
  try {
    await withTensors(join(languageFolder, 'model.safetensors'), (state) => {
      model = create(asStored(language, state));
      loadLanguage(model, state);
    });
  } catch (error) {
    model?.dispose();
    throw error;
  }
  const loaded = model as unknown as ClinRaGen;
  loaded.copyWords();
  return loaded;
}

/**
 * The config that fits the weights: transformers 5 writes of every T5 that its output layer is the embedding, and goes by
 * what is in the file.
 */
function asStored(config: T5Config, state: ReadonlyMap<string, Tensor>): T5Config {
  if (config.scale_decoder_outputs === undefined) return config;
  const [head, shared] = [state.get('lm_head.weight'), state.get('shared.weight')];
  return {
    ...config,
    tie_word_embeddings: head === undefined || (shared !== undefined && scope(() => ops.equal(head, shared))),
  };
}

/** The tensors of a file, until `use` is done with them. */
async function withTensors(path: string, use: (state: Map<string, Tensor>) => void): Promise<void> {
  if (!existsSync(path)) throw new ModelError(`${path} is missing: expected a folder in Hugging Face layout`);
  let state: Map<string, Tensor> | undefined;
  try {
    state = await loadTensors(path);
    use(state);
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    const { message } = cause as Error;
    throw new ModelError(message.includes(path) ? message : `${path}: ${message}`, { cause });
  } finally {
    for (const tensor of state?.values() ?? []) tensor.dispose();
  }
}

function loadLanguage({ language }: ClinRaGen, state: ReadonlyMap<string, Tensor>): void {
  // Older checkpoints hold the shared embedding three times, and the output layer where it is tied.
  const tied = language.lm_head === null;
  const used = new Map(
    [...state].filter(([name]) => !EMBEDDING_COPIES.test(name) && !(tied && name === 'lm_head.weight')),
  );
  const shared = [...state].find(([name]) => EMBEDDING_COPIES.test(name));
  if (!used.has('shared.weight') && shared !== undefined) used.set('shared.weight', shared[1]);
  language.loadStateDict(used);
}

/** Hugging Face's config.json of the language model. */
function languageConfig(config: T5Config): object {
  // Weights are written in float32, whatever the folder that they came from held.
  const { dtype: _, ...rest } = config;
  return { ...rest, architectures: ['T5ForConditionalGeneration'], is_encoder_decoder: true, torch_dtype: 'float32' };
}

function named(prefix: string, state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map([...state].map(([name, tensor]) => [`${prefix}.${name}`, tensor]));
}

/**
 * Writes a checkpoint folder. It appears under its name when complete; what stood there before is replaced.
 */
export async function saveCheckpoint(folder: string, loaded: LoadedModel, card: ModelCardFacts): Promise<void> {
  await atomicFolder(folder, (temporary) => fillCheckpoint(temporary, loaded, card));
}

async function fillCheckpoint(temporary: string, loaded: LoadedModel, card: ModelCardFacts): Promise<void> {
  const { model, tokenizer, knowledge, facts } = loaded;
  const json = (name: string, value: unknown) =>
    writeFile(join(temporary, name), `${JSON.stringify(value, null, 2)}\n`);
  const { config } = model.language;
  await json('config.json', languageConfig(config));
  await json('generation_config.json', {
    decoder_start_token_id: config.decoder_start_token_id,
    eos_token_id: config.eos_token_id,
    pad_token_id: config.pad_token_id,
    max_new_tokens: facts.maxTokens,
    num_beams: facts.generate.beams,
    ...(facts.generate.noRepeatNgram === null ? {} : { no_repeat_ngram_size: facts.generate.noRepeatNgram }),
  });
  await json('clinragen.json', { format: 1, series: model.config, ...facts });
  await json(KNOWLEDGE, knowledge);
  await writeFile(join(temporary, 'README.md'), modelCard(model, facts, card));
  await saveTensors(join(temporary, 'model.safetensors'), model.language.stateDict(), { format: 'pt' });
  await saveTensors(join(temporary, 'series.safetensors'), named('series', model.series.stateDict()), { format: 'pt' });
  for (const name of TOKENIZER_FILES) {
    if (existsSync(join(tokenizer.folder, name))) await copyFile(join(tokenizer.folder, name), join(temporary, name));
  }
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new ModelError(`${path} is missing: expected a checkpoint written by clinragen distill`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${path} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ModelError(`${path}: ${issue?.path.join('.')}: ${issue?.message}`);
}

/**
 * Reads a checkpoint folder.
 *
 * @throws ModelError naming the file, and the key where one is wrong
 */
export async function loadCheckpoint(folder: string): Promise<LoadedModel> {
  const describePath = join(folder, 'clinragen.json');
  const { format: _, series, ...facts } = checked(describeSchema, await readJson(describePath), describePath);
  const knowledgePath = join(folder, KNOWLEDGE);
  const knowledge = checked(knowledgeSchema, await readJson(knowledgePath), knowledgePath);
  const tokenizer = readTokenizer(folder);
  const model = await createModel({
    language: readT5Config(folder),
    series,
    knowledge,
    tokenizer,
    languageFolder: folder,
  });
  try {
    await withTensors(join(folder, 'series.safetensors'), (state) => {
      const own = new Map([...state].map(([name, tensor]) => [name.replace(/^series\./, ''), tensor]));
      model.series.loadStateDict(own);
    });
  } catch (error) {
    model.dispose();
    throw error;
  }
  model.eval();
  return { model, tokenizer, form: new AnswerForm(tokenizer), knowledge, facts };
}
