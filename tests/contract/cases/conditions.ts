// Conditions on existing objects, and digests of sent bytes.

import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import type { Theme, World } from '../case.ts';
import { expectError } from '../errors.ts';
import { BUCKET_BASICS, createBucket } from '../test-bucket.ts';

const Key = 'k';
/** The digest of bytes that no case sends. */
const OTHER_CRC32 = 'AAAAAA==';
const COPIES = ['s3:CopyObject'];

/** A new bucket with an object, and calls on it. */
async function createObject(world: World) {
  const bucket = await createBucket(world);
  const Bucket = bucket.name;
  const { ETag = '' } = await world.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'one' }));
  return {
    bucket,
    ETag,
    target: { Bucket, Key },
    read: (more: object) => world.s3.send(new GetObjectCommand({ Bucket, Key, ...more })),
    write: (more: object) => world.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'two', ...more })),
  };
}

export const conditions: Theme = {
  name: 'conditions',
  needs: [...BUCKET_BASICS, ...COPIES],
  cases: {
    'a read obeys conditions on ETag and dates': async (world) => {
      const { read, ETag } = await createObject(world);
      expect(await read({ IfMatch: ETag })).toMatchObject({ ETag });
      await expectError(read({ IfMatch: '"other"' }), 'PreconditionFailed');
      await expectError(read({ IfNoneMatch: ETag }), 'NotModified', 'Unknown');
      await expectError(read({ IfUnmodifiedSince: new Date(0) }), 'PreconditionFailed');
      const { LastModified } = await read({ IfModifiedSince: new Date(0) });
      await expectError(read({ IfModifiedSince: LastModified }), 'NotModified', 'Unknown');
    },

    'a put with If-Match succeeds only if the object has the ETag': async (world) => {
      const { bucket, write, ETag } = await createObject(world);
      await expectError(write({ IfMatch: '"other"' }), 'PreconditionFailed');
      await expectError(write({ Key: 'missing', IfMatch: ETag }), 'NoSuchKey');
      expect(await bucket.read(Key)).toBe('one');
      await write({ IfMatch: ETag });
      expect(await bucket.read(Key)).toBe('two');
    },

    'completing an upload with If-None-Match fails if the object exists': {
      needs: ['s3:CreateMultipartUpload', 's3:UploadPart', 's3:CompleteMultipartUpload'],
      run: async (world) => {
        const { bucket, target } = await createObject(world);
        const { UploadId } = await world.s3.send(new CreateMultipartUploadCommand(target));
        const part = { ...target, UploadId, PartNumber: 1 };
        const { ETag } = await world.s3.send(new UploadPartCommand({ ...part, Body: 'two' }));
        const complete = { ...target, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
        const attempt = new CompleteMultipartUploadCommand({ ...complete, IfNoneMatch: '*' });
        await expectError(world.s3.send(attempt), 'PreconditionFailed');
        expect(await bucket.read(Key)).toBe('one');
      },
    },

    'a copy obeys conditions on its source, and a copy onto itself must change something': async (world) => {
      const { bucket, target, ETag } = await createObject(world);
      const CopySource = `${target.Bucket}/${Key}`;
      const copy = (more: object) => world.s3.send(new CopyObjectCommand({ ...target, CopySource, ...more }));
      await expectError(copy({ Key: 'to', CopySourceIfMatch: '"other"' }), 'PreconditionFailed');
      await expectError(copy({ Key: 'to', CopySourceIfNoneMatch: ETag }), 'PreconditionFailed');
      await expectError(copy({}), 'InvalidRequest');
      await copy({ MetadataDirective: 'REPLACE', Metadata: { a: 'b' } });
      await copy({ Key: 'to', CopySourceIfMatch: ETag });
      expect(await bucket.read('to')).toBe('one');
    },

    'wrong digests are refused and nothing is stored': async (world) => {
      const { bucket, write } = await createObject(world);
      await expectError(write({ ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }), 'BadDigest');
      await expectError(write({ ContentMD5: 'none' }), 'InvalidDigest');
      await expectError(write({ ChecksumCRC32: OTHER_CRC32 }), 'BadDigest');
      await expectError(write({ ChecksumCRC32: 'none' }), 'InvalidRequest');
      expect(await bucket.read(Key)).toBe('one');
    },

    'a checksum is stored, and returned on request': {
      needs: ['s3:HeadObject'],
      run: async (world) => {
        const { target, write } = await createObject(world);
        for (const [ChecksumAlgorithm, member] of [
          ['CRC32', 'ChecksumCRC32'],
          ['CRC32C', 'ChecksumCRC32C'],
          ['CRC64NVME', 'ChecksumCRC64NVME'],
          ['SHA1', 'ChecksumSHA1'],
          ['SHA256', 'ChecksumSHA256'],
        ] as const) {
          const response = await write({ ChecksumAlgorithm });
          expect(response[member]).toEqual(expect.any(String));
          const head = await world.s3.send(new HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' }));
          expect(head).toMatchObject({ [member]: response[member], ChecksumType: 'FULL_OBJECT' });
        }
      },
    },

    'an object has content headers, metadata and any key, and may be empty': {
      needs: ['s3:HeadObject'],
      run: async (world) => {
        const { bucket, target } = await createObject(world);
        const headers = {
          ContentEncoding: 'gzip',
          CacheControl: 'no-store',
          ContentDisposition: 'inline',
          ContentLanguage: 'de',
          Metadata: { a: 'b' },
        };
        const keyWithSigns = "ä/🎬 + %?&=;:@,$~*'()!";
        for (const key of ['folder/', keyWithSigns, 'ü'.repeat(512)]) {
          await bucket.put(key, '', headers);
          const head = await world.s3.send(new HeadObjectCommand({ ...target, Key: key }));
          expect(head).toMatchObject({ ...headers, ContentLength: 0 });
        }
        await expectError(bucket.put('x'.repeat(1025), ''), 'KeyTooLongError');
      },
    },
  },
};
