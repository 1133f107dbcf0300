// How a batch of one group's messages is stored exactly once.
//
//   a batch            ledger of          node of a          the job's item
//   of messages        its group          part               (root of the tree)         the bucket
//      │                  │                   │                   │                        │
//      │  write slices (BatchWriteItem)       │                   │                        │
//      ├─────────▶ movies#…                   │                   │                        │
//      │  only when every slice is there      │                   │                        │
//      ├─────────────────▶ ADD numbers        │                   │                        │
//      │                  │ full? ───────────▶ ADD child          │                        │
//      │                  │                   │ full? ── the part's slices ── UploadPart ──▶ part n
//      │                  │                   ◀─ note the upload ─────────────────────────┤
//      │                  │                   ├──────────────────▶ ADD child               │
//      │                  │                   │                   │ full, not COMPLETE?    │
//      │                  │                   │                   ├── list, what lacks ────▶ <job_id>.json
//      │                  │                   │                   ◀─ COMPLETE, only then ──┤
//      ◀── `store` resolves: only now may the messages be deleted                          │
//
// A crash between any two of these leaves the messages in the queue, and the next consumer that gets them begins at the top. Each
// step is a union, a put of the same movies under the same key, or conditional, so doing it again (also much later, by a
// process that slept) changes nothing. A consumer that FINDS a set full goes on; the one that made it full may be dead.

import type { TableItem } from '@movie-load/aws';
import { completeJob } from './complete.ts';
import type { JobsContext, StoreOptions } from './context.ts';
import type { JobCreator } from './job-item.ts';
import { addToLedger } from './ledger.ts';
import { assertBatch, type StoreBatch, writeSlices } from './slices.ts';
import { climb } from './tree.ts';

/** Resolves only when the batch's messages may be deleted. */
export async function storeBatch(
  context: JobsContext,
  jobs: JobCreator,
  batch: StoreBatch,
  options: StoreOptions,
): Promise<void> {
  const { signal } = options;
  assertBatch(batch);
  await jobs.ensure(batch, signal);
  const slices = await writeSlices(context, batch, options);
  const ledger = await addToLedger(context, batch, signal);
  const movies = batch.messages.reduce((sum, message) => sum + message.movies.length, 0);
  const { job_id, group } = batch;
  context.emit({ kind: 'stored', job_id, group, messages: batch.messages.length, movies, slices });
  if (ledger === undefined) return;
  while ((await climbAndComplete(context, batch, ledger, options)) === 'no_job') {
    // The job's item was deleted while we remembered that it was there.
    jobs.forget(batch.job_id);
    context.uploads.delete(batch.job_id);
    await jobs.ensure(batch, signal);
  }
}

async function climbAndComplete(
  context: JobsContext,
  batch: StoreBatch,
  ledger: TableItem,
  options: StoreOptions,
): Promise<'done' | 'no_job'> {
  const receives = Math.max(...batch.messages.map((message) => message.receives));
  const climbed = await climb(context, batch, { group: batch.group, ledger }, { ...options, receives });
  if (climbed.kind === 'no_job') return 'no_job';
  if (climbed.kind === 'open' || climbed.job.status?.S === 'COMPLETE') return 'done';
  return (await completeJob(context, batch, climbed.job, options)) === 'no_job' ? 'no_job' : 'done';
}
