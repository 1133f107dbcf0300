// Jobs in memory, what is stored of them, and looks at how far they are.
import { type JobItem, type JobPlan, jobIdOf, type Ledger, planJob } from '@movie-load/schema';
import { createProgress } from '../src/job-progress.ts';
import { createJobsList } from '../src/jobs-list.ts';
import type { Marks } from '../src/marks.ts';

export const began = Date.parse('2026-11-25T09:00:00.000Z');
export const planOf = (movies: number, nonce = 'looks') =>
  planJob({ nonce, movies, movies_per_message: 1, seed: 1, generator: 1 });

const runningJob = (plan: JobPlan): JobItem => ({
  job_id: jobIdOf(plan),
  kind: 'job',
  plan,
  status: 'RUNNING',
  started_on: new Date(began).toISOString(),
  done: new Set(),
});

/** The progress of these jobs over a store in memory that counts what it is asked. */
export function startProgress(plans: readonly JobPlan[]) {
  let time = began;
  const items = new Map(plans.map((plan) => [jobIdOf(plan), runningJob(plan)]));
  const stored = new Map<number, number>();
  /** What was asked: the groups of each look. */
  const looks: { readonly groups: number[]; readonly signal: AbortSignal | undefined }[] = [];
  let marks: Marks = { inFlight: new Map(), returned: new Map(), dead: new Map(), seenOn: began };
  const asked: { jobs: number; marks: number } = { jobs: 0, marks: 0 };
  const state: { gate: Promise<unknown> } = { gate: Promise.resolve() };
  const store = {
    async job(jobId: string) {
      asked.jobs += 1;
      await state.gate;
      return items.get(jobId);
    },
    async *ledgers(_: unknown, groups: Iterable<number> = [], { signal }: { signal?: AbortSignal | undefined } = {}) {
      const wanted = [...groups];
      looks.push({ groups: wanted, signal });
      for (const group of wanted) {
        const count = stored.get(group) ?? 0;
        const ledger =
          count === 0 ? undefined : ({ stored: new Set(Array.from({ length: count }, (_, at) => at)) } as Ledger);
        yield { group, expected: 0, ledger };
      }
    },
    upload: async () => undefined,
    listJobs: async () => ({ jobs: [], next: undefined, unreadable: 0 }),
    lastStoredOn: async () => undefined,
  };
  const { view } = createJobsList({
    store,
    now: () => time,
    queueStatus: () => Promise.reject(new Error('not asked')),
  });
  const { read } = createProgress({
    store,
    view,
    marksOf: async () => {
      asked.marks += 1;
      return marks;
    },
    now: () => time,
  });
  return {
    read,
    looks,
    stored,
    asked,
    state,
    change(jobId: string, changes: Partial<JobItem>) {
      const item = items.get(jobId);
      if (item) items.set(jobId, { ...item, ...changes });
    },
    mark: (more: Partial<Marks>) => {
      marks = { ...marks, ...more };
    },
    pass: (ms: number) => {
      time += ms;
    },
  };
}
