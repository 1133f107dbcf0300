// Which values of a variable are accepted, at the limits, and the precedence of services, environment and profile.
import { describe, expect, test } from '@jest/globals';
import { awsEnvironment, awsSettingsFrom, awsSettingsOf, endpointOf, isAtAws, type Profile } from '../src/index.ts';

const problemOf = (name: string, value: string): string | undefined =>
  awsEnvironment.safeParse({ [name]: value }).error?.issues.map(({ path, message }) => `${path.join()} ${message}`)[0];
const x = (length: number) => 'x'.repeat(length);

describe('a setting', () => {
  test.each([
    ['MOVIE_LOAD_QUEUE', [`${x(75)}.fifo`, 'a_b-C9.fifo'], ['.fifo', `${x(76)}.fifo`, 'q.fifo2', 'a.b.fifo', 'q']],
    ['MOVIE_LOAD_DLQ', [`${x(75)}.fifo`], ['.fifo', `${x(76)}.fifo`, 'q.fifo.', 'dlq']],
    ['MOVIE_LOAD_TABLE', [x(3), x(255), 'a_b-C.9'], [x(2), x(256), 'a b', 'ü-table']],
    ['MOVIE_LOAD_BUCKET', [x(3), x(63), 'a-b.9'], [x(2), x(64), '-ab', 'ab-', 'a_b', 'Abc']],
    ['MOVIE_LOAD_BUCKET_OWNER', ['123456789012'], ['12345678901', '1234567890123', '12345678901a']],
    ['MOVIE_LOAD_RETENTION_DAYS', ['15', '36500'], ['14', '36501', '0', '15.5', '-15', '1e3', '100000', 'forever']],
    ['AWS_REGION', ['eu-west-1', 'X', x(63)], ['-eu', x(64), 'eu.west', 'eu/west', 'eu west']],
    ['AWS_DEFAULT_REGION', ['eu-west-1', x(63)], ['-eu', x(64), 'eu.west', 'a@b']],
    ['MOVIE_LOAD_TRUST_ENDPOINT', ['true', 'false'], ['TRUE', '1', 'yes']],
    ['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', ['true', 'false'], ['True', '0']],
    ...['', '_SQS', '_DYNAMODB', '_S3', '_STS'].map((service): [string, string[], string[]] => [
      `AWS_ENDPOINT_URL${service}`,
      ['http://127.0.0.1:4566', 'https://h/path'],
      ['127.0.0.1:4566', 'ftp://h', 'xhttp://h', 'https+unix://h', 'localhost'],
    ]),
  ])('%s accepts valid values and refuses others by name', (name, accepted, refused) => {
    expect(accepted.map((value) => problemOf(name, value))).toEqual(accepted.map(() => undefined));
    for (const value of refused)
      expect([value, problemOf(name, value)]).toEqual([value, expect.stringContaining(name)]);
  });

  test('gets an error that explains what is wrong with it', () => {
    expect(problemOf('MOVIE_LOAD_QUEUE', 'q')).toBe(
      'MOVIE_LOAD_QUEUE is not a valid name of a FIFO queue (it ends in .fifo)',
    );
    expect(problemOf('MOVIE_LOAD_DLQ', 'q')).toBe(
      'MOVIE_LOAD_DLQ is not a valid name of a FIFO queue (it ends in .fifo)',
    );
    expect(problemOf('MOVIE_LOAD_TABLE', 'x')).toBe('MOVIE_LOAD_TABLE is not a valid name of a DynamoDB table');
    expect(problemOf('MOVIE_LOAD_BUCKET', 'x')).toBe('MOVIE_LOAD_BUCKET is not a valid name of an S3 bucket');
    expect(problemOf('MOVIE_LOAD_BUCKET_OWNER', 'x')).toContain('is not the number of an AWS account (12 digits)');
    expect(problemOf('AWS_REGION', '-')).toContain('is not the name of a region');
    for (const value of ['14', '36501', 'x']) {
      expect(problemOf('MOVIE_LOAD_RETENTION_DAYS', value)).toContain(
        'must be a number of days from 15 (messages live 14 days) to 36500',
      );
    }
  });

  test('is trimmed, and counts as unset when nothing remains', () => {
    const values = Object.fromEntries(Object.keys(awsEnvironment.shape).map((name) => [name, '  ']));
    expect(awsSettingsOf(awsEnvironment.parse(values))).toEqual(awsSettingsOf(awsEnvironment.parse({})));
    const parsed = awsEnvironment.parse({
      AWS_REGION: ' eu-west-1\t',
      MOVIE_LOAD_QUEUE: ' q.fifo ',
      AWS_PROFILE: ' p ',
    });
    expect(parsed).toMatchObject({ AWS_REGION: 'eu-west-1', MOVIE_LOAD_QUEUE: 'q.fifo', AWS_PROFILE: 'p' });
  });
});

