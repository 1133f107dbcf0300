// Details of a bucket's settings (lifecycle rules at their limits, each option separately, encryption), members that
// answers and lists have in addition, sources of copies, and completed uploads.

import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createTestS3 } from '../support/s3.ts';

describe('a lifecycle rule', () => {
  const rule = { ID: 'a', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 1 } };
  const midnight = new Date(Date.UTC(2026, 5, 1));
  const put = (Rules: object[], more: object = {}) =>
    createTestS3().refused('PutBucketLifecycleConfiguration', { LifecycleConfiguration: { Rules }, ...more });
  const and = (...Tags: object[]) => ({ And: { Prefix: 'a', Tags } });
  const tag = (Key: string) => ({ Key, Value: 'v' });
  const noExpiration = { ...rule, Expiration: undefined };

  test.each<[string, object]>([
    ['a day', rule],
    ['the status Disabled', { ...rule, Status: 'Disabled' }],
    ['a prefix instead of a filter', { ...rule, Filter: undefined, Prefix: '' }],
    ['a date at midnight', { ...rule, Expiration: { Date: midnight } }],
    ['an empty filter', { ...rule, Filter: {} }],
    ['a long id', { ...rule, ID: 'i'.repeat(255) }],
    ['no id', { ...rule, ID: undefined }],
    ['two tags', { ...rule, Filter: and(tag('a'), tag('b')) }],
    ['transitions', { ...noExpiration, Transitions: [{ Days: 1, StorageClass: 'GLACIER' }] }],
    ['an age for old versions', { ...noExpiration, NoncurrentVersionExpiration: { NoncurrentDays: 1 } }],
    [
      'an age of a day for unfinished uploads',
      { ...noExpiration, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
    ],
  ])('may have %s', (_, one) => {
    expect(put([one])).toBe('succeeded');
  });

  test.each<[string, object, string]>([
    ['a filter and a prefix', { ...rule, Prefix: 'logs/' }, 'MalformedXML'],
    ['a filter that is text', { ...rule, Filter: 'logs/' }, 'MalformedXML'],
    ['a filter that is a date', { ...rule, Filter: midnight }, 'MalformedXML'],
    ['days of 0', { ...rule, Expiration: { Days: 0 } }, 'InvalidArgument'],
    ['an empty expiration', { ...rule, Expiration: {} }, 'MalformedXML'],
    ['days and a date', { ...rule, Expiration: { Days: 1, Date: midnight } }, 'MalformedXML'],
    ['a date after midnight', { ...rule, Expiration: { Date: new Date(midnight.getTime() + 1) } }, 'InvalidArgument'],
    ['days below 0', { ...rule, Expiration: { Days: -1 } }, 'InvalidArgument'],
    ['an id too long', { ...rule, ID: 'i'.repeat(256) }, 'InvalidArgument'],
    ['a repeated tag', { ...rule, Filter: and(tag('a'), tag('a')) }, 'InvalidRequest'],
    [
      'an expiration of old versions without an age',
      { ...noExpiration, NoncurrentVersionExpiration: {} },
      'MalformedXML',
    ],
    [
      'an age of 0 days for unfinished uploads',
      { ...rule, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 0 } },
      'InvalidArgument',
    ],
    ['an end of unfinished uploads without an age', { ...rule, AbortIncompleteMultipartUpload: {} }, 'InvalidArgument'],
  ])('must not have %s', (_, one, code) => {
    expect(put([one])).toBe(code);
  });

  test('is one of at most 1,000', () => {
    const rules = (count: number) => Array.from({ length: count }, (_, at) => ({ ...rule, ID: `r${at}` }));
    expect([put(rules(1000)), put(rules(1001))]).toEqual(['succeeded', 'MalformedXML']);
  });

  test('gets a generated id, and the configuration a default minimum size', () => {
    const { call } = createTestS3();
    const Rules = [1, 2].map((Days) => ({ ...rule, ID: undefined, Expiration: { Days } }));
    const LifecycleConfiguration = { Rules };
    expect(call('PutBucketLifecycleConfiguration', { LifecycleConfiguration })).toEqual({
      TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K',
    });
    const ids = (call('GetBucketLifecycleConfiguration').Rules as { ID: string }[]).map(({ ID }) => ID);
    expect(new Set(ids).size).toBe(2);
    expect(ids.join()).toMatch(/^\S{1,48},\S{1,48}$/);
    call('PutBucketLifecycleConfiguration', {
      LifecycleConfiguration,
      TransitionDefaultMinimumObjectSize: 'varies_by_storage_class',
    });
    expect(call('GetBucketLifecycleConfiguration').TransitionDefaultMinimumObjectSize).toBe('varies_by_storage_class');
    expect(put([rule], { TransitionDefaultMinimumObjectSize: 'other' })).toBe('InvalidRequest');
  });
});

