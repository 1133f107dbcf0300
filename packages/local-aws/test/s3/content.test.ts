// The bytes of a body are stored the same, in whatever pieces they arrive.

import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createS3Service } from '../../src/http/s3-service.ts';
import { ALGORITHMS } from '../../src/s3/checksums.ts';
import { ContentBuilder, contentOf, sliceChunks } from '../../src/s3/content.ts';
import type { S3Engine } from '../../src/s3/engine.ts';
import { createTestS3 } from '../support/s3.ts';

/** Pieces below this size are joined. */
const SMALLEST_BYTES = 16_384;

test('a body is stored the same however it arrives, and small pieces are merged', () => {
  const size = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 16_000, max: 17_000 }));
  fc.assert(
    fc.property(fc.array(size, { maxLength: 12 }), (sizes) => {
      const whole = randomBytes(sizes.reduce((sum, bytes) => sum + bytes, 0));
      const builder = new ContentBuilder(['SHA256', 'CRC32C']);
      let at = 0;
      for (const bytes of sizes) {
        builder.add(whole.subarray(at, at + bytes));
        at += bytes;
        expect(builder.bytes).toBe(at);
      }
      const content = builder.finish();
      expect(Buffer.concat(content.chunks).equals(whole)).toBe(true);
      expect(content.bytes).toBe(whole.length);
      expect(content.md5.equals(createHash('md5').update(whole).digest())).toBe(true);
      const expected = contentOf(whole);
      for (const algorithm of ALGORITHMS) expect(content.checksum(algorithm)).toBe(expected.checksum(algorithm));
      expect([content.has('SHA256'), content.has('SHA1')]).toEqual([true, false]);
      for (const { length } of content.chunks) {
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThan(2 * SMALLEST_BYTES);
      }
      // Of two neighbouring chunks at least one is not small, except at the end.
      expect(content.chunks.length).toBeLessThanOrEqual(2 * (whole.length / SMALLEST_BYTES) + 1);
    }),
    { numRuns: 50 },
  );
});

test('a slice of chunks has the bytes between two offsets, and no empty piece', () => {
  const chunks = ['abc', 'd', 'efgh'].map((one) => Buffer.from(one));
  const slice = (from: number, to: number) =>
    Array.from(sliceChunks(chunks, from, to), (one) => String(Buffer.from(one)));
  expect(slice(0, 8)).toEqual(['abc', 'd', 'efgh']);
  expect(slice(3, 4)).toEqual(['d']);
  expect(slice(2, 6)).toEqual(['c', 'd', 'ef']);
  expect(slice(4, 5)).toEqual(['e']);
  expect([slice(8, 9), slice(3, 3)]).toEqual([[], []]);
});

/** A copy to the key `to` over HTTP, with a checksum for which the source must be hashed. */
function copyOverHttp(engine: S3Engine, CopySource: string) {
  const headers = { host: 'localhost', 'x-amz-copy-source': CopySource, 'x-amz-checksum-algorithm': 'SHA1' };
  const head = { method: 'PUT', path: '/bucket/to', query: '', headers };
  return createS3Service(engine)
    .receive(head)
    .complete({ ...head, isDisconnected: () => false, onDisconnect: () => {} })
    .run();
}

test('hashing for a copy yields to other requests', async () => {
  const { engine, put } = createTestS3();
  const builder = new ContentBuilder([]);
  for (let chunk = 0; chunk < 4; chunk += 1) builder.add(Buffer.alloc(4 * 1024 * 1024, chunk));
  const content = builder.finish();
  engine.call('PutObject', { Bucket: 'bucket', Key: 'k', Body: content });
  put('small', 'x');
  // The turns of the event loop while the copy is made: hashing pauses after each of the four chunks.
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const { status } = await copyOverHttp(engine, '/bucket/k');
  isOver = true;
  expect([status, turns >= 3]).toEqual([200, true]);
  const copied = engine.call('HeadObject', { Bucket: 'bucket', Key: 'to', ChecksumMode: 'ENABLED' });
  expect(copied).toMatchObject({ ContentLength: content.bytes, ChecksumSHA1: content.checksum('SHA1') });
  expect((await copyOverHttp(engine, '/bucket/small')).status).toBe(200);
});

test('a copy whose source is replaced while it is hashed is a copy of the new object', async () => {
  const { engine, put, call, read } = createTestS3();
  put('k', 'old', { ContentType: 'text/old' });
  // Hashing has begun when this returns, and the copy is made in a later step.
  const copying = copyOverHttp(engine, '/bucket/k');
  put('k', 'new', { ContentType: 'text/new' });
  expect((await copying).status).toBe(200);
  expect([read('to'), call('HeadObject', { Key: 'to' }).ContentType]).toEqual(['new', 'text/new']);
});
