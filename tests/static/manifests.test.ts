// The package.json files: exact versions in one place, nothing declared that is not used, names that follow folders.
import { basename, dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readText, trackedFiles } from '../support/repository.ts';
import { pnpmWorkspace } from '../support/yaml-files.ts';

const dependencySet = z.record(z.string(), z.string()).default({});
const manifestSchema = z.object({
  name: z.string(),
  private: z.literal(true),
  license: z.literal('MIT'),
  type: z.literal('module'),
  dependencies: dependencySet,
  devDependencies: dependencySet,
});

/** Outside the workspace, with its own lockfile. */
const INFRA_MANIFEST = 'infra/package.json';
const manifestOf = (file: string) => {
  const manifest = manifestSchema.parse(JSON.parse(readText(file)));
  return { folder: dirname(file), ...manifest, declared: { ...manifest.dependencies, ...manifest.devDependencies } };
};
const manifests = trackedFiles('*/package.json')
  .filter((file) => file !== INFRA_MANIFEST)
  .map(manifestOf);

/** Dependencies that no source file names because a tool or another package loads them. */
const USED_INDIRECTLY = new Set(['@types/node', '@types/react', '@types/react-dom', '@vitejs/plugin-react', 'vega']);

describe('each package', () => {
  test.each(manifests)('$folder is named after its folder', ({ folder, name }) => {
    expect(name).toBe(`@movie-load/${basename(folder)}`);
  });

  test.each(manifests)('$folder takes versions from the catalog and packages from the workspace', ({ declared }) => {
    const wrongVersions = Object.entries(declared).filter(
      ([name, version]) => version !== (name.startsWith('@movie-load/') ? 'workspace:*' : 'catalog:'),
    );
    expect(wrongVersions).toEqual([]);
  });

  test.each(manifests)('$folder uses what it declares', ({ folder, declared }) => {
    const source = trackedFiles(`${folder}/*.ts`, `${folder}/*.tsx`, `${folder}/*.css`, `${folder}/*.html`)
      .map(readText)
      .join('\n');
    const used = (name: string) => source.includes(`'${name}'`) || source.includes(`'${name}/`);
    const unused = Object.keys(declared).filter((name) => !USED_INDIRECTLY.has(name) && !used(name));
    expect(unused).toEqual([]);
  });

  test.each(manifests)('$folder has what only its tests use among its devDependencies', ({ folder, dependencies }) => {
    const source = trackedFiles(`${folder}/*.ts`, `${folder}/*.tsx`, `${folder}/*.css`, `${folder}/*.html`)
      .filter((file) => !file.startsWith(`${folder}/test/`))
      .map(readText)
      .join('\n');
    const used = (name: string) => source.includes(`'${name}'`) || source.includes(`'${name}/`);
    expect(Object.keys(dependencies).filter((name) => !USED_INDIRECTLY.has(name) && !used(name))).toEqual([]);
  });
});

test('the package outside the workspace names exact versions, or folders of the workspace', () => {
  const wrongVersions = Object.entries(manifestOf(INFRA_MANIFEST).declared).filter(
    ([name, version]) =>
      !(name.startsWith('@movie-load/') ? /^link:\.\.\/packages\// : /^\d+\.\d+\.\d+$/).test(version),
  );
  expect(wrongVersions).toEqual([]);
  expect(pnpmWorkspace().packages).not.toContain('infra');
});

describe('the workspace', () => {
  test('has exact versions only, and uses each of them', () => {
    const versions = new Map(Object.entries(pnpmWorkspace().catalog));
    expect(versions.size).toBeGreaterThan(10);
    expect([...versions].filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);

    const rootManifest = z.object({ devDependencies: dependencySet }).parse(JSON.parse(readText('package.json')));
    const declaredNames = new Set(
      [rootManifest, ...manifests.map(({ declared }) => ({ devDependencies: declared }))].flatMap((m) =>
        Object.keys(m.devDependencies),
      ),
    );
    expect([...versions.keys()].filter((name) => !declaredNames.has(name))).toEqual([]);
  });

  test('names its package manager and the Node versions that the launcher works on', () => {
    const manifest = z
      .object({ packageManager: z.string(), engines: z.object({ node: z.string() }) })
      .parse(JSON.parse(readText('package.json')));
    expect(manifest.packageManager).toMatch(/^pnpm@12\.\d+\.\d+$/);
    expect(manifest.engines.node).toBe('>=20');
  });

  test('has scripts that any shell can run, also cmd.exe, which has no exec', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readText('package.json')));
    // A program of this checkout by the launcher: no built-in, variable, quote, operator or path of a Unix shell.
    const plain = /^node scripts\/launch\.mjs( [\w./@-]+)*$/;
    expect(Object.entries(scripts).filter(([, script]) => !plain.test(script))).toEqual([]);
  });
});
