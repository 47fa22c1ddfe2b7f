#!/usr/bin/env node
/**
 * Makes a fresh clone ready, and says nothing for the half second that it takes to see that all is ready.
 *
 *   node scripts/setup.mjs            everything: packages, libtorch, the engine's addon, TypeScript
 *   node scripts/setup.mjs --engine   without compiling TypeScript (for work on the sources, which tests run on)
 *   node scripts/setup.mjs --doctor   what this machine has; changes nothing
 *
 * Environment: LIBTORCH=<folder> or CLINRAGEN_LIBTORCH=python|pip|system choose the libtorch (scripts/lib/libtorch.mjs).
 */
import { addonState, buildAddon } from './lib/addon.mjs';
import { doctor } from './lib/doctor.mjs';
import { findLibtorch } from './lib/libtorch.mjs';
import { compileTypes, installPackages, packagesReady, typesReady } from './lib/packages.mjs';
import { bold, green, red, SetupError, say, took } from './lib/say.mjs';
import { exclusively } from './lib/stamp.mjs';
import { checkTools } from './lib/toolchain.mjs';

const flags = new Set(process.argv.slice(2));

async function ready() {
  checkTools();
  if (!packagesReady()) await exclusively(async () => packagesReady() || installPackages());
  const torch = await findLibtorch();
  if (!addonState(torch).ready)
    await exclusively(async () => {
      const state = addonState(torch); // another set-up may have finished it while this one waited
      if (!state.ready) await buildAddon(torch, state);
    });
  if (!flags.has('--engine') && !typesReady()) await exclusively(async () => typesReady() || compileTypes());
}

try {
  const unknown = [...flags].filter((flag) => !['--engine', '--doctor'].includes(flag));
  if (unknown.length > 0) throw new SetupError(`unknown option ${unknown.join(' ')}; there are --engine and --doctor.`);
  if (flags.has('--doctor')) await doctor();
  else {
    await ready();
    if (performance.now() > 1500) say(`${bold('setup')} ${green('ready')} (${took(0)})`);
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(`${bold('setup')} ${red('failed')}: ${error.message}`);
  process.exitCode = 1;
}
