import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CompletionTree,
  childrenOf,
  firstChildOf,
  groupsBelow,
  MAX_FAN_OUT,
  parentOf,
  planJob,
  type TreeNode,
  treeKey,
  treeOf,
} from '../src/index.ts';
import { anyPlan, smallPlan } from './arbitraries.ts';

/** The first group below a node, child by child. */
function walkDown(tree: CompletionTree, level: number, node: number): number {
  return level === 0 ? node : walkDown(tree, level - 1, firstChildOf(tree, { level, node }));
}

const keyOf = (node: TreeNode) => treeKey('job', node).part;

describe('the completion tree', () => {
  test('is full at the root exactly when every ledger is, whatever the order', () => {
    fc.assert(
      fc.property(smallPlan, fc.infiniteStream(fc.nat()), (plan, dice) => {
        const tree = treeOf(plan);
        const groups = tree.levels[0] ?? 0;
        const order = Array.from({ length: groups }, (_, group) => group);
        for (let i = order.length - 1; i > 0; i--) {
          const j = (dice.next().value ?? 0) % (i + 1);
          [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
        }
        const sets = new Map<string, Set<number>>();
        let rootFull = 0;
        for (const group of order) {
          expect(rootFull).toBe(0);
          for (let level = 0, node = group; ; level++) {
            const { parent, child } = parentOf(tree, level, node);
            const set = sets.get(keyOf(parent)) ?? new Set();
            sets.set(keyOf(parent), set.add(child));
            expect(child).toBeLessThan(MAX_FAN_OUT);
            if (set.size < childrenOf(tree, parent)) break;
            if (parent.level === 'root') {
              rootFull++;
              break;
            }
            node = parent.node;
          }
        }
        expect(rootFull).toBe(1);
      }),
    );
  });

  test('puts every child into the set of its parent, and no set is larger than the fan-out', () => {
    fc.assert(
      fc.property(anyPlan, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (plan, where) => {
        const tree = treeOf(plan);
        tree.levels.forEach((nodes, level) => {
          const node = Math.floor(where * nodes);
          const { parent, child } = parentOf(tree, level, node);
          expect(firstChildOf(tree, parent) + child).toBe(node);
          expect(childrenOf(tree, parent)).toBeGreaterThan(child);
          const isPart = parent.level === 1 && tree.partLevel === 1;
          expect(childrenOf(tree, parent)).toBeLessThanOrEqual(isPart ? MAX_FAN_OUT : plan.fan_out);
          const below = groupsBelow(tree, level, node);
          expect(below.count).toBeGreaterThan(0);
          expect(walkDown(tree, level, node)).toBe(below.first);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('of 100 million movies has three levels and no set beyond its bound', () => {
    const tree = treeOf(planJob({ nonce: 'n', movies: 100_000_000, movies_per_message: 1, seed: 1, generator: 1 }));
    expect(tree.levels).toEqual([500_000, 1977, 8]);
    expect(childrenOf(tree, { level: 1, node: 0 })).toBe(253);
    expect(childrenOf(tree, { level: 1, node: 1976 })).toBe(500_000 - 1976 * 253);
    expect(childrenOf(tree, { level: 2, node: 0 })).toBe(MAX_FAN_OUT);
    expect(childrenOf(tree, { level: 'root' })).toBe(8);
  });

  test('of version 1 has no level for parts', () => {
    const plan = planJob({ nonce: 'n', movies: 100_000_000, movies_per_message: 1, seed: 1, generator: 1 });
    expect(treeOf({ ...plan, version: 1 })).toMatchObject({ levels: [500_000, 1954, 8], partLevel: undefined });
  });
});

describe('a tree whose nodes have at most four children', () => {
  const planOf = (groups: number) => ({
    ...planJob({ nonce: 'n', movies: groups, movies_per_message: 1, seed: 1, generator: 1 }),
    version: 1 as const,
    group_size: 1,
    fan_out: 4,
  });
  const levelsOf = (groups: number) => treeOf(planOf(groups)).levels;

  test('has another level only when there is one child too many', () => {
    expect([1, 4, 5, 16, 17, 64, 65].map(levelsOf)).toEqual([
      [1],
      [4],
      [5, 2],
      [16, 4],
      [17, 5, 2],
      [64, 16, 4],
      [65, 17, 5, 2],
    ]);
  });

  test('has the ledgers as the root’s children while there are at most as many as the fan-out', () => {
    const tree = treeOf(planOf(4));
    expect(childrenOf(tree, { level: 'root' })).toBe(4);
    expect(parentOf(tree, 0, 3)).toEqual({ parent: { level: 'root' }, child: 3 });
    expect(firstChildOf(tree, { level: 'root' })).toBe(0);
  });

  test('has parents, children and groups below each node', () => {
    const tree = treeOf(planOf(17));
    expect([0, 3, 4, 16].map((group) => parentOf(tree, 0, group))).toEqual([
      { parent: { level: 1, node: 0 }, child: 0 },
      { parent: { level: 1, node: 0 }, child: 3 },
      { parent: { level: 1, node: 1 }, child: 0 },
      { parent: { level: 1, node: 4 }, child: 0 },
    ]);
    expect(parentOf(tree, 1, 4)).toEqual({ parent: { level: 2, node: 1 }, child: 0 });
    expect(parentOf(tree, 2, 1)).toEqual({ parent: { level: 'root' }, child: 1 });
    expect(childrenOf(tree, { level: 'root' })).toBe(2);
    expect([0, 3, 4].map((node) => childrenOf(tree, { level: 1, node }))).toEqual([4, 4, 1]);
    expect([0, 1].map((node) => childrenOf(tree, { level: 2, node }))).toEqual([4, 1]);
    expect([firstChildOf(tree, { level: 1, node: 3 }), firstChildOf(tree, { level: 2, node: 1 })]).toEqual([12, 4]);
    expect([
      groupsBelow(tree, 0, 16),
      groupsBelow(tree, 1, 4),
      groupsBelow(tree, 2, 0),
      groupsBelow(tree, 2, 1),
    ]).toEqual([
      { first: 16, count: 1 },
      { first: 16, count: 1 },
      { first: 0, count: 16 },
      { first: 16, count: 1 },
    ]);
    for (const node of [-1, 17]) expect(() => parentOf(tree, 0, node)).toThrow(`node ${node} of 17 nodes of level 0`);
  });
});
