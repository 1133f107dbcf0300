// The rows of docs/aws-environment.md about endpoints and regions: each `row` tests one.
import { describe, expect, test } from '@jest/globals';
import { loadAwsSettings } from '../../src/index.ts';
import { clientsOf, EMULATOR_URL, json, KEYS, requestOf, row, serve, useEnvironmentOf } from './support.ts';

const hosts = async () =>
  Promise.all((['sqs', 'dynamodb', 's3'] as const).map(async (one) => (await requestOf(one)).host));
const INSTANCE = 'AWS_EC2_METADATA_SERVICE_ENDPOINT';

describe('the destination of calls', () => {
  row('`AWS_ENDPOINT_URL`', async () => {
    useEnvironmentOf({
      env: { AWS_ENDPOINT_URL: EMULATOR_URL },
      config: '[default]\nendpoint_url = http://127.0.0.1:1\n',
    });
    expect(await hosts()).toEqual(['127.0.0.1:4566', '127.0.0.1:4566', '127.0.0.1:4566']);
    useEnvironmentOf({
      env: { AWS_PROFILE: 'local' },
      config: `[profile local]\nendpoint_url = ${EMULATOR_URL}\nregion = eu-west-3\n`,
    });
    expect(await requestOf('s3')).toMatchObject({ host: '127.0.0.1:4566', signedBy: 'test', signedFor: 'eu-west-3' });
    useEnvironmentOf({ config: '[default]\nendpoint_url = nowhere\n' });
    await expect(loadAwsSettings(process.env)).rejects.toThrow(/profile "default" has an endpoint_url that is not/);
  });

  row(
    '`AWS_ENDPOINT_URL_SQS`, `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL_STS`',
    async () => {
      const general = { AWS_ENDPOINT_URL: EMULATOR_URL };
      useEnvironmentOf({
        env: { ...general, AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:3' },
      });
      expect(await hosts()).toEqual(['127.0.0.1:1', '127.0.0.1:4566', '127.0.0.1:3']);
      useEnvironmentOf({ env: { ...KEYS, AWS_ENDPOINT_URL_DYNAMODB: EMULATOR_URL, AWS_REGION: 'eu-west-1' } });
      expect(await hosts()).toEqual([
        'sqs.eu-west-1.amazonaws.com',
        '127.0.0.1:4566',
        'movie-bucket.s3.eu-west-1.amazonaws.com',
      ]);
      // Each service gets the keys for its own endpoint.
      expect([(await requestOf('sqs')).signedBy, (await requestOf('dynamodb')).signedBy]).toEqual([
        KEYS.AWS_ACCESS_KEY_ID,
        'test',
      ]);
      const config = `[default]\nservices = mine\nendpoint_url = ${EMULATOR_URL}\n[services mine]\nsqs =\n  endpoint_url = http://127.0.0.1:7\n`;
      useEnvironmentOf({ config });
      expect(await hosts()).toEqual(['127.0.0.1:7', '127.0.0.1:4566', '127.0.0.1:4566']);
      useEnvironmentOf({ config, env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:8' } });
      expect(await hosts()).toEqual(['127.0.0.1:8', '127.0.0.1:8', '127.0.0.1:8']);
      useEnvironmentOf({ config: '[default]\nservices = nowhere\n' });
      await expect(loadAwsSettings(process.env)).rejects.toThrow(/names the section \[services nowhere\]/);
      useEnvironmentOf({ env: { AWS_ENDPOINT_URL_STS: 'sts' } });
      await expect(loadAwsSettings(process.env)).rejects.toThrow(/AWS_ENDPOINT_URL_STS/);
    },
  );

  row('`AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`', async () => {
    const env = { ...KEYS, AWS_ENDPOINT_URL: EMULATOR_URL, AWS_REGION: 'eu-west-1' };
    useEnvironmentOf({ env: { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' } });
    expect((await requestOf('sqs')).host).toBe('sqs.eu-west-1.amazonaws.com');
    useEnvironmentOf({ env, config: '[default]\nignore_configured_endpoint_urls = true\n' });
    expect((await requestOf('sqs')).host).toBe('sqs.eu-west-1.amazonaws.com');
    useEnvironmentOf({
      env: { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' },
      config: '[default]\nignore_configured_endpoint_urls = true\n',
    });
    expect((await requestOf('sqs')).host).toBe('127.0.0.1:4566');
    useEnvironmentOf({ env: { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: '1' } });
    await expect(loadAwsSettings(process.env)).rejects.toThrow(/AWS_IGNORE_CONFIGURED_ENDPOINT_URLS.*true or false/s);
  });

  row('`AWS_REGION`', async () => {
    const config = '[default]\nregion = eu-west-1\n[profile work]\nregion = eu-west-2\n';
    const credentials = '[work]\nregion = eu-west-3\n';
    useEnvironmentOf({ env: { ...KEYS, AWS_REGION: 'eu-north-1' }, config });
    expect(await requestOf('sqs')).toMatchObject({ host: 'sqs.eu-north-1.amazonaws.com', signedFor: 'eu-north-1' });
    useEnvironmentOf({ env: KEYS, config });
    expect((await requestOf('dynamodb')).host).toBe('dynamodb.eu-west-1.amazonaws.com');
    useEnvironmentOf({ env: { AWS_PROFILE: 'work' }, config, credentials });
    expect((await loadAwsSettings(process.env)).region).toBe('eu-west-3');
    useEnvironmentOf({ env: { AWS_ENDPOINT_URL: EMULATOR_URL }, config });
    expect((await requestOf('sqs')).signedFor).toBe('us-east-1');
    useEnvironmentOf({ env: { AWS_REGION: 'eu west' } });
    await expect(loadAwsSettings(process.env)).rejects.toThrow(/AWS_REGION/);
  });

  row('`AWS_DEFAULT_REGION`', async () => {
    const config = '[default]\nregion = eu-west-1\n';
    useEnvironmentOf({ env: { ...KEYS, AWS_DEFAULT_REGION: 'eu-south-1' }, config });
    expect((await requestOf('sqs')).host).toBe('sqs.eu-south-1.amazonaws.com');
    useEnvironmentOf({ env: { ...KEYS, AWS_DEFAULT_REGION: 'eu-south-1', AWS_REGION: 'eu-north-1' }, config });
    expect((await requestOf('sqs')).host).toBe('sqs.eu-north-1.amazonaws.com');
  });

  row('`AWS_USE_FIPS_ENDPOINT`', () =>
    expectVariant('AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint', 'sqs-fips.us-east-1.amazonaws.com'),
  );

  row('`AWS_USE_DUALSTACK_ENDPOINT`', () =>
    expectVariant('AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint', 'sqs.us-east-1.api.aws'),
  );

  /** By variable and by profile: used on AWS, refused together with an AWS endpoint, ignored at another endpoint. */
  async function expectVariant(variable: string, key: string, host: string): Promise<void> {
    const env = { ...KEYS, AWS_REGION: 'us-east-1' };
    const users = [{ env: { ...env, [variable]: 'true' } }, { env, config: `[default]\n${key} = true\n` }];
    for (const user of users) {
      useEnvironmentOf(user);
      expect((await requestOf('sqs')).host).toBe(host);
      useEnvironmentOf({ ...user, env: { ...user.env, AWS_ENDPOINT_URL: EMULATOR_URL } });
      expect(await hosts()).toEqual(['127.0.0.1:4566', '127.0.0.1:4566', '127.0.0.1:4566']);
      useEnvironmentOf({ ...user, env: { ...user.env, AWS_ENDPOINT_URL_SQS: 'https://sqs.us-east-1.amazonaws.com' } });
      await expect(loadAwsSettings(process.env)).rejects.toThrow(
        `${variable} (or ${key} in the profile) cannot change`,
      );
    }
    useEnvironmentOf({ env: { ...env, [variable]: '1' } });
    await expect(loadAwsSettings(process.env)).rejects.toThrow('must be true or false, not "1"');
  }

  row('`AWS_ACCOUNT_ID_ENDPOINT_MODE`', async () => {
    const env = { ...KEYS, AWS_REGION: 'us-east-1', AWS_ACCOUNT_ID: '123456789012' };
    useEnvironmentOf({ env: { ...env, AWS_ACCOUNT_ID_ENDPOINT_MODE: 'required' } });
    expect((await requestOf('dynamodb')).host).toBe('123456789012.ddb.us-east-1.amazonaws.com');
    useEnvironmentOf({ env, config: '[default]\naccount_id_endpoint_mode = disabled\n' });
    expect((await requestOf('dynamodb')).host).toBe('dynamodb.us-east-1.amazonaws.com');
    useEnvironmentOf({ env: { ...env, AWS_ACCOUNT_ID_ENDPOINT_MODE: 'required', AWS_ENDPOINT_URL: EMULATOR_URL } });
    expect((await requestOf('dynamodb')).host).toBe('127.0.0.1:4566');
  });

  row('`AWS_ENABLE_ENDPOINT_DISCOVERY`, `AWS_ENDPOINT_DISCOVERY_ENABLED`', async () => {
    for (const name of ['AWS_ENABLE_ENDPOINT_DISCOVERY', 'AWS_ENDPOINT_DISCOVERY_ENABLED']) {
      useEnvironmentOf({ env: { ...KEYS, [name]: 'true' } });
      const { dynamodb } = await clientsOf();
      expect(await dynamodb.config.endpointDiscoveryEnabled?.()).toBe(true);
      useEnvironmentOf({ env: { [name]: 'true', AWS_ENDPOINT_URL: EMULATOR_URL } });
      expect((await requestOf('dynamodb')).host).toBe('127.0.0.1:4566');
    }
  });

  row('`AWS_EC2_METADATA_SERVICE_ENDPOINT`, `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`', async () => {
    const instance = await serve(({ url = '' }, response) => {
      if (url.endsWith('/region')) response.end('eu-central-2');
      else if (url.endsWith('/security-credentials/')) response.end('role');
      else if (url.endsWith('/role')) json(response, { ...instanceKeys(), Code: 'Success' });
      else response.end('token');
    });
    useEnvironmentOf({ env: { [INSTANCE]: instance.url, AWS_EC2_METADATA_DISABLED: '' } });
    const request = await requestOf('sqs');
    expect(request).toMatchObject({ host: 'sqs.eu-central-2.amazonaws.com', signedBy: 'ASIAINSTANCE' });
    const requested = instance.requests.length;
    useEnvironmentOf({
      env: { [INSTANCE]: instance.url, AWS_EC2_METADATA_DISABLED: '', AWS_ENDPOINT_URL: EMULATOR_URL },
    });
    expect(await requestOf('sqs')).toMatchObject({ host: '127.0.0.1:4566', signedBy: 'test' });
    expect(instance.requests).toHaveLength(requested);
  });

  row('`AWS_EC2_METADATA_DISABLED`', async () => {
    const instance = await serve((_, response) => response.end());
    useEnvironmentOf({ env: { [INSTANCE]: instance.url, AWS_EC2_METADATA_DISABLED: 'true' } });
    await expect(requestOf('sqs')).rejects.toMatchObject({ name: 'CredentialsProviderError' });
    expect((await loadAwsSettings(process.env)).region).toBe('us-east-1');
    expect(instance.requests).toEqual([]);
  });
});

const instanceKeys = () => ({
  AccessKeyId: 'ASIAINSTANCE',
  SecretAccessKey: 'secret',
  Token: 'token',
  Expiration: '2999-01-01T00:00:00Z',
  LastUpdated: '2026-01-01T00:00:00Z',
  Type: 'AWS-HMAC',
});

describe('the URL of an endpoint', () => {
  test.each([
    'https://sqs.eu-west-1.amazonaws.com',
    'https://SQS.EU-WEST-1.AMAZONAWS.COM./',
    'https://vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com',
    'https://sqs.eusc-de-east-1.amazonaws.eu',
    'https://sqs.us-iso-east-1.c2s.ic.gov',
    'https://sqs.us-isob-east-1.sc2s.sgov.gov:443',
    'https://sqs.cn-north-1.api.amazonwebservices.com.cn',
  ])('%s is AWS and gets the user’s credentials', async (url) => {
    useEnvironmentOf({ env: { ...KEYS, AWS_ENDPOINT_URL_SQS: url } });
    expect((await requestOf('sqs')).signedBy).toBe(KEYS.AWS_ACCESS_KEY_ID);
  });

  test.each([
    'https://amazonaws.com.example.org',
    'https://notamazonaws.com',
    'http://ec2-203-0-113-25.compute-1.amazonaws.com:4566',
    'http://localstack-123.eu-west-1.elb.amazonaws.com',
    'https://abc.execute-api.eu-west-1.amazonaws.com',
    'https://amazonaws.com@example.org',
    'https://localhost.localstack.cloud:4566',
  ])('%s is not AWS and gets test keys', async (url) => {
    useEnvironmentOf({ env: { ...KEYS, AWS_SESSION_TOKEN: 'token', AWS_ENDPOINT_URL: url } });
    const { signedBy, headers } = await requestOf('sqs');
    expect(signedBy).toBe('test');
    expect(headers).not.toHaveProperty('x-amz-security-token');
  });
});
