// Installs the workspace's dependencies that the program needs. Later programs add to them; nothing is removed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './child.mjs';
import { takeLock } from './lock.mjs';
import { fail, log, logWhileWaiting } from './words.mjs';

const SERVICES = ['cli', 'producer', 'consumer'];
const PAGE = [...SERVICES, 'console', 'page'];
const TRACES = [...PAGE, 'trace-export'];
/**
 * The command line and the services need a tenth of everything; the page's tools need a third. Only a complete
 * installation makes pnpm compare the lockfile with the registry (age, trust); checksums are always checked.
 */
const only = (names) => ['--prod', '--trust-lockfile', ...names.map((name) => `--filter=@movie-load/${name}...`)];
/** Each level includes the one before it. */
const LEVELS = { services: only(SERVICES), page: only(PAGE), traces: only(TRACES), everything: [] };
const ORDER = Object.keys(LEVELS);
const WORDS = {
  services: 'what the services need',
  page: 'what the services and the page need',
  traces: 'what the services, the page and traces need',
  everything: 'all dependencies',
};

/** The level that a program needs; `program` is its path from the root, with slashes. */
export function levelOf(program, args, env) {
  const level = levelOfProgram(program, args);
  const hasTraces =
    args.includes('--trace') || env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  return hasTraces ? higher(level, 'traces') : level;
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

/** True if the program needs the package of infra/, which is outside the workspace because it is large. */
export const needsInfra = (program, args) =>
  program === 'infra/src/main.ts' &&
  /^(synth|test)$/.test(args[0] ?? '') &&
  !args.some((arg) => /^(-h|--help)$/.test(arg));

/** Makes node_modules match the lockfile, for this level at least; takes some milliseconds if nothing is to do. */
export async function installDependencies({ root, toolchain, level, findPnpm, env }) {
  if (isInstalled(root, level)) return;
  mkdirSync(toolchain, { recursive: true });
  const release = await takeLock(join(toolchain, 'install.lock'));
  // Another launcher may have installed meanwhile.
  if (!isInstalled(root, level)) await install({ root, level: higher(level, presentLevel(root)), findPnpm, env });
  release();
}

async function install({ root, level, findPnpm, env }) {
  const pnpm = await findPnpm();
  log(`installing ${WORDS[level]} from the lockfile (once) …`);
  // Recorded until it is done: the next launcher continues an interrupted installation, at this level at least.
  writeRecord(root, { level });
  // May fetch everything again: node_modules of another user or HOME belongs to another pnpm store.
  const waiting = logWhileWaiting('pnpm is installing what the lockfile names');
  const args = ['install', '--frozen-lockfile', '--reporter=append-only', ...LEVELS[level]];
  const done = await runTool(pnpm, args, { cwd: root, env });
  waiting.stop();
  if (done.error) fail(`could not start ${pnpm}: ${done.error.message}. Remove .toolchain/ and try again.`);
  if (done.code !== 0) {
    const advice = 'Check the network, remove node_modules/ and try again.';
    fail(`pnpm install ended with ${done.code}:\n${done.output}\n${advice}`);
  }
  const folders = projects(root).filter((folder) => existsSync(join(root, folder, 'node_modules')));
  writeRecord(root, { level, inputs: hashInputs(root), installedAt: installedAt(root), folders });
}

const higher = (one, other) => (ORDER.indexOf(one) < ORDER.indexOf(other) ? other : one);

const recordFile = (root) => join(root, 'node_modules/.movie-load.json');

/** The record of the last launcher that installed; empty when it is missing or unreadable. */
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
    higher(level, record.level) === record.level &&
    record.installedAt !== undefined &&
    record.installedAt === installedAt(root) &&
    record.inputs === hashInputs(root) &&
    record.folders.every((folder) => existsSync(join(root, folder, 'node_modules')))
  );
}

/** The installed level, complete or not. Without a record pnpm was called by hand, which installs everything. */
function presentLevel(root) {
  const { level } = readRecord(root);
  if (ORDER.includes(level)) return level;
  return installedAt(root) === undefined ? ORDER[0] : 'everything';
}

/** When pnpm last changed node_modules, called by a launcher or by hand; undefined if it never did. */
const installedAt = (root) =>
  statSync(join(root, 'node_modules/.modules.yaml'), { throwIfNoEntry: false })?.mtimeMs ?? undefined;

/** A hash of everything that determines dependencies. */
function hashInputs(root) {
  const hash = createHash('sha256');
  const manifests = projects(root).map((folder) => join(folder, 'package.json'));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** The folders of the workspace's packages, from the root: those of pnpm-workspace.yaml. */
export function projects(root) {
  const below = (folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : [];
  const all = ['.', ...below('packages'), ...below('services'), 'services/console/src/page', 'tests'];
  return all.filter((folder) => existsSync(join(root, folder, 'package.json'))).sort();
}