test('each option of the public access block is set separately', () => {
  const names = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
  const off = Object.fromEntries(names.map((name) => [name, false]));
  for (const name of names) {
    const { call } = createTestS3();
    call('PutPublicAccessBlock', { PublicAccessBlockConfiguration: { [name]: true } });
    expect(call('GetPublicAccessBlock')).toEqual({ PublicAccessBlockConfiguration: { ...off, [name]: true } });
  }
});

test('a bucket’s encryption is by S3’s key, has one rule, and reports whether it uses a bucket key', () => {
  const rule = (SSEAlgorithm: string, more: object = {}) => ({
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm },
    ...more,
  });
  const put = (...Rules: object[]) => ({ ServerSideEncryptionConfiguration: { Rules } });
  const { call, refused } = createTestS3();
  const enabled = () => Object(call('GetBucketEncryption')).ServerSideEncryptionConfiguration.Rules;
  expect(enabled()).toEqual([rule('AES256', { BucketKeyEnabled: false })]);
  call('PutBucketEncryption', put(rule('AES256', { BucketKeyEnabled: true })));
  expect(enabled()).toEqual([rule('AES256', { BucketKeyEnabled: true })]);
  expect(refused('PutBucketEncryption', put())).toBe('MalformedXML');
  expect(refused('PutBucketEncryption', put(rule('AES256'), rule('AES256')))).toBe('MalformedXML');
  expect(refused('PutBucketEncryption', put(rule('aws:kms')))).toBe('NotImplemented');
  call('DeleteBucketEncryption');
  expect(enabled()).toEqual([rule('AES256', { BucketKeyEnabled: false })]);
});

test.each([
  'PutObject',
  'CopyObject',
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'GetObject',
  'HeadObject',
])('%s refuses unsupported options for encryption, locks and sharing, and reports encryption by S3', (operation) => {
  const { call, put, refused } = createTestS3();
  for (const key of ['from', 'k']) put(key, 'x');
  const { UploadId } = call('CreateMultipartUpload', { Key: 'k' });
  const { ETag } = call('UploadPart', { Key: 'k', UploadId, PartNumber: 1, Body: 'x' });
  const input = {
    ...{ Key: 'k', Body: 'x', PartNumber: 1, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } },
    ...(/Part|Complete/.test(operation) && { UploadId }),
    ...(/Copy/.test(operation) && { CopySource: 'bucket/from' }),
  };
  for (const member of [
    'SSECustomerAlgorithm',
    'SSECustomerKey',
    'SSEKMSKeyId',
    'ObjectLockMode',
    'WriteOffsetBytes',
  ]) {
    expect(refused(operation, { ...input, [member]: 'x' })).toBe('NotImplemented');
  }
  expect(refused(operation, { ...input, ACL: 'public-read' })).toBe('AccessControlListNotSupported');
  expect(call(operation, input)).toMatchObject({ ServerSideEncryption: 'AES256' });
});

test('tags of a bucket need a key and a value, are replaced as a whole, and are removed by DeleteBucketTagging', () => {
  const { call, refused } = createTestS3();
  for (const Tagging of [{}, { TagSet: [{ Key: 'a' }] }, { TagSet: [{ Value: 'v' }] }]) {
    expect(refused('PutBucketTagging', { Tagging })).toBe('MalformedXML');
  }
  const tags = (...names: string[]) => ({ Tagging: { TagSet: names.map((Key) => ({ Key, Value: 'v' })) } });
  call('PutBucketTagging', tags('a', 'b'));
  call('PutBucketTagging', tags('c'));
  expect(call('GetBucketTagging')).toEqual({ TagSet: [{ Key: 'c', Value: 'v' }] });
  call('DeleteBucketTagging');
  expect(refused('GetBucketTagging')).toBe('NoSuchTagSet');
});

