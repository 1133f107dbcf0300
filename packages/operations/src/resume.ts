// Resume: sends exactly the messages that are missing or have to be counted. May be repeated.
import type { QueuePort, Random } from '@movie-load/aws';
import type { JobRef, JobStore, MissingMessages } from '@movie-load/jobs';
import { type SentBatch, sendJob } from '@movie-load/queue';
import { formatCount, formatNumber } from './format.ts';
import type { Outcome } from './outcome.ts';

export type ResumableJob = JobRef & { readonly started_on: string };

/**
 * The numbers of messages that a resume sends: `missing` ones are not stored; `climb` ones are stored, and sent again so
 * that a consumer continues the climb. `groups` is the number of message groups of both.
 */
export interface ResumeCounts {
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
  readonly onSent?: (sent: SentBatch) => void;
}

export async function resumeJob(job: ResumableJob, options: ResumeOptions): Promise<ResumeCounts> {
  const { store, queue, random, signal, thorough = false, dryRun = false, onSent } = options;
  const resumed = { missing: 0, climb: 0, groups: 0 };
  async function* missingMessages(): AsyncGenerator<MissingMessages> {
    for await (const missingOfGroup of store.findMissing(job, { signal, thorough })) {
      resumed[missingOfGroup.why] += missingOfGroup.numbers.length;
      resumed.groups += 1;
      yield missingOfGroup;
    }
  }
  // The generator counts while it is read.
  if (dryRun) for await (const _ of missingMessages());
  else {
    const { plan, started_on } = job;
    await sendJob({
      queue: await queue(),
      plan,
      started_on,
      random,
      groups: missingMessages(),
      signal,
      ...(onSent && { onSent }),
    });
  }
  return resumed;
}

export function resumeOutcome(jobId: string, { missing, climb, groups }: ResumeCounts, isDryRun = false): Outcome {
  const verb = isDryRun ? 'would be sent' : 'sent';
  const climbText = climb > 0 ? ` and ${formatNumber(climb)} to count what is stored` : '';
  const summary =
    missing + climb === 0
      ? `No messages of job ${jobId} are missing.`
      : `${verb}: ${formatCount(missing, 'missing message')}${climbText}, in ${formatCount(groups, 'group')} of job ${jobId}.`;
  return { ok: true, summary, details: [] };
}
