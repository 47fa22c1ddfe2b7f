import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the classifier of the README is 25 lines, runs and learns', () => {
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] as string);
  expect(blocks.length).toBe(1);
  const code = blocks[0] as string;
  expect(
    code
      .trim()
      .split('\n')
      .filter((line) => line.trim() !== '').length,
  ).toBeLessThanOrEqual(26);
  const file = fileURLToPath(new URL(`readme-example-${process.pid}.ts`, import.meta.url)); // beside the tests, to resolve the package
  writeFileSync(file, code);
  try {
    const output = execFileSync(process.execPath, ['--import', 'tsx', '--conditions=source', file], {
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1' }, // threads that spin would take the other tests' processors
    });
    const right = Number(/^([\d.]+) % right$/m.exec(output)?.[1]);
    expect(right).toBeGreaterThan(95); // about half are outside the circle
  } finally {
    rmSync(file, { force: true });
  }
});
