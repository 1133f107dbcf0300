// Reads and writes the job's item: creates it, records its upload and the object's size, sets the job COMPLETE.
import { abortable, type ConditionalUpdate, type TableItem } from '@movie-load/aws';
import { type JobItem, jobItemSchema, jobKey } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { parseItem, planToValue } from './item.ts';
import { expiry, expirySet, isMarker } from './marker.ts';
import type { StoreBatch } from './slices.ts';

/** Undefined when nothing of the job is stored, or it was deleted. */
export async function getJob(context: JobsContext, jobId: string, signal: AbortSignal): Promise<JobItem | undefined> {
  return parseJobItem(await context.table.get(jobKey(jobId), { signal }));
}

/** Parses a job's item; undefined for no item or the marker of a deleted job. Throws `MovieLoadError` `bad_item`. */
export const parseJobItem = (item: TableItem | undefined): JobItem | undefined =>
  item === undefined || isMarker(item) ? undefined : parseItem(jobItemSchema, item, 'item of job');

const REMEMBERED_JOBS = 1000;

/** Creates job items, each once in a process unless it is forgotten. Creating one again is harmless. */
export interface JobCreator {
  /** `deleted`: the job has a marker, and its messages must not create it again. */
  ensure(batch: StoreBatch, signal: AbortSignal): Promise<'exists' | 'deleted'>;
  forget(jobId: string): void;
}

export function createJobCreator(context: JobsContext): JobCreator {
  const created = new Set<string>();
  const creations = new Map<string, Promise<'exists' | 'deleted'>>();

  async function create({ job_id, plan, started_on }: StoreBatch, signal: AbortSignal): Promise<'exists' | 'deleted'> {
    const item: TableItem = {
      job_id: { S: job_id },
      part: { S: jobKey(job_id).part },
      kind: { S: 'job' },
      status: { S: 'RUNNING' },
      plan: planToValue(plan),
      started_on: { S: started_on },
      ...expiry(context),
    };
    const existing = await context.table.create(item, { signal });
    if (existing !== undefined && isMarker(existing)) return 'deleted';
    // Remembered only now: other groups would otherwise add to an item that does not exist yet.
    if (created.size >= REMEMBERED_JOBS) created.clear();
    created.add(job_id);
    return 'exists';
  }

  return {
    async ensure(batch, signal) {
      for (;;) {
        if (created.has(batch.job_id)) return 'exists';
        const other = creations.get(batch.job_id)?.catch(() => {});
        if (other === undefined) break;
        // Another group of this job is creating the item. If it fails, this one tries.
        await abortable(other, signal);
      }
      const creation = create(batch, signal).finally(() => creations.delete(batch.job_id));
      creations.set(batch.job_id, creation);
      return await creation;
    },
    forget: (jobId) => void created.delete(jobId),
  };
}

/** Records the upload for the job's parts if the job is RUNNING and has no upload or the lost one. */
export function recordUpload(
  context: JobsContext,
  jobId: string,
  { id, lost }: { readonly id: string; readonly lost: string | undefined },
  signal: AbortSignal,
): Promise<ConditionalUpdate> {
  return context.table.updateIf({
    key: jobKey(jobId),
    update: 'SET #upload = :id, #on = :now REMOVE #bytes',
    condition: `#status = :running AND ${lost === undefined ? 'attribute_not_exists(#upload)' : '#upload = :lost'}`,
    names: { ...RUNNING_NAMES, '#on': 'upload_on' },
    values: {
      ':id': { S: id },
      ':now': { S: new Date(context.clock.now()).toISOString() },
      ':running': { S: 'RUNNING' },
      ...(lost === undefined ? {} : { ':lost': { S: lost } }),
    },
    signal,
  });
}

const RUNNING_NAMES = { '#status': 'status', '#upload': 'upload_id', '#bytes': 'object_bytes' };

/**
 * Records the object's size before the upload is completed. With it, a lost response can be distinguished from a
 * lost upload.
 */
export function setObjectBytes(
  context: JobsContext,
  jobId: string,
  { id, bytes }: { readonly id: string; readonly bytes: number },
  signal: AbortSignal,
): Promise<ConditionalUpdate> {
  return context.table.updateIf({
    key: jobKey(jobId),
    update: 'SET #bytes = :bytes',
    condition: '#status = :running AND #upload = :id',
    names: RUNNING_NAMES,
    values: { ':bytes': { N: String(bytes) }, ':running': { S: 'RUNNING' }, ':id': { S: id } },
    signal,
  });
}

/** Sets the job COMPLETE, if it is RUNNING. */
export function setComplete(
  context: JobsContext,
  jobId: string,
  object: { readonly key: string; readonly bytes: number },
  signal: AbortSignal,
): Promise<ConditionalUpdate> {
  const expires = expirySet(context);
  const sets = ['#status = :complete', '#completed = :now', '#key = :key', '#bytes = :bytes', ...expires.sets];
  return context.table.updateIf({
    key: jobKey(jobId),
    update: `SET ${sets.join(', ')} REMOVE #upload, #on`,
    condition: '#status = :running',
    names: {
      ...RUNNING_NAMES,
      '#completed': 'completed_on',
      '#key': 'object_key',
      '#on': 'upload_on',
      ...expires.names,
    },
    values: {
      ...expires.values,
      ':complete': { S: 'COMPLETE' },
      ':running': { S: 'RUNNING' },
      ':now': { S: new Date(context.clock.now()).toISOString() },
      ':key': { S: object.key },
      ':bytes': { N: String(object.bytes) },
    },
    touchesIndex: true,
    signal,
  });
}
