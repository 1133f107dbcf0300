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

  test('has full groups, and what is left in the last', () => {
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

describe('numbers that the job does not have', () => {
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
