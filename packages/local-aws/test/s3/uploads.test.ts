// Multipart uploads: parts, their order and sizes, lists, copies into parts, conditions on completion.

import { describe, expect, test } from '@jest/globals';
import { bodyAlgorithms } from '../../src/s3/body-algorithms.ts';
import { createTestS3, PART } from '../support/s3.ts';

type Bucket = ReturnType<typeof createTestS3>;

function begin(bucket: Bucket, Key = 'k', more: object = {}) {
  const { UploadId } = bucket.call('CreateMultipartUpload', { Key, ...more });
  const target = { Key, UploadId };
  const complete = (Parts: object[]) => ({ ...target, MultipartUpload: { Parts } });
  return {
    target,
    complete,
    part: (PartNumber: number, Body: string | Uint8Array) => ({
      PartNumber,
      ETag: bucket.call('UploadPart', { ...target, PartNumber, Body }).ETag,
    }),
  };
}

const LARGE = Buffer.alloc(PART, 'a');

test('a multipart object is read across its parts, by part and by range', () => {
  const bucket = createTestS3();
  const { part, complete } = begin(bucket);
  const parts = [part(3, LARGE), part(7, LARGE), part(9, 'end')];
  expect(bucket.call('CompleteMultipartUpload', complete(parts)).ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
  expect(bucket.read('k', { Range: `bytes=${2 * PART - 1}-` })).toBe('aend');
  expect(bucket.read('k', { PartNumber: 9 })).toBe('end');
  expect(bucket.call('HeadObject', { Key: 'k', PartNumber: 7 })).toMatchObject({ ContentLength: PART, PartsCount: 3 });
  expect(bucket.refused('GetObject', { Key: 'k', PartNumber: 2 })).toBe('InvalidPartNumber');
  expect(bucket.read('k')).toBe(`${'a'.repeat(2 * PART)}end`);
});

test('large parts, and a copy of an object of one part, share the bytes that were put', () => {
  const bucket = createTestS3();
  const { part, complete } = begin(bucket);
  bucket.call('CompleteMultipartUpload', complete([part(1, LARGE), part(2, LARGE)]));
  bucket.put('whole', LARGE);
  bucket.call('CopyObject', { Key: 'copy', CopySource: 'bucket/whole' });
  const buffers = (Key: string) =>
    Array.from(bucket.call('GetObject', { Key }).Body as Iterable<Uint8Array>, ({ buffer }) => buffer === LARGE.buffer);
  expect([buffers('k'), buffers('whole'), buffers('copy')]).toEqual([[true, true], [true], [true]]);
});

describe('completing an upload is refused for', () => {
  const bucket = createTestS3();
  const { part, complete, target } = begin(bucket);
  const [one, two] = [part(1, 'small'), part(2, 'end')];
  test.each([
    ['a small part that is not the last', [one, two], 'EntityTooSmall'],
    ['a wrong order', [two, one], 'InvalidPartOrder'],
    ['a repeated part', [one, one], 'InvalidPartOrder'],
    ['a part that was not uploaded', [{ ...one, PartNumber: 5 }], 'InvalidPart'],
    ['a wrong ETag', [{ ...one, ETag: '"x"' }], 'InvalidPart'],
    ['no parts', [], 'InvalidRequest'],
    ['a part without an ETag', [{ PartNumber: 1 }], 'MalformedXML'],
  ])('%s', (_, parts, code) => {
    expect(bucket.refused('CompleteMultipartUpload', complete(parts))).toBe(code);
  });
  test('an upload of another key, and an upload that was aborted', () => {
    expect(bucket.refused('CompleteMultipartUpload', { ...complete([two]), Key: 'other' })).toBe('NoSuchUpload');
    bucket.call('AbortMultipartUpload', target);
    expect(bucket.refused('CompleteMultipartUpload', complete([two]))).toBe('NoSuchUpload');
    expect(bucket.refused('UploadPart', { ...target, PartNumber: 1, Body: '' })).toBe('NoSuchUpload');
  });
});

test('parts with a checksum must be numbered consecutively', () => {
  const bucket = createTestS3();
  const { target } = begin(bucket, 'k', { ChecksumAlgorithm: 'CRC32' });
  const part = bucket.call('UploadPart', { ...target, PartNumber: 2, Body: 'x', ChecksumAlgorithm: 'CRC32' });
  const Parts = [{ PartNumber: 2, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 }];
  expect(bucket.refused('CompleteMultipartUpload', { ...target, MultipartUpload: { Parts } })).toBe('InternalError');
});

test('the minimum size of a part is an option', () => {
  const bucket = createTestS3({ minPartBytes: 3 });
  const { part, complete } = begin(bucket);
  expect(bucket.refused('CompleteMultipartUpload', complete([part(1, 'ab'), part(2, 'd')]))).toBe('EntityTooSmall');
  bucket.call('CompleteMultipartUpload', complete([part(1, 'abc'), part(2, 'd')]));
  expect(bucket.read('k')).toBe('abcd');
});

test('part numbers are limited to 1 to 10,000', () => {
  const bucket = createTestS3();
  const { target } = begin(bucket);
  for (const PartNumber of [0, 10_001]) {
    expect(bucket.refused('UploadPart', { ...target, PartNumber, Body: '' })).toBe('InvalidArgument');
  }
  expect(bucket.refused('UploadPart', { ...target, PartNumber: 10_000, Body: '' })).toBe('succeeded');
});

test('parts are listed in order, in pages', () => {
  const bucket = createTestS3();
  const { target, part } = begin(bucket);
  for (const number of [9, 2, 5]) part(number, `part ${number}`);
  const first = bucket.call('ListParts', { ...target, MaxParts: 2 });
  expect(first).toMatchObject({
    IsTruncated: true,
    NextPartNumberMarker: 5,
    Parts: [{ PartNumber: 2, Size: 6 }, { PartNumber: 5 }],
  });
  const rest = bucket.call('ListParts', { ...target, PartNumberMarker: first.NextPartNumberMarker });
  expect(rest).toMatchObject({ IsTruncated: false, PartNumberMarker: 5, Parts: [{ PartNumber: 9 }] });
});

test('an upload’s id is unique across buckets and engines', () => {
  const one = createTestS3();
  one.call('CreateBucket', { Bucket: 'other' });
  const create = (bucket: ReturnType<typeof createTestS3>, Bucket = 'bucket') =>
    String(bucket.call('CreateMultipartUpload', { Bucket, Key: 'k' }).UploadId);
  const ids = [create(one), create(one), create(one, 'other'), create(createTestS3())];
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[\w-]{86}$/);
});

