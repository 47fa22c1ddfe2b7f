import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOURCE_KINDS } from '../src/cohort/kinds.js';
import { PRESETS } from '../src/config.js';
import { ConfigError, loadConfig } from '../src/config-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every source, and the hospital that the project makes itself. */
const KINDS = [...SOURCE_KINDS, 'synthetic'];

const configs = fileURLToPath(new URL('../../../configs', import.meta.url));

describe('what a file does not say comes from its preset', () => {
  it('an empty file is the demo', () => {
    const path = join(folder, 'empty.yaml');
    writeFileSync(path, '# nothing\nrun:\n');
    expect(loadConfig(path)).toEqual(PRESETS.demo);
  });

  it('one number changes, and nothing beside it', () => {
    const config = loadConfig({ distill: { stages: { 2: { epochs: 77 } } } });
    expect(config.distill.stages[2]).toEqual({ ...PRESETS.demo.distill.stages[2], epochs: 77 });
    expect(config.distill.stages[1]).toEqual(PRESETS.demo.distill.stages[1]);
  });

  it('another kind takes the place of the whole section', () => {
    const source = { kind: 'mimic3', path: '/data/mimic' };
    expect(loadConfig(join(configs, 'demo.yaml'), { cohort: { source } }).cohort.source).toEqual(source);
  });

  it('leaves the presets as they were', () => {
    const before = structuredClone(PRESETS);
    loadConfig({ model: { series: { heads: 8 } }, run: { seed: 9 } }, { run: { seed: 10 } });
    expect(PRESETS).toEqual(before);
  });
});

describe('the files that come with the project', () => {
  it('demo.yaml is the demo preset, spelt out', () => {
    expect(loadConfig(join(configs, 'demo.yaml'))).toEqual(PRESETS.demo);
  });

  it('mimic3.yaml has the hyper-parameters of the authors’ code (REFERENCE: hyper-parameters)', () => {
    const { cohort, model, distill, generate } = loadConfig(join(configs, 'mimic3.yaml'));
    const { 1: one, 2: two, 3: three } = distill.stages;
    expect([one, two, three].map(({ learningRate }) => learningRate)).toEqual([2e-5, 5e-5, 2e-5]);
    for (const stage of [one, two, three])
      expect(stage).toMatchObject({
        batchSize: 12,
        warmupSteps: 200,
        weightDecay: 0.05,
        schedule: 'cosine',
        clip: 'none',
      });
    expect(distill.noteTokens).toBe(1600);
    expect(cohort.maxHours / model.series.patch).toBe(125);
    expect(model.series).toMatchObject({ dModel: 768, layers: 3, dFf: 512 });
    expect(model.knowledge).toMatchObject({ heads: 8, headWidth: 32, dropout: 0.1 });
    expect(generate).toMatchObject({ beams: 2, maxTokens: 500 });
  });

  it('mimic4.yaml differs from mimic3.yaml in its source and its name alone', () => {
    const three = loadConfig(join(configs, 'mimic3.yaml'));
    const four = loadConfig(join(configs, 'mimic4.yaml'));
    expect(four.cohort.source).toEqual({ kind: 'mimic4', path: 'data/mimic-iv-3.1' });
    expect({ ...four, run: three.run, cohort: three.cohort }).toEqual(three);
    expect({ ...four.cohort, source: three.cohort.source }).toEqual(three.cohort);
  });
});

