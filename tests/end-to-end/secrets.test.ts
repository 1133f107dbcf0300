// No output contains credentials: not at level `trace`, not when all calls fail, not when an endpoint returns them in
// its errors.

import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { closeServer, eventually, fetchOnNewConnection, listenLocally, startService } from '@movie-load/testing';
import { z } from 'zod';
import { cli } from '../support/cli.ts';
import { orderJob, startWorld, type World } from '../support/world.ts';

const SECRETS = {
  AWS_SECRET_ACCESS_KEY: 'mArKeD/sEcReT+key0123456789/abcdefghijkl',
  AWS_SESSION_TOKEN: 'mArKeD/tOkEn+ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210==',
};
/** The secrets in the addresses of `withSecrets`. */
const URL_SECRETS = { password: 'mArKeD/pAsSwOrD+0123', token: 'mArKeD-uRl-tOkEn' };
const withSecrets = (address: string): string =>
  `${address.replace('://', `://me:${encodeURIComponent(URL_SECRETS.password)}@`)}/?token=${URL_SECRETS.token}`;
const VERBOSE_ENVIRONMENT = {
  ...SECRETS,
  AWS_ACCESS_KEY_ID: 'AKIAMARKED',
  // Otherwise the endpoint gets no credentials that it could send back.
  MOVIE_LOAD_TRUST_ENDPOINT: 'true',
  LOG_LEVEL: 'trace',
  MOVIE_LOAD_DEBUG: '1',
};

let world: World;
let folder: string;
let echo: EchoEndpoint;

