// Buckets and whole objects.

import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import type { Theme } from '../case.ts';
import { expectError } from '../errors.ts';
import { BUCKET_BASICS, createBucket } from '../test-bucket.ts';

export const bucket: Theme = {
  name: 'bucket',
  needs: BUCKET_BASICS,
  cases: {
    'an object is read byte for byte as it was put, with its type and length': async (world) => {
      const testBucket = await createBucket(world);
      const body = '[\n{"title":"Öl 🎬"}\n]\n';
      await testBucket.put('a/b c+ü.json', body, { ContentType: 'application/json' });
      const response = await world.s3.send(new GetObjectCommand({ Bucket: testBucket.name, Key: 'a/b c+ü.json' }));
      expect(await response.Body?.transformToString()).toBe(body);
      expect(response).toMatchObject({ ContentType: 'application/json', ContentLength: Buffer.byteLength(body) });
    },

    'a put replaces the object': async (world) => {
      const testBucket = await createBucket(world);
      await testBucket.put('k', 'one');
      await testBucket.put('k', 'two');
      expect(await testBucket.read('k')).toBe('two');
    },

    'a put with If-None-Match succeeds only if no object exists': async (world) => {
      const testBucket = await createBucket(world);
      await testBucket.put('k', 'one', { IfNoneMatch: '*' });
      await expectError(testBucket.put('k', 'two', { IfNoneMatch: '*' }), 'PreconditionFailed');
      expect(await testBucket.read('k')).toBe('one');
    },

    'a range of an object is read': async (world) => {
      const testBucket = await createBucket(world);
      await testBucket.put('k', '0123456789');
      expect(await testBucket.read('k', 'bytes=2-4')).toBe('234');
      expect(await testBucket.read('k', 'bytes=7-')).toBe('789');
      expect(await testBucket.read('k', 'bytes=-2')).toBe('89');
      await expectError(testBucket.read('k', 'bytes=10-'), 'InvalidRange');
    },

    'a HEAD request returns length and type without the body': {
      needs: ['s3:HeadObject'],
      run: async (world) => {
        const testBucket = await createBucket(world);
        await testBucket.put('k', 'abc', { ContentType: 'text/plain' });
        const head = (Key: string) => world.s3.send(new HeadObjectCommand({ Bucket: testBucket.name, Key }));
        expect(await head('k')).toMatchObject({ ContentLength: 3, ContentType: 'text/plain' });
        await expectError(head('missing'), 'NotFound');
      },
    },

    'a read of a missing object fails with NoSuchKey, of a missing bucket with NoSuchBucket': async (world) => {
      const testBucket = await createBucket(world);
      await expectError(testBucket.read('missing'), 'NoSuchKey');
      await expectError(world.s3.send(new GetObjectCommand({ Bucket: world.unique(), Key: 'k' })), 'NoSuchBucket');
    },

    'a HEAD request for a missing bucket fails': {
      needs: ['s3:HeadBucket'],
      run: async (world) => {
        const testBucket = await createBucket(world);
        await world.s3.send(new HeadBucketCommand({ Bucket: testBucket.name }));
        await expectError(world.s3.send(new HeadBucketCommand({ Bucket: world.unique() })), 'NotFound', 'NoSuchBucket');
      },
    },

    'buckets are listed': {
      needs: ['s3:ListBuckets'],
      run: async (world) => {
        const testBucket = await createBucket(world);
        const listed = await world.s3.send(new ListBucketsCommand({}));
        expect(listed.Buckets?.map(({ Name }) => Name)).toContain(testBucket.name);
      },
    },

    'objects are listed by prefix, delimiter and pages, in order': async (world) => {
      const testBucket = await createBucket(world);
      for (const key of ['b', 'a/2', 'a/1', 'c/1']) await testBucket.put(key, 'x');
      const list = (more: object) => world.s3.send(new ListObjectsV2Command({ Bucket: testBucket.name, ...more }));
      expect(await testBucket.keys()).toEqual(['a/1', 'a/2', 'b', 'c/1']);
      expect((await list({ Prefix: 'a/' })).Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
      const folders = await list({ Delimiter: '/' });
      expect(folders.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/', 'c/']);
      expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['b']);
      const first = await list({ MaxKeys: 3 });
      expect(first).toMatchObject({ KeyCount: 3, IsTruncated: true });
      const second = await list({ MaxKeys: 3, ContinuationToken: first.NextContinuationToken });
      expect(second.Contents?.map(({ Key }) => Key)).toEqual(['c/1']);
    },

    'deleting an object succeeds, also if it does not exist': async (world) => {
      const testBucket = await createBucket(world);
      await testBucket.put('k', 'x');
      for (let i = 0; i < 2; i += 1) {
        await world.s3.send(new DeleteObjectCommand({ Bucket: testBucket.name, Key: 'k' }));
      }
      expect(await testBucket.keys()).toEqual([]);
    },

    'an object is copied': {
      needs: ['s3:CopyObject'],
      run: async (world) => {
        const testBucket = await createBucket(world);
        await testBucket.put('from', 'x');
        await world.s3.send(
          new CopyObjectCommand({ Bucket: testBucket.name, Key: 'to', CopySource: `${testBucket.name}/from` }),
        );
        expect(await testBucket.read('to')).toBe('x');
      },
    },

    'a lifecycle rule for unfinished uploads is stored and returned': {
      needs: ['s3:PutBucketLifecycleConfiguration', 's3:GetBucketLifecycleConfiguration'],
      run: async (world) => {
        const { name: Bucket } = await createBucket(world);
        const read = () => world.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
        await expectError(read(), 'NoSuchLifecycleConfiguration');
        await world.s3.send(
          new PutBucketLifecycleConfigurationCommand({
            Bucket,
            LifecycleConfiguration: {
              Rules: [
                {
                  ID: 'uploads',
                  Status: 'Enabled',
                  Filter: { Prefix: '' },
                  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
                },
              ],
            },
          }),
        );
        expect((await read()).Rules).toMatchObject([
          { ID: 'uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        ]);
      },
    },

    'a public access block is stored and returned': {
      needs: ['s3:PutPublicAccessBlock', 's3:GetPublicAccessBlock'],
      run: async (world) => {
        const { name: Bucket } = await createBucket(world);
        const block = {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        };
        await world.s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: block }));
        const response = await world.s3.send(new GetPublicAccessBlockCommand({ Bucket }));
        expect(response.PublicAccessBlockConfiguration).toEqual(block);
      },
    },
  },
};
