// The sorted tree against a sorted array.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SortedTree } from '../../src/dynamodb/storage/sorted-tree.ts';

interface Pair {
  readonly at: number;
  readonly text: string;
}

const newTree = () => new SortedTree<Pair>((a, b) => a.at - b.at);
const probe = (at: number): Pair => ({ at, text: '' });

/** Numbers from a small range, so that some repeat. */
const step = fc.record({
  kind: fc.constantFrom('set', 'set', 'delete'),
  at: fc.integer({ min: 0, max: 400 }),
  text: fc.string({ maxLength: 3 }),
});

describe('a sorted tree', () => {
  test('equals a sorted array after any additions and removals', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 1500, size: 'max' }),
        fc.integer({ min: -1, max: 401 }),
        (steps, from) => {
          const tree = newTree();
          const model = new Map<number, Pair>();
          for (const { kind, at, text } of steps) {
            const before = model.get(at);
            if (kind === 'set') {
              expect(tree.set({ at, text })).toEqual(before);
              model.set(at, { at, text });
            } else {
              expect(tree.delete(probe(at))).toEqual(before);
              model.delete(at);
            }
          }
          const sorted = [...model.values()].sort((a, b) => a.at - b.at);
          expect(tree.size).toBe(sorted.length);
          expect(tree.first()).toEqual(sorted[0]);
          expect([...tree.walk()]).toEqual(sorted);
          expect([...tree.walk({ backwards: true })]).toEqual(sorted.toReversed());
          expect([...tree.walk({ from: probe(from) })]).toEqual(sorted.filter(({ at }) => at >= from));
          expect([...tree.walk({ from: probe(from), after: true })]).toEqual(sorted.filter(({ at }) => at > from));
          expect([...tree.walk({ from: probe(from), backwards: true })]).toEqual(
            sorted.filter(({ at }) => at <= from).toReversed(),
          );
          expect([...tree.walk({ from: probe(from), after: true, backwards: true })]).toEqual(
            sorted.filter(({ at }) => at < from).toReversed(),
          );
          expect(tree.get(probe(from))).toEqual(model.get(from));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('makes few comparisons, however large it is', () => {
    let compared = 0;
    const tree = new SortedTree<number>((a, b) => {
      compared += 1;
      return a - b;
    });
    for (let i = 0; i < 200_000; i += 1) tree.set((i * 7919) % 200_003);
    compared = 0;
    tree.set(200_003);
    tree.get(100_000);
    tree.delete(100_000);
    expect(compared).toBeLessThan(100);
    for (let i = 0; i <= 200_003; i += 1) tree.delete(i);
    expect([tree.size, tree.first(), [...tree.walk()]]).toEqual([0, undefined, []]);
  });
});
