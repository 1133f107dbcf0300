// Whole objects: attributes, ranges, conditions, copies, deletions.

import { describe, expect, test } from '@jest/globals';
import { createTestS3 } from '../support/s3.ts';

const SECOND = 1000;

test('attributes of an object are returned as given, metadata with names in lower case, until it is put again', () => {
  const { put, call } = createTestS3();
  const given = {
    ContentType: 'text/plain',
    CacheControl: 'no-store',
    ContentEncoding: 'gzip',
    ContentLanguage: 'de',
    ContentDisposition: 'inline',
    Metadata: { Name: 'Öl' },
    StorageClass: 'STANDARD_IA',
  };
  put('k', 'x', { ...given, Tagging: 'a=1&b=2' });
  expect(call('HeadObject', { Key: 'k' })).toMatchObject({
    ...given,
    TagCount: 2,
    Metadata: { name: 'Öl' },
    ContentLength: 1,
  });
  put('k', 'y');
  const replaced = call('HeadObject', { Key: 'k' });
  expect(replaced).toMatchObject({ ContentType: 'binary/octet-stream' });
  const { ContentType: _, ...others } = given;
  for (const name of [...Object.keys(others), 'TagCount']) expect(replaced).not.toHaveProperty(name);
});

test('empty objects, folder markers and keys up to 1,024 bytes are stored', () => {
  const { put, read, refused } = createTestS3();
  const keys = ['folder/', '/', '//', '..', 'ä'.repeat(512), '__proto__', 'a\nb\u0001'];
  for (const key of keys) put(key, key);
  put('empty');
  expect([...keys, 'empty'].map((key) => read(key))).toEqual([...keys, '']);
  for (const operation of ['PutObject', 'CreateMultipartUpload', 'DeleteObject'])
    expect(refused(operation, { Key: `${'ä'.repeat(512)}x` })).toBe('KeyTooLongError');
});

