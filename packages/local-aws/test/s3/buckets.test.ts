// Buckets and their settings.

import { describe, expect, test } from '@jest/globals';
import { createTestS3 } from '../support/s3.ts';

test.each([
  ['abc', 'succeeded'],
  ['a.b-c', 'succeeded'],
  ['ab', 'InvalidBucketName'],
  ['Abc', 'InvalidBucketName'],
  ['a_b', 'InvalidBucketName'],
  ['a..b', 'InvalidBucketName'],
  ['-abc', 'InvalidBucketName'],
  ['192.168.0.1', 'InvalidBucketName'],
  ['a'.repeat(64), 'InvalidBucketName'],
  ['xn--abc', 'InvalidBucketName'],
  ['sthree-a', 'InvalidBucketName'],
  ['amzn-s3-demo-a', 'InvalidBucketName'],
  ['a-s3alias', 'InvalidBucketName'],
  ['a--ol-s3', 'InvalidBucketName'],
  ['a.mrap', 'InvalidBucketName'],
  ['a--x-s3', 'InvalidBucketName'],
  ['a--table-s3', 'InvalidBucketName'],
  ['amrap', 'succeeded'],
  ['a-xn--abc', 'succeeded'],
  ['a-s3alias-b', 'succeeded'],
  ['192.168.0', 'succeeded'],
  ['a'.repeat(63), 'succeeded'],
])('creating the bucket %s: %s', (Bucket, expected) => {
  expect(createTestS3().refused('CreateBucket', { Bucket })).toBe(expected);
});

test('a bucket can be created again, with its objects, in us-east-1 only, and be deleted when it is empty', () => {
  const { put, refused, call, engine } = createTestS3();
  put('k');
  expect(refused('CreateBucket')).toBe('succeeded');
  const elsewhere = { Bucket: 'elsewhere', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } };
  expect(refused('CreateBucket', elsewhere)).toBe('succeeded');
  expect(refused('CreateBucket', elsewhere)).toBe('BucketAlreadyOwnedByYou');
  expect(call('GetBucketLocation', { Bucket: 'elsewhere' })).toEqual({ LocationConstraint: 'eu-west-1' });
  expect(refused('CreateBucket', { Bucket: 'x-y', CreateBucketConfiguration: { LocationConstraint: 'moon' } })).toBe(
    'InvalidLocationConstraint',
  );
  expect(refused('DeleteBucket')).toBe('BucketNotEmpty');
  call('DeleteObject', { Key: 'k' });
  expect(refused('DeleteBucket')).toBe('succeeded');
  expect(refused('HeadBucket')).toBe('NoSuchBucket');
  expect(engine.buckets.size).toBe(1);
});

test('an incomplete upload does not prevent the deletion of its bucket', () => {
  const { refused, call } = createTestS3();
  call('CreateMultipartUpload', { Key: 'k' });
  expect(refused('DeleteBucket')).toBe('succeeded');
  call('CreateBucket');
  expect(call('ListMultipartUploads').Uploads).toBeUndefined();
});

test('buckets are listed in the order of their names, by prefix, in pages and by region', () => {
  const { call, refused } = createTestS3();
  for (const Bucket of ['ccc', 'aaa', 'aab']) call('CreateBucket', { Bucket });
  const names = (input: object) => (call('ListBuckets', input).Buckets as { Name: string }[]).map(({ Name }) => Name);
  expect(names({})).toEqual(['aaa', 'aab', 'bucket', 'ccc']);
  expect(names({ Prefix: 'aa' })).toEqual(['aaa', 'aab']);
  expect(names({ MaxBuckets: 3 })).toEqual(['aaa', 'aab', 'bucket']);
  const { ContinuationToken } = call('ListBuckets', { MaxBuckets: 3 });
  expect(names({ ContinuationToken })).toEqual(['ccc']);
  expect([names({ BucketRegion: 'us-east-1' }).length, names({ BucketRegion: 'eu-west-1' })]).toEqual([4, []]);
  // There is no such region.
  expect(refused('ListBuckets', { BucketRegion: 'eu-east-1' })).toBe('InvalidArgument');
});

