// The limits of parts, ranges, pages and conditions, and the ETag of a multipart object.

import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createTestS3, PART } from '../support/s3.ts';

const md5 = (bytes: Uint8Array | string) => createHash('md5').update(bytes).digest();

/** Uploads these parts. @returns the input of `CompleteMultipartUpload` */
function upload(bucket: ReturnType<typeof createTestS3>, bodies: readonly (string | Uint8Array)[], Key = 'k') {
  const { UploadId } = bucket.call('CreateMultipartUpload', { Key });
  const Parts = bodies.map((Body, at) => {
    const { ETag } = bucket.call('UploadPart', { Key, UploadId, PartNumber: at + 1, Body });
    return { PartNumber: at + 1, ETag };
  });
  return { Key, UploadId, MultipartUpload: { Parts } };
}

test('the ETag of a multipart object is the digest of its parts’ digests, and their number', () => {
  const bucket = createTestS3();
  const [large, small] = [Buffer.alloc(PART, 'a'), 'end'];
  const { ETag } = bucket.call('CompleteMultipartUpload', upload(bucket, [large, small]));
  const expected = md5(Buffer.concat([md5(large), md5(small)])).toString('hex');
  expect(ETag).toBe(`"${expected}-2"`);
  expect(bucket.call('HeadObject', { Key: 'k' }).ETag).toBe(ETag);
});

test('every part except the last has at least 5 MiB, to the byte', () => {
  const bucket = createTestS3();
  const done = (bytes: number) =>
    bucket.refused('CompleteMultipartUpload', upload(bucket, [Buffer.alloc(bytes), 'end']));
  expect([done(PART), done(PART - 1)]).toEqual(['succeeded', 'EntityTooSmall']);
  expect(bucket.refused('CompleteMultipartUpload', upload(bucket, ['alone']))).toBe('succeeded');
});

test('ranges include their first and their last byte', () => {
  const bucket = createTestS3();
  bucket.put('k', '0123456789');
  bucket.put('empty');
  const read = (range: string) => bucket.read('k', { Range: `bytes=${range}` });
  expect([read('0-0'), read('9-9'), read('0-9'), read('8-100'), read('9-')]).toEqual([
    '0',
    '9',
    '0123456789',
    '89',
    '9',
  ]);
  expect([read('-1'), read('-10'), read('-11'), read('5-4')]).toEqual(['9', '0123456789', '0123456789', '0123456789']);
  for (const range of ['10-', '10-11', '-0']) {
    expect([range, bucket.refused('GetObject', { Key: 'k', Range: `bytes=${range}` })]).toEqual([
      range,
      'InvalidRange',
    ]);
  }
  expect(bucket.refused('GetObject', { Key: 'empty', Range: 'bytes=-1' })).toBe('InvalidRange');
  const copied = (CopySourceRange: string) => {
    const { UploadId } = bucket.call('CreateMultipartUpload', { Key: 'copy' });
    const part = { Key: 'copy', UploadId, PartNumber: 1, CopySource: 'bucket/k', CopySourceRange };
    return bucket.refused('UploadPartCopy', part);
  };
  expect([copied('bytes=0-9'), copied('bytes=4-4')]).toEqual(['succeeded', 'succeeded']);
  expect([copied('bytes=0-10'), copied('bytes=10-10'), copied('bytes=5-4')]).toEqual([
    'InvalidArgument',
    'InvalidRequest',
    'InvalidArgument',
  ]);
});

test('part numbers are from 1 to 10,000', () => {
  const bucket = createTestS3();
  const { UploadId } = bucket.call('CreateMultipartUpload', { Key: 'k' });
  const sent = (PartNumber: number) => bucket.refused('UploadPart', { Key: 'k', UploadId, PartNumber, Body: 'x' });
  expect([1, 10_000, 0, 10_001].map(sent)).toEqual(['succeeded', 'succeeded', 'InvalidArgument', 'InvalidArgument']);
});

test('lists of uploads and parts end at their maximum, and continue after their markers', () => {
  const bucket = createTestS3();
  const ids = ['a', 'b', 'b', 'c'].map((Key) => bucket.call('CreateMultipartUpload', { Key }).UploadId);
  const list = (more: object) => {
    const { Uploads = [], IsTruncated } = bucket.call('ListMultipartUploads', more);
    return [(Uploads as { UploadId: unknown }[]).map(({ UploadId }) => ids.indexOf(UploadId)), IsTruncated];
  };
  expect(list({})).toEqual([[0, 1, 2, 3], false]);
  expect(list({ MaxUploads: 4 })).toEqual([[0, 1, 2, 3], false]);
  expect(list({ MaxUploads: 3 })).toEqual([[0, 1, 2], true]);
  expect(list({ MaxUploads: 0 })).toEqual([[], false]);
  expect(list({ KeyMarker: 'b' })).toEqual([[3], false]);
  expect(list({ KeyMarker: 'b', UploadIdMarker: ids[1] })).toEqual([[2, 3], false]);

  const target = { Key: 'a', UploadId: ids[0] };
  for (const PartNumber of [1, 2, 3]) bucket.call('UploadPart', { ...target, PartNumber, Body: 'x' });
  const parts = (more: object) => {
    const { Parts = [], IsTruncated } = bucket.call('ListParts', { ...target, ...more });
    return [(Parts as { PartNumber: number }[]).map(({ PartNumber }) => PartNumber), IsTruncated];
  };
  expect([parts({ MaxParts: 3 }), parts({ MaxParts: 2 })]).toEqual([
    [[1, 2, 3], false],
    [[1, 2], true],
  ]);
  expect(parts({ PartNumberMarker: 2 })).toEqual([[3], false]);
});

