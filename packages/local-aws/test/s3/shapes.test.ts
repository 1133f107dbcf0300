// All members of an operation's output are in its XML or its headers, and all elements of a request's document are
// read.

import { describe, expect, test } from '@jest/globals';
import { outputAnswer } from '../../src/http/s3-answers.ts';
import { REQUEST_BODIES } from '../../src/http/s3-shapes.ts';
import { toXml } from '../../src/http/xml.ts';
import { readXml } from '../../src/http/xml-reader.ts';
import { readMembers, toElements } from '../../src/http/xml-shapes.ts';
import { createTestS3 } from '../support/s3.ts';

/** Elements whose names differ from the SDK's. */
const RENAMED: Readonly<Record<string, string>> = { TotalPartsCount: 'PartsCount' };

/** The names of all texts, numbers, times and booleans within a value, once for each of them. */
function leaves(value: unknown, name: string): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((one) => leaves(one, name));
  if (typeof value !== 'object' || value === null || value instanceof Date) return [RENAMED[name] ?? name];
  return Object.entries(value).flatMap(([member, one]) => leaves(one, member));
}

function datesIn(value: unknown): Date[] {
  if (value instanceof Date) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(datesIn) : [];
}

function lifecycle() {
  const date = new Date(Date.UTC(2027, 0, 1));
  const tag = { Key: 'a', Value: 'b' };
  const sizes = { ObjectSizeGreaterThan: 1, ObjectSizeLessThan: 2 };
  const rule = { Status: 'Enabled', Expiration: { Days: 1 } };
  return [
    { ...rule, ID: 'and', Filter: { And: { Prefix: 'p', Tags: [tag, { ...tag, Key: 'c' }], ...sizes } } },
    { ...rule, ID: 'tag', Filter: { Tag: tag }, Expiration: { Date: date } },
    { ...rule, ID: 'more', Filter: { ObjectSizeGreaterThan: 1 } },
    { ...rule, ID: 'less', Filter: { ObjectSizeLessThan: 1 }, Expiration: { ExpiredObjectDeleteMarker: true } },
    {
      ID: 'old',
      Prefix: 'p',
      Status: 'Disabled',
      Transitions: [
        { Days: 1, StorageClass: 'GLACIER' },
        { Date: date, StorageClass: 'GLACIER' },
      ],
      NoncurrentVersionTransitions: [{ NoncurrentDays: 1, StorageClass: 'GLACIER', NewerNoncurrentVersions: 2 }],
      NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
    },
  ];
}

const DOCUMENTS: Readonly<Record<string, object>> = {
  CreateBucket: { LocationConstraint: 'EU', Tags: [{ Key: 'a', Value: 'b' }] },
  DeleteObjects: {
    Objects: [{ Key: 'k', VersionId: 'v', ETag: 'e', LastModifiedTime: 't', Size: '1' }, { Key: 'l' }],
    Quiet: true,
  },
  CompleteMultipartUpload: {
    Parts: [
      { PartNumber: 1, ETag: 'e', ChecksumCRC32: 'a', ChecksumCRC32C: 'b', ChecksumCRC64NVME: 'c' },
      { PartNumber: 2, ETag: 'f', ChecksumSHA1: 'd', ChecksumSHA256: 'g' },
    ],
  },
  PutBucketLifecycleConfiguration: { Rules: lifecycle() },
  PutBucketEncryption: {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256', KMSMasterKeyID: 'k' },
        BucketKeyEnabled: false,
      },
    ],
  },
  PutPublicAccessBlock: {
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: false,
  },
  PutBucketTagging: { TagSet: [{ Key: 'a', Value: 'b' }] },
  PutObjectTagging: { TagSet: [{ Key: 'a', Value: '' }] },
};

test.each(Object.entries(REQUEST_BODIES))(
  'the document of %s can be read after it was written',
  (operation, { shape }) => {
    const given = DOCUMENTS[operation];
    const xml = `<Root>${toXml(toElements(shape.members, given))}</Root>`;
    expect(readMembers(shape.members, readXml(xml))).toEqual(given);
  },
);

test('a list of 1,500 structures within a structure is written and read completely', () => {
  const many = Array.from({ length: 1500 }, (_, at) => ({ Key: String(at), Value: '' }));
  const body = REQUEST_BODIES.PutBucketTagging;
  const xml = toXml(toElements(body?.shape.members ?? {}, { TagSet: many }));
  expect(readMembers(body?.shape.members ?? {}, readXml(`<Tagging>${xml}</Tagging>`))).toEqual({ TagSet: many });
});

