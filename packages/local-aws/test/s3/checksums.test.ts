// Checksums of content, checksums of objects computed from those of their parts, and the refusal of wrong ones.

import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ALGORITHMS, type Algorithm, checksumMember, hashOf } from '../../src/s3/checksums.ts';
import { type CrcName, combineCrcs } from '../../src/s3/crc.ts';
import { createTestS3, PART } from '../support/s3.ts';

function checksum(algorithm: Algorithm, bytes: Uint8Array): Buffer {
  const hash = hashOf(algorithm);
  hash.update(bytes);
  return hash.digest();
}

test('checksums equal the check values of the CRC catalogue', () => {
  const of = (algorithm: Algorithm) => checksum(algorithm, Buffer.from('123456789')).toString('hex');
  expect(of('CRC32')).toBe('cbf43926');
  expect(of('CRC32C')).toBe('e3069283');
  expect(of('CRC64NVME')).toBe('ae8b14860a799888');
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)(
  '%s of a whole follows from the checksums of its parts',
  (name: CrcName) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 8 }), (parts) => {
        const combined = combineCrcs(
          name,
          parts.map((part) => ({ crc: checksum(name, part), bytes: part.length })),
        );
        expect(combined).toEqual(checksum(name, Buffer.concat(parts)));
      }),
    );
  },
);

test('an object gets a CRC64NVME by default, and keeps another checksum that it was put with', () => {
  const { put, call } = createTestS3();
  const ChecksumCRC64NVME = checksum('CRC64NVME', Buffer.from('x')).toString('base64');
  expect(put('a', 'x')).toMatchObject({ ChecksumCRC64NVME, ChecksumType: 'FULL_OBJECT' });
  for (const algorithm of ALGORITHMS) {
    const value = checksum(algorithm, Buffer.from('x')).toString('base64');
    put(algorithm, 'x', { [checksumMember(algorithm)]: value });
    const head = call('HeadObject', { Key: algorithm, ChecksumMode: 'ENABLED' });
    expect(head).toMatchObject({ [checksumMember(algorithm)]: value, ChecksumType: 'FULL_OBJECT' });
    expect(call('HeadObject', { Key: algorithm })[checksumMember(algorithm)]).toBeUndefined();
  }
});

test('wrong digests are refused, and nothing is stored', () => {
  const { refused, read, put } = createTestS3();
  put('k', 'before');
  const attempt = (more: object) => refused('PutObject', { Key: 'k', Body: 'after', ...more });
  expect(attempt({ ContentMD5: createHash('md5').update('other').digest('base64') })).toBe('BadDigest');
  expect(attempt({ ContentMD5: 'no digest' })).toBe('InvalidDigest');
  expect(attempt({ ChecksumCRC32: 'AAAAAA==' })).toBe('BadDigest');
  expect(attempt({ ChecksumCRC32: 'AAAA' })).toBe('InvalidRequest');
  expect(attempt({ ChecksumSHA256: `${'A'.repeat(43)}=` })).toBe('BadDigest');
  expect(attempt({ ChecksumSHA1: 'A', ChecksumCRC32: 'A' })).toBe('InvalidRequest');
  expect(read('k')).toBe('before');
});

interface Uploaded {
  readonly ETag: string;
}

/** Uploads parts, with the checksums that `create` names. @returns them, and the input that completes the upload */
function upload(bucket: ReturnType<typeof createTestS3>, create: object, bodies: readonly Uint8Array[]) {
  const { UploadId } = bucket.call('CreateMultipartUpload', { Key: 'k', ...create });
  const ChecksumAlgorithm = Object(create).ChecksumAlgorithm;
  const Parts = bodies.map((Body, i) => {
    const PartNumber = i + 1;
    const part = bucket.call('UploadPart', { Key: 'k', UploadId, PartNumber, Body, ChecksumAlgorithm });
    const { ServerSideEncryption: _, ...listed } = part as unknown as Uploaded & { ServerSideEncryption: string };
    return { PartNumber, ...listed };
  });
  return { UploadId, Parts, complete: { Key: 'k', UploadId, MultipartUpload: { Parts } } };
}

const BODIES = [Buffer.alloc(PART, 'a'), Buffer.from('end')];

