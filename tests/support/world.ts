// A separate world for a test: the embedded AWS on any port, provisioned, and functions that read it.
import { createHash } from 'node:crypto';
import {
  type AwsClients,
  type AwsSettings,
  resilientTable,
  systemClock,
  systemRandom,
  toolPolicy,
} from '@movie-load/aws';
import { createJobStore, type JobStore } from '@movie-load/jobs';
import type { LocalAwsOptions } from '@movie-load/local-aws';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { type JobPlan, jobIdOf, movieToJson, planJob } from '@movie-load/schema';
import { eventually, REPEATED_CALLS, startTestAws } from '@movie-load/testing';

export interface World extends AsyncDisposable {
  readonly settings: AwsSettings;
  readonly clients: AwsClients;
  readonly jobs: JobStore;
  /**
   * The environment of services: this endpoint, static credentials, and a visibility timeout so short that messages of
   * a killed consumer are soon delivered again. A test that expects no redelivery sets a longer one: the endpoint is in
   * the test's process, and heartbeats come too late while that is busy.
   */
  readonly env: NodeJS.ProcessEnv;
  /** The bytes of a job's object. */
  object(jobId: string): Promise<Buffer>;
  /** Waits until a job is COMPLETE. */
  untilComplete(jobId: string): Promise<void>;
  /** Waits until the queue has no message waiting, in flight or delayed. */
  untilQueueIsEmpty(): Promise<void>;
}

export async function startWorld(options: LocalAwsOptions = {}): Promise<World> {
  const aws = await startTestAws({ ...options, clientOptions: REPEATED_CALLS });
  const { settings, clients, queue } = aws;
  const jobs = createJobStore({
    table: resilientTable(aws.table, toolPolicy()),
    objects: aws.objects,
    clock: systemClock,
    random: systemRandom,
    instance: 'test',
  });
  return {
    settings,
    clients,
    jobs,
    env: {
      ...aws.env,
      VISIBILITY_SECONDS: '4',
      DRAIN_SECONDS: '20',
      LOG_LEVEL: 'warn',
      HTTP_PORT: '',
    },
    async object(jobId) {
      const object = await aws.object(`${jobId}.json`);
      if (object === undefined) throw new Error(`job ${jobId} has no object`);
      return object;
    },
    async untilComplete(jobId) {
      const isComplete = async () => (await jobs.job(jobId))?.status === 'COMPLETE';
      await eventually(`job ${jobId} is COMPLETE`, isComplete);
    },
    async untilQueueIsEmpty() {
      await eventually('the queue is empty', async () => {
        const { waiting, inFlight, delayed } = await queue.status();
        return waiting + inFlight + delayed === 0;
      });
    },
    [Symbol.asyncDispose]: aws.close,
  };
}

export interface JobOrder {
  readonly movies: number;
  readonly moviesPerMessage?: number;
  readonly seed?: number;
  readonly nonce?: string;
}

export interface OrderedJob {
  readonly plan: JobPlan;
  readonly jobId: string;
  /** The options with which the producer creates the job. */
  readonly args: readonly string[];
}

/** The plan and id of a job that a producer with these options creates. */
export function orderJob({ movies, moviesPerMessage = 1, seed = 7, nonce = 'test' }: JobOrder): OrderedJob {
  const plan = planJob({ nonce, movies, movies_per_message: moviesPerMessage, seed, generator: GENERATOR_VERSION });
  const options = ['--movies', movies, '--movies-per-message', moviesPerMessage, '--seed', seed, '--nonce', nonce];
  return { plan, jobId: jobIdOf(plan), args: [...options.map(String), '--once'] };
}

/** The bytes that a job's object must have, straight from the generator. */
export function expectedObject(plan: JobPlan): Buffer {
  const lines = Array.from(generateMovies(plan.seed, { first: 0, count: plan.movies }), movieToJson);
  return Buffer.from(`[\n${lines.join(',\n')}\n]\n`);
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
