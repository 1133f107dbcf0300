// Verify, resume and repair, like the commands of these names.
import type { QueuePort, Random } from '@movie-load/aws';
import type { JobStore } from '@movie-load/jobs';
import { repairOutcome, resumeJob, resumeOutcome, verifyJob, verifyOutcome } from '@movie-load/operations';
import type { JobItem } from '@movie-load/schema';
import type { ActionResult } from './api.ts';
import { HttpError } from './http-body.ts';

export interface ActionsOptions {
  readonly store: Pick<JobStore, 'verify' | 'repair' | 'findMissing'>;
  readonly queue: () => Promise<QueuePort>;
  readonly random: Random;
  /** Aborted at the end of the server; ends running work. */
  readonly signal: AbortSignal;
}

export type Action = 'verify' | 'resume' | 'repair';
export const ACTIONS: readonly Action[] = ['verify', 'resume', 'repair'];

/** Maximum number of concurrent actions: each reads a whole job. */
const MAX_CONCURRENT = 2;

export function createActions(options: ActionsOptions) {
  const { store, signal } = options;
  const running = new Set<string>();

  const actions: Record<Action, (job: JobItem) => Promise<ActionResult>> = {
    verify: async (job) => verifyOutcome(await verifyJob(store, job, { signal }), (advice) => advice),
    resume: async (job) => resumeOutcome(job.job_id, await resumeJob(job, options)),
    repair: async ({ job_id }) => repairOutcome(await store.repair(job_id, { signal })),
  };

  return async function act(action: Action, job: JobItem): Promise<ActionResult> {
    if (running.has(job.job_id)) {
      throw new HttpError(409, 'Busy', 'Another verify, resume or repair of this job is running. Wait for it.');
    }
    if (running.size >= MAX_CONCURRENT) {
      throw new HttpError(429, 'Busy', 'Other jobs are being verified, resumed or repaired. Try again in a moment.');
    }
    running.add(job.job_id);
    try {
      return await actions[action](job);
    } finally {
      running.delete(job.job_id);
    }
  };
}
