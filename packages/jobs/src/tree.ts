// Climbs the completion tree: adds a full set to its parent, and continues while the parent is full too.
import type { TableItem } from '@movie-load/aws';
import { childrenOf, parentOf, type TreeParent, treeKey, treeOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { boundedSetSize, expressionNames, numberSet } from './item.ts';
import { expirySet, NOT_DELETED } from './marker.ts';
import { ensurePart, type PartOptions } from './part.ts';
import type { JobRef } from './part-bytes.ts';

export type ClimbResult =
  /** A set on the way to the root is not full: the consumer that fills it continues. */
  | { readonly kind: 'open' }
  /** Every movie of the job is counted; this is the job's item. */
  | { readonly kind: 'root_full'; readonly job: TableItem }
  /** There is no job item. */
  | { readonly kind: 'no_job' }
  /** A node is a marker: the job was deleted. */
  | { readonly kind: 'deleted' };

/**
 * Climbs from a group whose ledger is full towards the root, as far as sets are full. A consumer that FINDS a set full
 * continues, because the one that filled it may be dead. The part of a full node is written before the node is added
 * to its parent.
 */
export async function climb(
  context: JobsContext,
  job: JobRef,
  { group, ledger }: { readonly group: number; readonly ledger: TableItem },
  options: PartOptions,
): Promise<ClimbResult> {
  const { job_id } = job;
  const tree = treeOf(job.plan, context.minPartMovies);
  let item = ledger;
  for (let level = 0, node = group; ; level += 1) {
    if (level === tree.partLevel) {
      await ensurePart(context, job, { part: node, recordedUpload: item.part_upload?.S }, options);
    }
    const { parent, child } = parentOf(tree, level, node);
    const after = await addChild(context, job_id, { parent, child }, options.signal);
    if (after === undefined) return { kind: parent.level === 'root' ? 'no_job' : 'deleted' };
    const children = childrenOf(tree, parent);
    if (boundedSetSize(after.done, children, treeKey(job_id, parent)) < children) return { kind: 'open' };
    if (parent.level === 'root') return { kind: 'root_full', job: after };
    item = after;
    node = parent.node;
  }
}

function addChild(context: JobsContext, jobId: string, { parent, child }: TreeParent, signal: AbortSignal) {
  const isRoot = parent.level === 'root';
  // The expiry of the job's item is set when it is created and when it is completed.
  const expires = isRoot ? undefined : expirySet(context);
  return context.table.update({
    key: treeKey(jobId, parent),
    update: ['ADD #done :child', ...(expires?.sets ?? []).map((set) => `SET ${set}`)].join(' '),
    names: { ...expressionNames('done', ...(isRoot ? ['job_id'] : [])), ...NOT_DELETED.names, ...expires?.names },
    values: { ':child': numberSet([child]), ...expires?.values },
    // `ADD` creates an item that does not exist. A job's item must not be created this way: it would have no plan.
    condition: isRoot ? `attribute_exists(#job_id) AND ${NOT_DELETED.condition}` : NOT_DELETED.condition,
    signal,
  });
}
