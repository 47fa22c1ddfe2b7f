/** A process of its own that fetches, to be killed: `BASE OUT`. */
import { getDatabase } from '../../../src/cohort/get/index.js';
import { QUICK } from './mirror.js';

const [base, out] = process.argv.slice(2) as [string, string];
try {
  const patience = { ...QUICK, stall: 30_000 };
  console.log(JSON.stringify(await getDatabase({ database: 'mimic4-demo', out, base, patience })));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
