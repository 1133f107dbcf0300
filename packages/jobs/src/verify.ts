// Checks that a job's plan, tree, ledgers, slices and object agree, and compares its movies with the generator's.
import { groupsBelow, type JobItem, jobIdOf, numbersOf, objectKey, partsOf, shapeOf, treeOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { getJob } from './job-item.ts';
import { type JobRef, OBJECT_END } from './part-bytes.ts';
import { type DigestedObject, digestJobObject, PartDigests } from './part-digests.ts';
import { GROUPS_AHEAD } from './read-movies.ts';
import { readInOrder } from './slice-pages.ts';
import { checkGroup, type GenerateMovies, type Problem } from './verify-group.ts';

export interface VerifyReport {
  readonly job_id: string;
  /** The job is COMPLETE and has no problem. */
  readonly ok: boolean;
  readonly status: JobItem['status'] | 'MISSING';
  readonly groups: number;
  readonly slices: number;
  /** Distinct movies that are stored. */
  readonly movies: number;
  readonly movies_expected: number;
  /** Movies that are in more than one slice. That is normal: redeliveries may be batched differently. */
  readonly repeated: number;
  readonly object_bytes: number | undefined;
  /** The number of the object's parts, and the parts that are not what the slices make (counted from 1, as S3 does). */
  readonly object_parts: number;
  readonly parts_differing: readonly number[];
  /** The digest of the bytes that the slices make; undefined when a movie is missing. */
  readonly sha256_slices: string | undefined;
  readonly sha256_object: string | undefined;
  /** Whether each movie was compared with the generator. */
  readonly generator_compared: boolean;
  /** The first 100 problems. */
  readonly problems: readonly Problem[];
  readonly problems_total: number;
}

export interface VerifyOptions {
  readonly signal: AbortSignal;
  /** `(range) => generateMovies(plan.seed, range)`, when this version has the plan's generator. */
  readonly generate?: GenerateMovies | undefined;
}

const MAX_PROBLEMS = 100;

export async function verifyJob(
  context: JobsContext,
  ref: JobRef,
  { signal, generate }: VerifyOptions,
): Promise<VerifyReport> {
  const job = await getJob(context, ref.job_id, signal);
  const problems = createProblemList();
  if (job === undefined)
    problems.add({ kind: 'no_job', text: 'The job has no item: nothing is stored.', repair: 'resume' });
  if (jobIdOf(ref.plan) !== ref.job_id || (job !== undefined && jobIdOf(job.plan) !== ref.job_id)) {
    problems.add({ kind: 'plan_mismatch', text: 'The job id does not follow from the plan.', repair: undefined });
  }
  const { digests, ...counts } = await checkGroups(context, { ref, job, signal, generate }, problems.add);
  if (problems.total() === 0 && job !== undefined && job.status !== 'COMPLETE') {
    problems.add({ kind: 'not_woken', text: 'Every movie is counted, but the job is not COMPLETE.', repair: 'resume' });
  }
  const { parts } = partsOf(ref.plan, context.minPartMovies);
  let object: DigestedObject | undefined;
  if (job?.status === 'COMPLETE') {
    object = await digestJobObject(context, ref.job_id, digests?.parts ?? [], signal);
    checkObject(ref, { object, digests, parts }, problems.add);
  }
  return {
    job_id: ref.job_id,
    ok: problems.total() === 0,
    status: job?.status ?? 'MISSING',
    groups: shapeOf(ref.plan).groups,
    ...counts,
    movies_expected: ref.plan.movies,
    object_bytes: object?.bytes,
    object_parts: parts,
    parts_differing: object?.differing ?? [],
    sha256_slices: digests?.sha256,
    sha256_object: object?.sha256,
    generator_compared: generate !== undefined,
    problems: problems.first,
    problems_total: problems.total(),
  };
}

type AddProblem = (problem: Problem) => void;

function createProblemList() {
  const first: Problem[] = [];
  let total = 0;
  const add: AddProblem = (problem) => {
    total += 1;
    if (first.length < MAX_PROBLEMS) first.push(problem);
  };
  return { first, add, total: () => total };
}

interface GroupsToCheck extends VerifyOptions {
  readonly ref: JobRef;
  readonly job: JobItem | undefined;
}

/** Reads every group once. `digests` are those of the bytes that the slices make; undefined when a movie is missing. */
async function checkGroups(
  context: JobsContext,
  { ref, job, signal, generate }: GroupsToCheck,
  addProblem: AddProblem,
) {
  const { groups } = shapeOf(ref.plan);
  const { groupsPerPart } = partsOf(ref.plan, context.minPartMovies);
  const tree = treeOf(ref.plan, context.minPartMovies);
  // The root's children are the ledgers themselves, or nodes above `groupsPerChild` ledgers each.
  const isChildOfRoot = tree.levels.length === 1;
  const groupsPerChild = groupsBelow(tree, tree.levels.length - 1, 0).count;
  async function* groupPages(group: number, signal: AbortSignal) {
    const isInRoot = job?.done.has(Math.floor(group / groupsPerChild)) ?? false;
    const options = { isInRoot, isChildOfRoot, signal, generate };
    for await (const page of checkGroup(context, ref, group, options)) yield { ...page, group };
  }
  const digests = new PartDigests();
  const counts = { slices: 0, movies: 0, repeated: 0 };
  let part = 0;
  const pages = readInOrder(GROUPS_AHEAD, signal, (signal) =>
    numbersOf({ first: 0, count: groups }).map((group) => groupPages(group, signal)),
  );
  for await (const page of pages) {
    for (; part < Math.floor(page.group / groupsPerPart); part += 1) digests.endPart();
    digests.add(page.lines);
    counts.slices += page.slices;
    counts.movies += page.movies;
    counts.repeated += page.repeated;
    for (const problem of page.problems) addProblem(problem);
  }
  const isEveryMovieStored = counts.movies === ref.plan.movies;
  digests.add(OBJECT_END);
  digests.endPart();
  return { ...counts, digests: isEveryMovieStored ? digests.end() : undefined };
}

interface ObjectToCheck {
  readonly object: DigestedObject | undefined;
  readonly digests: { readonly sha256: string } | undefined;
  readonly parts: number;
}

function checkObject({ job_id }: JobRef, { object, digests, parts }: ObjectToCheck, addProblem: AddProblem): void {
  const key = objectKey(job_id);
  if (object === undefined) {
    addProblem({ kind: 'object_missing', text: `The object ${key} is not in the bucket.`, repair: 'repair' });
  } else if (digests !== undefined && object.sha256 !== digests.sha256) {
    const differingParts = parts === 1 ? '' : `: ${partsText(object.differing)} of ${parts}`;
    addProblem({
      kind: 'object_differs',
      text: `The object ${key} is not what the slices make${differingParts}.`,
      repair: 'repair',
    });
  }
}

const SHOWN_PARTS = 10;

/** @example partsText([2, 5]) // 'parts 2, 5' */
export function partsText(parts: readonly number[]): string {
  const more = parts.length > SHOWN_PARTS ? `, … (${parts.length})` : '';
  return `part${parts.length === 1 ? '' : 's'} ${parts.slice(0, SHOWN_PARTS).join(', ')}${more}`;
}
