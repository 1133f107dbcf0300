// SIGTERM in the middle of a job: measures how long the process takes to end, and counts the messages left in flight.
import { openQueue } from '@movie-load/aws';
import { eventually, startService } from '@movie-load/testing';
import { orderJob, startWorld } from '../support/world.ts';

export interface Drain {
  readonly seconds: number;
  readonly code: number | null;
  readonly in_flight: number;
  /** Messages of the job that were not stored yet: the signal came in the middle. */
  readonly waiting: number;
}

/** One consumer with default settings, one job of 2,000 movies, SIGTERM when the first hundred are stored. */
export async function drainOnce(seed: number): Promise<Drain> {
  await using world = await startWorld();
  const { VISIBILITY_SECONDS, DRAIN_SECONDS, ...env } = world.env;
  const { args } = orderJob({ movies: 2000, nonce: `drain-${seed}` });
  await using producer = startService('producer', { env, args });
  await producer.ended;
  await using consumer = startService('consumer', { env });
  await eventually('a hundred movies are stored', () => (consumer.report()?.stored_movies ?? 0) >= 100);
  const startedAt = performance.now();
  consumer.kill('SIGTERM');
  const { code } = await consumer.ended;
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(2));
  const { inFlight, waiting } = await (await openQueue(world.clients, world.settings.queue)).status();
  return { seconds, code, in_flight: inFlight, waiting };
}
