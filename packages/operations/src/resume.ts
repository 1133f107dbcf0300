// Resume: sends exactly the messages that are missing or have to be counted. May be repeated.
import type { QueuePort, Random } from '@movie-load/aws';
import type { JobRef, JobStore, MissingMessages } from '@movie-load/jobs';
import { type Sent, sendJob } from '@movie-load/queue';
import { countOf, grouped } from './format.ts';
import type { Outcome } from './outcome.ts';

export type Resumable = JobRef & { readonly started_on: string };

/**
 * The missing messages of a job: those that are not stored, those that make a consumer climb, and the groups of both.
 */
export interface Resumed {
  readonly missing: number;
  readonly climb: number;
  readonly groups: number;
}

export interface ResumeOptions {
  readonly store: Pick<JobStore, 'findMissing'>;
  /** Called only when something is sent. */
  readonly queue: () => Promise<QueuePort>;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Reads every ledger and slice, including those of groups marked as finished. */
  readonly thorough?: boolean;
  /** Only counts; sends nothing. */
  readonly dryRun?: boolean;
  readonly onSent?: (sent: Sent) => void;
}

export async function resumeJob(job: Resumable, options: ResumeOptions): Promise<Resumed> {
  const { store, queue, random, signal, thorough = false, dryRun = false, onSent } = options;
  const found = { missing: 0, climb: 0, groups: 0 };
  async function* counted(): AsyncGenerator<MissingMessages> {
    for await (const some of store.findMissing(job, { signal, thorough })) {
      found[some.why] += some.numbers.length;
      found.groups += 1;
      yield some;
    }
  }
  if (dryRun) for await (const _ of counted());
  else {
    const { plan, started_on } = job;
    await sendJob({
      queue: await queue(),
      plan,
      started_on,
      random,
      groups: counted(),
      signal,
      ...(onSent && { onSent }),
    });
  }
  return found;
}

export function resumeOutcome(jobId: string, { missing, climb, groups }: Resumed, isDryRun = false): Outcome {
  const did = isDryRun ? 'would be sent' : 'sent';
  const climbing = climb > 0 ? ` and ${grouped(climb)} to count what is stored` : '';
  const summary =
    missing + climb === 0
      ? `No messages of job ${jobId} are missing.`
      : `${did}: ${countOf(missing, 'missing message')}${climbing}, in ${countOf(groups, 'group')} of job ${jobId}.`;
  return { ok: true, summary, details: [] };
}
