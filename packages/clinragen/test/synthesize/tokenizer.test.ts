import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { PHENOTYPES } from '../../src/phenotypes.js';
import { drawAdmission, drawPatient } from '../../src/synthesize/admission.js';
import { DISEASES } from '../../src/synthesize/diseases.js';
import { slotsOf, writeCourse } from '../../src/synthesize/hospital-course.js';
import { Rng } from '../../src/synthesize/rng.js';

const asset = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../assets/tokenizer/${name}`, import.meta.url), 'utf8'));
const json = asset('tokenizer.json');
const tokenizer = new Tokenizer(json, asset('tokenizer_config.json'));
const ids = (text: string): number[] => tokenizer.encode(text).ids;
const decode = (tokens: number[]): string => tokenizer.decode(tokens, { skip_special_tokens: true });
const UNKNOWN = 2;

describe('the demo’s tokenizer', () => {
  it('keeps T5’s conventions: <pad> 0, </s> 1, <unk> 2, </s> at the end', () => {
    expect(json.model.type).toBe('Unigram');
    expect(json.model.vocab.slice(0, 3).map(([piece]: [string]) => piece)).toEqual(['<pad>', '</s>', '<unk>']);
    for (const text of ['septic shock', '', ' ', 'a\nb']) expect(ids(text).at(-1)).toBe(1);
    expect(ids('')).toEqual([1]);
    expect(asset('special_tokens_map.json')).toEqual({ eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' });
  });

  it.each(PHENOTYPES)('writes %s with one token and reads it back', (name) => {
    expect(ids(name)).toHaveLength(2);
    expect(decode(ids(name))).toBe(name);
  });

  it('round trips the target text with all its marks', () => {
    const target = `### Disease Diagnosed: {${PHENOTYPES.join(',')}}. ### Rationale: Based on the medical notes, septic shock; a: b.`;
    expect(decode(ids(target))).toBe(target);
    expect(ids(target)).not.toContain(UNKNOWN);
  });

  it('knows every printable ASCII character', () => {
    for (let c = 0x21; c < 0x7f; c++)
      expect(ids(`x${String.fromCharCode(c)}`), String.fromCharCode(c)).not.toContain(UNKNOWN);
  });

  it('takes any white space as one space', () => {
    expect(ids('heart  rate\n is\thigh ')).toEqual(ids('heart rate is high'));
  });

  it('meets nothing unknown, and few splits, in notes of a seed it was not trained on', () => {
    let tokens = 0;
    let words = 0;
    for (let i = 0; i < 300; i++) {
      const rng = new Rng(987_654, i);
      const patient = drawPatient(rng, false);
      const admission = drawAdmission(rng, patient, DISEASES);
      const text = writeCourse(rng, admission, slotsOf(rng, patient, admission, patient.age, 'MICU')).text;
      const found = ids(text);
      expect(found).not.toContain(UNKNOWN);
      tokens += found.length;
      words += text.split(/\s+/).length;
    }
    expect(tokens / words).toBeLessThan(1.75); // marks and stop words, which cleaning removes, included
  });
});
