import { assertInvariant } from './invariant.ts';
import type { JobPlan } from './plan.ts';
import { shapeOf } from './shape.ts';

/**
 * The completion tree of a job.
 *
 *     level 0   the ledgers, one a group
 *     level 1   sets of finished ledgers, at most `fan_out` each     (only when there are more groups than that)
 *     level 2   sets of finished level-1 nodes                       …
 *     root      the set `done` of the job's item: finished nodes of the top level
 */
export interface CompletionTree {
  /** Nodes of each level; `levels[0]` is the number of groups. The last one's nodes are the root's children. */
  readonly levels: readonly number[];
  readonly fanOut: number;
}

/** The root, or a node `done#<level>#<node>` with level ≥ 1. */
export type TreeNode = { readonly level: 'root' } | { readonly level: number; readonly node: number };

/** Where a finished child is noted: the set that holds it, and its number there (counted from that set's start). */
export interface TreeParent {
  readonly parent: TreeNode;
  readonly child: number;
}

export function treeOf(plan: JobPlan): CompletionTree {
  const levels = [shapeOf(plan).groups];
  for (let top = levels[0] ?? 0; top > plan.fan_out; ) {
    top = Math.ceil(top / plan.fan_out);
    levels.push(top);
  }
  return { levels, fanOut: plan.fan_out };
}

/** The parent of node `node` of `level` (level 0 is the ledgers). */
export function parentOf(tree: CompletionTree, level: number, node: number): TreeParent {
  const nodes = tree.levels[level] ?? 0;
  assertInvariant(node >= 0 && node < nodes, () => `node ${node} of ${nodes} nodes of level ${level}`);
  if (level === tree.levels.length - 1) return { parent: { level: 'root' }, child: node };
  return {
    parent: { level: level + 1, node: Math.floor(node / tree.fanOut) },
    child: node % tree.fanOut,
  };
}

/** How many children a node has: its set is full when it holds so many numbers. */
export function childrenOf(tree: CompletionTree, of: TreeNode): number {
  const below = tree.levels[of.level === 'root' ? tree.levels.length - 1 : of.level - 1] ?? 0;
  return of.level === 'root' ? below : Math.min(tree.fanOut, below - of.node * tree.fanOut);
}

/** The first child of a node, as a node number of the level below. */
export function firstChildOf(tree: CompletionTree, of: TreeNode): number {
  return of.level === 'root' ? 0 : of.node * tree.fanOut;
}
