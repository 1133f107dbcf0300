// A consumer is killed in the middle of a job: another one receives its messages, and the object has the same bytes.
import { expect, test } from '@jest/globals';
import { eventually, startService } from '@movie-load/testing';
import { expectedObject, orderJob, startWorld } from '../support/world.ts';

/** Slow enough that the job is surely half-way when the first stored movie is reported. */
const WRITE_DELAY_MS = 150;

test('a consumer that is killed half-way loses no movie and changes no byte', async () => {
  const delayMs = (operation: string) => (operation === 'dynamodb:BatchWriteItem' ? WRITE_DELAY_MS : 0);
  await using world = await startWorld({ faults: { delayMs } });
  const { env } = world;
  const { plan, jobId, args } = orderJob({ movies: 2000 });

  await using victim = startService('consumer', { env });
  await using producer = startService('producer', { env, args });
  await eventually('the first movies are stored', () => (victim.report()?.stored_movies ?? 0) > 0);
  victim.kill('SIGKILL');
  expect(await victim.ended).toMatchObject({ signal: 'SIGKILL' });
  expect((await world.jobs.job(jobId))?.status).toBe('RUNNING');

  await using survivor = startService('consumer', { env });
  await world.untilComplete(jobId);
  expect(await world.object(jobId)).toEqual(expectedObject(plan));
  await world.untilQueueIsEmpty();
  expect(await producer.ended).toMatchObject({ code: 0 });
  await eventually('the survivor received the messages of the victim', () => (survivor.report()?.redelivered ?? 0) > 0);
  expect(survivor.report()).toMatchObject({ dead_lettered: 0 });
});
