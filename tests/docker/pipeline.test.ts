// The services as processes on LocalStack: two consumers, one of them killed half-way, and redriven dead letters.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { openQueue, systemRandom } from '@movie-load/aws';
import { deadLetter } from '@movie-load/queue';
import { eventually, type RunningService, sendMessages, startService } from '@movie-load/testing';
import { z } from 'zod';
import { cli } from '../support/cli.ts';
import { needs } from '../support/needs.ts';
import { type OrderedJob, orderJob } from '../support/world.ts';
import { EMPTY, generated, objectOf, queueOf, statusOf, untilComplete } from './support/jobs.ts';
import { INIT, type Localstack, startLocalstack } from './support/localstack.ts';

const deadLetterList = z.object({
  dead_letters: z.array(z.object({ reason: z.string(), original_group: z.string() })),
});

needs('docker')('the pipeline on LocalStack', () => {
  let localstack: Localstack;
  let running: RunningService[] = [];

  beforeAll(async () => {
    localstack = await startLocalstack({ init: INIT });
  });
  afterEach(async () => {
    for (const service of running) service.kill('SIGTERM');
    const ends = await Promise.all(running.map(({ ended }) => ended));
    running = [];
    for (const { code, signal } of ends) expect(signal === 'SIGKILL' ? 0 : code).toBe(0);
  });
  afterAll(() => localstack?.stop());

  const start = (service: 'producer' | 'consumer', args: readonly string[] = []): RunningService => {
    const shortTimeouts = { VISIBILITY_SECONDS: '4', DRAIN_SECONDS: '6', HTTP_PORT: '' };
    const started = startService(service, { args, env: { ...localstack.env, ...shortTimeouts } });
    running.push(started);
    return started;
  };

  const send = async ({ args }: OrderedJob): Promise<void> => {
    expect(await start('producer', args).ended).toMatchObject({ code: 0 });
  };

  const expectStored = async ({ jobId, plan }: OrderedJob) => {
    await untilComplete(localstack, jobId);
    expect(await objectOf(localstack, jobId)).toEqual(generated(plan));
    await eventually('the queue is empty', async () => {
      const { waiting, inFlight, delayed } = await queueOf(localstack, localstack.settings.queue);
      return waiting + inFlight + delayed === 0;
    });
  };

  const movieLoad = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await cli(args, { env: localstack.env });
    if (code !== 0) throw new Error(`movie-load ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  };
  const deadLetters = async () => deadLetterList.parse(JSON.parse(await movieLoad('dlq', 'ls', '--json'))).dead_letters;

  test('stores a job of single movies with two consumers', async () => {
    const job = orderJob({ movies: 1500, nonce: 'two-consumers' });
    const consumers = [start('consumer'), start('consumer')];
    await send(job);
    await expectStored(job);
    await eventually('every movie is reported', () => {
      const stored = consumers.map((consumer) => consumer.report()?.stored_movies ?? 0);
      return stored.reduce((sum, movies) => sum + movies, 0) >= 1500;
    });
    expect(await queueOf(localstack, localstack.settings.dlq)).toEqual(EMPTY);
  });

  test('stores a packed job with two consumers', async () => {
    const job = orderJob({ movies: 30_000, moviesPerMessage: 325, nonce: 'packed' });
    await send(job);
    start('consumer');
    start('consumer');
    await expectStored(job);
  });

  test('stores the whole job when a consumer is killed half-way', async () => {
    const job = orderJob({ movies: 3000, nonce: 'killed' });
    await send(job);
    const victim = start('consumer');
    await eventually('it has stored something', () => (victim.report()?.stored_movies ?? 0) > 0);
    victim.kill('SIGKILL');
    await victim.ended;
    expect(await statusOf(localstack, job.jobId)).toBe('RUNNING');
    const survivor = start('consumer');
    await expectStored(job);
    // The messages of the killed consumer were delivered again.
    await eventually('redeliveries are reported', () => (survivor.report()?.redelivered ?? 0) > 0);
  });

  test('dead-letters an invalid message, and a redrive of a job sends its valid dead letter back', async () => {
    const { clients, settings } = localstack;
    const [queue, dlq] = await Promise.all([openQueue(clients, settings.queue), openQueue(clients, settings.dlq)]);
    const job = orderJob({ movies: 300, nonce: 'dead-letters' });
    await send(job);

    // One message is dead-lettered by mistake.
    const [received] = await queue.receive({ max: 1, waitSeconds: 20, visibilitySeconds: 60 });
    if (received === undefined) throw new Error('nothing was received');
    await deadLetter({ dlq }, received, { reason: 'wrong_shape', detail: 'a mistake', consumer: 'a-stranger' });
    await queue.delete([received.receiptHandle]);
    const garbage = { body: 'not JSON', groupId: 'garbage', deduplicationId: systemRandom.uuid() };
    await sendMessages(queue, [garbage]);

    start('consumer');
    const listed = await eventually('both are in the dead-letter queue, and nothing else is left', async () => {
      const { waiting, inFlight } = await queueOf(localstack, settings.queue);
      const dead = await queueOf(localstack, settings.dlq);
      return waiting + inFlight === 0 && dead.waiting === 2 ? deadLetters() : undefined;
    });
    expect(listed.map(({ reason, original_group }) => [reason, original_group]).sort()).toEqual([
      ['not_json', 'garbage'],
      ['wrong_shape', received.groupId],
    ]);
    expect(await statusOf(localstack, job.jobId)).toBe('RUNNING');

    expect(JSON.parse(await movieLoad('dlq', 'redrive', '--job', job.jobId, '--json'))).toMatchObject({
      redriven: 1,
    });
    await expectStored(job);
    expect((await deadLetters()).map(({ reason }) => reason)).toEqual(['not_json']);
    expect(await movieLoad('verify', job.jobId)).toContain('is correct');
  });
});
