// The multipart upload that a job's parts are written to. The job's item records its id while the job is RUNNING; a
// process remembers ids only to save reads. An upload that S3 no longer has is replaced, unless it became the object.

import { type JobItem, objectKey } from '@movie-load/schema';
import { type JobsContext, tryCleanUp } from './context.ts';
import { getJob, parseJobItem, recordUpload } from './job-item.ts';
import type { JobRef } from './part-bytes.ts';

export type Upload =
  /** Parts are written to this upload. */
  | { readonly kind: 'open'; readonly id: string }
  /** The upload became the object, and the job is not COMPLETE yet. */
  | { readonly kind: 'written'; readonly bytes: number }
  | { readonly kind: 'complete' }
  | { readonly kind: 'no_job' };

const REMEMBERED_UPLOADS = 1000;

export interface UploadOptions {
  readonly signal: AbortSignal;
  /** Throws `dependency_away` instead of waiting for S3. */
  readonly failsFast?: boolean;
}

/** The job's upload; creates one for a RUNNING job that has none. */
export async function openUpload(context: JobsContext, job: JobRef, options: UploadOptions): Promise<Upload> {
  const id = context.uploads.get(job.job_id);
  if (id !== undefined) return { kind: 'open', id };
  return uploadOf(context, job, await getJob(context, job.job_id, options.signal), options);
}

/** Like `openUpload`, for a job's item that was just read. */
export async function uploadOf(
  context: JobsContext,
  job: JobRef,
  item: JobItem | undefined,
  options: UploadOptions,
): Promise<Upload> {
  if (item === undefined) return { kind: 'no_job' };
  if (item.status === 'COMPLETE') return { kind: 'complete' };
  if (item.upload_id !== undefined) return remember(context, job.job_id, item.upload_id);
  return beginUpload(context, job, undefined, options);
}

/**
 * To be called when S3 has no upload `lost`. If another upload is recorded by now, returns that one. Otherwise the lost
 * upload either became the object, or was aborted: then a new one replaces it.
 */
export async function afterLostUpload(
  context: JobsContext,
  job: JobRef,
  lost: string,
  options: UploadOptions,
): Promise<Upload> {
  context.uploads.delete(job.job_id);
  const item = await getJob(context, job.job_id, options.signal);
  if (item?.status !== 'RUNNING' || item.upload_id !== lost) return uploadOf(context, job, item, options);
  const bytes = item.object_bytes;
  // `object_bytes` is recorded right before the upload is completed. If the object has that size, only the answer was
  // lost.
  const isObject = bytes !== undefined && (await context.objects.size(objectKey(job.job_id), options)) === bytes;
  return isObject ? { kind: 'written', bytes } : beginUpload(context, job, lost, options);
}

async function beginUpload(
  context: JobsContext,
  job: JobRef,
  lost: string | undefined,
  options: UploadOptions,
): Promise<Upload> {
  const id = await context.objects.createUpload(objectKey(job.job_id), options);
  // If this call throws, the upload may be recorded nevertheless, so it must not be aborted.
  const { applied, item } = await recordUpload(context, job.job_id, { id, lost }, options.signal);
  const other = parseJobItem(item);
  if (applied || other?.upload_id === id) {
    context.emit({ kind: 'upload_began', job_id: job.job_id, upload_id: id, replaces: lost });
    return remember(context, job.job_id, id);
  }
  // Another upload is recorded, or the job is COMPLETE or deleted.
  if (item !== undefined) await abortUpload(context, job.job_id, id);
  return uploadOf(context, job, other, options);
}

const ABORT_TIMEOUT_MS = 3000;

/** Aborts an upload that this process does not need. Never throws: the bucket's rule removes unfinished uploads. */
export const abortUpload = ({ clock, objects }: JobsContext, jobId: string, id: string): Promise<void> =>
  tryCleanUp(clock, ABORT_TIMEOUT_MS, (signal) => objects.abortUpload(objectKey(jobId), id, { signal }));

function remember({ uploads }: JobsContext, jobId: string, id: string): Upload {
  if (uploads.size >= REMEMBERED_UPLOADS) uploads.clear();
  uploads.set(jobId, id);
  return { kind: 'open', id };
}
