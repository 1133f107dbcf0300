// How a batch of one group's messages is stored exactly once.
//
//   a batch            ledger of          node of            the job's item
//   of messages        its group          the tree           (root of the tree)         the bucket
//      │                  │                   │                   │                        │
//      │  write slices (BatchWriteItem)       │                   │                        │
//      ├─────────▶ movies#…                   │                   │                        │
//      │  only when every slice is there      │                   │                        │
//      ├─────────────────▶ ADD numbers        │                   │                        │
//      │                  │ full? ───────────▶ ADD child          │                        │
//      │                  │                   │ full? ───────────▶ ADD child               │
//      │                  │                   │                   │ full, not COMPLETE?    │
//      │                  │                   │                   ├─ lease                 │
//      │                  │                   │                   ├──── all slices ───────▶ <job_id>.json
//      │                  │                   │                   ◀─ COMPLETE, only then ──┤
//      ◀── `store` resolves: only now may the messages be deleted                          │
//
// A crash between any two of these leaves the messages in the queue, and whoever gets them next begins at the top. Each
// step is a union, a put of the same movies under the same key, or conditional, so doing it again (also much later, by a
// process that slept) changes nothing. Whoever FINDS a set full goes on, not only who made it full: that one may be dead.

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
  const isGroupStored = await addToLedger(context, batch, signal);
  const movies = batch.messages.reduce((sum, message) => sum + message.movies.length, 0);
  const { job_id, group } = batch;
  context.emit({ kind: 'stored', job_id, group, messages: batch.messages.length, movies, slices });
  if (!isGroupStored) return;
  while ((await goUp(context, batch, options)) === 'no_job') {
    // Somebody deleted the job's item while we remembered that it was there.
    jobs.forget(batch.job_id);
    await jobs.ensure(batch, signal);
  }
}

async function goUp(context: JobsContext, batch: StoreBatch, options: StoreOptions): Promise<'done' | 'no_job'> {
  const climbed = await climb(context, batch, options.signal);
  if (climbed.kind === 'no_job') return 'no_job';
  if (climbed.kind === 'open' || climbed.job.status?.S === 'COMPLETE') return 'done';
  return (await completeJob(context, batch, options)) === 'no_job' ? 'no_job' : 'done';
}
