import { assertInvariant } from './invariant.ts';
import { MIN_PART_MOVIES } from './part-size.ts';
import { partsOf } from './parts.ts';
import type { JobPlan } from './plan.ts';
import { type Range, shapeOf } from './shape.ts';

/**
 * The completion tree of a job.
 *
 *     level 0   the ledgers, one a group
 *     level 1   sets of full ledgers: one node is one part of the object        (when a part has more than one group)
 *     level 2   sets of full nodes of level 1, at most `fan_out` each           (only when there are more than that) …
 *     root      the set `done` of the job's item: full nodes of the top level
 *
 * Where one group fills a part, its ledger is the part. An object of one part needs no such level, and plans of
 * version 1 have none: their level 1 has a fan-out of `fan_out`.
 */
export interface CompletionTree {
  /**
   * The number of nodes of each level; `levels[0]` is the number of groups. Nodes of the last level are the root's
   * children.
   */
  readonly levels: readonly number[];
  /** The most children of a node of each level; 1 for level 0. */
  readonly fanOuts: readonly number[];
  /** The level whose nodes are the parts of the object; undefined when there is no such level. */
  readonly partLevel: 0 | 1 | undefined;
}

/** The root, a node `done#<level>#<node>` with level ≥ 1, or a ledger (level 0). */
export type TreeNode = { readonly level: 'root' } | { readonly level: number; readonly node: number };

/** The node to whose set a full child is added, and the child's number in that set. */
export interface TreeParent {
  readonly parent: TreeNode;
  readonly child: number;
}

/** @param minPartMovies see `partsOf` */
export function treeOf(plan: JobPlan, minPartMovies: number = MIN_PART_MOVIES): CompletionTree {
  const levels = [shapeOf(plan).groups];
  const fanOuts = [1];
  const { parts, groupsPerPart } = partsOf(plan, minPartMovies);
  const partLevel = plan.version === 1 || parts === 1 ? undefined : groupsPerPart === 1 ? 0 : 1;
  if (partLevel === 1) {
    levels.push(parts);
    fanOuts.push(groupsPerPart);
  }
  for (let top = levels.at(-1) ?? 0; top > plan.fan_out; ) {
    top = Math.ceil(top / plan.fan_out);
    levels.push(top);
    fanOuts.push(plan.fan_out);
  }
  return { levels, fanOuts, partLevel };
}

const fanOutOf = ({ fanOuts }: CompletionTree, level: number): number => fanOuts[level] ?? 1;

/** The parent of node `node` of `level` (level 0 is the ledgers). */
export function parentOf(tree: CompletionTree, level: number, node: number): TreeParent {
  const nodes = tree.levels[level] ?? 0;
  assertInvariant(node >= 0 && node < nodes, () => `node ${node} of ${nodes} nodes of level ${level}`);
  if (level === tree.levels.length - 1) return { parent: { level: 'root' }, child: node };
  const fanOut = fanOutOf(tree, level + 1);
  return { parent: { level: level + 1, node: Math.floor(node / fanOut) }, child: node % fanOut };
}

/** The number of a node's children: its set is full when it has this size. */
export function childrenOf(tree: CompletionTree, treeNode: TreeNode): number {
  const nodesBelow = tree.levels[treeNode.level === 'root' ? tree.levels.length - 1 : treeNode.level - 1] ?? 0;
  if (treeNode.level === 'root') return nodesBelow;
  const fanOut = fanOutOf(tree, treeNode.level);
  return Math.min(fanOut, nodesBelow - treeNode.node * fanOut);
}

/** The first child of a node, as a node number of the level below. */
export function firstChildOf(tree: CompletionTree, treeNode: TreeNode): number {
  return treeNode.level === 'root' ? 0 : treeNode.node * fanOutOf(tree, treeNode.level);
}

/** The groups below a node of a level; `groupsBelow(tree, tree.levels.length - 1, child)` for a child of the root. */
export function groupsBelow({ levels, fanOuts }: CompletionTree, level: number, node: number): Range {
  const groupsPerNode = fanOuts.slice(0, level + 1).reduce((product, fanOut) => product * fanOut, 1);
  const first = node * groupsPerNode;
  return { first, count: Math.min(groupsPerNode, (levels[0] ?? 0) - first) };
}
