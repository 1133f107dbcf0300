// Makes a job's object again from its slices: only the parts that are missing or differ are written.
import type { ByteRange, TableItem } from '@movie-load/aws';
import {
  childrenOf,
  type JobItem,
  jobKey,
  MovieLoadError,
  moviesOfPart,
  objectKey,
  partsOf,
  treeOf,
  UsageError,
} from '@movie-load/schema';
import { bodyOf } from './body.ts';
import { type ComparedObject, type ComparedPart, compareObject } from './compare.ts';
import { completeJob, putObject } from './complete.ts';
import { type JobsContext, lastCall, type StoreOptions } from './context.ts';
import { jobIn } from './job-item.ts';
import { isDeleted, jobMarker } from './marker.ts';
import { partChunks } from './part-bytes.ts';

export interface Repaired {
  /** Why the object was written again; undefined when it was as it should be. */
  readonly why: 'object_missing' | 'object_differs' | 'not_complete' | undefined;
  readonly bytes: number;
  /** Parts that the object has, and those that were written again (counted from 1, as S3 does). */
  readonly parts: number;
  readonly written: readonly number[];
}

/**
 * Writes what is missing or differs from the slices, and sets a fully counted job COMPLETE. Another writer of the object
 * at the same time writes the same bytes.
 *
 * @throws `UsageError` when there is no such job, `MovieLoadError` `job_incomplete` when movies are missing: `resume` first.
 */
export async function repairJob(context: JobsContext, jobId: string, options: StoreOptions): Promise<Repaired> {
  const { signal } = options;
  const item = await context.table.get(jobKey(jobId), { signal });
  const job = jobIn(item);
  if (item === undefined || job === undefined) throw noJob(jobId, item);
  const { parts } = partsOf(job.plan, context.minPartMovies);
  if (job.status !== 'COMPLETE') {
    assertCounted(context, job);
    const { noting, written } = notingParts(context);
    await completeJob(noting, job, item, options);
    const { object_bytes = 0 } = await jobThatIsStillThere(context, jobId, signal);
    return { why: 'not_complete', bytes: object_bytes, parts, written: [...written].sort((a, b) => a - b) };
  }
  const compared = await compareObject(context, job, signal);
  const bytes = compared.parts.reduce((sum, part) => sum + part.bytes, 0);
  if (compared.agrees) return { why: undefined, bytes, parts, written: [] };
  if (parts === 1) await putObject(context, job, options);
  else await rewrite(context, job, compared, options);
  await jobThatIsStillThere(context, jobId, signal);
  const wrong = compared.parts.filter(({ agrees }) => !agrees).map(({ part }) => part + 1);
  return { why: compared.bytes === undefined ? 'object_missing' : 'object_differs', bytes, parts, written: wrong };
}

/** The same context, and the parts that are written with it (counted from 1). */
function notingParts(context: JobsContext) {
  const written = new Set<number>();
  const emit: JobsContext['emit'] = (event) => {
    if (event.kind === 'part_written') written.add(event.part + 1);
    context.emit(event);
  };
  return { noting: { ...context, emit }, written };
}

/** A deletion that came meanwhile may have looked for the object before it was written. */
async function jobThatIsStillThere(context: JobsContext, jobId: string, signal: AbortSignal): Promise<JobItem> {
  const item = await context.table.get(jobKey(jobId), { signal });
  const job = jobIn(item);
  if (job !== undefined) return job;
  throw new MovieLoadError(
    'job_deleted',
    `Job ${jobId} was deleted while its object was written: \`movie-load delete ${jobId}\` removes what is left.`,
  );
}

function noJob(jobId: string, item: TableItem | undefined): MovieLoadError {
  const marker = jobMarker(item);
  return marker === undefined ? new UsageError(`There is no job ${jobId}.`) : isDeleted(marker);
}

function assertCounted(context: JobsContext, { job_id, plan, done }: JobItem): void {
  if (done.size >= childrenOf(treeOf(plan, context.minPartMovies), { level: 'root' })) return;
  throw new MovieLoadError(
    'job_incomplete',
    `Job ${job_id} is not stored completely. Send what is missing with \`movie-load resume ${job_id}\` first.`,
  );
}

const ABORT_MS = 3000;

/** An upload of its own, which no consumer knows: what agrees is copied inside S3. */
async function rewrite(context: JobsContext, job: JobItem, compared: ComparedObject, options: StoreOptions) {
  const { objects, clock } = context;
  const { signal, onProgress } = options;
  const key = objectKey(job.job_id);
  const id = await objects.createUpload(key, { signal });
  try {
    for (const part of compared.parts) {
      if (part.agrees) await objects.copyPart(key, id, part.part + 1, rangeOf(part), { signal });
      else {
        const { count: movies } = moviesOfPart(job.plan, partsOf(job.plan, context.minPartMovies), part.part);
        const limitBytes = context.bufferBytes;
        const body = await bodyOf(() => partChunks(context, job, part.part, signal), { movies, limitBytes });
        await objects.uploadPart(key, id, part.part + 1, body, { signal });
      }
      onProgress?.();
    }
    await objects.completeUpload(key, id, await objects.listParts(key, id, { signal }), { signal });
  } catch (error) {
    await lastCall(clock, ABORT_MS, (last) => objects.abortUpload(key, id, { signal: last }));
    throw error;
  }
}

const rangeOf = ({ first, bytes }: ComparedPart): ByteRange => ({ first, last: first + bytes - 1 });
