// The S3 operation for a method, a path and a query.

import { describe, expect, test } from '@jest/globals';
import { operationOf } from '../../src/http/s3-routes.ts';

const queryOf = (search: string): ReadonlyMap<string, string> => new Map(new URLSearchParams(search));

function operationFor(request: string, isCopy = false): string {
  const [method = '', path = ''] = request.split(' ');
  const [where = '', search = ''] = path.split('?');
  const [bucket = '', key = ''] = where.slice(1).split('/');
  try {
    return operationOf(method, { bucket, key, query: queryOf(search) }, isCopy);
  } catch (error) {
    return String(Object(error).code);
  }
}

describe('the S3 operation', () => {
  test.each([
    ['GET /', 'ListBuckets'],
    ['PUT /', 'MethodNotAllowed'],
    ['GET /b', 'ListObjects'],
    ['GET /b?list-type=2', 'ListObjectsV2'],
    ['GET /b?versions', 'ListObjectVersions'],
    ['GET /b?uploads', 'ListMultipartUploads'],
    ['GET /b?location', 'GetBucketLocation'],
    ['GET /b?versioning', 'GetBucketVersioning'],
    ['GET /b?lifecycle', 'GetBucketLifecycleConfiguration'],
    ['GET /b?publicAccessBlock', 'GetPublicAccessBlock'],
    ['GET /b?tagging', 'GetBucketTagging'],
    ['GET /b?encryption', 'GetBucketEncryption'],
    ['GET /b?accelerate', 'GetBucketAccelerateConfiguration'],
    ['GET /b?acl', 'GetBucketAcl'],
    ['GET /b?cors', 'GetBucketCors'],
    ['GET /b?logging', 'GetBucketLogging'],
    ['GET /b?notification', 'GetBucketNotificationConfiguration'],
    ['GET /b?object-lock', 'GetObjectLockConfiguration'],
    ['GET /b?ownershipControls', 'GetBucketOwnershipControls'],
    ['GET /b?policy', 'GetBucketPolicy'],
    ['GET /b?policyStatus', 'GetBucketPolicyStatus'],
    ['GET /b?replication', 'GetBucketReplication'],
    ['GET /b?requestPayment', 'GetBucketRequestPayment'],
    ['GET /b?website', 'GetBucketWebsite'],
    ['HEAD /b', 'HeadBucket'],
    ['PUT /b', 'CreateBucket'],
    ['PUT /b?lifecycle', 'PutBucketLifecycleConfiguration'],
    ['PUT /b?publicAccessBlock', 'PutPublicAccessBlock'],
    ['PUT /b?encryption', 'PutBucketEncryption'],
    ['PUT /b?tagging', 'PutBucketTagging'],
    ['DELETE /b', 'DeleteBucket'],
    ['DELETE /b?lifecycle', 'DeleteBucketLifecycle'],
    ['DELETE /b?publicAccessBlock', 'DeletePublicAccessBlock'],
    ['DELETE /b?encryption', 'DeleteBucketEncryption'],
    ['DELETE /b?tagging', 'DeleteBucketTagging'],
    ['POST /b?delete', 'DeleteObjects'],
    ['POST /b', 'PostObject'],
    ['PATCH /b', 'MethodNotAllowed'],
    ['GET /b/k', 'GetObject'],
    ['GET /b/k?partNumber=1', 'GetObject'],
    ['GET /b/k?response-content-type=x', 'GetObject'],
    ['GET /b/k?uploadId=u', 'ListParts'],
    ['GET /b/k?uploadId=u&max-parts=1', 'ListParts'],
    ['GET /b/k?tagging', 'GetObjectTagging'],
    ['GET /b/k?acl', 'GetObjectAcl'],
    ['GET /b/k?attributes', 'GetObjectAttributes'],
    ['HEAD /b/k', 'HeadObject'],
    ['PUT /b/k', 'PutObject'],
    ['PUT /b/k?partNumber=1&uploadId=u', 'UploadPart'],
    ['PUT /b/k?tagging', 'PutObjectTagging'],
    ['POST /b/k?uploads', 'CreateMultipartUpload'],
    ['POST /b/k?uploadId=u', 'CompleteMultipartUpload'],
    ['POST /b/k', 'MethodNotAllowed'],
    ['DELETE /b/k', 'DeleteObject'],
    ['DELETE /b/k?versionId=null', 'DeleteObject'],
    ['DELETE /b/k?uploadId=u', 'AbortMultipartUpload'],
    ['DELETE /b/k?tagging', 'DeleteObjectTagging'],
  ])('is, for %s, %s', (request, operation) => {
    expect(operationFor(request)).toBe(operation);
  });

  test.each([
    ['PUT /b/k', 'CopyObject'],
    ['PUT /b/k?partNumber=1&uploadId=u', 'UploadPartCopy'],
    ['PUT /b/k?tagging', 'PutObjectTagging'],
    ['GET /b/k', 'GetObject'],
  ])('is, for %s with a copy source, %s', (request, operation) => {
    expect(operationFor(request, true)).toBe(operation);
  });
});

describe('an S3 query parameter', () => {
  test.each([
    'PUT /b/k?acl',
    'PUT /b?policy',
    'DELETE /b?cors',
    'GET /b/k?torrent',
    'GET /b?inventory',
    'POST /b/k?restore',
    'POST /b/k?select',
    'PUT /b/k?legal-hold',
    'PUT /b/k?unknown=1',
    'DELETE /b/k?unknown=1',
    'GET /b/k?unknown',
    'PUT /b/k?renameObject',
  ])('is refused for an unsupported feature: %s', (request) => {
    expect(operationFor(request)).toBe('NotImplemented');
  });

  test.each([
    ['GET /b/k?unknown=1', 'GetObject'],
    ['HEAD /b/k?unknown=1', 'HeadObject'],
    ['PUT /b/k?x-id=PutObject', 'PutObject'],
    ['PUT /b/k?X-Amz-Signature=s&AWSAccessKeyId=i&Expires=1&Signature=s', 'PutObject'],
    ['PUT /b/k?Content-MD5=m&Content-Type=t', 'PutObject'],
  ])('is ignored in %s, where it is unknown to a read or belongs to a signature', (request, operation) => {
    expect(operationFor(request)).toBe(operation);
  });
});

test.each([
  ['PUT /', 'SERVICE'],
  ['HEAD /', 'SERVICE'],
  ['PATCH /b', 'BUCKET'],
  ['PATCH /b/k', 'OBJECT'],
  ['POST /b/k', 'OBJECT'],
  ['toString /b/k', 'OBJECT'],
])('%s is refused with status 405, and names what it does not apply to', (request, ResourceType) => {
  const [Method = '', path = ''] = request.split(' ');
  const [bucket = '', key = ''] = path.slice(1).split('/');
  const refused = () => operationOf(Method, { bucket, key, query: new Map() }, false);
  expect(refused).toThrow(expect.objectContaining({ status: 405, fields: { Method, ResourceType } }));
});
