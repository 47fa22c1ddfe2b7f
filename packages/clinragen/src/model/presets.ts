/** From a run's configuration to the networks' own. */
import type { RunConfig } from '../config.js';
import type { SeriesConfig } from './clinragen.js';
import { parseT5Config, type T5Config } from './t5-config.js';

/** The language model that `model.language` describes, over a vocabulary. */
export function languageConfigOf(language: RunConfig['model']['language'], vocabulary: number): T5Config {
  return parseT5Config(
    {
      model_type: 't5',
      vocab_size: vocabulary,
      d_model: language.dModel,
      d_kv: language.dKv,
      d_ff: language.dFf,
      num_layers: language.layers,
      num_decoder_layers: language.decoderLayers,
      num_heads: language.heads,
      feed_forward_proj: language.feedForward,
      tie_word_embeddings: language.tied,
      dropout_rate: language.dropout,
    },
    'model.language',
  );
}

/** The series reader that `model.series` and `model.knowledge` describe. */
export function seriesConfigOf(
  model: RunConfig['model'],
  options: { variables: number; maxHours: number },
): SeriesConfig {
  const { patch, dModel, heads, dFf, layers, dropout } = model.series;
  return {
    compat: model.compat,
    patchHours: patch,
    maxPatches: Math.ceil(options.maxHours / patch),
    width: dModel,
    heads,
    feedForward: dFf,
    layers,
    dropout,
    knowledge: { ...model.knowledge },
    variables: options.variables,
  };
}
