// What a request asks for, at its borders.
import { expect, test } from '@jest/globals';
import { rateOf } from '../src/capacity/bounds.ts';
import { toDeadLetter } from '../src/index.ts';
import { needsYes, planOf } from '../src/request.ts';

test('a seed of 0 is a seed; without one it follows from the nonce', () => {
  const request = { movies: 10, movies_per_message: 1, nonce: 'a' } as const;
  expect(planOf({ ...request, seed: 0 }).seed).toBe(0);
  expect(planOf(request).seed).toBe(planOf(request).seed);
  expect(planOf(request).seed).not.toBe(planOf({ ...request, nonce: 'b' }).seed);
});

test('more than a million movies need a yes, and nothing but `true` is one', () => {
  expect(needsYes({ movies: 1_000_000 })).toBe(false);
  expect(needsYes({ movies: 1_000_001 })).toBe(true);
  expect(needsYes({ movies: 1_000_001, yes: true })).toBe(false);
  for (const yes of ['true', 1, false]) expect(needsYes({ movies: 1_000_001, yes })).toBe(true);
});

test('what is used besides is not left for movies', () => {
  expect(rateOf({ name: 'n', unit: 'u', perMovie: 4, limit: 10, besides: 2, raise: undefined })).toBe(2);
  expect(rateOf({ name: 'n', unit: 'u', perMovie: 4, limit: 10, usable: 0.8, raise: undefined })).toBe(2);
});

test('a body of letters that take two bytes is whole: a job that is named deeper in it is not its job', () => {
  const job_id = '7c1f4a0e-9f0b-5d0e-8c57-3b8f1a2b3c4d';
  const body = JSON.stringify({ a: 'üüü', inner: { job_id } });
  const message = {
    ...{ messageId: 'm', receiptHandle: 'h', body, groupId: 'g', deduplicationId: 'd', sequenceNumber: '1' },
    ...{ receiveCount: 1, sentOn: 0, attributes: {} },
  };
  expect(toDeadLetter({ ...message, bodyBytes: Buffer.byteLength(body) }).job_id).toBeUndefined();
  expect(toDeadLetter({ ...message, bodyBytes: Buffer.byteLength(body) + 1 }).job_id).toBe(job_id);
});
