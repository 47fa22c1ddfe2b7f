import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Task } from './build-program.js';

const PROGRAM = fileURLToPath(new URL('./build-program.ts', import.meta.url));
const PROJECT = fileURLToPath(new URL('../../../../..', import.meta.url));

/**
 * @param before shell words before the program: a limit
 * @returns what `build-program.ts` said, and the signal that ended it
 */
export async function inProcess(task: Task, before = ''): Promise<{ said: string; signal: string | null }> {
  const node = [process.execPath, '--conditions=source', '--import', 'tsx', PROGRAM, JSON.stringify(task)];
  const child = before
    ? spawn('bash', ['-c', `${before}; exec "$@"`, 'bash', ...node], { cwd: PROJECT })
    : spawn(node[0]!, node.slice(1), { cwd: PROJECT });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const signal = await new Promise<string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, name) => resolve(name));
  });
  return { said: said.trim(), signal };
}
