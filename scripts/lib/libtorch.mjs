/**
 * Which libtorch the engine is built on, in this order: LIBTORCH if set; CLINRAGEN_LIBTORCH=system|python|pip where one is
 * forced; the torch of python3, if 2.6 or newer; torch 2.13.0 installed by pip into a cache folder of its own; the
 * distribution's. No torch is ever imported here: that takes seconds, and its files say all that is needed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ask, run, SetupError, say, step, warn, which } from './say.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { checkPip } from './toolchain.mjs';

/**
 * @typedef {object} Libtorch
 * @property {string} path     what names it: the folder, or `/usr` for the distribution's
 * @property {string} version  `2.13.0`
 * @property {'LIBTORCH' | 'python' | 'pip' | 'system'} origin
 * @property {string[]} include  to be given to the compiler; empty where it looks there anyway
 * @property {string} lib      folder with libtorch_cpu
 * @property {boolean} cxx11Abi
 * @property {boolean} cuda    its CUDA half is there, can be loaded, and this machine has such a device
 */

const PIP_VERSION = '2.13.0';
const SYSTEM_HINT = '    Debian/Ubuntu: sudo apt-get install libtorch-dev libopenblas0-pthread';
const OLDEST_OF_PYTHON = [2, 6]; // the first whose pip wheels carry what we call; older ones are not worth their quirks
const shared = (name) => `lib${name}.${process.platform === 'darwin' ? 'dylib' : 'so'}`;

/** Where pip's torch is put, beside those of other projects that use this package. */
export const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'clinragen');

/** A device file is enough to know, and costs nothing; nvidia-smi takes a second to answer. */
export const hasNvidia = () =>
  existsSync('/dev/nvidiactl') ||
  existsSync('/dev/nvidia0') ||
  (existsSync('/dev/dxg') && which('nvidia-smi') !== undefined);

/**
 * Finds the libtorch to use. With `install: false` it throws instead of installing one.
 * @returns {Promise<Libtorch>}
 */
export async function findLibtorch({ install = true } = {}) {
  if (process.env.LIBTORCH) return fromFolder(resolve(process.env.LIBTORCH), 'LIBTORCH');
  const forced = process.env.CLINRAGEN_LIBTORCH;
  if (forced === 'system') return fromSystem();
  if (forced === 'python') return fromPython(true);
  if (forced === 'pip') return fromPip(install);
  if (forced) throw new SetupError(`CLINRAGEN_LIBTORCH is "${forced}"; it can be python, pip or system.`);
  const ofPython = fromPython(false);
  if (ofPython) return ofPython;
  // Where pip failed before and the system has one, pip is not tried at every start.
  if (readStamp('pip-failed') && systemFolders()) return fromSystem();
  try {
    return await fromPip(install);
  } catch (error) {
    if (!install || !(error instanceof SetupError)) throw error;
    if (!systemFolders())
      throw new SetupError(`${error.message}\n\nWithout pip, the system's libtorch will do:\n${SYSTEM_HINT}`);
    warn(`torch could not be installed by pip: the system's libtorch is used (CLINRAGEN_LIBTORCH=pip tries again).`);
    say(error.message);
    writeStamp('pip-failed', { at: new Date().toISOString() });
    return fromSystem();
  }
}

/** A folder with include/ and lib/, as in torch's wheels and in the libtorch archives. */
function fromFolder(path, origin) {
  const include = join(path, 'include');
  const lib = join(path, 'lib');
  for (const needed of [join(include, 'ATen', 'ATen.h'), join(lib, shared('torch_cpu'))])
    if (!existsSync(needed)) throw new SetupError(`${origin}: no libtorch at ${path}: ${needed} is missing.`);
  return describe({
    path: realpathSync(path),
    origin,
    include: [include, join(include, 'torch/csrc/api/include')],
    lib,
  });
}

export const atLeast = (version, [major, minor]) => {
  const [a, b] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
};

/** The torch that `import torch` would give, or undefined where there is none that we can use. */
function fromPython(required) {
  const script =
    'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")';
  const path = ask('python3', ['-c', script]);
  const refuse = (why) => {
    if (required) throw new SetupError(`CLINRAGEN_LIBTORCH=python: ${why}`);
    return undefined;
  };
  if (!path) return refuse(`python3 (${which('python3')}) has no torch.`);
  if (!existsSync(join(path, 'include', 'ATen', 'ATen.h')) || !existsSync(join(path, 'lib', shared('torch_cpu'))))
    return refuse(`the torch at ${path} has no headers or no ${shared('torch_cpu')}.`);
  const found = fromFolder(path, 'python');
  return atLeast(found.version, OLDEST_OF_PYTHON)
    ? found
    : refuse(`torch ${found.version} at ${path}; 2.6 or newer is needed.`);
}

/**
 * Torch's wheel in a folder of its own. On a machine without an NVIDIA device the CUDA packages stay out: what we link,
 * libtorch_cpu and libc10, does not need them, which is checked by loading it.
 */
