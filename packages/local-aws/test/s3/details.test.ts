// Details of S3 that a change easily breaks: attributes of copies, combined digests and dates, limits of counts and
// sizes.

import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createTestS3 } from '../support/s3.ts';

const SECOND = 1000;
const md5 = (text: string) => createHash('md5').update(text).digest();

/** Uploads these parts. @returns the input of `CompleteMultipartUpload` */
function upload(bucket: ReturnType<typeof createTestS3>, bodies: readonly string[], more: object = {}) {
  const Key = 'parts';
  const { UploadId } = bucket.call('CreateMultipartUpload', { Key, ...more });
  const Parts = bodies.map((Body, at) => {
    const { ETag } = bucket.call('UploadPart', { Key, UploadId, PartNumber: at + 1, Body });
    return { PartNumber: at + 1, ETag };
  });
  return { Key, UploadId, MultipartUpload: { Parts } };
}

describe('a copy', () => {
  test('has the digest of its bytes as its ETag, though its source has parts, both as an object and as a part', () => {
    const bucket = createTestS3({ minPartBytes: 1 });
    const { ETag } = bucket.call('CompleteMultipartUpload', upload(bucket, ['ab', 'cd', 'e']));
    expect(ETag).toMatch(/-3"$/);
    const of = (text: string) => `"${md5(text).toString('hex')}"`;
    const { CopyObjectResult } = bucket.call('CopyObject', { Key: 'whole', CopySource: 'bucket/parts' });
    expect(CopyObjectResult).toMatchObject({ ETag: of('abcde') });
    expect(bucket.call('HeadObject', { Key: 'whole' })).toMatchObject({ ETag: of('abcde'), ContentLength: 5 });
    const { UploadId } = bucket.call('CreateMultipartUpload', { Key: 'k' });
    const copied = (CopySourceRange?: string) =>
      bucket.call('UploadPartCopy', { Key: 'k', UploadId, PartNumber: 1, CopySource: 'bucket/parts', CopySourceRange });
    expect(copied().CopyPartResult).toMatchObject({ ETag: of('abcde') });
    // A range that is a part, one across two parts, and one within a part.
    expect(copied('bytes=2-3').CopyPartResult).toMatchObject({ ETag: of('cd') });
    expect(copied('bytes=1-2').CopyPartResult).toMatchObject({ ETag: of('bc') });
    expect(copied('bytes=3-3').CopyPartResult).toMatchObject({ ETag: of('d') });
    expect(bucket.call('ListParts', { Key: 'k', UploadId }).Parts).toMatchObject([{ ETag: of('d'), Size: 1 }]);
  });

  test('takes headers, metadata and tags of the source, but not its storage class and redirect', () => {
    const bucket = createTestS3();
    const own = { StorageClass: 'STANDARD_IA', WebsiteRedirectLocation: '/there' };
    bucket.put('from', 'x', { ...own, ContentType: 'text/plain', Metadata: { a: 'b' }, Tagging: 't=1' });
    const copy = (more: object = {}) => {
      bucket.call('CopyObject', { Key: 'to', CopySource: 'bucket/from', ...more });
      const { ContentType, Metadata, TagCount, StorageClass, WebsiteRedirectLocation } = bucket.call('HeadObject', {
        Key: 'to',
      });
      return [ContentType, Object(Metadata).a, TagCount, StorageClass, WebsiteRedirectLocation];
    };
    expect(copy()).toEqual(['text/plain', 'b', 1, undefined, undefined]);
    expect(copy({ ContentType: 'text/html', Tagging: 'u=2&v=3' })).toEqual([
      'text/plain',
      'b',
      1,
      undefined,
      undefined,
    ]);
    expect(copy({ ...own, MetadataDirective: 'REPLACE', TaggingDirective: 'REPLACE', Tagging: 'u=2&v=3' })).toEqual([
      'binary/octet-stream',
      undefined,
      2,
      'STANDARD_IA',
      '/there',
    ]);
    expect(bucket.refused('CopyObject', { Key: 'to', CopySource: 'bucket/from', MetadataDirective: 'KEEP' })).toBe(
      'InvalidArgument',
    );
  });

  test.each([
    ['bucket/a%2Bb', 'a+b'],
    ['bucket/a+b', 'a b'],
    ['/bucket/a%20b', 'a b'],
    ['bucket/a%2Fb', 'a/b'],
    ['bucket/a%2Bb?versionId=null', 'a+b'],
  ])('from the source %s is of the object %s', (CopySource, key) => {
    const bucket = createTestS3();
    for (const one of ['a+b', 'a b', 'a/b']) bucket.put(one, one);
    bucket.call('CopyObject', { Key: 'to', CopySource });
    expect(bucket.read('to')).toBe(key);
  });
});

describe('a multipart object', () => {
  test('of one part differs from a plain object by its ETag, its part count and its list of parts', () => {
    const bucket = createTestS3();
    bucket.call('CompleteMultipartUpload', upload(bucket, ['x']));
    expect(bucket.call('HeadObject', { Key: 'parts', PartNumber: 1 })).toMatchObject({ PartsCount: 1 });
    const ObjectAttributes = ['ETag', 'ObjectParts', 'ObjectSize', 'StorageClass'];
    expect(bucket.call('GetObjectAttributes', { Key: 'parts', ObjectAttributes })).toMatchObject({
      ETag: expect.stringMatching(/^[0-9a-f]{32}-1$/),
      ObjectParts: { TotalPartsCount: 1 },
      ObjectSize: 1,
      StorageClass: 'STANDARD',
    });
    bucket.put('whole', 'x');
    expect(bucket.call('HeadObject', { Key: 'whole', PartNumber: 1 })).not.toHaveProperty('PartsCount');
    const whole = bucket.call('GetObjectAttributes', { Key: 'whole', ObjectAttributes });
    expect(whole).not.toHaveProperty('ObjectParts');
    expect(whole).toMatchObject({ ETag: md5('x').toString('hex'), ObjectSize: 1, StorageClass: 'STANDARD' });
  });

  test('lists its parts in pages when they have checksums', () => {
    const bucket = createTestS3({ minPartBytes: 1 });
    const Key = 'k';
    const { UploadId } = bucket.call('CreateMultipartUpload', { Key, ChecksumAlgorithm: 'SHA256' });
    const Parts = ['ab', 'c', 'd'].map((Body, at) => {
      const part = { PartNumber: at + 1, Body, ChecksumAlgorithm: 'SHA256' };
      const { ETag, ChecksumSHA256 } = bucket.call('UploadPart', { Key, UploadId, ...part });
      return { PartNumber: at + 1, ETag, ChecksumSHA256 };
    });
    bucket.call('CompleteMultipartUpload', { Key, UploadId, MultipartUpload: { Parts } });
    const pages = (more: object) => {
      const requested = { Key, ObjectAttributes: ['ObjectParts'], ...more };
      const { ObjectParts } = bucket.call('GetObjectAttributes', requested);
      const { IsTruncated, NextPartNumberMarker, Parts: listed } = Object(ObjectParts);
      return [listed.map(({ Size }: { Size: number }) => Size), IsTruncated, NextPartNumberMarker];
    };
    expect([pages({}), pages({ MaxParts: 3 }), pages({ MaxParts: 2 })]).toEqual([
      [[2, 1, 1], false, 3],
      [[2, 1, 1], false, 3],
      [[2, 1], true, 2],
    ]);
    expect(pages({ PartNumberMarker: 2 })).toEqual([[1], false, 3]);
  });
});

describe('a multipart upload', () => {
  test('ends when it is completed or aborted: it cannot be completed, and neither it nor its prefix is listed', () => {
    const bucket = createTestS3();
    const done = upload(bucket, ['x']);
    const { UploadId } = bucket.call('CreateMultipartUpload', { Key: 'a/b' });
    bucket.call('CompleteMultipartUpload', done);
    bucket.call('AbortMultipartUpload', { Key: 'a/b', UploadId });
    expect(bucket.refused('CompleteMultipartUpload', { ...done, Key: 'a/b', UploadId })).toBe('NoSuchUpload');
    expect(bucket.refused('CompleteMultipartUpload', done)).toBe('NoSuchUpload');
    expect(bucket.refused('ListParts', { Key: done.Key, UploadId: done.UploadId })).toBe('NoSuchUpload');
    const listed = bucket.call('ListMultipartUploads', { Delimiter: '/' });
    expect([listed.Uploads, listed.CommonPrefixes, listed.IsTruncated]).toEqual([undefined, undefined, false]);
  });

  test.each([-1, 0, 1])('is refused unless its declared size is right: %d bytes wrong', (wrong) => {
    const bucket = createTestS3();
    expect(bucket.refused('CompleteMultipartUpload', { ...upload(bucket, ['abc']), MpuObjectSize: 3 + wrong })).toBe(
      wrong === 0 ? 'succeeded' : 'InvalidRequest',
    );
  });

  test('has the later version of a part that is sent again', () => {
    const bucket = createTestS3({ minPartBytes: 1 });
    const { Key, UploadId, MultipartUpload } = upload(bucket, ['a', 'b']);
    const { ETag } = bucket.call('UploadPart', { Key, UploadId, PartNumber: 1, Body: 'A' });
    const [first, second] = MultipartUpload.Parts;
    const complete = (part: unknown) => ({ Key, UploadId, MultipartUpload: { Parts: [part, second] } });
    expect(bucket.refused('CompleteMultipartUpload', complete(first))).toBe('InvalidPart');
    bucket.call('CompleteMultipartUpload', complete({ ...first, ETag }));
    expect(bucket.read(Key)).toBe('Ab');
  });

  test('gives the object the attributes that it was created with', () => {
    const bucket = createTestS3();
    const given = { ContentType: 'text/plain', Metadata: { a: 'b' }, StorageClass: 'STANDARD_IA', Tagging: 't=1' };
    bucket.call('CompleteMultipartUpload', upload(bucket, ['x'], given));
    const { Tagging: _, ...shown } = given;
    expect(bucket.call('HeadObject', { Key: 'parts' })).toMatchObject({ ...shown, TagCount: 1 });
  });
});

test('the ETag of a read condition takes precedence over the date, and may be one of a list, weak, or *', () => {
  const bucket = createTestS3();
  const { ETag } = bucket.put('k', 'x');
  const at = (ms: number) => new Date(bucket.clock.ms + ms);
  const read = (more: object) => bucket.refused('GetObject', { Key: 'k', ...more });
  expect(read({ IfNoneMatch: '"other"', IfModifiedSince: at(0) })).toBe('succeeded');
  expect(read({ IfNoneMatch: ETag, IfModifiedSince: at(-SECOND) })).toBe('NotModified');
  expect(read({ IfMatch: ETag, IfUnmodifiedSince: at(-SECOND) })).toBe('succeeded');
  expect(read({ IfMatch: '"other"', IfUnmodifiedSince: at(0) })).toBe('PreconditionFailed');
  expect(read({ IfMatch: `"other", ${ETag}` })).toBe('succeeded');
  expect(read({ IfNoneMatch: `"other",W/${ETag}` })).toBe('NotModified');
  expect([read({ IfMatch: '*' }), read({ IfNoneMatch: '*' })]).toEqual(['succeeded', 'NotModified']);
});

test('metadata is limited to 2,048 bytes of names and values', () => {
  const bucket = createTestS3();
  const put = (bytes: number) => bucket.refused('PutObject', { Key: 'k', Metadata: { é: 'x'.repeat(bytes - 2) } });
  expect([put(2048), put(2049)]).toEqual(['succeeded', 'MetadataTooLarge']);
});

test.each([
  ['GLACIER', 'InvalidObjectState'],
  ['DEEP_ARCHIVE', 'InvalidObjectState'],
  ['GLACIER_IR', 'succeeded'],
  ['STANDARD_IA', 'succeeded'],
  ['INTELLIGENT_TIERING', 'succeeded'],
])('reading an object of class %s: %s', (StorageClass, expected) => {
  const bucket = createTestS3();
  bucket.put('k', 'x', { StorageClass });
  expect(bucket.refused('GetObject', { Key: 'k' })).toBe(expected);
  expect(bucket.call('HeadObject', { Key: 'k' })).toMatchObject({ StorageClass });
});

describe('tags in S3', () => {
  const tags = (count: number) => Array.from({ length: count }, (_, at) => ({ Key: `t${at}`, Value: 'v' }));
  const tagged = (operation: string, TagSet: object[]) => {
    const bucket = createTestS3();
    bucket.put('k');
    return bucket.refused(operation, { Key: 'k', Tagging: { TagSet } });
  };

  test('are limited to ten for an object and 50 for a bucket', () => {
    expect([10, 11].map((count) => tagged('PutObjectTagging', tags(count)))).toEqual(['succeeded', 'BadRequest']);
    expect([50, 51].map((count) => tagged('PutBucketTagging', tags(count)))).toEqual(['succeeded', 'BadRequest']);
    const header = (count: number) =>
      new URLSearchParams(Object.fromEntries(tags(count).map(({ Key, Value }) => [Key, Value]))).toString();
    const put = (count: number) => createTestS3().refused('PutObject', { Key: 'k', Tagging: header(count) });
    expect([put(10), put(11)]).toEqual(['succeeded', 'BadRequest']);
  });

  test.each([
    ['k'.repeat(128), 'v', 'succeeded'],
    ['k'.repeat(129), 'v', 'InvalidTag'],
    ['', 'v', 'InvalidTag'],
    ['k', 'v'.repeat(256), 'succeeded'],
    ['k', 'v'.repeat(257), 'InvalidTag'],
    ['k', '', 'succeeded'],
    ['a b_.:/=+-@ä', 'v', 'succeeded'],
    ['k', 'a;b', 'InvalidTag'],
    ['aws:k', 'v', 'InvalidTag'],
  ])('named %s with the value %s: %s', (Key, Value, expected) => {
    expect(tagged('PutObjectTagging', [{ Key, Value }])).toBe(expected);
  });

  test('are replaced as a whole, and removed when they are deleted', () => {
    const bucket = createTestS3();
    bucket.put('k', 'x', { Tagging: 'a=1' });
    const { ETag } = bucket.call('HeadObject', { Key: 'k' });
    bucket.call('PutObjectTagging', { Key: 'k', Tagging: { TagSet: [{ Key: 'b', Value: '2' }] } });
    expect(bucket.call('GetObjectTagging', { Key: 'k' }).TagSet).toEqual([{ Key: 'b', Value: '2' }]);
    bucket.call('DeleteObjectTagging', { Key: 'k' });
    expect(bucket.call('GetObjectTagging', { Key: 'k' }).TagSet).toEqual([]);
    expect(bucket.call('HeadObject', { Key: 'k' })).toMatchObject({ ETag });
    expect(bucket.refused('GetObjectTagging', { Key: 'none' })).toBe('NoSuchKey');
  });
});

test('DeleteObjects deletes up to 1,000 objects', () => {
  const bucket = createTestS3();
  const many = (count: number) => Array.from({ length: count }, (_, at) => ({ Key: `k${at}` }));
  for (const { Key } of many(1000)) bucket.put(Key);
  const { Deleted, Errors } = bucket.call('DeleteObjects', { Delete: { Objects: many(1000) } });
  expect([Object(Deleted).length, Errors]).toEqual([1000, undefined]);
  expect(bucket.call('ListObjectsV2')).toMatchObject({ KeyCount: 0 });
  bucket.put('k0');
  expect(bucket.refused('DeleteObjects', { Delete: { Objects: many(1001) } })).toBe('MalformedXML');
  expect(bucket.read('k0')).toBe('');
});

test('a list that is truncated returns a token or markers to continue from, ListObjects only when keys are grouped', () => {
  const bucket = createTestS3();
  for (const key of ['a', 'b', 'c']) bucket.put(key);
  expect(bucket.call('ListObjects', { MaxKeys: 2 })).toMatchObject({
    IsTruncated: true,
    Contents: [{ Key: 'a' }, { Key: 'b' }],
  });
  expect(bucket.call('ListObjects', { MaxKeys: 2 })).not.toHaveProperty('NextMarker');
  expect(bucket.call('ListObjects', { MaxKeys: 2, Delimiter: '/' })).toMatchObject({ NextMarker: 'b' });
  expect(bucket.call('ListObjects', { MaxKeys: 3 })).toMatchObject({ IsTruncated: false });
  const { NextContinuationToken: ContinuationToken } = bucket.call('ListObjectsV2', { MaxKeys: 2 });
  expect(bucket.call('ListObjectsV2', { ContinuationToken })).toMatchObject({ KeyCount: 1, Contents: [{ Key: 'c' }] });
  expect(bucket.call('ListObjectVersions', { MaxKeys: 2 })).toMatchObject({
    NextKeyMarker: 'b',
    NextVersionIdMarker: 'null',
    Versions: [{ Key: 'a', IsLatest: true }, { Key: 'b' }],
  });
  expect(bucket.call('ListObjectVersions', { KeyMarker: 'b' })).toMatchObject({ Versions: [{ Key: 'c' }] });
  expect(bucket.refused('ListObjectVersions', { VersionIdMarker: 'null' })).toBe('InvalidArgument');
});
