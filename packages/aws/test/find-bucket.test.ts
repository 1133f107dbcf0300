// The answers of S3 about the bucket itself: each reason for which it cannot be used, and its text.
import { describe, expect, test } from '@jest/globals';
import { type BucketUse, bucketError, hasBucket } from '../src/find-bucket.ts';
import { fakeAws, refusal } from './fake-aws.ts';

const settings = { region: 'eu-west-1', queue: 'q.fifo', dlq: 'd.fifo', table: 't', bucket: 'b' };
const { signal } = new AbortController();
const use: BucketUse = { name: 'b', settings, options: { signal }, verb: 'created' };
const s3Error = (name: string, httpStatusCode: number, headers?: object) =>
  refusal(name, { $metadata: { httpStatusCode }, ...(headers === undefined ? {} : { $response: { headers } }) });
const textOf = (error: unknown, verb: BucketUse['verb'] = 'created') => bucketError(error, { ...use, verb })?.message;

describe('hasBucket', () => {
  test('reports whether the bucket exists, by NotFound or NoSuchBucket, and passes the signal', async () => {
    const { clients, requested } = fakeAws({ HeadBucket: () => ({}) });
    expect(await hasBucket(clients.s3, use)).toBe(true);
    expect(requested).toMatchObject([{ input: { Bucket: 'b' }, options: { abortSignal: signal } }]);
    for (const name of ['NotFound', 'NoSuchBucket']) {
      const missing = fakeAws({ HeadBucket: () => s3Error(name, 404) });
      expect(await hasBucket(missing.clients.s3, use)).toBe(false);
    }
  });

  test('throws any other error of S3', async () => {
    const errors = [s3Error('InternalError', 500), new Error('socket hang up'), s3Error('SlowDown', 503)];
    for (const error of errors) {
      expect(bucketError(error, use)).toBeUndefined();
      await expect(hasBucket(fakeAws({ HeadBucket: () => error }).clients.s3, use)).rejects.toBe(error);
    }
    const denied = s3Error('Forbidden', 403);
    await expect(hasBucket(fakeAws({ HeadBucket: () => denied }).clients.s3, use)).rejects.toMatchObject({
      code: 'bucket_not_usable',
      details: { bucket: 'b' },
      cause: denied,
    });
  });
});

describe('bucketError', () => {
  test.each([
    ['PermanentRedirect', 301],
    ['PermanentRedirect', 403],
    ['AuthorizationHeaderMalformed', 403],
    ['IllegalLocationConstraintException', 403],
    ['IncorrectEndpoint', 403],
    ['Unknown', 301],
    ['Unknown', 307],
    ['Unknown', 400],
  ])('explains that the bucket is in another region for %s (%i)', (name, status) => {
    const region = { 'x-amz-bucket-region': 'us-west-2' };
    const advice = 'or name another one in MOVIE_LOAD_BUCKET. Nothing was removed.';
    expect(textOf(s3Error(name, status, region), 'removed')).toBe(
      `The bucket "b" is in us-west-2, and movie-load uses eu-west-1. Set AWS_REGION to us-west-2, ${advice}`,
    );
    const unknown = 'The bucket "b" seems to be in another region, and movie-load uses eu-west-1. Set AWS_REGION to';
    for (const headers of [undefined, {}, { 'x-amz-bucket-region': 7 }]) {
      expect(textOf(s3Error(name, status, headers), 'removed')).toBe(`${unknown} the region of the bucket, ${advice}`);
    }
    const same = { 'x-amz-bucket-region': 'eu-west-1' };
    expect(textOf(s3Error(name, status, same), 'removed')).toBe(`${unknown} eu-west-1, ${advice}`);
  });

  test.each([
    [
      'BucketAlreadyExists',
      409,
      'The bucket name "b" is taken by another account: bucket names are unique in all of AWS. Name another one in MOVIE_LOAD_BUCKET. Nothing was created.',
    ],
    [
      'OperationAborted',
      409,
      'The bucket "b" is being created or deleted at this moment. Try again in a few minutes. Nothing was created.',
    ],
    [
      'AccessDenied',
      403,
      'The bucket "b" does not exist, and these credentials are not allowed to create it (s3:CreateBucket). Allow it, or name another one in MOVIE_LOAD_BUCKET. Nothing was created.',
    ],
    [
      'Forbidden',
      403,
      'The bucket "b" exists, but these credentials may not use it: it belongs to another account, or s3:ListBucket is missing. Correct that, or name another one in MOVIE_LOAD_BUCKET. Nothing was created.',
    ],
  ])('advises what to do for %s (%i)', (name, status, text) => {
    const error = s3Error(name, status);
    expect(textOf(error)).toBe(text);
    expect(bucketError(error, use)).toMatchObject({
      code: 'bucket_not_usable',
      details: { bucket: 'b' },
      cause: error,
    });
  });

  test('ignores any other error', () => {
    for (const error of [s3Error('NoSuchBucket', 404), s3Error('Conflict', 409), s3Error('Odd', 404)]) {
      expect(bucketError(error, use)).toBeUndefined();
    }
    for (const error of [undefined, 'text', {}, { $metadata: {} }]) expect(bucketError(error, use)).toBeUndefined();
  });
});
