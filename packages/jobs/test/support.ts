// A job store on an embedded AWS, and jobs to store in it.
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type AwsClients,
  type Breaker,
  type CallPolicy,
  classifyForConsumer,
  type ObjectsPort,
  type Retry,
  resilientObjects,
  resilientTable,
  type SingleCallTable,
  systemClock,
  systemRandom,
} from '@movie-load/aws';
import type { Faults } from '@movie-load/local-aws';
import { generateMovies } from '@movie-load/movies';
import {
  groupOfMessage,
  type ItemKey,
  type JobPlan,
  jobIdOf,
  messagesOfGroup,
  moviesOfMessage,
  movieToJson,
  planJob,
  shapeOf,
} from '@movie-load/schema';
import { startTestAws } from '@movie-load/testing';
import { createJobStore, type JobEvent, type JobStore, type JobStoreOptions, type StoreBatch } from '../src/index.ts';

export const STARTED_ON = '2026-11-25T09:12:54.000Z';

/** What a test may change in its store. */
export interface StoreOptions extends Partial<Pick<JobStoreOptions, 'bufferBytes' | 'retentionDays' | 'clock'>> {
  readonly table?: SingleCallTable;
  readonly objects?: ObjectsPort;
  /** The breaker of S3. */
  readonly breaker?: Breaker;
}

/** Movies of each part in worlds with small parts. */
const PART_MOVIES = 20;

export interface World {
  readonly clients: AwsClients;
  /** Ports that try once. */
  readonly table: SingleCallTable;
  readonly objects: ObjectsPort;
  readonly jobs: JobStore;
  /** Every multipart upload that was begun. */
  readonly uploads: readonly { readonly key: string; readonly id: string }[];
  readonly events: JobEvent[];
  /** Every failed attempt that was repeated, in any of the stores. */
  readonly retries: Retry[];
  /** What the endpoint does to calls; may be changed at any time. */
  faults: Faults;
  /** Another process on the same AWS. */
  store(instance: string, options?: StoreOptions, events?: JobEvent[]): JobStore;
  object(plan: JobPlan): Promise<string | undefined>;
  /** Deletes as an operator would by hand. */
  deleteItem(key: ItemKey): Promise<void>;
  deleteObject(plan: JobPlan): Promise<void>;
  close(): Promise<void>;
}

export async function startWorld({ hasSmallParts = false } = {}): Promise<World> {
  const aws = await startTestAws(hasSmallParts ? { minPartBytes: 1000 } : {});
  const { clients, settings, table } = aws;
  const uploads: { readonly key: string; readonly id: string }[] = [];
  const objects: ObjectsPort = {
    ...aws.objects,
    async createUpload(key, options) {
      const id = await aws.objects.createUpload(key, options);
      uploads.push({ key, id });
      return id;
    },
  };
  const events: JobEvent[] = [];
  const retries: Retry[] = [];
  // A consumer's policy: it repeats calls until the signal aborts.
  const policy: CallPolicy = {
    clock: systemClock,
    random: systemRandom,
    maxAttempts: Number.POSITIVE_INFINITY,
    classify: classifyForConsumer,
    onRetry: (retry) => retries.push(retry),
  };
  const store: World['store'] = (
    instance,
    { breaker, bufferBytes, retentionDays, clock = systemClock, ...ports } = {},
    storeEvents = events,
  ) =>
    createJobStore({
      table: resilientTable(ports.table ?? table, policy),
      objects: resilientObjects(ports.objects ?? objects, { ...policy, breaker }),
      clock,
      random: systemRandom,
      instance,
      bufferBytes,
      retentionDays,
      minPartMovies: hasSmallParts ? PART_MOVIES : undefined,
      onEvent: (event) => storeEvents.push(event),
    });
  return {
    clients,
    table,
    objects,
    jobs: store('first'),
    uploads,
    events,
    retries,
    get faults() {
      return aws.faults;
    },
    set faults(faults: Faults) {
      aws.faults = faults;
    },
    store,
    object: async (plan) => (await aws.object(`${jobIdOf(plan)}.json`))?.toString('utf8'),
    async deleteItem({ job_id, part }) {
      const Key = { job_id: { S: job_id }, part: { S: part } };
      await clients.dynamodb.send(new DeleteItemCommand({ TableName: settings.table, Key }));
    },
    async deleteObject(plan) {
      await aws.deleteObject(`${jobIdOf(plan)}.json`);
    },
    close: aws.close,
  };
}

let nonces = 0;

/** Each call makes a plan with another nonce, so another job. */
export function newPlan(movies: number, moviesPerMessage = 1, overrides: Partial<JobPlan> = {}): JobPlan {
  nonces += 1;
  const plan = planJob({
    nonce: `test-${nonces}`,
    movies,
    movies_per_message: moviesPerMessage,
    seed: 7,
    generator: 1,
  });
  return { ...plan, ...overrides };
}

/** Messages of one group as a consumer would have checked and grouped them. */
export function batchOf(plan: JobPlan, numbers: readonly number[]): StoreBatch {
  const sent = Date.parse(STARTED_ON) + 1500;
  return {
    plan,
    job_id: jobIdOf(plan),
    group: groupOfMessage(shapeOf(plan), numbers[0] ?? 0),
    started_on: STARTED_ON,
    messages: numbers.map((number) => ({
      number,
      movies: [...generateMovies(plan.seed, moviesOfMessage(plan, number))],
      sent_on: sent + number,
      received_on: sent + number + 40,
      receives: 1,
    })),
  };
}

export function numbersOfGroup(plan: JobPlan, group: number): number[] {
  const { first, count } = messagesOfGroup(shapeOf(plan), group);
  return Array.from({ length: count }, (_, offset) => first + offset);
}

/** All of a job in full receives. */
export function batchesOf(plan: JobPlan, size = 10): StoreBatch[] {
  const batches: StoreBatch[] = [];
  for (let group = 0; group < shapeOf(plan).groups; group += 1) {
    const numbers = numbersOfGroup(plan, group);
    for (let at = 0; at < numbers.length; at += size) batches.push(batchOf(plan, numbers.slice(at, at + size)));
  }
  return batches;
}

export const never = (): AbortSignal => new AbortController().signal;

export async function storeAll(jobs: JobStore, batches: readonly StoreBatch[]): Promise<void> {
  for (const batch of batches) await jobs.store(batch, { signal: never() });
}

/** What the object of a job must be, byte for byte. */
export function expectedObject(plan: JobPlan): string {
  const lines = [...generateMovies(plan.seed, { first: 0, count: plan.movies })].map(movieToJson);
  return `[\n${lines.join(',\n')}\n]\n`;
}
