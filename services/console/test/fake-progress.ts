// Jobs in memory with their stored messages, and reads of their progress.
import type { JobRef, UnfinishedUpload } from '@movie-load/jobs';
import {
  type JobItem,
  type JobPlan,
  jobIdOf,
  type Ledger,
  messagesOfGroup,
  planJob,
  shapeOf,
} from '@movie-load/schema';
import { createProgress } from '../src/job-progress.ts';
import { createJobsList } from '../src/jobs-list.ts';
import type { Marks } from '../src/marks.ts';

export const began = Date.parse('2026-11-25T09:00:00.000Z');
export const STORED_BY = 'host-1-abcd';
export const planOf = (movies: number, nonce = 'progress') =>
  planJob({ nonce, movies, movies_per_message: 1, seed: 1, generator: 1 });

export const runningJob = (plan: JobPlan): JobItem => ({
  job_id: jobIdOf(plan),
  kind: 'job',
  plan,
  status: 'RUNNING',
  started_on: new Date(began).toISOString(),
  done: new Set(),
});

/** The progress of these jobs over a store in memory that counts its calls. */
export function startProgress(plans: readonly JobPlan[]) {
  let time = began;
  const items = new Map(plans.map((plan) => [jobIdOf(plan), runningJob(plan)]));
  /** Stored messages by group: how many, from its first one on; or a set of their offsets in the group. */
  const stored = new Map<number, number | ReadonlySet<number>>();
  /** Recorded calls: the groups of each read. */
  const reads: { readonly groups: number[]; readonly signal: AbortSignal | undefined }[] = [];
  let marks: Omit<Marks, 'seenOn'> = { inFlight: new Map(), returned: new Map(), dead: new Map() };
  const calls: { jobs: number; marks: number } = { jobs: 0, marks: 0 };
  const state = {
    /** Each read of a job item waits for it. */
    gate: Promise.resolve() as Promise<unknown>,
    /** The signal of the last read of a job item. */
    jobSignal: undefined as AbortSignal | undefined,
    /** Age of the read of the queue that a job shares with others. */
    queueAgeMs: 0,
    upload: async (): Promise<UnfinishedUpload | undefined> => undefined,
  };
  const offsetsOf = (group: number): ReadonlySet<number> => {
    const of = stored.get(group) ?? 0;
    return typeof of === 'number' ? new Set(Array.from({ length: of }, (_, offset) => offset)) : new Set(of);
  };
  const store = {
    async job(jobId: string, { signal }: { signal?: AbortSignal | undefined } = {}) {
      calls.jobs += 1;
      state.jobSignal = signal;
      await state.gate;
      return items.get(jobId);
    },
    async *ledgers(
      { plan }: JobRef,
      groups: Iterable<number> = [],
      { signal }: { signal?: AbortSignal | undefined } = {},
    ) {
      const requestedGroups = [...groups];
      reads.push({ groups: requestedGroups, signal });
      const shape = shapeOf(plan);
      for (const group of requestedGroups) {
        const offsets = offsetsOf(group);
        const ledger = offsets.size === 0 ? undefined : ({ stored: offsets } as Ledger);
        yield { group, expected: messagesOfGroup(shape, group).count, ledger };
      }
    },
    async *traces({ plan }: JobRef, group: number) {
      const { first } = messagesOfGroup(shapeOf(plan), group);
      for (const offset of offsetsOf(group)) yield { number: first + offset, stored_by: STORED_BY } as never;
    },
    upload: () => state.upload(),
    listJobs: async () => ({ jobs: [], next: undefined, unreadable: 0 }),
    lastStoredOn: async () => undefined,
  };
  const { view } = createJobsList({
    store,
    now: () => time,
    queueStatus: () => Promise.reject(new Error('not used')),
  });
  const { read } = createProgress({
    store,
    view,
    marksOf: async () => {
      calls.marks += 1;
      return { ...marks, seenOn: time - state.queueAgeMs };
    },
    now: () => time,
  });
  return {
    read,
    store,
    reads,
    stored,
    calls,
    state,
    add: (plan: JobPlan) => void items.set(jobIdOf(plan), runningJob(plan)),
    change(jobId: string, changes: Partial<JobItem>) {
      const item = items.get(jobId);
      if (item) items.set(jobId, { ...item, ...changes });
    },
    mark: (more: Partial<typeof marks>) => {
      marks = { ...marks, ...more };
    },
    pass: (ms: number) => {
      time += ms;
    },
  };
}
