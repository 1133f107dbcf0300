// The public face of this package.
import type { Clock, ObjectsPort, Random, StoredObject, TablePort } from '@movie-load/aws';
import { type JobItem, type MessageTrace, objectKey, type Range } from '@movie-load/schema';
import type { JobRef } from './assemble.ts';
import { call, type Dependency, type JobEvent, type JobsContext, type StoreOptions } from './context.ts';
import { createJobCreator, getJob } from './job-item.ts';
import { type FindOptions, findMissing, type MissingMessages } from './missing.ts';
import {
  type GroupLedger,
  type JobList,
  type ListOptions,
  lastStoredOn,
  ledgers,
  listJobs,
  resolveJobId,
} from './read-jobs.ts';
import { type IndexedMovie, movies, type StoredSlice, slicesOfGroup, traces } from './read-movies.ts';
import { type Repaired, repairJob } from './repair.ts';
import type { StoreBatch } from './slices.ts';
import { storeBatch } from './store.ts';
import { type VerifyOptions, type VerifyReport, verifyJob } from './verify.ts';

export interface JobStoreOptions {
  readonly table: TablePort;
  readonly objects: ObjectsPort;
  readonly clock: Clock;
  readonly random: Random;
  /** This process's name in ledgers, traces and leases. */
  readonly instance: string;
  /** How long an assembly's lease lasts without being renewed. */
  readonly leaseMs: number;
  /** Bytes of each part of an object but its last: 8 MiB unless given, 5 MiB at least on S3. */
  readonly partBytes?: number | undefined;
  readonly onEvent?: ((event: JobEvent) => void) | undefined;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * `store` is for consumers, and patient: it tries again until its signal aborts. All else is for people and tools: it
 * gives up after a few attempts with the SDK's error (property `dependency`), and throws `MovieLoadError` `bad_item` for
 * items that somebody made unreadable. What takes a `JobRef` needs a job's id and plan only, so a `JobItem` will do.
 */
export interface JobStore {
  /**
   * Stores a batch of one group's messages and does whatever its being stored makes due, up to the job's object. When
   * it resolves, and only then, the messages may be deleted.
   *
   * @throws the SDK's error with a property `dependency` when the signal aborts while a call fails, or when the error is
   * a bug (`classifyError`); the signal's reason; `MovieLoadError` `job_incomplete` when a counted movie is not there.
   */
  store(batch: StoreBatch, options: StoreOptions): Promise<void>;

  /** One cheap read (of what need not exist) that tells whether a service answers; tried once. */
  probe(dependency: Dependency, options?: ReadOptions): Promise<void>;

  job(jobId: string, options?: ReadOptions): Promise<JobItem | undefined>;
  /** From the index, the latest first; may lag behind by a moment. */
  listJobs(options?: ListOptions): Promise<JobList>;
  /** The only job whose id begins so. Throws `UsageError` when there is none or more than one. */
  resolveJobId(prefix: string, options?: ReadOptions): Promise<string>;
  /** Of all groups or the given ones, in order. */
  ledgers(job: JobRef, groups?: Iterable<number>, options?: ReadOptions): AsyncGenerator<GroupLedger>;
  /** Milliseconds since the epoch; for `jobState`. */
  lastStoredOn(job: JobItem, options?: ReadOptions & { readonly atMost?: number }): Promise<number | undefined>;
  /** The stored movies of a range of indexes (all without one), in order, each once. */
  movies(job: JobRef, range?: Range, options?: ReadOptions): AsyncGenerator<IndexedMovie>;
  slicesOfGroup(job: JobRef, group: number, options?: ReadOptions): AsyncGenerator<StoredSlice>;
  /** What happened to each message of a group, by its slices' notes. */
  traces(
    job: JobRef,
    group: number,
    options?: ReadOptions,
  ): AsyncGenerator<MessageTrace & { readonly stored_by: string }>;
  /** The job's object as it is in the bucket; undefined when it is not there. */
  openObject(jobId: string, options?: ReadOptions): Promise<StoredObject | undefined>;
  /** The bytes of the job's object, without opening it; undefined when it is not there. */
  objectBytes(jobId: string, options?: ReadOptions): Promise<number | undefined>;

  /** What a resume has to send, by walking the tree. */
  findMissing(job: JobRef, options?: Partial<FindOptions>): AsyncGenerator<MissingMessages>;
  verify(job: JobRef, options?: Partial<VerifyOptions>): Promise<VerifyReport>;
  /** Writes the object again when it is missing or wrong. */
  repair(jobId: string, options?: Partial<StoreOptions>): Promise<Repaired>;
}

const READER_ATTEMPTS = 4;
const PROBE_KEY = 'probe';

/** @example const jobs = createJobStore({ table, objects, clock: systemClock, random: systemRandom, instance, leaseMs: 60_000 }); */
export function createJobStore({ onEvent, instance, ...ports }: JobStoreOptions): JobStore {
  const patient: JobsContext = {
    ...ports,
    instance: instance.slice(0, 200),
    maxAttempts: Number.POSITIVE_INFINITY,
    emit: (event) => onEvent?.(event),
  };
  const reader: JobsContext = { ...patient, maxAttempts: READER_ATTEMPTS };
  const creator = createJobCreator(patient);
  const never = () => new AbortController().signal;
  const patience = (options?: { readonly signal?: AbortSignal | undefined }) => options?.signal ?? never();

  return {
    store: (batch, options) => storeBatch(patient, creator, batch, options),
    probe: (dependency, options) => probe({ ...reader, maxAttempts: 1 }, dependency, patience(options)),
    job: (jobId, options) => getJob(reader, jobId, patience(options)),
    listJobs: (options = {}) => listJobs(reader, options),
    resolveJobId: (prefix, options) => resolveJobId(reader, prefix, options?.signal),
    ledgers: (job, groups, options) => ledgers(reader, job, patience(options), groups),
    lastStoredOn: (job, options) => lastStoredOn(reader, job, patience(options), options?.atMost),
    movies: (job, range, options) => movies(reader, job, patience(options), range),
    slicesOfGroup: (job, group, options) => slicesOfGroup(reader, job, group, { signal: patience(options) }),
    traces: (job, group, options) => traces(reader, job, group, { signal: patience(options) }),
    openObject: (jobId, options) => {
      const signal = patience(options);
      return call(reader, 's3', signal, () => reader.objects.get(objectKey(jobId), { signal }));
    },
    objectBytes: (jobId, options) => {
      const signal = patience(options);
      return call(reader, 's3', signal, () => reader.objects.size(objectKey(jobId), { signal }));
    },
    findMissing: (job, options) => findMissing(reader, job, { ...options, signal: patience(options) }),
    verify: (job, options) => verifyJob(reader, job, { ...options, signal: patience(options) }),
    repair: (jobId, options) => repairJob(reader, jobId, { ...options, signal: patience(options) }),
  };
}

async function probe(context: JobsContext, dependency: Dependency, signal: AbortSignal): Promise<void> {
  if (dependency === 'dynamodb') {
    await call(context, dependency, signal, () =>
      context.table.get({ job_id: PROBE_KEY, part: PROBE_KEY }, { signal }),
    );
  } else {
    await call(context, dependency, signal, () => context.objects.size(PROBE_KEY, { signal }));
  }
}