test.each([
  ['bytes=2-4', '234'],
  ['bytes=7-', '789'],
  ['bytes=-2', '89'],
  ['bytes=-50', '0123456789'],
  ['bytes=8-999999999999999999999', '89'],
  ['bytes=4-2', 'whole'],
  ['bytes=1-2,4-5', 'whole'],
  ['bytes=', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=a-b', 'whole'],
  ['seconds=1-2', 'whole'],
  ['bytes=10-', 'InvalidRange'],
  ['bytes=-0', 'InvalidRange'],
])('Range: %s reads %s', (Range, expected) => {
  const { put, call, read, refused } = createTestS3();
  put('k', '0123456789');
  if (expected === 'InvalidRange') {
    expect(refused('GetObject', { Key: 'k', Range })).toBe(expected);
    return;
  }
  expect(read('k', { Range })).toBe(expected === 'whole' ? '0123456789' : expected);
  expect(call('HeadObject', { Key: 'k', Range }).ContentRange !== undefined).toBe(expected !== 'whole');
});

describe('S3’s conditions', () => {
  test('apply to reads as on AWS', () => {
    const { put, call, refused, clock } = createTestS3();
    const { ETag } = put('k', 'x');
    const at = (ms: number) => new Date(clock.ms + ms);
    const read = (more: object) => refused('GetObject', { Key: 'k', ...more });
    expect(read({ IfMatch: ETag })).toBe('succeeded');
    expect(read({ IfMatch: String(ETag).slice(1, -1) })).toBe('succeeded');
    expect(read({ IfMatch: '"other"' })).toBe('PreconditionFailed');
    expect(read({ IfNoneMatch: ETag })).toBe('NotModified');
    expect(read({ IfUnmodifiedSince: at(-SECOND) })).toBe('PreconditionFailed');
    expect(read({ IfMatch: ETag, IfUnmodifiedSince: at(-SECOND) })).toBe('succeeded');
    expect(read({ IfModifiedSince: at(0) })).toBe('NotModified');
    expect(read({ IfModifiedSince: at(-SECOND) })).toBe('succeeded');
    expect(read({ IfModifiedSince: at(60 * SECOND) })).toBe('succeeded');
    expect(call('HeadObject', { Key: 'k', IfNoneMatch: '"other"' })).toMatchObject({ ETag });
  });

  test('apply to writes as on AWS', () => {
    const { put, read, refused } = createTestS3();
    const { ETag } = put('k', 'one');
    const write = (more: object, Key = 'k') => refused('PutObject', { Key, Body: 'two', ...more });
    expect(write({ IfNoneMatch: '*' })).toBe('PreconditionFailed');
    expect(write({ IfMatch: '"other"' })).toBe('PreconditionFailed');
    expect(write({ IfMatch: ETag }, 'missing')).toBe('NoSuchKey');
    expect(write({ IfMatch: '*' })).toBe('NotImplemented');
    expect(write({ IfNoneMatch: '"x"' })).toBe('NotImplemented');
    expect(write({ IfMatch: ETag, IfNoneMatch: '*' })).toBe('NotImplemented');
    expect(read('k')).toBe('one');
    expect(write({ IfMatch: ETag })).toBe('succeeded');
    expect(write({ IfNoneMatch: '*' }, 'new')).toBe('succeeded');
    expect(refused('DeleteObject', { Key: 'k', IfMatch: '"other"' })).toBe('NotImplemented');
    expect(read('k')).toBe('two');
  });

  test('apply to copies, for the source and for the destination', () => {
    const { put, refused, clock } = createTestS3();
    const { ETag } = put('from', 'x');
    put('to', 'y');
    const copy = (more: object) => refused('CopyObject', { Key: 'to', CopySource: 'bucket/from', ...more });
    expect(copy({ CopySourceIfMatch: '"other"' })).toBe('PreconditionFailed');
    expect(copy({ CopySourceIfNoneMatch: ETag })).toBe('PreconditionFailed');
    expect(copy({ CopySourceIfModifiedSince: new Date(clock.ms) })).toBe('PreconditionFailed');
    expect(copy({ CopySourceIfUnmodifiedSince: new Date(clock.ms - SECOND) })).toBe('PreconditionFailed');
    expect(copy({ IfNoneMatch: '*' })).toBe('PreconditionFailed');
    expect(copy({ IfMatch: ETag })).toBe('PreconditionFailed');
    expect(copy({ CopySourceIfMatch: ETag })).toBe('succeeded');
    expect(copy({ CopySourceIfNoneMatch: '"other"' })).toBe('succeeded');
    expect(copy({ CopySourceIfUnmodifiedSince: new Date(clock.ms) })).toBe('succeeded');
    expect(copy({ CopySourceIfModifiedSince: new Date(clock.ms - SECOND) })).toBe('succeeded');
    // A matching ETag decides, and the date is ignored. For another ETag the date does not help.
    const changed = { CopySourceIfUnmodifiedSince: new Date(clock.ms - SECOND) };
    expect(copy({ CopySourceIfMatch: ETag, ...changed })).toBe('succeeded');
    const unchanged = { CopySourceIfUnmodifiedSince: new Date(clock.ms) };
    expect(copy({ CopySourceIfMatch: '"other"', ...unchanged })).toBe('PreconditionFailed');
    const since = { CopySourceIfModifiedSince: new Date(clock.ms - SECOND) };
    expect(copy({ CopySourceIfNoneMatch: ETag, ...since })).toBe('PreconditionFailed');
  });
});

describe('CopyObject', () => {
  test('takes the attributes of the source, or new headers and metadata', () => {
    const { put, call, read } = createTestS3();
    put('ä from', 'x', { ContentType: 'text/plain', Metadata: { a: 'b' }, Tagging: 't=1' });
    const CopySource = `/bucket/${encodeURIComponent('ä from')}`;
    call('CopyObject', { Key: 'to', CopySource });
    expect(call('HeadObject', { Key: 'to' })).toMatchObject({
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
      TagCount: 1,
    });
    call('CopyObject', { Key: 'to', CopySource, MetadataDirective: 'REPLACE', ContentType: 'text/html' });
    expect(call('HeadObject', { Key: 'to' })).toMatchObject({ ContentType: 'text/html', TagCount: 1 });
    expect(call('HeadObject', { Key: 'to' })).not.toHaveProperty('Metadata');
    expect(read('to')).toBe('x');
  });

  test('refuses to copy an object onto itself without a change', () => {
    const { put, refused } = createTestS3();
    put('k', 'x');
    const copy = (more: object = {}) => refused('CopyObject', { Key: 'k', CopySource: 'bucket/k', ...more });
    expect(copy()).toBe('InvalidRequest');
    expect(copy({ ACL: 'public-read' })).toBe('InvalidRequest');
    expect(copy({ MetadataDirective: 'REPLACE' })).toBe('succeeded');
    expect(copy({ Key: 'other' })).toBe('succeeded');
    expect(refused('CreateBucket', { Bucket: 'other' })).toBe('succeeded');
    expect(copy({ Bucket: 'other' })).toBe('succeeded');
    for (const more of [{ StorageClass: 'STANDARD' }, { ServerSideEncryption: 'AES256' }]) {
      expect(copy(more)).toBe('succeeded');
    }
    expect(copy({ TaggingDirective: 'REPLACE', Tagging: 'a=1' })).toBe('InvalidRequest');
  });

  test('reports the checksum and its type', () => {
    const { put, call } = createTestS3();
    put('k', 'x');
    expect(call('CopyObject', { Key: 'to', CopySource: 'bucket/k', ChecksumAlgorithm: 'SHA1' })).toMatchObject({
      CopyObjectResult: { ChecksumSHA1: 'EfatjsUqKYSrqv18O1FlA3hcIHI=', ChecksumType: 'FULL_OBJECT' },
    });
  });

  test('uses the checksum algorithm of the source, unless another is named', () => {
    const { put, call } = createTestS3();
    put('k', 'x', { ChecksumAlgorithm: 'SHA256' });
    const copied = (more: object = {}) => Object(call('CopyObject', { Key: 'to', CopySource: 'bucket/k', ...more }));
    expect(Object.keys(copied().CopyObjectResult)).toContain('ChecksumSHA256');
    expect(Object.keys(copied({ ChecksumAlgorithm: 'CRC32C' }).CopyObjectResult)).toContain('ChecksumCRC32C');
    expect(call('HeadObject', { Key: 'to', ChecksumMode: 'ENABLED' })).toHaveProperty('ChecksumCRC32C');
  });

  test('refuses a source that is missing or invalid', () => {
    const { refused } = createTestS3();
    const copy = (CopySource: string) => refused('CopyObject', { Key: 'to', CopySource });
    expect(copy('bucket/missing')).toBe('NoSuchKey');
    expect(copy('nowhere/k')).toBe('NoSuchBucket');
    expect(copy('bucket')).toBe('InvalidArgument');
    expect(copy('bucket/%zz')).toBe('InvalidArgument');
    expect(copy('bucket/k?versionId=x')).toBe('InvalidArgument');
  });
});

describe('deletions', () => {
  test('succeed whether the object exists or not, and delete no other version', () => {
    const { put, call, read, refused } = createTestS3();
    put('k', 'x');
    expect(refused('DeleteObject', { Key: 'k', VersionId: 'x' })).toBe('InvalidArgument');
    expect(read('k')).toBe('x');
    expect(refused('DeleteObject', { Key: 'k', VersionId: 'null' })).toBe('succeeded');
    expect(refused('DeleteObject', { Key: 'k' })).toBe('succeeded');
    expect(call('ListObjectsV2').KeyCount).toBe(0);
  });

  test('report each of 1 to 1,000 objects, quiet ones only errors; those with a version or a condition are kept', () => {
    const { put, call, read, refused } = createTestS3();
    put('a', 'x');
    put('b', 'x');
    put('c', 'x');
    const Objects = [{ Key: 'a' }, { Key: 'missing' }, { Key: 'b', VersionId: 'x' }, { Key: 'c', ETag: '"other"' }];
    expect(call('DeleteObjects', { Delete: { Objects } })).toEqual({
      Deleted: [{ Key: 'a' }, { Key: 'missing' }],
      Errors: [
        expect.objectContaining({ Key: 'b', Code: 'NoSuchVersion' }),
        expect.objectContaining({ Key: 'c', Code: 'NotImplemented' }),
      ],
    });
    expect(read('b') + read('c')).toBe('xx');
    put('d', 'x');
    expect(call('DeleteObjects', { Delete: { Objects: [{ Key: 'b', VersionId: 'x' }, { Key: 'd' }] } })).toMatchObject({
      Deleted: [{ Key: 'd' }],
      Errors: [{ Key: 'b' }],
    });
    expect(refused('GetObject', { Key: 'd' })).toBe('NoSuchKey');
    const many = (count: number) => ({ Delete: { Objects: Array.from({ length: count }, () => ({ Key: 'a' })) } });
    expect(refused('DeleteObjects', many(1001))).toBe('MalformedXML');
    expect(refused('DeleteObjects', many(0))).toBe('MalformedXML');
    const quiet = call('DeleteObjects', { Delete: { Objects, Quiet: true } });
    expect([quiet.Deleted, quiet.Errors]).toMatchObject([undefined, [{ Key: 'b' }, { Key: 'c' }]]);
  });
});

test.each([
  ['SSECustomerAlgorithm', 'AES256', 'NotImplemented'],
  ['ServerSideEncryption', 'aws:kms', 'NotImplemented'],
  ['ServerSideEncryption', 'AES256', 'succeeded'],
  ['ObjectLockMode', 'GOVERNANCE', 'NotImplemented'],
  ['ACL', 'public-read', 'AccessControlListNotSupported'],
  ['ACL', 'private', 'succeeded'],
  ['ACL', 'bucket-owner-full-control', 'succeeded'],
  ['ACL', 'bucket-owner-read', 'AccessControlListNotSupported'],
  ['ACL', 'anyone', 'InvalidArgument'],
  ['GrantRead', 'id=1', 'AccessControlListNotSupported'],
  ['StorageClass', 'COLD', 'InvalidStorageClass'],
  ['Tagging', 'a=1&a=2', 'InvalidArgument'],
  ['Metadata', { a: 'x'.repeat(2048) }, 'MetadataTooLarge'],
  ['ExpectedBucketOwner', '111111111111', 'AccessDenied'],
])('PutObject with %s %j: %s', (member, value, expected) => {
  expect(createTestS3().refused('PutObject', { Key: 'k', Body: '', [member]: value })).toBe(expected);
});

test('an archived object can be neither read nor copied', () => {
  const { put, refused } = createTestS3();
  put('k', 'x', { StorageClass: 'GLACIER' });
  expect(refused('GetObject', { Key: 'k' })).toBe('InvalidObjectState');
  expect(refused('CopyObject', { Key: 'to', CopySource: 'bucket/k' })).toBe('InvalidObjectState');
});

test('an empty version id is refused', () => {
  const { put, refused } = createTestS3();
  put('k', 'x');
  for (const operation of ['GetObject', 'HeadObject', 'DeleteObject', 'GetObjectTagging']) {
    expect(refused(operation, { Key: 'k', VersionId: '' })).toBe('InvalidArgument');
    expect(refused(operation, { Key: 'k', VersionId: 'null' })).toBe('succeeded');
    put('k', 'x');
  }
});

describe('observers of S3', () => {
  test('get each write after it took effect, and engine.bytes returns the object’s new content', () => {
    const reported: unknown[] = [];
    const setup = createTestS3({
      minPartBytes: 1,
      onWrite: ({ bucket, key }) => {
        const bytes = setup.engine.bytes(bucket, key);
        reported.push([key, bytes && Buffer.from(bytes).toString()]);
      },
    });
    setup.put('a', 'one');
    setup.call('CopyObject', { Key: 'b', CopySource: 'bucket/a' });
    setup.call('PutObjectTagging', { Key: 'b', Tagging: { TagSet: [] } });
    const Key = 'c';
    const { UploadId } = setup.call('CreateMultipartUpload', { Key });
    const Parts = ['x', 'y'].map((Body, at) => {
      const { ETag } = setup.call('UploadPart', { Key, UploadId, PartNumber: at + 1, Body });
      return { PartNumber: at + 1, ETag };
    });
    setup.call('CompleteMultipartUpload', { Key, UploadId, MultipartUpload: { Parts } });
    setup.call('DeleteObject', { Key: 'a' });
    setup.call('DeleteObject', { Key: 'a' });
    expect(reported).toEqual([
      ['a', 'one'],
      ['b', 'one'],
      ['b', 'one'],
      ['c', 'xy'],
      ['a', undefined],
    ]);
    expect(setup.engine.bytes('missing', 'a')).toBeUndefined();
    setup.put('empty');
    expect(setup.engine.bytes('bucket', 'empty')).toHaveLength(0);
  });
});