test('composite checksums are computed from those of the parts', () => {
  for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const) {
    const bucket = createTestS3();
    const { complete } = upload(bucket, { ChecksumAlgorithm }, BODIES);
    const parts = BODIES.map((body) => checksum(ChecksumAlgorithm, body));
    const value = `${checksum(ChecksumAlgorithm, Buffer.concat(parts)).toString('base64')}-2`;
    const member = checksumMember(ChecksumAlgorithm);
    expect(bucket.call('CompleteMultipartUpload', complete)).toMatchObject({
      [member]: value,
      ChecksumType: 'COMPOSITE',
    });
    const part = bucket.call('GetObject', { Key: 'k', PartNumber: 2, ChecksumMode: 'ENABLED' });
    expect(part).toMatchObject({ PartsCount: 2, [member]: parts[1]?.toString('base64') });
    const objectParts = (more: object) =>
      bucket.call('GetObjectAttributes', { Key: 'k', ObjectAttributes: ['ObjectParts'], ...more }).ObjectParts;
    expect(objectParts({ MaxParts: 5000 })).toMatchObject({ MaxParts: 1000, IsTruncated: false, TotalPartsCount: 2 });
    expect(objectParts({ MaxParts: 1 })).toMatchObject({ IsTruncated: true, NextPartNumberMarker: 1 });
    expect(objectParts({ PartNumberMarker: 1 })).toMatchObject({ PartNumberMarker: 1, Parts: [{ PartNumber: 2 }] });
    bucket.put('whole', 'x', { ChecksumAlgorithm });
    const listed = { ChecksumAlgorithm: [ChecksumAlgorithm] };
    for (const [operation, list] of Object.entries({ ListObjects: 'Contents', ListObjectVersions: 'Versions' })) {
      expect(bucket.call(operation)[list]).toMatchObject([
        { ...listed, ChecksumType: 'COMPOSITE' },
        { ...listed, ChecksumType: 'FULL_OBJECT' },
      ]);
    }
  }
});

