// A worker thread: runs the seeds or sabotages of its messages, one after the other.
import { parentPort } from 'node:worker_threads';
import { type CountedRun, startCounting } from '../counting/counted-run.ts';
import { runSeed } from '../run/run-seed.ts';
import { catchSabotage } from '../sabotage/catch.ts';
import type { Begun, Task, TaskResult } from './pool.ts';

/** After this number of seeds V8 has compiled the code that need not be counted. */
const WARM_AFTER = 8;
let seeds = 0;
let counted: CountedRun | undefined;

const begin = (seed: number): void => {
  const begun: Begun = { kind: 'begun', seed };
  parentPort?.postMessage(begun);
};

async function work(task: Task): Promise<TaskResult> {
  if (task.kind === 'sabotage') {
    return { kind: 'sabotage', caught: await catchSabotage(task.name, { first: task.first, onSeed: begin }) };
  }
  if (task.kind === 'counts') return { kind: 'counts', counts: (await counted?.take()) ?? {} };
  if (seeds === WARM_AFTER) counted = await startCounting();
  seeds += 1;
  begin(task.seed);
  const { faults, ...result } = await (counted?.run ?? runSeed)({ seed: task.seed });
  // The schedule is left out because it is long; running the seed alone shows it.
  return { kind: 'seed', result: { ...result, faults: [] } };
}

parentPort?.on('message', (task: Task) => {
  work(task).then(
    (result) => parentPort?.postMessage(result),
    (error: unknown) => {
      throw error;
    },
  );
});
