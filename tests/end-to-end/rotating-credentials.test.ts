// The keys of a role expire after three seconds, and AWS refuses expired keys: a whole job uses several of them.
import http, { type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { closeServer, listenLocally, startService } from '@movie-load/testing';
import { expectedObject, orderJob, startWorld } from '../support/world.ts';

const KEYS_LIVE_MS = 3000;
/** The delay of each call, so that several keys expire during a small job. */
const CALL_MS = 120;

const started: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of started.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

async function listen(handle: RequestListener): Promise<string> {
  const server: Server = http.createServer(handle);
  const { url } = await listenLocally(server);
  started.push({ [Symbol.asyncDispose]: () => closeServer(server) });
  return url;
}

/** Credentials as a task on ECS gets them: the same keys until they expire, then others. */
async function startRole() {
  const issuedAt: number[] = [];
  const name = () => `ASIAROTATED${issuedAt.length}`;
  const url = await listen((_, response) => {
    const last = issuedAt.at(-1) ?? 0;
    if (Date.now() >= last + KEYS_LIVE_MS) issuedAt.push(Date.now());
    const expiresAt = (issuedAt.at(-1) ?? 0) + KEYS_LIVE_MS;
    const keys = { AccessKeyId: name(), SecretAccessKey: 'secret', Token: name(), Expiration: new Date(expiresAt) };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(keys));
  });
  const isValid = (key: string): boolean => {
    const number = Number(/^ASIAROTATED(\d+)$/.exec(key)?.[1] ?? 0);
    return Date.now() < (issuedAt[number - 1] ?? 0) + KEYS_LIVE_MS;
  };
  return { url, isValid, issuedAt };
}

/** Refuses expired keys, as AWS does, and forwards all other requests. */
async function startCheckingEndpoint(upstream: string, isValid: (key: string) => boolean) {
  const received = { keys: new Set<string>(), refused: 0 };
  const checkAndForward = async (request: IncomingMessage, response: http.ServerResponse) => {
    const body = await buffer(request);
    await delay(CALL_MS);
    const key = /Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    received.keys.add(key);
    if (!isValid(key)) {
      received.refused += 1;
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      return response.end(
        JSON.stringify({ __type: 'ExpiredTokenException', message: 'The security token is expired' }),
      );
    }
    const { method, url, headers } = request;
    const upstreamRequest = http.request(new URL(url ?? '/', upstream), { method, headers }, (upstreamResponse) => {
      response.writeHead(upstreamResponse.statusCode ?? 502, upstreamResponse.headers);
      upstreamResponse.pipe(response);
    });
    upstreamRequest.on('error', () => response.destroy());
    response.on('close', () => upstreamRequest.destroy());
    return upstreamRequest.end(body);
  };
  const endpoint = await listen((request, response) => {
    checkAndForward(request, response).catch(() => response.destroy());
  });
  return { endpoint, received };
}

it('a job completes although the keys of its services expire', async () => {
  const world = await startWorld();
  started.push(world);
  const role = await startRole();
  const checking = await startCheckingEndpoint(world.env.AWS_ENDPOINT_URL ?? '', role.isValid);
  const env = {
    ...world.env,
    AWS_ENDPOINT_URL: checking.endpoint,
    MOVIE_LOAD_TRUST_ENDPOINT: 'true',
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${role.url}/keys`,
    VISIBILITY_SECONDS: '10',
    POLLERS: '1',
  };
  const job = orderJob({ movies: 200 });
  const consumer = startService('consumer', { env });
  const producer = startService('producer', { env, args: job.args });
  started.push(consumer, producer);
  expect({ ...(await producer.ended), log: producer.stderr() }).toMatchObject({ code: 0 });
  await world.untilComplete(job.jobId);
  consumer.kill('SIGTERM');
  expect({ ...(await consumer.ended), log: consumer.stderr() }).toMatchObject({ code: 0 });

  expect((await world.object(job.jobId)).equals(expectedObject(job.plan))).toBe(true);
  expect(role.issuedAt.length).toBeGreaterThanOrEqual(3);
  expect(checking.received.keys.size).toBeGreaterThanOrEqual(3);
  expect([...checking.received.keys].filter((key) => !key.startsWith('ASIAROTATED'))).toEqual([]);
});
