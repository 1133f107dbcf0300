// Imports go one way: between packages and between the cli's commands (scripts/lint/layers.ts), and between files
// (biome). The protocol reads no clock, and no promise outlives the `using` or `finally` of its block (biome). These
// tests show that the checks can fail: they refuse each wrong line and accept each right one.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allLayerViolations, LAYERS, layerViolations } from '../../scripts/lint/layers.ts';
import { biome, readText, root, trackedFiles } from '../support/repository.ts';

const forbiddenImports = [
  ['packages/schema/src/a.ts', "import '@movie-load/aws';"],
  ['packages/schema/src/a.ts', "import '@aws-sdk/client-sqs';"],
  ['packages/schema/src/a.ts', "import 'node:fs';"],
  ['packages/movies/src/a.ts', "import '@movie-load/queue';"],
  ['packages/movies/src/a.ts', "import 'node:fs';"],
  ['packages/aws/src/a.ts', "import '@movie-load/movies';"],
  ['packages/queue/src/a.ts', "import '@movie-load/jobs';"],
  ['packages/jobs/src/a.ts', "import '@movie-load/queue';"],
  ['packages/jobs/src/deep/a.ts', "import '@aws-sdk/client-s3';"],
  ['packages/service/src/a.ts', "import '@movie-load/local-aws';"],
  ['services/producer/src/a.ts', "import '@movie-load/consumer';"],
  ['services/producer/src/a.ts', "import '@movie-load/jobs';"],
  ['services/consumer/src/a.ts', "import '@movie-load/local-aws';"],
  ['services/consumer/src/a.ts', "import '@aws-sdk/client-dynamodb';"],
  ['services/console/src/a.ts', "import '@movie-load/cli';"],
  ['services/console/src/a.ts', "import { type Recording, play } from '@movie-load/simulation/recording';"],
  ['services/console/src/a.ts', "import type { runSeed } from '@movie-load/simulation';"],
  ['packages/cli/src/a.ts', "import '@movie-load/consumer';"],
  ['packages/cli/src/a.ts', "import '../../../services/consumer/src/main.ts';"],
  ['packages/cli/src/a.ts', "import '../../aws/src/settings.ts';"],
  ['packages/cli/src/session.ts', "import './commands/jobs/jobs.ts';"],
  ['packages/cli/src/commands/watch/watch.ts', "import '../jobs.ts';"],
  ['packages/local-aws/src/a.ts', "import '@movie-load/aws';"],
] as const;

const clockReads = [
  ['packages/jobs/src/a.ts', 'export const at = Date.now();'],
  ['packages/queue/src/a.ts', 'setTimeout(() => undefined, 5);'],
  ['services/consumer/src/handler.ts', 'export const dice = Math.random();'],
] as const;

const allowedImports = [
  ['packages/aws/src/a.ts', "import '@movie-load/schema'; import '@aws-sdk/client-sqs';"],
  ['packages/queue/src/a.ts', "import '@movie-load/aws'; import '@movie-load/movies';"],
  ['services/consumer/src/a.ts', "import '@movie-load/jobs'; import '@movie-load/queue'; import './b.ts';"],
  ['packages/cli/src/commands/a.ts', "import '@movie-load/local-aws'; import '../endpoint.ts';"],
  ['packages/cli/src/commands/dlq/dlq.ts', "import './ls.ts'; import '../../session.ts';"],
  ['services/console/src/a.ts', "import type { Recording } from '@movie-load/simulation/recording';"],
  ['packages/cli/src/program.ts', "const load = () => import('./commands/dlq/dlq.ts');"],
] as const;

const clockParameters = [
  ['packages/jobs/src/a.ts', 'export const at = (clock: { now(): number }) => new Date(clock.now());'],
] as const;

const earlyDisposals = [
  'export async function a() { using x = f(); return g(x); }',
  'export const a = async () => { await using x = f(); return g(x); };',
  'export async function a() { try { return f(); } finally { g(); } }',
  'export async function a() { try { return ok ? f() : undefined; } catch { g(); } }',
  'export const a = { async b() { try { return new Promise(() => {}); } finally { g(); } } };',
] as const;

