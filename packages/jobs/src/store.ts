// How a batch of one group's messages is stored exactly once.
//
//   a batch            ledger of          node of a          the job's item
//   of messages        its group          part               (root of the tree)         the bucket
//      │                  │                   │                   │                        │
//      │  write slices (BatchWriteItem)       │                   │                        │
//      ├─────────▶ movies#…                   │                   │                        │
//      │  only when every slice is written    │                   │                        │
//      ├─────────────────▶ ADD numbers        │                   │                        │
//      │                  │ full? ───────────▶ ADD child          │                        │
//      │                  │                   │ full? ── the part's slices ── UploadPart ──▶ part n
//      │                  │                   ◀─ record the upload ───────────────────────┤
//      │                  │                   ├──────────────────▶ ADD child               │
//      │                  │                   │                   │ full, not COMPLETE?    │
//      │                  │                   │                   ├── list, missing ───────▶ <job_id>.json
//      │                  │                   │                   ◀─ COMPLETE, only then ──┤
//      ◀── `store` resolves: only now may the messages be deleted                          │
//
// After a crash between any two steps the messages are delivered again, and the next consumer begins with the first
// step. Each step is a union, a put of the same movies under the same key, or conditional, so repeating it (also much
// later, by a process that slept) changes nothing. A consumer that FINDS a set full continues, because the one that
// filled it may be dead.

import type { TableItem } from '@movie-load/aws';
import { hasCode, MovieLoadError } from '@movie-load/schema';
import { completeJob } from './complete.ts';
import type { JobsContext, StoreOptions } from './context.ts';
import { dropBatch } from './delete.ts';
import { getJob, type JobCreator } from './job-item.ts';
import { addToLedger } from './ledger.ts';
import { assertBatch, type StoreBatch, writeSlices } from './slices.ts';
import { climb } from './tree.ts';

/** The result of a batch. `dropped`: its job was deleted. */
export type StoreResult = 'stored' | 'dropped';

/** Resolves only when the batch's messages may be deleted. */
export async function storeBatch(
  context: JobsContext,
  jobs: JobCreator,
  batch: StoreBatch,
  options: StoreOptions,
): Promise<StoreResult> {
  const { signal } = options;
  assertBatch(batch);
  if ((await jobs.ensure(batch, signal)) === 'deleted') return dropBatch(context, batch, signal);
  const slices = await writeSlices(context, batch, options);
  const counted = await addToLedger(context, batch, signal);
  if (counted.kind !== 'deleted') emitStored(context, batch, { slices, repeated: counted.repeated });
  if (counted.kind === 'open') return 'stored';
  for (;;) {
    const outcome =
      counted.kind === 'full' ? await climbAndComplete(context, batch, counted.ledger, options) : 'deleted';
    if (outcome === 'done') return 'stored';
    // The job's item was deleted although this process remembers that it exists.
    jobs.forget(batch.job_id);
    context.uploads.delete(batch.job_id);
    if ((await jobs.ensure(batch, signal)) === 'deleted') return dropBatch(context, batch, signal);
    if (outcome === 'deleted') throw expiredMarkerError(batch);
  }
}

function emitStored(
  context: JobsContext,
  { job_id, group, messages }: StoreBatch,
  counts: { readonly slices: number; readonly repeated: number },
): void {
  const movies = messages.reduce((sum, message) => sum + message.movies.length, 0);
  context.emit({ kind: 'stored', job_id, group, messages: messages.length, movies, ...counts });
}

async function climbAndComplete(
  context: JobsContext,
  batch: StoreBatch,
  ledger: TableItem,
  options: StoreOptions,
): Promise<'done' | 'no_job' | 'deleted'> {
  const receives = Math.max(...batch.messages.map((message) => message.receives));
  try {
    const climbed = await climb(context, batch, { group: batch.group, ledger }, { ...options, receives });
    if (climbed.kind === 'no_job' || climbed.kind === 'deleted') return climbed.kind;
    if (climbed.kind === 'open' || climbed.job.status?.S === 'COMPLETE') return 'done';
    return (await completeJob(context, batch, climbed.job, options)) === 'no_job' ? 'no_job' : 'done';
  } catch (error) {
    const isIncomplete = hasCode(error, 'job_incomplete');
    // A movie is missing because a deletion removed the slices while they were read.
    if (isIncomplete && (await getJob(context, batch.job_id, options.signal)) === undefined) return 'no_job';
    throw error;
  }
}

/** DynamoDB removes the markers of a job one by one, within some days after they have expired. */
const expiredMarkerError = ({ job_id, group }: StoreBatch) =>
  new MovieLoadError(
    'bad_item',
    `Group ${group} of job ${job_id} still has the marker of a deletion that has expired. DynamoDB removes it within some days: redrive its messages then.`,
  );