test('an engine and its buckets are in us-east-1 by default, and object lock is refused', () => {
  const { call, refused, engine } = createTestS3();
  expect(engine.region).toBe('us-east-1');
  expect(call('HeadBucket')).toMatchObject({ BucketRegion: 'us-east-1' });
  expect(refused('CreateBucket', { Bucket: 'aaa', ObjectLockEnabledForBucket: true })).toBe('NotImplemented');
});

test('a bucket is in the region of its location constraint, which may be the older name of Ireland', () => {
  const { call } = createTestS3();
  const made = (Bucket: string, LocationConstraint?: string) => {
    const where = LocationConstraint && { CreateBucketConfiguration: { LocationConstraint } };
    const { Location } = call('CreateBucket', { Bucket, ...where });
    const { BucketRegion } = call('HeadBucket', { Bucket });
    return [Location, BucketRegion, call('GetBucketLocation', { Bucket }).LocationConstraint];
  };
  expect(made('here')).toEqual(['/here', 'us-east-1', '']);
  expect(made('old', 'EU')).toEqual(['http://old.s3.amazonaws.com/', 'eu-west-1', 'EU']);
  expect(made('new', 'eu-west-1')).toEqual(['http://new.s3.amazonaws.com/', 'eu-west-1', 'eu-west-1']);
  const listed = call('ListBuckets', { BucketRegion: 'eu-west-1' }).Buckets as { readonly Name: string }[];
  expect(listed.map(({ Name }) => Name)).toEqual(['new', 'old']);
});

test('tags of a bucket are stored, and invalid tags are refused', () => {
  const { call, refused } = createTestS3();
  expect(refused('GetBucketTagging')).toBe('NoSuchTagSet');
  const TagSet = [{ Key: 'a', Value: '1' }];
  call('PutBucketTagging', { Tagging: { TagSet } });
  expect(call('GetBucketTagging')).toEqual({ TagSet });
  const put = (tags: object[]) => refused('PutBucketTagging', { Tagging: { TagSet: tags } });
  expect(put([...TagSet, ...TagSet])).toBe('InvalidTag');
  expect(put([{ Key: 'aws:a', Value: '1' }])).toBe('InvalidTag');
  expect(put([{ Key: 'a,', Value: '1' }])).toBe('InvalidTag');
  expect(put([{ Key: 'a' }])).toBe('MalformedXML');
  expect(call('GetBucketTagging')).toEqual({ TagSet });
  call('DeleteBucketTagging');
  expect(refused('GetBucketTagging')).toBe('NoSuchTagSet');
});

test('public access is blocked until the setting is changed', () => {
  const { call, refused } = createTestS3();
  const blocked = () => call('GetPublicAccessBlock').PublicAccessBlockConfiguration;
  const all = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  expect(blocked()).toEqual(all);
  call('PutPublicAccessBlock', { PublicAccessBlockConfiguration: { ...all, RestrictPublicBuckets: false } });
  expect(blocked()).toEqual({ ...all, RestrictPublicBuckets: false });
  call('DeletePublicAccessBlock');
  expect(refused('GetPublicAccessBlock')).toBe('NoSuchPublicAccessBlockConfiguration');
});

describe('lifecycle rules', () => {
  const rule = { ID: 'a', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 7 } };

  test('are stored, and determine the expiration that an object reports', () => {
    const { call, put, refused } = createTestS3();
    expect(refused('GetBucketLifecycleConfiguration')).toBe('NoSuchLifecycleConfiguration');
    call('PutBucketLifecycleConfiguration', { LifecycleConfiguration: { Rules: [rule] } });
    expect(call('GetBucketLifecycleConfiguration').Rules).toEqual([rule]);
    expect(put('logs/1').Expiration).toBe('expiry-date="Fri, 09 Jan 2026 00:00:00 GMT", rule-id="a"');
    expect(put('other').Expiration).toBeUndefined();
    call('DeleteBucketLifecycle');
    expect(call('HeadObject', { Key: 'logs/1' }).Expiration).toBeUndefined();
  });

  test.each([
    ['an empty list', [], 'MalformedXML'],
    ['no filter', [{ ID: 'a', Status: 'Enabled', Expiration: { Days: 7 } }], 'MalformedXML'],
    ['an unknown status', [{ ...rule, Status: 'On' }], 'MalformedXML'],
    ['two filters', [{ ...rule, Filter: { Prefix: '', ObjectSizeGreaterThan: 1 } }], 'MalformedXML'],
    ['no action', [{ ...rule, Expiration: undefined }], 'InvalidRequest'],
    ['a date that is not midnight', [{ ...rule, Expiration: { Date: new Date(1000) } }], 'InvalidArgument'],
    ['zero days', [{ ...rule, Expiration: { Days: 0 } }], 'InvalidArgument'],
    ['a repeated id', [rule, rule], 'InvalidArgument'],
  ])('are refused with %s', (_, Rules, code) => {
    expect(createTestS3().refused('PutBucketLifecycleConfiguration', { LifecycleConfiguration: { Rules } })).toBe(code);
  });
});

