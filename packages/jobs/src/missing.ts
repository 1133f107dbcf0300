// What must be sent again so that a job gets on: the walk through its tree that `resume` makes.
import type { TableItem } from '@movie-load/aws';
import {
  type CompletionTree,
  childrenOf,
  firstChildOf,
  groupsBelow,
  type JobShape,
  jobKey,
  MovieLoadError,
  messagesOfGroup,
  moviesOfMessage,
  parseSlicePart,
  shapeOf,
  type TreeNode,
  treeKey,
  treeOf,
} from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { lacking, numbersIn } from './item.ts';
import { jobIn } from './job-item.ts';
import { missingNumbers } from './ledger.ts';
import { isDeleted, jobMarker } from './marker.ts';
import type { JobRef } from './part-bytes.ts';
import { getLedger, ledgers } from './read-jobs.ts';
import { inOrder, slicePages } from './slice-pages.ts';

/** Messages of one group to be sent again. */
export interface MissingMessages {
  readonly group: number;
  /** Message numbers within the job. */
  readonly numbers: readonly number[];
  /** `missing`: not stored. `climb`: stored, but the consumer that stored it died before it climbed the tree. */
  readonly why: 'missing' | 'climb';
}

export interface FindOptions {
  readonly signal: AbortSignal;
  /** Looks at every ledger and every slice's key, and so also finds what was counted and then deleted. */
  readonly thorough?: boolean | undefined;
}

const READ_AHEAD = 16;

/**
 * Yields what a resume has to send; nothing when the job is COMPLETE. Reads only what is below children that the root
 * lacks. While consumers are at work it may name what is being stored at this moment: sending that again is harmless.
 *
 * @throws `MovieLoadError` `job_deleted`, `job_expired`
 */
export async function* findMissing(
  context: JobsContext,
  job: JobRef,
  { signal, thorough = false }: FindOptions,
): AsyncGenerator<MissingMessages> {
  const item = await context.table.get(jobKey(job.job_id), { signal });
  requireNotGone(context, item);
  const root = jobIn(item);
  if (thorough) yield* findLost(context, job, signal);
  if (root?.status === 'COMPLETE') return;
  const tree = treeOf(job.plan, context.minPartMovies);
  const walk: Walk = { context, job, tree, signal, isThorough: thorough };
  const done = root?.done ?? new Set<number>();
  const children = lackingChildren(tree, { level: 'root' }, done);
  yield* below(walk, tree.levels.length - 1, children);
  if (children.length === 0) yield climbAgain(shapeOf(job.plan), 0);
}

/** Throws `MovieLoadError` `job_deleted` or `job_expired`: what is sent of such a job is lost. */
function requireNotGone({ clock }: JobsContext, item: TableItem | undefined): void {
  const marker = jobMarker(item);
  if (marker !== undefined) throw isDeleted(marker);
  const job = jobIn(item);
  if (job?.expires_at === undefined || job.expires_at * 1000 > clock.now()) return;
  throw new MovieLoadError(
    'job_expired',
    `Job ${job.job_id} expired on ${new Date(job.expires_at * 1000).toISOString()}: DynamoDB is removing what was stored of it. Produce its movies again as a new job.`,
  );
}

interface Walk {
  readonly context: JobsContext;
  readonly job: JobRef;
  readonly tree: CompletionTree;
  readonly signal: AbortSignal;
  /** Then every ledger was looked at already. */
  readonly isThorough: boolean;
}

/** What is missing below some nodes of a level. */
function below(walk: Walk, level: number, nodes: readonly number[]): AsyncGenerator<MissingMessages> {
  const look = level === 0 ? inGroup : inNode;
  return inOrder(level === 0 ? READ_AHEAD : 1, walk.signal, (signal) =>
    nodes.values().map((node) => look({ ...walk, signal }, node, level)),
  );
}

async function* inNode(walk: Walk, node: number, level: number): AsyncGenerator<MissingMessages> {
  const { context, job, signal } = walk;
  const of: TreeNode = { level, node };
  const item = await context.table.get(treeKey(job.job_id, of), { signal });
  const children = lackingChildren(walk.tree, of, numbersIn(item?.done));
  if (children.length > 0) yield* below(walk, level - 1, children);
  else yield climbAgain(shapeOf(job.plan), groupsBelow(walk.tree, level, node).first);
}

async function* inGroup({ context, job, signal, isThorough }: Walk, group: number): AsyncGenerator<MissingMessages> {
  const shape = shapeOf(job.plan);
  const ledger = await getLedger(context, job.job_id, group, signal);
  const numbers = missingNumbers(shape, group, ledger?.stored ?? new Set());
  if (numbers.length === 0) yield climbAgain(shape, group);
  else if (!isThorough) yield { group, numbers, why: 'missing' };
}

/** One delivery of any of its messages makes a full group climb the tree again. */
const climbAgain = (shape: JobShape, group: number): MissingMessages => ({
  group,
  numbers: [messagesOfGroup(shape, group).first],
  why: 'climb',
});

/** Children that a node's set lacks, as node numbers of the level below. */
const lackingChildren = (tree: CompletionTree, of: TreeNode, done: ReadonlySet<unknown>): number[] =>
  lacking({ first: firstChildOf(tree, of), count: childrenOf(tree, of) }, done);

/** All groups, by their ledgers and the keys of their slices: messages that are not counted or have lost a movie. */
async function* findLost(context: JobsContext, job: JobRef, signal: AbortSignal): AsyncGenerator<MissingMessages> {
  const shape = shapeOf(job.plan);
  for await (const { group, ledger } of ledgers(context, job, signal)) {
    const numbers = new Set(missingNumbers(shape, group, ledger?.stored ?? new Set()));
    for (const number of await uncoveredMessages(context, job, shape, group, signal)) numbers.add(number);
    if (numbers.size > 0) yield { group, numbers: [...numbers].sort((a, b) => a - b), why: 'missing' };
  }
}

/** Message numbers of a group with a movie that no slice has. */
async function uncoveredMessages(
  context: JobsContext,
  { job_id, plan }: JobRef,
  shape: JobShape,
  group: number,
  signal: AbortSignal,
): Promise<number[]> {
  const own = messagesOfGroup(shape, group);
  const uncovered: number[] = [];
  let number = own.first;
  const noteUpTo = (movie: number, next: number) => {
    // Messages before `movie` that end behind `next`, the first movie that is not covered.
    for (; number < own.first + own.count; number += 1) {
      const { first, count } = moviesOfMessage(plan, number);
      if (first >= movie) return;
      if (first + count > next) uncovered.push(number);
    }
  };
  let next = 0;
  for await (const items of slicePages(context, job_id, group, { signal, attributes: ['part'] })) {
    for (const item of items) {
      const range = parseSlicePart(item.part?.S ?? '');
      if (range === undefined) continue;
      if (range.first > next) noteUpTo(range.first, next);
      next = Math.max(next, range.first + range.count);
    }
  }
  noteUpTo(Number.POSITIVE_INFINITY, next);
  return uncovered;
}
