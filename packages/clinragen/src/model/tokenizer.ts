import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tokenizer as HubTokenizer } from '@huggingface/tokenizers';
import { ModelError } from './model-error.js';

/** Text to ids and back, by a `tokenizer.json` in Hugging Face's format. */
export interface Tokenizer {
  /** The folder it was read from: its files go into every checkpoint. */
  readonly folder: string;
  /** Ids without special tokens. */
  encode(text: string): number[];
  /** Text without special tokens. */
  decode(ids: readonly number[]): string;
  /** @throws ModelError where the vocabulary has no such piece */
  id(piece: string): number;
  readonly size: number;
}

/** The demo's own tokenizer, trained on synthetic text (scripts/make-tokenizer.py). */
export const DEMO_TOKENIZER = fileURLToPath(new URL('../../assets/tokenizer', import.meta.url));

/** Files that make up a tokenizer; `spiece.model` only where the folder has one. */
export const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'spiece.model'];

/**
 * Reads `tokenizer.json` and `tokenizer_config.json` of a folder.
 *
 * @throws ModelError naming the file that is missing or no JSON
 */
export function readTokenizer(folder: string): Tokenizer {
  const read = (name: string): Record<string, unknown> => {
    const path = join(folder, name);
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    } catch (error) {
      const what = error instanceof SyntaxError ? `is no JSON: ${error.message}` : 'is missing';
      throw new ModelError(`${path} ${what}; expected a tokenizer in Hugging Face's format`);
    }
  };
  const json = read('tokenizer.json');
  const settings = read('tokenizer_config.json');
  let hub: HubTokenizer;
  try {
    hub = new HubTokenizer(json, settings);
  } catch (cause) {
    throw new ModelError(
      `${join(folder, 'tokenizer.json')}: ${(cause as Error).message}; expected a tokenizer in Hugging Face's format`,
      { cause },
    );
  }
  const vocabulary = (json.model as { vocab?: unknown[] | Record<string, number> } | undefined)?.vocab ?? [];
  const added = (json.added_tokens as { id: number }[] | undefined) ?? [];
  const size = Math.max(
    Array.isArray(vocabulary) ? vocabulary.length : Object.keys(vocabulary).length,
    ...added.map(({ id }) => id + 1),
  );
  return {
    folder,
    size,
    encode: (text) => (text === '' ? [] : hub.encode(text, { add_special_tokens: false }).ids),
    decode: (ids) => (ids.length === 0 ? '' : hub.decode([...ids], { skip_special_tokens: true })),
    id(piece) {
      const id = hub.token_to_id(piece);
      if (id === undefined) throw new ModelError(`${join(folder, 'tokenizer.json')} has no piece '${piece}'`);
      return id;
    },
  };
}
