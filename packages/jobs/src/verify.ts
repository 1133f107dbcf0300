// Compares everything that is known of a job: plan, tree, ledgers, slices, object, and the generator.
import { createHash } from 'node:crypto';
import { groupsBelow, type JobItem, jobIdOf, objectKey, shapeOf, treeOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { getJob } from './job-item.ts';
import type { JobRef } from './part-bytes.ts';
import { inOrder } from './slice-pages.ts';
import { checkGroup, type Expected, type Problem } from './verify-group.ts';

export interface VerifyReport {
  readonly job_id: string;
  /** No problem at all, and the job is COMPLETE. */
  readonly ok: boolean;
  readonly status: JobItem['status'] | 'MISSING';
  readonly groups: number;
  readonly slices: number;
  /** Distinct movies that are stored. */
  readonly movies: number;
  readonly movies_expected: number;
  /** Movies that are in more than one slice: redeliveries came in other batches. Normal. */
  readonly repeated: number;
  readonly object_bytes: number | undefined;
  /** Of what the slices make, when nothing is missing. */
  readonly sha256_slices: string | undefined;
  readonly sha256_object: string | undefined;
  /** Whether each movie was compared with the generator. */
  readonly generator_compared: boolean;
  /** The first 100. */
  readonly problems: readonly Problem[];
  readonly problems_total: number;
}

export interface VerifyOptions {
  readonly signal: AbortSignal;
  /** `(range) => generateMovies(plan.seed, range)`, when this version has the plan's generator. */
  readonly expected?: Expected | undefined;
}

const MAX_PROBLEMS = 100;
const GROUPS_AHEAD = 4;

export async function verifyJob(
  context: JobsContext,
  ref: JobRef,
  { signal, expected }: VerifyOptions,
): Promise<VerifyReport> {
  const job = await getJob(context, ref.job_id, signal);
  const stop = new AbortController();
  const reading = AbortSignal.any([signal, stop.signal]);
  const problems: Problem[] = [];
  let total = 0;
  const note = (problem: Problem) => {
    total += 1;
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  };
  if (job === undefined) note({ kind: 'no_job', text: 'The job has no item: nothing is stored.', repair: 'resume' });
  if (jobIdOf(ref.plan) !== ref.job_id || (job !== undefined && jobIdOf(job.plan) !== ref.job_id)) {
    note({ kind: 'plan_mismatch', text: 'The job id does not follow from the plan.', repair: undefined });
  }

  const { groups } = shapeOf(ref.plan);
  const tree = treeOf(ref.plan, context.minPartMovies);
  const isBelowRoot = tree.levels.length === 1;
  const below = groupsBelow(tree, tree.levels.length - 1, 0).count;
  function* sources() {
    for (let group = 0; group < groups; group += 1) {
      const isInRoot = job?.done.has(Math.floor(group / below)) ?? false;
      yield checkGroup(context, ref, group, { isInRoot, isBelowRoot, signal: reading, expected });
    }
  }
  const hash = createHash('sha256');
  const counts = { slices: 0, movies: 0, repeated: 0 };
  try {
    for await (const found of inOrder(sources(), GROUPS_AHEAD)) {
      hash.update(found.lines);
      counts.slices += found.slices;
      counts.movies += found.movies;
      counts.repeated += found.repeated;
      for (const problem of found.problems) note(problem);
    }
  } finally {
    stop.abort();
  }
  const isWhole = counts.movies === ref.plan.movies;
  const sha256_slices = isWhole ? hash.update('\n]\n').digest('hex') : undefined;
  if (total === 0 && job !== undefined && job.status !== 'COMPLETE') {
    note({ kind: 'not_woken', text: 'Every movie is counted, but the job is not COMPLETE.', repair: 'resume' });
  }
  const object = job?.status === 'COMPLETE' ? await hashObject(context, ref.job_id, signal) : undefined;
  if (job?.status === 'COMPLETE') {
    const key = objectKey(ref.job_id);
    if (object === undefined) {
      note({ kind: 'object_missing', text: `The object ${key} is not in the bucket.`, repair: 'repair' });
    } else if (sha256_slices !== undefined && object.sha256 !== sha256_slices) {
      note({ kind: 'object_differs', text: `The object ${key} is not what the slices make.`, repair: 'repair' });
    }
  }
  return {
    job_id: ref.job_id,
    ok: total === 0,
    status: job?.status ?? 'MISSING',
    groups,
    ...counts,
    movies_expected: ref.plan.movies,
    object_bytes: object?.bytes,
    sha256_slices,
    sha256_object: object?.sha256,
    generator_compared: expected !== undefined,
    problems,
    problems_total: total,
  };
}

/** The sha256 and size of a job's object as it is in the bucket; undefined when it is not there. */
export async function hashObject(
  context: JobsContext,
  jobId: string,
  signal: AbortSignal,
): Promise<{ readonly sha256: string; readonly bytes: number } | undefined> {
  const object = await context.objects.get(objectKey(jobId), { signal });
  if (object === undefined) return undefined;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of object.body) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}
