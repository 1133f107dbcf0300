// A worker that hangs at one seed, because its code loops without waiting for anything. The seeds of a sabotage are its
// `firstSeeds`.
import { parentPort } from 'node:worker_threads';
import type { Task } from '../src/cli/pool.ts';

const HANGING_SEED = 3;

parentPort?.on('message', (task: Task) => {
  if (task.kind === 'counts') return parentPort?.postMessage({ kind: 'counts', counts: {} });
  const seeds = task.kind === 'seed' ? [task.seed] : (task.firstSeeds ?? []);
  for (const seed of seeds) parentPort?.postMessage({ kind: 'seed_started', seed });
  setImmediate(async () => {
    while (seeds.at(-1) === HANGING_SEED) await null;
    parentPort?.postMessage({ kind: 'seed', result: { seed: seeds[0], violation: undefined } });
  });
});
