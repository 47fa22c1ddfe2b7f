/** Makes a cohort in a process of its own: `build-program.ts '<json of Task>'`; says on stdout what it came to. */
import { buildCohort, type CohortOptions, type CohortPhase } from '../../../src/cohort/index.js';

export interface Task extends Pick<CohortOptions, 'source' | 'out' | 'kind' | 'memoryLimit'> {
  /** Kills itself where the phase begins or ends. */
  readonly dieAt?: readonly [phase: CohortPhase, when: 'begin' | 'end'];
  /** Goes on as another user. */
  readonly uid?: number;
}

const task = JSON.parse(process.argv[2]!) as Task;
if (task.uid !== undefined) process.setuid!(task.uid);
await buildCohort({
  ...task,
  onProgress({ phase, done, total }) {
    if (task.dieAt?.[0] !== phase) return;
    if (task.dieAt[1] === 'begin' || (done === total && total > 0)) process.kill(process.pid, 'SIGKILL');
  },
}).then(
  (report) => console.log(`stays: ${report.filters.at(-1)!.stays}`),
  (error: Error) => console.log(`${error.name}: ${error.message}`),
);
