// The progress of a large job: which ledgers are read, and what is known from the tree and from earlier reads.
import { describe, expect, test } from '@jest/globals';
import { groupsBelow, jobIdOf, shapeOf, treeOf } from '@movie-load/schema';
import { planOf, startProgress } from './fake-progress.ts';

describe('a large job', () => {
  const plan = planOf(1_000_000); // 5,000 groups
  const jobId = jobIdOf(plan);
  const { groups } = shapeOf(plan);

  test('has 200 ledgers read at a time, none of them below a finished child', async () => {
    const { read, reads, change, pass } = startProgress([plan]);
    expect((await read(jobId))?.progress.exact).toBe(false);
    expect(reads[0]?.groups).toHaveLength(200);
    const tree = treeOf(plan);
    const below = groupsBelow(tree, tree.levels.length - 1, 0).count;
    const children = Math.ceil(groups / below);
    change(jobId, { done: new Set(Array.from({ length: children - 1 }, (_, child) => child)) });
    pass(1000);
    const found = await read(jobId);
    const left = groups - (children - 1) * below;
    expect(found?.progress.stored_messages).toBe(1_000_000 - left * 200);
    expect(reads[1]?.groups.every((group) => group >= groups - left)).toBe(true);
  });

  test('is exact once at most 200 groups are incomplete', async () => {
    const tree = treeOf(plan);
    const below = groupsBelow(tree, tree.levels.length - 1, 0).count;
    for (const [open, exact] of [
      [200, true],
      [201, false],
    ] as const) {
      const { read, change, stored, pass, reads } = startProgress([plan]);
      // All children except the last are finished; this number of groups is incomplete, and the others are full.
      const children = Math.ceil(groups / below);
      const rest = Math.ceil(open / below) * below;
      const done = Math.floor((groups - rest) / below);
      change(jobId, { done: new Set(Array.from({ length: done }, (_, child) => child)) });
      for (let group = done * below; group < groups - open; group += 1) stored.set(group, 200);
      let found = await read(jobId);
      for (let attempt = 0; attempt < 2 * children && found?.map.openGroups !== open; attempt += 1) {
        pass(1000);
        found = await read(jobId);
      }
      expect(found?.map.openGroups).toBe(open);
      pass(1000);
      expect((await read(jobId))?.progress.exact).toBe(exact);
      expect(reads.length).toBeGreaterThan(0);
    }
  });

  test('is not exact as long as its last read did not include every incomplete group', async () => {
    const { read, change, stored, pass, reads } = startProgress([plan]);
    const tree = treeOf(plan);
    const below = groupsBelow(tree, tree.levels.length - 1, 0).count;
    const done = Math.ceil(groups / below) - 2;
    change(jobId, { done: new Set(Array.from({ length: done }, (_, child) => child)) });
    const incomplete = groups - done * below;
    // All of them turn out to be full when they are read: 200 at the first read, 200 at the second.
    for (let group = done * below; group < groups; group += 1) stored.set(group, 200);
    await read(jobId);
    pass(1000);
    const second = await read(jobId);
    expect([second?.map.openGroups, second?.progress.exact]).toEqual([incomplete - 400, false]);
    pass(1000);
    expect((await read(jobId))?.progress).toMatchObject({ exact: true, stored_messages: 1_000_000 });
    expect(reads).toHaveLength(3);
  });

  test('counts a finished child as full, also when its first and last group were read as full before', async () => {
    const { read, change, stored, pass, reads } = startProgress([plan]);
    const tree = treeOf(plan);
    const { first, count } = groupsBelow(tree, tree.levels.length - 1, 0);
    stored.set(first, 200).set(first + count - 1, 200);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await read(jobId);
      pass(1000);
    }
    expect(reads.flatMap((one) => one.groups)).toEqual(expect.arrayContaining([first, first + count - 1]));
    change(jobId, { done: new Set([0]) });
    pass(1000);
    expect((await read(jobId))?.progress.stored_messages).toBe(count * 200);
  });

  test('counts exactly the groups below a finished child as full, without reading them', async () => {
    const { read, change, reads } = startProgress([plan]);
    const tree = treeOf(plan);
    const { first, count } = groupsBelow(tree, tree.levels.length - 1, 1);
    change(jobId, { done: new Set([1]) });
    const found = await read(jobId);
    expect(found?.progress.stored_messages).toBe(count * 200);
    expect(found?.map.isFull(first)).toBe(true);
    expect(found?.map.isFull(first + count - 1)).toBe(true);
    expect(found?.map.isFull(first - 1)).toBe(false);
    expect(found?.map.isFull(first + count)).toBe(false);
    expect(reads[0]?.groups).toHaveLength(200);
    for (const group of reads[0]?.groups ?? []) expect(group < first || group >= first + count).toBe(true);
  });

  test('shares the ledgers of a read with jobs that were watched in the last three seconds', async () => {
    const other = planOf(1_000_000, 'another');
    const { read, reads, pass } = startProgress([plan, other]);
    await read(jobId);
    pass(1000);
    await read(jobIdOf(other));
    pass(1000);
    await read(jobId);
    pass(3000);
    await read(jobId);
    // The other job counts as watched from the end of its first read on, and no longer three seconds later.
    expect(reads.map(({ groups }) => groups.length)).toEqual([200, 200, 100, 200]);
  });
});
