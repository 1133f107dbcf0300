// Spreads seeds and sabotages over at most two worker threads.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SeedResult } from '../run/run-seed.ts';
import type { Caught } from '../sabotage/catch.ts';

export type Task =
  | { readonly kind: 'seed'; readonly seed: number }
  | { readonly kind: 'sabotage'; readonly name: string };
export type TaskResult =
  | { readonly kind: 'seed'; readonly result: SeedResult }
  | { readonly kind: 'sabotage'; readonly caught: Caught };

const MOST_WORKERS = 2;

/** Calls `done` with each task's result, in no order. Rejects when a worker fails, which is a bug of the simulation. */
export async function runTasks(tasks: Iterator<Task>, done: (result: TaskResult) => void): Promise<void> {
  const count = Math.min(MOST_WORKERS, availableParallelism());
  const workers = Array.from({ length: count }, () => new Worker(new URL('./worker.ts', import.meta.url)));
  try {
    await Promise.all(workers.map((worker) => feed(worker, tasks, done)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function feed(worker: Worker, tasks: Iterator<Task>, done: (result: TaskResult) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const next = () => {
    const { done: isOver, value } = tasks.next();
    if (isOver) resolve();
    else worker.postMessage(value);
  };
  worker.on('message', (result: TaskResult) => {
    done(result);
    next();
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
  next();
  return promise;
}
