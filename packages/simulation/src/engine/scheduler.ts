// Virtual time: a queue of events, run one at a time. Everything in a simulated world happens through it.
import { setImmediate } from 'node:timers/promises';
import type { Dice } from './dice.ts';

export interface Scheduled {
  cancelled: boolean;
  readonly time: number;
}

interface Entry extends Scheduled {
  /** A random number that orders events of the same millisecond. */
  readonly tie: number;
  readonly order: number;
  readonly run: () => void;
}

export interface Scheduler {
  /** Milliseconds since the epoch, virtual. */
  now(): number;
  /** Runs `run` at a virtual time. Events of the same time run in a random order. */
  at(time: number, run: () => void): Scheduled;
  after(delayMs: number, run: () => void): Scheduled;
  /** Called when a promise of a simulated process is settled: its continuations must run before the next event. */
  continuationsPending(): void;
  /** Runs events until `done()`, until nothing is left, or until a limit. */
  run(done: () => boolean, limits: { steps: number; until: number }): Promise<'done' | 'empty' | 'steps' | 'time'>;
  readonly steps: number;
}

/** The start time of every simulated world. */
export const EPOCH_MS = Date.UTC(2026, 10, 25, 9, 0, 0);

/**
 * @param dice decide the order of events of the same time
 * @param afterStep called when all continuations of an event have run
 * @param onEvent called before each event, for recorders of a run
 */
export function createScheduler(dice: Dice, afterStep: () => void, onEvent?: () => void): Scheduler {
  const heap: Entry[] = [];
  let time = EPOCH_MS;
  let order = 0;
  let steps = 0;
  let hasPendingContinuations = true;

  const at = (due: number, run: () => void): Scheduled => {
    order += 1;
    const entry: Entry = { time: Math.max(Math.ceil(due), time), tie: dice.next(), order, run, cancelled: false };
    push(heap, entry);
    return entry;
  };

  return {
    now: () => time,
    at,
    after: (delayMs, run) => at(time + delayMs, run),
    continuationsPending() {
      hasPendingContinuations = true;
    },
    get steps() {
      return steps;
    },
    async run(done, limits) {
      const lastStep = steps + limits.steps;
      for (;;) {
        if (hasPendingContinuations) {
          hasPendingContinuations = false;
          // One turn of the event loop runs all microtasks (and ticks) that follow from the last event.
          await setImmediate();
          afterStep();
        }
        if (done()) return 'done';
        const entry = pop(heap);
        if (entry === undefined) return 'empty';
        if (entry.cancelled) continue;
        if (entry.time > limits.until) {
          push(heap, entry);
          return 'time';
        }
        if (steps >= lastStep) {
          push(heap, entry);
          return 'steps';
        }
        steps += 1;
        onEvent?.();
        time = entry.time;
        entry.run();
      }
    },
  };
}

const isBefore = (a: Entry, b: Entry) =>
  a.time < b.time || (a.time === b.time && (a.tie < b.tie || (a.tie === b.tie && a.order < b.order)));

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let index = 0;
  for (;;) {
    let childIndex = 2 * index + 1;
    let child = heap[childIndex];
    if (child === undefined) break;
    const right = heap[childIndex + 1];
    if (right !== undefined && isBefore(right, child)) {
      child = right;
      childIndex += 1;
    }
    if (!isBefore(child, last)) break;
    heap[index] = child;
    index = childIndex;
  }
  heap[index] = last;
  return top;
}
