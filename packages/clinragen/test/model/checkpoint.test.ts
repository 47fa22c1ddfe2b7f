import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadTensors, memory, noGrad, saveTensors, scope, setThreads, tensor, zeros } from '@clinragen/torch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnoseStays } from '../../src/diagnose/index.js';
import { startingModel } from '../../src/distill/index.js';
import {
  type ClinRaGen,
  DEMO_TOKENIZER,
  type LoadedModel,
  loadCheckpoint,
  ModelError,
  saveCheckpoint,
} from '../../src/model/index.js';
import { distance } from './expected.js';
import { KNOWLEDGE, tinyCohort, tinyConfig, tinyModel, VARIABLES } from './tiny.js';

setThreads(1);

const card = {
  stage: 'stage 3 of 3',
  teacher: 'test 1',
  epochs: 2,
  validationLoss: 1.5,
  stays: { train: 20, validation: 6 },
  seed: 3,
};
const { stays } = tinyCohort();
const options = { beams: 2, maxTokens: 10, batchSize: 8 };

let root: string;
let original: LoadedModel;
let folder: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'checkpoint-'));
  folder = join(root, 'checkpoint');
  original = await tinyModel();
  await saveCheckpoint(folder, original, card);
});
afterAll(async () => {
  original.model.dispose();
  await rm(root, { recursive: true, force: true });
});

describe('a checkpoint that is saved and loaded', () => {
  it.each(['fixed', 'paper'])('diagnoses exactly as before (compat: %s)', async (compat) => {
    const before = compat === 'fixed' ? original : await tinyModel({ model: { compat } });
    const path = join(root, compat);
    await saveCheckpoint(path, before, card);
    const after = await loadCheckpoint(path);
    expect(after.facts).toEqual(before.facts);
    expect(after.model.config).toEqual(before.model.config);
    expect(after.knowledge).toEqual(before.knowledge);
    const some = stays.slice(0, 6);
    const found = await diagnoseStays(after, some, VARIABLES, options);
    expect(found).toEqual(await diagnoseStays(before, some, VARIABLES, options));
    after.model.dispose();
    if (before !== original) before.model.dispose();
  });

  it('has the files of Hugging Face’s layout, and a card with what is not to be forgotten', async () => {
    const files = await readdir(folder);
    for (const file of [
      'README.md',
      'clinragen.json',
      'config.json',
      'generation_config.json',
      'knowledge.json',
      'model.safetensors',
      'series.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]) {
      expect(files).toContain(file);
    }
    const text = await readFile(join(folder, 'README.md'), 'utf8');
    expect(text).toMatch(/^---\nlibrary_name: clinragen\n/);
    expect(text).toContain('This is no medical device');
    expect(text).toContain('synthetic patients; no record of a real person');
    expect(text).toContain('1.5000 per token');
  });

  it('takes the place of the one before whole, and clears what a killed process left', async () => {
    const path = join(root, 'twice');
    await saveCheckpoint(path, original, card);
    await writeFile(join(path, 'training.json'), '{}');
    await mkdir(join(root, 'twice.4194000-1.tmp'));
    await saveCheckpoint(path, original, { ...card, epochs: 7 });
    expect(existsSync(join(path, 'training.json'))).toBe(false);
    expect((await readdir(root)).filter((name) => name.startsWith('twice'))).toEqual(['twice']);
    expect(await readFile(join(path, 'README.md'), 'utf8')).toContain('| epochs | 7,');
  });

  it('leaves no tensor behind when it is disposed', async () => {
    const before = memory();
    (await loadCheckpoint(folder)).model.dispose();
    expect(memory().tensors).toBeLessThanOrEqual(before.tensors);
  });
});

describe('a checkpoint that is broken is told in one ModelError that names the file', () => {
  const edit = async (path: string, change: object) => {
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...change }));
  };
  const FILES = [
    'clinragen.json',
    'config.json',
    'knowledge.json',
    'model.safetensors',
    'series.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ];

  it.each([
    ...FILES.map((file): [string, string, (dir: string) => Promise<void>] => [
      `${file} is missing`,
      file,
      (dir) => rm(join(dir, file)),
    ]),
    ...FILES.map((file): [string, string, (dir: string) => Promise<void>] => [
      `${file} is cut off`,
      file,
      (dir) => truncate(join(dir, file), 60),
    ]),
    ...['model.safetensors', 'series.safetensors'].map((file): [string, string, (dir: string) => Promise<void>] => [
      `${file} lacks its last bytes`,
      file,
      async (dir) => truncate(join(dir, file), (await readFile(join(dir, file))).length - 16),
    ]),
    ...['model.safetensors', 'series.safetensors'].map((file): [string, string, (dir: string) => Promise<void>] => [
      `${file} has a weight of another shape`,
      file,
      async (dir) => {
        const tensors = await loadTensors(join(dir, file));
        const [name] = [...tensors.keys()].filter((key) => key.endsWith('.weight')) as [string];
        await saveTensors(join(dir, file), new Map([...tensors, [name, zeros([3, 5])]]));
      },
    ]),
    [
      'model.safetensors lacks a weight',
      'model.safetensors',
      async (dir) => {
        const tensors = await loadTensors(join(dir, 'model.safetensors'));
        tensors.delete('encoder.final_layer_norm.weight');
        await saveTensors(join(dir, 'model.safetensors'), tensors);
      },
    ],
    [
      'config.json is of another kind of model',
      'config.json',
      (dir) => edit(join(dir, 'config.json'), { model_type: 'bert' }),
    ],
    [
      'config.json knows fewer words than the tokenizer',
      'tokenizer.json',
      (dir) => edit(join(dir, 'config.json'), { vocab_size: 100 }),
    ],
    [
      'clinragen.json is of a later format',
      'clinragen.json',
      (dir) => edit(join(dir, 'clinragen.json'), { format: 2 }),
    ],
    ['clinragen.json is a list', 'clinragen.json', (dir) => writeFile(join(dir, 'clinragen.json'), '[]')],
    [
      'tokenizer.json is another JSON',
      'tokenizer.json',
      (dir) => writeFile(join(dir, 'tokenizer.json'), '{"model": 3}'),
    ],
  ] as [string, string, (dir: string) => Promise<void>][])('%s', async (what, file, spoil) => {
    const dir = join(root, what.replaceAll(' ', '-'));
    await cp(folder, dir, { recursive: true });
    await spoil(dir);
    const error = await loadCheckpoint(dir).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(ModelError);
    const { message } = error as ModelError;
    expect(message).toContain(join(dir, file));
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(600);
  });

  it('and an absent folder as well', async () => {
    await expect(loadCheckpoint(join(root, 'nowhere'))).rejects.toThrow(/nowhere\/clinragen\.json is missing/);
  });
});

