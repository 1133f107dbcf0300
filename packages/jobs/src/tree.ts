// The way up the completion tree.
import type { TableItem } from '@movie-load/aws';
import { childrenOf, type JobPlan, parentOf, type TreeParent, treeKey, treeOf } from '@movie-load/schema';
import type { JobsContext } from './context.ts';
import { boundedSetSize, numberSet } from './item.ts';

export type Climbed =
  /** Some set on the way is not full: somebody else will go on. */
  | { readonly kind: 'open' }
  /** Every movie of the job is counted; this is the job's item. */
  | { readonly kind: 'root_full'; readonly job: TableItem }
  /** There is no job item: somebody deleted it. */
  | { readonly kind: 'no_job' };

/**
 * From a group whose ledger is full up to the root, as far as sets are full. Whoever FINDS a set full goes on, not only
 * who made it full: that one may be dead.
 */
export async function climb(
  context: JobsContext,
  { plan, job_id, group }: { readonly plan: JobPlan; readonly job_id: string; readonly group: number },
  signal: AbortSignal,
): Promise<Climbed> {
  const tree = treeOf(plan);
  let up = parentOf(tree, 0, group);
  for (;;) {
    const after = await addChild(context, job_id, up, signal);
    if (after === undefined) return { kind: 'no_job' };
    const children = childrenOf(tree, up.parent);
    if (boundedSetSize(after.done, children, treeKey(job_id, up.parent)) < children) return { kind: 'open' };
    if (up.parent.level === 'root') return { kind: 'root_full', job: after };
    up = parentOf(tree, up.parent.level, up.parent.node);
  }
}

function addChild(context: JobsContext, jobId: string, { parent, child }: TreeParent, signal: AbortSignal) {
  const names = { '#done': 'done' };
  return context.table.update({
    key: treeKey(jobId, parent),
    update: 'ADD #done :child',
    names: parent.level === 'root' ? { ...names, '#job_id': 'job_id' } : names,
    values: { ':child': numberSet([child]) },
    // `ADD` creates what is not there; a job's item without its plan would be worse than none.
    ...(parent.level === 'root' ? { condition: 'attribute_exists(#job_id)' } : {}),
    signal,
  });
}
