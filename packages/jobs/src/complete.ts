// The end of step 5: a job whose movies are all counted becomes COMPLETE, by us or by somebody else.
import { fullJitter, isUploadLost } from '@movie-load/aws';
import { MovieLoadError } from '@movie-load/schema';
import { assemble, type JobRef } from './assemble.ts';
import type { JobsContext, StoreOptions } from './context.ts';
import { getJob, setComplete } from './job-item.ts';
import { giveUpLease, type Lease, newLease, type SeenLease, takeLease, underLease } from './lease.ts';

export type Completed = 'complete' | 'no_job';

/** Before an assembly begins anew: the lease is lost or the upload is gone, and another consumer may be at it. */
const AGAIN_BASE_MS = 500;
const AGAIN_CAP_MS = 10_000;

/**
 * Resolves when the job is COMPLETE (or its item is gone). "Somebody else assembles" is no reason to return: that one
 * may die, and then only our undeleted messages bring the job back.
 */
export async function completeJob(context: JobsContext, job: JobRef, options: StoreOptions): Promise<Completed> {
  const { signal } = options;
  const lease = newLease(context, job.job_id);
  let dead: SeenLease | undefined;
  for (let attempt = 1; ; ) {
    if (await takeLease(context, lease, signal, dead)) {
      context.emit({ kind: 'assembling', job_id: job.job_id, takeover: (dead?.until ?? 0) > 0 });
      try {
        await underLease(context, lease, signal, (leased) => finish(context, job, { ...options, signal: leased }));
        return 'complete';
      } catch (error) {
        await abandon(context, lease, error);
        if (signal.aborted || !mayPass(error)) throw error;
        await context.clock.sleep(fullJitter(context.random, attempt, AGAIN_BASE_MS, AGAIN_CAP_MS), signal);
        attempt += 1;
      }
    }
    const waited = await waitForOthers(context, job, options);
    if (typeof waited === 'string') return waited;
    dead = waited;
  }
}

async function finish(context: JobsContext, job: JobRef, options: StoreOptions): Promise<void> {
  const object = await assemble(context, job, options);
  if (await setComplete(context, job.job_id, object, options.signal)) {
    context.emit({ kind: 'completed', job_id: job.job_id, movies: job.plan.movies, bytes: object.bytes });
  }
}

async function abandon(context: JobsContext, lease: Lease, error: unknown): Promise<void> {
  context.emit({ kind: 'assembly_failed', job_id: lease.jobId, error });
  await giveUpLease(context, lease);
}

const mayPass = (error: unknown) =>
  isUploadLost(error) || (error instanceof MovieLoadError && error.code === 'lease_lost');

const POLL_BASE_MS = 200;
const POLL_CAP_MS = 5000;

/**
 * Polls the job's item, less and less often. Returns when the job is COMPLETE or gone, or a lease to take over: one
 * that is over, or that nobody renewed for as long as it lasts by our own clock (the other's may be far ahead).
 */
async function waitForOthers(
  context: JobsContext,
  { job_id }: JobRef,
  { signal, onProgress }: StoreOptions,
): Promise<Completed | SeenLease> {
  const { clock, random, leaseMs, emit } = context;
  const capMs = Math.min(POLL_CAP_MS, leaseMs / 2);
  let seen: number | undefined;
  let seenOn = clock.now();
  for (let poll = 0; ; poll += 1) {
    const job = await getJob(context, job_id, signal);
    if (job === undefined) return 'no_job';
    if (job.status === 'COMPLETE') return 'complete';
    const until = job.assembling_until ?? 0;
    const now = clock.now();
    if (until < now) return { until };
    if (until !== seen) {
      if (seen === undefined) emit({ kind: 'waiting', job_id });
      else onProgress?.();
      seen = until;
      seenOn = now;
    } else if (now - seenOn > leaseMs) {
      return { until };
    }
    await clock.sleep(Math.min(capMs, POLL_BASE_MS * 1.5 ** poll) * (0.5 + random.next() / 2), signal);
  }
}