describe('one clear error for what does not fit', () => {
  it.each<[string, object, string]>([
    [
      'a misspelt key',
      { run: { sed: 1 } },
      'run.sed: found an unknown key, expected seed (known here: name, dir, seed, threads)',
    ],
    [
      'a key in the style of Python',
      { distill: { stages: { 1: { learning_rate: 1e-3 } } } },
      'distill.stages.1.learning_rate: found an unknown key, expected learningRate',
    ],
    ['a section that is none', { teachers: {} }, 'teachers: found an unknown key, expected teacher'],
    [
      'a key like no other',
      { run: { colour: 1 } },
      'run.colour: found an unknown key, expected one of name, dir, seed, threads',
    ],
    [
      'a fourth stage',
      { distill: { stages: { 4: {} } } },
      'distill.stages.4: found an unknown key, expected one of 1, 2, 3',
    ],
    [
      'a key of another kind',
      { cohort: { source: { kind: 'mimic3', patients: 3 } } },
      'cohort.source.patients: found an unknown key, expected one of kind, path',
    ],
    [
      'a key of another kind than the preset’s',
      { cohort: { source: { path: 'x' } } },
      `cohort.source.path: found a key of another kind, expected kind: ${KINDS.join(' or ')} beside it`,
    ],
    [
      'words for a number',
      { distill: { stages: { 1: { learningRate: 'fast' } } } },
      'distill.stages.1.learningRate: found "fast", expected a number',
    ],
    [
      'a fraction for a whole number',
      { run: { threads: 1.5 } },
      'run.threads: found 1.5, expected auto or a whole number',
    ],
    [
      'a number out of range',
      { cohort: { testFraction: 2 } },
      'cohort.testFraction: found 2, expected a number up to 0.9',
    ],
    [
      'a choice that is none',
      { captions: { compat: 'old' } },
      'captions.compat: found "old", expected one of paper, fixed',
    ],
    ['an unknown preset', { model: { preset: 'big' } }, 'model.preset: found "big", expected one of demo, paper'],
    [
      'an unknown kind',
      { cohort: { source: { kind: 'mimic9' } } },
      `cohort.source.kind: found "mimic9", expected one of ${KINDS.join(', ')}`,
    ],
    ['a missing path', { cohort: { source: { kind: 'mimic3' } } }, 'cohort.source.path: found nothing, expected text'],
    [
      'no source in the paper’s preset',
      { model: { preset: 'paper' } },
      `cohort.source: found nothing, expected a section of keys with kind: ${KINDS.join(' or ')}`,
    ],
    ['a value for a section', { run: 3 }, 'run: found 3, expected a section of keys'],
    [
      'heads that do not divide the width',
      { model: { series: { heads: 5 } } },
      'model.series.dModel: found 64, expected a multiple of heads',
    ],
    [
      'sizes beside a folder that has its own',
      { model: { init: { kind: 'folder', path: 'x' }, language: { heads: 2 } } },
      'model.language: found sizes, expected none',
    ],
    [
      'a name that leaves the folder',
      { run: { name: '../..' } },
      'run.name: found "../..", expected a name of letters',
    ],
  ])('%s', (_, config, message) => {
    expect(() => loadConfig(config)).toThrow(ConfigError);
    expect(() => loadConfig(config)).toThrow(`configuration: ${message}`);
  });

  it('names the file and the line', () => {
    const path = join(folder, 'lines.yaml');
    writeFileSync(
      path,
      'run:\n  name: mine\n\ndistill:\n  stages:\n    1:\n      epochs: 3\n    2:\n      epochs: many\n',
    );
    expect(() => loadConfig(path)).toThrow(`${path}:9: distill.stages.2.epochs: found "many", expected a number`);
    writeFileSync(path, 'cohort:\n  source:\n    kind: mimic3\n');
    expect(() => loadConfig(path)).toThrow(`${path}:2: cohort.source.path: found nothing`);
  });

  it('a file that is absent, is no YAML, or is a list', () => {
    expect(() => loadConfig(join(folder, 'absent.yaml'))).toThrow(/absent\.yaml: found no readable file \(ENOENT\)/);
    const path = join(folder, 'broken.yaml');
    writeFileSync(path, 'run:\n  name: a\n name: b\n');
    expect(() => loadConfig(path)).toThrow(/broken\.yaml:3: found .*, expected YAML/);
    writeFileSync(path, 'run: {seed: 1}\nrun: {seed: 2}\n');
    expect(() => loadConfig(path)).toThrow(/broken\.yaml:2: found .*unique/);
    writeFileSync(path, '- run\n');
    expect(() => loadConfig(path)).toThrow(/broken\.yaml:1: found \["run"\], expected sections/);
  });

  it('whatever stands in the file: a configuration or a ConfigError (property)', () => {
    const leaf = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('mimic3', 'paper', 'scratch', 1, 0.5));
    const keys = fc.constantFrom(
      'run',
      'cohort',
      'source',
      'kind',
      'model',
      'init',
      'preset',
      'distill',
      'stages',
      '1',
      'seed',
      'path',
      '__proto__',
      'constructor',
    );
    const tree = fc.dictionary(keys, fc.oneof(leaf, fc.dictionary(keys, fc.oneof(leaf, fc.dictionary(keys, leaf)))));
    fc.assert(
      fc.property(tree, (config) => {
        try {
          expect(Object.keys(loadConfig(config)).sort()).toEqual(Object.keys(PRESETS.demo).sort());
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
