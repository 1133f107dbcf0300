// Commands and services in a shell that is set up for AWS: profiles, tokens, proxies, variants of endpoints.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { listenLocally, startService } from '@movie-load/testing';
import { cli } from '../support/cli.ts';
import { startWorld, type World } from '../support/world.ts';

const CONFIG = `[default]
region = eu-west-3
use_fips_endpoint = true
use_dualstack_endpoint = true
ignore_configured_endpoint_urls = false
[profile work]
region = eu-west-3
use_fips_endpoint = true
aws_access_key_id = AKIAWORK
aws_secret_access_key = secret
[profile sso]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = admin
`;
const UNREACHABLE_URL = 'http://127.0.0.1:1';

let world: World;
let home: string;
let shell: NodeJS.ProcessEnv;
let proxy: Proxy;

beforeAll(async () => {
  world = await startWorld();
  home = mkdtempSync(join(tmpdir(), 'movie-load-aws-user-'));
  mkdirSync(join(home, '.aws'));
  writeFileSync(join(home, '.aws/config'), CONFIG);
  proxy = await startProxy();
  shell = {
    AWS_CONFIG_FILE: join(home, '.aws/config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws/credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SESSION_TOKEN: 'token-of-the-shell',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_ENABLE_ENDPOINT_DISCOVERY: 'true',
    AWS_RETRY_MODE: 'adaptive',
    AWS_CA_BUNDLE: '/nowhere',
    HTTPS_PROXY: UNREACHABLE_URL,
    HTTP_PROXY: UNREACHABLE_URL,
    http_proxy: UNREACHABLE_URL,
    NODE_USE_ENV_PROXY: '1',
  };
});
afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  proxy.close();
  await world[Symbol.asyncDispose]();
});

describe.each(['work', 'sso', 'missing'])('the profile %s in the shell', (AWS_PROFILE) => {
  test.each([['jobs'], ['dlq', 'ls'], ['setup']])(
    'does not disturb `%s %s` with the variables that `up` prints',
    async (...args) => {
      const { code, stderr } = await cli(args, { env: { ...shell, ...world.env, AWS_PROFILE } });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
  );

  test('does not disturb `start` on the embedded AWS', async () => {
    const elsewhere = { AWS_ENDPOINT_URL_SQS: UNREACHABLE_URL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    const env = { ...shell, ...elsewhere, AWS_PROFILE };
    const { code, stdout } = await cli(['start', '--movies', '20', '--json', '--out', home], { env });
    expect({ code, status: JSON.parse(stdout).status }).toEqual({ code: 0, status: 'COMPLETE' });
  });
});

describe('calls to AWS through the proxy of the shell', () => {
  beforeEach(() => void proxy.requestedHosts.splice(0));

  const environmentForAws = () => ({
    AWS_CONFIG_FILE: join(home, '.aws/none'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws/none'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    HTTPS_PROXY: proxy.url,
  });
  const KEYS = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'secret' };

  test.each(['refuses', 'is silent'] as const)('continue without STS when it %s', async (behaviour) => {
    proxy.sts = behaviour;
    const { code, stderr } = await cli(['setup', '--aws'], { env: { ...environmentForAws(), ...KEYS } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^movie-load: AWS eu-west-1, account unknown \(STS: .+\), queue movie-load\.fifo$/m);
    // The command continues with its next call.
    expect(stderr).toMatch(/^movie-load: The proxy of HTTPS_PROXY did not let a call to AWS eu-west-1 through/m);
    expect(proxy.requestedHosts).toContain('sts.eu-west-1.amazonaws.com:443');
    expect(proxy.requestedHosts).toContain('sqs.eu-west-1.amazonaws.com:443');
  });

  test.each([
    ['setup', '--aws'],
    ['jobs', '--aws'],
    ['produce', '--movies', '5', '--aws'],
  ])('without credentials `%s %s` explains what to do', async (...args) => {
    const { code, stderr } = await cli(args, { env: environmentForAws() });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^movie-load: AWS eu-west-1 gave no access .*Set the credentials that the AWS CLI uses/);
  });

  test('without credentials a consumer explains what to do, and ends', async () => {
    await using consumer = startService('consumer', { env: { ...environmentForAws(), AWS_ENDPOINT_URL: '' } });
    expect(await consumer.ended).toMatchObject({ code: 1 });
    expect(consumer.stderr()).toContain('Set the credentials that the AWS CLI uses');
    expect(consumer.stderr()).not.toContain('unreachable');
  });

  test('use the region, keys and FIPS endpoints of the profile', async () => {
    const profile = { AWS_PROFILE: 'work', AWS_CONFIG_FILE: join(home, '.aws/config'), AWS_REGION: '' };
    const { stderr } = await cli(['setup', '--aws'], { env: { ...environmentForAws(), ...profile } });
    expect(stderr).toMatch(/^movie-load: AWS eu-west-3, account unknown/m);
    expect(proxy.requestedHosts).toContain('sqs-fips.eu-west-3.amazonaws.com:443');
  });

  test('are not made without --aws, whatever names an endpoint of AWS', async () => {
    for (const env of [
      { AWS_ENDPOINT_URL: 'https://sqs.eu-west-1.amazonaws.com' },
      {
        AWS_ENDPOINT_URL: world.settings.endpoint,
        AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.eu-west-1.amazonaws.com',
      },
      { AWS_ENDPOINT_URL: world.settings.endpoint, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    ]) {
      const { code, stderr } = await cli(['jobs'], { env: { ...environmentForAws(), ...KEYS, ...env } });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining('or add --aws to use AWS itself'),
      });
    }
    expect(proxy.requestedHosts).toEqual([]);
  });
});

test('`start` explains that OpenSSL has no MD5', async () => {
  const NODE_OPTIONS = `--import=${join(import.meta.dirname, '../support/without-md5.mjs')}`;
  const { code, stderr } = await cli(['start', '--movies', '5', '--out', home], { env: { NODE_OPTIONS } });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^movie-load: The embedded AWS needs MD5/);
});

interface Proxy {
  readonly url: string;
  /** Host and port of each requested connection. */
  readonly requestedHosts: string[];
  /** How it answers requests for connections to STS. */
  sts: 'refuses' | 'is silent';
  close(): void;
}

/** Starts a proxy that refuses every connection. It leaves connections to STS without an answer if `sts` is "is silent". */
async function startProxy(): Promise<Proxy> {
  const sockets: Duplex[] = [];
  const server = http.createServer((_, response) => response.writeHead(502).end());
  const proxy: Proxy = {
    url: '',
    requestedHosts: [],
    sts: 'refuses',
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  server.on('connect', ({ url = '' }: http.IncomingMessage, socket: Duplex) => {
    sockets.push(socket);
    proxy.requestedHosts.push(url);
    if (url.startsWith('sts.') && proxy.sts === 'is silent') return;
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const { url } = await listenLocally(server);
  return Object.assign(proxy, { url });
}
