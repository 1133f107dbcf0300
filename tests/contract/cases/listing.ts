// Lists of a bucket's objects: order, pages, prefixes.

import { ListObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import type { Theme, World } from '../case.ts';
import { expectError } from '../errors.ts';
import { BUCKET_BASICS, createBucket, type TestBucket } from '../test-bucket.ts';

const needs = ['s3:ListObjects'];

/** A new bucket with an object at each key. */
async function createFilledBucket(world: World, keys: readonly string[]): Promise<TestBucket> {
  const bucket = await createBucket(world);
  await Promise.all(keys.map((key) => bucket.put(key, 'x')));
  return bucket;
}

/** Every key and common prefix, page by page. */
async function listAll(world: World, Bucket: string, more: object): Promise<string[]> {
  const entries: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await world.s3.send(new ListObjectsV2Command({ Bucket, ...more, ContinuationToken }));
    const keys = (page.Contents ?? []).map(({ Key = '' }) => Key);
    const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix);
    expect(page.KeyCount).toBe(keys.length + prefixes.length);
    entries.push(...keys, ...prefixes);
    ContinuationToken = page.NextContinuationToken;
    expect(ContinuationToken !== undefined).toBe(page.IsTruncated);
  } while (ContinuationToken !== undefined);
  return entries;
}

export const listing: Theme = {
  name: 'listing',
  needs: BUCKET_BASICS,
  cases: {
    'keys are in the order of their UTF-8 bytes': {
      needs,
      run: async (world) => {
        const keys = ['a', 'a/b', 'z', 'ä', '\uFFFD', '\u{1F600}'];
        const bucket = await createFilledBucket(world, keys.toReversed());
        expect(await listAll(world, bucket.name, {})).toEqual(keys);
      },
    },

    'pages skip and repeat no key, and a common prefix counts once': {
      needs,
      run: async (world) => {
        const keys = Array.from({ length: 23 }, (_, i) => `k${i % 4}/${String(i).padStart(2, '0')}`);
        const bucket = await createFilledBucket(world, keys);
        expect(await listAll(world, bucket.name, { MaxKeys: 5 })).toEqual(keys.toSorted());
        expect(await listAll(world, bucket.name, { MaxKeys: 3, Delimiter: '/' })).toEqual(['k0/', 'k1/', 'k2/', 'k3/']);
      },
    },

    'a list begins after a key, and after a whole common prefix if the key is in it': {
      needs,
      run: async (world) => {
        const { name: Bucket } = await createFilledBucket(world, ['a/1', 'a/2', 'b', 'c/1']);
        const after = await world.s3.send(new ListObjectsV2Command({ Bucket, StartAfter: 'a/1' }));
        expect(after.Contents?.map(({ Key }) => Key)).toEqual(['a/2', 'b', 'c/1']);
        const list = (more: object) => world.s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', ...more }));
        expect(await list({ MaxKeys: 1 })).toMatchObject({ NextMarker: 'a/', CommonPrefixes: [{ Prefix: 'a/' }] });
        const next = await list({ Marker: 'a/1', MaxKeys: 1 });
        expect(next).toMatchObject({ NextMarker: 'b', Contents: [{ Key: 'b' }], IsTruncated: true });
      },
    },

    'an empty list succeeds, a wrong continuation token fails': {
      needs,
      run: async (world) => {
        const { name: Bucket } = await createFilledBucket(world, ['a']);
        const list = (more: object) => world.s3.send(new ListObjectsV2Command({ Bucket, ...more }));
        expect(await list({ Prefix: 'b' })).toMatchObject({ KeyCount: 0, IsTruncated: false });
        expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
        await expectError(list({ ContinuationToken: 'none' }), 'InvalidArgument');
      },
    },
  },
};
