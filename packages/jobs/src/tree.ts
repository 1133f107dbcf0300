// To climb: add a full set to its parent in the completion tree, and continue while the parent is full too.
import type { TableItem } from '@movie-load/aws';
import { childrenOf, parentOf, type TreeParent, treeKey, treeOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { boundedSetSize, namesOf, numberSet } from './item.ts';
import { expirySet, NOT_DELETED } from './marker.ts';
import { ensurePart, type PartOptions } from './part.ts';
import type { JobRef } from './part-bytes.ts';

export type ClimbResult =
  /** Some set on the way is not full: the consumer that fills it continues. */
  | { readonly kind: 'open' }
  /** Every movie of the job is counted; this is the job's item. */
  | { readonly kind: 'root_full'; readonly job: TableItem }
  /** There is no job item. */
  | { readonly kind: 'no_job' }
  /** A node is a marker: the job was deleted. */
  | { readonly kind: 'deleted' };

/**
 * From a group whose ledger is full up to the root, as far as sets are full. A consumer that FINDS a set full continues, not only
 * the one that made it full: that one may be dead. A full node that is a part of the object is written before its parent hears of it.
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
      await ensurePart(context, job, { part: node, note: item.part_upload?.S }, options);
    }
    const up = parentOf(tree, level, node);
    const after = await addChild(context, job_id, up, options.signal);
    if (after === undefined) return { kind: up.parent.level === 'root' ? 'no_job' : 'deleted' };
    const children = childrenOf(tree, up.parent);
    if (boundedSetSize(after.done, children, treeKey(job_id, up.parent)) < children) return { kind: 'open' };
    if (up.parent.level === 'root') return { kind: 'root_full', job: after };
    item = after;
    node = up.parent.node;
  }
}

function addChild(context: JobsContext, jobId: string, { parent, child }: TreeParent, signal: AbortSignal) {
  const isRoot = parent.level === 'root';
  // The job's item has its time from its beginning and its end.
  const expires = isRoot ? undefined : expirySet(context);
  return context.table.update({
    key: treeKey(jobId, parent),
    update: ['ADD #done :child', ...(expires?.sets ?? []).map((set) => `SET ${set}`)].join(' '),
    names: { ...namesOf('done', ...(isRoot ? ['job_id'] : [])), ...NOT_DELETED.names, ...expires?.names },
    values: { ':child': numberSet([child]), ...expires?.values },
    // `ADD` creates what is not there; a job's item without its plan would be worse than none.
    condition: isRoot ? `attribute_exists(#job_id) AND ${NOT_DELETED.condition}` : NOT_DELETED.condition,
    signal,
  });
}