beforeAll(async () => {
  world = await startWorld();
  echo = await startEchoEndpoint();
  folder = mkdtempSync(join(tmpdir(), 'movie-load-secrets-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await echo.close();
  await world[Symbol.asyncDispose]();
});

describe('services', () => {
  test('print no credentials while all calls succeed', async () => {
    const env = { ...world.env, ...VERBOSE_ENVIRONMENT };
    const { jobId, args } = orderJob({ movies: 50 });
    await using consumer = startService('consumer', { env });
    await using producer = startService('producer', { env, args });
    await producer.ended;
    await world.untilComplete(jobId);
    consumer.kill('SIGTERM');
    await consumer.ended;
    expect(producer.stderr()).toContain(jobId);
    expectNoSecrets(producer.stdout(), producer.stderr(), consumer.stdout(), consumer.stderr());
    expectNoSecrets(JSON.stringify([producer.reports, consumer.reports]));
  });

  test.each([
    { what: 'that nothing listens on', code: undefined },
    { what: 'that refuses access and sends the request back', code: 'AccessDenied' },
    { what: 'that calls requests malformed and sends them back', code: 'ValidationException' },
  ])('print no credentials at an endpoint $what', async ({ code }) => {
    echo.code = code ?? '';
    const AWS_ENDPOINT_URL = withSecrets(code === undefined ? 'http://127.0.0.1:1' : echo.endpoint);
    const env = { ...world.env, ...VERBOSE_ENVIRONMENT, AWS_ENDPOINT_URL };
    await using consumer = startService('consumer', { env });
    await using console = startService('console', { env: { ...env, ...CONSOLE, HTTP_PORT: '0' } });
    await using producer = startService('producer', { env: { ...env, HTTP_PORT: '0' } });
    await using oneJobProducer = startService('producer', { env, args: orderJob({ movies: 5 }).args });
    expect(await oneJobProducer.ended).not.toMatchObject({ code: 0 });
    const services = [consumer, console, producer];
    const port = await eventually('the console listens', () => console.report()?.http_port);
    const page = await shownByConsole(`http://127.0.0.1:${port}`);
    for (const service of [consumer, producer]) await eventually('it logs its failure', () => service.stderr() !== '');
    for (const service of services) service.kill('SIGTERM');
    for (const service of services) await service.ended;
    if (code !== undefined) expect(oneJobProducer.stderr()).toContain('[removed]');
    expectNoSecrets(page, ...[oneJobProducer, ...services].flatMap((service) => [service.stdout(), service.stderr()]));
  });

  test('print no credentials when their settings are wrong', async () => {
    const env = {
      ...VERBOSE_ENVIRONMENT,
      AWS_ENDPOINT_URL: withSecrets('ftp://nowhere'),
      POLLERS: 'many',
      HTTP_PORT: '-1',
      LOG_LEVEL: 'shout',
    };
    await using consumer = startService('consumer', { env });
    expect(await consumer.ended).toMatchObject({ code: 2 });
    expect(consumer.stderr()).toContain('POLLERS');
    expectNoSecrets(consumer.stdout(), consumer.stderr());
  });
});

describe('the command line', () => {
  test('prints no credentials with `start --json`', async () => {
    const { code, stdout, stderr } = await cli(['start', '--movies', '20', '--json', '--out', folder], {
      env: VERBOSE_ENVIRONMENT,
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(z.object({ status: z.string() }).parse(JSON.parse(stdout))).toEqual({ status: 'COMPLETE' });
    expectNoSecrets(stdout, stderr);
  });

  test.each([
    ['jobs'],
    ['dlq', 'ls'],
    ['queue', '--json'],
    ['setup'],
    ['produce', '--movies', '5'],
    ['verify', '00000000-0000-5000-8000-000000000000'],
  ])('prints no credentials when `%s %s` fails, with MOVIE_LOAD_DEBUG=1', async (...args) => {
    for (const [AWS_ENDPOINT_URL, code] of [
      [withSecrets('http://127.0.0.1:1'), ''],
      [withSecrets(echo.endpoint), 'AccessDenied'],
    ] as const) {
      echo.code = code;
      const ended = await cli(args, { env: { ...VERBOSE_ENVIRONMENT, AWS_ENDPOINT_URL } });
      expect(ended.code).not.toBe(0);
      expect(ended.stderr).not.toBe('');
      expectNoSecrets(ended.stdout, ended.stderr);
    }
  });
});

test('the endpoint of these tests really sends the session token back', () => {
  expect(echo.sentBack).toContain(SECRETS.AWS_SESSION_TOKEN);
});

/** Services of the console that do not answer, with secrets in their addresses. */
const CONSOLE = {
  PRODUCER_URL: withSecrets('http://127.0.0.1:1'),
  CONTROL_URL: withSecrets('http://127.0.0.1:1'),
  CONTROL_TOKEN: SECRETS.AWS_SECRET_ACCESS_KEY,
  CONSUMER_URLS: `${withSecrets('http://127.0.0.1:1')},${withSecrets('http://localhost:1')}`,
};

/** All texts that the console shows about its endpoints and their failures. */
async function shownByConsole(url: string): Promise<string> {
  const events = await fetchOnNewConnection(`${url}/api/events`);
  let text = '';
  for await (const chunk of events.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (/event: overview\ndata: .*\n/.test(text)) break;
  }
  expect(text).toContain('"endpoint":"http://127.0.0.1:');
  const headers = { origin: url, 'content-type': 'application/json' };
  const body = JSON.stringify({ movies: 5, movies_per_message: 1, seed: 1 });
  for (const [path, init] of [
    ['/api/jobs', { method: 'POST', headers, body }],
    ['/api/consumers', { method: 'POST', headers, body: '{"action":"add"}' }],
    ['/api/jobs', {}],
    ['/api/dead-letters', {}],
  ] as const) {
    const answer = await fetchOnNewConnection(`${url}${path}`, init);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    text += await answer.text();
  }
  return text;
}

/** Expects no secret in the texts: not whole, not in part, not encoded. */
function expectNoSecrets(...texts: readonly string[]): void {
  for (const secret of [...Object.values(SECRETS), ...Object.values(URL_SECRETS)]) {
    const base64 = Buffer.from(secret).toString('base64');
    const forms = [
      secret.slice(0, 12),
      secret.slice(-16),
      encodeURIComponent(secret).slice(0, 16),
      base64.slice(0, 16),
      Buffer.from(`me:${secret}`).toString('base64').slice(0, 16),
    ];
    for (const text of texts) for (const form of forms) expect(text).not.toContain(form);
  }
  // A signature is valid for a few minutes.
  for (const text of texts) expect(text).not.toMatch(/Signature=[0-9a-f]{16}/i);
}

interface EchoEndpoint {
  readonly endpoint: string;
  /** The AWS error code of every answer. */
  code: string;
  readonly sentBack: string;
  close(): Promise<void>;
}

/** Refuses everything, with all headers of the request in the error's message, as some emulators and proxies do. */
async function startEchoEndpoint(): Promise<EchoEndpoint> {
  const state = { code: '', lastCredentials: '' };
  const server = http.createServer((request, response) => {
    request.resume();
    const { authorization = '', 'x-amz-security-token': token = '' } = request.headers;
    state.lastCredentials = `${token} ${authorization}`;
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: state.code, message: `refused: ${state.lastCredentials}` }));
  });
  const { port } = await listenLocally(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get code() {
      return state.code;
    },
    set code(code) {
      state.code = code;
    },
    get sentBack() {
      return state.lastCredentials;
    },
    close: () => closeServer(server),
  };
}
