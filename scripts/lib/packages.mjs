/** The npm packages and the compiled TypeScript: whether they are what the lock file and the sources say, and if not, makes them. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, SetupError, step } from './say.mjs';
import { filesUnder, fingerprint, hash, readJson, readStamp, writeStamp } from './stamp.mjs';

/**
 * Compares the lock file with npm's own record of what it installed, package by package: a time of change says nothing
 * after a checkout. What was checked is remembered, because reading both files takes longer than all other checks.
 */
export function packagesReady() {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const state = hash([lock, installed].map((file) => [statSync(file).mtimeMs, statSync(file).size]));
  if (readStamp('packages')?.state === state) return true;
  const wanted = JSON.parse(readFileSync(lock, 'utf8')).packages;
  const present = readJson(installed)?.packages ?? {};
  for (const [path, { version, optional, link }] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') || link) continue;
    const found = present[path]?.version;
    if (found === version || (found === undefined && optional)) continue; // optional: made for other systems
    return false;
  }
  writeStamp('packages', { state });
  return true;
}

export async function installPackages() {
  await step('npm ci', () => run('npm-ci', 'npm', ['ci', '--no-audit', '--no-fund']));
  if (!packagesReady()) throw new SetupError('npm ci ended well, but node_modules is not what package-lock.json says.');
}

const PACKAGES = ['packages/torch', 'packages/clinragen'];

function typesState() {
  const sources = PACKAGES.flatMap((folder) => filesUnder(join(root, folder, 'src'), '.ts', '.tsx'));
  const settings = [
    ...PACKAGES.map((folder) => join(root, folder, 'tsconfig.json')),
    join(root, 'tsconfig.base.json'),
    join(root, 'tsconfig.json'),
  ];
  const compilers = join(root, 'node_modules/typescript/package.json');
  return fingerprint([...sources, ...settings, compilers].filter((file) => existsSync(file)));
}

export const typesReady = () =>
  PACKAGES.every((folder) => existsSync(join(root, folder, 'dist'))) && readStamp('types')?.state === typesState();

export async function compileTypes() {
  const state = typesState(); // before compiling: a file edited meanwhile is compiled again
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const missing = PACKAGES.some((folder) => !existsSync(join(root, folder, 'dist')));
  // --force where dist is gone but the compiler's own record of it is not
  await step('compiling TypeScript', () => run('tsc', process.execPath, [tsc, '-b', ...(missing ? ['--force'] : [])]));
  writeStamp('types', { state });
}
