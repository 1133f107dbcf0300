// What a line about a job says: its state with the reason, how far it is, how long it took. From the job's item and the
// queue's counts alone.
import type { QueueStatus } from '@movie-load/aws';
import { type JobState, jobState, treeProgress } from '@movie-load/jobs';
import { type JobItem, shapeOf } from '@movie-load/schema';

export interface JobLine {
  readonly job_id: string;
  readonly state: JobState;
  readonly why: string;
  readonly movies: number;
  readonly messages: number;
  readonly groups: number;
  /** 0 to 100, by the root of the completion tree. */
  readonly percent: number;
  readonly started_on: string;
  readonly completed_on: string | null;
  /** From the producer's clock to that of a consumer (or now): 0 when they differ by more than the job took. */
  readonly took_ms: number;
  readonly object_key: string | null;
  readonly object_bytes: number | null;
}

/** @param lastStoredOn milliseconds since the epoch, when ledgers were read; they tell better than the queue. */
export function lineOf(job: JobItem, queue: QueueStatus, lastStoredOn?: number): JobLine {
  // The time at AWS: this machine's clock may be another. Those of producer and consumers may differ as well.
  const now = queue.now ?? Date.now();
  const started = Date.parse(job.started_on);
  const state = jobState(job, queue, now, lastStoredOn);
  const shape = shapeOf(job.plan);
  return {
    job_id: job.job_id,
    state,
    why: whyOf(state, job, queue),
    movies: job.plan.movies,
    messages: shape.messages,
    groups: shape.groups,
    percent: Math.floor(treeProgress(job).fraction * 100),
    started_on: job.started_on,
    completed_on: job.completed_on ?? null,
    took_ms: Math.max(0, (job.completed_on === undefined ? now : Date.parse(job.completed_on)) - started),
    object_key: job.object_key ?? null,
    object_bytes: job.object_bytes ?? null,
  };
}

function whyOf(state: JobState, { job_id }: JobItem, { waiting, inFlight, delayed }: QueueStatus): string {
  if (state === 'waiting') {
    return `${waiting} messages wait, ${inFlight} in flight, ${delayed} delayed: are consumers running?`;
  }
  if (state === 'stalled') {
    return `the queue is empty. If no producer is sending it any more: movie-load resume ${job_id.slice(0, 8)}`;
  }
  return '';
}
