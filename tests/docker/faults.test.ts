// Faults of containers in the middle of a job: the job still completes with the generator's bytes.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@movie-load/testing';
import { needs } from '../support/needs.ts';
import { createStack, type Stack } from './support/compose.ts';
import { docker } from './support/docker.ts';
import {
  countedMessages,
  EMPTY,
  generated,
  objectOf,
  queueOf,
  statusOf,
  untilComplete,
  type View,
  viewOf,
} from './support/jobs.ts';
import { metricsOf } from './support/metrics.ts';
import { type PostedJob, postJob } from './support/producer.ts';
import { storedBy } from './support/trace.ts';

const PAUSE_MS = 10_000;
/** Messages of a dead consumer are delivered again after this time. */
const STACK_VARIABLES = { VISIBILITY_SECONDS: '5', MOVIES: '10' };

needs('docker')('a job completes with the generator’s bytes', () => {
  let stack: Stack;
  let view: View;
  let producer: string;
  let jobs: PostedJob[] = [];

  beforeAll(async () => {
    stack = await createStack('faults', STACK_VARIABLES);
  });
  // Restarts the containers that the test before killed; starts all of them the first time.
  beforeEach(async () => {
    jobs = [];
    await stack.up('--no-recreate', '--scale', 'consumer=3', 'producer', 'consumer');
    await connect();
  });
  afterAll(async () => {
    view?.clients.destroy();
    await stack?.down();
  });

  /** Published ports change when a container is created again. */
  async function connect() {
    view?.clients.destroy();
    view = viewOf(await stack.url('localstack', 4566));
    producer = await stack.url('producer', 8081);
  }

  const start = async (movies: number): Promise<PostedJob> => {
    const job = await postJob(producer, { movies });
    jobs.push(job);
    return job;
  };

  /** Starts jobs until one is stored in part. */
  const startPartlyStoredJob = (): Promise<PostedJob> =>
    stack.step(async () => {
      for (let movies = 1500; ; movies *= 2) {
        const job = await start(movies);
        await eventually('something is stored', async () => (await countedMessages(view, job.job_id, job.plan)) > 0);
        if ((await statusOf(view, job.job_id)) !== 'COMPLETE') return job;
      }
    });

  /** Waits until every job of this test is COMPLETE with the generator's bytes and the queues are empty. */
  const expectAllComplete = () =>
    stack.step(async () => {
      for (const { job_id, plan } of jobs) {
        await untilComplete(view, job_id);
        expect(await objectOf(view, job_id)).toEqual(generated(plan));
      }
      await eventually('nothing is left in the queue', async () => {
        const { waiting, inFlight, delayed } = await queueOf(view, view.settings.queue);
        return waiting + inFlight + delayed === 0;
      });
      expect(await queueOf(view, view.settings.dlq)).toEqual(EMPTY);
    });

  const running = async () => (await stack.containers('consumer')).filter(({ state }) => state === 'running');

  /**
   * Sends the processes in LocalStack's container a signal. Neither `docker pause` nor `kill -STOP -1`: a health
   * check that Docker is just starting (its process is still called `runc:…`) would be stopped while it holds
   * Docker's lock on the container, and no later command could reach the container.
   */
  const signalLocalstack = async (signal: 'STOP' | 'CONT') => {
    const [localstack] = await stack.containers('localstack');
    const id = String(localstack?.id);
    const signalAll = `for process in /proc/[0-9]*; do
      pid=\${process#/proc/}
      read -r name 2>/dev/null <"$process/comm" || continue
      case "$pid $name" in "1 "* | "$$ "* | *" runc"*) continue ;; esac
      kill -${signal} "$pid" 2>/dev/null || :
    done`;
    await docker(['exec', id, 'sh', '-c', signalAll]);
    // Only a signal from outside the container reaches process 1.
    await docker(['kill', '--signal', signal, id]);
  };

  /** Runs jobs until each running consumer has stored something. */
  const runJobsUntilEachConsumerStores = () =>
    stack.step(() =>
      eventually('each running consumer stores something', async () => {
        const consumerIds = (await running()).map(({ id }) => id.slice(0, 12));
        const job = await start(1000);
        await untilComplete(view, job.job_id);
        const storing = new Set<string>();
        for (const postedJob of jobs) {
          // An instance's name begins with the container's.
          for (const instance of (await storedBy(view, postedJob)).keys()) storing.add(instance.slice(0, 12));
        }
        return consumerIds.every((id) => storing.has(id));
      }),
    );

  /** DynamoDB calls that failed, as the running consumers count them. */
  const countFailedDynamodbCalls = async () => {
    const metrics = await metricsOf((await running()).map(({ id }) => id));
    const failed = [...metrics].filter(([name]) => name.startsWith('movie_load_aws_requests_failed_total dynamodb:'));
    return failed.reduce((sum, [, count]) => sum + count, 0);
  };

  test('when the consumers are scaled from 3 to 1 to 4', async () => {
    await startPartlyStoredJob();
    await stack.up('--no-recreate', '--scale', 'consumer=1', 'consumer');
    expect(await running()).toHaveLength(1);
    await startPartlyStoredJob();
    await stack.up('--no-recreate', '--scale', 'consumer=4', 'consumer');
    expect(await running()).toHaveLength(4);
    await runJobsUntilEachConsumerStores();
    await expectAllComplete();
  });

  test('when a consumer is killed', async () => {
    await startPartlyStoredJob();
    const [victim] = await running();
    await docker(['kill', String(victim?.id)]);
    expect(await running()).toHaveLength(2);
    await expectAllComplete();
  });

  test('when LocalStack is paused for ten seconds', async () => {
    await startPartlyStoredJob();
    await signalLocalstack('STOP');
    await expect(fetch(String(view.settings.endpoint), { signal: AbortSignal.timeout(PAUSE_MS) })).rejects.toThrow();
    await signalLocalstack('CONT');
    await expectAllComplete();
  });

  test('when a consumer loses its network and is connected again', async () => {
    await startPartlyStoredJob();
    const [disconnected] = await running();
    const network = `${stack.project}_default`;
    await docker(['network', 'disconnect', network, String(disconnected?.id)]);
    await expectAllComplete();
    await docker(['network', 'connect', network, String(disconnected?.id)]);
    await runJobsUntilEachConsumerStores();
    await expectAllComplete();
  });

  test('when all consumers are stopped and started again', async () => {
    await startPartlyStoredJob();
    await stack.compose('stop', 'consumer');
    const ended = await stack.containers('consumer');
    expect(ended).toHaveLength(3);
    expect(ended.map(({ state, exitCode }) => [state, exitCode])).toEqual(ended.map(() => ['exited', 0]));
    await stack.compose('start', 'consumer');
    await expectAllComplete();
  });

  test('when LocalStack restarts empty and throttles a third of all writes', async () => {
    stack.set({ DYNAMODB_WRITE_ERROR_PROBABILITY: '0.3', DYNAMODB_READ_ERROR_PROBABILITY: '0.1' });
    await stack.up('localstack');
    await connect();
    const job = await start(1500);
    await start(1500);
    await stack.step(() => untilComplete(view, job.job_id));
    await expectAllComplete();
    expect(await countFailedDynamodbCalls()).toBeGreaterThan(0);
  });
});
