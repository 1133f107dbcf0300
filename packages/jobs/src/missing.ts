// Finds the messages that `resume` must send again so that a job completes, by a walk through its tree.
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
import { missingFrom, parseNumberSet } from './item.ts';
import { parseJobItem } from './job-item.ts';
import { missingNumbers } from './ledger.ts';
import { jobDeletedError, parseMarker } from './marker.ts';
import type { JobRef } from './part-bytes.ts';
import { getLedger, ledgers } from './read-jobs.ts';
import { readInOrder, slicePages } from './slice-pages.ts';

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
  /** Reads every ledger and every slice's key, so it also finds movies that were counted and then deleted. */
  readonly thorough?: boolean | undefined;
}

const READ_AHEAD = 16;

/**
 * Yields the messages that a resume has to send. Reads only below children that are missing in the root, so it yields
 * none when the job is COMPLETE, unless it is `thorough`. While consumers are at work it may name messages that are
 * being stored: sending these again is harmless.
 *
 * @throws `MovieLoadError` `job_deleted`, `job_expired`
 */
export async function* findMissing(
  context: JobsContext,
  job: JobRef,
  { signal, thorough = false }: FindOptions,
): AsyncGenerator<MissingMessages> {
  const item = await context.table.get(jobKey(job.job_id), { signal });
  assertNotDeleted(context, item);
  const root = parseJobItem(item);
  if (thorough) yield* findInEveryGroup(context, job, signal);
  if (root?.status === 'COMPLETE') return;
  const tree = treeOf(job.plan, context.minPartMovies);
  const walk: Walk = { context, job, tree, signal, isThorough: thorough };
  const done = root?.done ?? new Set<number>();
  const children = missingChildren(tree, { level: 'root' }, done);
  yield* missingBelow(walk, tree.levels.length - 1, children);
  if (children.length === 0) yield climbTrigger(shapeOf(job.plan), 0);
}

/** Throws `MovieLoadError` `job_deleted` or `job_expired`: messages of such a job would be lost. */
function assertNotDeleted({ clock }: JobsContext, item: TableItem | undefined): void {
  const marker = parseMarker(item);
  if (marker !== undefined) throw jobDeletedError(marker);
  const job = parseJobItem(item);
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
  /** Every ledger was read before, and what is missing in it was yielded. */
  readonly isThorough: boolean;
}

/** The messages that are missing below the given nodes of a level. */
function missingBelow(walk: Walk, level: number, nodes: readonly number[]): AsyncGenerator<MissingMessages> {
  const missingIn = level === 0 ? missingInGroup : missingInNode;
  return readInOrder(level === 0 ? READ_AHEAD : 1, walk.signal, (signal) =>
    nodes.values().map((node) => missingIn({ ...walk, signal }, node, level)),
  );
}

async function* missingInNode(walk: Walk, node: number, level: number): AsyncGenerator<MissingMessages> {
  const { context, job, signal } = walk;
  const treeNode: TreeNode = { level, node };
  const item = await context.table.get(treeKey(job.job_id, treeNode), { signal });
  const children = missingChildren(walk.tree, treeNode, parseNumberSet(item?.done));
  if (children.length > 0) yield* missingBelow(walk, level - 1, children);
  else yield climbTrigger(shapeOf(job.plan), groupsBelow(walk.tree, level, node).first);
}

async function* missingInGroup(
  { context, job, signal, isThorough }: Walk,
  group: number,
): AsyncGenerator<MissingMessages> {
  const shape = shapeOf(job.plan);
  const ledger = await getLedger(context, job.job_id, group, signal);
  const numbers = missingNumbers(shape, group, ledger?.stored ?? new Set());
  if (numbers.length === 0) yield climbTrigger(shape, group);
  else if (!isThorough) yield { group, numbers, why: 'missing' };
}

/** The message to send so that a full group climbs again: any message of the group does. */
const climbTrigger = (shape: JobShape, group: number): MissingMessages => ({
  group,
  numbers: [messagesOfGroup(shape, group).first],
  why: 'climb',
});

/** Children that are missing in a node's set, as node numbers of the level below. */
const missingChildren = (tree: CompletionTree, of: TreeNode, done: ReadonlySet<unknown>): number[] =>
  missingFrom({ first: firstChildOf(tree, of), count: childrenOf(tree, of) }, done);

/** Messages of all groups that are not counted in their ledger, or of which a movie is in no slice. */
async function* findInEveryGroup(
  context: JobsContext,
  job: JobRef,
  signal: AbortSignal,
): AsyncGenerator<MissingMessages> {
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
  const messages = messagesOfGroup(shape, group);
  const uncovered: number[] = [];
  let number = messages.first;
  // Movies `from` to `to - 1` are in no slice: adds the messages that have one of them. Skips the messages before them.
  const addUncovered = (from: number, to: number) => {
    for (; number < messages.first + messages.count; number += 1) {
      const { first, count } = moviesOfMessage(plan, number);
      if (first >= to) return;
      if (first + count > from) uncovered.push(number);
    }
  };
  let next = 0;
  for await (const items of slicePages(context, job_id, group, { signal, attributes: ['part'] })) {
    for (const item of items) {
      const range = parseSlicePart(item.part?.S ?? '');
      if (range === undefined) continue;
      if (range.first > next) addUncovered(next, range.first);
      next = Math.max(next, range.first + range.count);
    }
  }
  addUncovered(next, Number.POSITIVE_INFINITY);
  return uncovered;
}
