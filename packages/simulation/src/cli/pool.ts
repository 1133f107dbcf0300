// Spreads seeds and sabotages over at most two worker threads.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Counts } from '../counting/retries.ts';
import type { Violation } from '../oracle/findings.ts';
import type { Invariant } from '../oracle/invariants.ts';
import type { SeedResult } from '../run/run-seed.ts';
import type { SabotageResult } from '../sabotage/catch.ts';
import { HARMLESS_CHANGES } from '../sabotage/harmless.ts';
import { themeOf } from '../world/theme.ts';

export type Task =
  | { readonly kind: 'seed'; readonly seed: number }
  /** Asks how often each block of the production code has run in the worker. */
  | { readonly kind: 'counts' }
  | { readonly kind: 'sabotage'; readonly name: string; readonly firstSeeds?: readonly number[] | undefined };
export type TaskResult =
  | { readonly kind: 'seed'; readonly result: SeedResult }
  | { readonly kind: 'counts'; readonly counts: Counts }
  | { readonly kind: 'sabotage'; readonly result: SabotageResult };

/** A worker reports that it is about to run a seed. */
export interface SeedStarted {
  readonly kind: 'seed_started';
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
 * Calls `onResult` with the result of each task in any order, also of a task that hangs, and finally with each
 * worker's counts. Rejects when a worker fails, which is a bug of the simulation.
 */
export async function runTasks(
  tasks: Iterator<Task>,
  onResult: (result: TaskResult) => void,
  options: Partial<PoolOptions> = {},
): Promise<void> {
  const poolOptions = { worker: WORKER, hangsAfterMs: HANGS_AFTER_MS, ...options };
  const count = Math.min(MAX_WORKERS, availableParallelism());
  await Promise.all(Array.from({ length: count }, () => runTasksInWorker(tasks, onResult, poolOptions)));
}

/** Runs tasks until there are none, with a new worker after one that hung. */
async function runTasksInWorker(
  tasks: Iterator<Task>,
  onResult: (result: TaskResult) => void,
  options: PoolOptions,
): Promise<void> {
  for (let isOver = false; !isOver; ) {
    const worker = new Worker(options.worker);
    try {
      isOver = await feedWorker(worker, tasks, onResult, options.hangsAfterMs);
    } finally {
      await worker.terminate();
    }
  }
}

/** Gives a worker one task after the other. Resolves with true when there are no more, with false when it hangs. */
function feedWorker(
  worker: Worker,
  tasks: Iterator<Task>,
  onResult: (result: TaskResult) => void,
  hangsAfterMs: number,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  let task: Task = { kind: 'counts' };
  let seed = 0;
  /** The seeds of the current task that have started. */
  let startedSeeds = 0;
  const hangTimer = setTimeout(() => {
    const hung = hungResult(task, { seed, startedSeeds, ms: hangsAfterMs });
    if (hung !== undefined) onResult(hung);
    resolve(false);
  }, hangsAfterMs);
  const sendNextTask = () => {
    const { done: isOver, value } = tasks.next();
    task = isOver ? { kind: 'counts' } : value;
    startedSeeds = 0;
    worker.postMessage(task);
  };
  worker.on('message', (message: TaskResult | SeedStarted) => {
    hangTimer.refresh();
    if (message.kind === 'seed_started') {
      seed = message.seed;
      startedSeeds += 1;
      return;
    }
    onResult(message);
    if (message.kind === 'counts') resolve(true);
    else sendNextTask();
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
  sendNextTask();
  return promise.finally(() => clearTimeout(hangTimer));
}

interface HungWorker {
  /** The seed that hangs. */
  readonly seed: number;
  readonly startedSeeds: number;
  readonly ms: number;
}

/** The result of a task whose worker hung and was terminated. */
function hungResult(task: Task, { seed, startedSeeds, ms }: HungWorker): TaskResult | undefined {
  const violation: Violation = {
    invariant: EVERY_EVENT_ENDS,
    detail: `seed ${seed} did not reach its next event within ${ms / 1000} s: its code loops without waiting for anything`,
  };
  if (task.kind === 'seed') {
    const emptyResult = { steps: 0, virtualMs: 0, faults: [], faultCounts: {}, branches: {} };
    return { kind: 'seed', result: { seed, theme: themeOf(seed), violation, ...emptyResult } };
  }
  if (task.kind === 'counts') return undefined;
  const isHarmless = HARMLESS_CHANGES.some(({ name }) => name === task.name);
  const result = { name: task.name, isHarmless, asExpected: !isHarmless, seeds: startedSeeds, seed, ...violation, ms };
  return { kind: 'sabotage', result };
}
