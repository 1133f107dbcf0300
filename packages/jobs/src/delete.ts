// How a job is deleted, and why its late messages do not create it again.
//
//   1. the job's item becomes a marker (DELETING): from then on it is not completed, and gets no upload
//   2. for each group: its ledger becomes a marker, then its slices are removed
//   3. the tree's nodes become markers; the upload is aborted, then the object removed
//   4. the job's marker is set DELETED and removed from the index
//
// A crash between any two steps leaves a job that is DELETING. Deleting it again begins with step 1, and each step
// may be repeated. A consumer writes slices before it counts them, and a marker refuses the count. So the consumer
// either counted before the marker was written, and step 2 removes its slices, or it is refused and removes them
// itself (`dropBatch`).
import type { TableItem } from '@movie-load/aws';
import {
  EXPIRES_AT,
  groupKey,
  type ItemKey,
  type JobMarker,
  jobKey,
  ledgerKey,
  MovieLoadError,
  objectKey,
  shapeOf,
  treeKey,
  treeOf,
  UsageError,
} from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { expressionNames } from './item.ts';
import { markerExpiry, parseMarker } from './marker.ts';
import { slicePages } from './slice-pages.ts';
import { BATCH_ITEMS, type StoreBatch } from './slices.ts';
import { forEachConcurrently } from './slots.ts';

export interface DeleteOptions {
  readonly signal: AbortSignal;
  /** Deletes the job even if it is RUNNING. */
  readonly force?: boolean | undefined;
  /** Called after each group, when its ledger is a marker and its slices are removed. */
  readonly onGroup?: ((slices: number) => void) | undefined;
}

export interface DeletionResult {
  readonly job_id: string;
  readonly groups: number;
  /** Slices that this run removed. */
  readonly slices: number;
  /** ISO instant from which DynamoDB may remove the marker. Late messages are not recognised after that. */
  readonly marked_until: string;
}

/**
 * Deleting a slice costs as many write units as writing it. A new table throttles such calls for a while, so a tool
 * tries them more often than its other calls.
 */
const retryOptions = (signal: AbortSignal) => ({ signal, maxAttempts: 50 });
const GROUPS_AT_ONCE = 8;

/** Deletes a job: slices, ledgers, object, unfinished upload. */
export async function deleteJob(context: JobsContext, jobId: string, options: DeleteOptions): Promise<DeletionResult> {
  const { signal, onGroup } = options;
  const marker = await markJob(context, jobId, options);
  const { groups } = shapeOf(marker.plan);
  let slices = 0;
  await forEachConcurrently(Array(groups).keys(), GROUPS_AT_ONCE, signal, async (group, signal) => {
    const removed = await deleteGroup(context, marker, group, signal);
    slices += removed;
    onGroup?.(removed);
  });
  const { levels } = treeOf(marker.plan, context.minPartMovies);
  for (let level = 1; level < levels.length; level += 1) {
    await forEachConcurrently(Array(levels[level]).keys(), GROUPS_AT_ONCE, signal, (node, signal) =>
      markItem(context, treeKey(jobId, { level, node }), marker, signal),
    );
  }
  await removeObject(context, marker, signal);
  await finishMarker(context, jobId, signal);
  return { job_id: jobId, groups, slices, marked_until: new Date(marker.expires_at * 1000).toISOString() };
}

/** Marks a group's ledger and removes its slices. Returns the number of slices. */
async function deleteGroup(
  context: JobsContext,
  marker: JobMarker,
  group: number,
  signal: AbortSignal,
): Promise<number> {
  const { job_id } = marker;
  await markItem(context, ledgerKey(job_id, group), marker, signal);
  return await removeSlices(context, job_id, group, signal);
}

/** Makes a ledger or node a marker that expires with the job's. Creates it if it does not exist. */
async function markItem(
  context: JobsContext,
  key: ItemKey,
  { deleted_on, expires_at }: JobMarker,
  signal: AbortSignal,
): Promise<void> {
  const removed = expressionNames('done', 'stored', 'expected', 'stored_on', 'stored_by', 'part_upload');
  await context.table.update({
    key,
    update: `SET #deleted = :on, #expires = :expires REMOVE ${Object.keys(removed).join(', ')}`,
    names: { '#deleted': 'deleted_on', '#expires': EXPIRES_AT, ...removed },
    values: { ':on': { S: deleted_on }, ':expires': { N: String(expires_at) } },
    ...retryOptions(signal),
  });
}