test('a condition on a write considers writes during the upload', () => {
  const bucket = createTestS3();
  const begun = upload(bucket, ['mine']);
  const { ETag } = bucket.put('k', 'theirs');
  expect(bucket.refused('CompleteMultipartUpload', { ...begun, IfNoneMatch: '*' })).toBe('PreconditionFailed');
  expect(bucket.refused('CompleteMultipartUpload', { ...begun, IfMatch: ETag })).toBe('ConditionalRequestConflict');
  const later = upload(bucket, ['mine']);
  expect(bucket.refused('CompleteMultipartUpload', { ...later, IfMatch: ETag })).toBe('succeeded');
  const existed = upload(bucket, ['mine']);
  bucket.call('DeleteObject', { Key: 'k' });
  expect(bucket.refused('CompleteMultipartUpload', { ...existed, IfNoneMatch: '*' })).toBe(
    'ConditionalRequestConflict',
  );
  expect(bucket.refused('CompleteMultipartUpload', { ...upload(bucket, ['x']), IfNoneMatch: '*' })).toBe('succeeded');
});

test('dates of conditions count in whole seconds, and a future date is ignored', () => {
  const bucket = createTestS3();
  const second = bucket.clock.ms;
  // Put within the second, and read ten seconds after its beginning.
  bucket.clock.ms = second + 700;
  bucket.put('k', 'x');
  bucket.clock.ms = second + 10_000;
  const get = (more: object) => bucket.refused('GetObject', { Key: 'k', ...more });
  const date = (ms: number) => new Date(second + ms);
  expect([get({ IfUnmodifiedSince: date(0) }), get({ IfUnmodifiedSince: date(-1000) })]).toEqual([
    'succeeded',
    'PreconditionFailed',
  ]);
  expect([get({ IfModifiedSince: date(0) }), get({ IfModifiedSince: date(-1000) })]).toEqual([
    'NotModified',
    'succeeded',
  ]);
  expect([10_000, 10_999, 11_000].map((ms) => get({ IfModifiedSince: date(ms) }))).toEqual([
    'NotModified',
    'NotModified',
    'succeeded',
  ]);
});

test('a part of an object is selected by its number; an object that was put whole has part 1', () => {
  const bucket = createTestS3();
  bucket.put('whole', 'abc');
  bucket.put('empty');
  bucket.call('CompleteMultipartUpload', upload(bucket, [Buffer.alloc(PART, 'a'), 'end']));
  const read = (Key: string, more: object) => bucket.call('GetObject', { Key, ...more });
  expect(read('k', { PartNumber: 2 })).toMatchObject({
    ContentLength: 3,
    ContentRange: `bytes ${PART}-${PART + 2}/${PART + 3}`,
  });
  expect(bucket.read('k', { PartNumber: 2 })).toBe('end');
  expect(bucket.read('whole', { PartNumber: 1 })).toBe('abc');
  expect(bucket.read('empty', { PartNumber: 1 })).toBe('');
  expect(read('empty', { PartNumber: 1 })).not.toHaveProperty('ContentRange');
  expect(read('k', { PartNumber: 1 })).toHaveProperty('PartsCount', 2);
  expect(read('k', {})).not.toHaveProperty('PartsCount');
  const refused = (more: object) => bucket.refused('GetObject', { Key: 'k', ...more });
  expect([0, 3, 10_000, 10_001].map((PartNumber) => refused({ PartNumber }))).toEqual([
    'InvalidArgument',
    'InvalidPartNumber',
    'InvalidPartNumber',
    'InvalidArgument',
  ]);
  expect(refused({ PartNumber: 1, Range: 'bytes=0-1' })).toBe('InvalidRequest');
});

test('the refusal of a missing part reports the actual number of parts', () => {
  const { put, call } = createTestS3();
  put('k', 'x');
  expect(() => call('GetObject', { Key: 'k', PartNumber: 3 })).toThrow(
    expect.objectContaining({ code: 'InvalidPartNumber', fields: { PartNumberRequested: 3, ActualPartCount: 1 } }),
  );
});

test.each([
  ['bytes=8-100', 'bytes 8-9/10', 2],
  ['bytes=9-9', 'bytes 9-9/10', 1],
  ['bytes=3-', 'bytes 3-9/10', 7],
  ['bytes=-4', 'bytes 6-9/10', 4],
  ['bytes=-100', 'bytes 0-9/10', 10],
])('the answer to %s reports its range and length', (Range, ContentRange, ContentLength) => {
  const bucket = createTestS3();
  bucket.put('k', '0123456789');
  expect(bucket.call('HeadObject', { Key: 'k', Range })).toMatchObject({ ContentRange, ContentLength });
});
