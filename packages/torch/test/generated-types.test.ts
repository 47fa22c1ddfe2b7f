import { readFileSync } from 'node:fs';
import * as torch from '@clinragen/torch';
import { describe, expect, it } from 'vitest';
import { generate } from '../scripts/generate-ops.js';
import { GENERATED_FROM } from '../src/ops.gen.js';

describe('ops.gen.ts', () => {
  const { version } = torch.info();
  const same = version === GENERATED_FROM;

  it.skipIf(!same)(
    same
      ? `is what libtorch ${version} has`
      : `is what libtorch ${GENERATED_FROM} has (skipped: this machine's is ${version})`,
    () => {
      const committed = readFileSync(new URL('../src/ops.gen.ts', import.meta.url), 'utf8');
      expect(committed === generate(), 'stale: run packages/torch/scripts/generate-ops.ts').toBe(true);
    },
  );

  it('types no operator that no form can call: every schema is prepared without an error', () => {
    let overloads = 0;
    for (const name of torch.operatorNames()) overloads += torch.schemasOf(name).length;
    expect(overloads).toBeGreaterThan(1500);
  });
});