const timelyDisposals = [
  'export async function a() { using x = f(); return await g(x); }',
  'export async function a() { try { return await f(); } finally { g(); } }',
  'export async function a() { try { await f(); } finally { g(); } return f(); }',
  'export function a() { try { return f(); } catch { return g(); } }',
] as const;

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'movie-load-layers-'));
  cpSync(join(root, 'scripts/lint'), join(copy, 'scripts/lint'), { recursive: true });
  const settings = JSON.parse(readText('biome.json'));
  const copySettings = { ...settings, $schema: undefined, vcs: { enabled: false }, root: true };
  writeFileSync(join(copy, 'biome.json'), JSON.stringify(copySettings));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** The categories of biome's findings in one file, with other files in the same folder if given. */
function lintFindings(path: string, source: string, others: Readonly<Record<string, string>> = {}): string[] {
  const files = Object.entries({ ...others, [path]: source });
  for (const [name, text] of files) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    writeFileSync(join(copy, name), `${text}\n`);
  }
  const { stdout } = spawnSync(biome, ['lint', '--reporter=json', path], { cwd: copy, encoding: 'utf8' });
  for (const [name] of files) rmSync(join(copy, name));
  const report: { diagnostics: { category: string }[] } = JSON.parse(stdout);
  return report.diagnostics
    .map(({ category }) => category)
    .filter((category) => /plugin|noImportCycles/.test(category));
}

describe('the layers', () => {
  test('hold for every source file', () => {
    expect(allLayerViolations(root)).toEqual([]);
  });

  test.each(forbiddenImports)('forbid in %s: %s', (path, source) => {
    expect(layerViolations(root, path, source)).not.toEqual([]);
  });

  test.each(allowedImports)('allow in %s: %s', (path, source) => {
    expect(layerViolations(root, path, source)).toEqual([]);
  });

  test('have a row for each package and service', () => {
    const folders = trackedFiles('packages/*/package.json', 'services/*/package.json')
      .map((file) => dirname(file))
      .filter((folder) => folder.split('/').length === 2);
    expect(folders.length).toBeGreaterThan(10);
    expect(folders.filter((folder) => !(folder in LAYERS))).toEqual([]);
  });
});

describe('a module that the simulation runs', () => {
  test.each(clockReads)('may not read the clock, as %s: %s', (path, source) => {
    expect(lintFindings(path, source)).not.toEqual([]);
  });

  test.each(clockParameters)('may get the clock as a parameter, as %s: %s', (path, source) => {
    expect(lintFindings(path, source)).toEqual([]);
  });
});

describe('the lint rule against disposing a resource before its work has ended', () => {
  test.each(earlyDisposals)('refuses %s', (source) => {
    expect(lintFindings('packages/cli/src/a.ts', source)).toEqual(['plugin']);
  });

  test.each(timelyDisposals)('accepts %s', (source) => {
    expect(lintFindings('packages/cli/src/a.ts', source)).toEqual([]);
  });
});

describe('the lint rule against import circles', () => {
  const one = "import { b } from './b.ts';\nexport const a = () => b;";
  const type = "import type { b } from './b.ts';\nexport type A = typeof b;";

  test.each([
    ['a value', one, "import { a } from './a.ts';\nexport const b = () => a;"],
    ['a type', type, "import type { A } from './a.ts';\nexport const b: A[] = [];"],
    ['a type of a module that is loaded later', type, "export const b = async () => (await import('./a.ts')).a;"],
  ])('refuses a circle by %s', (_, source, other) => {
    expect(lintFindings('packages/jobs/src/a.ts', source, { 'packages/jobs/src/b.ts': other })).toEqual([
      'lint/suspicious/noImportCycles',
    ]);
  });

  test('accepts imports in one direction', () => {
    expect(lintFindings('packages/jobs/src/a.ts', one, { 'packages/jobs/src/b.ts': 'export const b = 1;' })).toEqual(
      [],
    );
  });
});
