// `movie-load jobs`: one line a job, the latest first.
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
    const lines = await jobLines(session, limit);
    if (options.json) await printJson({ jobs: lines });
    else await printLine(lines.length === 0 ? 'No job yet. `movie-load produce` sends one.' : jobsTable(lines));
    return EXIT.done;
  });
}

export async function jobLines(session: Session, limit: number): Promise<JobLine[]> {
  const { jobs, signal } = session;
  const [list, queue] = await Promise.all([jobs.listJobs({ limit, signal }), session.queue()]);
  const status = await queue.status({ signal });
  const lines: JobLine[] = [];
  for (const { job_id } of list.jobs) {
    const job = await jobs.job(job_id, { signal });
    if (job) lines.push(await lineOf(session, job, status));
  }
  return lines;
}

export function jobsTable(lines: readonly JobLine[]): string {
  return tableOf(lines, [
    { title: 'JOB', cell: ({ job_id }) => job_id },
    { title: 'STATE', cell: ({ state }) => state },
    { title: 'MOVIES', right: true, cell: ({ movies }) => grouped(movies) },
    { title: '%', right: true, cell: ({ percent }) => String(percent) },
    { title: 'STARTED', cell: ({ started_on }) => started_on.slice(0, 19).replace('T', ' ') },
    { title: 'TOOK', right: true, cell: ({ took_ms }) => duration(took_ms) },
    { title: 'OBJECT', cell: objectCell },
  ]);
}

function objectCell({ object_key, object_bytes, why }: JobLine): string {
  return object_key === null ? why || '–' : `${object_key.slice(0, 8)}….json, ${bytes(object_bytes ?? 0)}`;
}