test.each(['GetObject', 'HeadObject'])(
  '%s returns the headers that the query requests instead of the stored ones',
  (operation) => {
    const { call, put, refused } = createTestS3();
    const stored = { CacheControl: 'a', ContentDisposition: 'b', ContentEncoding: 'c', ContentLanguage: 'd' };
    put('k', 'x', { ...stored, ContentType: 'text/a' });
    const members = Object.keys({ ...stored, ContentType: '' });
    for (const member of members) {
      const { Body: _, ...answer } = call(operation, { Key: 'k', [`Response${member}`]: 'other' });
      expect(answer).toMatchObject({ ...stored, ContentType: 'text/a', [member]: 'other' });
      expect(call(operation, { Key: 'k', [`Response${member}`]: '' })).toMatchObject(stored);
      expect(refused(operation, { Key: 'k', [`Response${member}`]: 'ф' })).toBe('InvalidArgument');
    }
    const date = new Date(Date.UTC(2026, 5, 1));
    expect(call(operation, { Key: 'k', ResponseExpires: date }).Expires).toBe('Mon, 01 Jun 2026 00:00:00 GMT');
  },
);

test('a list of uploads reports its start and the markers to continue from', () => {
  const { call } = createTestS3();
  const ids = ['a', 'a', 'b'].map((Key) => String(call('CreateMultipartUpload', { Key }).UploadId));
  const first = call('ListMultipartUploads', { MaxUploads: 1 });
  expect(first).toMatchObject({ KeyMarker: '', UploadIdMarker: '', IsTruncated: true, NextKeyMarker: 'a' });
  const marker = { KeyMarker: 'a', UploadIdMarker: first.NextUploadIdMarker };
  const rest = call('ListMultipartUploads', marker);
  expect(rest).toMatchObject({ ...marker, IsTruncated: false, NextKeyMarker: 'b', NextUploadIdMarker: ids[2] });
  const listed = [first, rest].flatMap(({ Uploads }) => (Uploads as { UploadId: string }[]).map((one) => one.UploadId));
  expect(listed.toSorted()).toEqual(ids.toSorted());
  const options = { Prefix: 'a', Delimiter: '/', EncodingType: 'url' };
  expect(call('ListMultipartUploads', options)).toMatchObject({ ...options, MaxUploads: 1000 });
  for (const name of Object.keys(options)) expect(rest).not.toHaveProperty(name);
});

test('GetObjectAttributes returns the requested attributes only, and refuses unknown ones', () => {
  const { call, refused } = createTestS3();
  const ChecksumAlgorithm = 'SHA256';
  const of = { Key: 'k', UploadId: call('CreateMultipartUpload', { Key: 'k', ChecksumAlgorithm }).UploadId };
  const { ETag, ChecksumSHA256 } = call('UploadPart', { ...of, PartNumber: 1, Body: 'x', ChecksumAlgorithm });
  call('CompleteMultipartUpload', { ...of, MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ChecksumSHA256 }] } });
  const digest = (algorithm: string, bytes: Buffer | string) => createHash(algorithm).update(bytes).digest();
  const attributes = {
    ETag: `${digest('md5', digest('md5', 'x')).toString('hex')}-1`,
    Checksum: {
      ChecksumSHA256: digest('sha256', digest('sha256', 'x')).toString('base64'),
      ChecksumType: 'COMPOSITE',
    },
    ObjectParts: expect.objectContaining({ TotalPartsCount: 1 }),
    StorageClass: 'STANDARD',
    ObjectSize: 1,
  };
  const requested = (...ObjectAttributes: string[]) => ({ Key: 'k', ObjectAttributes });
  const LastModified = new Date(Date.UTC(2026, 0, 1));
  for (const [name, value] of Object.entries(attributes)) {
    expect(call('GetObjectAttributes', requested(name))).toEqual({ LastModified, [name]: value });
  }
  expect(call('GetObjectAttributes', requested(...Object.keys(attributes)))).toEqual({ LastModified, ...attributes });
  for (const names of [[], ['ObjectSize', 'Size']]) {
    expect(refused('GetObjectAttributes', requested(...names))).toBe('InvalidArgument');
  }
  expect(refused('GetObjectAttributes', { ...requested('ETag'), IfMatch: '"other"' })).toBe('PreconditionFailed');
});

