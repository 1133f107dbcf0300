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
  for (const one of started.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function listen(handle: RequestListener): Promise<string> {
  const server: Server = http.createServer(handle);
  const { url } = await listenLocally(server);
  started.push({ [Symbol.asyncDispose]: () => closeServer(server) });
  return url;
}

/** Credentials as a task on ECS gets them: the same keys until they expire, then others. */
async function startRole() {
  const made: number[] = [];
  const name = () => `ASIAROTATED${made.length}`;
  const url = await listen((_, response) => {
    const last = made.at(-1) ?? 0;
    if (Date.now() >= last + KEYS_LIVE_MS) made.push(Date.now());
    const until = (made.at(-1) ?? 0) + KEYS_LIVE_MS;
    const keys = { AccessKeyId: name(), SecretAccessKey: 'secret', Token: name(), Expiration: new Date(until) };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(keys));
  });
  const isValid = (key: string): boolean => {
    const number = Number(/^ASIAROTATED(\d+)$/.exec(key)?.[1] ?? 0);
    return Date.now() < (made[number - 1] ?? 0) + KEYS_LIVE_MS;
  };
  return { url, isValid, made };
}

/** Refuses expired keys, as AWS does, and forwards all other requests. */
async function startGate(upstream: string, isValid: (key: string) => boolean) {
  const seen = { keys: new Set<string>(), refused: 0 };
  const pass = async (request: IncomingMessage, response: http.ServerResponse) => {
    const body = await buffer(request);
    await delay(CALL_MS);
    const key = /Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    seen.keys.add(key);
    if (!isValid(key)) {
      seen.refused += 1;
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      return response.end(
        JSON.stringify({ __type: 'ExpiredTokenException', message: 'The security token is expired' }),
      );
    }
    const { method, url, headers } = request;
    const forward = http.request(new URL(url ?? '/', upstream), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forward.on('error', () => response.destroy());
    response.on('close', () => forward.destroy());
    return forward.end(body);
  };
  const endpoint = await listen((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  return { endpoint, seen };
}

it('a job completes although the keys of its services expire', async () => {
  const world = await startWorld();
  started.push(world);
  const role = await startRole();
  const gate = await startGate(world.env.AWS_ENDPOINT_URL ?? '', role.isValid);
  const env = {
    ...world.env,
    AWS_ENDPOINT_URL: gate.endpoint,
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
  await world.complete(job.jobId);
  consumer.kill('SIGTERM');
  expect({ ...(await consumer.ended), log: consumer.stderr() }).toMatchObject({ code: 0 });

  expect((await world.object(job.jobId)).equals(expectedObject(job.plan))).toBe(true);
  expect(role.made.length).toBeGreaterThanOrEqual(3);
  expect(gate.seen.keys.size).toBeGreaterThanOrEqual(3);
  expect([...gate.seen.keys].filter((key) => !key.startsWith('ASIAROTATED'))).toEqual([]);
});
