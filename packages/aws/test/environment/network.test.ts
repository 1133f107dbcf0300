// The rows of docs/aws-environment.md about proxies and certificate authorities: each `row` tests one.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { agentOptions } from '../../src/agents.ts';
import { createClients, createPeek, directFetch, loadAwsSettings } from '../../src/index.ts';
import {
  call,
  clientsOf,
  EMULATOR_URL,
  json,
  KEYS,
  requestOf,
  row,
  serve,
  startProxy,
  type User,
  useEnvironmentOf,
} from './support.ts';

const REGION = { AWS_REGION: 'eu-west-1' };
/** An endpoint at which nothing listens, because calls are really sent to it. */
const CLOSED_URL = 'http://127.0.0.1:1';

/** The hosts that calls of all services reach through a proxy that refuses all connections. */
async function destinationsOf(proxy: Awaited<ReturnType<typeof startProxy>>, user: User): Promise<string[]> {
  useEnvironmentOf(user);
  const clients = createClients(await loadAwsSettings(process.env));
  await Promise.allSettled((['sqs', 'dynamodb', 's3'] as const).map((service) => call(clients, service)));
  clients.destroy();
  return proxy.destinations.splice(0).toSorted();
}

const AWS_DESTINATIONS = [
  'dynamodb.eu-west-1.amazonaws.com:443',
  'movie-bucket.s3.eu-west-1.amazonaws.com:443',
  'sqs.eu-west-1.amazonaws.com:443',
];

async function expectProxyForAwsOnly(names: readonly string[]): Promise<void> {
  const proxy = await startProxy();
  for (const name of names) {
    expect(await destinationsOf(proxy, { env: { ...KEYS, ...REGION, [name]: proxy.url } })).toEqual(AWS_DESTINATIONS);
    const emulator = await serve((_, response) => json(response, {}));
    expect(await destinationsOf(proxy, { env: { [name]: proxy.url, AWS_ENDPOINT_URL: emulator.url } })).toEqual([]);
    expect(emulator.requests).toHaveLength(3);
  }
}

