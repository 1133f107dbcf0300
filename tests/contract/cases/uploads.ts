// Multipart uploads, with which consumers write the object of a large job.

import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import type { Theme, World } from '../case.ts';
import { expectError } from '../errors.ts';
import { BUCKET_BASICS, createBucket, type TestBucket } from '../test-bucket.ts';

const PART_BYTES = 5 * 1024 * 1024;
const Key = 'k.json';

interface Part {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
  readonly ChecksumCRC32: string | undefined;
}

async function startUpload(world: World, bucket: TestBucket) {
  const target = { Bucket: bucket.name, Key };
  const { UploadId } = await world.s3.send(
    new CreateMultipartUploadCommand({ ...target, ContentType: 'application/json', ChecksumAlgorithm: 'CRC32' }),
  );
  const upload = { ...target, UploadId };
  return {
    part: async (PartNumber: number, Body: Uint8Array): Promise<Part> => {
      const response = await world.s3.send(
        new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: 'CRC32' }),
      );
      return { PartNumber, ETag: response.ETag, ChecksumCRC32: response.ChecksumCRC32 };
    },
    complete: (Parts: Part[]) =>
      world.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })),
    abort: () => world.s3.send(new AbortMultipartUploadCommand(upload)),
  };
}

export const uploads: Theme = {
  name: 'uploads',
  needs: [
    ...BUCKET_BASICS,
    's3:CreateMultipartUpload',
    's3:UploadPart',
    's3:CompleteMultipartUpload',
    's3:AbortMultipartUpload',
  ],
  cases: {
    'parts uploaded in any order become one object, with a CRC32': {
      needs: ['s3:HeadObject'],
      run: async (world) => {
        const bucket = await createBucket(world);
        const upload = await startUpload(world, bucket);
        const second = await upload.part(2, Buffer.from('the end'));
        const first = await upload.part(1, Buffer.alloc(PART_BYTES, 'x'));
        expect(first.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==$/);
        expect(await bucket.keys()).toEqual([]);
        const { ChecksumCRC32 } = await upload.complete([first, second]);
        // The CRC32 of the CRC32s of two parts.
        expect(ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==-2$/);
        const head = await world.s3.send(new HeadObjectCommand({ Bucket: bucket.name, Key }));
        expect(head).toMatchObject({ ContentLength: PART_BYTES + 7, ContentType: 'application/json' });
        expect(await bucket.read(Key, `bytes=${PART_BYTES - 2}-`)).toBe('xxthe end');
      },
    },

    'a part that is sent again replaces the first': async (world) => {
      const bucket = await createBucket(world);
      const upload = await startUpload(world, bucket);
      await upload.part(1, Buffer.from('one'));
      await upload.complete([await upload.part(1, Buffer.from('two'))]);
      expect(await bucket.read(Key)).toBe('two');
    },

    'an object does not change until the upload is complete': async (world) => {
      const bucket = await createBucket(world);
      await bucket.put(Key, 'before');
      const upload = await startUpload(world, bucket);
      const part = await upload.part(1, Buffer.from('after'));
      expect(await bucket.read(Key)).toBe('before');
      await upload.complete([part]);
      expect(await bucket.read(Key)).toBe('after');
    },

    'unfinished uploads are listed until they are complete or aborted': {
      needs: ['s3:ListMultipartUploads'],
      run: async (world) => {
        const bucket = await createBucket(world);
        const unfinished = async () =>
          ((await world.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket.name }))).Uploads ?? []).map(
            (upload) => upload.Key,
          );
        const [first, second] = [await startUpload(world, bucket), await startUpload(world, bucket)];
        expect(await unfinished()).toEqual([Key, Key]);
        await first.abort();
        expect(await unfinished()).toEqual([Key]);
        await second.complete([await second.part(1, Buffer.from('x'))]);
        expect(await unfinished()).toEqual([]);
      },
    },

    'an aborted upload no longer exists': async (world) => {
      const bucket = await createBucket(world);
      const upload = await startUpload(world, bucket);
      const part = await upload.part(1, Buffer.from('x'));
      await upload.abort();
      await expectError(upload.part(2, Buffer.from('y')), 'NoSuchUpload');
      await expectError(upload.complete([part]), 'NoSuchUpload');
      expect(await bucket.keys()).toEqual([]);
    },

    'all parts but the last have at least 5 MiB': async (world) => {
      const bucket = await createBucket(world);
      const upload = await startUpload(world, bucket);
      const parts = [await upload.part(1, Buffer.from('small')), await upload.part(2, Buffer.from('last'))];
      await expectError(upload.complete(parts), 'EntityTooSmall');
      await upload.abort();
    },

    'a part that was not uploaded is refused': async (world) => {
      const bucket = await createBucket(world);
      const upload = await startUpload(world, bucket);
      const part = await upload.part(1, Buffer.from('x'));
      await expectError(upload.complete([{ ...part, PartNumber: 2 }]), 'InvalidPart');
      await upload.abort();
    },
  },
};
