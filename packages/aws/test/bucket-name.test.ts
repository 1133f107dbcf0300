// The name and the owner of the bucket, where nothing has to be asked for them; and what S3 says of a bucket of another region.
import { describe, expect, test } from '@jest/globals';
import { hasBucket } from '../src/find-bucket.ts';
import { bucketNameOnAws, resolveBucket } from '../src/index.ts';
import { fakeAws } from './fake-aws.ts';

const loaded = { region: 'eu-west-1', queue: 'q.fifo', dlq: 'd.fifo', table: 't' };
const OWN = { ...loaded, endpoint: 'http://127.0.0.1:4566' };
const account = '123456789012';

describe('the bucket', () => {
  test('at an own endpoint has its plain name, unless another is given, and no owner', async () => {
    expect(await resolveBucket(OWN)).toEqual({ ...OWN, bucket: 'movie-bucket' });
    expect(await resolveBucket({ ...OWN, bucket: 'mine' })).toEqual({ ...OWN, bucket: 'mine' });
  });

  test('on AWS has the account and the region in its name, and must belong to the account', async () => {
    const given = { ...loaded, bucketOwner: account };
    expect(await resolveBucket(given)).toEqual({ ...given, bucket: `movie-bucket-${account}-eu-west-1` });
    for (const region of ['fips-us-east-1', 'us-east-1-fips', 'us-east-1']) {
      expect((await resolveBucket({ ...given, region })).bucket).toBe(`movie-bucket-${account}-us-east-1`);
    }
    expect((await resolveBucket({ ...given, region: 'us-fips-1' })).bucket).toBe(`movie-bucket-${account}-us-fips-1`);
    expect(bucketNameOnAws({ account, region: 'eu-west-1' })).toBe(`movie-bucket-${account}-eu-west-1`);
  });

  test('on AWS that is named with its owner is taken as it is', async () => {
    const given = { ...loaded, bucket: 'mine', bucketOwner: account };
    expect(await resolveBucket(given)).toEqual(given);
  });
});

describe('a bucket that is there', () => {
  const has = (settings: object, BucketRegion?: string) => {
    const { clients } = fakeAws({ HeadBucket: () => ({ BucketRegion }) });
    const use = { name: 'b', settings: { ...loaded, bucket: 'b', ...settings }, options: {}, verb: 'made' } as const;
    return hasBucket(clients.s3, use);
  };

  test('may be used in its own region, and at an own endpoint whatever region it names', async () => {
    expect(await has({}, 'eu-west-1')).toBe(true);
    expect(await has({})).toBe(true);
    expect(await has(OWN, 'us-west-2')).toBe(true);
    expect(await has({ endpoints: { s3: OWN.endpoint } }, 'us-west-2')).toBe(true);
    await expect(has({ endpoints: { sqs: OWN.endpoint } }, 'us-west-2')).rejects.toThrow('is in us-west-2');
    await expect(has({}, 'us-west-2')).rejects.toMatchObject({
      code: 'bucket_not_usable',
      message:
        'The bucket "b" is in us-west-2, and this is eu-west-1. Set AWS_REGION to us-west-2, or name another one in MOVIE_LOAD_BUCKET. Nothing was made.',
    });
  });
});
