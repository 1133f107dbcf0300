// A worker of which one seed hangs, as code does that never waits for anything.
import { parentPort } from 'node:worker_threads';
import type { Task } from '../src/cli/pool.ts';

const HANGS = 3;

parentPort?.on('message', (task: Task) => {
  if (task.kind !== 'seed') return parentPort?.postMessage({ kind: 'counts', counts: {} });
  parentPort?.postMessage({ kind: 'begun', seed: task.seed });
  setImmediate(async () => {
    while (task.seed === HANGS) await null;
    parentPort?.postMessage({ kind: 'seed', result: { seed: task.seed, violation: undefined } });
  });
});
