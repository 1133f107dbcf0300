// Jobs of which redriven messages alone can make nothing: they were deleted, or have expired.
import { readableJob, UNREADABLE } from '@movie-load/operations';
import type { Session } from '../../session.ts';

export interface GoneJob {
  readonly job_id: string;
  /** `not_stored`: nothing of it is there. It was never stored, or what was stored has expired. */
  readonly why: 'deleted' | 'expired' | 'not_stored';
}

/** Each costs a read or two. */
const MOST_JOBS = 100;

/** Of the jobs of redriven messages, those that are not there as they were. */
export async function goneJobs({ jobs, signal }: Session, ids: ReadonlySet<string>): Promise<GoneJob[]> {
  const gone: GoneJob[] = [];
  for (const job_id of [...ids].slice(0, MOST_JOBS)) {
    const job = await readableJob(jobs, job_id, { signal });
    // Of a newer plan version: it is there, and a newer release knows more.
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

export const goneLine = ({ job_id, why }: GoneJob): string => `Job ${job_id} ${TEXTS[why]}`;
