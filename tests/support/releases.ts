// Other releases of movie-load, as sources in a separate folder: the one before this, and one after it. Their programs
// run as processes beside those of this release, on one queue. Dependencies are those of the present lockfile.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type RunningProcess, type StartOptions, startCommand } from '@movie-load/testing';
import { z } from 'zod';
import { root } from './repository.ts';

/** The last commit that knows plan version 1 only; see tests/fixtures/README.md. */
export const COMMIT_BEFORE = 'a4483e6ae8805cd0eac435170df8ed1a45fb6920';
export const ARCHIVE_BEFORE = join(root, 'tests/fixtures/release-before.tar.gz');

export interface Release extends Disposable {
  /** Starts a service as a container runs it. */
  start(service: 'consumer' | 'producer', options?: StartOptions): RunningProcess;
}

/** The release before this one. */
export function releaseBefore(): Release {
  return createRelease((folder) => {
    const { status, stderr } = spawnSync('tar', ['-xzf', ARCHIVE_BEFORE, '-C', folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The release before could not be unpacked: ${stderr}`);
  });
}

/** This release with a plan version that it does not know yet. */
export function releaseAfter(): Release {
  return createRelease((folder) => {
    for (const part of ['services/consumer', 'services/producer']) copyWithPackages(folder, part);
    const file = join(folder, 'packages/schema/src/plan.ts');
    const plan = readFileSync(file, 'utf8');
    const [, version = ''] = /^export const PLAN_VERSION = (\d+);$/m.exec(plan) ?? [];
    const next = plan
      .replace(`PLAN_VERSION = ${version};`, `PLAN_VERSION = ${Number(version) + 1};`)
      .replace(/^(const KNOWN_VERSIONS = \[.*)PLAN_VERSION\]/m, `$1${version}, PLAN_VERSION]`);
    if (!next.includes(`${version}, PLAN_VERSION]`)) throw new Error('packages/schema/src/plan.ts names no versions');
    writeFileSync(file, next);
  });
}

function createRelease(writeSources: (folder: string) => void): Release {
  const folder = mkdtempSync(join(tmpdir(), 'movie-load-release-'));
  writeSources(folder);
  for (const part of partsOf(folder)) linkDependencies(folder, part);
  return {
    start(service, { args = [], ...options } = {}) {
      const program = join(folder, `services/${service}/src/main.ts`);
      const flags = ['--disable-warning=ExperimentalWarning'];
      return startCommand(process.execPath, [...flags, program, ...args], { cwd: folder, ...options });
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const partsOf = (folder: string): string[] =>
  ['packages', 'services'].flatMap((kind) => readdirSync(join(folder, kind)).map((name) => `${kind}/${name}`));

const WORKSPACE_SCOPE = '@movie-load/';
const manifestSchema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

const dependenciesOf = (folder: string, part: string): string[] =>
  Object.keys(manifestSchema.parse(JSON.parse(readFileSync(join(folder, part, 'package.json'), 'utf8'))).dependencies);

/** Copies a service of this checkout, and the packages that it needs. */
function copyWithPackages(folder: string, part: string): void {
  if (existsSync(join(folder, part))) return;
  mkdirSync(join(folder, part), { recursive: true });
  for (const name of ['src', 'package.json'])
    cpSync(join(root, part, name), join(folder, part, name), { recursive: true });
  for (const name of dependenciesOf(folder, part)) {
    if (name.startsWith(WORKSPACE_SCOPE)) copyWithPackages(folder, `packages/${name.slice(WORKSPACE_SCOPE.length)}`);
  }
}

/** Packages of the release are loaded from its folder, all others from this checkout. */
function linkDependencies(folder: string, part: string): void {
  for (const name of dependenciesOf(folder, part)) {
    const link = join(folder, part, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    const isWorkspacePackage = name.startsWith(WORKSPACE_SCOPE);
    symlinkSync(
      isWorkspacePackage ? join(folder, 'packages', name.slice(WORKSPACE_SCOPE.length)) : installedPath(part, name),
      link,
      'junction',
    );
  }
}

/** The path of an installed dependency: that of the same package of this checkout, or of any other. */
function installedPath(part: string, name: string): string {
  const path = [part, ...partsOf(root)]
    .map((folder) => join(root, folder, 'node_modules', name))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`No package of this checkout has ${name}, which ${part} needs.`);
  return path;
}