async function fromPip(install) {
  const cuda = hasNvidia();
  const folder = join(cacheFolder(), `torch-${PIP_VERSION}${cuda ? '-cuda' : ''}`);
  if (!existsSync(folder) && !install)
    throw new SetupError(`npm run setup will install torch ${PIP_VERSION} into ${folder}`);
  if (!existsSync(folder)) await installWithPip(folder, cuda);
  return fromFolder(join(folder, 'torch'), 'pip');
}

async function installWithPip(folder, withDependencies) {
  checkPip();
  mkdirSync(dirname(folder), { recursive: true });
  const temporary = `${folder}.${process.pid}.tmp`;
  const install = async (dependencies) => {
    rmSync(temporary, { recursive: true, force: true });
    const args = ['-m', 'pip', 'install', '--target', temporary, '--no-compile', '--progress-bar', 'off'];
    if (!dependencies) args.push('--no-deps');
    await run('pip-torch', 'python3', [...args, `torch==${PIP_VERSION}`]);
  };
  try {
    await step(`installing torch ${PIP_VERSION} with pip into ${folder} (200 MB to 3 GB; once)`, async () => {
      await install(withDependencies);
      if (!withDependencies && !loads(join(temporary, 'torch', 'lib'), 'torch_cpu')) {
        say('      this build of torch does not load without its CUDA packages; installing them too');
        await install(true);
      }
      if (!loads(join(temporary, 'torch', 'lib'), 'torch_cpu'))
        throw new SetupError(
          `torch ${PIP_VERSION} was installed, but ${shared('torch_cpu')} cannot be loaded on this machine.`,
        );
      renameSync(temporary, folder);
    });
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The distribution's own: headers on the compiler's path, libraries in the linker's. */
function fromSystem() {
  const found = systemFolders();
  if (!found)
    throw new SetupError(
      `the system has no libtorch with headers.\n${SYSTEM_HINT}\nUnset CLINRAGEN_LIBTORCH, and pip is used.`,
    );
  const torch = describe({ path: '/usr', origin: 'system', include: [found.api], lib: found.lib });
  if (usesReferenceBlas(torch.lib))
    warn(
      'libblas.so.3 is the reference BLAS, about 60 times slower (5 GFLOP/s where OpenBLAS gives 290).\n' +
        '        Debian/Ubuntu: sudo apt-get install libopenblas0-pthread',
    );
  return torch;
}

function systemFolders() {
  const folders = existsSync('/usr/lib')
    ? readdirSync('/usr/lib')
        .filter((name) => name.endsWith('-linux-gnu'))
        .map((name) => `/usr/lib/${name}`)
    : [];
  const lib = [...folders, '/usr/lib64', '/usr/lib'].find((folder) => existsSync(join(folder, shared('torch_cpu'))));
  if (!lib || !existsSync('/usr/include/ATen/ATen.h')) return undefined;
  return { lib, api: '/usr/include/torch/csrc/api/include' };
}

/** Debian's libtorch takes whichever library the alternative `libblas.so.3` points at. */
export function usesReferenceBlas(lib) {
  const blas = join(lib, 'libblas.so.3');
  return existsSync(blas) && /\/blas\/libblas/.test(realpathSync(blas));
}

function describe({ path, origin, include, lib }) {
  const api = include.at(-1);
  const version = [join(include[0], 'torch/headeronly/version.h'), join(api, 'torch/version.h')]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .map((text) =>
      ['MAJOR', 'MINOR', 'PATCH'].map((part) => new RegExp(`TORCH_VERSION_${part} (\\d+)`).exec(text)?.[1]),
    )
    .find((parts) => parts.every((part) => part !== undefined))
    ?.join('.');
  if (!version)
    throw new SetupError(`${origin}: the headers of ${path} do not say which version of libtorch they are.`);
  const config = join(dirname(lib), 'share/cmake/Torch/TorchConfig.cmake');
  const cxx11Abi = !(existsSync(config) && /_GLIBCXX_USE_CXX11_ABI=0/.test(readFileSync(config, 'utf8')));
  const cuda = hasNvidia() && existsSync(join(lib, shared('torch_cuda'))) && loadsCached(lib, 'torch_cuda');
  return { path, origin, version, include, lib, cxx11Abi, cuda };
}

/** What identifies this build of libtorch: another file in the same place is another libtorch. */
export function identity(torch) {
  const { size, mtimeMs } = statSync(join(torch.lib, shared('torch_cpu')));
  return { ...torch, size, mtimeMs };
}

/** CUDA's half takes seconds to load, so what was found is kept until the library or the driver changes. */
function loadsCached(lib, name) {
  const file = join(lib, shared(name));
  const driver = '/proc/driver/nvidia/version';
  const key = `${file} ${statSync(file).mtimeMs} ${existsSync(driver) ? readFileSync(driver, 'utf8') : ''}`;
  const stamp = readStamp('cuda');
  if (stamp?.key === key) return stamp.loads;
  const answer = loads(lib, name);
  if (!answer) warn(`${file} cannot be loaded here, so CUDA is left out.`);
  writeStamp('cuda', { key, loads: answer });
  return answer;
}

/** Whether the dynamic loader finds everything that the library asks for. */
function loads(lib, name) {
  const file = join(lib, shared(name));
  return (
    ask('python3', ['-c', 'import ctypes, sys; ctypes.CDLL(sys.argv[1])', file], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }) !== undefined
  );
}
