// The pool of workers: every seed has a result, also one that hangs.
import { beforeAll, expect, test } from '@jest/globals';
import { EVERY_EVENT_ENDS, runTasks, type Task, type TaskResult } from '../src/cli/pool.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
/** The seed at which `hanging-worker.ts` hangs. */
const HANGING_SEED = 3;
/** Also a slow machine has started a worker by then. */
const HANGS_AFTER_MS = 8000;

async function resultsOf(tasks: readonly Task[]): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  const worker = new URL('./hanging-worker.ts', import.meta.url);
  const options = { worker, hangsAfterMs: HANGS_AFTER_MS };
  await runTasks(tasks.values(), (result) => void results.push(result), options);
  return results;
}

let ofSeeds: readonly TaskResult[];
let ofSabotage: readonly TaskResult[];
// At the same time, because each waits until its worker counts as hanging.
beforeAll(async () => {
  [ofSeeds, ofSabotage] = await Promise.all([
    resultsOf(SEEDS.map((seed) => ({ kind: 'seed', seed }))),
    resultsOf([{ kind: 'sabotage', name: 'delete before store', firstSeeds: [927, HANGING_SEED] }]),
  ]);
});

test('a seed that hangs fails with a reason, and the others continue', () => {
  const seedResults = ofSeeds.flatMap((taskResult) => (taskResult.kind === 'seed' ? [taskResult.result] : []));
  expect(seedResults.map(({ seed }) => seed).toSorted()).toEqual(SEEDS);
  for (const { seed, violation } of seedResults) {
    if (seed === HANGING_SEED)
      expect(violation).toMatchObject({ invariant: EVERY_EVENT_ENDS, detail: expect.stringContaining('seed 3') });
    else expect(violation).toBeUndefined();
  }
});

test('a sabotage whose seed hangs is noticed by that seed, with the number of seeds that were tried', () => {
  const result = { asExpected: true, seeds: 2, seed: HANGING_SEED, invariant: EVERY_EVENT_ENDS };
  expect(ofSabotage).toContainEqual({ kind: 'sabotage', result: expect.objectContaining(result) });
});
