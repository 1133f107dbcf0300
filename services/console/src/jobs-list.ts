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
  /** Number of jobs in the cache of slowly changing facts. Default: 1,000. */
  readonly remembered?: number;
}

const LIMIT_MS = 10_000;
const REMEMBERED = 1000;
/** Interval between reads of when a job last stored something, which cost ledger reads. */
const OBSERVED_FRESH_MS = 10_000;
const ASKED_AT_ONCE = 2;
const LEDGERS = 64;
const NOT_ASKED: JobObservations['queue'] = { waiting: 0, inFlight: 0, delayed: 0 };

export function createJobsList(options: JobsListOptions) {
  const { store, queueStatus, now = Date.now, remembered = REMEMBERED } = options;
  const complete = new Map<string, JobItem>();
  /** By job id: an estimate generates a sample of movies. */
  const sends = new Map<string, number>();
  let asking = 0;
  const observed = new Map<string, { readonly at: number; readonly it: Omit<JobObservations, 'now'> }>();

  /** Reads only for jobs that are old enough to be waiting or stalled. */
  async function observe(job: JobItem | DeletingJob): Promise<Omit<JobObservations, 'now'>> {
    const isYoung = now() - Date.parse(job.started_on) < STALLED_AFTER_MS;
    if (job.status !== 'RUNNING' || isYoung) return { queue: NOT_ASKED };
    const known = observed.get(job.job_id);
    if (known && now() - known.at < OBSERVED_FRESH_MS) return known.it;
    const mayAsk = asking < ASKED_AT_ONCE;
    const [queue, last] = await Promise.all([queueStatus(), mayAsk ? lastStoredOn(job) : undefined]);
    const it = { queue, lastStoredOn: last };
    // While other jobs are read, the queue's counts have to suffice; the next look may read this job.
    if (!mayAsk) return it;
    if (observed.size > remembered) observed.clear();
    observed.set(job.job_id, { at: now(), it });
    return it;
  }

  async function lastStoredOn(job: JobItem): Promise<number | undefined> {
    asking += 1;
    try {
      return await store.lastStoredOn(job, { signal: AbortSignal.timeout(LIMIT_MS), maxGroups: LEDGERS });
    } finally {
      asking -= 1;
    }
  }

  function plannedSends({ job_id, plan }: JobItem | DeletingJob): number {
    const known = sends.get(job_id) ?? estimateJob(plan).sqs.sends;
    if (sends.size > remembered) sends.clear();
    sends.set(job_id, known);
    return known;
  }

  async function view(job: JobItem | DeletingJob, upload?: UnfinishedUpload): Promise<JobView> {
    if (job.status === 'COMPLETE') {
      if (complete.size > remembered) complete.clear();
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
      const signal = AbortSignal.timeout(LIMIT_MS);
      const { jobs, next } = await jobItems(store, { limit, after, signal }, (jobId) => complete.get(jobId));
      return { jobs: await Promise.all(jobs.map((job) => view(job))), next: next ?? null };
    },
  };
}