describe('the network to AWS', () => {
  row('`HTTPS_PROXY`, `https_proxy`', () => expectProxyForAwsOnly(['HTTPS_PROXY', 'https_proxy']));

  row('`HTTP_PROXY`, `http_proxy`', async () => {
    const proxy = await startProxy();
    const AWS_ENDPOINT_URL_SQS = 'http://sqs.eu-west-1.amazonaws.com';
    for (const name of ['HTTP_PROXY', 'http_proxy']) {
      const env = { ...KEYS, ...REGION, [name]: proxy.url, AWS_ENDPOINT_URL: CLOSED_URL, AWS_ENDPOINT_URL_SQS };
      expect(await destinationsOf(proxy, { env })).toEqual(['http://sqs.eu-west-1.amazonaws.com/']);
    }
  });

  row('`NO_PROXY`, `no_proxy`', async () => {
    const proxy = await startProxy();
    // A region that AWS does not have: the calls without the proxy must not reach AWS.
    const env = { ...KEYS, AWS_REGION: 'eu-west-99', HTTPS_PROXY: proxy.url };
    for (const name of ['NO_PROXY', 'no_proxy']) {
      const hosts = '.s3.eu-west-99.amazonaws.com,sqs.eu-west-99.amazonaws.com';
      expect(await destinationsOf(proxy, { env: { ...env, [name]: hosts } })).toEqual([
        'dynamodb.eu-west-99.amazonaws.com:443',
      ]);
    }
  });

  row('`NODE_USE_ENV_PROXY`', async () => {
    const proxy = await startProxy();
    const emulator = await serve((_, response) => json(response, { ReceiveMessageResponse: {} }));
    useEnvironmentOf({
      env: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy.url, http_proxy: proxy.url, AWS_ENDPOINT_URL: emulator.url },
    });
    // Node reads these variables at its start, so a process that was started with them behaves the same:
    const { setGlobalProxyFromEnv } = await import('node:http');
    const restore = setGlobalProxyFromEnv(process.env);
    try {
      await call(await clientsOf(), 'sqs');
      await createPeek(emulator.url)('http://127.0.0.1/q.fifo');
      await directFetch(`${emulator.url}/metrics`);
    } finally {
      restore();
    }
    expect(emulator.requests).toHaveLength(3);
    expect(proxy.destinations).toEqual([]);
  });

  row('`AWS_CA_BUNDLE`', async () => {
    const [pem = ''] = rootCertificates;
    const home = useEnvironmentOf({ env: { ...KEYS, ...REGION }, files: { 'corp.pem': `${pem}\n` } });
    const AWS_CA_BUNDLE = join(home, 'corp.pem');
    const authorities = async () =>
      agentOptions(await loadAwsSettings(process.env), 'sqs', { env: {}, maxSockets: 1, timeoutMs: 1000 }).ca;
    expect(await authorities()).toBeUndefined();
    process.env.AWS_CA_BUNDLE = AWS_CA_BUNDLE;
    expect((await authorities())?.at(-1)).toBe(readFileSync(AWS_CA_BUNDLE, 'utf8'));
    expect((await authorities())?.length).toBeGreaterThan(rootCertificates.length);
    useEnvironmentOf({ config: `[default]\nca_bundle = /nowhere/corp.pem\n` });
    await expect(clientsOf()).rejects.toThrow('AWS_CA_BUNDLE (or ca_bundle in the profile) names /nowhere/corp.pem');
    useEnvironmentOf({ env: { AWS_CA_BUNDLE: '/nowhere/corp.pem', AWS_ENDPOINT_URL: EMULATOR_URL } });
    expect((await requestOf('sqs')).host).toBe('127.0.0.1:4566');
  });

  row('`NODE_EXTRA_CA_CERTS`', async () => {
    // Node's own default, which applies to agents without authorities.
    useEnvironmentOf({ env: { ...KEYS, ...REGION, NODE_EXTRA_CA_CERTS: '/some/file' } });
    expect(
      agentOptions(await loadAwsSettings(process.env), 'sqs', { env: {}, maxSockets: 1, timeoutMs: 1000 }),
    ).not.toHaveProperty('ca');
  });
});

describe('directFetch', () => {
  test('is what commands and services use, because `fetch` would use the proxy of NODE_USE_ENV_PROXY', () => {
    const root = join(import.meta.dirname, '../../../..');
    // Links in node_modules lead to other packages, and from there in circles.
    const files = globSync('{packages,services}/*/src/**/*.ts', {
      cwd: root,
      exclude: (path) => path.includes('node_modules'),
    }).map((file) => join(root, file));
    const programs = files.filter((file) => !/[/\\](page|bench|local-aws|testing)[/\\]/.test(file));
    expect(programs.length).toBeGreaterThan(150);
    expect(programs.filter((file) => /(?<![\w.])fetch\(/.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  test('sends the given request and returns a response as fetch does', async () => {
    const { url, requests } = await serve((request, response) => {
      if (request.url === '/empty') response.writeHead(204).end();
      else request.pipe(response.writeHead(201, { 'content-type': 'text/plain', 'x-a': ['1', '2'] }));
    });
    const response = await directFetch(`${url}/a?b=c`, { method: 'POST', headers: { 'x-b': 'b' }, body: 'grün' });
    expect([response.status, response.ok, response.headers.get('x-a'), await response.text()]).toEqual([
      201,
      true,
      '1, 2',
      'grün',
    ]);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: '/a?b=c',
      headers: { 'x-b': 'b', 'content-length': '5' },
    });
    expect((await directFetch(`${url}/empty`)).status).toBe(204);
  });

  test('rejects with the signal’s reason, also while the answer arrives', async () => {
    const { url } = await serve((_, response) => response.writeHead(200).write('half'));
    const stop = new AbortController();
    const answer = directFetch(url, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
    await expect(directFetch(url, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(directFetch('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
