// What the profile files add to the environment: which of the two files takes precedence, and what is refused.
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { awsEnvironment, endpointOf, loadAwsSettings, loadParsedAwsSettings } from '../src/index.ts';
import { EMULATOR_URL, serve, type User, useEnvironmentOf } from './environment/support.ts';

const load = (user: User) => {
  useEnvironmentOf(user);
  return loadAwsSettings(process.env);
};
const REGION = { AWS_REGION: 'eu-west-1' };
const localUrl = (port: number) => `http://127.0.0.1:${port}`;
/** A section of a profile file with one key. */
const section = (key: string, value: string, name = 'default') => `[${name}]\n${key} = ${value}\n`;

describe('a profile', () => {
  test('prefers the endpoint of the configuration file and the region of the credentials file', async () => {
    const config = `${section('endpoint_url', localUrl(1))}region = eu-west-2\nca_bundle = /config.pem\n`;
    const credentials = `${section('endpoint_url', localUrl(2))}region = eu-west-3\nca_bundle = /credentials.pem\n`;
    const loaded = (endpoint: string, region: string, caBundle: string) => ({ endpoint, region, caBundle });
    expect(await load({ config, credentials })).toMatchObject(loaded(localUrl(1), 'eu-west-3', '/config.pem'));
    expect(await load({ config })).toMatchObject(loaded(localUrl(1), 'eu-west-2', '/config.pem'));
    expect(await load({ credentials })).toMatchObject(loaded(localUrl(2), 'eu-west-3', '/credentials.pem'));
  });

  test('is missing when neither file has it', async () => {
    const env = { ...REGION, AWS_PROFILE: 'work' };
    const config = section('region', 'eu-west-2', 'profile work');
    const credentials = section('region', 'eu-west-2', 'work');
    for (const user of [{ config }, { credentials }, { config, credentials }]) {
      expect(await load({ env, ...user })).not.toHaveProperty('missingProfile');
    }
    expect(await load({ env })).toMatchObject({ missingProfile: 'work' });
    expect(await load({ env, config: section('region', 'eu-west-2', 'profile other') })).toMatchObject({
      missingProfile: 'work',
    });
  });

  test('is the one that AWS_PROFILE names, otherwise the default profile', async () => {
    const config = `${section('region', 'eu-west-2')}${section('region', 'eu-west-3', 'profile work')}`;
    expect(await load({ config })).toMatchObject({ region: 'eu-west-2' });
    expect(await load({ config, env: { AWS_PROFILE: 'work' } })).toMatchObject({ region: 'eu-west-3' });
  });

  test('is read from the files of the given environment, not of this process', async () => {
    const files = { 'other/config': section('ca_bundle', '/config.pem'), 'other/keys': section('region', 'eu-west-4') };
    const home = useEnvironmentOf({
      files,
      config: section('ca_bundle', '/mine.pem'),
      credentials: section('region', 'eu-west-1'),
    });
    const AWS_CONFIG_FILE = join(home, 'other/config');
    const AWS_SHARED_CREDENTIALS_FILE = join(home, 'other/keys');
    const loaded = async (env: Readonly<Record<string, string>>) => {
      const { region, caBundle } = await loadAwsSettings(env);
      return [region, caBundle];
    };
    expect(await loaded({ AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE })).toEqual(['eu-west-4', '/config.pem']);
    expect(await loaded({ AWS_CONFIG_FILE })).toEqual(['eu-west-1', '/config.pem']);
    expect(await loaded({ AWS_SHARED_CREDENTIALS_FILE })).toEqual(['eu-west-4', '/mine.pem']);
  });

  test('has an endpoint for each service in its services section', async () => {
    const services = ['sqs', 'dynamodb', 's3', 'sts'] as const;
    const endpoints = services
      .map((service, index) => `${service} =\n  endpoint_url = ${localUrl(index + 1)}\n`)
      .join('');
    const settings = await load({ config: `${section('services', 'mine')}[services mine]\n${endpoints}` });
    expect(services.map((service) => endpointOf(settings, service))).toEqual([
      localUrl(1),
      localUrl(2),
      localUrl(3),
      localUrl(4),
    ]);
  });

  test.each([
    ['endpoint_url', 'nowhere', 'The profile "default" has an endpoint_url that is not an http(s) URL: "nowhere".'],
    ['endpoint_url', 'xhttps://h', 'has an endpoint_url that is not an http(s) URL: "xhttps://h"'],
    ['endpoint_url', 'ftp://h', 'The profile "default" has an endpoint_url that is not an http(s) URL: "ftp://h".'],
    ['services', 'none', 'The profile "default" names the section [services none], which its file does not have.'],
    [
      'services',
      'bad\n[services bad]\ns3 =\n  endpoint_url = h',
      'has an endpoint_url that is not an http(s) URL: "h"',
    ],
  ])('is refused with %s = %j', async (key, value, text) => {
    await expect(load({ env: REGION, config: section(key, value) })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(text),
    });
  });

  test('is named in the error that refuses it', async () => {
    const env = { ...REGION, AWS_PROFILE: 'work' };
    for (const [key, value, text] of [
      ['endpoint_url', 'nowhere', 'The profile "work" has an endpoint_url'],
      ['services', 'none', 'The profile "work" names the section [services none]'],
    ] as const) {
      await expect(load({ env, config: section(key, value, 'profile work') })).rejects.toThrow(text);
    }
  });

  test('turns its endpoints off with ignore_configured_endpoint_urls', async () => {
    const config = `${section('endpoint_url', localUrl(1))}ignore_configured_endpoint_urls = true\n`;
    expect(endpointOf(await load({ env: REGION, config }), 'sqs')).toBeUndefined();
  });
});