test('the checksums to compute while a body arrives are those that its operation and request need', () => {
  const { engine, call } = createTestS3();
  const of = (operation: string, more: object = {}) => [
    ...bodyAlgorithms(engine, operation, { Bucket: 'bucket', ...more }),
  ];
  const upload = (more: object) => ({
    Key: 'k',
    UploadId: call('CreateMultipartUpload', { Key: 'k', ...more }).UploadId,
  });
  expect(of('PutObject')).toEqual(['CRC64NVME']);
  expect(of('PutObject', { ChecksumAlgorithm: 'SHA1' })).toEqual(['SHA1']);
  expect(of('PutObject', { ChecksumCRC32: 'x' })).toEqual(['CRC32']);
  expect(of('UploadPart', upload({}))).toEqual(['CRC64NVME']);
  expect(of('UploadPart', upload({ ChecksumAlgorithm: 'SHA256' }))).toEqual(['SHA256']);
  expect(of('UploadPart', { ...upload({}), ChecksumAlgorithm: 'CRC32C' })).toEqual(['CRC32C', 'CRC64NVME']);
  expect(() => of('PutObject', { Bucket: 'none' })).toThrow('bucket does not exist');
  expect(() => of('UploadPart', { Key: 'k', UploadId: 'none' })).toThrow('upload does not exist');
});

test('members of an input must have the right types, or be null', () => {
  const { refused } = createTestS3();
  for (const MaxKeys of [1.5, Number.NaN, 2 ** 53, '1', true])
    expect(refused('ListObjects', { MaxKeys })).toBe('InvalidArgument');
  for (const Prefix of [1, {}, []]) expect(refused('ListObjects', { Prefix })).toBe('InvalidArgument');
  for (const Metadata of ['a', [], { a: 1 }])
    expect(refused('PutObject', { Key: 'k', Metadata })).toBe('InvalidArgument');
  for (const IfModifiedSince of ['2026', 5]) {
    expect(refused('PutObject', { Key: 'k' })).toBe('succeeded');
    expect(refused('GetObject', { Key: 'k', IfModifiedSince })).toBe('InvalidArgument');
  }
  expect(refused('ListObjectsV2', { FetchOwner: 'true' })).toBe('InvalidArgument');
  expect(refused('PutObject', { Key: '' })).toBe('InvalidArgument');
  const nothing = { Prefix: null, MaxKeys: null, Delimiter: null, EncodingType: null };
  expect(refused('ListObjects', nothing)).toBe('succeeded');
});

test('an upload’s creation time has whole seconds', () => {
  const bucket = createTestS3();
  bucket.clock.ms += 1234;
  begin(bucket);
  expect(bucket.call('ListMultipartUploads').Uploads).toMatchObject([
    { Initiated: new Date(Date.UTC(2026, 0, 1) + 1000) },
  ]);
});

test('uploads are listed by key, then by creation, in pages', () => {
  const bucket = createTestS3();
  const ids = ['b', 'a', 'a', 'c/1', 'c/2'].map((key) => begin(bucket, key).target.UploadId);
  const seen: unknown[] = [];
  let marker: object = {};
  for (let truncated = true; truncated; ) {
    const page = bucket.call('ListMultipartUploads', { MaxUploads: 1, ...marker });
    seen.push(...(page.Uploads as { UploadId: string }[]).map(({ UploadId }) => UploadId));
    marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    truncated = page.IsTruncated === true;
  }
  expect(seen).toEqual([ids[1], ids[2], ids[0], ids[3], ids[4]]);
  expect(bucket.refused('ListMultipartUploads', { KeyMarker: 'b', UploadIdMarker: ids[1] })).toBe('InvalidArgument');
  // Without a key marker, the marker of the upload does not count.
  expect(bucket.call('ListMultipartUploads', { UploadIdMarker: ids[1] }).Uploads).toHaveLength(5);
});

