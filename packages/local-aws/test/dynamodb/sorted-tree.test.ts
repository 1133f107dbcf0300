// The sorted tree: it equals a sorted array, and makes few comparisons.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SortedTree } from '../../src/dynamodb/storage/sorted-tree.ts';

interface Pair {
  readonly key: number;
  readonly text: string;
}

const newTree = () => new SortedTree<Pair>((a, b) => a.key - b.key);
const probe = (key: number): Pair => ({ key, text: '' });

/** Numbers from a small range, so that some repeat. */
const change = fc.record({
  kind: fc.constantFrom('set', 'set', 'delete'),
  key: fc.integer({ min: 0, max: 400 }),
  text: fc.string({ maxLength: 3 }),
});

describe('a sorted tree', () => {
  test('equals a sorted array after any additions and removals', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 1500, size: 'max' }),
        fc.integer({ min: -1, max: 401 }),
        (changes, from) => {
          const tree = newTree();
          const model = new Map<number, Pair>();
          for (const { kind, key, text } of changes) {
            const before = model.get(key);
            if (kind === 'set') {
              expect(tree.set({ key, text })).toEqual(before);
              model.set(key, { key, text });
            } else {
              expect(tree.delete(probe(key))).toEqual(before);
              model.delete(key);
            }
          }
          const sorted = [...model.values()].sort((a, b) => a.key - b.key);
          expect(tree.size).toBe(sorted.length);
          expect(tree.first()).toEqual(sorted[0]);
          expect([...tree.walk()]).toEqual(sorted);
          expect([...tree.walk({ isBackwards: true })]).toEqual(sorted.toReversed());
          expect([...tree.walk({ from: probe(from) })]).toEqual(sorted.filter(({ key }) => key >= from));
          expect([...tree.walk({ from: probe(from), isExclusive: true })]).toEqual(
            sorted.filter(({ key }) => key > from),
          );
          expect([...tree.walk({ from: probe(from), isBackwards: true })]).toEqual(
            sorted.filter(({ key }) => key <= from).toReversed(),
          );
          expect([...tree.walk({ from: probe(from), isExclusive: true, isBackwards: true })]).toEqual(
            sorted.filter(({ key }) => key < from).toReversed(),
          );
          expect(tree.get(probe(from))).toEqual(model.get(from));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('makes fewer than 100 comparisons for a set, a get and a delete among 200,000 values, and is empty in the end', () => {
    let comparisons = 0;
    const tree = new SortedTree<number>((a, b) => {
      comparisons += 1;
      return a - b;
    });
    for (let i = 0; i < 200_000; i += 1) tree.set((i * 7919) % 200_003);
    comparisons = 0;
    tree.set(200_003);
    tree.get(100_000);
    tree.delete(100_000);
    expect(comparisons).toBeLessThan(100);
    for (let i = 0; i <= 200_003; i += 1) tree.delete(i);
    expect([tree.size, tree.first(), [...tree.walk()]]).toEqual([0, undefined, []]);
  });
});