/** Why there is no comparison with transformers here; undefined where there is. */
function withoutTransformers(): string | undefined {
  try {
    execFileSync('python3', ['-c', 'import torch, transformers; transformers.T5ForConditionalGeneration'], {
      stdio: 'pipe',
    });
    return undefined;
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error).trim();
    return said.split('\n').at(-1);
  }
}
const absent = withoutTransformers();

interface Loaded {
  readonly wrong: Record<string, string[]>;
  readonly dtype: string;
  readonly parameters: number;
  readonly logits: number[];
  readonly generation: Record<string, number>;
}

interface Theirs {
  readonly inputs: { ids: number[][]; mask: number[][]; labels: number[][] };
  readonly ours: Record<'tied' | 'untied', Loaded>;
  readonly text: string;
  readonly text_ids: number[];
  readonly tied: number[];
  readonly untied: number[];
  readonly older: number[];
  readonly bfloat16: number[];
}

// Both sides compute in float32, in other orders.
const CLOSE = 1e-4;

describe.skipIf(absent !== undefined)(`with Hugging Face transformers${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let theirs: Theirs;
  let untied: LoadedModel;
  afterAll(() => untied.model.dispose());
  beforeAll(async () => {
    untied = await tinyModel({ model: { language: { tied: false } } });
    await saveCheckpoint(join(root, 'ours-untied'), untied, card);
    const script = fileURLToPath(new URL('checkpoint.py', import.meta.url));
    const run = promisify(execFile)('python3', [script, folder, join(root, 'ours-untied'), DEMO_TOKENIZER, root], {
      env: { ...process.env, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false', OMP_NUM_THREADS: '1' },
      maxBuffer: 1 << 26,
    });
    theirs = JSON.parse((await run).stdout.trim().split('\n').at(-1) as string) as Theirs;
  }, 120_000);

  const logitsOf = (model: ClinRaGen): number[] =>
    scope(() =>
      noGrad(() => {
        const { ids, mask, labels } = theirs.inputs;
        const whole = (rows: number[][]) => tensor(rows, { dtype: 'int64' });
        const embeddings = model.language.shared.forward(whole(ids));
        return [...model.language.forward(embeddings, whole(mask), whole(labels)).logits.toFloat32()];
      }),
    );

  it.each(['tied', 'untied'] as const)(
    'our checkpoint’s language model loads there, no key missing or left over, with the same logits (%s)',
    (kind) => {
      const { wrong, parameters, dtype, generation, logits } = theirs.ours[kind];
      const { model } = kind === 'tied' ? original : untied;
      expect(wrong).toEqual({ missing_keys: [], unexpected_keys: [], mismatched_keys: [] });
      expect(parameters).toBe(model.language.parameterCount());
      expect(dtype).toBe('torch.float32');
      expect(generation).toEqual({ decoder_start_token_id: 0, eos_token_id: 1, pad_token_id: 0 });
      expect(distance(logitsOf(model), logits)).toBeLessThan(CLOSE);
    },
  );

  it('our tokenizer’s files give the same ids there', () => {
    expect(original.tokenizer.encode(theirs.text)).toEqual(theirs.text_ids);
  });

  it.each(['tied', 'untied', 'older', 'newer', 'bfloat16'] as const)(
    'a folder saved there is a beginning here (%s)',
    async (kind) => {
      const init = { kind: 'folder', path: join(root, kind) };
      const config = { ...tinyConfig(), model: { ...tinyConfig().model, init } } as ReturnType<typeof tinyConfig>;
      const loaded = await startingModel({ cohort: tinyCohort(), knowledge: KNOWLEDGE, config, rationales: null });
      loaded.model.eval();
      expect(distance(logitsOf(loaded.model), theirs[kind === 'newer' ? 'older' : kind])).toBeLessThan(CLOSE);
      // It goes back as float32, and says so.
      await saveCheckpoint(join(root, `${kind}-again`), loaded, card);
      const again = await loadCheckpoint(join(root, `${kind}-again`));
      expect(logitsOf(again.model)).toEqual(logitsOf(loaded.model));
      const written = JSON.parse(await readFile(join(root, `${kind}-again`, 'config.json'), 'utf8'));
      expect(written.dtype ?? written.torch_dtype).toBe('float32');
      again.model.dispose();
      loaded.model.dispose();
    },
  );
});
