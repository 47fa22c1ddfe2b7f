/**
 * Builds the engine's addon for the libtorch that was found.
 *
 * cmake is called directly. cmake-js would add nothing here: its work is to fetch Node's headers, and Node-API's own
 * (node-api-headers) serve every Node without fetching anything.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, freemem } from 'node:os';
import { dirname, join } from 'node:path';
import { atLeast, identity } from './libtorch.mjs';
import { root, run, step } from './say.mjs';
import { filesUnder, hash, readJson, writeJson } from './stamp.mjs';
import { checkCompiler, compiler } from './toolchain.mjs';

const native = join(root, 'packages/torch/native');
const build = join(root, 'packages/torch/build');
/** Which addon the engine loads: {addon, libtorch {path, version, origin}, cuda, builtAt}. */
export const current = join(build, 'current.json');

const GIGABYTES_PER_COMPILER = 2; // one source with ATen's headers takes about 1.2

/**
 * What the environment adds for the compiler. The addon chooses its instructions when it is loaded and runs on any processor
 * of its kind, unless it is told `-march=native`: that means another thing on another processor, which may share this folder.
 */
function flags() {
  const given = process.env.CXXFLAGS ?? '';
  if (!/=native\b/.test(given)) return given;
  const features =
    existsSync('/proc/cpuinfo') && /^(?:flags|Features)\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
  return `${given} ${features?.[0] ?? cpus()[0]?.model}`;
}

/** Whether the addon of these sources and this libtorch is built and is the current one. */
export function addonState(torch) {
  const { size, mtimeMs } = statSync(compiler());
  const engine = {
    torch: identity(torch),
    compiler: [compiler(), size, mtimeMs],
    cxxFlags: flags(),
  };
  const sources = filesUnder(native, '.cc', '.h', 'CMakeLists.txt').map((file) => [file, readFileSync(file, 'utf8')]);
  const key = hash({ engine, sources });
  const addon = join(build, key, 'torch.node');
  const ready = existsSync(addon) && readJson(current)?.addon === addon;
  return { key, addon, ready, tree: join(build, `cmake-${hash(engine)}`) };
}

/**
 * Objects stay in one tree per libtorch and compiler, so that an edit compiles one file; the finished addon is copied to
 * a folder of its own, so that a process which has the old one loaded keeps it.
 */
export async function buildAddon(torch, { key, addon, tree }) {
  if (existsSync(addon)) return writeCurrent(torch, addon); // an earlier choice of libtorch, chosen again
  const standard = atLeast(torch.version, [2, 9]) ? 20 : 17;
  checkCompiler(standard);
  await step(
    `compiling the engine for libtorch ${torch.version} (${torch.origin}${torch.cuda ? ', CUDA' : ''})`,
    async () => {
      const require = createRequire(join(root, 'packages/torch/package.json'));
      const headers = [require('node-api-headers').include_dir, dirname(require.resolve('node-addon-api'))];
      const configure = () =>
        run('cmake', 'cmake', [
          ...['-S', native, '-B', tree, '-DCMAKE_BUILD_TYPE=Release', `-DCMAKE_CXX_COMPILER=${compiler()}`],
          `-DTORCH_INCLUDE=${torch.include.join(';')}`,
          `-DTORCH_LIB=${torch.lib}`,
          `-DTORCH_CXX_STANDARD=${standard}`,
          `-DTORCH_CXX11_ABI=${torch.cxx11Abi ? 1 : 0}`,
          `-DTORCH_CUDA=${torch.cuda ? 'ON' : 'OFF'}`,
          `-DNODE_API_INCLUDE=${headers.join(';')}`,
        ]);
      try {
        await configure();
      } catch {
        rmSync(tree, { recursive: true, force: true }); // a tree that was moved, or of another cmake: once more from nothing
        await configure();
      }
      const jobs = Math.max(
        1,
        Math.min(availableParallelism(), Math.floor(freemem() / 2 ** 30 / GIGABYTES_PER_COMPILER)),
      );
      await run('compile', 'cmake', ['--build', tree, '--parallel', String(jobs)]);
      mkdirSync(dirname(addon), { recursive: true });
      copyFileSync(join(tree, 'torch.node'), `${addon}.tmp`);
      renameSync(`${addon}.tmp`, addon);
      await run('load', process.execPath, ['-e', 'require(process.argv[1])', addon]).catch((error) => {
        rmSync(dirname(addon), { recursive: true, force: true });
        throw error;
      });
    },
  );
  writeCurrent(torch, addon);
  prune(key);
}

function writeCurrent(torch, addon) {
  const { path, version, origin } = torch;
  writeJson(current, {
    addon,
    libtorch: { path, version, origin },
    cuda: torch.cuda,
    builtAt: new Date().toISOString(),
  });
}

/** Keeps the newest addons only; each edit of a source leaves one behind. */
function prune(key, keep = 4) {
  const others = readdirSync(build)
    .filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== key)
    .map((name) => ({ name, time: statSync(join(build, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { name } of others.slice(keep - 1)) rmSync(join(build, name), { recursive: true, force: true });
}
