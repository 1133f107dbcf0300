// The view of a job for people: its state with the reason, its progress, its duration. It needs only the job's item and
// the queue's counts.
import type { QueueStatus } from '@movie-load/aws';
import {
  type JobState,
  type JobStore,
  type JobSummary,
  jobState,
  objectPartCount,
  type ReadOptions,
  treeProgress,
  type UnfinishedUpload,
} from '@movie-load/jobs';
import { hasCode, type JobItem, shapeOf } from '@movie-load/schema';
import { formatBytes, formatDuration, formatNumber, shortId } from './format.ts';

/** A job that `delete` has begun to delete, as the index lists it. */
export type DeletingJob = JobSummary & { readonly status: 'DELETING' };

export interface JobView {
  readonly job_id: string;
  readonly state: JobState | 'DELETING';
  /** Why the job is waiting, stalled or DELETING, and what to do about it; empty in other states. */
  readonly why: string;
  readonly movies: number;
  readonly messages: number;
  readonly groups: number;
  /** 0 to 100, from the root of the completion tree. */
  readonly percent: number;
  readonly started_on: string;
  readonly completed_on: string | null;
  /**
   * From the start by the producer's clock to the completion by a consumer's clock (or until now). 0 for DELETING, and
   * where the difference of the clocks would make it negative.
   */
  readonly took_ms: number;
  readonly object_key: string | null;
  readonly object_bytes: number | null;
  /** The number of the object's parts, and of those written; null where S3 was not called or did not report them. */
  readonly object_parts: number;
  readonly object_parts_written: number | null;
  /** The upload of a RUNNING job's parts. */
  readonly upload: UploadView | null;
}

export interface UploadView {
  readonly began_on: string | null;
  readonly age_ms: number | null;
  /** Size of the written parts together; null like `object_parts_written`. */
  readonly bytes: number | null;
}

/** What was observed besides the job's item: it decides the job's state and upload. */
export interface JobObservations {
  readonly queue: Pick<QueueStatus, 'waiting' | 'inFlight' | 'delayed'>;
  /** AWS's time, from which this machine's clock may differ. Milliseconds since the epoch. */
  readonly now: number;
  /**
   * When the job last stored something, in milliseconds since the epoch; undefined where no ledgers were read. It shows
   * more reliably than the queue's counts whether the job is stalled.
   */
  readonly lastStoredOn?: number | undefined;
  /** See `observeUpload`. */
  readonly upload?: UnfinishedUpload | undefined;
}

export function toJobView(job: JobItem | DeletingJob, observed: JobObservations): JobView {
  return job.status === 'DELETING' ? deletingView(job) : storedView(job, observed);
}

/** The view of a job that is being deleted: its progress and object no longer matter. */
function deletingView({ job_id, plan, started_on, status }: DeletingJob): JobView {
  const { messages, groups } = shapeOf(plan);
  return {
    ...{ job_id, messages, groups, started_on, state: status, movies: plan.movies },
    why: `not deleted completely yet; if no \`delete\` is at work: movie-load delete ${shortId(job_id)}`,
    percent: 0,
    completed_on: null,
    took_ms: 0,
    object_key: null,
    object_bytes: null,
    object_parts: objectPartCount({ plan }),
    object_parts_written: 0,
    upload: null,
  };
}

function storedView(job: JobItem, { queue, now, lastStoredOn, upload }: JobObservations): JobView {
  const state = jobState(job, queue, now, lastStoredOn);
  const shape = shapeOf(job.plan);
  const parts = objectPartCount(job);
  const hasUpload = job.status === 'RUNNING' && job.upload_id !== undefined;
  const endMs = job.completed_on === undefined ? now : Date.parse(job.completed_on);
  return {
    job_id: job.job_id,
    state,
    why: reasonOf(state, job, queue),
    movies: job.plan.movies,
    messages: shape.messages,
    groups: shape.groups,
    percent: Math.floor(treeProgress(job).fraction * 100),
    started_on: job.started_on,
    completed_on: job.completed_on ?? null,
    took_ms: Math.max(0, endMs - Date.parse(job.started_on)),
    object_key: job.object_key ?? null,
    object_bytes: state === 'COMPLETE' ? (job.object_bytes ?? null) : null,
    object_parts: parts,
    object_parts_written: state === 'COMPLETE' ? parts : hasUpload ? (upload?.written.length ?? null) : 0,
    upload: hasUpload ? uploadView(job.upload_on, upload, now) : null,
  };
}

