/** How setup talks: one line per step that had something to do, the tail of the log of one that failed. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, createWriteStream, mkdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Stamps and logs of setup; git ignores it. */
export const cache = join(root, '.cache');

/** What the user can act on: printed without a stack. */
export class SetupError extends Error {
  name = 'SetupError';
}

const tty = process.stderr.isTTY === true && !process.env.NO_COLOR;
const paint = (code, text) => (tty ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = (text) => paint(1, text);
export const dim = (text) => paint(2, text);
export const green = (text) => paint(32, text);
export const yellow = (text) => paint(33, text);
export const red = (text) => paint(31, text);

/** Everything that setup says goes to stderr, so that a command behind it keeps stdout to itself. */
export const say = (line) => process.stderr.write(`${line}\n`);
export const warn = (line) => say(`${yellow('warning')} ${line}`);

/** @param {number} since milliseconds as of performance.now() */
export const took = (since) => {
  const seconds = (performance.now() - since) / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${String(Math.round(seconds % 60)).padStart(2, '0')} s`;
};

/** Runs one step of the set-up and says what it did and how long it took. */
export async function step(title, work) {
  const began = performance.now();
  say(`${bold('setup')} ${title} …`);
  const outcome = await work();
  say(`${bold('setup')} ${green('done')} ${title} ${dim(`(${took(began)})`)}`);
  return outcome;
}

/** The first executable file of that name on the PATH, or undefined. */
export function which(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (!folder) continue;
    const path = join(folder, name);
    try {
      if (!statSync(path).isFile()) continue;
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/** Standard output of a short command, trimmed, or undefined where it failed. */
export function ask(command, args, options = {}) {
  const answer = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000, ...options });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

/**
 * Runs a long command with its output in `.cache/logs/<log>.log`; a sign of life every 15 seconds.
 * @throws {SetupError} with the tail of the log and its path
 */
export async function run(log, command, args, options = {}) {
  const path = join(cache, 'logs', `${log}.log`);
  mkdirSync(dirname(path), { recursive: true });
  const file = createWriteStream(path);
  file.write(`$ ${[command, ...args].join(' ')}\n`);
  const began = performance.now();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  child.stdout.pipe(file, { end: false });
  child.stderr.pipe(file, { end: false });
  const alive = setInterval(() => say(dim(`      … ${took(began)}, log: ${relative(root, path)}`)), 15_000);
  const status = await new Promise((resolve) => {
    child.on('error', (error) => {
      file.write(`${error.message}\n`);
      resolve(-1);
    });
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  clearInterval(alive);
  await new Promise((resolve) => file.end(resolve));
  if (status === 0) return;
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const first = lines.findIndex((line) => /\berror\b/i.test(line)); // a compiler's first error, its last lines follow from it
  const shown =
    first >= 0 && first < lines.length - 25
      ? [...lines.slice(first, first + 12), '…', ...lines.slice(-12)]
      : lines.slice(-25);
  throw new SetupError(
    `${command} failed (${status}); from ${relative(root, path)}:\n${shown.map((line) => `  | ${line}`).join('\n')}`,
  );
}
