// How a job is deleted, and how its late messages are kept from bringing it back.
//
//   1. the job's item becomes a marker (DELETING): from here on it is not completed, and gets no upload
//   2. for each group: its ledger becomes a marker, then its slices are removed
//   3. the tree's nodes become markers; the upload is aborted, then the object removed
//   4. the job's marker is DELETED, and leaves the index
//
// A crash between any two of these leaves a job that is DELETING: deleting it again begins at the top, and each step may be
// repeated. A consumer writes slices before it counts them, and a marker refuses to count: so it either counted before the
// marker was there, and step 2 sees its slices, or it is refused, and removes what the group has itself (`dropBatch`).
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
import { namesOf } from './item.ts';
import { jobMarker, markerExpiry } from './marker.ts';
import { slicePages } from './slice-pages.ts';
import { BATCH_ITEMS, type StoreBatch } from './slices.ts';
import { eachOf } from './slots.ts';

export interface DeleteOptions {
  readonly signal: AbortSignal;
  /** Also while it is RUNNING. */
  readonly force?: boolean | undefined;
  /** Told of each group whose ledger is a marker and whose slices are removed. */
  readonly onGroup?: ((slices: number) => void) | undefined;
}

export interface Deleted {
  readonly job_id: string;
  readonly groups: number;
  /** Items with movies that this run removed. */
  readonly slices: number;
  /** ISO instant from which DynamoDB removes the marker, and late messages are not recognised any more. */
  readonly marked_until: string;
}

/** Slices are large, and deleting one costs as many write units as writing it did: a new table throttles that for a while. */
const limitsOf = (signal: AbortSignal) => ({ signal, maxAttempts: 50 });
const GROUPS_AT_ONCE = 8;

/** Deletes a job: slices, ledgers, object, unfinished upload. */
export async function deleteJob(context: JobsContext, jobId: string, options: DeleteOptions): Promise<Deleted> {
  const { signal, onGroup } = options;
  const marker = await markJob(context, jobId, options);
  const { groups } = shapeOf(marker.plan);
  let slices = 0;
  await eachOf(Array(groups).keys(), GROUPS_AT_ONCE, signal, async (group, signal) => {
    const removed = await deleteGroup(context, marker, group, signal);
    slices += removed;
    onGroup?.(removed);
  });
  const { levels } = treeOf(marker.plan, context.minPartMovies);
  for (let level = 1; level < levels.length; level += 1) {
    await eachOf(Array(levels[level]).keys(), GROUPS_AT_ONCE, signal, (node, signal) =>
      markItem(context, treeKey(jobId, { level, node }), marker, signal),
    );
  }
  await removeObject(context, marker, signal);
  await finishMarker(context, jobId, signal);
  return { job_id: jobId, groups, slices, marked_until: new Date(marker.expires_at * 1000).toISOString() };
}

/** Returns how many slices it had. */
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

/** A ledger or node becomes a marker, also when it is not there yet, for as long as the job's. */
async function markItem(
  context: JobsContext,
  key: ItemKey,
  { deleted_on, expires_at }: JobMarker,
  signal: AbortSignal,
): Promise<void> {
  const counted = namesOf('done', 'stored', 'expected', 'stored_on', 'stored_by', 'part_upload');
  await context.table.update({
    key,
    update: `SET #deleted = :on, #expires = :expires REMOVE ${Object.keys(counted).join(', ')}`,
    names: { '#deleted': 'deleted_on', '#expires': EXPIRES_AT, ...counted },
    values: { ':on': { S: deleted_on }, ':expires': { N: String(expires_at) } },
    ...limitsOf(signal),
  });
}

async function removeObject(
  { objects }: JobsContext,
  { job_id, upload_id }: JobMarker,
  signal: AbortSignal,
): Promise<void> {
  const key = objectKey(job_id);
  const limits = limitsOf(signal);
  // In this order: an upload that is aborted can never become the object again.
  if (upload_id !== undefined) await objects.abortUpload(key, upload_id, limits);
  await objects.delete(key, limits);
}

/**
 * Drops messages of a deleted job. Removes what their deliveries, or those of a consumer that died meanwhile, have stored
 * after the deletion.
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

/** Marks the job, and returns its marker. A job that is DELETED already keeps it. */
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
  const marker = jobMarker(item);
  if (marker !== undefined) return marker;
  throw item === undefined ? new UsageError(`There is no job ${jobId}.`) : isRunning(jobId);
}

const isRunning = (jobId: string) =>
  new MovieLoadError(
    'job_running',
    `Job ${jobId} is RUNNING: its messages may be in the queue, and nothing was deleted. Wait until it is COMPLETE, or add --force: consumers then drop its remaining messages.`,
  );

/** Out of the index, so that no list has it. */
async function finishMarker(context: JobsContext, jobId: string, signal: AbortSignal): Promise<void> {
  const gone = namesOf('kind', 'started_on', 'upload_id', 'upload_on', 'completed_on', 'object_key', 'object_bytes');
  await context.table.update({
    key: jobKey(jobId),
    update: `SET #status = :deleted REMOVE ${Object.keys(gone).join(', ')}`,
    condition: '#status = :deleting',
    names: { ...namesOf('status'), ...gone },
    values: { ':deleted': { S: 'DELETED' }, ':deleting': { S: 'DELETING' } },
    touchesIndex: true,
    signal,
  });
}

/** Returns how many there were. */
async function removeSlices(context: JobsContext, jobId: string, group: number, signal: AbortSignal): Promise<number> {
  let removed = 0;
  for await (const items of slicePages(context, jobId, group, { signal, attributes: ['part'] })) {
    const keys = items.map(({ part }: TableItem) => ({ job_id: groupKey(jobId, group), part: part?.S ?? '' }));
    for (let from = 0; from < keys.length; from += BATCH_ITEMS) {
      await context.table.deleteBatch(keys.slice(from, from + BATCH_ITEMS), limitsOf(signal));
    }
    removed += keys.length;
  }
  return removed;
}

/** What is known of a deletion; undefined when the job was not deleted, or its marker has expired. */
export async function getMarker(
  context: JobsContext,
  jobId: string,
  signal: AbortSignal,
): Promise<JobMarker | undefined> {
  return jobMarker(await context.table.get(jobKey(jobId), { signal }));
}
