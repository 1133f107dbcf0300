// The jobs that are not COMPLETE, for `jobs --stalled` and the console's metrics.
import type { QueueStatus } from '@movie-load/aws';
import { type JobStore, type ReadOptions, STALLED_AFTER_MS } from '@movie-load/jobs';
import type { JobItem } from '@movie-load/schema';
import { type JobView, readableJob, toJobView, UNREADABLE } from './job-view.ts';

export interface UnfinishedJobs {
  /** The latest first. */
  readonly jobs: readonly JobView[];
  /** The number of examined jobs, including COMPLETE ones. */
  readonly examined: number;
  /** Number of jobs that cannot be read: they have a newer plan version or were changed by hand. */
  readonly unreadable: number;
  /** False when there are older jobs that were not examined. */
  readonly isWhole: boolean;
}

export interface UnfinishedOptions extends ReadOptions {
  readonly queue: () => Promise<QueueStatus>;
  /** Maximum number of examined jobs of the index. */
  readonly atMost: number;
  /**
   * Waits before stalled jobs are examined a second time, because the queue may be empty for a moment while a producer
   * sends. A caller that looks repeatedly needs only one look.
   */
  readonly beforeSecondRead?: () => Promise<void>;
  /** The number of jobs whose ledgers are read, and of ledgers per job. Default: all jobs, some hundred ledgers. */
  readonly ledgers?: { readonly jobs: number; readonly atMost: number };
}

const PAGE = 1000;
const AT_ONCE = 8;

type Store = Pick<JobStore, 'job' | 'listJobs' | 'lastStoredOn'>;

/** Reads the index, and for each job that is not COMPLETE its item and the ledgers of some unfinished groups. */
export async function unfinishedJobs(store: Store, options: UnfinishedOptions): Promise<UnfinishedJobs> {
  const { ids, ...counts } = await runningIds(store, options);
  const first = await readUnfinished(store, ids, options);
  const unreadable = counts.unreadable + first.unreadable;
  const { beforeSecondRead } = options;
  const stalled = first.jobs.filter(({ state }) => state === 'stalled').map(({ job_id }) => job_id);
  if (stalled.length === 0 || !beforeSecondRead) return { ...counts, unreadable, jobs: first.jobs };
  await beforeSecondRead();
  const again = new Map((await readUnfinished(store, stalled, options)).jobs.map((view) => [view.job_id, view]));
  const jobs = first.jobs.flatMap((view) => (view.state === 'stalled' ? (again.get(view.job_id) ?? []) : [view]));
  return { ...counts, unreadable, jobs };
}

async function runningIds(store: Store, { atMost, signal }: UnfinishedOptions) {
  const ids: string[] = [];
  let examined = 0;
  let unreadable = 0;
  let after: string | undefined;
  do {
    const limit = Math.min(PAGE, atMost - examined);
    const page = await store.listJobs({ limit, after, signal });
    for (const { job_id, status } of page.jobs) if (status === 'RUNNING') ids.push(job_id);
    examined += page.jobs.length + page.unreadable;
    unreadable += page.unreadable;
    after = page.next;
  } while (after !== undefined && examined < atMost);
  return { ids, examined, unreadable, isWhole: after === undefined };
}

async function readUnfinished(store: Store, ids: readonly string[], options: UnfinishedOptions) {
  const { queue, signal, ledgers } = options;
  const mostAsked = ledgers?.jobs ?? Number.POSITIVE_INFINITY;
  const before = await queue();
  const now = before.now ?? Date.now();
  // Only with an empty queue can a job be stalled; its ledgers show whether something was stored just now.
  const isEmpty = before.waiting + before.inFlight + before.delayed === 0;
  let unreadable = 0;
  let asked = 0;
  const one = async (id: string) => {
    const job = await readableJob(store, id, { signal });
    if (job === UNREADABLE) unreadable += 1;
    // The index may lag behind: the job may be COMPLETE or deleted by now.
    if (job === UNREADABLE || job?.status !== 'RUNNING') return [];
    const isOld = now - Date.parse(job.started_on) >= STALLED_AFTER_MS;
    if (!isOld || !isEmpty || asked >= mostAsked) return [{ job, lastStoredOn: undefined }];
    asked += 1;
    const readUnfinished = { signal, ...(ledgers && { atMost: ledgers.atMost }) };
    return [{ job, lastStoredOn: await store.lastStoredOn(job, readUnfinished) }];
  };
  const found: { readonly job: JobItem; readonly lastStoredOn: number | undefined }[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    found.push(...(await Promise.all(ids.slice(from, from + AT_ONCE).map(one))).flat());
  }
  // After reading the ledgers, because messages may have arrived meanwhile.
  const status = isEmpty ? await queue() : before;
  return { jobs: found.map(({ job, ...read }) => toJobView(job, { queue: status, now, ...read })), unreadable };
}