const EMULATOR_URL = 'http://127.0.0.1:4566';
const settingsOf = (env: Readonly<Record<string, string>>, profile?: Profile) =>
  awsSettingsOf(awsEnvironment.parse(env), profile);

describe('settings of the environment and the profile', () => {
  test('have the values of the environment', () => {
    const env = {
      MOVIE_LOAD_QUEUE: 'a.fifo',
      MOVIE_LOAD_DLQ: 'b.fifo',
      MOVIE_LOAD_TABLE: 'ccc',
      MOVIE_LOAD_BUCKET: 'ddd',
      MOVIE_LOAD_BUCKET_OWNER: '123456789012',
      MOVIE_LOAD_RETENTION_DAYS: '30',
      MOVIE_LOAD_TRUST_ENDPOINT: 'true',
      AWS_CA_BUNDLE: '/ca.pem',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-2',
      AWS_ENDPOINT_URL: EMULATOR_URL,
    };
    const settings = {
      endpoint: EMULATOR_URL,
      region: 'eu-west-1',
      trustsEndpoint: true,
      caBundle: '/ca.pem',
      queue: 'a.fifo',
      dlq: 'b.fifo',
      table: 'ccc',
      bucket: 'ddd',
      bucketOwner: '123456789012',
      retentionDays: 30,
    };
    expect(awsSettingsFrom(env)).toEqual(settings);
    const other = { region: 'eu-west-9', ca_bundle: '/other.pem', endpoint_url: 'http://127.0.0.1:1' };
    expect(settingsOf(env, other)).toEqual(settings);
    expect(settingsOf({ ...env, MOVIE_LOAD_TRUST_ENDPOINT: 'false' })).not.toHaveProperty('trustsEndpoint');
  });

  test('have the values of the profile that the environment does not set', () => {
    const profile = { region: 'eu-west-9', ca_bundle: '/other.pem', endpoint_url: EMULATOR_URL, isMissing: true };
    expect(settingsOf({ AWS_PROFILE: 'work' }, profile)).toMatchObject({
      endpoint: EMULATOR_URL,
      region: 'eu-west-9',
      caBundle: '/other.pem',
      missingProfile: 'work',
      bucket: 'movie-bucket',
    });
    expect(settingsOf({}, { ...profile, isMissing: false })).not.toHaveProperty('missingProfile');
  });

  test('use the profile’s region for AWS and for the profile’s endpoint, not for one of the environment', () => {
    const region = 'eu-west-9';
    expect(settingsOf({}, { region }).region).toBe(region);
    expect(settingsOf({}, { region, endpoint_url: EMULATOR_URL }).region).toBe(region);
    expect(settingsOf({}, { region, service_endpoint_urls: { s3: EMULATOR_URL } }).region).toBe(region);
    expect(settingsOf({ AWS_ENDPOINT_URL: EMULATOR_URL }, { region }).region).toBe('us-east-1');
    expect(settingsOf({ AWS_ENDPOINT_URL: EMULATOR_URL }, { region, endpoint_url: 'http://127.0.0.1:1' }).region).toBe(
      'us-east-1',
    );
    // One service has the endpoint of the profile.
    expect(settingsOf({ AWS_ENDPOINT_URL_SQS: EMULATOR_URL }, { region, endpoint_url: EMULATOR_URL }).region).toBe(
      region,
    );
  });

  test('prefer a service’s own endpoint to the general one, and the environment to the profile', () => {
    const endpoints = (env: Readonly<Record<string, string>>, profile?: Profile) => {
      const settings = settingsOf(env, profile);
      return (['sqs', 'dynamodb', 's3', 'sts'] as const).map((service) => endpointOf(settings, service)?.at(-1));
    };
    const localUrl = (port: number) => `http://127.0.0.1:${port}`;
    const variables = {
      AWS_ENDPOINT_URL_SQS: localUrl(1),
      AWS_ENDPOINT_URL_DYNAMODB: localUrl(2),
      AWS_ENDPOINT_URL_S3: localUrl(3),
      AWS_ENDPOINT_URL_STS: localUrl(4),
    };
    const profile = {
      endpoint_url: localUrl(9),
      service_endpoint_urls: { sqs: localUrl(5), dynamodb: localUrl(6), s3: localUrl(7), sts: localUrl(8) },
    };
    expect(endpoints(variables)).toEqual(['1', '2', '3', '4']);
    expect(endpoints(variables, profile)).toEqual(['1', '2', '3', '4']);
    expect(endpoints({ AWS_ENDPOINT_URL: localUrl(0) }, profile)).toEqual(['0', '0', '0', '0']);
    expect(endpoints({}, profile)).toEqual(['5', '6', '7', '8']);
    expect(endpoints({}, { endpoint_url: localUrl(9) })).toEqual(['9', '9', '9', '9']);
    expect(endpoints({ AWS_ENDPOINT_URL_STS: localUrl(4) })).toEqual([undefined, undefined, undefined, '4']);
    expect(endpoints({ AWS_ENDPOINT_URL_S3: localUrl(3), AWS_ENDPOINT_URL: localUrl(0) })).toEqual([
      '0',
      '0',
      '3',
      '0',
    ]);
    const ignores = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
    expect(endpoints({ ...variables, ...ignores }, profile)).toEqual(Array(4).fill(undefined));
    expect(endpoints(variables, { ...profile, ignore_configured_endpoint_urls: 'True' })).toEqual(
      Array(4).fill(undefined),
    );
    const heeds = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' };
    expect(endpoints({ ...variables, ...heeds }, { ignore_configured_endpoint_urls: 'true' })).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
    expect(endpoints(variables, { ignore_configured_endpoint_urls: 'false' })).toEqual(['1', '2', '3', '4']);
  });

  test('have no default bucket where S3 is AWS, wherever the other services are', () => {
    expect(settingsOf({ AWS_ENDPOINT_URL_SQS: EMULATOR_URL }).bucket).toBeUndefined();
    expect(settingsOf({ AWS_ENDPOINT_URL_S3: EMULATOR_URL }).bucket).toBe('movie-bucket');
    expect(settingsOf({ AWS_ENDPOINT_URL_S3: 'https://s3.eu-west-1.amazonaws.com' }).bucket).toBeUndefined();
    expect(() => awsSettingsFrom({ AWS_ENDPOINT_URL_SQS: EMULATOR_URL })).toThrow('set MOVIE_LOAD_BUCKET');
  });
});

test('isAtAws is true without an endpoint, and with one of AWS', () => {
  expect(isAtAws({}, 'sqs')).toBe(true);
  expect(isAtAws({ endpoint: EMULATOR_URL }, 'sqs')).toBe(false);
  expect(isAtAws({ endpoint: 'https://sqs.eu-west-1.amazonaws.com' }, 'sqs')).toBe(true);
  expect(isAtAws({ endpoint: EMULATOR_URL, endpoints: {} }, 'sqs')).toBe(true);
  expect(isAtAws({ endpoints: { s3: EMULATOR_URL } }, 's3')).toBe(false);
});
