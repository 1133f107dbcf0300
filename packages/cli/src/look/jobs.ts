// `movie-load jobs`: one line a job, the latest first.
import { type QueueStatus, systemClock } from '@movie-load/aws';
import type { JobItem } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import { bytes, duration, grouped, printJson, printLine, tableOf } from '../output.ts';
import { type Session, withSession } from '../session.ts';
import { type JobLine, lineOf } from './job-progress.ts';
import type { LookOptions } from './options.ts';

export interface JobsOptions extends LookOptions {
  readonly limit: string;
}

export async function listJobs(options: JobsOptions): Promise<number> {
  const limit = wholeNumber('--limit', options.limit, 1, 1000);
  return withSession(options, async (session) => {
    const { lines, queue } = await jobLines(session, limit);
    if (options.json) await printJson({ jobs: lines });
    else await printLine([lines.length === 0 ? '' : jobsTable(lines), hint(lines, queue)].filter(Boolean).join('\n\n'));
    return EXIT.done;
  });
}

/** A producer may be sending and the queue be empty for a moment: nothing is called stalled at the first look. */
const SECOND_LOOK_MS = 1000;

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
    await systemClock.sleep(SECOND_LOOK_MS, signal);
    status = await queue.status({ signal });
  }
  return { lines: items.map((job) => lineOf(job, status)), queue: status };
}

/** A job is in the table from its first stored message on. */
function hint(lines: readonly JobLine[], { waiting, inFlight }: QueueStatus): string {
  if (waiting > 0 && inFlight === 0) {
    return `${grouped(waiting)} messages wait and none is in flight: are consumers running? A job is listed from its first stored message on.`;
  }
  return lines.length === 0 ? 'No job yet. `movie-load produce` sends one.' : '';
}

export function jobsTable(lines: readonly JobLine[]): string {
  return tableOf(lines, [
    { title: 'JOB', cell: ({ job_id }) => job_id },
    { title: 'STATE', cell: ({ state }) => state },
    { title: 'MOVIES', right: true, cell: ({ movies }) => grouped(movies) },
    { title: 'GROUPS DONE', right: true, cell: ({ percent }) => `${percent} %` },
    { title: 'STARTED', cell: ({ started_on }) => started_on.slice(0, 19).replace('T', ' ') },
    { title: 'TOOK', right: true, cell: ({ took_ms }) => duration(took_ms) },
    { title: 'OBJECT', cell: objectCell },
  ]);
}

function objectCell({ object_key, object_bytes, why }: JobLine): string {
  return object_key === null ? why || '–' : `${object_key.slice(0, 8)}….json, ${bytes(object_bytes ?? 0)}`;
}