test('in a list of uploads, each common prefix is one entry, which a marker within it skips', () => {
  const bucket = createTestS3();
  for (const key of ['a', 'a', 'c/1', 'c/2', 'd/1', 'e']) begin(bucket, key);
  const list = (more: object) => {
    const {
      Uploads = [],
      CommonPrefixes = [],
      IsTruncated,
    } = bucket.call('ListMultipartUploads', {
      Delimiter: '/',
      ...more,
    });
    const keys = (Uploads as { Key: string }[]).map(({ Key }) => Key);
    const prefixes = (CommonPrefixes as { Prefix: string }[]).map(({ Prefix }) => Prefix);
    return [keys.join(' '), prefixes.join(' '), IsTruncated];
  };
  expect(list({})).toEqual(['a a e', 'c/ d/', false]);
  expect([list({ MaxUploads: 3 }), list({ MaxUploads: 4 })]).toEqual([
    ['a a', 'c/', true],
    ['a a', 'c/ d/', true],
  ]);
  expect([list({ KeyMarker: 'c/1' }), list({ KeyMarker: 'd/' })]).toEqual([
    ['e', 'd/', false],
    ['e', '', false],
  ]);
  expect([list({ KeyMarker: 'b' }), list({ KeyMarker: 'b', Prefix: 'c/' })]).toEqual([
    ['e', 'c/ d/', false],
    ['c/1 c/2', '', false],
  ]);
});

test.each([0, 1, 2])('aborting one of several uploads of a key (%d) leaves the others', (aborted) => {
  const bucket = createTestS3();
  const all = ['k', 'k', 'k', 'other'].map((key) => begin(bucket, key).target);
  const listed = () =>
    ((bucket.call('ListMultipartUploads').Uploads ?? []) as { UploadId: string }[]).map(({ UploadId }) => UploadId);
  bucket.call('AbortMultipartUpload', { ...all[aborted] });
  expect(bucket.refused('AbortMultipartUpload', { ...all[aborted] })).toBe('NoSuchUpload');
  const left = all.filter((_, at) => at !== aborted);
  expect(listed()).toEqual(left.map(({ UploadId }) => UploadId));
  for (const target of left.slice(0, 2)) bucket.call('AbortMultipartUpload', { ...target });
  expect(listed()).toEqual([all[3]?.UploadId]);
});

test.each([
  [undefined, '0123456789'],
  ['bytes=2-4', '234'],
  ['bytes=5-20', 'InvalidArgument'],
  ['bytes=4-2', 'InvalidArgument'],
  ['bytes=-3', 'InvalidArgument'],
  ['2-4', 'InvalidArgument'],
  ['bytes=10-10', 'InvalidRequest'],
])('copying a part with the range %s: %s', (CopySourceRange, expected) => {
  const bucket = createTestS3();
  bucket.put('from', '0123456789');
  const { target, complete } = begin(bucket);
  const input = { ...target, PartNumber: 1, CopySource: 'bucket/from', CopySourceRange };
  if (/^Invalid/.test(expected)) {
    expect(bucket.refused('UploadPartCopy', input)).toBe(expected);
    return;
  }
  const { ETag } = bucket.call('UploadPartCopy', input).CopyPartResult as { ETag: string };
  bucket.call('CompleteMultipartUpload', complete([{ PartNumber: 1, ETag }]));
  expect(bucket.read('k')).toBe(expected);
});

describe('a condition on completing an upload', () => {
  test('is evaluated against the object at that time', () => {
    const bucket = createTestS3();
    const { part, complete } = begin(bucket);
    const parts = complete([part(1, 'new')]);
    bucket.put('k', 'other');
    expect(bucket.refused('CompleteMultipartUpload', { ...parts, IfNoneMatch: '*' })).toBe('PreconditionFailed');
    expect(bucket.refused('CompleteMultipartUpload', { ...parts, IfMatch: '"x"' })).toBe('PreconditionFailed');
    expect(bucket.read('k')).toBe('other');
    bucket.call('DeleteObject', { Key: 'k' });
    expect(bucket.refused('CompleteMultipartUpload', { ...parts, IfNoneMatch: '*' })).toBe('succeeded');
  });

  test('conflicts with a write or a deletion during the upload', () => {
    const bucket = createTestS3();
    bucket.put('k', 'old');
    const deleted = begin(bucket);
    bucket.call('DeleteObject', { Key: 'k' });
    const parts = deleted.complete([deleted.part(1, 'new')]);
    expect(bucket.refused('CompleteMultipartUpload', { ...parts, IfNoneMatch: '*' })).toBe(
      'ConditionalRequestConflict',
    );
    const written = begin(bucket);
    const { ETag } = bucket.put('k', 'between');
    const late = written.complete([written.part(1, 'new')]);
    expect(bucket.refused('CompleteMultipartUpload', { ...late, IfMatch: ETag })).toBe('ConditionalRequestConflict');
  });
});
