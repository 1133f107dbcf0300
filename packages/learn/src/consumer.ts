// The project's consumer in a lesson's world: the script decides when it receives, and can kill it at any call.

import { createConsumer } from '@movie-load/consumer';
import type { LessonConsumer, LessonConsumerOptions, LessonWorld } from './lesson-world.ts';

const RECEIVE_MAX = 10;
const DRAIN_MS = 8000;

export function startLessonConsumer(
  world: LessonWorld,
  instance: string,
  options: LessonConsumerOptions = {},
): LessonConsumer {
  const { visibilitySeconds = 60, heartbeatVisibilitySeconds, writeSeconds = 0, onSleep, minPartMovies } = options;
  // Reports also what it stored before it was killed.
  const processState: ProcessState = {
    isDead: false,
    killedAtCall: options.killedAtCall,
    onKilled: () => reportStored(),
  };
  const killablePort = <T extends object>(port: T): T => killable(port, processState);
  const table = killablePort(world.table);
  const { clock } = world;
  const reportStored = () => {
    if (counters.storedMovies > 0) world.reportValue(`movies written by ${instance}`, counters.storedMovies);
  };
  const { handler, counters } = createConsumer({
    queue: killablePort(world.queue),
    dlq: killablePort(world.dlq),
    table: {
      ...table,
      async putBatch(items, options) {
        if (writeSeconds > 0) await clock.sleep(writeSeconds * 1000);
        return table.putBatch(items, options);
      },
    },
    objects: killablePort(world.objects),
    clock: {
      now: () => clock.now(),
      async sleep(ms, signal) {
        await onSleep?.();
        await clock.sleep(ms, signal);
      },
    },
    random: world.random,
    instance,
    settings: { visibilitySeconds: heartbeatVisibilitySeconds ?? visibilitySeconds, drainMs: DRAIN_MS, minPartMovies },
    log: { info: doNothing, warn: doNothing, error: doNothing },
    exit: (_, error) => {
      throw error;
    },
    signal: new AbortController().signal,
  });
  return {
    receive: (max = RECEIVE_MAX) =>
      world.as(instance, () => world.queue.receive({ max, waitSeconds: 0, visibilitySeconds })),
    handle: (messages) => world.as(instance, () => handler.handle(messages)).finally(reportStored),
    killAtCall(call) {
      processState.killedAtCall = call;
    },
    kill: () => kill(processState),
    get storedMovies() {
      return counters.storedMovies;
    },
  };
}

interface ProcessState {
  isDead: boolean;
  killedAtCall: string | undefined;
  readonly onKilled: () => void;
}

function kill(processState: ProcessState): void {
  if (!processState.isDead) processState.onKilled();
  processState.isDead = true;
}

const doNothing = (): void => undefined;

/** The port of a process that can be killed. When it is killed, its calls never return. */
function killable<T extends object>(port: T, processState: ProcessState): T {
  const never = () => new Promise<never>(doNothing);
  return new Proxy(port, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (name === processState.killedAtCall) kill(processState);
        if (processState.isDead) return never();
        const result: unknown = await Reflect.apply(value, target, args);
        return processState.isDead ? never() : result;
      };
    },
  });
}
