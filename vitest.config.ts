import { defineConfig } from 'vitest/config';

// Tests run on the sources: the `source` condition of each package's exports points at src/.
const resolve = { conditions: ['source'] };
const ssr = { resolve: { conditions: ['source'], externalConditions: ['source'] } };

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: { name: 'torch', include: ['packages/torch/test/**/*.test.ts'], pool: 'forks', testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'clinragen',
          include: ['packages/clinragen/test/**/*.test.ts'],
          exclude: ['**/parity/**'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'parity',
          include: ['packages/clinragen/test/parity/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
