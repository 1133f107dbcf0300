// One measurement: fills the queue, lets a contender store everything, and reads the calls that the endpoint recorded.
import { randomUUID } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { DeleteQueueCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { type QueuePort, systemRandom } from '@movie-load/aws';
import { sendJob } from '@movie-load/queue';
import { planOf as planOfRequest } from '@movie-load/queue/request';
import { type JobPlan, messagesOfGroup, shapeOf } from '@movie-load/schema';
import type { Contender, Usage } from './contender.ts';
import type { Endpoint, EndpointOptions } from './endpoint.ts';
import { ownCpuSeconds } from './own-cpu.ts';
import { type ProvisionResult, untilEmpty, withEndpoint } from './provisioned.ts';
import type { Records } from './recorder.ts';

export interface Job {
  readonly movies: number;
  readonly packed: boolean;
}

export interface Measurement {
  /** Number of movies that were sent and stored. */
  readonly movies: number;
  /** From the first receive to the last delete. */
  readonly seconds: number;
  /** From the first receive to the update to COMPLETE; undefined where no object is written. */
  readonly completeSeconds: number | undefined;
  /** Average number of cores that contenders, server and this process used during `seconds`. */
  readonly cores: number;
  /** Calls by operation, including those for sending. */
  readonly calls: Readonly<Record<string, number>>;
  readonly writeUnits: number;
  /** Each process of the contender: CPU after its start-up, and peak memory. */
  readonly processes: readonly { readonly cpuSeconds: number; readonly peakRssBytes: number }[];
  readonly serverCpuSeconds: number;
}

export interface MeasureOptions extends EndpointOptions {
  readonly job: Job;
  readonly processes: number;
  /** Does not send the last message of each group, so that no group becomes full and no object is written. */
  readonly withoutObject?: boolean;
  /**
   * All receives wait until each process has had time to make one, so that starting processes is not measured. The
   * measurement fails when a process was too late.
   */
  readonly startsTogether?: boolean;
  /** Called when the receives begin, with the means to disturb the run; the measurement fails when it rejects. */
  readonly disturb?: (run: Disturbable) => Promise<void>;
  /** Starts one process, which polls until it is stopped. */
  start(context: ContenderContext, index: number): Contender;
}

export interface Disturbable {
  readonly endpoint: Endpoint;
  /** Kills a contender or stops it, which lets it drain; then starts another in its place. */
  replace(index: number, how: 'kill' | 'stop'): Promise<void>;
}

/** The parameters of a contender. */
export interface ContenderContext {
  readonly plan: JobPlan;
  /** Environment with endpoint, credentials and names. */
  readonly env: Readonly<Record<string, string>>;
}

const POLL_MS = 50;
/** The interval for emulators: reading the queue's counts takes LocalStack milliseconds. */
const UPSTREAM_POLL_MS = 500;
const LIMIT_MS = 20 * 60_000;

export function planOf({ movies, packed }: Job, nonce = 'bench'): JobPlan {
  return planOfRequest({ nonce, movies, movies_per_message: packed ? 'auto' : 1, seed: 7 });
}

export async function measure(options: MeasureOptions): Promise<Measurement> {
  // An endpoint that has received a job would treat its messages as duplicates.
  const plan = planOf(options.job, options.upstream === undefined ? undefined : randomUUID());
  // LocalStack keeps the long polls of ended processes, which would receive the next messages: each row gets its own
  // queue.
  const names = options.upstream === undefined ? {} : resourceNames(randomUUID());
  return withEndpoint({ ...options, names }, (provisioned) => measureOn(provisioned, options, plan));
}

async function measureOn(provisioned: ProvisionResult, options: MeasureOptions, plan: JobPlan): Promise<Measurement> {
  const { endpoint, env, queue } = provisioned;
  const contenders: Contender[] = [];
  try {
    const { movies, calls: sendCalls } = await fillQueue(options, { endpoint, queue, plan });
    if (options.startsTogether === true) await endpoint.holdReceives(holdMs(options.processes));
    for (let index = 0; index < options.processes; index++) contenders.push(options.start({ plan, env }, index));
    const idleCpuSeconds = await waitForReceives(options, endpoint, contenders);
    const before = { server: await endpoint.cpuSeconds(), own: ownCpuSeconds() };
    const replace = async (index: number, how: 'kill' | 'stop') => {
      await contenders[index]?.[how]();
      contenders[index] = options.start({ plan, env }, index);
    };
    await Promise.all([
      options.disturb?.({ endpoint, replace }),
      untilStored(options, queue, contenders, idleCpuSeconds),
    ]);
    const serverCpuSeconds = (await endpoint.cpuSeconds()) - before.server;
    const ownSeconds = ownCpuSeconds() - before.own;
    const records = await endpoint.records();
    await Promise.all(contenders.map((contender) => contender.stop()));
    const usages = contenders.map(({ usage }) => usage);
    const times = measuredTimes(records);
    const counts = measuredCounts(records, sendCalls, usages, idleCpuSeconds);
    const cpuSeconds = counts.processes.reduce((sum, cpu) => sum + cpu.cpuSeconds, serverCpuSeconds + ownSeconds);
    return { ...times, ...counts, movies, serverCpuSeconds, cores: cpuSeconds / times.seconds };
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
    if (options.upstream !== undefined) await removeResources(provisioned);
  }
}

interface FillContext {
  readonly endpoint: Endpoint;
  readonly queue: QueuePort;
  readonly plan: JobPlan;
}

/** Sends the job, then resets the endpoint's records. */
async function fillQueue({ withoutObject = false }: MeasureOptions, { endpoint, queue, plan }: FillContext) {
  await endpoint.reset();
  const { movies } = await sendJob({
    queue,
    plan,
    started_on: new Date().toISOString(),
    random: systemRandom,
    ...(withoutObject && { groups: withoutLastMessages(plan) }),
  });
  const calls = (await endpoint.records())['sqs:SendMessageBatch']?.calls ?? 0;
  await endpoint.reset();
  return { movies, calls };
}

/** The messages of each group without its last one. */
function* withoutLastMessages(plan: JobPlan) {
  const shape = shapeOf(plan);
  for (let group = 0; group < shape.groups; group++) {
    const { first, count } = messagesOfGroup(shape, group);
    yield { group, numbers: Array.from({ length: count - 1 }, (_, index) => first + index) };
  }
}

/**
 * How long the receives wait for all processes: long enough for these to start on a busy machine, and shorter than the
 * 30 seconds after which a consumer gives up a receive (for at most 18 processes).
 */
const holdMs = (processes: number) => 2000 + 1500 * processes;

/**
 * With `startsTogether`, waits until all contenders receive. Resolves to the CPU seconds of each until then, which do
 * not belong to the job: without `startsTogether` zeros, which `untilStored` replaces.
 */
async function waitForReceives(
  { startsTogether, processes }: MeasureOptions,
  endpoint: Endpoint,
  contenders: readonly Contender[],
) {
  if (startsTogether !== true) return contenders.map(() => 0);
  await Promise.race([endpoint.receivesReleased(processes), ...contenders.map(({ failed }) => failed)]);
  return contenders.map(({ usage }) => usage.cpu_seconds);
}

/**
 * Resolves when the queue is empty.
 *
 * @param idleCpuSeconds without `startsTogether`, is set to the CPU seconds of each contender before its first message
 */
const untilStored = (
  { upstream, startsTogether }: MeasureOptions,
  queue: QueuePort,
  contenders: readonly Contender[],
  idleCpuSeconds: number[],
): Promise<void> =>
  untilEmpty(queue, contenders, {
    everyMs: upstream === undefined ? POLL_MS : UPSTREAM_POLL_MS,
    limitMs: LIMIT_MS,
    onPoll() {
      if (startsTogether === true) return;
      contenders.forEach(({ usage }, index) => {
        if (usage.stored_messages === 0) idleCpuSeconds[index] = usage.cpu_seconds;
      });
    },
  });

const resourceNames = (id: string) => ({
  MOVIE_LOAD_QUEUE: `bench-${id}.fifo`,
  MOVIE_LOAD_DLQ: `bench-dlq-${id}.fifo`,
  MOVIE_LOAD_TABLE: `bench-${id}`,
  MOVIE_LOAD_BUCKET: `bench-${id}`,
});

async function removeResources({ clients: { sqs, dynamodb, s3 }, settings }: ProvisionResult): Promise<void> {
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

function measuredTimes(records: Records) {
  const from = records['sqs:ReceiveMessage']?.firstMs ?? 0;
  const to = Math.max(...['sqs:DeleteMessageBatch', 'sqs:DeleteMessage'].map((name) => records[name]?.lastMs ?? 0));
  // The object is written before the job's item becomes COMPLETE, which is the last update.
  const hasObject = ['s3:PutObject', 's3:CompleteMultipartUpload'].some((name) => records[name] !== undefined);
  const complete = hasObject ? records['dynamodb:UpdateItem']?.lastMs : undefined;
  return {
    seconds: (to - from) / 1000,
    completeSeconds: complete === undefined ? undefined : (complete - from) / 1000,
  };
}

function measuredCounts(
  records: Records,
  sendCalls: number,
  usages: readonly Usage[],
  idleCpuSeconds: readonly number[],
) {
  const calls: Record<string, number> = { 'sqs:SendMessageBatch': sendCalls };
  for (const [operation, { calls: count }] of Object.entries(records)) {
    if (operation !== 'sqs:GetQueueAttributes') calls[operation] = (calls[operation] ?? 0) + count;
  }
  return {
    calls,
    writeUnits: usages.reduce((sum, { write_units }) => sum + write_units, 0),
    processes: usages.map(({ cpu_seconds, peak_rss_bytes }, index) => ({
      cpuSeconds: cpu_seconds - (idleCpuSeconds[index] ?? 0),
      peakRssBytes: peak_rss_bytes,
    })),
  };
}
