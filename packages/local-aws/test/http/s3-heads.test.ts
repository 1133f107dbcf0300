// The checksum that a request to S3 declares; the headers, the status and the XML root of S3's answers.

import { describe, expect, test } from '@jest/globals';
import { errorAnswer, outputAnswer } from '../../src/http/s3-answers.ts';
import { inputOf } from '../../src/http/s3-input.ts';
import { ANSWER_BODIES } from '../../src/http/s3-shapes.ts';

const TARGET = { bucket: 'b', key: 'k', query: new Map<string, string>() };
const read = (headers: Record<string, string>, operation = 'PutObject'): string => {
  try {
    inputOf(headers, TARGET, operation);
    return '';
  } catch (error) {
    return Object(error).message;
  }
};

describe('a checksum that the headers declare', () => {
  const announced = { 'x-amz-sdk-checksum-algorithm': 'CRC32' };
  const MISSING =
    'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.';

  test.each<[string, Record<string, string>, string]>([
    ['may be in a header', { ...announced, 'x-amz-checksum-crc32': 'AAAAAA==' }, ''],
    ['may follow the body', { ...announced, 'x-amz-trailer': 'x-amz-checksum-crc32' }, ''],
    ['may be named in lower case', { 'x-amz-sdk-checksum-algorithm': 'crc32', 'x-amz-checksum-crc32': 'AAAAAA==' }, ''],
    ['is not required for a copy', { ...announced, 'x-amz-copy-source': 'b/k' }, ''],
    ['must not be missing', announced, MISSING],
    [
      'must have a known algorithm',
      { 'x-amz-sdk-checksum-algorithm': 'CRC33', 'x-amz-checksum-crc32': 'AAAAAA==' },
      'Value for x-amz-sdk-checksum-algorithm header is invalid.',
    ],
  ])('is checked: it %s', (_, headers, message) => {
    expect(read(headers, headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject')).toBe(message);
  });
});

describe('an S3 answer', () => {
  const now = Date.UTC(2026, 0, 1);
  const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

  test('has the location of a bucket', () => {
    const { status, headers, body } = outputAnswer('GetBucketLocation', { LocationConstraint: 'eu-west-1' }, now);
    expect([status, headers?.['content-type']]).toEqual([200, 'application/xml']);
    expect(String(body)).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\s*<LocationConstraint /);
    expect(String(body)).toContain(`<LocationConstraint ${XMLNS}>eu-west-1</LocationConstraint>`);
  });

  test('has neither body nor content type for status 304', () => {
    const { status, headers, body } = errorAnswer({ status: 304, code: 'NotModified', message: 'Not Modified' }, now);
    expect([status, headers['content-type'], headers['x-amz-request-id'], body]).toEqual([
      304,
      undefined,
      expect.stringMatching(/^[0-9A-F]{16}$/),
      '',
    ]);
  });

  test('encodes metadata that a header cannot hold', () => {
    const { headers } = outputAnswer('HeadObject', { Metadata: { plain: 'text', umlaut: 'ü', clef: 'a\nb' } }, now);
    expect(headers?.['x-amz-meta-plain']).toBe('text');
    expect(headers?.['x-amz-meta-umlaut']).toBe('=?UTF-8?Q?=C3=BC?=');
    expect(headers?.['x-amz-meta-clef']).not.toContain('\n');
  });

  test('has the namespace of S3 at the root of each document', () => {
    for (const [operation, { root }] of Object.entries(ANSWER_BODIES)) {
      const start = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${XMLNS}`;
      expect(String(outputAnswer(operation, {}, now).body).slice(0, start.length)).toBe(start);
    }
    for (const [operation, output, root] of [
      ['ListBuckets', { Buckets: [] }, 'ListAllMyBucketsResult'],
      ['ListObjectsV2', { Name: 'b', KeyCount: 0, MaxKeys: 1, IsTruncated: false }, 'ListBucketResult'],
      ['CreateMultipartUpload', { Bucket: 'b', Key: 'k', UploadId: 'u' }, 'InitiateMultipartUploadResult'],
      ['GetBucketTagging', { TagSet: [] }, 'Tagging'],
    ] as const) {
      const body = String(outputAnswer(operation, output, now).body);
      expect(body.startsWith(`<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${XMLNS}>`)).toBe(true);
    }
  });

  test('has the location of a created bucket', () => {
    const { headers } = outputAnswer('CreateBucket', { Location: '/b' }, now);
    expect(headers?.location).toBe('/b');
  });

  test.each([
    ['GetObject', {}, 200],
    ['GetObject', { ContentRange: 'bytes 0-0/1' }, 206],
    ['DeleteObject', {}, 204],
    ['DeleteBucket', {}, 204],
    ['AbortMultipartUpload', {}, 204],
    ['DeleteBucketEncryption', {}, 204],
    ['DeleteBucketLifecycle', {}, 204],
    ['DeleteBucketTagging', {}, 204],
    ['DeleteObjectTagging', {}, 204],
    ['DeletePublicAccessBlock', {}, 204],
    ['PutBucketTagging', {}, 204],
    ['PutObjectTagging', {}, 200],
    ['PutObject', {}, 200],
    ['HeadBucket', {}, 200],
  ])('has, for %s with %j, the status %d', (operation, output, status) => {
    expect(outputAnswer(operation, output, now)).toMatchObject({ status, body: '' });
  });
});
