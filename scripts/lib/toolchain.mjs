/** What must be on the machine before anything else: Node, npm, Python with pip, a C++ compiler, cmake and make. */
import { ask, SetupError, say, which } from './say.mjs';

const NODE = [20, 19];

/** How each system installs a tool. Where a system needs two commands they are joined by &&. */
const INSTALL = {
  node: {
    'Debian/Ubuntu': 'sudo apt-get install nodejs npm   (where that is older than 20.19: nvm install 22)',
    Fedora: 'sudo dnf install nodejs',
    macOS: 'brew install node',
  },
  npm: {
    'Debian/Ubuntu': 'sudo apt-get install npm',
    Fedora: 'sudo dnf install nodejs-npm',
    macOS: 'brew install node',
  },
  python3: {
    'Debian/Ubuntu': 'sudo apt-get install python3 python3-pip',
    Fedora: 'sudo dnf install python3 python3-pip',
    macOS: 'brew install python',
  },
  pip: {
    'Debian/Ubuntu': 'sudo apt-get install python3-pip',
    Fedora: 'sudo dnf install python3-pip',
    macOS: 'python3 -m ensurepip --user',
  },
  compiler: {
    'Debian/Ubuntu': 'sudo apt-get install g++ make',
    Fedora: 'sudo dnf install gcc-c++ make',
    macOS: 'xcode-select --install',
  },
  cmake: {
    'Debian/Ubuntu': 'sudo apt-get install cmake',
    Fedora: 'sudo dnf install cmake',
    macOS: 'brew install cmake',
  },
};

/** The C++ compiler: CXX where set, else the first of the usual names. */
export const compiler = () =>
  (process.env.CXX ? (which(process.env.CXX) ?? process.env.CXX) : undefined) ??
  which('c++') ??
  which('g++') ??
  which('clang++');

/** A message for one missing tool: its name, and the command of each system. */
function missing(what, tool) {
  const commands = Object.entries(INSTALL[tool]).map(([system, command]) => `    ${`${system}:`.padEnd(15)}${command}`);
  return `${what}\n${commands.join('\n')}`;
}

/** Which of the tools are missing; only looks at the PATH, so that it costs nothing when all is ready. */
export function missingTools() {
  const gaps = [];
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NODE[0] || (major === NODE[0] && minor < NODE[1]))
    gaps.push(missing(`Node ${process.versions.node} is too old: ${NODE.join('.')} or newer is needed.`, 'node'));
  if (!which('npm')) gaps.push(missing('npm is missing.', 'npm'));
  if (!which('python3')) gaps.push(missing('Python 3 (python3) is missing.', 'python3'));
  if (!compiler()) gaps.push(missing('A C++ compiler (c++, g++ or clang++) is missing.', 'compiler'));
  else if (!which('make') && !which('ninja')) gaps.push(missing('make (or ninja) is missing.', 'compiler'));
  if (!which('cmake')) gaps.push(missing('cmake is missing.', 'cmake'));
  return gaps;
}

/** @throws {SetupError} naming every missing tool and how to install it */
export function checkTools() {
  const gaps = missingTools();
  if (gaps.length > 0) throw new SetupError(`this machine lacks something that setup needs.\n\n${gaps.join('\n\n')}\n`);
}

/** pip is asked for only when something is to be installed with it: starting it takes half a second. */
export function checkPip() {
  if (ask('python3', ['-m', 'pip', '--version'])) return;
  throw new SetupError(missing(`pip is missing from ${which('python3')}.`, 'pip'));
}

/** Compiles three lines in the language of libtorch's headers, because a compiler's name says nothing of its age. */
export function checkCompiler(standard) {
  const probe =
    standard >= 20
      ? '#include <concepts>\ntemplate <std::integral T> T same(T x) { return x; }\n'
      : '#include <optional>\n';
  const args = [`-std=c++${standard}`, '-fsyntax-only', '-x', 'c++', '-'];
  if (ask(compiler(), args, { input: probe }) !== undefined) return;
  const version = ask(compiler(), ['--version'])?.split('\n')[0] ?? 'no version';
  throw new SetupError(
    missing(`${compiler()} (${version}) cannot compile C++${standard}: GCC 11 or Clang 14 can.`, 'compiler'),
  );
}

/** For `npm run doctor`. */
export function describeTools() {
  const first = (text) => text?.split('\n')[0];
  say(`  Node       ${process.versions.node}  (Node-API ${process.versions.napi})  ${process.execPath}`);
  say(`  npm        ${ask('npm', ['--version']) ?? 'missing'}`);
  say(
    `  python3    ${ask('python3', ['-c', 'import sys; print(sys.version.split()[0], "", sys.executable)']) ?? 'missing'}`,
  );
  say(`  pip        ${ask('python3', ['-m', 'pip', '--version'])?.split(' from ')[0] ?? 'missing'}`);
  say(`  compiler   ${(compiler() && first(ask(compiler(), ['--version']))) ?? 'missing'}`);
  say(`  cmake      ${first(ask('cmake', ['--version'])) ?? 'missing'}`);
}
