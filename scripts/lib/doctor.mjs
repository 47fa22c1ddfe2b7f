/** `npm run doctor`: what this machine has and what setup would use. Installs and changes nothing. */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { addonState, current } from './addon.mjs';
import { cacheFolder, findLibtorch, hasNvidia, usesReferenceBlas } from './libtorch.mjs';
import { packagesReady, typesReady } from './packages.mjs';
import { ask, bold, cache, dim, green, red, SetupError, say, which, yellow } from './say.mjs';
import { readJson } from './stamp.mjs';
import { describeTools, missingTools } from './toolchain.mjs';

const yes = (flag, good = 'yes', bad = 'no') => (flag ? green(good) : yellow(bad));
const line = (name, value) => say(`  ${name.padEnd(10)} ${value}`);

export async function doctor() {
  say(bold('tools'));
  describeTools();

  say(bold('machine'));
  line('processor', `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} threads, ${platform()} ${arch()}`);
  line('memory', `${Math.round(totalmem() / 2 ** 30)} GiB`);
  const flags = processorFlags();
  if (flags)
    line(
      'bf16',
      ['amx_bf16', 'avx512_bf16', 'avx512f', 'avx2'].map((flag) => `${flag} ${yes(flags.has(flag))}`).join(', '),
    );
  line('NVIDIA', hasNvidia() ? (ask('nvidia-smi', ['-L']) ?? 'device files, but nvidia-smi does not answer') : 'none');

  say(bold('engine'));
  const torch = await chosenLibtorch();
  if (torch) {
    line('libtorch', `${torch.version} from ${torch.origin}  ${torch.path}`);
    const blas = join(torch.lib, 'libblas.so.3'); // Debian's libtorch takes whichever library this link leads to
    if (torch.origin === 'system' && existsSync(blas)) line('', `with ${realpathSync(blas)}`);
    if (torch.origin === 'system' && usesReferenceBlas(torch.lib))
      line('', red('its BLAS is the reference one, 60 times slower: sudo apt-get install libopenblas0-pthread'));
    const { ready } = missingTools().length === 0 ? addonState(torch) : { ready: false };
    line('addon', ready ? readJson(current).addon : yellow('not built for it yet: npm run setup'));
    if (ready) describeAddon(readJson(current).addon);
  }

  say(bold('this folder'));
  line('packages', yes(packagesReady(), 'as in package-lock.json', 'to be installed: npm run setup'));
  line('compiled', yes(typesReady(), 'up to date', 'to be compiled: npm run setup'));
  line('browser', chromium() ?? 'no chromium: the tests in a browser are skipped');
  line('caches', `${cache} ${dim('(stamps, logs)')}, ${pipFolders()}`);

  const gaps = missingTools();
  if (gaps.length > 0) {
    say(`\n${gaps.join('\n\n')}\n`);
    process.exitCode = 1;
  }
}

/** As setup would choose it, but nothing is installed: where pip would be asked to, that is said instead. */
async function chosenLibtorch() {
  try {
    return await findLibtorch({ install: false });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    line('libtorch', yellow(error.message));
    return undefined;
  }
}

/** What the built addon says of itself, asked in a process of its own: one that does not load must not end the doctor. */
function describeAddon(addon) {
  const answer = ask(process.execPath, ['-e', 'console.log(require(process.argv[1]).info())', addon]);
  if (!answer) return line('', red('the addon does not load: rm -r packages/torch/build && npm run setup'));
  const { version, cuda, cudaDevices, threads, blas, cpuCapability, config } = JSON.parse(answer);
  line('', `libtorch ${version}, ${threads} threads, ${cpuCapability ?? 'no'} kernels`);
  line('BLAS', blas ?? /BLAS_INFO=(\w+)/.exec(config ?? '')?.[1] ?? 'unknown');
  line('CUDA', cuda ? green(`${cudaDevices} device${cudaDevices === 1 ? '' : 's'}`) : 'no');
}

/** The processor's own words for what it can do; undefined where the system does not say. */
function processorFlags() {
  if (!existsSync('/proc/cpuinfo')) return undefined;
  const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
  return flags && new Set(flags.split(' '));
}

const chromium = () =>
  (process.env.CHROMIUM && existsSync(process.env.CHROMIUM) ? process.env.CHROMIUM : undefined) ??
  ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(which).find(Boolean);

function pipFolders() {
  const folder = cacheFolder();
  const torches = existsSync(folder)
    ? readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory())
    : [];
  return torches.length > 0 ? torches.map((name) => join(folder, name)).join(', ') : `${folder} ${dim('(empty)')}`;
}
