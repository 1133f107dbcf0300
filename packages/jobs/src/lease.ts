// The right to assemble a job, for a while. It saves work; safety never depends on it, for any number of assemblies
// write the same bytes.
import { jobKey, MovieLoadError } from '@movie-load/schema';
import { type JobsContext, lastCall } from './context.ts';

export interface Lease {
  readonly jobId: string;
  /** Distinct for each attempt of each process. */
  readonly owner: string;
}

/** What a waiting process saw in the item: it takes over a lease that nobody renewed since, whatever clocks say. */
export interface SeenLease {
  readonly until: number;
}

const names = { '#status': 'status', '#until': 'assembling_until', '#by': 'assembling_by' };

const RUNNING = { S: 'RUNNING' };

export function newLease(context: JobsContext, jobId: string): Lease {
  return { jobId, owner: `${context.instance.slice(0, 200)} ${context.random.uuid()}` };
}

/**
 * Takes or renews the lease. True when this owner has it. False when somebody else has it, or the job is COMPLETE or
 * gone. `dead` is a lease that was watched for its whole time without being renewed.
 */
export async function takeLease(
  context: JobsContext,
  { jobId, owner }: Lease,
  signal: AbortSignal,
  dead?: SeenLease,
): Promise<boolean> {
  const now = context.clock.now();
  const after = await context.table.update({
    key: jobKey(jobId),
    update: 'SET #until = :until, #by = :me',
    condition: '#status = :running AND (attribute_not_exists(#until) OR #until < :now OR #until = :dead OR #by = :me)',
    names,
    values: {
      ':until': { N: String(now + context.leaseMs) },
      ':now': { N: String(now) },
      ':dead': { N: String(dead?.until ?? -1) },
      ':me': { S: owner },
      ':running': RUNNING,
    },
    signal,
  });
  if (after === undefined) return false;
  // The call was tried for so long that the lease has begun to run out: renewed at once, for its times are old.
  const isOld = context.clock.now() - now > context.leaseMs / 3;
  return isOld ? takeLease(context, { jobId, owner }, signal, dead) : true;
}

const GIVE_UP_MS = 2000;

/** Gives the lease up, so that the next one need not wait for its end. Never throws. */
export async function giveUpLease(context: JobsContext, { jobId, owner }: Lease): Promise<void> {
  await lastCall(context.clock, GIVE_UP_MS, (signal) =>
    context.table.update({
      key: jobKey(jobId),
      update: 'SET #until = :none',
      condition: '#status = :running AND #by = :me',
      names,
      values: { ':none': { N: '0' }, ':me': { S: owner }, ':running': RUNNING },
      signal,
    }),
  );
}

/**
 * Runs `work` while a renewer keeps the lease, at a third of its time. The signal that `work` gets aborts with the
 * caller's, and when somebody else has the lease: then `MovieLoadError` `lease_lost` is thrown.
 */
export async function underLease<T>(
  context: JobsContext,
  lease: Lease,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const finished = new AbortController();
  const renewing = renew(context, lease, AbortSignal.any([signal, finished.signal]), lost);
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    finished.abort();
    await renewing;
  }
}

/** Ends when the signal aborts or the lease is lost. Never throws. */
async function renew(context: JobsContext, lease: Lease, signal: AbortSignal, lost: AbortController): Promise<void> {
  try {
    for (;;) {
      await context.clock.sleep(context.leaseMs / 3, signal);
      if (!(await takeLease(context, lease, signal))) {
        lost.abort(
          new MovieLoadError('lease_lost', `Somebody else assembles job ${lease.jobId}, or has completed it.`),
        );
        return;
      }
    }
  } catch (error) {
    // The signal ended it. Anything else would be our bug, and must not go unseen.
    if (!signal.aborted) lost.abort(error);
  }
}
