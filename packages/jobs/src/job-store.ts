// The public API of this package.
import type { StoredObject } from '@movie-load/aws';
import {
  type JobItem,
  type JobMarker,
  type MessageTrace,
  MIN_PART_MOVIES,
  objectKey,
  type Range,
} from '@movie-load/schema';
import type { JobStoreOptions, JobsContext, StoreOptions } from './context.ts';
import { type DeleteOptions, type DeletionResult, deleteJob, getMarker } from './delete.ts';
import { createJobCreator, getJob } from './job-item.ts';
import { type FindOptions, findMissing, type MissingMessages } from './missing.ts';
import type { JobRef } from './part-bytes.ts';
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
import { getUnfinishedUpload, type UnfinishedUpload } from './read-upload.ts';
import { type RepairResult, repairJob } from './repair.ts';
import type { StoreBatch } from './slices.ts';
import { createSlots } from './slots.ts';
import { type StoreResult, storeBatch } from './store.ts';
import { type VerifyOptions, type VerifyReport, verifyJob } from './verify.ts';

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The policy of the ports decides how often a call is tried (`CallPolicy`): a consumer's ports retry until the signal
 * aborts, a tool's ports give up. Every method throws the errors of the ports, the signal's reason, and
 * `MovieLoadError` `bad_item` for unreadable items. A `JobRef` is a job's id and plan; a `JobItem` is also a
 * `JobRef`.
 */
export interface JobStore {
  /**
   * Stores a batch of one group's messages, then does every step that follows, up to writing the job's object. Its
   * messages may be deleted only after it resolves. Messages of a deleted job are dropped.
   *
   * @throws also `MovieLoadError` `job_incomplete` when a counted movie is not stored.
   */
  store(batch: StoreBatch, options: StoreOptions): Promise<StoreResult>;

  job(jobId: string, options?: ReadOptions): Promise<JobItem | undefined>;
  /** Reads the index, which may lag by a moment; the latest job first. */
  listJobs(options?: ListOptions): Promise<JobList>;
  /** The id of the only job that begins with `prefix`. Throws `UsageError` when no job or more than one does. */
  resolveJobId(prefix: string, options?: ReadOptions): Promise<string>;
  /** The ledgers of all groups or the given ones, in order. */
  ledgers(job: JobRef, groups?: Iterable<number>, options?: ReadOptions): AsyncGenerator<GroupLedger>;
  /** When something was last stored, in milliseconds since the epoch; for `jobState`. */
  lastStoredOn(job: JobItem, options?: ReadOptions & { readonly maxGroups?: number }): Promise<number | undefined>;
  /** The stored movies of a range of indexes (all without one), in order, each once. */
  movies(job: JobRef, range?: Range, options?: ReadOptions): AsyncGenerator<IndexedMovie>;
  slicesOfGroup(job: JobRef, group: number, options?: ReadOptions): AsyncGenerator<StoredSlice>;
  /** When each message of a group was sent, received and stored, as its slices note it. */
  traces(
    job: JobRef,
    group: number,
    options?: ReadOptions,
  ): AsyncGenerator<MessageTrace & { readonly stored_by: string }>;
  /** The job's object in the bucket; undefined when it does not exist. */
  openObject(jobId: string, options?: ReadOptions): Promise<StoredObject | undefined>;
  /** The size of the job's object in bytes; undefined when it does not exist. */
  objectBytes(jobId: string, options?: ReadOptions): Promise<number | undefined>;

  /**
   * The unfinished upload of a RUNNING job's object and the parts that it has; undefined when the job has no upload, or
   * S3 no longer has it.
   */
  upload(job: JobItem, options?: ReadOptions): Promise<UnfinishedUpload | undefined>;

  /** Finds the messages that a resume has to send, by walking the completion tree. */
  findMissing(job: JobRef, options?: Partial<FindOptions>): AsyncGenerator<MissingMessages>;
  verify(job: JobRef, options?: Partial<VerifyOptions>): Promise<VerifyReport>;
  /**
   * Deletes a job. May be repeated, and continues where another run ended.
   *
   * @throws also `UsageError` when there is no such job, `MovieLoadError` `job_running` for a RUNNING job without
   * `force`.
   */
  delete(jobId: string, options?: Partial<DeleteOptions>): Promise<DeletionResult>;
  /** The marker that a deletion leaves for 30 days. */
  marker(jobId: string, options?: ReadOptions): Promise<JobMarker | undefined>;
  /** Writes the object again when it is missing or wrong, and sets a job COMPLETE whose movies are all counted. */
  repair(jobId: string, options?: Partial<StoreOptions>): Promise<RepairResult>;
}

const PARTS_AT_ONCE = 2;
const BUFFER_BYTES = 16 * 1024 * 1024;

/** @example const jobs = createJobStore({ table, objects, clock: systemClock, random: systemRandom, instance }); */
export function createJobStore(options: JobStoreOptions): JobStore {
  const { onEvent, instance, minPartMovies = MIN_PART_MOVIES, bufferBytes = BUFFER_BYTES, ...ports } = options;
  const context: JobsContext = {
    ...ports,
    // The schemas of ledgers and traces accept at most 256 characters.
    instance: instance.slice(0, 200),
    minPartMovies,
    bufferBytes,
    slots: createSlots(PARTS_AT_ONCE),
    uploads: new Map(),
    emit: (event) => onEvent?.(event),
  };
  const creator = createJobCreator(context);
  const signalOf = (options?: ReadOptions) => options?.signal ?? new AbortController().signal;

  return {
    store: (batch, options) => storeBatch(context, creator, batch, options),
    job: (jobId, options) => getJob(context, jobId, signalOf(options)),
    listJobs: (options = {}) => listJobs(context, options),
    resolveJobId: (prefix, options) => resolveJobId(context, prefix, options?.signal),
    ledgers: (job, groups, options) => ledgers(context, job, signalOf(options), groups),
    lastStoredOn: (job, options) => lastStoredOn(context, job, signalOf(options), options?.maxGroups),
    movies: (job, range, options) => movies(context, job, signalOf(options), range),
    slicesOfGroup: (job, group, options) => slicesOfGroup(context, job, group, { signal: signalOf(options) }),
    traces: (job, group, options) => traces(context, job, group, { signal: signalOf(options) }),
    openObject: (jobId, options) => context.objects.get(objectKey(jobId), { signal: signalOf(options) }),
    objectBytes: (jobId, options) => context.objects.size(objectKey(jobId), { signal: signalOf(options) }),
    upload: (job, options) => getUnfinishedUpload(context, job, signalOf(options)),
    findMissing: (job, options) => findMissing(context, job, { ...options, signal: signalOf(options) }),
    verify: (job, options) => verifyJob(context, job, { ...options, signal: signalOf(options) }),
    delete: (jobId, options) => deleteJob(context, jobId, { ...options, signal: signalOf(options) }),
    marker: (jobId, options) => getMarker(context, jobId, signalOf(options)),
    repair: (jobId, options) => repairJob(context, jobId, { ...options, signal: signalOf(options) }),
  };
}
