// The list of jobs for the page. A COMPLETE job is read once, because it does not change any more.
import type { QueueStatus } from '@movie-load/aws';
import { type JobStore, STALLED_AFTER_MS, type UnfinishedUpload } from '@movie-load/jobs';
import { type DeletingJob, type JobObservations, jobItems, toJobView } from '@movie-load/operations';
import { estimateJob } from '@movie-load/queue';
import { type JobItem, planToToken } from '@movie-load/schema';
import type { JobsPage, JobView } from './api.ts';

export interface JobsListOptions {
  readonly store: Pick<JobStore, 'job' | 'listJobs' | 'lastStoredOn'>;
  readonly queueStatus: () => Promise<QueueStatus>;
  /** The time at AWS. */
  readonly now?: () => number;
  /** A cache of values that rarely change is emptied when it has more jobs than this. Default: 1,000. */
  readonly maxCached?: number;
}

const TIMEOUT_MS = 10_000;
const MAX_CACHED = 1000;
/** Interval between two reads of the time at which a job last stored something: they read ledgers. */
const OBSERVED_FRESH_MS = 10_000;
/** Limits of these reads: how many jobs at once, and how many ledgers of each. */
const MAX_CONCURRENT_READS = 2;
const MAX_LEDGERS = 64;
/** The counts for jobs for which the queue is not read. */
const UNREAD_QUEUE: JobObservations['queue'] = { waiting: 0, inFlight: 0, delayed: 0 };

export function createJobsList(options: JobsListOptions) {
  const { store, queueStatus, now = Date.now, maxCached = MAX_CACHED } = options;
  const complete = new Map<string, JobItem>();
  /** Planned sends by job id, cached because an estimate generates a sample of movies. */
  const sends = new Map<string, number>();
  let runningReads = 0;
  const observed = new Map<string, { readonly at: number; readonly observation: Omit<JobObservations, 'now'> }>();

  /** Reads only for jobs that are old enough to be waiting or stalled. */
  async function observe(job: JobItem | DeletingJob): Promise<Omit<JobObservations, 'now'>> {
    const isYoung = now() - Date.parse(job.started_on) < STALLED_AFTER_MS;
    if (job.status !== 'RUNNING' || isYoung) return { queue: UNREAD_QUEUE };
    const known = observed.get(job.job_id);
    if (known && now() - known.at < OBSERVED_FRESH_MS) return known.observation;
    const canRead = runningReads < MAX_CONCURRENT_READS;
    const [queue, last] = await Promise.all([queueStatus(), canRead ? lastStoredOn(job) : undefined]);
    const observation = { queue, lastStoredOn: last };
    // At the limit of concurrent reads, the queue's counts must suffice; the next request may read this job's ledgers.
    if (!canRead) return observation;
    if (observed.size > maxCached) observed.clear();
    observed.set(job.job_id, { at: now(), observation });
    return observation;
  }

  async function lastStoredOn(job: JobItem): Promise<number | undefined> {
    runningReads += 1;
    try {
      return await store.lastStoredOn(job, { signal: AbortSignal.timeout(TIMEOUT_MS), maxGroups: MAX_LEDGERS });
    } finally {
      runningReads -= 1;
    }
  }

  function plannedSends({ job_id, plan }: JobItem | DeletingJob): number {
    const known = sends.get(job_id) ?? estimateJob(plan).sqs.sends;
    if (sends.size > maxCached) sends.clear();
    sends.set(job_id, known);
    return known;
  }

  async function view(job: JobItem | DeletingJob, upload?: UnfinishedUpload): Promise<JobView> {
    if (job.status === 'COMPLETE') {
      if (complete.size > maxCached) complete.clear();
      complete.set(job.job_id, job);
    }
    const { plan } = job;
    return {
      ...toJobView(job, { ...(await observe(job)), now: now(), upload }),
      movies_per_message: plan.movies_per_message,
      seed: plan.seed,
      group_size: plan.group_size,
      plan_token: planToToken(plan),
      planned_sends: plannedSends(job),
    };
  }

  return {
    view,
    /** The latest first. */
    async page({ limit, after }: { limit: number; after?: string | undefined }): Promise<JobsPage> {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const { jobs, next } = await jobItems(store, { limit, after, signal }, (jobId) => complete.get(jobId));
      return { jobs: await Promise.all(jobs.map((job) => view(job))), next: next ?? null };
    },
  };
}