describe('FIPS and dual stack:', () => {
  const FLAGS = [
    ['AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'],
    ['AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'],
  ] as const;
  const SQS_OF_AWS = 'https://sqs.eu-west-1.amazonaws.com';

  test.each(FLAGS)('%s must be true or false, as a variable and in the profile', async (variable, key) => {
    for (const value of ['true', 'false']) {
      await load({ env: { ...REGION, [variable]: value } });
      await load({ env: REGION, config: section(key, value) });
    }
    for (const value of ['TRUE', '1', 'yes']) {
      const text = `${variable} (or ${key} in the profile) must be true or false, not "${value}".`;
      await expect(load({ env: { ...REGION, [variable]: value } })).rejects.toThrow(text);
      await expect(load({ env: REGION, config: section(key, value) })).rejects.toThrow(text);
      // Not parsed for an endpoint that is not AWS, which has no FIPS or dual-stack hosts.
      await load({ env: { AWS_ENDPOINT_URL: EMULATOR_URL, [variable]: value } });
    }
  });

  test.each(FLAGS)(
    '%s conflicts with an AWS endpoint of any service; the variable overrides the profile',
    async (variable, key) => {
      const text = `${variable} (or ${key} in the profile) cannot change the host of ${SQS_OF_AWS}. Give the URL of that variant`;
      for (const service of ['SQS', 'DYNAMODB', 'S3', 'STS']) {
        const env = { ...REGION, AWS_ENDPOINT_URL: EMULATOR_URL, [`AWS_ENDPOINT_URL_${service}`]: SQS_OF_AWS };
        await load({ env });
        await load({ env: { ...env, [variable]: 'false' }, config: section(key, 'true') });
        await expect(load({ env: { ...env, [variable]: 'true' } })).rejects.toThrow(text);
        await expect(load({ env, config: section(key, 'true') })).rejects.toThrow(text);
      }
      // Without a URL for AWS, the SDK selects the host.
      await load({ env: { ...REGION, AWS_ENDPOINT_URL_S3: EMULATOR_URL, [variable]: 'true' } });
    },
  );
});

describe('the region of the EC2 instance', () => {
  test.each([
    ['AWS_REGION', { AWS_REGION: 'eu-west-1' }, '', 'eu-west-1'],
    ['AWS_DEFAULT_REGION', { AWS_DEFAULT_REGION: 'eu-west-1' }, '', 'eu-west-1'],
    ['a region in the profile', {}, section('region', 'eu-west-1'), 'eu-west-1'],
    ['an endpoint that is not AWS', { AWS_ENDPOINT_URL: EMULATOR_URL }, '', 'us-east-1'],
  ])('is not requested where the user gives %s', async (_, env, config, region) => {
    const instance = await serve((_, response) => response.end('eu-central-2'));
    const metadata = { AWS_EC2_METADATA_SERVICE_ENDPOINT: instance.url, AWS_EC2_METADATA_DISABLED: '' };
    expect(await load({ env: { ...metadata, ...env }, config })).toMatchObject({ region });
    expect(instance.requests).toEqual([]);
  });

  test('is used where no setting gives one, and us-east-1 where the instance gives none', async () => {
    const instance = await serve((_, response) => response.end('eu-central-2'));
    const metadata = { AWS_EC2_METADATA_SERVICE_ENDPOINT: instance.url, AWS_EC2_METADATA_DISABLED: '' };
    expect(await load({ env: metadata })).toMatchObject({ region: 'eu-central-2', queue: 'movie-load.fifo' });
    expect(await load({})).toMatchObject({ region: 'us-east-1' });
    useEnvironmentOf({ env: { AWS_ENDPOINT_URL: EMULATOR_URL } });
    expect(await loadParsedAwsSettings(awsEnvironment.parse(process.env))).toMatchObject({ region: 'us-east-1' });
  });
});
