// The consumers of a run. One that is killed or gets SIGTERM is replaced; one that is stopped continues later.
import { type RunningService, startService } from '@movie-load/testing';
import type { World } from '../support/world.ts';
import type { Dice } from './dice.ts';

/** The visibility timeout of a run; short, so that a run takes seconds. */
const VISIBILITY_TIMEOUT_SECONDS = 2;
const PAUSE_MS = VISIBILITY_TIMEOUT_SECONDS * 1000 + 1000;

export interface ConsumerPool {
  /** The number of redelivered messages that the consumers have reported. */
  readonly redelivered: number;
  /** Kills one of the running consumers. */
  killOne(): void;
  killAll(): void;
  /** Sends SIGTERM to one. */
  terminateOne(): void;
  /** Stops a consumer for longer than its visibility timeout, then continues it. */
  pauseOne(): void;
  /** Sends SIGTERM to all; resolves with the exit code of each, or the signal that ended it. */
  end(): Promise<(number | NodeJS.Signals | null)[]>;
}

export function startConsumers(world: World, size: number, dice: Dice): ConsumerPool {
  const env = {
    ...world.env,
    VISIBILITY_SECONDS: String(VISIBILITY_TIMEOUT_SECONDS),
    LOG_LEVEL: 'info',
  };
  const started: RunningService[] = [];
  const running = new Set<RunningService>();
  let isEnding = false;

  const start = () => {
    const consumer = startService('consumer', { env });
    started.push(consumer);
    running.add(consumer);
  };
  const replace = (consumer: RunningService) => {
    running.delete(consumer);
    void consumer.ended.then(() => !isEnding && running.size < size && start());
  };
  const randomConsumer = () => [...running][dice.integer(0, Math.max(0, running.size - 1))];
  const signal = (consumer: RunningService | undefined, name: NodeJS.Signals) => {
    if (!consumer) return;
    consumer.kill(name);
    replace(consumer);
  };
  for (let index = 0; index < size; index++) start();

  const sum = (read: (consumer: RunningService) => number) =>
    started.reduce((total, consumer) => total + read(consumer), 0);
  return {
    get redelivered() {
      return sum((consumer) => consumer.report()?.redelivered ?? 0);
    },
    killOne: () => signal(randomConsumer(), 'SIGKILL'),
    killAll: () => {
      for (const consumer of [...running]) signal(consumer, 'SIGKILL');
    },
    terminateOne: () => signal(randomConsumer(), 'SIGTERM'),
    pauseOne: () => {
      const consumer = randomConsumer();
      consumer?.kill('SIGSTOP');
      setTimeout(() => consumer?.kill('SIGCONT'), PAUSE_MS);
    },
    end: async () => {
      isEnding = true;
      for (const consumer of running) {
        consumer.kill('SIGCONT');
        consumer.kill('SIGTERM');
      }
      const codes = await Promise.all(
        // A consumer that had just started may end before it handles signals: it had no messages.
        [...running].map(async (consumer) => {
          const { code, signal } = await consumer.ended;
          return signal === 'SIGTERM' && consumer.report() === undefined ? 0 : (code ?? signal);
        }),
      );
      for (const consumer of started) consumer.kill('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      return codes;
    },
  };
}
