// The end of a job: the consumer that finds its root full completes the object and sets the job COMPLETE. There is no
// lock, because two consumers write the same parts. If one dies, the next continues from S3's list of parts.
import { errorName, isOutage, type ListedPart, type TableItem } from '@movie-load/aws';
import { objectKey, partsOf } from '@movie-load/schema';
import type { JobsContext, StoreOptions } from './context.ts';
import { missingFrom } from './item.ts';
import { parseJobItem, setComplete, setObjectBytes } from './job-item.ts';
import { pauseBeforeRetry, sendPart, writePart } from './part.ts';
import type { JobRef } from './part-bytes.ts';
import { forEachConcurrently } from './slots.ts';
import { afterLostUpload, type Upload, uploadOf } from './upload.ts';

export type CompletionResult = 'complete' | 'no_job';

/** @param root the job's item with a full root, as it was just read. Resolves when the job is COMPLETE or deleted. */
export async function completeJob(
  context: JobsContext,
  job: JobRef,
  root: TableItem,
  options: StoreOptions,
): Promise<CompletionResult> {
  context.emit({ kind: 'completing', job_id: job.job_id });
  const { parts } = partsOf(job.plan, context.minPartMovies);
  if (parts === 1) {
    const bytes = await putObject(context, job, options);
    return finish(context, job, bytes, options);
  }
  let upload = await uploadOf(context, job, parseJobItem(root), options);
  for (let attempt = 1; ; attempt += 1) {
    if (upload.kind === 'no_job') return 'no_job';
    if (upload.kind === 'written') return finish(context, job, upload.bytes, options);
    if (upload.kind !== 'open') return 'complete';
    const { id } = upload;
    try {
      upload = await completeUpload(context, job, id, options);
    } catch (error) {
      // The next attempt begins with a list of the parts. This call is repeated until S3 answers.
      if (isOutage(error)) continue;
      const isLost = errorName(error) === 'NoSuchUpload';
      // InvalidPart: a part was written again after it was listed. Encrypted parts get another ETag each time.
      if (!isLost && errorName(error) !== 'InvalidPart') throw error;
      await pauseBeforeRetry(context, attempt, options.signal);
      if (isLost) upload = await afterLostUpload(context, job, id, options);
    }
  }
}

const PARTS_AT_ONCE = 2;

/**
 * Lists the parts of the upload. If some are missing, writes these; the caller then calls again. If none is missing,
 * completes the upload with the parts that S3 listed, not with remembered ones.
 */
async function completeUpload(context: JobsContext, job: JobRef, id: string, options: StoreOptions): Promise<Upload> {
  const { objects, minPartMovies } = context;
  const { signal } = options;
  const key = objectKey(job.job_id);
  const { parts } = partsOf(job.plan, minPartMovies);
  const listed = await objects.listParts(key, id, { signal });
  const missing = missingParts(listed, parts);
  if (missing.length > 0) {
    await forEachConcurrently(missing.values(), PARTS_AT_ONCE, signal, (part, signal) =>
      writePart(context, job, part, id, { ...options, signal }),
    );
    return { kind: 'open', id };
  }
  const bytes = listed.reduce((sum, part) => sum + part.bytes, 0);
  const { applied, item } = await setObjectBytes(context, job.job_id, { id, bytes }, signal);
  if (!applied) return uploadOf(context, job, parseJobItem(item), options);
  await objects.completeUpload(key, id, listed, { signal });
  return { kind: 'written', bytes };
}

/** Parts that are not listed, counted from 0. */
const missingParts = (listed: readonly ListedPart[], count: number): number[] =>
  missingFrom({ first: 0, count }, new Set(listed.map(({ number }) => number - 1)));

/** Writes an object of one part, in one request. Returns its size in bytes. */
export async function putObject(context: JobsContext, job: JobRef, options: StoreOptions): Promise<number> {
  const { signal, onProgress } = options;
  const { objects } = context;
  const key = objectKey(job.job_id);
  for (;;) {
    try {
      const bytes = await sendPart(context, job, 0, signal, (body) =>
        objects.put(key, body, { signal, failsFast: true }),
      );
      onProgress?.();
      return bytes;
    } catch (error) {
      if (!isOutage(error)) throw error;
      // This call is repeated until S3 answers. Any call would be; this one costs least.
      await objects.size(key, { signal });
    }
  }
}

async function finish(
  context: JobsContext,
  job: JobRef,
  bytes: number,
  { signal }: StoreOptions,
): Promise<CompletionResult> {
  const { job_id, plan } = job;
  context.uploads.delete(job_id);
  const { applied, item } = await setComplete(context, job_id, { key: objectKey(job_id), bytes }, signal);
  if (applied) context.emit({ kind: 'completed', job_id, movies: plan.movies, bytes });
  // If not applied, another consumer has set the job COMPLETE, or it was deleted meanwhile.
  return parseJobItem(item) === undefined ? 'no_job' : 'complete';
}
