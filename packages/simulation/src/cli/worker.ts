// A worker thread: runs seeds or sabotages that it is given, one after the other.
import { parentPort } from 'node:worker_threads';
import { runSeed } from '../run/run-seed.ts';
import { catchSabotage } from '../sabotage/catch.ts';
import type { Task, TaskResult } from './pool.ts';

async function work(task: Task): Promise<TaskResult> {
  if (task.kind === 'sabotage') return { kind: 'sabotage', caught: await catchSabotage(task.name) };
  const { faults, ...result } = await runSeed({ seed: task.seed });
  // A schedule is long; running the seed alone shows it.
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
