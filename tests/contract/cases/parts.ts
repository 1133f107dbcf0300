// The parts of a multipart upload: lists, copies, checksums of the whole.

import {
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandOutput,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import type { Theme, World } from '../case.ts';
import { expectError } from '../errors.ts';
import { BUCKET_BASICS, createBucket, type TestBucket } from '../test-bucket.ts';

const Key = 'k';
const FIVE_MIB = 5 * 1024 * 1024;

async function startUpload(world: World, bucket: TestBucket, more: object = {}) {
  const target = { Bucket: bucket.name, Key, ...more };
  const { UploadId } = await world.s3.send(new CreateMultipartUploadCommand(target));
  return { Bucket: bucket.name, Key, UploadId };
}

export const parts: Theme = {
  name: 'parts',
  needs: [...BUCKET_BASICS, 's3:CreateMultipartUpload', 's3:UploadPart', 's3:CompleteMultipartUpload', 's3:ListParts'],
  cases: {
    'parts are listed by number and in pages, and a part that was sent twice is listed once': async (world) => {
      const bucket = await createBucket(world);
      const upload = await startUpload(world, bucket);
      for (const [PartNumber, Body] of [
        [7, 'seven'],
        [2, 'two'],
        [4, 'four'],
        [2, 'again'],
      ] as const) {
        await world.s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
      }
      const first = await world.s3.send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
      expect(first).toMatchObject({
        IsTruncated: true,
        NextPartNumberMarker: '4',
        Parts: [
          { PartNumber: 2, Size: 5 },
          { PartNumber: 4, Size: 4 },
        ],
      });
      const PartNumberMarker = first.NextPartNumberMarker;
      const second = await world.s3.send(new ListPartsCommand({ ...upload, PartNumberMarker }));
      expect(second).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 7 }] });
      await expectError(world.s3.send(new ListPartsCommand({ ...upload, UploadId: 'none' })), 'NoSuchUpload');
    },

    'the listed parts complete the upload, with gaps in their numbers, and each part can be read': async (world) => {
      const bucket = await createBucket(world);
      const upload = await startUpload(world, bucket);
      const send = (PartNumber: number, Body: string | Uint8Array) =>
        world.s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
      await send(2, Buffer.alloc(FIVE_MIB, 'a'));
      await send(5, 'end');
      const { Parts = [] } = await world.s3.send(new ListPartsCommand(upload));
      const listed = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
      await world.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: listed } }));
      const part = await world.s3.send(new GetObjectCommand({ Bucket: bucket.name, Key, PartNumber: 5 }));
      expect([await part.Body?.transformToString(), part.PartsCount]).toEqual(['end', 2]);
      expect(await bucket.read(Key, `bytes=${FIVE_MIB - 1}-`)).toBe('aend');
    },

    'a part is copied from a range of an object': {
      needs: ['s3:UploadPartCopy'],
      run: async (world) => {
        const bucket = await createBucket(world);
        await bucket.put('from', '0123456789');
        const upload = await startUpload(world, bucket);
        const copy = (CopySourceRange: string) =>
          world.s3.send(
            new UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource: `${bucket.name}/from`, CopySourceRange }),
          );
        await expectError(copy('bytes=5-20'), 'InvalidArgument');
        const { CopyPartResult } = await copy('bytes=2-4');
        const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
        await world.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
        expect(await bucket.read(Key)).toBe('234');
      },
    },

    'the checksum of an object in parts is composite, or of all bytes on request': async (world) => {
      const bucket = await createBucket(world);
      const run = async (ChecksumType: 'COMPOSITE' | 'FULL_OBJECT'): Promise<CompleteMultipartUploadCommandOutput> => {
        const upload = await startUpload(world, bucket, { ChecksumAlgorithm: 'CRC32', ChecksumType });
        const part = { ...upload, PartNumber: 1, Body: '123456789', ChecksumAlgorithm: 'CRC32' } as const;
        const { ETag, ChecksumCRC32 } = await world.s3.send(new UploadPartCommand(part));
        const Parts = [{ PartNumber: 1, ETag, ChecksumCRC32 }];
        return await world.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
      };
      expect(await run('COMPOSITE')).toMatchObject({
        ChecksumType: 'COMPOSITE',
        ChecksumCRC32: expect.stringMatching(/-1$/),
      });
      expect(await run('FULL_OBJECT')).toMatchObject({ ChecksumType: 'FULL_OBJECT', ChecksumCRC32: 'y/Q5Jg==' });
    },

    'unfinished uploads are listed in pages': {
      needs: ['s3:ListMultipartUploads'],
      run: async (world) => {
        const bucket = await createBucket(world);
        const uploads = [
          await startUpload(world, bucket),
          await startUpload(world, bucket),
          await startUpload(world, bucket),
        ];
        const uploadIds: (string | undefined)[] = [];
        let marker: object = {};
        for (let more = true; more; ) {
          const page = await world.s3.send(
            new ListMultipartUploadsCommand({ Bucket: bucket.name, MaxUploads: 1, ...marker }),
          );
          uploadIds.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
          marker = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
          more = page.IsTruncated === true;
        }
        expect(uploadIds.toSorted()).toEqual(uploads.map(({ UploadId }) => UploadId).toSorted());
      },
    },

    'one call deletes many objects': {
      needs: ['s3:DeleteObjects'],
      run: async (world) => {
        const bucket = await createBucket(world);
        await bucket.put('a', 'x');
        await bucket.put('b & <c>', 'x');
        const Objects = [{ Key: 'a' }, { Key: 'b & <c>' }, { Key: 'missing' }];
        const request = new DeleteObjectsCommand({ Bucket: bucket.name, Delete: { Objects } });
        const { Deleted = [] } = await world.s3.send(request);
        expect(Deleted.map(({ Key }) => Key).toSorted()).toEqual(['a', 'b & <c>', 'missing']);
        expect(await bucket.keys()).toEqual([]);
      },
    },
  },
};
