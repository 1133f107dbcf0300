import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  deduplicationId,
  groupKey,
  MAX_MOVIES,
  parseDeduplicationId,
  parseGroupKey,
  parseSlicePart,
  slicePart,
  treeKey,
} from '../src/index.ts';

const index = fc.integer({ min: 0, max: MAX_MOVIES });
const sendNonce = fc.uuid();
// What SQS allows in a message group id and in a deduplication id.
const SQS_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

describe('keys', () => {
  test('a message group id round-trips and is one that SQS takes', () => {
    fc.assert(
      fc.property(fc.uuid(), index, (job_id, group) => {
        expect(groupKey(job_id, group)).toMatch(SQS_ID);
        expect(parseGroupKey(groupKey(job_id, group))).toEqual({ job_id, group });
      }),
    );
  });

  test('a deduplication id round-trips and is one that SQS takes', () => {
    fc.assert(
      fc.property(fc.uuid(), index, index, sendNonce, (job_id, group, number, nonce) => {
        const id = deduplicationId(job_id, group, number, nonce);
        expect(id).toMatch(SQS_ID);
        expect(parseDeduplicationId(id)).toEqual({ job_id, group, number, sendNonce: nonce });
      }),
    );
  });

  test("a slice's key round-trips, and keys sort as their first movies do", () => {
    fc.assert(
      fc.property(index, index, fc.integer({ min: 1, max: MAX_MOVIES }), (a, b, count) => {
        expect(parseSlicePart(slicePart({ first: a, count }))).toEqual({ first: a, count });
        if (a !== b) expect(slicePart({ first: a, count }) < slicePart({ first: b, count })).toBe(a < b);
      }),
    );
  });

  test.each(['', 'movies#1+1', 'movies#000000000001+0', 'movies#000000000001', 'ledger', 'job'])(
    '%j is not a slice',
    (part) => {
      expect(parseSlicePart(part)).toBeUndefined();
    },
  );

  test.each(['', 'x#1', `${'0'.repeat(36)}#01`, `${'0'.repeat(36)}#-1`, `${'0'.repeat(36)}`])(
    '%j is not one of our message groups',
    (id) => {
      expect(parseGroupKey(id)).toBeUndefined();
    },
  );

  test('the root of the completion tree is the job item itself', () => {
    expect(treeKey('j', { level: 'root' })).toEqual({ job_id: 'j', part: 'job' });
    expect(treeKey('j', { level: 2, node: 7 })).toEqual({ job_id: 'j', part: 'done#2#7' });
  });
});