async function removeObject(
  { objects }: JobsContext,
  { job_id, upload_id }: JobMarker,
  signal: AbortSignal,
): Promise<void> {
  const key = objectKey(job_id);
  const options = retryOptions(signal);
  // The upload first: once it is aborted, it can never become the object again.
  if (upload_id !== undefined) await objects.abortUpload(key, upload_id, options);
  await objects.delete(key, options);
}

/**
 * Drops messages of a deleted job: removes what this consumer, or one that has died, stored after the deletion.
 */
export async function dropBatch(
  context: JobsContext,
  { job_id, group, messages }: StoreBatch,
  signal: AbortSignal,
): Promise<'dropped'> {
  await removeSlices(context, job_id, group, signal);
  await context.objects.delete(objectKey(job_id), { signal });
  context.emit({ kind: 'dropped', job_id, group, messages: messages.length });
  return 'dropped';
}

/** Marks the job, and returns its marker. A job that is DELETED keeps its marker. */
async function markJob(
  context: JobsContext,
  jobId: string,
  { signal, force = false }: DeleteOptions,
): Promise<JobMarker> {
  const condition = 'attribute_exists(#status) AND #status <> :deleted';
  const { item } = await context.table.updateIf({
    key: jobKey(jobId),
    update: 'SET #status = :deleting, #on = :now, #expires = :expires REMOVE #done',
    condition: force ? condition : `${condition} AND #status <> :running`,
    names: { '#status': 'status', '#on': 'deleted_on', '#expires': EXPIRES_AT, '#done': 'done' },
    values: {
      ':now': { S: new Date(context.clock.now()).toISOString() },
      ':expires': markerExpiry(context),
      ':deleting': { S: 'DELETING' },
      ':deleted': { S: 'DELETED' },
      ...(force ? {} : { ':running': { S: 'RUNNING' } }),
    },
    touchesIndex: true,
    signal,
  });
  const marker = parseMarker(item);
  if (marker !== undefined) return marker;
  throw item === undefined ? new UsageError(`There is no job ${jobId}.`) : jobRunningError(jobId);
}

const jobRunningError = (jobId: string) =>
  new MovieLoadError(
    'job_running',
    `Job ${jobId} is RUNNING: its messages may be in the queue, and nothing was deleted. Wait until it is COMPLETE, or add --force: consumers then drop its remaining messages.`,
  );

/** Sets the marker DELETED, and removes it from the index, so that no list shows it. */
async function finishMarker(context: JobsContext, jobId: string, signal: AbortSignal): Promise<void> {
  const removed = expressionNames(
    'kind',
    'started_on',
    'upload_id',
    'upload_on',
    'completed_on',
    'object_key',
    'object_bytes',
  );
  await context.table.update({
    key: jobKey(jobId),
    update: `SET #status = :deleted REMOVE ${Object.keys(removed).join(', ')}`,
    condition: '#status = :deleting',
    names: { ...expressionNames('status'), ...removed },
    values: { ':deleted': { S: 'DELETED' }, ':deleting': { S: 'DELETING' } },
    touchesIndex: true,
    signal,
  });
}

/** Returns the number of removed slices. */
async function removeSlices(context: JobsContext, jobId: string, group: number, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for await (const items of slicePages(context, jobId, group, { signal, attributes: ['part'] })) {
    const keys = items.map(({ part }: TableItem) => ({ job_id: groupKey(jobId, group), part: part?.S ?? '' }));
    for (let from = 0; from < keys.length; from += BATCH_ITEMS) {
      await context.table.deleteBatch(keys.slice(from, from + BATCH_ITEMS), retryOptions(signal));
    }
    removed += keys.length;
  }
  return removed;
}

/** The marker of a deleted job; undefined when the job was not deleted, or its marker has expired. */
export async function getMarker(
  context: JobsContext,
  jobId: string,
  signal: AbortSignal,
): Promise<JobMarker | undefined> {
  return parseMarker(await context.table.get(jobKey(jobId), { signal }));
}
