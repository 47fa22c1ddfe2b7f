import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCohort, type SourceKind } from '../../../src/cohort/index.js';
import { synthesize } from '../../../src/synthesize/index.js';
import { smallMimic3, smallPlain } from './hospitals.js';
import { type Files, mutation, spoil } from './mutations.js';
import { holdsPromises, readFiles, writeFiles } from './spoilt.js';

// Other cases: CLINRAGEN_FUZZ_SEED=… CLINRAGEN_FUZZ_CASES=… npx vitest run …/fuzz.test.ts
const SEED = Number(process.env.CLINRAGEN_FUZZ_SEED ?? 20261122);
const CASES = process.env.CLINRAGEN_FUZZ_CASES;
const LONGEST = 30_000; // ms for a case; a whole one takes half a second

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clinragen-fuzz-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fuzz(kind: SourceKind, good: Files, cases: number): Promise<Map<string, number>> {
  const source = join(folder, `good-${kind}-${good.size}`);
  await writeFiles(source, good);
  const older = join(folder, `older-${kind}-${good.size}`);
  await buildCohort({ source, kind, out: older, maxHours: 5 });
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), fc.boolean(), async (mutations, replaces) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`takes longer than ${LONGEST} ms`)), LONGEST);
      });
      const outcome = await Promise.race([
        holdsPromises(kind, spoil(good, mutations), replaces ? older : undefined),
        late,
      ]).finally(() => clearTimeout(timer));
      if (CASES) console.log(mutations.map((m) => m.name).join(' + '), '→', outcome);
      const what = outcome.replace(/\d+/g, 'N');
      outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
    }),
    { seed: SEED, numRuns: CASES ? Number(CASES) : cases, endOnFailure: Boolean(CASES) },
  );
  return outcomes;
}

describe(`spoilt tables make a whole cohort or one clear error (seed ${SEED})`, () => {
  it('of the small MIMIC-III hospital', { timeout: 7_200_000 }, async () => {
    const outcomes = await fuzz('mimic3', smallMimic3(), 80);
    expect(outcomes.get('whole')).toBeGreaterThan(10);
    expect(outcomes.size).toBeGreaterThan(15);
  });

  it('of the plain layout', { timeout: 7_200_000 }, async () => {
    const outcomes = await fuzz('plain', smallPlain(), 80);
    expect(outcomes.get('whole')).toBeGreaterThan(10);
    expect(outcomes.size).toBeGreaterThan(15);
  });

  it('of a synthetic hospital of 20 patients', { timeout: 7_200_000 }, async () => {
    const source = join(folder, 'synthetic');
    await synthesize({ patients: 20, seed: 3, out: source });
    const outcomes = await fuzz('mimic3', await readFiles(source), 15);
    expect(outcomes.size).toBeGreaterThan(3);
  });
});
