/**
 * Throws random calls at the engine, in a process of its own: one that ends the process must not end the tests.
 *
 *   node --import tsx --conditions=source run-calls.ts <seed> <calls> <file that names the call at hand> [operator …]
 *
 * Operators that are named meet long tensors too. Prints one JSON line when all calls gave a result or a TorchError; otherwise fails as fast-check does.
 */
import { openSync, writeSync } from 'node:fs';
import * as torch from '@clinragen/torch';
import { TorchError } from '@clinragen/torch';
import fc from 'fast-check';
import { callsOf, realise, shown } from './arguments.js';
import { isUnprotected } from './unprotected.js';

const [seed, numRuns, logFile, ...chosen] = process.argv.slice(2) as [string, string, string, ...string[]];
const log = openSync(logFile, 'w');
const WIDTH = 2000;

const operators = chosen.length > 0 ? chosen : torch.operatorNames().filter((name) => !isUnprotected(name));

const counts = { results: 0, errors: {} as Record<string, number> };
torch.setThreads(2);

fc.assert(
  fc.property(callsOf(operators, chosen.length > 0), (spec) => {
    writeSync(log, shown(spec).slice(0, WIDTH).padEnd(WIDTH), 0);
    torch.scope(() => {
      const args = spec.args.map(realise);
      const options = Object.fromEntries(Object.entries(spec.options).map(([key, one]) => [key, realise(one)]));
      try {
        const result = torch.call(spec.operator, Object.keys(options).length > 0 ? [...args, options] : args);
        counts.results++;
        // A result that cannot be looked at is none.
        if (result instanceof torch.Tensor && result.device === 'cpu') result.describe();
      } catch (error) {
        if (!(error instanceof TorchError)) throw error;
        counts.errors[error.code] = (counts.errors[error.code] ?? 0) + 1;
      }
    });
  }),
  { seed: Number(seed), numRuns: Number(numRuns), endOnFailure: true },
);
const live = torch.memory().tensors;
console.log(JSON.stringify({ operators: operators.length, ...counts, live }));
