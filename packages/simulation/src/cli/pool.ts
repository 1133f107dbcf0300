// Spreads seeds and sabotages over at most two worker threads.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Counts } from '../counting/retries.ts';
import type { Violation } from '../oracle/findings.ts';
import type { Invariant } from '../oracle/invariants.ts';
import type { SeedResult } from '../run/run-seed.ts';
import type { Caught } from '../sabotage/catch.ts';
import { HARMLESS } from '../sabotage/harmless.ts';
import { themeOf } from '../world/theme.ts';

export type Task =
  | { readonly kind: 'seed'; readonly seed: number }
  /** How often each block of the production code has run in the worker. */
  | { readonly kind: 'counts' }
  | { readonly kind: 'sabotage'; readonly name: string; readonly first?: readonly number[] | undefined };
export type TaskResult =
  | { readonly kind: 'seed'; readonly result: SeedResult }
  | { readonly kind: 'counts'; readonly counts: Counts }
  | { readonly kind: 'sabotage'; readonly caught: Caught };

/** A worker reports that it is about to run a seed. */
export interface Begun {
  readonly kind: 'begun';
  readonly seed: number;
}

export interface PoolOptions {
  readonly worker: URL;
  /** A worker that reports nothing for this time hangs. */
  readonly hangsAfterMs: number;
}

/** The invariant that a hanging seed breaks. */
export const EVERY_EVENT_ENDS: Invariant = 'every event ends';

const WORKER = new URL('./worker.ts', import.meta.url);
const MAX_WORKERS = 2;
/** A seed takes about 15 ms. Code that never waits blocks the event loop, so nothing inside the worker can end it. */
const HANGS_AFTER_MS = 120_000;

/**
 * Calls `done` with each task's result, in no order, then with each worker's counts. A seed that hangs has a result,
 * too. Rejects when a worker fails, which is a bug of the simulation.
 */
export async function runTasks(
  tasks: Iterator<Task>,
  done: (result: TaskResult) => void,
  options: Partial<PoolOptions> = {},
): Promise<void> {
  const all = { worker: WORKER, hangsAfterMs: HANGS_AFTER_MS, ...options };
  const count = Math.min(MAX_WORKERS, availableParallelism());
  await Promise.all(Array.from({ length: count }, () => work(tasks, done, all)));
}

/** Runs tasks until there are none, with a new worker after one that hung. */
async function work(tasks: Iterator<Task>, done: (result: TaskResult) => void, options: PoolOptions): Promise<void> {
  for (let isOver = false; !isOver; ) {
    const worker = new Worker(options.worker);
    try {
      isOver = await feed(worker, tasks, done, options.hangsAfterMs);
    } finally {
      await worker.terminate();
    }
  }
}

/** True when there are no more tasks, false when the worker hangs. */
function feed(
  worker: Worker,
  tasks: Iterator<Task>,
  done: (result: TaskResult) => void,
  hangsAfterMs: number,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  let task: Task = { kind: 'counts' };
  let seed = 0;
  const watch = setTimeout(() => {
    const hung = hungResult(task, seed, hangsAfterMs);
    if (hung !== undefined) done(hung);
    resolve(false);
  }, hangsAfterMs);
  const next = () => {
    const { done: isOver, value } = tasks.next();
    task = isOver ? { kind: 'counts' } : value;
    worker.postMessage(task);
  };
  worker.on('message', (message: TaskResult | Begun) => {
    watch.refresh();
    if (message.kind === 'begun') {
      seed = message.seed;
      return;
    }
    done(message);
    if (message.kind === 'counts') resolve(true);
    else next();
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
  next();
  return promise.finally(() => clearTimeout(watch));
}

/** The result of a task whose worker was ended. */
function hungResult(task: Task, seed: number, ms: number): TaskResult | undefined {
  const violation: Violation = {
    invariant: EVERY_EVENT_ENDS,
    detail: `seed ${seed} has not come to its next event within ${ms / 1000} s: some code goes round in circles and waits for nothing`,
  };
  if (task.kind === 'seed') {
    const nothing = { steps: 0, virtualMs: 0, faults: [], faultCounts: {}, branches: {} };
    return { kind: 'seed', result: { seed, theme: themeOf(seed), violation, ...nothing } };
  }
  if (task.kind === 'counts') return undefined;
  const isHarmless = HARMLESS.some(({ name }) => name === task.name);
  const caught = { name: task.name, isHarmless, asExpected: !isHarmless, seeds: seed, ...violation, ms };
  return { kind: 'sabotage', caught };
}
