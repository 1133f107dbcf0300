// One measurement: fill the queue, let a contender store everything, read what the endpoint saw.
import { randomUUID } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DeleteQueueCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import {
  type AwsClients,
  type AwsSettings,
  awsSettingsFrom,
  createClients,
  openResilientQueue,
  provision,
  systemClock,
  systemRandom,
  toolPolicy,
} from '@movie-load/aws';
import { AUTO_MOVIES_PER_MESSAGE, GENERATOR_VERSION } from '@movie-load/movies';
import { sendJob } from '@movie-load/queue';
import { type JobPlan, planJob } from '@movie-load/schema';
import type { Contender, Usage } from './contender.ts';
import { type EndpointOptions, openEndpoint } from './endpoint.ts';
import type { Records } from './recorder.ts';

export interface Job {
  readonly movies: number;
  readonly packed: boolean;
}

export interface Measurement {
  readonly movies: number;
  /** From the first receive to the last delete, without the assembly of the object. */
  readonly storeSeconds: number;
  /** From the first read of a slice to COMPLETE; 0 where no object is written. */
  readonly assembleSeconds: number;
  /** One movie a message: rate from the moment when each process has stored something. */
  readonly warmMoviesPerSecond: number;
  /** Calls by operation, sending included. */
  readonly calls: Readonly<Record<string, number>>;
  readonly writeUnits: number;
  /** Each process of the contender: CPU from its start-up on, peak memory. */
  readonly processes: readonly { readonly cpuSeconds: number; readonly peakRssBytes: number }[];
  readonly serverCpuSeconds: number;
}

export interface Contest extends EndpointOptions {
  readonly job: Job;
  readonly processes: number;
  /** Begins one process; it polls until it is stopped. */
  start(place: Place, index: number): Contender;
}

/** What a contender is told. */
export interface Place {
  readonly plan: JobPlan;
  /** Environment with endpoint, credentials and names. */
  readonly env: Readonly<Record<string, string>>;
}

const POLL_MS = 50;
/** LocalStack spends milliseconds on each look at the queue. */
const UPSTREAM_POLL_MS = 500;
const LIMIT_MS = 20 * 60_000;

export function planOf({ movies, packed }: Job, nonce = 'bench'): JobPlan {
  return planJob({
    nonce,
    movies,
    movies_per_message: packed ? AUTO_MOVIES_PER_MESSAGE : 1,
    seed: 7,
    generator: GENERATOR_VERSION,
  });
}

export async function measure(contest: Contest): Promise<Measurement> {
  // An endpoint that has seen a job would take its messages for duplicates.
  const plan = planOf(contest.job, contest.upstream === undefined ? undefined : randomUUID());
  const endpoint = await openEndpoint(contest);
  // LocalStack keeps the long polls of ended processes, and these take the next messages: each row gets a queue of its own.
  const own = contest.upstream === undefined ? {} : namesOf(randomUUID());
  const env = { ...environmentOf(endpoint.url), ...own };
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { env: {} });
  const contenders: Contender[] = [];
  try {
    await provision(clients, settings);
    const queue = await openResilientQueue(clients, settings.queue, toolPolicy());
    await endpoint.reset();
    await sendJob({ queue, plan, started_on: new Date().toISOString(), random: systemRandom });
    const sent = (await endpoint.records())['sqs:SendMessageBatch']?.calls ?? 0;

    await endpoint.reset();
    const serverCpu = await endpoint.cpuSeconds();
    for (let index = 0; index < contest.processes; index++) contenders.push(contest.start({ plan, env }, index));
    const idle = contenders.map(() => 0);
    const limit = AbortSignal.timeout(LIMIT_MS);
    let warm: Records | undefined;
    for (let left = Number.POSITIVE_INFINITY; left > 0; ) {
      limit.throwIfAborted();
      await Promise.race([
        systemClock.sleep(contest.upstream === undefined ? POLL_MS : UPSTREAM_POLL_MS),
        ...contenders.map(({ failed }) => failed),
      ]);
      contenders.forEach(({ usage }, index) => {
        if (usage.stored_messages === 0) idle[index] = usage.cpu_seconds;
      });
      if (warm === undefined && contenders.every(({ usage }) => usage.stored_messages > 0)) {
        warm = await endpoint.records();
      }
      const { waiting, inFlight, delayed } = await queue.status();
      left = waiting + inFlight + delayed;
    }
    const serverCpuSeconds = (await endpoint.cpuSeconds()) - serverCpu;
    const records = await endpoint.records();
    await Promise.all(contenders.map((contender) => contender.stop()));
    const usages = contenders.map(({ usage }) => usage);
    return {
      ...timesOf(records),
      ...countsOf(records, sent, usages, idle),
      warmMoviesPerSecond: warmRate(warm, records),
      movies: plan.movies,
      serverCpuSeconds,
    };
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
    if (contest.upstream !== undefined) await removeResources(clients, settings);
    clients.destroy();
    await endpoint.stop();
  }
}

const namesOf = (id: string) => ({
  MOVIE_LOAD_QUEUE: `bench-${id}.fifo`,
  MOVIE_LOAD_DLQ: `bench-dlq-${id}.fifo`,
  MOVIE_LOAD_TABLE: `bench-${id}`,
  MOVIE_LOAD_BUCKET: `bench-${id}`,
});

async function removeResources({ sqs, dynamodb, s3 }: AwsClients, settings: AwsSettings): Promise<void> {
  const { queue, dlq, table, bucket: Bucket } = settings;
  for (const QueueName of [queue, dlq]) {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  }
  await dynamodb.send(new DeleteTableCommand({ TableName: table }));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
}

/** No setting of a real AWS account gets into a measurement. */
export function environmentOf(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

function timesOf(records: Records) {
  const from = records['sqs:ReceiveMessage']?.firstMs ?? 0;
  const to = Math.max(...['sqs:DeleteMessageBatch', 'sqs:DeleteMessage'].map((name) => records[name]?.lastMs ?? 0));
  // Slices are read only to write the object; the last update is the one that says COMPLETE.
  const read = records['dynamodb:Query']?.firstMs;
  const assembleMs = read === undefined ? 0 : (records['dynamodb:UpdateItem']?.lastMs ?? read) - read;
  return { storeSeconds: (to - from - assembleMs) / 1000, assembleSeconds: assembleMs / 1000 };
}

const MESSAGES_A_DELETE = 10;

function warmRate(warm: Records | undefined, end: Records): number {
  const from = warm?.['sqs:DeleteMessageBatch'];
  const to = end['sqs:DeleteMessageBatch'];
  if (!from || !to || to.lastMs === from.lastMs) return 0;
  return ((to.calls - from.calls) * MESSAGES_A_DELETE * 1000) / (to.lastMs - from.lastMs);
}

function countsOf(records: Records, sent: number, usages: readonly Usage[], idle: readonly number[]) {
  const calls: Record<string, number> = { 'sqs:SendMessageBatch': sent };
  for (const [operation, { calls: count }] of Object.entries(records)) {
    if (operation !== 'sqs:GetQueueAttributes') calls[operation] = (calls[operation] ?? 0) + count;
  }
  return {
    calls,
    writeUnits: usages.reduce((sum, { write_units }) => sum + write_units, 0),
    processes: usages.map(({ cpu_seconds, peak_rss_bytes }, index) => ({
      cpuSeconds: cpu_seconds - (idle[index] ?? 0),
      peakRssBytes: peak_rss_bytes,
    })),
  };
}
