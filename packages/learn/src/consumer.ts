// The real consumer in a lesson's world: the script makes its receives, and can kill it at any call.

import { createConsumer } from '@movie-load/consumer';
import type { LessonConsumer, LessonConsumerOptions, LessonWorld } from './lesson-world.ts';

const RECEIVE_MAX = 10;
const DRAIN_MS = 8000;

export function startLessonConsumer(
  world: LessonWorld,
  instance: string,
  options: LessonConsumerOptions = {},
): LessonConsumer {
  const { visibilitySeconds = 60, heartbeatFor, writeSeconds = 0, onPause, minPartMovies } = options;
  // Counts also what it stored in the work during which it is killed.
  const life: Life = { dead: false, diesAt: options.diesAt, onDeath: () => show() };
  const alive = <T extends object>(port: T): T => mortal(port, life);
  const table = alive(world.table);
  const { clock } = world;
  const show = () => {
    if (counters.storedMovies > 0) world.value(`movies written by ${instance}`, counters.storedMovies);
  };
  const { handler, counters } = createConsumer({
    queue: alive(world.queue),
    dlq: alive(world.dlq),
    table: {
      ...table,
      async putBatch(items, options) {
        if (writeSeconds > 0) await clock.sleep(writeSeconds * 1000);
        return table.putBatch(items, options);
      },
    },
    objects: alive(world.objects),
    clock: {
      now: () => clock.now(),
      async sleep(ms, signal) {
        await onPause?.();
        await clock.sleep(ms, signal);
      },
    },
    random: world.random,
    instance,
    settings: { visibilitySeconds: heartbeatFor ?? visibilitySeconds, drainMs: DRAIN_MS, minPartMovies },
    log: { info: nothing, warn: nothing, error: nothing },
    exit: (_, error) => {
      throw error;
    },
    signal: new AbortController().signal,
  });
  return {
    receive: (max = RECEIVE_MAX) =>
      world.as(instance, () => world.queue.receive({ max, waitSeconds: 0, visibilitySeconds })),
    handle: (messages) => world.as(instance, () => handler.handle(messages)).finally(show),
    dieAt(call) {
      life.diesAt = call;
    },
    kill: () => die(life),
    get storedMovies() {
      return counters.storedMovies;
    },
  };
}

interface Life {
  dead: boolean;
  diesAt: string | undefined;
  readonly onDeath: () => void;
}

function die(life: Life): void {
  if (!life.dead) life.onDeath();
  life.dead = true;
}

const nothing = (): void => undefined;

/** A port of a process that can be killed: its calls never return after that. */
function mortal<T extends object>(port: T, life: Life): T {
  const never = () => new Promise<never>(nothing);
  return new Proxy(port, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (name === life.diesAt) die(life);
        if (life.dead) return never();
        const answer: unknown = await Reflect.apply(value, target, args);
        return life.dead ? never() : answer;
      };
    },
  });
}
