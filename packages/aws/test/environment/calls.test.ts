// The rows of docs/aws-environment.md about settings of calls: each `row` tests one.
import { describe, expect } from '@jest/globals';
import { toolPolicy } from '../../src/index.ts';
import { type CalledService, clientsOf, EMULATOR_URL, KEYS, requestOf, row, useEnvironmentOf } from './support.ts';

const AWS = { ...KEYS, AWS_REGION: 'eu-west-1' };
const SERVICES: readonly CalledService[] = ['sqs', 'dynamodb', 's3'];

/** The parts of a request that do not change between calls. */
async function requestsOf(env: Readonly<Record<string, string>>, config = '') {
  useEnvironmentOf({ env, config });
  const signedRequests = await Promise.all(SERVICES.map(requestOf));
  return signedRequests.map(({ host, path, signedBy, signedFor, headers }) => ({
    host,
    path,
    signedBy,
    signedFor,
    headers: Object.keys(headers).toSorted(),
  }));
}

/** The requests to AWS and to another endpoint are the same with these variables as without them. */
async function expectSameRequests(env: Readonly<Record<string, string>>, config = ''): Promise<void> {
  expect(await requestsOf({ ...AWS, ...env }, config)).toEqual(await requestsOf(AWS));
  expect(await requestsOf({ AWS_ENDPOINT_URL: EMULATOR_URL, ...env }, config)).toEqual(
    await requestsOf({ AWS_ENDPOINT_URL: EMULATOR_URL }),
  );
}

