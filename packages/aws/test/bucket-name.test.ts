// The bucket's name and owner where no call is needed, and the error for a bucket of another region.
import { describe, expect, test } from '@jest/globals';
import { hasBucket } from '../src/find-bucket.ts';
import { bucketNameOnAws, resolveBucket } from '../src/index.ts';
import { fakeAws } from './fake-aws.ts';

const loaded = { region: 'eu-west-1', queue: 'q.fifo', dlq: 'd.fifo', table: 't' };
const EMULATOR = { ...loaded, endpoint: 'http://127.0.0.1:4566' };
const account = '123456789012';

describe('resolveBucket', () => {
  test('keeps the plain name at an endpoint that is not AWS, unless a name is given, and sets no owner', async () => {
    expect(await resolveBucket(EMULATOR)).toEqual({ ...EMULATOR, bucket: 'movie-bucket' });
    expect(await resolveBucket({ ...EMULATOR, bucket: 'mine' })).toEqual({ ...EMULATOR, bucket: 'mine' });
  });

  test('adds the account and the region to the name on AWS, and expects the account as owner', async () => {
    const owned = { ...loaded, bucketOwner: account };
    expect(await resolveBucket(owned)).toEqual({ ...owned, bucket: `movie-bucket-${account}-eu-west-1` });
    for (const region of ['fips-us-east-1', 'us-east-1-fips', 'us-east-1']) {
      expect((await resolveBucket({ ...owned, region })).bucket).toBe(`movie-bucket-${account}-us-east-1`);
    }
    expect((await resolveBucket({ ...owned, region: 'us-fips-1' })).bucket).toBe(`movie-bucket-${account}-us-fips-1`);
    expect(bucketNameOnAws({ account, region: 'eu-west-1' })).toBe(`movie-bucket-${account}-eu-west-1`);
  });

  test('keeps a name that is given together with its owner', async () => {
    const owned = { ...loaded, bucket: 'mine', bucketOwner: account };
    expect(await resolveBucket(owned)).toEqual(owned);
  });
});

describe('hasBucket', () => {
  const has = (settings: object, BucketRegion?: string) => {
    const { clients } = fakeAws({ HeadBucket: () => ({ BucketRegion }) });
    const use = { name: 'b', settings: { ...loaded, bucket: 'b', ...settings }, options: {}, verb: 'created' } as const;
    return hasBucket(clients.s3, use);
  };

  test('accepts a bucket in its own region, and any region at an endpoint that is not AWS', async () => {
    expect(await has({}, 'eu-west-1')).toBe(true);
    expect(await has({})).toBe(true);
    expect(await has(EMULATOR, 'us-west-2')).toBe(true);
    expect(await has({ endpoints: { s3: EMULATOR.endpoint } }, 'us-west-2')).toBe(true);
    await expect(has({ endpoints: { sqs: EMULATOR.endpoint } }, 'us-west-2')).rejects.toThrow('is in us-west-2');
    await expect(has({}, 'us-west-2')).rejects.toMatchObject({
      code: 'bucket_not_usable',
      message:
        'The bucket "b" is in us-west-2, and movie-load uses eu-west-1. Set AWS_REGION to us-west-2, or name another one in MOVIE_LOAD_BUCKET. Nothing was created.',
    });
  });
});
