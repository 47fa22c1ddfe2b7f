import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tokenizer } from '@huggingface/tokenizers';
import { afterAll, describe, expect, it } from 'vitest';
import { comparePatchTST } from '../model/patchtst-case.js';
import { compareT5, type Searches } from '../model/t5-case.js';

/**
 * The networks and the tokenizer against reference results that lie outside the repository. Other cases of the same layout
 * may be put in: every folder `t5-*`, and every folder whose `expected.safetensors` is PatchTST's.
 */
const shared = resolve(
  process.env.CLINRAGEN_SHARED ?? fileURLToPath(new URL('../../../../../shared', import.meta.url)),
);
const reference = join(shared, 'reference');
const tokenizer = join(shared, 'data/t5-tokenizer');

// transformers 4.26, which made the references, counted the start token in the length of sequences that did not end.
const SEARCHES: Searches = {
  greedy: {},
  beam2: { beams: 2, countStartToken: true },
  beam4: { beams: 4, lengthPenalty: 0.7, earlyStopping: true, countStartToken: true },
};

const folders = existsSync(reference)
  ? readdirSync(reference).filter((folder) => existsSync(join(reference, folder, 'expected.safetensors')))
  : [];
const t5 = folders.filter((folder) => folder.startsWith('t5-'));
const patchtst = folders.filter((folder) => !folder.startsWith('t5-') && isPatchTST(join(reference, folder)));

/** Whether a file's header names PatchTST's tensors. */
function isPatchTST(folder: string): boolean {
  const bytes = readFileSync(join(folder, 'expected.safetensors'));
  const header = bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0)));
  return header.includes('"BatchNorm/') || header.includes('"LayerNorm/') || header.includes('"reprogramming/');
}

if (!existsSync(reference))
  console.log(`model parity skipped: ${reference} is absent (CLINRAGEN_SHARED names its place)`);
describe.skipIf(!existsSync(reference))('the networks against the references', () => {
  let comparisons = 0;

  for (const folder of t5) {
    it(folder, async () => {
      const made = await compareT5(join(reference, folder), folder, SEARCHES);
      console.log(`${folder}: ${made} comparisons`);
      comparisons += made;
    });
  }
  for (const folder of patchtst) {
    it(folder, async () => {
      const made = await comparePatchTST(join(reference, folder), folder);
      console.log(`${folder}: ${made} comparisons`);
      comparisons += made;
    });
  }
  it('there was something to compare with', () => {
    expect(t5.length, `folders t5-* in ${reference}`).toBeGreaterThan(0);
    expect(patchtst.length, `folders of PatchTST's layout in ${reference}`).toBeGreaterThan(0);
    expect(comparisons).toBeGreaterThan(0);
  });
  afterAll(() => console.log(`model parity: ${comparisons} comparisons in ${t5.length + patchtst.length} folders`));
});

/** The slow tokenizer, which wrote the cases' texts, puts a space behind an unknown piece; the fast ones do not. */
const tight = (text: string) => text.replaceAll('<unk> ', '<unk>');

const cases = join(tokenizer, 'cases.json');
if (!existsSync(cases)) console.log(`tokenizer parity skipped: ${cases} is absent`);
describe.skipIf(!existsSync(cases))("Flan-T5's tokenizer", () => {
  it('gives the ids of every case, and its text back', () => {
    const json = (file: string) => JSON.parse(readFileSync(join(tokenizer, file), 'utf8'));
    const ours = new Tokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
    const wrong: string[] = [];
    const all = json('cases.json') as [string, number[], string][];
    for (const [text, ids, decoded] of all) {
      if (ours.encode(text).ids.join() !== ids.join()) wrong.push(`ids of ${JSON.stringify(text)}`);
      else if (
        tight(ours.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: true })) !== tight(decoded)
      )
        wrong.push(`text of ${JSON.stringify(text)}`);
    }
    console.log(`tokenizer: ${all.length - wrong.length} of ${all.length} cases equal`);
    expect(all.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});
