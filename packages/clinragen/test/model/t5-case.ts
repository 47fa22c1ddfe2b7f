/** One T5 beside Hugging Face's: a folder with `config.json`, `model.safetensors` and `expected.safetensors`. */
import { join } from 'node:path';
import { loadTensors, noGrad, scope } from '@clinragen/torch';
import { type GenerateOptions, generate } from '../../src/model/generate.js';
import { T5 } from '../../src/model/t5.js';
import { readT5Config } from '../../src/model/t5-config.js';
import { ACTIVATIONS, Expected } from './expected.js';

/** How each search in `generate/<name>` was run, but for the number of tokens, which the file's shape says. */
export type Searches = Readonly<Record<string, Omit<GenerateOptions, 'maxTokens'>>>;

/**
 * Compares encoder states, logits, loss and gradient norms (from ids and from `inputs_embeds`) and every search.
 *
 * @returns how many tensors were compared; all of the file were, or the test fails
 */
export async function compareT5(folder: string, name: string, searches: Searches): Promise<number> {
  const config = readT5Config(folder);
  const model = new T5(config).eval();
  const weights = await loadTensors(join(folder, 'model.safetensors'));
  // The embedding also stands under the names of those that share it.
  for (const alias of ['encoder.embed_tokens.weight', 'decoder.embed_tokens.weight']) weights.delete(alias);
  if (config.tie_word_embeddings) weights.delete('lm_head.weight');
  model.loadStateDict(weights);
  for (const tensor of weights.values()) tensor.dispose();
  const expected = await Expected.read(join(folder, 'expected.safetensors'), name);

  const ids = expected.given('input_ids');
  const mask = expected.given('attention_mask');
  const labels = expected.given('labels');
  const embeds = expected.given('inputs_embeds');

  scope(() => {
    // Deep in saturated softmaxes, rounding grows a thousandfold: how far depends on the BLAS, on both sides.
    const wide = noGrad(() => {
      const exact = new T5(config).eval().to({ dtype: 'float64' });
      exact.loadStateDict(model.stateDict());
      const words = exact.shared.forward(ids);
      const states = exact.encode(words, mask);
      const { logits } = exact.forward(words, mask, labels);
      const fromEmbeds = exact.forward(embeds.to('float64'), mask, labels).logits;
      exact.dispose();
      return { states, logits, fromEmbeds };
    });
    const embedded = model.shared.forward(ids);
    expected.close(
      'encoder_last_hidden_state',
      noGrad(() => model.encode(embedded, mask)),
      ACTIVATIONS,
      wide.states,
    );
    model.zeroGrad();
    const { logits, loss } = model.forward(embedded, mask, labels);
    expected.close('logits', logits, ACTIVATIONS, wide.logits);
    expected.close('loss', loss.view([1]), ACTIVATIONS);
    loss.backward();
    expected.gradients('grad_norm/', new Map([...model.namedParameters()].map(([key, tensor]) => [key, tensor.grad])));
    model.zeroGrad();
    const fromEmbeds = noGrad(() => model.forward(embeds, mask, labels));
    expected.close('inputs_embeds_logits', fromEmbeds.logits, ACTIVATIONS, wide.fromEmbeds);
    expected.close('inputs_embeds_loss', fromEmbeds.loss.view([1]), ACTIVATIONS);

    for (const [group, source] of [
      ['generate', embeds],
      ['generate_ids', embedded],
    ] as const) {
      const states = noGrad(() => model.encode(source, mask));
      for (const search of expected.under(`${group}/`)) {
        if (search.endsWith('_scores')) continue;
        const settings = searches[search];
        if (settings === undefined) throw new Error(`${name}: nobody said how ${group}/${search} was searched`);
        const width = expected.given(`${group}/${search}`).size(1);
        const found = generate(model, states, mask, { ...settings, maxTokens: width - 1 });
        expected.same(
          `${group}/${search}`,
          found.ids.map((row) => asHuggingFace(row, width, config)),
        );
        const scores = `${group}/${search}_scores`;
        if (expected.has(scores)) expected.close(scores, found.scores, ACTIVATIONS);
      }
    }
  });
  expected.finish();
  model.dispose();
  return expected.comparisons;
}

interface SpecialTokens {
  readonly decoder_start_token_id: number;
  readonly eos_token_id: number;
  readonly pad_token_id: number;
}

/** Our ids as Hugging Face returns them: the start token, the ids, the end token where it came, padding. */
function asHuggingFace(ids: readonly number[], width: number, config: SpecialTokens): number[] {
  const row = [config.decoder_start_token_id, ...ids];
  if (row.length < width) row.push(config.eos_token_id);
  while (row.length < width) row.push(config.pad_token_id);
  return row;
}