describe('an answer', () => {
  const { call, put } = createTestS3({ minPartBytes: 1 });
  const page = { MaxKeys: 1, EncodingType: 'url' };
  for (const key of ['a/1', 'b', 'c']) put(key, 'x');
  const begin = (Key: string, more: object = {}) => {
    const { UploadId } = call('CreateMultipartUpload', { Key, ChecksumAlgorithm: 'SHA256', ...more });
    const part = (PartNumber: number) => {
      const { ETag, ChecksumSHA256 } = call('UploadPart', {
        ...{ Key, UploadId, PartNumber, Body: 'x', ChecksumAlgorithm: 'SHA256' },
      });
      return { PartNumber, ETag, ChecksumSHA256 };
    };
    return { Key, UploadId, MultipartUpload: { Parts: [part(1), part(2)] } };
  };
  call('CompleteMultipartUpload', begin('parts'));
  const [first, second] = [begin('u/1'), begin('v')];
  call('PutBucketLifecycleConfiguration', { LifecycleConfiguration: { Rules: lifecycle() } });
  call('PutBucketTagging', { Tagging: DOCUMENTS.PutBucketTagging });
  call('PutObjectTagging', { Key: 'b', Tagging: DOCUMENTS.PutObjectTagging });
  const headers = [
    'CacheControl',
    'ContentDisposition',
    'ContentEncoding',
    'ContentLanguage',
    'ContentType',
    'Expires',
  ];
  put('all', 'text', {
    ...Object.fromEntries(headers.map((name) => [name, `the ${name}`])),
    ...{ Metadata: { a: 'b' }, StorageClass: 'STANDARD_IA', WebsiteRedirectLocation: '/there', Tagging: 'a=1&b=2' },
  });
  const names = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];

  test.each<[string, object]>([
    ['ListBuckets', { MaxBuckets: 1 }],
    ['ListBuckets', { Prefix: 'b' }],
    ['HeadBucket', {}],
    ['ListObjects', { ...page, Delimiter: '/' }],
    ['ListObjects', { Marker: 'a/1', MaxKeys: 1 }],
    ['ListObjectsV2', { ...page, Delimiter: '/', Prefix: 'a' }],
    ['ListObjectsV2', { MaxKeys: 1, StartAfter: 'a', FetchOwner: true }],
    ['ListObjectsV2', { ContinuationToken: `1${Buffer.from('b').toString('base64url')}` }],
    ['ListObjectVersions', { ...page, KeyMarker: 'a/1', VersionIdMarker: 'null' }],
    ['ListObjectVersions', { Delimiter: '/', Prefix: 'a' }],
    ['ListMultipartUploads', { Delimiter: '/', EncodingType: 'url' }],
    ['ListMultipartUploads', { MaxUploads: 1, Prefix: 'u', KeyMarker: 'u', UploadIdMarker: '' }],
    ['ListParts', { ...first, MaxParts: 1 }],
    ['CompleteMultipartUpload', second],
    ['CreateMultipartUpload', { Key: 'new', ChecksumAlgorithm: 'CRC32' }],
    ['CopyObject', { Key: 'copy', CopySource: 'bucket/b' }],
    ['UploadPartCopy', { ...first, PartNumber: 3, CopySource: 'bucket/b' }],
    ['DeleteObjects', { Delete: { Objects: [{ Key: 'gone' }, { Key: 'b', VersionId: 'x' }] } }],
    ['GetObjectAttributes', { Key: 'parts', ObjectAttributes: names, MaxParts: 1 }],
    ['GetBucketLifecycleConfiguration', {}],
    ['GetBucketEncryption', {}],
    ['GetBucketTagging', {}],
    ['GetObjectTagging', { Key: 'b' }],
    ['GetPublicAccessBlock', {}],
    ['GetBucketOwnershipControls', {}],
    ['GetBucketRequestPayment', {}],
    ['GetBucketLocation', {}],
    ['PutObject', { Key: 'b', Body: 'x', ChecksumAlgorithm: 'SHA1' }],
    ['HeadObject', { Key: 'all', ChecksumMode: 'ENABLED' }],
    ['GetObject', { Key: 'all', Range: 'bytes=1-2' }],
    ['HeadObject', { Key: 'parts', PartNumber: 2, ChecksumMode: 'ENABLED' }],
  ])('has every member of the output of %s (%#)', (operation, input) => {
    const output = call(operation, input);
    const { headers, body } = outputAnswer(operation, output, 0);
    const inBody = Array.from(String(body).matchAll(/<(\w+)(?: [^>]*)?(?:\/>|>[^<]*<\/)/g), ([, name]) => name);
    const inHeaders = Object.values(headers);
    for (const date of datesIn(output)) {
      expect(String(body).includes(`>${date.toISOString()}<`) || inHeaders.includes(date.toUTCString())).toBe(true);
    }
    const missing = leaves(output, '').filter((name) => {
      const at = inBody.indexOf(name);
      if (at !== -1) inBody.splice(at, 1);
      return at === -1;
    });
    const top = missing.map((name) => [name, output[name] ?? Object(output.Metadata)[name]]);
    expect(
      top.filter(([, value]) => !inHeaders.includes(value instanceof Date ? value.toUTCString() : String(value))),
    ).toEqual([]);
  });
});
