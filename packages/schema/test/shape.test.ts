// The arithmetic from a plan to its messages, groups and movies.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  groupOfMessage,
  messageOfMovie,
  messagesOfGroup,
  moviesOfGroup,
  moviesOfMessage,
  parentOf,
  planJob,
  shapeOf,
  treeOf,
} from '../src/index.ts';
import { anyPlan, smallPlan } from './arbitraries.ts';

describe('the shape of a job', () => {
  test('covers each movie exactly once, in order, message by message and group by group', () => {
    fc.assert(
      fc.property(smallPlan, (plan) => {
        const shape = shapeOf(plan);
        let movie = 0;
        let number = 0;
        for (let group = 0; group < shape.groups; group++) {
          const messages = messagesOfGroup(shape, group);
          expect(messages.first).toBe(number);
          expect(moviesOfGroup(plan, shape, group).first).toBe(movie);
          for (; number < messages.first + messages.count; number++) {
            expect(groupOfMessage(shape, number)).toBe(group);
            const movies = moviesOfMessage(plan, number);
            expect(movies.first).toBe(movie);
            expect(messageOfMovie(plan, movie)).toBe(number);
            movie += movies.count;
          }
          expect(moviesOfGroup(plan, shape, group).first + moviesOfGroup(plan, shape, group).count).toBe(movie);
        }
        expect(number).toBe(shape.messages);
        expect(movie).toBe(plan.movies);
      }),
    );
  });

  test('is exact at both ends of every group, up to 100 million movies', () => {
    fc.assert(
      fc.property(anyPlan, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (plan, where) => {
        const shape = shapeOf(plan);
        const group = Math.floor(where * shape.groups);
        const { first, count } = messagesOfGroup(shape, group);
        expect(groupOfMessage(shape, first)).toBe(group);
        expect(groupOfMessage(shape, first + count - 1)).toBe(group);
        if (group > 0) expect(groupOfMessage(shape, first - 1)).toBe(group - 1);
        const last = messagesOfGroup(shape, shape.groups - 1);
        expect(last.first + last.count).toBe(shape.messages);
      }),
      { numRuns: 1000 },
    );
  });

  test('has full groups, except for the last one, which has the rest', () => {
    fc.assert(
      fc.property(anyPlan, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (plan, where) => {
        const shape = shapeOf(plan);
        const size = (group: number) => messagesOfGroup(shape, group).count;
        const last = shape.groups - 1;
        if (last > 0) expect(size(Math.floor(where * last))).toBe(plan.group_size);
        expect(size(last)).toBeLessThanOrEqual(plan.group_size);
        expect(size(last)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('numbers outside of the job', () => {
  const plan = planJob({ nonce: 'a', movies: 25, movies_per_message: 2, seed: 7, generator: 1 });
  const shape = shapeOf(plan);
  test.each([
    [() => messagesOfGroup(shape, shape.groups), `group ${shape.groups} of a job of ${shape.groups} groups`],
    [() => messagesOfGroup(shape, -1), `group -1 of a job of ${shape.groups} groups`],
    [() => moviesOfMessage(plan, 13), 'message 13 of a job of 25 movies'],
    [() => parentOf(treeOf(plan), 0, shape.groups), `node ${shape.groups} of ${shape.groups} nodes of level 0`],
    [() => parentOf(treeOf(plan), 1, 0), 'node 0 of 0 nodes of level 1'],
  ])('are refused with both values: %s', (ask, text) => {
    expect(ask).toThrow(text);
  });
});

describe('for example', () => {
  // 25 movies, 2 a message: messages 0 to 12, the last with one movie; groups of 5 messages.
  const plan = { ...planJob({ nonce: 'a', movies: 25, movies_per_message: 2, seed: 7, generator: 1 }), group_size: 5 };
  const shape = shapeOf(plan);

  test('a job has whole messages and groups, except for the last ones, which have the rest', () => {
    expect(shape).toEqual({ messages: 13, groups: 3, groupSize: 5 });
    expect([0, 1, 2].map((group) => messagesOfGroup(shape, group))).toEqual([
      { first: 0, count: 5 },
      { first: 5, count: 5 },
      { first: 10, count: 3 },
    ]);
    expect([0, 4, 5, 9, 10, 12].map((number) => groupOfMessage(shape, number))).toEqual([0, 0, 1, 1, 2, 2]);
    expect([0, 1, 12].map((number) => moviesOfMessage(plan, number))).toEqual([
      { first: 0, count: 2 },
      { first: 2, count: 2 },
      { first: 24, count: 1 },
    ]);
    expect([0, 1, 2].map((group) => moviesOfGroup(plan, shape, group))).toEqual([
      { first: 0, count: 10 },
      { first: 10, count: 10 },
      { first: 20, count: 5 },
    ]);
    expect([0, 1, 2, 23, 24].map((index) => messageOfMovie(plan, index))).toEqual([0, 0, 1, 11, 12]);
  });

  test('a job of exactly whole messages and groups has no empty one', () => {
    const even = { ...plan, movies: 20 };
    expect(shapeOf(even)).toEqual({ messages: 10, groups: 2, groupSize: 5 });
    expect(messagesOfGroup(shapeOf(even), 1)).toEqual({ first: 5, count: 5 });
    expect(moviesOfMessage(even, 9)).toEqual({ first: 18, count: 2 });
  });

  test('numbers beyond the job are refused', () => {
    for (const group of [-1, 3]) expect(() => messagesOfGroup(shape, group)).toThrow('of a job of 3 groups');
    for (const number of [-1, 13]) expect(() => moviesOfMessage(plan, number)).toThrow('of a job of 25 movies');
    // 24 movies: the first one beyond them would begin message 12.
    expect(() => moviesOfMessage({ ...plan, movies: 24 }, 12)).toThrow('message 12 of a job of 24 movies');
  });
});
