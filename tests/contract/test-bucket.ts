// A bucket for one case, emptied and deleted after the case.

import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { World } from './case.ts';

/** Operations that `TestBucket` uses. */
export const BUCKET_BASICS = [
  'CreateBucket',
  'DeleteBucket',
  'ListObjectsV2',
  'DeleteObject',
  'PutObject',
  'GetObject',
].map((operation) => `s3:${operation}`);

export interface TestBucket {
  readonly name: string;
  put(key: string, body: string | Uint8Array, more?: object): Promise<unknown>;
  read(key: string, range?: string): Promise<string>;
  keys(): Promise<(string | undefined)[]>;
}

export async function createBucket(world: World): Promise<TestBucket> {
  const Bucket = world.unique();
  await world.s3.send(new CreateBucketCommand({ Bucket }));
  const keys = async () =>
    ((await world.s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map((object) => object.Key);
  world.afterwards(async () => {
    for (const Key of await keys()) await world.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await world.s3.send(new DeleteBucketCommand({ Bucket }));
  });
  return {
    name: Bucket,
    keys,
    put: (Key, Body, more = {}) => world.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more })),
    read: async (Key, Range) => {
      const response = await world.s3.send(new GetObjectCommand({ Bucket, Key, Range }));
      return (await response.Body?.transformToString()) ?? '';
    },
  };
}
