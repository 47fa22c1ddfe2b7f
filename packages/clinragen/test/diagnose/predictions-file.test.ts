import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPredictions, writePredictions } from '../../src/diagnose/index.js';
import { ModelError } from '../../src/model/index.js';
import { PHENOTYPES } from '../../src/phenotypes.js';
import type { Prediction } from '../../src/types.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'predictions-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = fc.subarray([...PHENOTYPES]);
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const prediction: fc.Arbitrary<Prediction> = fc.record({
  stay: text,
  subject: text,
  split: fc.constantFrom('train', 'validation', 'test'),
  recorded: names,
  diagnosed: names,
  probabilities: fc
    .array(
      fc.double({ min: 0, max: 1, noNaN: true }).map((p) => p + 0),
      { minLength: 25, maxLength: 25 },
    )
    .map((all) => Object.fromEntries(PHENOTYPES.map((name, i) => [name, all[i] as number]))),
  rationale: fc.record({ note: text, series: text }),
});
const one: Prediction = {
  stay: '200001',
  subject: '17',
  split: 'test',
  recorded: ['Shock'],
  diagnosed: [],
  probabilities: Object.fromEntries(PHENOTYPES.map((name) => [name, 0.25])),
  rationale: { note: 'Based on the medical notes, quite a secret.', series: 'Lab test shows nothing.' },
};

describe('predictions.jsonl', () => {
  it('is read back as it was written, line breaks and all', async () => {
    const path = join(folder, 'round.jsonl');
    await fc.assert(
      fc.asyncProperty(fc.array(prediction, { maxLength: 5 }), async (predictions) => {
        await writePredictions(path, predictions);
        expect(await readPredictions(path)).toEqual(predictions);
      }),
      { numRuns: 40 },
    );
    expect(readdirSync(folder)).toEqual(['round.jsonl']);
  });

  it('has one line per stay', async () => {
    const path = join(folder, 'lines.jsonl');
    await writePredictions(path, [one, { ...one, stay: '200002' }]);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).stay)).toEqual(['200001', '200002']);
  });

  const probabilities = (change: object) => ({ ...one, probabilities: { ...one.probabilities, ...change } });
  const { Shock: _, ...lacking } = one.probabilities;
  it.each([
    ['cut off', '{"stay": "2', /line 2 is no JSON/],
    ['a disease that is none of the 25', JSON.stringify({ ...one, diagnosed: ['Gout'] }), /line 2: diagnosed\.0/],
    ['a probability above 1', JSON.stringify(probabilities({ Shock: 1.5 })), /line 2: probabilities\.Shock/],
    ['a probability that is null', JSON.stringify(probabilities({ Shock: null })), /line 2: probabilities\.Shock/],
    ['a probability that is missing', JSON.stringify({ ...one, probabilities: lacking }), /line 2: probabilities/],
    ['another split', JSON.stringify({ ...one, split: 'dev' }), /line 2: split/],
    ['a list', '[]', /line 2/],
  ])('a bad line is told by file and number, without its text: %s', async (what, line, message) => {
    const path = join(folder, `${what}.jsonl`);
    writeFileSync(path, `${JSON.stringify(one)}\n${line}\n`);
    const error = await readPredictions(path).then(
      () => undefined,
      (caught: unknown) => caught as Error,
    );
    expect(error).toBeInstanceOf(ModelError);
    expect(error?.message).toContain(path);
    expect(error?.message).toMatch(message);
    expect(error?.message).not.toContain('secret');
  });

  it('that is absent is told in one error', async () => {
    await expect(readPredictions(join(folder, 'nowhere.jsonl'))).rejects.toThrow(ModelError);
    await expect(readPredictions(join(folder, 'nowhere.jsonl'))).rejects.toThrow(
      /nowhere\.jsonl: cannot be read \(ENOENT\)/,
    );
  });
});
