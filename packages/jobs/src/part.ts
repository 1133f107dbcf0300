// Writes one part of a job's object. The consumer that finds the part's node full uploads the part and records the
// upload in the node. It is uploaded again only if S3 no longer has that upload.
import { errorName, fullJitter, isOutage, type ObjectBody } from '@movie-load/aws';
import { moviesOfPart, objectKey, partsOf, treeKey, treeOf } from '@movie-load/schema';
import { bodyOf } from './body.ts';
import type { JobsContext, StoreOptions } from './context.ts';
import { NOT_DELETED } from './marker.ts';
import { type JobRef, partChunks } from './part-bytes.ts';
import { afterLostUpload, openUpload } from './upload.ts';

/**
 * While S3 is unreachable, a message is released until it has been received more often than this; then its part is left
 * to the end of the job.
 */
const MAX_RECEIVES_WITHOUT_S3 = 4;

export interface PartOptions extends StoreOptions {
  /** How often the batch's messages have been received: the largest number. */
  readonly receives: number;
}

/**
 * Writes a part unless the current upload has it. `recordedUpload` is the id in the part's node: the
 * upload to which the part was written.
 *
 * @throws `MovieLoadError` `dependency_away` when S3 does not answer and the messages may wait for it
 */
export async function ensurePart(
  context: JobsContext,
  job: JobRef,
  { part, recordedUpload }: { readonly part: number; readonly recordedUpload: string | undefined },
  options: PartOptions,
): Promise<void> {
  const { job_id } = job;
  const failFast = { signal: options.signal, failsFast: true };
  try {
    let upload = await openUpload(context, job, failFast);
    for (let attempt = 1; upload.kind === 'open' && upload.id !== recordedUpload; attempt += 1) {
      const { id } = upload;
      try {
        return await writePart(context, job, part, id, options);
      } catch (error) {
        if (errorName(error) !== 'NoSuchUpload') throw error;
        await pauseBeforeRetry(context, attempt, options.signal);
        upload = await afterLostUpload(context, job, id, failFast);
      }
    }
  } catch (error) {
    if (!isOutage(error) || options.receives <= MAX_RECEIVES_WITHOUT_S3) throw error;
    context.emit({ kind: 'part_left', job_id, part, error });
  }
}

/** Uploads a part and records that. Never waits for S3 in a slot that others need: throws `dependency_away` instead. */
export async function writePart(
  context: JobsContext,
  job: JobRef,
  part: number,
  uploadId: string,
  { signal, onProgress }: StoreOptions,
): Promise<void> {
  await sendPart(context, job, part, signal, (body) =>
    context.objects.uploadPart(objectKey(job.job_id), uploadId, part + 1, body, { signal, failsFast: true }),
  );
  onProgress?.();
  await recordPart(context, job, part, uploadId, signal);
}

/** Reads a part and sends it, in a slot. Returns its size in bytes. */
export function sendPart(
  context: JobsContext,
  job: JobRef,
  part: number,
  signal: AbortSignal,
  send: (body: ObjectBody) => Promise<unknown>,
): Promise<number> {
  const { clock, slots, minPartMovies } = context;
  const { job_id, plan } = job;
  const layout = partsOf(plan, minPartMovies);
  return slots.run(signal, async () => {
    const startedAt = clock.now();
    const body = await partBody(context, job, part, signal);
    await send(body);
    const bytes = body instanceof Uint8Array ? body.length : body.bytes;
    const { count: movies } = moviesOfPart(plan, layout, part);
    context.emit({
      kind: 'part_written',
      job_id,
      part,
      parts: layout.parts,
      movies,
      bytes,
      ms: clock.now() - startedAt,
    });
    return bytes;
  });
}

/** The bytes of a part, read from its slices. */
export function partBody(context: JobsContext, job: JobRef, part: number, signal: AbortSignal): Promise<ObjectBody> {
  const { minPartMovies, bufferBytes: limitBytes } = context;
  const { count: movies } = moviesOfPart(job.plan, partsOf(job.plan, minPartMovies), part);
  return bodyOf(() => partChunks(context, job, part, signal), { movies, limitBytes });
}

/**
 * Records the upload in the part's node, so that redeliveries do not write the part again.
 */
async function recordPart(context: JobsContext, job: JobRef, part: number, uploadId: string, signal: AbortSignal) {
  const { partLevel } = treeOf(job.plan, context.minPartMovies);
  // Plans of version 1 have no nodes for parts.
  if (partLevel === undefined) return;
  await context.table.update({
    key: treeKey(job.job_id, { level: partLevel, node: part }),
    update: 'SET #part_upload = :id',
    condition: NOT_DELETED.condition,
    names: { '#part_upload': 'part_upload', ...NOT_DELETED.names },
    values: { ':id': { S: uploadId } },
    signal,
  });
}

const RETRY_BASE_MS = 500;
const RETRY_CAP_MS = 10_000;

/** Uploads that vanish one after the other are a symptom of another fault, which fast retries would make worse. */
export const pauseBeforeRetry = ({ clock, random }: JobsContext, attempt: number, signal: AbortSignal) =>
  clock.sleep(fullJitter(random, attempt, RETRY_BASE_MS, RETRY_CAP_MS), signal);
