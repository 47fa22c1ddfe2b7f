import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config-file.js';
import { builtinKnowledge } from '../../src/knowledge/index.js';
import {
  createModel,
  DEMO_TOKENIZER,
  languageConfigOf,
  readTokenizer,
  type SeriesConfig,
  SeriesReader,
  seriesConfigOf,
} from '../../src/model/index.js';

// Flan-T5-small's vocabulary, as its config.json has it (its tokenizer uses 32,100 of them).
const VOCABULARY = 32_128;
const VARIABLES = 11; // paper11

const { model: paper, cohort } = loadConfig({
  cohort: { source: { kind: 'mimic3', path: 'data' } },
  model: { preset: 'paper', init: { kind: 'scratch' } },
});
const seriesConfig: SeriesConfig = seriesConfigOf(paper, { variables: VARIABLES, maxHours: cohort.maxHours });

/** Weights of a layer that maps `a` numbers to `b`. */
const linear = (a: number, b: number): number => a * b + b;

describe('the paper preset has the sizes of Table 1', () => {
  it('Flan-T5-small, PatchTST, pooling, projection and knowledge attention: 87 M and a few', async () => {
    const model = await createModel({
      language: languageConfigOf(paper.language, VOCABULARY),
      series: seriesConfig,
      knowledge: builtinKnowledge(),
      tokenizer: readTokenizer(DEMO_TOKENIZER),
    });
    const { series } = model;
    const parts = {
      language: model.language.parameterCount(),
      encoder: series.encoder.parameterCount(),
      pool: series.pool.parameterCount(),
      project: series.project.parameterCount(),
      attention: series.attention.parameterCount(),
    };
    const whole = model.parameterCount();
    model.dispose();

    // What transformers counts of google/flan-t5-small.
    expect(parts.language).toBe(76_961_152);
    // Positions, patches of 8 hours with their mask, three layers: attention 768, feed-forward 512, two batch norms.
    const layer = 4 * linear(768, 768) + linear(768, 512) + linear(512, 768) + 2 * 2 * 768;
    expect(parts.encoder).toBe(125 * 768 + linear(16, 768) + 3 * layer);
    expect(parts.pool).toBe(VARIABLES * 768 + linear(768, 768) + linear(768, 1));
    expect(parts.project).toBe(linear(768, 512));
    // Eight heads of 32.
    expect(parts.attention).toBe(3 * linear(512, 256) + linear(256, 512));
    expect(whole).toBe(Object.values(parts).reduce((a, b) => a + b));
    expect(whole / 1e6).toBeGreaterThan(86.5);
    expect(whole / 1e6).toBeLessThan(88.5);
  });

  it('compat: paper reads patches without their mask, and maps the corpus’s tokens to 24 prototypes', () => {
    const tokens = 700;
    const reader = new SeriesReader({ ...seriesConfig, compat: 'paper' }, 512, tokens);
    const fixed = new SeriesReader(seriesConfig, 512, tokens);
    expect(reader.parameterCount() - fixed.parameterCount()).toBe(linear(tokens, 24) - 8 * 768);
    expect([...reader.namedBuffers()].find(([name]) => name === 'words')?.[1].shape).toEqual([tokens, 512]);
    reader.dispose();
    fixed.dispose();
  });
});