describe('the settings of calls', () => {
  row('`AWS_MAX_ATTEMPTS`', async () => {
    const attempts = async () => {
      const { sqs, dynamodb, s3 } = await clientsOf();
      return Promise.all([sqs, dynamodb, s3].map(({ config }) => config.maxAttempts()));
    };
    useEnvironmentOf({ env: AWS });
    const before = await attempts();
    useEnvironmentOf({ env: AWS, config: '[default]\nmax_attempts = 9\n' });
    expect(toolPolicy().maxAttempts).toBe(4);
    for (const AWS_MAX_ATTEMPTS of ['7', '0', 'nonsense']) {
      useEnvironmentOf({ env: { ...AWS, AWS_MAX_ATTEMPTS }, config: '[default]\nmax_attempts = 9\n' });
      expect(await attempts()).toEqual(before);
      // The SDK makes one attempt in any case; our own policy reads the variable, but not the profile.
      expect(toolPolicy().maxAttempts).toBe(AWS_MAX_ATTEMPTS === '7' ? 7 : 4);
      await expectSameRequests({ AWS_MAX_ATTEMPTS });
    }
  });

  row('`AWS_RETRY_MODE`', async () => {
    for (const AWS_RETRY_MODE of ['adaptive', 'nonsense']) {
      useEnvironmentOf({ env: { ...AWS, AWS_RETRY_MODE }, config: '[default]\nretry_mode = adaptive\n' });
      const { sqs, dynamodb, s3 } = await clientsOf();
      for (const { config } of [sqs, dynamodb, s3]) {
        expect(config.retryMode).toBe('standard');
        expect(await config.retryStrategy()).toMatchObject({ mode: 'standard' });
      }
    }
    await expectSameRequests({ AWS_RETRY_MODE: 'nonsense' });
  });

  row('`AWS_DEFAULTS_MODE`', async () => {
    for (const AWS_DEFAULTS_MODE of ['auto', 'mobile', 'nonsense']) await expectSameRequests({ AWS_DEFAULTS_MODE });
  });

  row('`AWS_ENABLE_DEFAULT_SOCKET_TIMEOUT_2026`', () =>
    expectSameRequests({ AWS_ENABLE_DEFAULT_SOCKET_TIMEOUT_2026: 'true' }),
  );

  row('`AWS_REQUEST_CHECKSUM_CALCULATION`', async () => {
    const hasChecksum = async () =>
      Object.keys((await requestOf('s3')).headers).some((name) => name.startsWith('x-amz-checksum-'));
    for (const place of [AWS, { AWS_ENDPOINT_URL: EMULATOR_URL }]) {
      useEnvironmentOf({ env: place });
      expect(await hasChecksum()).toBe(true);
      useEnvironmentOf({ env: { ...place, AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required' } });
      expect(await hasChecksum()).toBe(false);
    }
    useEnvironmentOf({ env: AWS, config: '[default]\nrequest_checksum_calculation = when_required\n' });
    expect(await hasChecksum()).toBe(false);
    await expectSameRequests({ AWS_REQUEST_CHECKSUM_CALCULATION: 'nonsense' });
  });

  row('`AWS_RESPONSE_CHECKSUM_VALIDATION`', async () => {
    for (const place of [AWS, { AWS_ENDPOINT_URL: EMULATOR_URL }]) {
      useEnvironmentOf({ env: { ...place, AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required' } });
      const { s3 } = await clientsOf();
      expect(await s3.config.responseChecksumValidation()).toBe('WHEN_REQUIRED');
    }
    await expectSameRequests({ AWS_RESPONSE_CHECKSUM_VALIDATION: 'nonsense' });
  });

  row(
    '`AWS_S3_USE_ARN_REGION`, `AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS`, `AWS_S3_DISABLE_EXPRESS_SESSION_AUTH`',
    async () => {
      const env = {
        AWS_S3_USE_ARN_REGION: 'true',
        AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS: 'true',
        AWS_S3_DISABLE_EXPRESS_SESSION_AUTH: 'true',
      };
      // They concern buckets named by an ARN or in one zone; MOVIE_LOAD_BUCKET is the name of an ordinary bucket.
      await expectSameRequests(env);
    },
  );

  row('`AWS_AUTH_SCHEME_PREFERENCE`', async () => {
    useEnvironmentOf({ env: { ...AWS, AWS_AUTH_SCHEME_PREFERENCE: 'sigv4' } });
    const { sqs } = await clientsOf();
    expect(await sqs.config.authSchemePreference()).toEqual(['sigv4']);
    await expectSameRequests({ AWS_AUTH_SCHEME_PREFERENCE: 'sigv4a,httpBearerAuth' });
  });

  row('`AWS_SIGV4A_SIGNING_REGION_SET`', () =>
    expectSameRequests({ AWS_SIGV4A_SIGNING_REGION_SET: 'eu-west-1,eu-west-2' }),
  );

  row('`AWS_DISABLE_CLOCK_SKEW_CORRECTION`', () => expectSameRequests({ AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true' }));

  row('`AWS_SDK_UA_APP_ID`', () => namedInUserAgent({ AWS_SDK_UA_APP_ID: 'my-app' }, 'app/my-app'));

  row('`AWS_EXECUTION_ENV`', () =>
    namedInUserAgent({ AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE' }, 'exec-env/AWS_ECS_FARGATE'),
  );

  async function namedInUserAgent(env: Readonly<Record<string, string>>, word: string): Promise<void> {
    useEnvironmentOf({ env: { ...AWS, ...env } });
    for (const service of SERVICES) expect((await requestOf(service)).headers['user-agent']).toContain(word);
    await expectSameRequests(env);
  }

  row('`AWS_LAMBDA_FUNCTION_NAME`, `_X_AMZN_TRACE_ID`', async () => {
    useEnvironmentOf({ env: { ...AWS, AWS_LAMBDA_FUNCTION_NAME: 'f', _X_AMZN_TRACE_ID: 'Root=1-2-3' } });
    expect(
      (await requestOf('s3')).headers['x-amzn-trace-id'] ?? (await requestOf('s3')).headers['X-Amzn-Trace-Id'],
    ).toBe('Root=1-2-3');
  });

  row('`AWS_LAMBDA_MAX_CONCURRENCY`, `AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA`, `AWS_LAMBDA_BENCHMARK_MODE`', () =>
    expectSameRequests({
      AWS_LAMBDA_MAX_CONCURRENCY: '1',
      AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: '1',
      AWS_LAMBDA_BENCHMARK_MODE: '1',
    }),
  );

  row('`AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED`', () =>
    expectSameRequests({ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }),
  );

  row(
    '`AWS_STS_REGIONAL_ENDPOINTS`, `AWS_METADATA_SERVICE_TIMEOUT`, `AWS_METADATA_SERVICE_NUM_ATTEMPTS`, `AWS_PAGER`',
    () =>
      expectSameRequests({
        AWS_STS_REGIONAL_ENDPOINTS: 'legacy',
        AWS_METADATA_SERVICE_TIMEOUT: '1',
        AWS_METADATA_SERVICE_NUM_ATTEMPTS: '1',
        AWS_PAGER: 'less',
      }),
  );
});
