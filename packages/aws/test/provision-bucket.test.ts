// `provision` when the bucket's name is taken by another account, or the bucket is in another region (bucket names are
// global), or a table has other keys: it must stop before it has created anything.
import http from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { listenLocally } from '@movie-load/testing';
import { awsSettingsFrom, createClients, provision } from '../src/index.ts';

interface BucketAnswers {
  /** The answer to HEAD, which never has a body. */
  readonly head: { readonly status: number; readonly region?: string };
  /** The answer to the attempt to create the bucket. */
  readonly create?: { readonly status: number; readonly code: string };
  /** Keys of a table that already exists. */
  readonly tableKey?: string;
}

const cleanUps: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/**
 * An endpoint without resources except for S3's answers about the bucket. `calls` are the operations in their order.
 */
async function startEndpoint({ head, create, tableKey }: BucketAnswers) {
  const calls: string[] = [];
  const server = http.createServer((request, response) => {
    const target = String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1);
    calls.push(target || `${request.method} bucket`);
    if (target === 'DescribeTable' && tableKey !== undefined) {
      const Table = { TableStatus: 'ACTIVE', KeySchema: [{ AttributeName: tableKey, KeyType: 'HASH' }] };
      response.writeHead(200).end(JSON.stringify({ Table }));
    } else if (target) {
      const __type = target === 'DescribeTable' ? 'ResourceNotFoundException' : 'QueueDoesNotExist';
      response.writeHead(400).end(JSON.stringify({ __type, message: 'none' }));
    } else if (request.method === 'HEAD') {
      const region = head.region === undefined ? {} : { 'x-amz-bucket-region': head.region };
      response.writeHead(head.status, region).end();
    } else {
      const { status, code } = create ?? { status: 500, code: 'Unexpected' };
      response.writeHead(status).end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
    }
  });
  const { url } = await listenLocally(server);
  const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: url, AWS_REGION: 'eu-west-1' });
  const clients = createClients(settings, { env: {}, maxAttempts: 1 });
  cleanUps.push(
    () => clients.destroy(),
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return { calls, provision: () => provision(clients, settings) };
}

/** Of the operations, those that create or change a resource. */
const changesOf = (calls: readonly string[]) => calls.filter((call) => /^(Create|Set|Update|PUT)/.test(call));

describe('a bucket that cannot be used', () => {
  test.each([
    [
      'of another account',
      { head: { status: 403 } },
      /may not use it: it belongs to another account, or s3:ListBucket/,
    ],
    [
      'in another region, as a redirect',
      { head: { status: 301, region: 'us-west-2' } },
      /is in us-west-2, and movie-load uses eu-west-1\. Set AWS_REGION to us-west-2,/,
    ],
    ['in another region, as a bad request', { head: { status: 400, region: 'us-west-2' } }, /is in us-west-2/],
    [
      'in another, unnamed region',
      { head: { status: 400 } },
      /seems to be in another region, and movie-load uses eu-west-1/,
    ],
  ] as const)('is explained in a sentence when it is %s, and nothing is created', async (_, answers, sentence) => {
    const endpoint = await startEndpoint(answers);
    const error: unknown = await endpoint.provision().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'bucket_not_usable', message: expect.stringMatching(sentence) });
    expect(error).toMatchObject({ message: expect.stringMatching(/MOVIE_LOAD_BUCKET\. Nothing was created\.$/) });
    expect(changesOf(endpoint.calls)).toEqual([]);
  });

  test.each([
    ['BucketAlreadyExists', 409, /"movie-bucket" is taken by another account: bucket names are unique in all of AWS/],
    ['OperationAborted', 409, /is being created or deleted at this moment\. Try again/],
    ['IllegalLocationConstraintException', 400, /seems to be in another region/],
    ['AccessDenied', 403, /does not exist, and these credentials are not allowed to create it \(s3:CreateBucket\)/],
  ])('ends provisioning at once when its creation fails with %s', async (code, status, sentence) => {
    const endpoint = await startEndpoint({ head: { status: 404 }, create: { status, code } });
    const error: unknown = await endpoint.provision().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'bucket_not_usable', message: expect.stringMatching(sentence) });
    expect(changesOf(endpoint.calls)).toEqual(['PUT bucket']);
  });

  test('is not taken for one in another region when its creation fails with another code of status 400', async () => {
    const endpoint = await startEndpoint({ head: { status: 404 }, create: { status: 400, code: 'TooManyBuckets' } });
    await expect(endpoint.provision()).rejects.toMatchObject({ name: 'TooManyBuckets' });
  });
});

test('no bucket is created when a table of the wanted name has other keys', async () => {
  const endpoint = await startEndpoint({ head: { status: 404 }, tableKey: 'id' });
  await expect(endpoint.provision()).rejects.toMatchObject({ code: 'resource_differs' });
  expect(changesOf(endpoint.calls)).toEqual([]);
});
