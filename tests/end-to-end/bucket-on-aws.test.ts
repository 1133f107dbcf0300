// The bucket in an account that has no resources yet: commands with `--aws` and the consumer all derive the same name
// from account and region, and each call to S3 but CreateBucket names the account as the expected owner of the bucket.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '@movie-load/local-aws';
import { eventually, startService } from '@movie-load/testing';
import { ACCOUNT, type AwsHostNames, startAwsHostNames } from '../support/aws-host-names.ts';
import { cli } from '../support/cli.ts';

const BUCKET = `movie-bucket-${ACCOUNT}-eu-west-1`;

let local: LocalAws;
let aws: AwsHostNames;
let folder: string;

beforeAll(async () => {
  local = await startLocalAws({ region: 'eu-west-1' });
  aws = await startAwsHostNames(local.endpoint);
  folder = mkdtempSync(join(tmpdir(), 'movie-load-bucket-on-aws-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await aws[Symbol.asyncDispose]();
  await local.close();
});

test('setup, consumer, verify and download use one bucket and send its expected owner', async () => {
  const { env } = aws;
  const s3Requests = () => aws.requests.filter(({ service }) => service === 's3');
  const counts = [s3Requests().length];
  const countRequests = () => counts.push(s3Requests().length);
  const setup = await cli(['setup', '--aws'], { env });
  expect(setup).toMatchObject({ code: 0, stdout: expect.stringContaining(`created  ${BUCKET}`) });
  countRequests();
  const produced = await cli(['produce', '--aws', '--movies', '20', '--json'], { env });
  expect(produced.code).toBe(0);
  const { job_id }: { readonly job_id: string } = JSON.parse(produced.stdout);
  await using consumer = startService('consumer', { env: { ...env, HTTP_PORT: '', LOG_LEVEL: 'info' } });
  await eventually('the job is COMPLETE', () => consumer.stderr().includes('"COMPLETE"'));
  countRequests();
  expect(await cli(['verify', job_id, '--aws'], { env })).toMatchObject({ code: 0 });
  countRequests();
  expect(await cli(['download', job_id, '--aws', '--out', folder], { env })).toMatchObject({ code: 0 });

  countRequests();
  // Each of the four sent requests to S3.
  expect(new Set(counts).size).toBe(5);
  const requests = s3Requests();
  expect(new Set(requests.map(({ path }) => path.split(/[/?]/)[1]))).toEqual(new Set([BUCKET]));
  const withoutOwner = requests.filter(({ headers }) => headers['x-amz-expected-bucket-owner'] !== ACCOUNT);
  // CreateBucket has no expected owner.
  expect(withoutOwner.map(({ method, path }) => `${method} ${path}`)).toEqual([`PUT /${BUCKET}/`]);
});

test('without STS the account is read from the queue’s URL, also for a named bucket', async () => {
  aws.unreachable.add('sts');
  const { env } = aws;
  expect(await cli(['buckets', '--aws'], { env })).toMatchObject({ code: 0, stdout: expect.stringContaining(BUCKET) });
  const before = aws.requests.length;
  const named = { ...env, MOVIE_LOAD_BUCKET: BUCKET };
  expect(await cli(['buckets', '--aws'], { env: named })).toMatchObject({ code: 0 });
  const owners = aws.requests.slice(before).map(({ headers }) => headers['x-amz-expected-bucket-owner']);
  expect(owners).toContain(ACCOUNT);

  // If neither reports the account, the error names the settings, and nothing was created.
  const queueless = { ...env, MOVIE_LOAD_QUEUE: 'none.fifo' };
  const requestsBefore = aws.requests.length;
  const refused = await cli(['setup', '--aws'], { env: queueless });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(
    /the queue "none\.fifo".* does not exist.*Set MOVIE_LOAD_BUCKET and MOVIE_LOAD_BUCKET_OWNER\./,
  );
  const creates = aws.requests
    .slice(requestsBefore)
    .filter(({ method, headers }) => method === 'PUT' || /\.Create/.test(String(headers['x-amz-target'])));
  expect(creates).toEqual([]);
  aws.unreachable.clear();
});

test('a bucket whose owner is another account is refused', async () => {
  const env = { ...aws.env, MOVIE_LOAD_BUCKET: BUCKET, MOVIE_LOAD_BUCKET_OWNER: '123456789012' };
  const refused = await cli(['setup', '--aws'], { env });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('belongs to another account') });
});
