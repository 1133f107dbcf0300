// Makes a job's object again from its slices: only the parts that are missing or differ are written.
import type { TableItem } from '@movie-load/aws';
import {
  childrenOf,
  type JobItem,
  jobKey,
  MovieLoadError,
  objectKey,
  partsOf,
  treeOf,
  UsageError,
} from '@movie-load/schema';
import { completeJob, putObject } from './complete.ts';
import type { JobsContext, StoreOptions } from './context.ts';
import { parseJobItem } from './job-item.ts';
import { jobDeletedError, parseMarker } from './marker.ts';
import { partBody } from './part.ts';
import { digestJobObject, digestSlices, type PartDigest } from './part-digests.ts';
import { abortUpload } from './upload.ts';

export interface RepairResult {
  /** Why the object was written; undefined when it was correct. */
  readonly why: 'object_missing' | 'object_differs' | 'not_complete' | undefined;
  readonly bytes: number;
  /** The number of parts of the object. */
  readonly parts: number;
  /** The parts that were written again, counted from 1 as S3 does. */
  readonly written: readonly number[];
}

/**
 * Writes what is missing or differs from the slices, and sets a fully counted job COMPLETE. Another writer of the
 * object at the same time writes the same bytes.
 *
 * @throws `UsageError` when there is no such job, `MovieLoadError` `job_incomplete` when movies are missing: `resume`
 * first.
 */
export async function repairJob(context: JobsContext, jobId: string, options: StoreOptions): Promise<RepairResult> {
  const { signal } = options;
  const item = await context.table.get(jobKey(jobId), { signal });
  const job = parseJobItem(item);
  if (item === undefined || job === undefined) throw noJobError(jobId, item);
  const { parts } = partsOf(job.plan, context.minPartMovies);
  if (job.status !== 'COMPLETE') {
    assertFullyCounted(context, job);
    const { recording, written } = recordWrittenParts(context);
    await completeJob(recording, job, item, options);
    const { object_bytes = 0 } = await assertNotDeleted(context, jobId, signal);
    return { why: 'not_complete', bytes: object_bytes, parts, written: [...written].sort((a, b) => a - b) };
  }
  const expectedParts = await digestSlices(context, job, signal);
  const bytes = expectedParts.reduce((sum, part) => sum + part.bytes, 0);
  const object = await digestJobObject(context, jobId, expectedParts, signal);
  const written = object?.differing ?? expectedParts.map((_, part) => part + 1);
  if (written.length === 0) return { why: undefined, bytes, parts, written };
  if (parts === 1) await putObject(context, job, options);
  else await rewriteObject(context, job, { expectedParts, differing: new Set(written) }, options);
  await assertNotDeleted(context, jobId, signal);
  return { why: object === undefined ? 'object_missing' : 'object_differs', bytes, parts, written };
}

/** A context that records which parts are written with it, and the set of these parts (counted from 1). */
function recordWrittenParts(context: JobsContext) {
  const written = new Set<number>();
  const emit: JobsContext['emit'] = (event) => {
    if (event.kind === 'part_written') written.add(event.part + 1);
    context.emit(event);
  };
  return { recording: { ...context, emit }, written };
}

/** Throws if the job was deleted meanwhile: the deletion may have removed the object before this run wrote it. */
async function assertNotDeleted(context: JobsContext, jobId: string, signal: AbortSignal): Promise<JobItem> {
  const item = await context.table.get(jobKey(jobId), { signal });
  const job = parseJobItem(item);
  if (job !== undefined) return job;
  throw new MovieLoadError(
    'job_deleted',
    `Job ${jobId} was deleted while its object was written: \`movie-load delete ${jobId}\` removes what is left.`,
  );
}

function noJobError(jobId: string, item: TableItem | undefined): MovieLoadError {
  const marker = parseMarker(item);
  return marker === undefined ? new UsageError(`There is no job ${jobId}.`) : jobDeletedError(marker);
}

function assertFullyCounted(context: JobsContext, { job_id, plan, done }: JobItem): void {
  if (done.size >= childrenOf(treeOf(plan, context.minPartMovies), { level: 'root' })) return;
  throw new MovieLoadError(
    'job_incomplete',
    `Job ${job_id} is not stored completely. Send what is missing with \`movie-load resume ${job_id}\` first.`,
  );
}

interface PartsToRewrite {
  readonly expectedParts: readonly PartDigest[];
  /** Numbers of parts, from 1. */
  readonly differing: ReadonlySet<number>;
}

/** Writes the object by an upload that is not recorded in the job's item. S3 copies the parts that agree. */
async function rewriteObject(
  context: JobsContext,
  job: JobItem,
  { expectedParts, differing }: PartsToRewrite,
  { signal, onProgress }: StoreOptions,
): Promise<void> {
  const { objects } = context;
  const key = objectKey(job.job_id);
  const id = await objects.createUpload(key, { signal });
  try {
    let first = 0;
    for (const [part, { bytes }] of expectedParts.entries()) {
      const number = part + 1;
      if (differing.has(number)) {
        await objects.uploadPart(key, id, number, await partBody(context, job, part, signal), { signal });
      } else {
        await objects.copyPart(key, id, number, { first, last: first + bytes - 1 }, { signal });
      }
      first += bytes;
      onProgress?.();
    }
    await objects.completeUpload(key, id, await objects.listParts(key, id, { signal }), { signal });
  } catch (error) {
    await abortUpload(context, job.job_id, id);
    throw error;
  }
}
