// A worker thread: runs the seeds or sabotages of its messages, one after the other.
import { parentPort } from 'node:worker_threads';
import { type CountedRun, startCounting } from '../counting/counted-run.ts';
import { runSeed } from '../run/run-seed.ts';
import { trySabotage } from '../sabotage/catch.ts';
import type { SeedStarted, Task, TaskResult } from './pool.ts';

/** After this number of seeds V8 has compiled the code that need not be counted. */
const WARM_AFTER = 8;
let seeds = 0;
let countedRun: CountedRun | undefined;

const reportSeedStart = (seed: number): void => {
  const message: SeedStarted = { kind: 'seed_started', seed };
  parentPort?.postMessage(message);
};

async function runTask(task: Task): Promise<TaskResult> {
  if (task.kind === 'sabotage') {
    return {
      kind: 'sabotage',
      result: await trySabotage(task.name, { firstSeeds: task.firstSeeds, onSeed: reportSeedStart }),
    };
  }
  if (task.kind === 'counts') return { kind: 'counts', counts: (await countedRun?.takeCounts()) ?? {} };
  if (seeds === WARM_AFTER) countedRun = await startCounting();
  seeds += 1;
  reportSeedStart(task.seed);
  const { faults, ...result } = await (countedRun?.run ?? runSeed)({ seed: task.seed });
  // The schedule is left out because it is long; running the seed alone shows it.
  return { kind: 'seed', result: { ...result, faults: [] } };
}

parentPort?.on('message', (task: Task) => {
  runTask(task).then(
    (result) => parentPort?.postMessage(result),
    (error: unknown) => {
      throw error;
    },
  );
});
