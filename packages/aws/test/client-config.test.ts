// The configuration of the SDK’s clients: where the user's environment must not count, and the time limits of calls.
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { agentOptions } from '../src/agents.ts';
import { keysForCustomEndpoint } from '../src/credentials.ts';
import { createServiceConfigs, handlerOptions, touchesAws } from '../src/index.ts';
import { Sha256 } from '../src/sha256.ts';

const AWS = { region: 'eu-west-1', queue: 'q.fifo', dlq: 'd.fifo', table: 't' };
const EMULATOR = { ...AWS, endpoint: 'http://127.0.0.1:4566' };
const MIXED = { ...AWS, endpoints: { sqs: 'http://127.0.0.1:1', s3: 'https://s3.eu-west-1.amazonaws.com' } };
const SERVICES = ['sqs', 'dynamodb', 's3', 'sts'] as const;
const TEST_KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };
const env = {};

describe('the configuration of a client', () => {
  const COMMON = { sha256: Sha256, retryMode: 'standard', defaultsMode: 'legacy' };
  const OF_CUSTOM_ENDPOINT = {
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    authSchemePreference: [],
    accountIdEndpointMode: 'disabled',
    disableClockSkewCorrection: false,
    disableS3ExpressSessionAuth: false,
    disableMultiregionAccessPoints: false,
    useArnRegion: false,
    requestChecksumCalculation: 'WHEN_SUPPORTED',
    responseChecksumValidation: 'WHEN_SUPPORTED',
  };

  test('has, for AWS, its region and the user’s credentials, and no configured endpoint', () => {
    const configOf = createServiceConfigs(AWS, env);
    for (const service of SERVICES) {
      expect(configOf(service)).toEqual({
        ...COMMON,
        ignoreConfiguredEndpointUrls: true,
        region: 'eu-west-1',
        credentialDefaultProvider: expect.any(Function),
      });
    }
    expect(createServiceConfigs(MIXED, env)('s3')).toEqual({
      ...COMMON,
      endpoint: 'https://s3.eu-west-1.amazonaws.com',
      region: 'eu-west-1',
      credentialDefaultProvider: expect.any(Function),
    });
  });

  test('makes, for an endpoint that is not AWS, every choice that the SDK would read from the environment', () => {
    expect(createServiceConfigs(EMULATOR, env)('dynamodb')).toEqual({
      ...COMMON,
      ...OF_CUSTOM_ENDPOINT,
      endpoint: EMULATOR.endpoint,
      region: 'eu-west-1',
      credentials: TEST_KEYS,
    });
    for (const region of ['fips-us-east-1', 'us-east-1-fips']) {
      expect(createServiceConfigs({ ...EMULATOR, region }, env)('s3')).toMatchObject({ region: 'us-east-1' });
    }
    expect(createServiceConfigs({ ...EMULATOR, region: 'us-fips-1' }, env)('s3')).toMatchObject({
      region: 'us-fips-1',
    });
  });

  test('has the user’s credentials for a trusted endpoint that is not AWS', () => {
    const config = createServiceConfigs({ ...EMULATOR, trustsEndpoint: true }, env)('s3');
    expect(config).toMatchObject({ ...OF_CUSTOM_ENDPOINT, credentialDefaultProvider: expect.any(Function) });
    expect(config).not.toHaveProperty('credentials');
  });

  test.each([
    ['when_required', undefined, 'WHEN_REQUIRED', 'WHEN_SUPPORTED'],
    [undefined, 'When_Required', 'WHEN_SUPPORTED', 'WHEN_REQUIRED'],
    ['nonsense', 'WHEN_SUPPORTED', 'WHEN_SUPPORTED', 'WHEN_SUPPORTED'],
  ])(
    'has the requested checksums of requests (%s) and answers (%s) for an endpoint that is not AWS',
    (request, response, calculation, validation) => {
      const wanted = {
        AWS_REQUEST_CHECKSUM_CALCULATION: request,
        AWS_RESPONSE_CHECKSUM_VALIDATION: response,
      };
      expect(createServiceConfigs(EMULATOR, wanted)('s3')).toMatchObject({
        requestChecksumCalculation: calculation,
        responseChecksumValidation: validation,
      });
    },
  );
});

test.each([
  ['AWS', AWS, true],
  ['an endpoint that is not AWS', EMULATOR, false],
  ['only SQS at another endpoint', { ...AWS, endpoints: { sqs: EMULATOR.endpoint } }, true],
  ['only SQS at AWS', { ...AWS, endpoints: { dynamodb: EMULATOR.endpoint, s3: EMULATOR.endpoint } }, true],
  ['S3 alone at AWS', { ...AWS, endpoints: { dynamodb: EMULATOR.endpoint, sqs: EMULATOR.endpoint } }, true],
  [
    'STS alone at AWS',
    { ...AWS, endpoints: { dynamodb: EMULATOR.endpoint, sqs: EMULATOR.endpoint, s3: EMULATOR.endpoint } },
    false,
  ],
])('touchesAws reports whether any data is at AWS: %s', (_, settings, touches) => {
  expect(touchesAws(settings)).toBe(touches);
});

