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
import { failing } from '../errors.ts';
import { BUCKET_BASICS, createBucket } from '../test-bucket.ts';

export const bucket: Theme = {
  name: 'bucket',
  needs: BUCKET_BASICS,
  cases: {
    'an object is read byte for byte as it was put, with its type and length': async (world) => {
      const made = await createBucket(world);
      const body = '[\n{"title":"Öl 🎬"}\n]\n';
      await made.put('a/b c+ü.json', body, { ContentType: 'application/json' });
      const found = await world.s3.send(new GetObjectCommand({ Bucket: made.name, Key: 'a/b c+ü.json' }));
      expect(await found.Body?.transformToString()).toBe(body);
      expect(found).toMatchObject({ ContentType: 'application/json', ContentLength: Buffer.byteLength(body) });
    },

    'a put replaces the object': async (world) => {
      const made = await createBucket(world);
      await made.put('k', 'one');
      await made.put('k', 'two');
      expect(await made.read('k')).toBe('two');
    },

    'a put with If-None-Match succeeds only if no object exists': async (world) => {
      const made = await createBucket(world);
      await made.put('k', 'one', { IfNoneMatch: '*' });
      await failing(made.put('k', 'two', { IfNoneMatch: '*' }), 'PreconditionFailed');
      expect(await made.read('k')).toBe('one');
    },

    'a range of an object is read': async (world) => {
      const made = await createBucket(world);
      await made.put('k', '0123456789');
      expect(await made.read('k', 'bytes=2-4')).toBe('234');
      expect(await made.read('k', 'bytes=7-')).toBe('789');
      expect(await made.read('k', 'bytes=-2')).toBe('89');
      await failing(made.read('k', 'bytes=10-'), 'InvalidRange');
    },

    'a HEAD request returns length and type without the body': {
      needs: ['s3:HeadObject'],
      run: async (world) => {
        const made = await createBucket(world);
        await made.put('k', 'abc', { ContentType: 'text/plain' });
        const head = (Key: string) => world.s3.send(new HeadObjectCommand({ Bucket: made.name, Key }));
        expect(await head('k')).toMatchObject({ ContentLength: 3, ContentType: 'text/plain' });
        await failing(head('missing'), 'NotFound');
      },
    },

    'a read of a missing object fails with NoSuchKey, of a missing bucket with NoSuchBucket': async (world) => {
      const made = await createBucket(world);
      await failing(made.read('missing'), 'NoSuchKey');
      await failing(world.s3.send(new GetObjectCommand({ Bucket: world.unique(), Key: 'k' })), 'NoSuchBucket');
    },

    'a HEAD request for a missing bucket fails': {
      needs: ['s3:HeadBucket'],
      run: async (world) => {
        const made = await createBucket(world);
        await world.s3.send(new HeadBucketCommand({ Bucket: made.name }));
        await failing(world.s3.send(new HeadBucketCommand({ Bucket: world.unique() })), 'NotFound', 'NoSuchBucket');
      },
    },

    'buckets are listed': {
      needs: ['s3:ListBuckets'],
      run: async (world) => {
        const made = await createBucket(world);
        const listed = await world.s3.send(new ListBucketsCommand({}));
        expect(listed.Buckets?.map((one) => one.Name)).toContain(made.name);
      },
    },

    'objects are listed by prefix, delimiter and pages, in order': async (world) => {
      const made = await createBucket(world);
      for (const key of ['b', 'a/2', 'a/1', 'c/1']) await made.put(key, 'x');
      const list = (more: object) => world.s3.send(new ListObjectsV2Command({ Bucket: made.name, ...more }));
      expect(await made.keys()).toEqual(['a/1', 'a/2', 'b', 'c/1']);
      expect((await list({ Prefix: 'a/' })).Contents?.map((one) => one.Key)).toEqual(['a/1', 'a/2']);
      const folders = await list({ Delimiter: '/' });
      expect(folders.CommonPrefixes?.map((one) => one.Prefix)).toEqual(['a/', 'c/']);
      expect(folders.Contents?.map((one) => one.Key)).toEqual(['b']);
      const first = await list({ MaxKeys: 3 });
      expect(first).toMatchObject({ KeyCount: 3, IsTruncated: true });
      const rest = await list({ MaxKeys: 3, ContinuationToken: first.NextContinuationToken });
      expect(rest.Contents?.map((one) => one.Key)).toEqual(['c/1']);
    },

    'deleting an object succeeds, also if it does not exist': async (world) => {
      const made = await createBucket(world);
      await made.put('k', 'x');
      for (let i = 0; i < 2; i += 1) {
        await world.s3.send(new DeleteObjectCommand({ Bucket: made.name, Key: 'k' }));
      }
      expect(await made.keys()).toEqual([]);
    },

    'an object is copied': {
      needs: ['s3:CopyObject'],
      run: async (world) => {
        const made = await createBucket(world);
        await made.put('from', 'x');
        await world.s3.send(new CopyObjectCommand({ Bucket: made.name, Key: 'to', CopySource: `${made.name}/from` }));
        expect(await made.read('to')).toBe('x');
      },
    },

    'a lifecycle rule for unfinished uploads is stored and returned': {
      needs: ['s3:PutBucketLifecycleConfiguration', 's3:GetBucketLifecycleConfiguration'],
      run: async (world) => {
        const { name: Bucket } = await createBucket(world);
        const read = () => world.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
        await failing(read(), 'NoSuchLifecycleConfiguration');
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
        const found = await world.s3.send(new GetPublicAccessBlockCommand({ Bucket }));
        expect(found.PublicAccessBlockConfiguration).toEqual(block);
      },
    },
  },
};
