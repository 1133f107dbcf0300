// The state of a job that people see: RUNNING or COMPLETE as in its item, or waiting or stalled.
import type { QueueStatus } from '@movie-load/aws';
import type { JobItem } from '@movie-load/schema';

/**
 * After this time without progress a job counts as waiting or stalled.
 * Longer than a visibility timeout: a killed consumer's messages are delivered again within one.
 */
export const STALLED_AFTER_MS = 120_000;

/**
 * - `COMPLETE`: the object is in the bucket.
 * - `RUNNING`: something was stored, or the job started, within the last two minutes; or, when it is unknown when
 *   something was last stored, consumers have messages in flight.
 * - `waiting`: nothing is known to have been stored in this time, but the queue has messages (of this job or of others
 *   before it).
 * - `stalled`: nothing is known to have been stored in this time, and the queue has no messages: `resume` sends what is
 *   missing.
 */
export type JobState = 'COMPLETE' | 'RUNNING' | 'waiting' | 'stalled';

/**
 * @param lastStoredOn milliseconds since the epoch (`JobStore.lastStoredOn`); undefined when no ledger was read or none
 * exists.
 * @param now milliseconds since the epoch.
 */
export function jobState(
  job: Pick<JobItem, 'status' | 'started_on'>,
  queue: Pick<QueueStatus, 'waiting' | 'inFlight' | 'delayed'>,
  now: number,
  lastStoredOn?: number | undefined,
): JobState {
  if (job.status === 'COMPLETE') return 'COMPLETE';
  if (now - (lastStoredOn ?? Date.parse(job.started_on)) < STALLED_AFTER_MS) return 'RUNNING';
  if (lastStoredOn === undefined && queue.inFlight > 0) return 'RUNNING';
  return queue.waiting + queue.inFlight + queue.delayed > 0 ? 'waiting' : 'stalled';
}
