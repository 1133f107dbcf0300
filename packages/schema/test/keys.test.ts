import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  deduplicationId,
  groupKey,
  isRedriveNonce,
  jobKey,
  ledgerKey,
  MAX_MOVIES,
  objectKey,
  parseDeduplicationId,
  parseGroupKey,
  parseSlicePart,
  slicePart,
  slicePartFrom,
  treeKey,
} from '../src/index.ts';

const index = fc.integer({ min: 0, max: MAX_MOVIES });
/** That of a send is a UUID, that of a redrive 32 hexadecimal digits. */
const sendNonce = fc.oneof(
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.replaceAll('-', '')),
);
// What SQS allows in a message group id and in a deduplication id.
const SQS_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

describe('keys', () => {
  test('a message group id round-trips and is valid for SQS', () => {
    fc.assert(
      fc.property(fc.uuid(), index, (job_id, group) => {
        expect(groupKey(job_id, group)).toMatch(SQS_ID);
        expect(parseGroupKey(groupKey(job_id, group))).toEqual({ job_id, group });
      }),
    );
  });

  test('a deduplication id round-trips and is valid for SQS', () => {
    fc.assert(
      fc.property(fc.uuid(), index, index, sendNonce, (job_id, group, number, nonce) => {
        const id = deduplicationId(job_id, group, number, nonce);
        expect(id).toMatch(SQS_ID);
        expect(parseDeduplicationId(id)).toEqual({ job_id, group, number, sendNonce: nonce });
        expect(isRedriveNonce(nonce)).toBe(!nonce.includes('-'));
      }),
    );
    const longest = deduplicationId('0'.repeat(36), MAX_MOVIES, MAX_MOVIES, '0'.repeat(36));
    expect(longest).toHaveLength(93);
  });

  test('of the first numbers (0) round-trip like all others', () => {
    const job_id = '0'.repeat(36);
    expect(parseGroupKey(groupKey(job_id, 0))).toEqual({ job_id, group: 0 });
    expect(parseSlicePart(slicePart({ first: 0, count: 1 }))).toEqual({ first: 0, count: 1 });
    expect(parseDeduplicationId(deduplicationId(job_id, 0, 0, 'a-nonce-'))).toEqual({
      ...{ job_id, group: 0, number: 0, sendNonce: 'a-nonce-' },
    });
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
    '%j is not the key of a slice',
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

  test('have exactly these texts, because they are in tables, buckets and queues', () => {
    expect(jobKey('j')).toEqual({ job_id: 'j', part: 'job' });
    expect(ledgerKey('j', 3)).toEqual({ job_id: 'j#3', part: 'ledger' });
    expect(slicePart({ first: 12, count: 10 })).toBe('movies#000000000012+10');
    expect(slicePartFrom(12)).toBe('movies#000000000012');
    expect(objectKey('j')).toBe('j.json');
    expect(groupKey('j', 3)).toBe('j#3');
    expect(deduplicationId('j', 3, 12, 'n')).toBe('j.3.12.n');
    expect(slicePartFrom(12) <= slicePart({ first: 12, count: 1 })).toBe(true);
    expect(slicePartFrom(13) <= slicePart({ first: 12, count: 1 })).toBe(false);
  });

  test.each([`x${'0'.repeat(36)}#1`, `${'0'.repeat(36)}#1x`, `${'0'.repeat(36)}#1234567890`, `${'0'.repeat(37)}#1`])(
    '%j is not one of our message groups either',
    (id) => {
      expect(parseGroupKey(id)).toBeUndefined();
    },
  );

  test.each([
    ['a character before it', (id: string) => `x${id}`],
    ['a character after it', (id: string) => `${id}!`],
    ['no nonce', (id: string) => id.slice(0, -36)],
    ['a nonce of seven characters', (id: string) => id.slice(0, -29)],
    ['a nonce of 37 characters', (id: string) => `${id}0`],
  ])('a deduplication id with %s is refused', (_, spoil) => {
    const nonce = '00000000-0000-4000-8000-000000000001';
    const id = deduplicationId('0'.repeat(36), 1, 2, nonce);
    expect(parseDeduplicationId(id)).toMatchObject({ group: 1, number: 2 });
    expect(parseDeduplicationId(spoil(id))).toBeUndefined();
  });

  test.each(['xmovies#000000000001+1', 'movies#000000000001+1x', 'movies#0000000000012+1'])(
    '%j is not the key of a slice, either',
    (part) => {
      expect(parseSlicePart(part)).toBeUndefined();
    },
  );

  test('the root of the completion tree is the job item itself, and its leaves are the ledgers', () => {
    expect(treeKey('j', { level: 0, node: 3 })).toEqual(ledgerKey('j', 3));
    expect(treeKey('j', { level: 'root' })).toEqual({ job_id: 'j', part: 'job' });
    expect(treeKey('j', { level: 2, node: 7 })).toEqual({ job_id: 'j', part: 'done#2#7' });
  });
});
