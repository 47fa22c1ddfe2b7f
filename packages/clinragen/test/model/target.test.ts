import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosesInText } from '../../src/diagnose/index.js';
import {
  AnswerForm,
  answerIds,
  answerText,
  DEMO_TOKENIZER,
  ModelError,
  PROMPT,
  promptIds,
  readTokenizer,
  splitRationale,
  type Tokenizer,
} from '../../src/model/index.js';
import { PHENOTYPES } from '../../src/phenotypes.js';

const shared = process.env.CLINRAGEN_SHARED ?? fileURLToPath(new URL('../../../../../shared', import.meta.url));
const flan = join(shared, 'data', 't5-tokenizer');
const withFlan = existsSync(join(flan, 'tokenizer.json'));

const demo = readTokenizer(DEMO_TOKENIZER);
const END = 1;
const sets = fc.subarray([...PHENOTYPES]);
const note = 'patient admitted with fever and cough';
const why = { note: 'Based on the medical notes, fever.', series: 'Lab test shows heart rate high.' };

function isInside(part: readonly number[], whole: readonly number[]): boolean {
  return whole.some((_, at) => part.every((id, i) => whole[at + i] === id));
}

/** What must hold of any tokenizer that answers are written with. */
function keepsNamesApart(tokenizer: Tokenizer): void {
  const form = new AnswerForm(tokenizer);
  expect(form.names).toHaveLength(25);
  const spelled = [...form.names, form.none].map((ids) => ids.join());
  expect(new Set(spelled).size).toBe(26);
  for (const [i, ids] of form.names.entries()) expect(tokenizer.decode(ids)).toBe(PHENOTYPES[i]);
  fc.assert(
    fc.property(sets, (diagnoses) => {
      const opening = form.opening(diagnoses);
      // Read back as text, and as tokens: cut at the separators.
      expect(diagnosesInText(tokenizer.decode(opening))).toEqual(diagnoses);
      const list = opening.slice(form.prefix.length, -form.close.length);
      const names: string[] = [];
      for (let from = 0; from < list.length; ) {
        const to = list.indexOf(form.separator, from);
        const ids = list.slice(from, to < 0 ? undefined : to);
        const at = form.names.findIndex((name) => name.join() === ids.join());
        if (at >= 0) names.push(PHENOTYPES[at] as string);
        else expect(ids).toEqual(form.none);
        from = to < 0 ? list.length : to + 1;
      }
      expect(names).toEqual(diagnoses);
    }),
    { numRuns: 100 },
  );
}

describe('the names in tokens', () => {
  it('are 25 different spellings in the demo’s tokenizer, readable back from any list', () => keepsNamesApart(demo));

  it.skipIf(!withFlan)(
    `are 25 different spellings in Flan-T5’s tokenizer${withFlan ? '' : ` (skipped: ${flan} is absent)`}`,
    () => keepsNamesApart(readTokenizer(flan)),
  );

  it('are refused where two of them are spelled alike', () => {
    const blind: Tokenizer = { ...demo, encode: () => [7] };
    expect(() => new AnswerForm(blind)).toThrow(ModelError);
    expect(() => new AnswerForm(blind)).toThrow(/spells '.*' and '.*' alike/);
  });

  it('are refused where one of them holds the list’s own comma', () => {
    const comma = demo.id(',');
    const odd: Tokenizer = { ...demo, encode: (text) => (text === 'Shock' ? [comma, 9] : demo.encode(text)) };
    expect(() => new AnswerForm(odd)).toThrow(/'Shock' holds a comma/);
  });
});

