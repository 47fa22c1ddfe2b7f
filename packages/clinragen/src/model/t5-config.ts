import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ModelError } from './model-error.js';

/** What a Hugging Face `config.json` of a T5 says, as far as the network depends on it. */
const schema = z.looseObject({
  model_type: z.literal('t5'),
  vocab_size: z.int().positive(),
  d_model: z.int().positive(),
  d_kv: z.int().positive(),
  d_ff: z.int().positive(),
  num_layers: z.int().positive(),
  num_decoder_layers: z.int().positive().optional(),
  num_heads: z.int().positive(),
  relative_attention_num_buckets: z.int().positive().default(32),
  relative_attention_max_distance: z.int().positive().default(128),
  dropout_rate: z.number().min(0).max(1).default(0.1),
  layer_norm_epsilon: z.number().positive().default(1e-6),
  feed_forward_proj: z.enum(['relu', 'gated-gelu']).default('relu'),
  tie_word_embeddings: z.boolean().default(true),
  /** Since transformers 5, which says of every T5 that it is tied: whether the decoder's states are scaled. Else as tied. */
  scale_decoder_outputs: z.boolean().optional(),
  pad_token_id: z.int().nonnegative().default(0),
  eos_token_id: z.int().nonnegative().default(1),
  decoder_start_token_id: z.int().nonnegative().default(0),
});

export type T5Config = z.infer<typeof schema>;

/** Checks a `config.json` read from `origin`. @throws ModelError naming the key */
export function parseT5Config(config: unknown, origin: string): T5Config {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ModelError(
    `${origin}: ${issue?.path.join('.') || 'config'}: ${issue?.message}; expected the config of a T5`,
  );
}

/** Reads `config.json` of a folder in Hugging Face layout. */
export function readT5Config(folder: string): T5Config {
  const path = join(folder, 'config.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ModelError(
      `${path} is missing: expected a folder in Hugging Face layout (config.json, model.safetensors, tokenizer.json)`,
    );
  }
  try {
    return parseT5Config(JSON.parse(text), path);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ModelError(`${path} is no JSON: ${error.message}`);
    throw error;
  }
}