test.each([
  ['eu-west-1', undefined, 'IllegalLocationConstraintException'],
  ['eu-west-1', 'eu-west-1', 'succeeded'],
  ['eu-west-1', 'EU', 'succeeded'],
  ['us-east-2', 'EU', 'IllegalLocationConstraintException'],
  ['us-west-2', 'us-east-1', 'IllegalLocationConstraintException'],
  ['eu-west-1', 'moon', 'IllegalLocationConstraintException'],
  ['us-east-1', 'us-east-1', 'InvalidLocationConstraint'],
  ['local', undefined, 'succeeded'],
])('CreateBucket signed for %s with the location %s: %s', (SignedRegion, LocationConstraint, expected) => {
  const { refused } = createTestS3();
  expect(
    refused('CreateBucket', { Bucket: 'b-c', SignedRegion, CreateBucketConfiguration: { LocationConstraint } }),
  ).toBe(expected);
});

test('an owner has an id, and only the initiator of an upload has a name', () => {
  const { call, put } = createTestS3();
  put('k');
  const { UploadId } = call('CreateMultipartUpload', { Key: 'k' });
  expect(call('ListBuckets').Owner).toEqual({ ID: expect.any(String) });
  expect(call('ListObjects').Contents).toMatchObject([{ Owner: { ID: expect.any(String) } }]);
  expect(call('ListObjects').Contents).not.toMatchObject([{ Owner: { DisplayName: expect.any(String) } }]);
  const ID = expect.any(String);
  const people = { Owner: { ID }, Initiator: { ID, DisplayName: 'webfile' } };
  const { Owner, Initiator } = call('ListParts', { Key: 'k', UploadId });
  expect({ Owner, Initiator }).toEqual(people);
  const [listed] = call('ListMultipartUploads').Uploads as readonly (typeof people)[];
  expect({ Owner: listed?.Owner, Initiator: listed?.Initiator }).toEqual(people);
});

test('encryption is by S3’s keys, and requesting it allows an object to be copied onto itself', () => {
  const { call, put, refused } = createTestS3();
  const encrypt = (SSEAlgorithm: string) =>
    refused('PutBucketEncryption', {
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm }, BucketKeyEnabled: true }],
      },
    });
  const copy = () => refused('CopyObject', { Key: 'k', CopySource: 'bucket/k' });
  put('k', 'x');
  expect(copy()).toBe('InvalidRequest');
  expect(encrypt('aws:kms')).toBe('NotImplemented');
  expect(encrypt('AES256')).toBe('succeeded');
  expect(copy()).toBe('succeeded');
  const BucketKeyEnabled = () =>
    Object(call('GetBucketEncryption').ServerSideEncryptionConfiguration).Rules[0].BucketKeyEnabled;
  expect(BucketKeyEnabled()).toBe(true);
  call('DeleteBucketEncryption');
  expect(BucketKeyEnabled()).toBe(false);
  expect(copy()).toBe('InvalidRequest');
});

test('an expected owner must be the account, else the request is refused in AWS’s words', () => {
  const { call, refused } = createTestS3();
  expect(refused('HeadBucket', { ExpectedBucketOwner: '000000000000' })).toBe('succeeded');
  expect(refused('HeadBucket', { ExpectedBucketOwner: '000000000002' })).toBe('AccessDenied');
  for (const ExpectedBucketOwner of ['0000', '0000000000020', 'abcd', 'aa000000000$']) {
    expect(() => call('HeadBucket', { ExpectedBucketOwner })).toThrow(
      expect.objectContaining({
        code: 'InvalidBucketOwnerAWSAccountID',
        message: `The value of the expected bucket owner parameter must be an AWS Account ID... [${ExpectedBucketOwner}]`,
        fields: {},
      }),
    );
  }
});
