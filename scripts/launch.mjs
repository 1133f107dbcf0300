// Runs one of the project's programs with the Node and pnpm that it needs, on a machine that may have neither.
//
//   node scripts/launch.mjs <program> [arguments…]
//
// The launcher itself works on Node 20. It installs missing tools once, from the npm registry into .toolchain/, and the
// dependencies that the program needs, as the lockfile names them. It prints on standard error only: standard output
// belongs to the program.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './launch/child.mjs';
import { installDependencies, levelOf, needsInfra } from './launch/dependencies.mjs';
import { fail } from './launch/log.mjs';
import { fetchTool, toolchainFolder } from './launch/toolchain.mjs';

/** Older versions have neither `using` nor `Error.isError`. */
const MIN_NODE_MAJOR = 24;
const PNPM_MAJOR = 12;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const isWindows = process.platform === 'win32';
/** Whether the Node and pnpm of the machine may be used. MOVIE_LOAD_TOOLCHAIN=own forbids it. */
const mayUseInstalledTools = process.env.MOVIE_LOAD_TOOLCHAIN !== 'own';

async function findNode() {
  const isRecent = Number(process.versions.node.split('.')[0]) >= MIN_NODE_MAJOR;
  return isRecent && mayUseInstalledTools ? process.execPath : fetchTool('node');
}

async function findPnpm() {
  for (const folder of mayUseInstalledTools && !isWindows ? (process.env.PATH ?? '').split(delimiter) : []) {
    const candidate = join(folder, 'pnpm');
    if (!folder || !existsSync(candidate)) continue;
    const result = spawnSync(candidate, ['--version'], { encoding: 'utf8', cwd: '/' });
    if (result.stdout?.trim().startsWith(`${PNPM_MAJOR}.`)) return candidate;
    break;
  }
  return fetchTool('pnpm');
}

/** Installs the dependencies of the workspace, and those of infra/ if its program needs them. */
async function installNeededDependencies() {
  const common = { toolchain: toolchainFolder, findPnpm, env: process.env };
  await installDependencies({ ...common, root, level });
  if (needsInfra(programPath, programArgs))
    await installDependencies({ ...common, root: join(root, 'infra'), level: 'everything' });
}

const [program, ...programArgs] = process.argv.slice(2);
const usage =
  'usage: npm run file -- <program> [arguments…], e.g. npm run file -- services/consumer/src/main.ts --help';
if (!program) fail(usage, 2);
if (program.startsWith('-')) {
  // An option before the program's name is for the launcher.
  if (program !== '--help' && program !== '-h') fail(`unknown option ${program}; ${usage}`, 2);
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
if (!program.startsWith('node_modules/') && !existsSync(resolve(root, program)))
  fail(`there is no program ${program} (from the root of the repository); ${usage}`, 2);
const programPath = relative(root, resolve(root, program)).replaceAll('\\', '/');
const level = levelOf(programPath, programArgs, process.env);
// Both at the same time, because pnpm 12 is an executable that needs no Node.
const [node] = await Promise.all([findNode(), installNeededDependencies()]);
const searchPath = [dirname(node), process.env.PATH ?? ''].join(delimiter);
// Node caches compiled code next to the tools: after the first start, each process starts a third faster.
const compileCache = process.env.NODE_COMPILE_CACHE ?? join(toolchainFolder, 'compile-cache');
const env = { ...process.env, PATH: searchPath, NODE_COMPILE_CACHE: compileCache };
const flags = [`--import=${new URL('./launch/parent-watch.mjs', import.meta.url).href}`];
if (program.endsWith('.ts')) flags.push('--disable-warning=ExperimentalWarning');
runProgram(node, [...flags, resolve(root, program), ...programArgs], env);
