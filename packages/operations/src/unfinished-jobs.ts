// The RUNNING jobs and whether they wait or are stalled, for `jobs --stalled` and the console's metrics.
import type { QueueStatus } from '@movie-load/aws';
import { type JobStore, type ReadOptions, STALLED_AFTER_MS } from '@movie-load/jobs';
import type { JobItem } from '@movie-load/schema';
import { type JobView, readableJob, toJobView, UNREADABLE } from './job-view.ts';

export interface UnfinishedJobs {
  /** The latest first. */
  readonly jobs: readonly JobView[];
  /** The number of examined jobs, including those that are COMPLETE or DELETING. */
  readonly examined: number;
  /** Number of jobs that cannot be read: they have a newer plan version or were changed by hand. */
  readonly unreadable: number;
  /** False when `maxJobs` left older jobs unexamined. */
  readonly isComplete: boolean;
}

export interface UnfinishedOptions extends ReadOptions {
  readonly queue: () => Promise<QueueStatus>;
  /** Maximum number of examined jobs of the index. */
  readonly maxJobs: number;
  /**
   * Waits before stalled jobs are read a second time, because the queue may be empty for a moment while a producer
   * sends. Without it they are read once, which is enough for a caller that repeats the whole call.
   */
  readonly beforeSecondRead?: () => Promise<void>;
  /** Limits the jobs whose ledgers are read, and the ledgers per job. Default: all jobs, 256 ledgers of each. */
  readonly ledgers?: { readonly maxJobs: number; readonly maxPerJob: number };
}

const PAGE_SIZE = 1000;
const CONCURRENT_JOBS = 8;

type Store = Pick<JobStore, 'job' | 'listJobs' | 'lastStoredOn'>;

/**
 * Reads the index, and the item of each RUNNING job. Also reads ledgers of unfinished groups, for each job that can be
 * stalled.
 */
export async function unfinishedJobs(store: Store, options: UnfinishedOptions): Promise<UnfinishedJobs> {
  const { ids, ...counts } = await runningIds(store, options);
  const firstRead = await readUnfinished(store, ids, options);
  const unreadable = counts.unreadable + firstRead.unreadable;
  const { beforeSecondRead } = options;
  const stalled = firstRead.jobs.filter(({ state }) => state === 'stalled').map(({ job_id }) => job_id);
  if (stalled.length === 0 || !beforeSecondRead) return { ...counts, unreadable, jobs: firstRead.jobs };
  await beforeSecondRead();
  const rereadViews = new Map((await readUnfinished(store, stalled, options)).jobs.map((view) => [view.job_id, view]));
  const jobs = firstRead.jobs.flatMap((view) =>
    view.state === 'stalled' ? (rereadViews.get(view.job_id) ?? []) : [view],
  );
  return { ...counts, unreadable, jobs };
}

async function runningIds(store: Store, { maxJobs, signal }: UnfinishedOptions) {
  const ids: string[] = [];
  let examined = 0;
  let unreadable = 0;
  let after: string | undefined;
  do {
    const limit = Math.min(PAGE_SIZE, maxJobs - examined);
    const page = await store.listJobs({ limit, after, signal });
    for (const { job_id, status } of page.jobs) if (status === 'RUNNING') ids.push(job_id);
    examined += page.jobs.length + page.unreadable;
    unreadable += page.unreadable;
    after = page.next;
  } while (after !== undefined && examined < maxJobs);
  return { ids, examined, unreadable, isComplete: after === undefined };
}

async function readUnfinished(store: Store, ids: readonly string[], options: UnfinishedOptions) {
  const { queue, signal, ledgers } = options;
  const maxLedgerJobs = ledgers?.maxJobs ?? Number.POSITIVE_INFINITY;
  const statusBefore = await queue();
  const now = statusBefore.now ?? Date.now();
  // A job can be stalled only if the queue is empty. Its ledgers then show whether something was stored just now.
  const isQueueEmpty = statusBefore.waiting + statusBefore.inFlight + statusBefore.delayed === 0;
  let unreadable = 0;
  let ledgerJobs = 0;
  const readOne = async (id: string) => {
    const job = await readableJob(store, id, { signal });
    if (job === UNREADABLE) unreadable += 1;
    // The index may lag behind: the job may be COMPLETE or deleted by now.
    if (job === UNREADABLE || job?.status !== 'RUNNING') return [];
    const isOld = now - Date.parse(job.started_on) >= STALLED_AFTER_MS;
    if (!isOld || !isQueueEmpty || ledgerJobs >= maxLedgerJobs) return [{ job, lastStoredOn: undefined }];
    ledgerJobs += 1;
    const ledgerOptions = { signal, ...(ledgers && { maxGroups: ledgers.maxPerJob }) };
    return [{ job, lastStoredOn: await store.lastStoredOn(job, ledgerOptions) }];
  };
  const runningJobs: { readonly job: JobItem; readonly lastStoredOn: number | undefined }[] = [];
  for (let from = 0; from < ids.length; from += CONCURRENT_JOBS) {
    runningJobs.push(...(await Promise.all(ids.slice(from, from + CONCURRENT_JOBS).map(readOne))).flat());
  }
  // The queue is read again after the ledgers, because messages may have arrived meanwhile.
  const status = isQueueEmpty ? await queue() : statusBefore;
  return { jobs: runningJobs.map(({ job, ...read }) => toJobView(job, { queue: status, now, ...read })), unreadable };
}