test.each([
  ['none', {}, TEST_KEYS],
  ['a key id alone', { AWS_ACCESS_KEY_ID: 'mine' }, TEST_KEYS],
  ['a secret alone', { AWS_SECRET_ACCESS_KEY: 'mine' }, TEST_KEYS],
  ['empty ones', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, TEST_KEYS],
  ['AWS’s own', { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 's' }, TEST_KEYS],
  ['AWS’s own for a while', { AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 's' }, TEST_KEYS],
  ['AWS’s own in small letters', { AWS_ACCESS_KEY_ID: 'akiaiosfodnn7example', AWS_SECRET_ACCESS_KEY: 's' }, TEST_KEYS],
  [
    'an account’s number',
    { AWS_ACCESS_KEY_ID: '000000000002', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' },
    { accessKeyId: '000000000002', secretAccessKey: 's' },
  ],
  [
    'a key with AWS’s prefix inside',
    { AWS_ACCESS_KEY_ID: 'MYAKIA', AWS_SECRET_ACCESS_KEY: 's' },
    { accessKeyId: 'MYAKIA', secretAccessKey: 's' },
  ],
])(
  'keysForCustomEndpoint uses the environment’s keys only when they are complete and not AWS’s: %s',
  (_, env, keys) => {
    const credentials = keysForCustomEndpoint(env);
    expect(credentials).toEqual(keys);
    // The SDK writes into the returned keys.
    Object.assign(credentials, { $source: {} });
    expect(keysForCustomEndpoint(env)).toEqual(keys);
  },
);

describe('the options of connections', () => {
  const PROXIES = {
    HTTP_PROXY: 'http://p:1',
    http_proxy: 'http://p:2',
    HTTPS_PROXY: 'http://p:3',
    https_proxy: 'http://p:4',
    NO_PROXY: 'a',
    no_proxy: 'b',
  };
  const limits = { requestTimeoutMs: 7000, maxSockets: 9 };

  test('use the proxies of the environment to AWS, and a timeout', () => {
    const env = { ...PROXIES, ALL_PROXY: 'http://p:5', https_proxy: '', AWS_REGION: 'eu-west-1' };
    const { https_proxy: _, ...proxyEnv } = PROXIES;
    const agent = { keepAlive: true, maxSockets: 9, proxyEnv, timeout: 7000 };
    for (const settings of [AWS, { ...AWS, endpoint: 'https://sqs.eu-west-1.amazonaws.com' }]) {
      expect(handlerOptions(settings, 'sqs', limits, env)).toEqual({
        connectionTimeout: 3000,
        requestTimeout: 7000,
        throwOnRequestTimeout: true,
        socketTimeout: 7000,
        httpAgent: agent,
        httpsAgent: agent,
      });
    }
  });

  test('use no proxy to an endpoint that is not AWS', () => {
    const agent = { keepAlive: true, maxSockets: 9 };
    expect(handlerOptions(EMULATOR, 'sqs', limits, PROXIES)).toMatchObject({ httpAgent: agent, httpsAgent: agent });
    expect(agentOptions(EMULATOR, 'sqs', { env: PROXIES, maxSockets: 9, timeoutMs: 7000 })).toEqual(agent);
    // Each service has the options of its own endpoint.
    expect(handlerOptions(MIXED, 'sqs', limits, PROXIES).httpsAgent).toEqual(agent);
    expect(handlerOptions(MIXED, 's3', limits, PROXIES).httpsAgent).toMatchObject({ proxyEnv: PROXIES });
    expect(handlerOptions(MIXED, 'dynamodb', limits, PROXIES).httpsAgent).toMatchObject({ proxyEnv: PROXIES });
  });

  test('trust the certificate authorities of the file in addition to Node’s for TLS; plain HTTP reads no file', () => {
    // Any file serves: its text is not parsed before a connection is made.
    const settings = { ...EMULATOR, endpoint: 'https://127.0.0.1:4566', caBundle: import.meta.filename };
    const { httpAgent, httpsAgent } = handlerOptions(settings, 'sqs', limits, env);
    expect(httpAgent).not.toHaveProperty('ca');
    const ca: readonly string[] = 'ca' in httpsAgent ? httpsAgent.ca : [];
    expect(ca).toEqual([...getCACertificates('default'), readFileSync(import.meta.filename, 'utf8')]);
    expect(ca.length).toBeGreaterThan(100);
    const missing = { caBundle: '/nowhere/corp.pem' };
    expect(handlerOptions({ ...EMULATOR, ...missing }, 'sqs', limits, env).httpsAgent).not.toHaveProperty('ca');
    expect(() => handlerOptions({ ...AWS, ...missing }, 'sqs', limits, env)).toThrow(
      'AWS_CA_BUNDLE (or ca_bundle in the profile) names /nowhere/corp.pem, which cannot be read: ENOENT.',
    );
    expect(() => handlerOptions({ ...AWS, ...missing }, 'sqs', limits, env)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
