// The list of jobs for the page. A job that is COMPLETE is read once: nothing of it changes any more.
import type { QueueStatus } from '@movie-load/aws';
import { type JobStore, jobState, STALLED_AFTER_MS, treeProgress } from '@movie-load/jobs';
import type { JobItem } from '@movie-load/schema';
import type { JobsPage, JobView } from './api.ts';
import { type StateOf, toJobView } from './job-view.ts';

export interface JobsListOptions {
  readonly store: Pick<JobStore, 'job' | 'listJobs' | 'lastStoredOn'>;
  readonly queueStatus: () => Promise<QueueStatus>;
  readonly now?: () => number;
}

const LIMIT_MS = 10_000;
const REMEMBERED = 1000;
/** Asking when a job stored something last reads ledgers; so often is enough. */
const STATE_FRESH_MS = 10_000;
const ASKED_AT_ONCE = 2;
const LEDGERS = 64;

export function createJobsList({ store, queueStatus, now = Date.now }: JobsListOptions) {
  const complete = new Map<string, JobView>();
  let asking = 0;
  const states = new Map<string, { readonly at: number; readonly state: StateOf }>();

  /** Running, waiting or stalled; what costs reads is asked only of jobs that are old enough to be either. */
  async function stateOf(job: JobItem): Promise<StateOf> {
    if (job.status === 'COMPLETE') return { state: 'COMPLETE', why: null };
    if (now() - Date.parse(job.started_on) < STALLED_AFTER_MS) return { state: 'RUNNING', why: null };
    const known = states.get(job.job_id);
    if (known && now() - known.at < STATE_FRESH_MS) return known.state;
    const mayAsk = asking < ASKED_AT_ONCE;
    const [queue, last] = await Promise.all([queueStatus(), mayAsk ? lastStoredOn(job) : undefined]);
    const state = jobState(job, queue, now(), last);
    const found = { state, why: whyOf(state, queue.waiting + queue.inFlight + queue.delayed) };
    // While others are asked for, the queue alone tells; the next look may ask.
    if (!mayAsk) return found;
    if (states.size > REMEMBERED) states.clear();
    states.set(job.job_id, { at: now(), state: found });
    return found;
  }

  async function lastStoredOn(job: JobItem): Promise<number | undefined> {
    asking += 1;
    try {
      return await store.lastStoredOn(job, { signal: AbortSignal.timeout(LIMIT_MS), atMost: LEDGERS });
    } finally {
      asking -= 1;
    }
  }

  async function view(job: JobItem): Promise<JobView> {
    const made = toJobView(job, treeProgress(job).fraction * 100, await stateOf(job), now());
    if (job.status === 'COMPLETE') {
      if (complete.size > REMEMBERED) complete.clear();
      complete.set(job.job_id, made);
    }
    return made;
  }

  return {
    view,
    /** The latest first. */
    async page({ limit, after }: { limit: number; after?: string | undefined }): Promise<JobsPage> {
      const signal = AbortSignal.timeout(LIMIT_MS);
      const { jobs, next } = await store.listJobs({ limit, after, signal });
      const views = await Promise.all(
        jobs.map(async ({ job_id }) => {
          const known = complete.get(job_id);
          if (known) return known;
          const job = await store.job(job_id, { signal });
          return job && view(job);
        }),
      );
      return { jobs: views.filter((one) => one !== undefined), next: next ?? null };
    },
  };
}

function whyOf(state: JobView['state'], inQueue: number): string | null {
  const quiet = 'Nothing of it was stored for two minutes';
  if (state === 'waiting') return `${quiet}; the queue has ${inQueue} messages before or of it. Are consumers running?`;
  return state === 'stalled' ? `${quiet}, and the queue is empty. Resume sends what is missing.` : null;
}
