// The consumers of a run: each is killed, or stopped and continued, and always replaced.
import { type RunningService, startService } from '@movie-load/testing';
import type { World } from '../support/world.ts';
import type { Dice } from './dice.ts';

/** The visibility timeout of a run; short, so that a run takes seconds. */
const SECONDS = 2;
const PAUSE_MS = SECONDS * 1000 + 1000;

export interface Cast {
  readonly redelivered: number;
  /** Kills or stops one of the running consumers. */
  killOne(): void;
  killAll(): void;
  terminateOne(): void;
  /** Stops a consumer for longer than its visibility timeout, then continues it. */
  pauseOne(): void;
  /** Sends SIGTERM to all; resolves with the exit code of each, or the signal that ended it. */
  end(): Promise<(number | NodeJS.Signals | null)[]>;
}

export function startCast(world: World, size: number, dice: Dice): Cast {
  const env = {
    ...world.env,
    VISIBILITY_SECONDS: String(SECONDS),
    DRAIN_SECONDS: '4',
    LOG_LEVEL: 'info',
  };
  const all: RunningService[] = [];
  const living = new Set<RunningService>();
  let ending = false;

  const start = () => {
    const consumer = startService('consumer', { env });
    all.push(consumer);
    living.add(consumer);
  };
  const replace = (consumer: RunningService) => {
    living.delete(consumer);
    void consumer.ended.then(() => !ending && living.size < size && start());
  };
  const someone = () => [...living][dice.whole(0, Math.max(0, living.size - 1))];
  const signal = (consumer: RunningService | undefined, name: NodeJS.Signals) => {
    if (!consumer) return;
    consumer.kill(name);
    replace(consumer);
  };
  for (let index = 0; index < size; index++) start();

  const sum = (read: (consumer: RunningService) => number) => all.reduce((total, one) => total + read(one), 0);
  return {
    get redelivered() {
      return sum((consumer) => consumer.report()?.redelivered ?? 0);
    },
    killOne: () => signal(someone(), 'SIGKILL'),
    killAll: () => {
      for (const consumer of [...living]) signal(consumer, 'SIGKILL');
    },
    terminateOne: () => signal(someone(), 'SIGTERM'),
    pauseOne: () => {
      const consumer = someone();
      consumer?.kill('SIGSTOP');
      setTimeout(() => consumer?.kill('SIGCONT'), PAUSE_MS);
    },
    end: async () => {
      ending = true;
      for (const consumer of living) {
        consumer.kill('SIGCONT');
        consumer.kill('SIGTERM');
      }
      const codes = await Promise.all(
        // A consumer that had just started may end before it handles signals: it had no messages.
        [...living].map(async (consumer) => {
          const { code, signal } = await consumer.ended;
          return signal === 'SIGTERM' && consumer.report() === undefined ? 0 : (code ?? signal);
        }),
      );
      for (const consumer of all) consumer.kill('SIGKILL');
      await Promise.all(all.map(({ ended }) => ended));
      return codes;
    },
  };
}
