// Installs those dependencies of the workspace that the program needs. A program that needs more adds them later; none
// are removed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './child.mjs';
import { takeLock } from './lock.mjs';
import { fail, log, logWhileWaiting } from './log.mjs';

const SERVICES = ['cli', 'producer', 'consumer'];
const WITH_PAGE = [...SERVICES, 'console', 'page'];
const WITH_TRACES = [...WITH_PAGE, 'trace-export'];
/**
 * pnpm's options that install only what these packages need: a tenth of all dependencies for the command line and the
 * services, a third with the page. `--trust-lockfile` skips pnpm's check of the lockfile against the registry (age,
 * trust) there, which only a complete installation makes. Checksums are always checked.
 */
const pnpmOptions = (names) => [
  '--prod',
  '--trust-lockfile',
  ...names.map((name) => `--filter=@movie-load/${name}...`),
];
/** The options of pnpm by level. Each level includes the one before it. */
const LEVELS = {
  services: pnpmOptions(SERVICES),
  page: pnpmOptions(WITH_PAGE),
  traces: pnpmOptions(WITH_TRACES),
  everything: [],
};
const LEVEL_ORDER = Object.keys(LEVELS);
/** What a level contains, for a message. */
const LEVEL_CONTENTS = {
  services: 'what the services need',
  page: 'what the services and the page need',
  traces: 'what the services, the page and traces need',
  everything: 'all dependencies',
};

/** The level that a program needs. `program` is its path from the root, with `/` on Windows too. */
export function levelOf(program, args, env) {
  const level = levelOfProgram(program, args);
  const hasTraces =
    args.includes('--trace') || env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  return hasTraces ? higherLevel(level, 'traces') : level;
}

function levelOfProgram(program, args) {
  if (program === 'infra/src/main.ts')
    return needsInfra(program, args) && args[0] === 'test' ? 'everything' : 'services';
  if (program.startsWith('services/console/src/')) return 'page';
  if (program === 'packages/cli/src/main.ts') {
    return args.find((arg) => !arg.startsWith('-')) === 'up' ? 'page' : 'services';
  }
  return /^services\/(producer|consumer)\/src\//.test(program) ? 'services' : 'everything';
}

/** True if the program needs the dependencies of infra/, a package outside the workspace because they are large. */
export const needsInfra = (program, args) =>
  program === 'infra/src/main.ts' &&
  /^(synth|test)$/.test(args[0] ?? '') &&
  !args.some((arg) => /^(-h|--help)$/.test(arg));

/** Makes node_modules match the lockfile, for at least this level. Takes some milliseconds if it already does. */
export async function installDependencies({ root, toolchain, level, findPnpm, env }) {
  if (isInstalled(root, level)) return;
  mkdirSync(toolchain, { recursive: true });
  const release = await takeLock(join(toolchain, 'install.lock'));
  // Another launcher may have installed meanwhile.
  if (!isInstalled(root, level))
    await install({ root, level: higherLevel(level, installedLevel(root)), findPnpm, env });
  release();
}

async function install({ root, level, findPnpm, env }) {
  const pnpm = await findPnpm();
  log(`installing ${LEVEL_CONTENTS[level]} from the lockfile (once) …`);
  // If this installation is interrupted, the record makes the next launcher repeat it, for at least this level.
  writeRecord(root, { level });
  // Takes long if pnpm fetches everything again, because node_modules was installed from the pnpm store of another user
  // or another HOME.
  const waiting = logWhileWaiting('pnpm is installing what the lockfile names');
  const args = ['install', '--frozen-lockfile', '--reporter=append-only', ...LEVELS[level]];
  const result = await runTool(pnpm, args, { cwd: root, env });
  waiting.stop();
  if (result.error) fail(`could not start ${pnpm}: ${result.error.message}. Remove .toolchain/ and try again.`);
  if (result.code !== 0) {
    const advice = 'Check the network, remove node_modules/ and try again.';
    fail(`pnpm install ended with ${result.code}:\n${result.output}\n${advice}`);
  }
  const folders = projects(root).filter((folder) => existsSync(join(root, folder, 'node_modules')));
  writeRecord(root, { level, inputs: hashInputs(root), installedAt: installedAt(root), folders });
}

/** Of two levels the one that includes the other. */
const higherLevel = (first, second) => (LEVEL_ORDER.indexOf(first) < LEVEL_ORDER.indexOf(second) ? second : first);

const recordFile = (root) => join(root, 'node_modules/.movie-load.json');

/** The record that the last installing launcher wrote; empty if it is missing or unreadable. */
function readRecord(root) {
  try {
    return JSON.parse(readFileSync(recordFile(root), 'utf8')) ?? {};
  } catch {
    return {};
  }
}

function writeRecord(root, record) {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(recordFile(root), JSON.stringify(record));
}

function isInstalled(root, level) {
  const record = readRecord(root);
  return (
    higherLevel(level, record.level) === record.level &&
    record.installedAt !== undefined &&
    record.installedAt === installedAt(root) &&
    record.inputs === hashInputs(root) &&
    record.folders.every((folder) => existsSync(join(root, folder, 'node_modules')))
  );
}

/**
 * The installed level, even if its installation was interrupted. If node_modules has no record, a user has run pnpm,
 * which installs everything.
 */
function installedLevel(root) {
  const { level } = readRecord(root);
  if (LEVEL_ORDER.includes(level)) return level;
  return installedAt(root) === undefined ? LEVEL_ORDER[0] : 'everything';
}

/** When pnpm last changed node_modules, run by a launcher or by a user; undefined if it never did. */
const installedAt = (root) =>
  statSync(join(root, 'node_modules/.modules.yaml'), { throwIfNoEntry: false })?.mtimeMs ?? undefined;

/** A hash of all files that determine the dependencies. */
function hashInputs(root) {
  const hash = createHash('sha256');
  const manifests = projects(root).map((folder) => join(folder, 'package.json'));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** The folders of the workspace's packages, relative to the root: the same as in pnpm-workspace.yaml. */
export function projects(root) {
  const subfolders = (folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : [];
  const folders = ['.', ...subfolders('packages'), ...subfolders('services'), 'services/console/src/page', 'tests'];
  return folders.filter((folder) => existsSync(join(root, folder, 'package.json'))).sort();
}