test('the full-object checksum of an upload is that of its bytes, whether requested or not', () => {
  const whole = Buffer.concat(BODIES);
  const requested = createTestS3();
  const create = { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' };
  expect(requested.call('CompleteMultipartUpload', upload(requested, create, BODIES).complete)).toMatchObject({
    ChecksumCRC32C: checksum('CRC32C', whole).toString('base64'),
    ChecksumType: 'FULL_OBJECT',
  });
  const plain = createTestS3();
  expect(plain.call('CompleteMultipartUpload', upload(plain, {}, BODIES).complete)).toMatchObject({
    ChecksumCRC64NVME: checksum('CRC64NVME', whole).toString('base64'),
    ChecksumType: 'FULL_OBJECT',
  });
});

test('an answer has the checksum of an object of one part only with all of its bytes, and only when requested', () => {
  const bucket = createTestS3();
  bucket.put('k', 'text');
  const shown = (more: object) => 'ChecksumCRC64NVME' in bucket.call('GetObject', { Key: 'k', ...more });
  const ChecksumMode = 'ENABLED';
  expect(shown({})).toBe(false);
  expect(shown({ ChecksumMode })).toBe(true);
  expect(shown({ ChecksumMode, Range: 'bytes=0-3' })).toBe(true);
  expect(shown({ ChecksumMode, Range: 'bytes=0-2' })).toBe(false);
  expect(shown({ ChecksumMode, Range: 'bytes=1-' })).toBe(false);
  expect(shown({ ChecksumMode, Range: 'bytes=1-2' })).toBe(false);
});

test('a digest must be canonical base64', () => {
  const bucket = createTestS3();
  const md5 = createHash('md5').update('x').digest('base64');
  const put = (more: object) => bucket.refused('PutObject', { Key: 'k', Body: 'x', ...more });
  expect(put({ ContentMD5: md5 })).toBe('succeeded');
  for (const ContentMD5 of [md5.replace('==', ''), `${md5}!`, md5.slice(4)])
    expect(put({ ContentMD5 })).toBe('InvalidDigest');
  const crc = checksum('CRC32', Buffer.from('x')).toString('base64');
  expect(put({ ChecksumCRC32: crc })).toBe('succeeded');
  for (const ChecksumCRC32 of [crc.replace('==', ''), `${crc}!`]) expect(put({ ChecksumCRC32 })).toBe('InvalidRequest');
});

test('completing an upload checks the given checksums', () => {
  const bucket = createTestS3();
  const { complete, Parts } = upload(bucket, { ChecksumAlgorithm: 'CRC32' }, BODIES);
  const refused = (more: object) => bucket.refused('CompleteMultipartUpload', { ...complete, ...more });
  const bare = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  expect(refused({ MultipartUpload: { Parts: bare } })).toBe('InvalidRequest');
  expect(refused({ MultipartUpload: { Parts: Parts.map((part) => ({ ...part, ChecksumCRC32: 'AAAAAA==' })) } })).toBe(
    'InvalidPart',
  );
  expect(refused({ ChecksumType: 'FULL_OBJECT' })).toBe('InvalidRequest');
  const other = { ChecksumSHA256: 'x' };
  expect(refused({ MultipartUpload: { Parts: bare.map((part) => ({ ...part, ...other })) } })).toBe('BadDigest');
  expect(refused({ ChecksumCRC32: 'AAAAAA==' })).toBe('BadDigest');
  expect(refused({ MpuObjectSize: 1 })).toBe('InvalidRequest');
  // Beside the checksum of the upload's algorithm, another one is ignored.
  expect(refused({ MultipartUpload: { Parts: Parts.map((part) => ({ ...part, ...other })) } })).toBe('succeeded');
});

test('completing may include the checksum of the whole object when its type is declared', () => {
  const whole = (algorithm: Algorithm) => checksum(algorithm, Buffer.concat(BODIES)).toString('base64');
  const type = { ChecksumType: 'FULL_OBJECT' };
  const done = (more: object) => {
    const bucket = createTestS3();
    const { complete } = upload(bucket, { ChecksumAlgorithm: 'CRC32C', ...type }, BODIES);
    return bucket.refused('CompleteMultipartUpload', { ...complete, ...more });
  };
  expect(done({ ...type, ChecksumCRC32C: whole('CRC32C') })).toBe('succeeded');
  expect(done({ ChecksumCRC32C: whole('CRC32C') })).toBe('BadDigest');
  expect(done({ ...type, ChecksumCRC32C: whole('CRC32') })).toBe('BadDigest');
  expect(done({ ...type, ChecksumCRC32: whole('CRC32') })).toBe('BadDigest');
  expect(done({ ...type })).toBe('succeeded');
  expect(done({ MpuObjectSize: BODIES.reduce((sum, { length }) => sum + length, 0) })).toBe('succeeded');
});

test.each([
  [{ ChecksumType: 'COMPOSITE' }],
  [{ ChecksumType: 'COMPOSITE', ChecksumAlgorithm: 'CRC64NVME' }],
  [{ ChecksumType: 'FULL_OBJECT', ChecksumAlgorithm: 'SHA256' }],
  [{ ChecksumAlgorithm: 'ADLER' }],
])('creating an upload with %j is refused', (create) => {
  expect(createTestS3().refused('CreateMultipartUpload', { Key: 'k', ...create })).toBe('InvalidRequest');
});

test.each([
  [{}, {}],
  [{ ChecksumAlgorithm: 'crc32c' }, { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'COMPOSITE' }],
  [{ ChecksumAlgorithm: 'CRC64NVME' }, { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' }],
  [
    { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' },
    { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' },
  ],
])('an upload created with %j reports %j, also in lists', (create, expected) => {
  const { call } = createTestS3();
  const created = call('CreateMultipartUpload', { Key: 'k', ...create });
  const [listed] = call('ListMultipartUploads').Uploads as readonly object[];
  for (const answer of [created, listed, call('ListParts', { Key: 'k', UploadId: created.UploadId })]) {
    const checksum = Object.entries(answer ?? {}).filter(([name]) => name.startsWith('Checksum'));
    expect(Object.fromEntries(checksum)).toEqual(expected);
  }
});

test('a part needs a checksum of its upload’s algorithm', () => {
  const { call, refused } = createTestS3();
  const { UploadId } = call('CreateMultipartUpload', { Key: 'k', ChecksumAlgorithm: 'SHA256' });
  const part = { Key: 'k', UploadId, PartNumber: 1, Body: 'x' };
  expect(refused('UploadPart', part)).toBe('InvalidRequest');
  expect(refused('UploadPart', { ...part, ChecksumAlgorithm: 'CRC32' })).toBe('InvalidRequest');
  expect(refused('UploadPart', { ...part, ChecksumAlgorithm: 'SHA256' })).toBe('succeeded');
});

test.each([
  ['PutObject', {}, '9dd4e461268c8034f5c8564e155c67a6'],
  ['UploadPart', { PartNumber: 1 }, 'ndTkYSaMgDT1yFZOFVxnpg=='],
])(
  '%s reports the digest that a client expected as AWS does: in hex, or of a part in base64',
  (operation, more, ExpectedDigest) => {
    const { call } = createTestS3();
    const { UploadId } = call('CreateMultipartUpload', { Key: 'k' });
    const write = () =>
      call(operation, { Key: 'k', UploadId, Body: 'y', ContentMD5: 'ndTkYSaMgDT1yFZOFVxnpg==', ...more });
    expect(write).toThrow(
      expect.objectContaining({ fields: { ExpectedDigest, CalculatedDigest: 'QVKQdpWURg4uSFkikE80XQ==' } }),
    );
  },
);

describe('the digest of a part', () => {
  const crc = (text: string) => checksum('CRC32', Buffer.from(text)).toString('base64');
  const md5 = (text: string) => createHash('md5').update(text).digest('base64');
  const partsOf = (bucket: ReturnType<typeof createTestS3>, UploadId: unknown) =>
    bucket.call('ListParts', { Key: 'k', UploadId }).Parts;

  test.each([
    ['another checksum', { ChecksumCRC32: crc('other') }, 'BadDigest'],
    ['not a checksum', { ChecksumCRC32: 'AAAA' }, 'InvalidRequest'],
    ['a checksum of another algorithm', { ChecksumSHA256: `${'A'.repeat(43)}=` }, 'InvalidRequest'],
    ['two checksums', { ChecksumCRC32: crc('after'), ChecksumSHA1: 'A' }, 'InvalidRequest'],
    ['the digest of another body', { ChecksumCRC32: crc('after'), ContentMD5: md5('other') }, 'BadDigest'],
    ['not a digest', { ChecksumCRC32: crc('after'), ContentMD5: 'x' }, 'InvalidDigest'],
  ])('is refused when it is wrong (%s), and the existing part stays', (_, more, code) => {
    const bucket = createTestS3();
    const { UploadId } = bucket.call('CreateMultipartUpload', { Key: 'k', ChecksumAlgorithm: 'CRC32' });
    const part = { Key: 'k', UploadId, PartNumber: 1 };
    expect(bucket.call('UploadPart', { ...part, Body: 'before', ChecksumCRC32: crc('before') })).toMatchObject({
      ChecksumCRC32: crc('before'),
    });
    expect(bucket.refused('UploadPart', { ...part, Body: 'after', ...more })).toBe(code);
    expect(partsOf(bucket, UploadId)).toMatchObject([{ PartNumber: 1, Size: 6, ChecksumCRC32: crc('before') }]);
    expect(
      bucket.refused('UploadPart', { ...part, Body: 'after', ChecksumCRC32: crc('after'), ContentMD5: md5('after') }),
    ).toBe('succeeded');
    expect(partsOf(bucket, UploadId)).toMatchObject([{ PartNumber: 1, Size: 5, ChecksumCRC32: crc('after') }]);
  });

  test('is checked and returned, but not listed, when the upload has no algorithm', () => {
    const bucket = createTestS3();
    const { UploadId } = bucket.call('CreateMultipartUpload', { Key: 'k' });
    const part = { Key: 'k', UploadId, PartNumber: 1, Body: 'x' };
    expect(bucket.refused('UploadPart', { ...part, ChecksumCRC32: crc('other') })).toBe('BadDigest');
    expect(partsOf(bucket, UploadId)).toBeUndefined();
    expect(bucket.call('UploadPart', { ...part, ChecksumCRC32: crc('x') }).ChecksumCRC32).toBe(crc('x'));
    expect(bucket.call('UploadPart', part)).not.toHaveProperty('ChecksumCRC32');
    const [listed] = partsOf(bucket, UploadId) as object[];
    expect(Object.keys(listed ?? {}).filter((name) => name.startsWith('Checksum'))).toEqual([]);
  });

  test('is, for a copied part, that of the copied bytes', () => {
    const bucket = createTestS3();
    bucket.put('from', '0123456789');
    for (const [ChecksumAlgorithm, expected] of [
      ['CRC32', crc('234')],
      [undefined, undefined],
    ]) {
      const { UploadId } = bucket.call('CreateMultipartUpload', { Key: 'k', ChecksumAlgorithm });
      const copy = { Key: 'k', UploadId, PartNumber: 1, CopySource: 'bucket/from', CopySourceRange: 'bytes=2-4' };
      const { CopyPartResult } = bucket.call('UploadPartCopy', copy);
      expect(CopyPartResult).toMatchObject({ ETag: `"${createHash('md5').update('234').digest('hex')}"` });
      expect(Object(CopyPartResult).ChecksumCRC32).toBe(expected);
      expect(partsOf(bucket, UploadId)).toMatchObject([{ Size: 3, ...(expected && { ChecksumCRC32: expected }) }]);
    }
  });
});