function uploadView(began_on: string | undefined, upload: UnfinishedUpload | undefined, now: number): UploadView {
  return {
    began_on: began_on ?? null,
    age_ms: began_on === undefined ? null : Math.max(0, now - Date.parse(began_on)),
    bytes: upload?.bytes ?? null,
  };
}

/**
 * The upload of a RUNNING job according to S3. Undefined also when S3 does not answer or refuses: the rest of the job's
 * view does not depend on it.
 */
export async function observeUpload(
  store: Pick<JobStore, 'upload'>,
  job: JobItem | DeletingJob,
  { signal }: ReadOptions,
): Promise<UnfinishedUpload | undefined> {
  if (job.status === 'DELETING') return undefined;
  try {
    return await store.upload(job, { signal });
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/** The progress of a RUNNING job's object: `3 of 16 parts, 24 MB`; undefined when it is unknown. */
export function uploadText({ object_parts, object_parts_written, upload }: JobView): string | undefined {
  if (upload === null) return undefined;
  const written = object_parts_written === null ? '?' : formatNumber(object_parts_written);
  const size = upload.bytes === null ? '' : `, ${formatBytes(upload.bytes)}`;
  const age = upload.age_ms === null ? '' : `, begun ${formatDuration(upload.age_ms)} ago`;
  return `${written} of ${formatNumber(object_parts)} parts${size}${age}`;
}

function reasonOf(
  state: JobState,
  { job_id }: JobItem,
  { waiting, inFlight, delayed }: JobObservations['queue'],
): string {
  if (state === 'waiting') {
    return `${waiting} messages wait, ${inFlight} in flight, ${delayed} delayed: are consumers running?`;
  }
  if (state === 'stalled') {
    return `the queue is empty. If no producer is sending it any more: movie-load resume ${shortId(job_id)}`;
  }
  return '';
}

export interface JobItems {
  /** The latest first. */
  readonly jobs: readonly (JobItem | DeletingJob)[];
  /** The `after` of the next page; undefined for the last page. */
  readonly next: string | undefined;
  /** Number of jobs of this page that are left out, because they have a newer plan version or were changed by hand. */
  readonly unreadable: number;
}

export const UNREADABLE = Symbol('unreadable');

const isDeleting = (summary: JobSummary): summary is DeletingJob => summary.status === 'DELETING';

/** A job's item; undefined when it is deleted, `UNREADABLE` when it has a newer plan version or was changed by hand. */
export async function readableJob(
  store: Pick<JobStore, 'job'>,
  jobId: string,
  options: ReadOptions,
): Promise<JobItem | typeof UNREADABLE | undefined> {
  try {
    return await store.job(jobId, options);
  } catch (error) {
    if (hasCode(error, 'bad_item')) return UNREADABLE;
    throw error;
  }
}

/**
 * A page of the jobs' items. A job that is being deleted is returned as the index lists it.
 *
 * @param cachedJob returns the item of a job that need not be read again, because it is COMPLETE
 */
export async function jobItems(
  store: Pick<JobStore, 'job' | 'listJobs'>,
  { limit, after, signal }: ReadOptions & { readonly limit: number; readonly after?: string | undefined },
  cachedJob: (jobId: string) => JobItem | undefined = () => undefined,
): Promise<JobItems> {
  const { jobs, next, unreadable } = await store.listJobs({ limit, after, signal });
  const items = await Promise.all(
    jobs.map(async (summary) =>
      isDeleting(summary) ? summary : (cachedJob(summary.job_id) ?? readableJob(store, summary.job_id, { signal })),
    ),
  );
  return {
    jobs: items.filter((job) => job !== undefined && job !== UNREADABLE),
    next,
    unreadable: unreadable + items.filter((job) => job === UNREADABLE).length,
  };
}