describe('the answer', () => {
  const form = new AnswerForm(demo);
  const diagnoses = ['Shock', 'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)'];
  const options = { compat: 'fixed', end: END, limit: 200 } as const;

  it('names the diseases in canonical order, then why, and ends', () => {
    expect(answerText(diagnoses, why)).toBe(
      '### Disease Diagnosed: Pneumonia (except that caused by tuberculosis or sexually transmitted disease), Shock.' +
        ' ### Rationale: Based on the medical notes, fever. Lab test shows heart rate high.',
    );
    expect(answerText([], null)).toBe('### Disease Diagnosed: none. ### Rationale:');
    for (const compat of ['fixed', 'paper'] as const) {
      const ids = answerIds(demo, form, { diagnoses, rationale: why, reading: 'both' }, { ...options, compat });
      expect(ids.at(-1)).toBe(END);
      expect(ids.filter((id) => id === END)).toHaveLength(1);
      expect(diagnosesInText(demo.decode(ids))).toEqual([...diagnoses].reverse());
    }
  });

  it('of the series alone holds no word of the note’s rationale', () => {
    const ids = answerIds(demo, form, { diagnoses, rationale: why, reading: 'series' }, options);
    const text = demo.decode(ids);
    expect(text).not.toMatch(/based on the medical notes|fever/i);
    expect(text).toMatch(/lab test shows/i);
  });

  it('loses the end of its rationale to the limit, never a diagnosis nor the end token', () => {
    const opening = form.opening(diagnoses);
    for (const limit of [1, 5, opening.length + 1, opening.length + 4]) {
      const ids = answerIds(demo, form, { diagnoses, rationale: why, reading: 'both' }, { ...options, limit });
      expect(ids.slice(0, opening.length)).toEqual(opening);
      expect(ids.at(-1)).toBe(END);
      expect(ids).toHaveLength(Math.max(limit, opening.length + 1));
    }
  });

  it('in `paper` is cut wherever the limit falls', () => {
    const paper = { ...options, compat: 'paper', limit: 6 } as const;
    const ids = answerIds(demo, form, { diagnoses, rationale: why, reading: 'both' }, paper);
    expect(ids).toEqual([...demo.encode(answerText(diagnoses, why)).slice(0, 5), END]);
  });
});

describe('the prompt', () => {
  const long = Array.from({ length: 60 }, () => note).join(' ');
  const before = demo.encode(PROMPT.beforeNote);
  const after = demo.encode(PROMPT.beforeSeries);

  it('keeps "and Lab Test:" in the window, however long the note (`fixed`)', () => {
    const limit = 64;
    const ids = promptIds(demo, long, { reading: 'both', compat: 'fixed', limit, end: END });
    expect(ids).toHaveLength(limit);
    expect(ids.slice(0, before.length)).toEqual(before);
    expect(ids.slice(-after.length)).toEqual(after);
    expect(ids.slice(before.length, -after.length)).toEqual(
      demo.encode(long).slice(0, limit - before.length - after.length),
    );
  });

  it('of a long note pushes "and Lab Test:" out of the window (`paper`)', () => {
    const ids = promptIds(demo, long, { reading: 'both', compat: 'paper', limit: 64, end: END });
    expect(ids).toHaveLength(64);
    expect(ids.at(-1)).toBe(END);
    expect(isInside(after, ids)).toBe(false);
    const short = promptIds(demo, note, { reading: 'both', compat: 'paper', limit: 64, end: END });
    expect(isInside(demo.encode('Lab Test:'), short)).toBe(true);
  });

  it('names the lab test only where there is one, and the note only where it is read', () => {
    const options = { compat: 'fixed', limit: 64, end: END } as const;
    expect(demo.decode(promptIds(demo, note, { ...options, reading: 'note' }))).not.toContain('Lab Test');
    expect(demo.decode(promptIds(demo, note, { ...options, reading: 'series' }))).not.toContain('fever');
  });
});

describe('a written rationale is split where R^t begins', () => {
  it.each([
    [
      'Based on the notes, fever. Lab test shows high heart rate.',
      'Based on the notes, fever.',
      'Lab test shows high heart rate.',
    ],
    ['Based on the notes, fever.', 'Based on the notes, fever.', ''],
    ['Lab test shows nothing.', '', 'Lab test shows nothing.'],
    ['  Fever. lab tests show glucose. ', 'Fever.', 'lab tests show glucose.'],
    ['', '', ''],
  ])('%s', (text, first, second) => {
    expect(splitRationale(text)).toEqual({ note: first, series: second });
  });

  it('and not in a sentence of R^m that quotes a lab test', () => {
    expect(splitRationale('Based on the notes, an old lab test shows anemia. Lab test shows glucose high.')).toEqual({
      note: 'Based on the notes, an old lab test shows anemia.',
      series: 'Lab test shows glucose high.',
    });
  });
});
