// Answers of S3: the statuses of refusals and successes, from its list of error responses and its API reference, and
// what is in their headers and bodies.

import { describe, expect, test } from '@jest/globals';
import { outputAnswer } from '../../src/http/s3-answers.ts';
import { S3Error, type S3ErrorName } from '../../src/index.ts';

const NAMES: Readonly<Record<number, readonly S3ErrorName[]>> = {
  304: ['NotModified'],
  400: [
    'AccessControlListNotSupported',
    'AuthorizationQueryParametersError',
    'BadRequest',
    'BadDigest',
    'EntityTooLarge',
    'EntityTooSmall',
    'IllegalLocationConstraintException',
    'IncompleteBody',
    'InvalidArgument',
    'InvalidBucketOwnerAWSAccountID',
    'InvalidBucketName',
    'InvalidDigest',
    'InvalidLocationConstraint',
    'InvalidPart',
    'InvalidPartOrder',
    'InvalidRequest',
    'InvalidStorageClass',
    'InvalidTag',
    'InvalidURI',
    'KeyTooLongError',
    'MalformedTrailerError',
    'MalformedXML',
    'MaxMessageLengthExceeded',
    'MetadataTooLarge',
    'MissingRequestBodyError',
    'RequestTimeout',
    'XAmzContentSHA256Mismatch',
  ],
  403: ['AccessDenied', 'InvalidObjectState'],
  404: [
    'NoSuchBucket',
    'NoSuchBucketPolicy',
    'NoSuchCORSConfiguration',
    'NoSuchKey',
    'NoSuchLifecycleConfiguration',
    'NoSuchPublicAccessBlockConfiguration',
    'NoSuchTagSet',
    'NoSuchUpload',
    'NoSuchVersion',
    'NoSuchWebsiteConfiguration',
    'ObjectLockConfigurationNotFoundError',
    'ReplicationConfigurationNotFoundError',
  ],
  405: ['MethodNotAllowed'],
  409: ['BucketAlreadyOwnedByYou', 'BucketNotEmpty', 'ConditionalRequestConflict'],
  411: ['MissingContentLength'],
  412: ['PreconditionFailed'],
  416: ['InvalidPartNumber', 'InvalidRange'],
  500: ['InternalError'],
  501: ['NotImplemented'],
};

test.each(Object.entries(NAMES))(
  'errors with the status %s have this status, their code and their fields',
  (status, names) => {
    for (const name of names) {
      expect([name, new S3Error(name).status]).toEqual([name, Number(status)]);
      expect(new S3Error(name, { message: 'Why.', fields: { a: 1 } })).toMatchObject({
        code: name,
        message: 'Why.',
        fields: { a: 1 },
      });
    }
  },
);

describe('an S3 answer', () => {
  const answer = (operation: string, output = {}) => outputAnswer(operation, output, Date.UTC(2026, 0, 1));

  test.each([
    'AbortMultipartUpload',
    'DeleteBucket',
    'DeleteBucketEncryption',
    'DeleteBucketLifecycle',
    'DeleteBucketTagging',
    'DeleteObject',
    'DeleteObjectTagging',
    'DeletePublicAccessBlock',
    'PutBucketTagging',
  ])('has status 204 and no body for %s', (operation) => {
    expect(answer(operation)).toMatchObject({ status: 204, body: '' });
  });

  test.each([
    'CreateBucket',
    'PutObject',
    'UploadPart',
    'PutObjectTagging',
    'HeadObject',
    'DeleteObjects',
    'ListParts',
  ])('has status 200 for %s', (operation) => {
    expect(answer(operation).status).toBe(200);
  });

  test('has status 206 for a range', () => {
    expect(answer('GetObject', { ContentRange: 'bytes 0-1/3' })).toMatchObject({
      status: 206,
      headers: { 'content-range': 'bytes 0-1/3' },
    });
  });

  test('has members as headers, and only in the body what belongs there', () => {
    const object = answer('HeadObject', {
      ETag: '"e"',
      LastModified: new Date(Date.UTC(2026, 0, 2)),
      PartsCount: 2,
      Metadata: { a: 'ä', b: 'x' },
      Expiration: undefined,
      ContentLanguage: 'a\nb',
    });
    expect(object.headers).toMatchObject({
      date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      etag: '"e"',
      'last-modified': 'Fri, 02 Jan 2026 00:00:00 GMT',
      'x-amz-mp-parts-count': '2',
      'x-amz-meta-a': '=?UTF-8?Q?=C3=A4?=',
      'x-amz-meta-b': 'x',
      'content-language': 'a b',
    });
    expect(object.headers).not.toHaveProperty('x-amz-expiration');
    const listed = answer('ListParts', { UploadId: 'u', ChecksumAlgorithm: 'CRC32' });
    expect(listed.headers).not.toHaveProperty('x-amz-checksum-algorithm');
    expect(listed.body).toContain('<UploadId>u</UploadId><ChecksumAlgorithm>CRC32</ChecksumAlgorithm>');
  });
});
