// Runs one of the project's programs with the Node and pnpm that it needs, on a machine that may have neither.
//
//   node scripts/launch.mjs <program> [arguments…]
//
// Works on Node 20. Missing tools are installed once from the npm registry into .toolchain/, and the dependencies that
// the program needs from the lockfile. The launcher prints on standard error only: standard output belongs to the
// program.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './launch/child.mjs';
import { installDependencies, levelOf, needsInfra } from './launch/dependencies.mjs';
import { fetchTool, toolchain } from './launch/toolchain.mjs';
import { fail } from './launch/words.mjs';

const NODE_LEAST = 24; // `using` and `Error.isError` are not in older ones
const PNPM_MAJOR = 12;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
/** MOVIE_LOAD_TOOLCHAIN=own ignores the machine's Node and pnpm. */
const takesMachines = process.env.MOVIE_LOAD_TOOLCHAIN !== 'own';

async function findNode() {
  const isEnough = Number(process.versions.node.split('.')[0]) >= NODE_LEAST;
  return isEnough && takesMachines ? process.execPath : fetchTool('node');
}

async function findPnpm() {
  for (const folder of takesMachines && !windows ? (process.env.PATH ?? '').split(delimiter) : []) {
    const candidate = join(folder, 'pnpm');
    if (!folder || !existsSync(candidate)) continue;
    const answer = spawnSync(candidate, ['--version'], { encoding: 'utf8', cwd: '/' });
    if (answer.stdout?.trim().startsWith(`${PNPM_MAJOR}.`)) return candidate;
    break;
  }
  return fetchTool('pnpm');
}

/** Installs the workspace, and for its own program infra/, whose package is large and outside of the workspace. */
async function installAll() {
  const common = { toolchain, findPnpm, env: process.env };
  await installDependencies({ ...common, root, level });
  if (needsInfra(path, rest)) await installDependencies({ ...common, root: join(root, 'infra'), level: 'everything' });
}

const [program, ...rest] = process.argv.slice(2);
const usage =
  'usage: npm run file -- <program> [arguments…], e.g. npm run file -- services/consumer/src/main.ts --help';
if (!program) fail(usage, 2);
if (program.startsWith('-')) {
  // `--help` before a program's name is that of the launcher.
  if (program !== '--help' && program !== '-h') fail(`unknown option ${program}; ${usage}`, 2);
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
if (!program.startsWith('node_modules/') && !existsSync(resolve(root, program)))
  fail(`there is no program ${program} (from the root of the repository); ${usage}`, 2);
const path = relative(root, resolve(root, program)).replaceAll('\\', '/');
const level = levelOf(path, rest, process.env);
// Concurrently: pnpm 12 needs no Node.
const [node] = await Promise.all([findNode(), installAll()]);
const searchPath = [dirname(node), process.env.PATH ?? ''].join(delimiter);
// Compiled code is cached next to the toolchain: after the first time, each process starts a third faster.
const compileCache = process.env.NODE_COMPILE_CACHE ?? join(toolchain, 'compile-cache');
const env = { ...process.env, PATH: searchPath, NODE_COMPILE_CACHE: compileCache };
const flags = [`--import=${new URL('./launch/parent-watch.mjs', import.meta.url).href}`];
if (program.endsWith('.ts')) flags.push('--disable-warning=ExperimentalWarning');
runProgram(node, [...flags, resolve(root, program), ...rest], env);
