// Finds jobs that redriven messages alone cannot complete, because they were deleted or have expired.
import { readableJob, UNREADABLE } from '@movie-load/operations';
import type { Session } from '../../session.ts';

export interface GoneJob {
  readonly job_id: string;
  /** `not_stored`: the table has nothing of the job, which was never stored or has expired. */
  readonly why: 'deleted' | 'expired' | 'not_stored';
}

/** Maximum number of jobs that are checked, because each costs one or two reads. */
const MAX_JOBS = 100;

/** Returns those jobs of redriven messages that were deleted, have expired or are not stored. */
export async function goneJobs({ jobs, signal }: Session, ids: ReadonlySet<string>): Promise<GoneJob[]> {
  const gone: GoneJob[] = [];
  for (const job_id of [...ids].slice(0, MAX_JOBS)) {
    const job = await readableJob(jobs, job_id, { signal });
    // The job exists, but only a newer release can read its plan version.
    if (job === UNREADABLE) continue;
    if (job === undefined) {
      const marker = await jobs.marker(job_id, { signal });
      gone.push({ job_id, why: marker === undefined ? 'not_stored' : 'deleted' });
    } else if (job.expires_at !== undefined && job.expires_at * 1000 <= Date.now()) {
      gone.push({ job_id, why: 'expired' });
    }
  }
  return gone;
}

const TEXTS: Readonly<Record<GoneJob['why'], string>> = {
  deleted: 'was deleted: consumers drop its messages.',
  expired: 'has expired, and DynamoDB is removing what was stored of it: its redriven messages cannot complete it.',
  not_stored:
    'has nothing stored, or nothing any more if it has expired: redriven messages store their own movies only, and `movie-load resume` sends the others.',
};

export const goneJobText = ({ job_id, why }: GoneJob): string => `Job ${job_id} ${TEXTS[why]}`;
