// Reads jobs and formats them as a table, one line per job.
import { type QueueStatus, systemClock } from '@movie-load/aws';
import {
  type DeletingJob,
  type JobObservations,
  type JobView,
  jobItems,
  observeUpload,
  toJobView,
  uploadText,
} from '@movie-load/operations';
import type { JobItem } from '@movie-load/schema';
import { dateTime, formatBytes, formatDuration, formatNumber, shortId } from './format.ts';
import { tableOf } from './output.ts';
import type { Session } from './session.ts';

export const currentJobView = (
  job: JobItem | DeletingJob,
  queue: QueueStatus,
  observations: Pick<JobObservations, 'lastStoredOn' | 'upload'> = {},
): JobView => toJobView(job, { ...observations, queue, now: queue.now ?? Date.now() });

/** The wait before a stalled job is read a second time: a queue may be empty for a moment while its producer sends. */
const SECOND_READ_MS = 1000;

export const beforeSecondRead = ({ signal }: Pick<Session, 'signal'>): Promise<void> =>
  systemClock.sleep(SECOND_READ_MS, signal);

export interface JobLines {
  readonly lines: JobView[];
  readonly queue: QueueStatus;
  /** The number of jobs that cannot be read: they have a newer plan version or were changed by hand. */
  readonly unreadable: number;
}

export async function jobLines({ jobs, queue: openQueue, signal }: Session, limit: number): Promise<JobLines> {
  const [{ jobs: items, unreadable }, queue] = await Promise.all([jobItems(jobs, { limit, signal }), openQueue()]);
  let status = await queue.status({ signal });
  if (items.some((job) => currentJobView(job, status).state === 'stalled')) {
    await beforeSecondRead({ signal });
    status = await queue.status({ signal });
  }
  const lines = items.map(async (job) =>
    currentJobView(job, status, { upload: await observeUpload(jobs, job, { signal }) }),
  );
  return { lines: await Promise.all(lines), queue: status, unreadable };
}

/** Empty when all jobs can be read. */
export function unreadableText(unreadable: number): string {
  if (unreadable === 0) return '';
  const subject = unreadable === 1 ? '1 job is' : `${formatNumber(unreadable)} jobs are`;
  return `${subject} left out: of a newer plan version, which a newer release reads, or changed by hand.`;
}

/** @param formatStart formats the start of a job */
export function jobsTable(lines: readonly JobView[], formatStart: (iso: string) => string = dateTime): string {
  return tableOf(lines, [
    { title: 'JOB', cell: ({ job_id }) => job_id },
    { title: 'STATE', cell: ({ state }) => state },
    { title: 'MOVIES', right: true, cell: ({ movies }) => formatNumber(movies) },
    { title: 'GROUPS DONE', right: true, cell: ({ percent }) => `${percent} %` },
    { title: 'STARTED', cell: ({ started_on }) => formatStart(started_on) },
    {
      title: 'TOOK',
      right: true,
      cell: ({ state, took_ms }) => (state === 'DELETING' ? '–' : formatDuration(took_ms)),
    },
    { title: 'OBJECT', cell: objectCell },
  ]);
}

function objectCell(job: JobView): string {
  if (job.object_key !== null) return `${shortId(job.object_key)}….json, ${formatBytes(job.object_bytes ?? 0)}`;
  return [uploadText(job), job.why].filter(Boolean).join('; ') || '–';
}
