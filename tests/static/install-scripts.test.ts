// A dependency may run nothing when it is installed. Its code runs only when ours imports it, in the version and with
// the checksum that the lockfile names.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readText, root, trackedFiles } from '../support/repository.ts';
import { lockedPackages, pnpmWorkspace } from '../support/yaml-files.ts';

const manifestSchema = z.object({
  name: z.string().default(''),
  scripts: z.record(z.string(), z.string()).default({}),
});
const LIFECYCLE = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare', 'prepublish'];
const INSTALLING = ['preinstall', 'install', 'postinstall'];

const workspace = pnpmWorkspace();
const builds = new Map(Object.entries(workspace.allowBuilds));

describe('install scripts', () => {
  test('run for no dependency', () => {
    expect(builds.size).toBeGreaterThan(0);
    expect([...builds.values()].filter(Boolean)).toEqual([]);
  });

  test('have no other setting that allows them', () => {
    const others = ['onlyBuiltDependencies', 'dangerouslyAllowAllBuilds', 'ignoreScripts', 'enablePrePostScripts'];
    expect(others.filter((name) => name in workspace)).toEqual([]);
    expect(trackedFiles('*.npmrc', '*.pnpmfile.cjs', '*.pnpmfile.mjs')).toEqual([]);
  });

  test('have an explicit entry for every installed package with one', () => {
    const withScripts = installedPackages().filter(({ scripts }) => INSTALLING.some((name) => name in scripts));
    expect(withScripts.length).toBeGreaterThan(0);
    expect(withScripts.map(({ name }) => name).filter((name) => !builds.has(name))).toEqual([]);
  });

  test('do not exist in packages of the workspace', () => {
    const manifests = trackedFiles('package.json', '*/package.json').map((file) =>
      manifestSchema.parse(JSON.parse(readText(file))),
    );
    expect(manifests.length).toBeGreaterThan(10);
    expect(manifests.flatMap(({ scripts }) => LIFECYCLE.filter((name) => name in scripts))).toEqual([]);
  });

  test('do not run when the launcher installs the tools, and the Dockerfile calls no other installer', () => {
    expect(readText('scripts/launch/toolchain.mjs')).toContain("'--ignore-scripts'");
    const commands = [...readText('Dockerfile').matchAll(/(?<![a-z])(npm|npx|yarn|corepack|curl|wget) [a-z].+/g)];
    expect(commands.map(([command]) => command)).toEqual([]);
  });
});

test.each([
  ['pnpm-lock.yaml', 100],
  ['infra/pnpm-lock.yaml', 10],
])('every package of %s comes from the registry, with a checksum', (file, minimum) => {
  const packages = Object.values(lockedPackages(file));
  expect(packages.length).toBeGreaterThan(minimum);
  for (const { resolution } of packages) {
    expect(resolution).toEqual({ integrity: expect.stringMatching(/^sha512-[A-Za-z0-9+/=]{88}$/) });
  }
});

/**
 * The packages in pnpm's store of this checkout that the lockfile names: an update can leave others there for a
 * while.
 */
function installedPackages() {
  const store = join(root, 'node_modules/.pnpm');
  const lockfile = readText('pnpm-lock.yaml');
  const isLocked = (folder: string) => lockfile.includes(folder.replace('+', '/').replace(/_.*$/, ''));
  const folders = readdirSync(store).filter((folder) => folder.includes('@') && isLocked(folder));
  return folders.flatMap((folder) => {
    const name = folder.replace(/^(@?)([^@]+)@.*$/, '$1$2').replace('+', '/');
    try {
      return [
        manifestSchema.parse(
          JSON.parse(readFileSync(join(store, folder, 'node_modules', name, 'package.json'), 'utf8')),
        ),
      ];
    } catch {
      return [];
    }
  });
}

const pinSchema = z.strictObject({
  package: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/=]{88}$/),
});

test('the launcher’s Node and pnpm have an exact version and a checksum for each platform', () => {
  const pins = z
    .strictObject({ node: z.record(z.string(), pinSchema), pnpm: z.record(z.string(), pinSchema) })
    .parse(JSON.parse(readText('scripts/launch/toolchain.json')));
  const glibcAndOthers = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'];
  expect(Object.keys(pins.node).sort()).toEqual(glibcAndOthers);
  expect(Object.keys(pins.pnpm).sort()).toEqual([...glibcAndOthers, 'linux-arm64-musl', 'linux-x64-musl'].sort());
  expect(Object.values(pins.node).filter(({ version }) => Number(version.split('.')[0]) < 24)).toEqual([]);
  expect(Object.values(pins.pnpm).filter(({ version }) => !version.startsWith('12.'))).toEqual([]);
});
