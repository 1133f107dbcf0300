// The account is read from the queue's URL, else from STS. The test serves both as AWS, behind a proxy that answers
// itself.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { eventually, manualTimers } from '@movie-load/testing';
import { loadAwsSettings, type ResolveOptions, resolveBucket } from '../src/index.ts';
import { KEYS, serve, useEnvironmentOf } from './environment/support.ts';
import { policyOf } from './policy-support.ts';

const SQS = 'http://sqs.eu-west-1.amazonaws.com';
const STS = 'http://sts.eu-west-1.amazonaws.com';
const ACCOUNT = '123456789012';
const QUEUE_URL = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/mine.fifo`;
const OF_QUEUE = { QueueUrl: QUEUE_URL };
const missing = { __type: 'QueueDoesNotExist', message: 'none' };

interface World {
  /** SQS's answers: an error if it has a `__type`. The next for each call, then the last one repeatedly. */
  readonly sqs?: readonly object[];
  /** STS's answer: an account, `nothing`, or the name of an error. */
  readonly sts?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function start({ sqs = [OF_QUEUE], sts = '210987654321', env = {} }: World) {
  const requested: string[] = [];
  const bodies: string[] = [];
  const answers = [...sqs];
  const ofSqs = (response: ServerResponse) => {
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? {};
    if ('__type' in answer) response.statusCode = answer.__type === 'InternalError' ? 500 : 400;
    response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(answer));
  };
  const ofSts = (response: ServerResponse) => {
    if (sts === 'nothing') return;
    if (/^\d+$/.test(sts)) {
      const result = `<GetCallerIdentityResult><Account>${sts}</Account></GetCallerIdentityResult>`;
      response.end(`<GetCallerIdentityResponse>${result}</GetCallerIdentityResponse>`);
    } else {
      response.statusCode = 500;
      response.end(`<ErrorResponse><Error><Code>${sts}</Code><Message>no</Message></Error></ErrorResponse>`);
    }
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const isSqs = request.url?.startsWith(SQS);
    requested.push(isSqs ? 'sqs' : 'sts');
    bodies.push(body);
    if (isSqs) ofSqs(response);
    else ofSts(response);
  };
  // The server closes no connection, so the client must.
  const proxy = await serve((request, response) => void answer(request, response), { keepAliveTimeout: 0 });
  const places = { AWS_ENDPOINT_URL_SQS: SQS, AWS_ENDPOINT_URL_STS: STS, HTTP_PROXY: proxy.url };
  useEnvironmentOf({ env: { ...KEYS, AWS_REGION: 'eu-west-1', MOVIE_LOAD_QUEUE: 'mine.fifo', ...places, ...env } });
  const resolve = async (options: ResolveOptions = { policy: policyOf({ maxAttempts: 1 }).policy }) => {
    const { bucket, bucketOwner } = await resolveBucket(await loadAwsSettings(process.env), options);
    return { bucket, bucketOwner };
  };
  // An idle connection to SQS would be closed after 20 s anyway.
  const closed = () =>
    eventually('all is closed', () => proxy.requests.every(({ socket }) => socket.destroyed), 15_000);
  return { requested, bodies, resolve, closed };
}

const named = (account: string) => ({ bucket: `movie-bucket-${account}-eu-west-1`, bucketOwner: account });

test('the account is that of the queue’s URL: STS is not called, and no connection stays open', async () => {
  const { requested, bodies, resolve, closed } = await start({});
  expect(await resolve()).toEqual(named(ACCOUNT));
  expect(requested).toEqual(['sqs']);
  expect(JSON.parse(bodies[0] ?? '')).toEqual({ QueueName: 'mine.fifo' });
  await closed();
});

test.each([
  ['does not exist', missing],
  ['cannot be looked up', { __type: 'AccessDenied' }],
  ['cannot be looked up (AccessDeniedException)', { __type: 'AccessDeniedException' }],
  ['has no URL', {}],
  ['has a URL without an account', { QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/queue/mine.fifo' }],
  ['has a URL with a longer number', { QueueUrl: `https://sqs.eu-west-1.amazonaws.com/9${ACCOUNT}/mine.fifo` }],
  [
    'has a URL with an account’s number elsewhere',
    { QueueUrl: `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/a/mine.fifo` },
  ],
])('the account is that of STS where the queue %s; no connection stays open', async (_, answer) => {
  const { requested, bodies, resolve, closed } = await start({ sqs: [answer] });
  expect(await resolve()).toEqual(named('210987654321'));
  expect(requested).toEqual(['sqs', 'sts']);
  expect(bodies[1]).toContain('Action=GetCallerIdentity');
  await closed();
});

