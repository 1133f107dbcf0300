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
import { failing } from '../errors.ts';
import { BUCKET_BASICS, createBucket } from '../test-bucket.ts';

const Key = 'k';
/** The digest of bytes that no case sends. */
const OTHER_CRC32 = 'AAAAAA==';
const COPIES = ['s3:CopyObject'];

async function stored(world: World) {
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
      const { read, ETag } = await stored(world);
      expect(await read({ IfMatch: ETag })).toMatchObject({ ETag });
      await failing(read({ IfMatch: '"other"' }), 'PreconditionFailed');
      await failing(read({ IfNoneMatch: ETag }), 'NotModified', 'Unknown');
      await failing(read({ IfUnmodifiedSince: new Date(0) }), 'PreconditionFailed');
      expect(await read({ IfModifiedSince: new Date(0) })).toMatchObject({ ETag });
    },

    'a put with If-Match succeeds only if the object has the ETag': async (world) => {
      const { bucket, write, ETag } = await stored(world);
      await failing(write({ IfMatch: '"other"' }), 'PreconditionFailed');
      await failing(write({ Key: 'missing', IfMatch: ETag }), 'NoSuchKey');
      expect(await bucket.read(Key)).toBe('one');
      await write({ IfMatch: ETag });
      expect(await bucket.read(Key)).toBe('two');
    },

    'completing an upload with If-None-Match fails if the object exists': {
      needs: ['s3:CreateMultipartUpload', 's3:UploadPart', 's3:CompleteMultipartUpload'],
      run: async (world) => {
        const { bucket, target } = await stored(world);
        const { UploadId } = await world.s3.send(new CreateMultipartUploadCommand(target));
        const part = { ...target, UploadId, PartNumber: 1 };
        const { ETag } = await world.s3.send(new UploadPartCommand({ ...part, Body: 'two' }));
        const complete = { ...target, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
        const attempt = new CompleteMultipartUploadCommand({ ...complete, IfNoneMatch: '*' });
        await failing(world.s3.send(attempt), 'PreconditionFailed');
        expect(await bucket.read(Key)).toBe('one');
      },
    },

    'a copy obeys conditions on its source, and a copy onto itself must change something': async (world) => {
      const { bucket, target, ETag } = await stored(world);
      const CopySource = `${target.Bucket}/${Key}`;
      const copy = (more: object) => world.s3.send(new CopyObjectCommand({ ...target, CopySource, ...more }));
      await failing(copy({ Key: 'to', CopySourceIfMatch: '"other"' }), 'PreconditionFailed');
      await failing(copy({ Key: 'to', CopySourceIfNoneMatch: ETag }), 'PreconditionFailed');
      await failing(copy({}), 'InvalidRequest');
      await copy({ MetadataDirective: 'REPLACE', Metadata: { a: 'b' } });
      await copy({ Key: 'to', CopySourceIfMatch: ETag });
      expect(await bucket.read('to')).toBe('one');
    },

    'wrong digests are refused and nothing is stored': async (world) => {
      const { bucket, write } = await stored(world);
      await failing(write({ ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }), 'BadDigest');
      await failing(write({ ContentMD5: 'none' }), 'InvalidDigest');
      await failing(write({ ChecksumCRC32: OTHER_CRC32 }), 'BadDigest');
      await failing(write({ ChecksumCRC32: 'none' }), 'InvalidRequest');
      expect(await bucket.read(Key)).toBe('one');
    },

    'a checksum is stored, and returned on request': {
      needs: ['s3:HeadObject'],
      run: async (world) => {
        const { target, write } = await stored(world);
        for (const [ChecksumAlgorithm, member] of [
          ['CRC32', 'ChecksumCRC32'],
          ['CRC32C', 'ChecksumCRC32C'],
          ['CRC64NVME', 'ChecksumCRC64NVME'],
          ['SHA1', 'ChecksumSHA1'],
          ['SHA256', 'ChecksumSHA256'],
        ] as const) {
          const made = await write({ ChecksumAlgorithm });
          const head = await world.s3.send(new HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' }));
          expect(head).toMatchObject({ [member]: made[member], ChecksumType: 'FULL_OBJECT' });
        }
      },
    },

    'an object has content headers, metadata and any key, and may be empty': {
      needs: ['s3:HeadObject'],
      run: async (world) => {
        const { bucket, target } = await stored(world);
        const given = {
          ContentEncoding: 'gzip',
          CacheControl: 'no-store',
          ContentDisposition: 'inline',
          ContentLanguage: 'de',
          Metadata: { a: 'b' },
        };
        const any = "ä/🎬 + %?&=;:@,$~*'()!";
        for (const one of ['folder/', any, 'ü'.repeat(512)]) await bucket.put(one, '', given);
        const head = await world.s3.send(new HeadObjectCommand({ ...target, Key: any }));
        expect(head).toMatchObject({ ...given, ContentLength: 0 });
        await failing(bucket.put('x'.repeat(1025), ''), 'KeyTooLongError');
      },
    },
  },
};
