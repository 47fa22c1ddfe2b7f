import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalVariable, isMeaningful } from '../../src/captions/index.js';
import {
  allTerms,
  builtinKnowledge,
  builtinSeriesEvidence,
  KnowledgeError,
  readKnowledge,
  writeKnowledge,
} from '../../src/knowledge/index.js';
import { PHENOTYPES } from '../../src/phenotypes.js';
import type { Knowledge } from '../../src/types.js';

const builtin = builtinKnowledge();
const termsOf = (phenotype: string) => (builtin.terms[phenotype] ?? []).map(({ term }) => term);

describe('the built-in knowledge', () => {
  it.each(PHENOTYPES)('has at least 20 specific terms for: %s', (phenotype) => {
    const terms = termsOf(phenotype);
    expect(new Set(terms).size).toBeGreaterThanOrEqual(20);
    for (const term of terms) {
      // The terms are matched in cleaned notes, which keep no punctuation.
      expect(term).toMatch(/^[a-z][a-z0-9]*( [a-z0-9]+){0,3}$/);
    }
  });

  it('tells diseases apart: at most one in twenty terms stands under a second disease, none under a third', () => {
    const owners = new Map<string, number>();
    for (const phenotype of PHENOTYPES)
      for (const term of termsOf(phenotype)) owners.set(term, (owners.get(term) ?? 0) + 1);
    const shared = [...owners.values()].filter((n) => n > 1);
    expect(shared.length / owners.size).toBeLessThan(0.05);
    expect(Math.max(...owners.values())).toBeLessThanOrEqual(2);
  });

  it('never gives away another label by its official name', () => {
    const names = PHENOTYPES.map((name) => name.toLowerCase());
    for (const phenotype of PHENOTYPES) {
      for (const term of termsOf(phenotype)) {
        const other = names.find((name) => name === term && name !== phenotype.toLowerCase());
        expect(other).toBeUndefined();
      }
    }
  });

  it('lists every term once, in an order that stays', () => {
    const terms = allTerms(builtin);
    expect(new Set(terms).size).toBe(terms.length);
    expect(terms.slice(0, 2)).toEqual(termsOf('Acute and unspecified renal failure').slice(0, 2));
    const shuffled: Knowledge = {
      ...builtin,
      terms: Object.fromEntries(Object.entries(builtin.terms).reverse()),
    };
    expect(allTerms(shuffled)).toEqual(terms);
  });
});

describe('the evidence of the series', () => {
  const series = builtinSeriesEvidence();

  it('names variables canonically, each direction once, and only directions that mean something', () => {
    for (const phenotype of PHENOTYPES) {
      const signs = series[phenotype]!;
      expect(new Set(signs.map((x) => `${x.variable} ${x.direction}`)).size).toBe(signs.length);
      for (const { variable, direction } of signs) {
        expect(canonicalVariable(variable)).toBe(variable);
        expect(isMeaningful({ name: variable }, direction)).toBe(true);
      }
    }
  });

  it.each([
    ['Shock', 'mean blood pressure', 'low'],
    ['Septicemia (except in labor)', 'temperature', 'high'],
    ['Diabetes mellitus without complication', 'glucose', 'high'],
    ['Respiratory failure; insufficiency; arrest (adult)', 'oxygen saturation', 'low'],
    ['Conduction disorders', 'heart rate', 'low'],
    ['Essential hypertension', 'systolic blood pressure', 'high'],
    ['Fluid and electrolyte disorders', 'ph', 'high'],
  ])('takes as a defining sign of %s: %s %s', (phenotype, variable, direction) => {
    expect(series[phenotype]).toContainEqual({ variable, direction, weight: 3 });
  });
});

describe('a knowledge file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'knowledge-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('comes back as it was written, and equal knowledge gives equal bytes', async () => {
    const path = join(folder, 'knowledge.json');
    const other = join(folder, 'other.json');
    await writeKnowledge(path, builtin);
    await writeKnowledge(other, { ...builtin, terms: Object.fromEntries(Object.entries(builtin.terms).reverse()) });
    expect(await readKnowledge(path)).toEqual(builtin);
    expect(await readFile(other, 'utf8')).toBe(await readFile(path, 'utf8'));
    expect((await readdir(folder)).sort()).toEqual(['knowledge.json', 'other.json']);
  });

  const changed = (change: (knowledge: Record<string, unknown> & { terms: Record<string, unknown> }) => void) => {
    const copy = JSON.parse(JSON.stringify(builtin));
    change(copy);
    return copy;
  };

  it.each([
    ['a missing phenotype', /\/terms\/Shock/, changed((k) => delete k.terms.Shock)],
    ['an unknown phenotype', /Gout/, changed((k) => (k.terms.Gout = [{ term: 'tophus', pmids: [] }]))],
    ['a phenotype without terms', /\/terms\/Shock/, changed((k) => (k.terms.Shock = []))],
    [
      'capitals',
      /\/terms\/Shock\[0\]\/term: expected lower case/,
      changed((k) => (k.terms.Shock = [{ term: 'Septic', pmids: [] }])),
    ],
    [
      'a bad PMID',
      /\/terms\/Shock\[0\]\/pmids\[0\].*PubMed id/,
      changed((k) => (k.terms.Shock = [{ term: 'cold', pmids: ['PM1'] }])),
    ],
    [
      'a term twice',
      /\/terms\/Shock: "cold" stands there twice/,
      changed(
        (k) =>
          (k.terms.Shock = [
            { term: 'cold', pmids: [] },
            { term: 'cold', pmids: [] },
          ]),
      ),
    ],
    ['no source', /\/source/, changed((k) => delete k.source)],
  ])('with %s is refused, by name, when read and when written', async (_, message, knowledge) => {
    const path = join(folder, 'bad.json');
    await expect(writeKnowledge(path, knowledge)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
    await writeFile(path, JSON.stringify(knowledge));
    const reading = readKnowledge(path);
    await expect(reading).rejects.toThrow(KnowledgeError);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(path);
  });

  it('that is absent or no JSON is refused with its path', async () => {
    await expect(readKnowledge(join(folder, 'absent.json'))).rejects.toThrow(/absent\.json: cannot be read \(ENOENT\)/);
    await writeFile(join(folder, 'half.json'), '{"source": "x", "terms": {');
    await expect(readKnowledge(join(folder, 'half.json'))).rejects.toThrow(/half\.json: no JSON/);
  });
});