test.each(['ListObjects', 'ListObjectsV2'])('%s reports the region of a bucket outside us-east-1', (operation) => {
  expect(createTestS3({ region: 'us-east-1' }).call(operation)).not.toHaveProperty('BucketRegion');
  const { engine } = createTestS3();
  engine.call('CreateBucket', {
    Bucket: 'elsewhere',
    CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    SignedRegion: 'eu-west-1',
  });
  expect(engine.call(operation, { Bucket: 'elsewhere' }).BucketRegion).toBe('eu-west-1');
  expect(engine.call('HeadBucket', { Bucket: 'elsewhere' }).BucketRegion).toBe('eu-west-1');
});

describe('a composite checksum', () => {
  const complete = (checksumOf: (value: string) => string) => {
    const { call, refused } = createTestS3();
    const upload = call('CreateMultipartUpload', { Key: 'k', ChecksumAlgorithm: 'SHA256' });
    const of = { Key: 'k', UploadId: upload.UploadId };
    const part = call('UploadPart', { ...of, PartNumber: 1, Body: 'x', ChecksumAlgorithm: 'SHA256' });
    const sum = createHash('sha256').update('x').digest();
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.ETag, ChecksumSHA256: sum.toString('base64') }] };
    const value = createHash('sha256').update(sum).digest('base64');
    return refused('CompleteMultipartUpload', { ...of, MultipartUpload, ChecksumSHA256: checksumOf(value) });
  };

  test('may be given with the number of parts or without', () => {
    expect(complete((value) => `${value}-1`)).toBe('succeeded');
    expect(complete((value) => value)).toBe('succeeded');
    expect(complete((value) => `${value}-2`)).toBe('BadDigest');
    expect(complete(() => createHash('sha256').update('x').digest('base64'))).toBe('BadDigest');
  });
});

test.each([
  ['bucket/k', 'succeeded'],
  ['/bucket/k', 'succeeded'],
  ['bucket/k?versionId=null', 'succeeded'],
  ['bucket/', 'InvalidArgument'],
  ['/k', 'InvalidArgument'],
  ['//k', 'InvalidArgument'],
  ['k', 'InvalidArgument'],
  ['bucket/%', 'InvalidArgument'],
  ['other/k', 'NoSuchBucket'],
  ['bucket/other', 'NoSuchKey'],
])('CopyObject with the source %s: %s', (CopySource, code) => {
  const { put, refused } = createTestS3();
  put('k', 'x');
  expect(refused('CopyObject', { Key: 'copy', CopySource })).toBe(code);
});

test('a final checksum is ignored for an upload that was created without an algorithm', () => {
  const { call, refused } = createTestS3();
  const of = { Key: 'k', UploadId: call('CreateMultipartUpload', { Key: 'k' }).UploadId };
  const { ETag } = call('UploadPart', { ...of, PartNumber: 1, Body: 'x' });
  const end = { ...of, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] }, ChecksumCRC32: 'AAAAAA==' };
  expect(refused('CompleteMultipartUpload', end)).toBe('succeeded');
});

test('the ETag of an upload counts the parts that it was completed with, and only these are stored', () => {
  const { call, read } = createTestS3({ minPartBytes: 1 });
  const of = { Key: 'k', UploadId: call('CreateMultipartUpload', { Key: 'k' }).UploadId };
  const parts = ['a', 'b', 'c'].map((Body, at) => {
    const { ETag } = call('UploadPart', { ...of, PartNumber: at + 1, Body });
    return { PartNumber: at + 1, ETag };
  });
  const { ETag } = call('CompleteMultipartUpload', { ...of, MultipartUpload: { Parts: [parts[0], parts[1]] } });
  const md5s = ['a', 'b'].map((body) => createHash('md5').update(body).digest());
  expect(ETag).toBe(`"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-2"`);
  expect(read('k')).toBe('ab');
  expect(call('HeadObject', { Key: 'k', PartNumber: 1 })).toMatchObject({ PartsCount: 2, ContentLength: 1 });
});
