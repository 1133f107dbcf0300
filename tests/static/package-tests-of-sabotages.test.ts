// Each sabotage of package-tests-of-sabotages.ts makes its test file fail, which passes without it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { SABOTAGES } from '../../packages/simulation/src/sabotage/list.ts';
import { applyPatches, type Patch } from '../../packages/simulation/src/sabotage/patch.ts';
import { readImports } from '../../scripts/mutate/imports.ts';
import { ROOT } from '../../scripts/mutate/reload.ts';
import { createWorker } from '../../scripts/mutate/worker-process.ts';
import { trackedFiles } from '../../scripts/test/tracked-files.ts';
import { PACKAGE_TEST_OF_SABOTAGE } from './package-tests-of-sabotages.ts';

const graph = readImports(ROOT, trackedFiles(ROOT, 'packages/*.ts', 'services/*.ts'));
const worker = createWorker();
afterAll(() => worker.close());

/** Runs a test file with a sabotage in the sources, or without one. */
async function outcomeOf(file: string, patches: readonly Patch[]) {
  const changed = [...Map.groupBy(patches, (patch) => patch.file)].map(([source, sourcePatches]) => ({
    file: source,
    text: applyPatches(readFileSync(join(ROOT, source), 'utf8'), sourcePatches),
  }));
  const reloaded = [...new Set(changed.flatMap(({ file: source }) => [...graph.dependentsOf(source)]))];
  return worker.run({ kind: 'try', changed, reloaded, plan: [{ file, limitMs: 30_000 }] });
}

test.each(Object.entries(PACKAGE_TEST_OF_SABOTAGE))('“%s” is noticed by %s', async (name, file) => {
  const sabotage = SABOTAGES.find((candidate) => candidate.name === name);
  expect(await outcomeOf(file, sabotage?.patches ?? [])).toMatchObject({ status: 'failed', noticedBy: file });
});

test.each([...new Set(Object.values(PACKAGE_TEST_OF_SABOTAGE))])('%s passes without a sabotage', async (file) => {
  expect(await outcomeOf(file, [])).toEqual({ status: 'unnoticed' });
});