test('the account is that of STS where SQS is not AWS', async () => {
  const { requested, resolve } = await start({ env: { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' } });
  expect(await resolve()).toEqual(named('210987654321'));
  expect(requested).toEqual(['sts']);
});

test('the account is not looked up where bucket and owner are given; one of them implies the other', async () => {
  const both = await start({ env: { MOVIE_LOAD_BUCKET: 'mine', MOVIE_LOAD_BUCKET_OWNER: '111111111111' } });
  expect(await both.resolve()).toEqual({ bucket: 'mine', bucketOwner: '111111111111' });
  const owner = await start({ env: { MOVIE_LOAD_BUCKET_OWNER: '111111111111' } });
  expect(await owner.resolve()).toEqual(named('111111111111'));
  expect([...both.requested, ...owner.requested]).toEqual([]);
  const name = await start({ env: { MOVIE_LOAD_BUCKET: 'mine' } });
  expect(await name.resolve()).toEqual({ bucket: 'mine', bucketOwner: ACCOUNT });
});

test('the account is looked up as often as the policy allows, until its signal aborts', async () => {
  const fails = { __type: 'InternalError', message: 'no' };
  const world = await start({ sqs: [fails, fails, OF_QUEUE] });
  const { policy, retries } = policyOf({ maxAttempts: 3 });
  expect(await world.resolve({ policy })).toEqual(named(ACCOUNT));
  expect(retries.map(({ operation }) => operation)).toEqual(['sqs:GetQueueUrl', 'sqs:GetQueueUrl']);
  const stop = new AbortController();
  const ending = policyOf({ onRetry: () => stop.abort(new Error('enough')) }).policy;
  const others = await start({ sqs: [fails] });
  await expect(others.resolve({ policy: ending, signal: stop.signal })).rejects.toThrow('enough');
  expect(others.requested).toEqual(['sqs']);
});

test('the account is unknown when SQS fails in another way: that error is thrown, and STS is not called', async () => {
  const { requested, resolve, closed } = await start({ sqs: [{ __type: 'InvalidAddress', message: 'no' }] });
  await expect(resolve()).rejects.toMatchObject({ name: 'InvalidAddress' });
  expect(requested).toEqual(['sqs']);
  await closed();
});

test('the account is unknown when STS fails at its only attempt: the error names the variables that help', async () => {
  const { requested, resolve, closed } = await start({ sqs: [missing], sts: 'ServiceUnavailable' });
  await expect(resolve()).rejects.toMatchObject({
    code: 'account_unknown',
    message: expect.stringMatching(
      /the URL of the queue "mine\.fifo", which contains it, is not available \(.*\), and STS failed \(ServiceUnavailable: no.*\)\. Set MOVIE_LOAD_BUCKET and MOVIE_LOAD_BUCKET_OWNER\.$/,
    ),
    cause: { name: 'ServiceUnavailable' },
  });
  expect(requested).toEqual(['sqs', 'sts']);
  await closed();
});

test('the account is looked up at STS for three seconds at most', async () => {
  const { requested, resolve } = await start({ sqs: [missing], sts: 'nothing' });
  using timers = manualTimers();
  const resolving = expect(resolve()).rejects.toMatchObject({ code: 'account_unknown' });
  await eventually('STS is called', () => requested.includes('sts'));
  expect(timers.running()).toContain(3000);
  timers.runOut(3000);
  await resolving;
});
