import { describe, expect, test } from '@jest/globals';
import { planJob } from '@movie-load/schema';
import { JobMap } from '../src/job-map.ts';

const planOf = (movies: number) => planJob({ nonce: 'test', movies, movies_per_message: 1, seed: 1, generator: 1 });

describe('the map of a job', () => {
  test('counts the recorded messages, and asks for reads of incomplete groups only', () => {
    const map = new JobMap(planOf(1000)); // 50 groups of 20
    expect(map.nextToRead(100)).toHaveLength(50);
    for (let group = 0; group < 49; group++) map.recordStored(group, 20);
    expect(map).toMatchObject({ storedMessages: 980, openGroups: 1 });
    map.recordStored(49, 7);
    expect(map).toMatchObject({ storedMessages: 987, openGroups: 1 });
    expect(map.nextToRead(100)).toEqual([49]);
    map.recordStored(49, 20);
    expect(map).toMatchObject({ storedMessages: 1000, openGroups: 0 });
    expect(map.nextToRead(100)).toEqual([]);
  });

  test('ignores an older count that arrives late', () => {
    const map = new JobMap(planOf(1000));
    map.recordStored(3, 12);
    map.recordStored(3, 5);
    expect(map.storedMessages).toBe(12);
  });

  test('counts a full group once, however often it is recorded', () => {
    const map = new JobMap(planOf(1000));
    for (let time = 0; time < 3; time += 1) map.recordFull(7);
    map.recordStored(7, 25);
    expect(map).toMatchObject({ storedMessages: 20, openGroups: 49 });
    expect([map.isFull(7), map.isFull(8)]).toEqual([true, false]);
    map.recordAllFull();
    map.recordAllFull();
    expect(map).toMatchObject({ storedMessages: 1000, openGroups: 0 });
  });

  test('gives partly stored groups half of the reads, in turn, and the other groups the rest', () => {
    const map = new JobMap(planOf(1_000_000));
    for (let group = 0; group < 150; group += 1) map.recordStored(group, 1);
    const filling = new Set<number>();
    for (let round = 0; round < 6; round += 1) {
      const next = map.nextToRead(100);
      expect(next).toHaveLength(100);
      const half = next.slice(0, 50);
      expect(half.every((group) => group < 150)).toBe(true);
      // In the first rounds these are the other groups, too.
      if (round >= 3) for (const group of half) filling.add(group);
      if (round >= 3) expect(next.slice(50).some((group) => group < 150)).toBe(false);
    }
    expect(filling.size).toBe(150);
  });

  test('counts a shorter last group as full when it has all its movies', () => {
    const map = new JobMap(planOf(1010)); // 51 groups, of 20 and the last of 10
    map.recordStored(50, 9);
    expect([map.isFull(50), map.openGroups]).toEqual([false, 51]);
    map.recordStored(50, 10);
    expect([map.isFull(50), map.openGroups, map.storedMessages]).toEqual([true, 50, 10]);
    expect(map.nextToRead(100)).not.toContain(50);
  });

  test('asks for a partly stored group before groups with nothing stored', () => {
    const map = new JobMap(planOf(1_000_000));
    for (let group = 0; group < 150; group += 1) map.recordStored(group, 0);
    map.recordStored(4000, 1);
    expect(map.nextToRead(100)[0]).toBe(4000);
  });

  test('has the remaining groups in its last bucket', () => {
    const map = new JobMap(planOf(1000));
    map.recordFull(49);
    map.recordFull(48);
    const { groupsPerBucket, percent } = map.heat(16);
    expect([groupsPerBucket, percent.length, percent.at(-2), percent.at(-1)]).toEqual([4, 13, 0, 100]);
  });

  test('asks for a partly stored group each time, and reaches every group in turn', () => {
    const map = new JobMap(planOf(1_000_000)); // 5,000 groups of 200
    map.recordStored(4321, 7);
    const seen = new Set<number>();
    for (let round = 0; round < 60; round++) {
      const next = map.nextToRead(100);
      expect(next).toHaveLength(100);
      expect(next).toContain(4321);
      for (const group of next) seen.add(group);
    }
    expect(seen.size).toBe(5000);
  });

  test('combines groups in buckets; only a full bucket shows 100 %', () => {
    const map = new JobMap(planOf(1_000_000));
    for (let group = 0; group < 4; group++) map.recordFull(group);
    map.recordStored(4, 199);
    expect(map.heat(5000)).toMatchObject({ groupsPerBucket: 1 });
    expect(map.heat(5000).percent.slice(0, 6)).toEqual([100, 100, 100, 100, 99, 0]);
    expect(map.heat(1250)).toMatchObject({ groupsPerBucket: 4 });
    expect(map.heat(3000)).toMatchObject({ groupsPerBucket: 2, percent: { length: 2500 } });
    expect(map.heat(4999).percent).toHaveLength(2500);
    expect(map.heat(1250).percent.slice(0, 3)).toEqual([100, 25, 0]);
    map.recordAllFull();
    expect(map.heat(1250).percent.every((percent) => percent === 100)).toBe(true);
    expect(map.storedMessages).toBe(1_000_000);
  });
});
