// A worker that hangs at one seed, because its code loops without waiting for anything.
import { parentPort } from 'node:worker_threads';
import type { Task } from '../src/cli/pool.ts';

const HANGING_SEED = 3;

parentPort?.on('message', (task: Task) => {
  if (task.kind !== 'seed') return parentPort?.postMessage({ kind: 'counts', counts: {} });
  parentPort?.postMessage({ kind: 'seed_started', seed: task.seed });
  setImmediate(async () => {
    while (task.seed === HANGING_SEED) await null;
    parentPort?.postMessage({ kind: 'seed', result: { seed: task.seed, violation: undefined } });
  });
});
