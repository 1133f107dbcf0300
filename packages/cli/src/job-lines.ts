// A job in one line: its state with the reason, how far it is, how long it took. From the job's item and the queue's
// counts alone.
import { type QueueStatus, systemClock } from '@movie-load/aws';
import { type JobState, jobState, treeProgress } from '@movie-load/jobs';
import { type JobItem, shapeOf } from '@movie-load/schema';
import { bytes, dateTime, duration, grouped, shortId } from './format.ts';
import { tableOf } from './output.ts';
import type { Session } from './session.ts';

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

/** @param lastStoredOn milliseconds since the epoch, when ledgers were read; they are more exact than the queue. */
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
    return `the queue is empty. If no producer is sending it any more: movie-load resume ${shortId(job_id)}`;
  }
  return '';
}

/** A producer may be sending and the queue be empty for a moment: no job counts as stalled after one look at it. */
const SECOND_READ_MS = 1000;

export async function jobLines(
  { jobs, queue: open, signal }: Session,
  limit: number,
): Promise<{ lines: JobLine[]; queue: QueueStatus }> {
  const [list, queue] = await Promise.all([jobs.listJobs({ limit, signal }), open()]);
  const items: JobItem[] = [];
  for (const { job_id } of list.jobs) {
    const job = await jobs.job(job_id, { signal });
    if (job) items.push(job);
  }
  let status = await queue.status({ signal });
  if (items.some((job) => lineOf(job, status).state === 'stalled')) {
    await systemClock.sleep(SECOND_READ_MS, signal);
    status = await queue.status({ signal });
  }
  return { lines: items.map((job) => lineOf(job, status)), queue: status };
}

export function jobsTable(lines: readonly JobLine[]): string {
  return tableOf(lines, [
    { title: 'JOB', cell: ({ job_id }) => job_id },
    { title: 'STATE', cell: ({ state }) => state },
    { title: 'MOVIES', right: true, cell: ({ movies }) => grouped(movies) },
    { title: 'GROUPS DONE', right: true, cell: ({ percent }) => `${percent} %` },
    { title: 'STARTED', cell: ({ started_on }) => dateTime(started_on) },
    { title: 'TOOK', right: true, cell: ({ took_ms }) => duration(took_ms) },
    { title: 'OBJECT', cell: objectCell },
  ]);
}

function objectCell({ object_key, object_bytes, why }: JobLine): string {
  return object_key === null ? why || '–' : `${shortId(object_key)}….json, ${bytes(object_bytes ?? 0)}`;
}
