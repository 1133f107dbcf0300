// The search for credentials: once for all clients of a process, with a time limit, and without output in our log.
import { expect, test } from '@jest/globals';
import { eventually, manualTimers } from '@movie-load/testing';
import { createCredentialChain } from '../src/credentials.ts';
import { handlerOptions } from '../src/index.ts';
import { json, KEYS, requestOf, serve, startProxy, useEnvironmentOf } from './environment/support.ts';

const AWS = { region: 'eu-west-1', queue: 'q.fifo', dlq: 'd.fifo', table: 't' };
const FOUND = {
  AccessKeyId: 'ASIACONTAINER',
  SecretAccessKey: 'secret',
  Token: 'token',
  Expiration: '2999-01-01T00:00:00Z',
};

function chain() {
  let requested = 0;
  const provider = createCredentialChain(() => {
    requested += 1;
    const limits = { requestTimeoutMs: 5000, maxSockets: 4 };
    return { requestHandler: handlerOptions(AWS, 'sts', limits, {}), ignoreConfiguredEndpointUrls: false };
  });
  return { provider, requested: () => requested };
}

test('the search for credentials ends after 20 seconds as if there were none', async () => {
  using timers = manualTimers();
  const silent = await serve(() => undefined);
  useEnvironmentOf({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: silent.url } });
  const searching = expect(chain().provider({})()).rejects.toMatchObject({
    name: 'CredentialsProviderError',
    message: 'No credentials within 20 s',
  });
  await eventually('the request arrives', () => silent.requests.length > 0);
  timers.runOut(20_000);
  await searching;
});

test('the search for credentials leaves no timer, runs once, and its result is reused', async () => {
  using timers = manualTimers();
  const container = await serve((_, response) => json(response, FOUND));
  useEnvironmentOf({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: container.url } });
  const { provider, requested } = chain();
  const first = provider({});
  expect(await first()).toMatchObject({ accessKeyId: 'ASIACONTAINER', sessionToken: 'token' });
  expect(timers.running()).not.toContain(20_000);
  expect(provider({ other: 'client' })).toBe(first);
  await first();
  expect([requested(), container.requests.length]).toEqual([1, 1]);
});

test('the search for credentials writes no SDK warning to the log when profile and key variables are set', async () => {
  const { warn } = console;
  const written: unknown[] = [];
  console.warn = (...words: unknown[]) => void written.push(words);
  try {
    const credentials = '[work]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n';
    useEnvironmentOf({ env: { ...KEYS, AWS_PROFILE: 'work' }, credentials });
    expect(await chain().provider({})()).toMatchObject({ accessKeyId: 'AKIAPROFILE' });
  } finally {
    console.warn = warn;
  }
  expect(written).toEqual([]);
});

const ROLE = '[profile role]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = work\n';
const OF_WORK = '[work]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n';

/** The endpoint at which a role is assumed in this environment. */
async function stsHosts(env: Readonly<Record<string, string>>): Promise<string[]> {
  const proxy = await startProxy();
  useEnvironmentOf({
    env: { AWS_PROFILE: 'role', HTTPS_PROXY: proxy.url, ...env },
    config: ROLE,
    credentials: OF_WORK,
  });
  await expect(requestOf('sqs')).rejects.toThrow();
  return [...new Set(proxy.destinations)];
}

test('the credential chain assumes a role in the region of the settings, though the SDK ignores AWS_DEFAULT_REGION', async () => {
  expect(await stsHosts({ AWS_DEFAULT_REGION: 'eu-south-1' })).toEqual(['sts.eu-south-1.amazonaws.com:443']);
});

test('the credential chain assumes a role at the configured STS endpoint where all is AWS or the endpoint is trusted', async () => {
  const AWS_REGION = 'eu-west-1';
  const privateHost = 'vpce-1.sts.eu-west-1.vpce.amazonaws.com';
  expect(await stsHosts({ AWS_REGION, AWS_ENDPOINT_URL_STS: `https://${privateHost}` })).toEqual([
    `${privateHost}:443`,
  ]);
  const sts = await serve((_, response) => response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>'));
  const env = { AWS_REGION, AWS_ENDPOINT_URL_STS: sts.url };
  expect(await stsHosts(env)).toEqual(['sts.eu-west-1.amazonaws.com:443']);
  expect(sts.requests).toEqual([]);
  await stsHosts({ ...env, MOVIE_LOAD_TRUST_ENDPOINT: 'true' });
  expect(sts.requests.length).toBeGreaterThan(0);
});

test('the credential chain waits five seconds for STS', async () => {
  const silent = await serve(() => undefined);
  const env = { AWS_REGION: 'eu-west-1', AWS_PROFILE: 'role', AWS_ENDPOINT_URL_STS: silent.url };
  useEnvironmentOf({ env: { ...env, MOVIE_LOAD_TRUST_ENDPOINT: 'true' }, config: ROLE, credentials: OF_WORK });
  using timers = manualTimers();
  const asking = expect(requestOf('sqs')).rejects.toThrow();
  await eventually('the request arrives', () => silent.requests.length > 0);
  expect(timers.running()).toContain(5000);
  // Ends the whole search, because the SDK would call STS again.
  timers.runOut(20_000);
  await asking;
});
