// One part of an object: written by the consumer that finds its node full, noted there, and written once more only when its upload
// is gone.
import { errorName, fullJitter, isAway, type ObjectBody } from '@movie-load/aws';
import { moviesOfPart, objectKey, partsOf, treeKey, treeOf } from '@movie-load/schema';
import { bodyOf } from './body.ts';
import type { JobsContext, StoreOptions } from './context.ts';
import { NOT_DELETED } from './marker.ts';
import { type JobRef, partChunks } from './part-bytes.ts';
import { afterLostUpload, openUpload } from './upload.ts';

/** While S3 is unreachable, a finder's messages wait in the queue for the first receives; then its part is left to the end. */
const PATIENT_RECEIVES = 4;

export interface PartOptions extends StoreOptions {
  /** How often the finder's messages have been received. */
  readonly receives: number;
}

/**
 * Writes a part unless the upload has it. `note` is what the part's node says: the upload that it was written to.
 *
 * @throws `MovieLoadError` `dependency_away` when S3 does not answer and the messages may wait for it
 */
export async function ensurePart(
  context: JobsContext,
  job: JobRef,
  { part, note }: { readonly part: number; readonly note: string | undefined },
  options: PartOptions,
): Promise<void> {
  const { job_id } = job;
  const eager = { signal: options.signal, failsFast: true };
  try {
    let upload = await openUpload(context, job, eager);
    for (let attempt = 1; upload.kind === 'open' && upload.id !== note; attempt += 1) {
      const { id } = upload;
      try {
        return await writePart(context, job, part, id, options);
      } catch (error) {
        if (errorName(error) !== 'NoSuchUpload') throw error;
        await pauseBeforeAnother(context, attempt, options.signal);
        upload = await afterLostUpload(context, job, id, eager);
      }
    }
  } catch (error) {
    if (!isAway(error) || options.receives <= PATIENT_RECEIVES) throw error;
    context.emit({ kind: 'part_left', job_id, part, error });
  }
}

/** Uploads a part and notes it. Never waits for S3 in a slot that others need: throws `dependency_away` instead. */
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
  await notePart(context, job, part, uploadId, signal);
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
  const all = partsOf(plan, minPartMovies);
  return slots.run(signal, async () => {
    const began = clock.now();
    const body = await partBody(context, job, part, signal);
    await send(body);
    const bytes = body instanceof Uint8Array ? body.length : body.bytes;
    const { count: movies } = moviesOfPart(plan, all, part);
    context.emit({ kind: 'part_written', job_id, part, parts: all.parts, movies, bytes, ms: clock.now() - began });
    return bytes;
  });
}

/** What a part must be, read from its slices. */
export function partBody(context: JobsContext, job: JobRef, part: number, signal: AbortSignal): Promise<ObjectBody> {
  const { minPartMovies, bufferBytes: limitBytes } = context;
  const { count: movies } = moviesOfPart(job.plan, partsOf(job.plan, minPartMovies), part);
  return bodyOf(() => partChunks(context, job, part, signal), { movies, limitBytes });
}

/** So that redeliveries do not write the part again, and pages see it without asking S3. */
async function notePart(context: JobsContext, job: JobRef, part: number, uploadId: string, signal: AbortSignal) {
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

const AGAIN_BASE_MS = 500;
const AGAIN_CAP_MS = 10_000;

/** Uploads do not vanish one after the other: something else is wrong then, and it must not be made worse. */
export const pauseBeforeAnother = ({ clock, random }: JobsContext, attempt: number, signal: AbortSignal) =>
  clock.sleep(fullJitter(random, attempt, AGAIN_BASE_MS, AGAIN_CAP_MS), signal);
