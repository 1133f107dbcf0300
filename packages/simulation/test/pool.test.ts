// The pool of workers: every seed has a result, also one that hangs.
import { expect, test } from '@jest/globals';
import { EVERY_EVENT_ENDS, runTasks, type TaskResult } from '../src/cli/pool.ts';

test('a seed that hangs fails with a reason, and the others continue', async () => {
  const seeds = [1, 2, 3, 4, 5, 6];
  const results: TaskResult[] = [];
  const worker = new URL('./hanging-worker.ts', import.meta.url);
  const tasks = Iterator.from(seeds).map((seed) => ({ kind: 'seed' as const, seed }));
  await runTasks(tasks, (result) => void results.push(result), { worker, hangsAfterMs: 1500 });
  const seedResults = results.flatMap((taskResult) => (taskResult.kind === 'seed' ? [taskResult.result] : []));
  expect(seedResults.map(({ seed }) => seed).toSorted()).toEqual(seeds);
  for (const { seed, violation } of seedResults) {
    if (seed === 3)
      expect(violation).toMatchObject({ invariant: EVERY_EVENT_ENDS, detail: expect.stringContaining('seed 3') });
    else expect(violation).toBeUndefined();
  }
});

test('a sabotage whose seed hangs is noticed by that seed, with the number of seeds that were tried', async () => {
  const results: TaskResult[] = [];
  const worker = new URL('./hanging-worker.ts', import.meta.url);
  const task = { kind: 'sabotage' as const, name: 'delete before store', firstSeeds: [927, 3] };
  await runTasks(Iterator.from([task]), (result) => void results.push(result), { worker, hangsAfterMs: 1500 });
  const result = { asExpected: true, seeds: 2, seed: 3, invariant: EVERY_EVENT_ENDS };
  expect(results).toContainEqual({ kind: 'sabotage', result: expect.objectContaining(result) });
});
