// The rows of docs/aws-environment.md about credentials: each `row` tests one.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MovieLoadError } from '@movie-load/schema';
import { credentialsError, loadAwsSettings } from '../../src/index.ts';
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
  useEnvironmentOf,
} from './support.ts';

const TOKEN = { AWS_SESSION_TOKEN: 'FwoGZXIvYXdzEXAMPLE' };
const REGION = { AWS_REGION: 'eu-west-1' };
const ROLE = 'role_arn = arn:aws:iam::123456789012:role/x\n';
const PROFILES = `[profile work]
aws_access_key_id = AKIAPROFILE
aws_secret_access_key = secret
[profile role]
${ROLE}source_profile = work
[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = admin
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
[profile process]
credential_process = node -e "console.log(JSON.stringify({Version:1,AccessKeyId:'ASIAPROCESS',SecretAccessKey:'s',SessionToken:'t'}))"
[profile login]
login_session = arn:aws:iam::123456789012:user/me
`;
const SSO_CACHE = `.aws/sso/cache/${createHash('sha1').update('corp').digest('hex')}.json`;
const SSO_TOKEN = JSON.stringify({ accessToken: 'token', expiresAt: '2999-01-01T00:00:00Z' });

/** The hosts that the search for credentials connects to. */
async function contactedHosts(user: Parameters<typeof useEnvironmentOf>[0]): Promise<string[]> {
  const proxy = await startProxy();
  useEnvironmentOf({ ...user, env: { ...REGION, ...user.env, HTTPS_PROXY: proxy.url } });
  await expect(requestOf('sqs')).rejects.toThrow();
  return [...new Set(proxy.destinations)];
}

/** An endpoint that is not AWS gets none of the user's credentials, whatever else is set. */
async function expectTestKeys(user: Parameters<typeof useEnvironmentOf>[0]): Promise<void> {
  useEnvironmentOf({ ...user, env: { ...user.env, AWS_ENDPOINT_URL: EMULATOR_URL } });
  for (const service of ['sqs', 'dynamodb', 's3'] as const) {
    const { signedBy, headers } = await requestOf(service);
    expect(signedBy).toBe('test');
    expect(headers).not.toHaveProperty('x-amz-security-token');
  }
}

describe('the credentials of calls', () => {
  row('`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`', async () => {
    useEnvironmentOf({ env: { ...KEYS, ...REGION } });
    expect((await requestOf('sqs')).signedBy).toBe(KEYS.AWS_ACCESS_KEY_ID);
    await expectTestKeys({ env: KEYS });
    // Keys that AWS did not issue may be sent to an emulator: LocalStack reads an account's number there.
    useEnvironmentOf({
      env: { AWS_ACCESS_KEY_ID: '000000000002', AWS_SECRET_ACCESS_KEY: 'any', AWS_ENDPOINT_URL: EMULATOR_URL },
    });
    expect((await requestOf('sqs')).signedBy).toBe('000000000002');
  });

  row('`AWS_SESSION_TOKEN`', async () => {
    useEnvironmentOf({ env: { ...KEYS, ...TOKEN, ...REGION } });
    expect((await requestOf('s3')).headers['x-amz-security-token']).toBe(TOKEN.AWS_SESSION_TOKEN);
    await expectTestKeys({ env: { ...TOKEN, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' } });
  });

  row('`AWS_CREDENTIAL_EXPIRATION`, `AWS_CREDENTIAL_SCOPE`', async () => {
    const env = { AWS_CREDENTIAL_EXPIRATION: '2999-01-01T00:00:00Z', AWS_CREDENTIAL_SCOPE: 'us-east-1' };
    useEnvironmentOf({ env: { ...KEYS, ...REGION, ...env } });
    const { sqs } = await clientsOf();
    expect(await sqs.config.credentials()).toMatchObject({
      expiration: new Date(env.AWS_CREDENTIAL_EXPIRATION),
      credentialScope: 'us-east-1',
    });
    await expectTestKeys({ env: { ...KEYS, ...env } });
  });

  row('`AWS_ACCOUNT_ID`', async () => {
    useEnvironmentOf({ env: { ...KEYS, AWS_REGION: 'us-east-1', AWS_ACCOUNT_ID: '123456789012' } });
    expect((await requestOf('dynamodb')).host).toBe('123456789012.ddb.us-east-1.amazonaws.com');
    await expectTestKeys({ env: { ...KEYS, AWS_ACCOUNT_ID: '123456789012' } });
  });

  row('`AWS_PROFILE`', async () => {
    useEnvironmentOf({ env: { ...REGION, AWS_PROFILE: 'work' }, config: PROFILES });
    expect((await requestOf('sqs')).signedBy).toBe('AKIAPROFILE');
    useEnvironmentOf({ env: { ...REGION, ...KEYS, AWS_PROFILE: 'work' }, config: PROFILES });
    expect((await requestOf('sqs')).signedBy).toBe('AKIAPROFILE');
    useEnvironmentOf({ env: { ...REGION, AWS_PROFILE: 'missing' }, config: PROFILES });
    const error: unknown = await requestOf('sqs').catch((thrown: unknown) => thrown);
    expect(credentialsError(error, await loadAwsSettings(process.env))?.message).toContain(
      'the profile "missing", which is in neither',
    );
    for (const AWS_PROFILE of ['work', 'missing', 'sso', 'role', 'process', 'login']) {
      await expectTestKeys({ env: { AWS_PROFILE }, config: PROFILES });
      const pasted = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
      await expectTestKeys({ env: { AWS_PROFILE, ...pasted }, config: PROFILES });
    }
  });

  row('`AWS_CONFIG_FILE`', async () => {
    const home = useEnvironmentOf({
      files: { 'elsewhere/config': '[default]\nregion = eu-west-3\n' },
      config: '[default]\nregion = eu-west-1\n',
    });
    process.env.AWS_CONFIG_FILE = join(home, 'elsewhere/config');
    expect((await loadAwsSettings(process.env)).region).toBe('eu-west-3');
  });

  row('`AWS_SHARED_CREDENTIALS_FILE`', async () => {
    const keys = '[default]\naws_access_key_id = AKIAELSEWHERE\naws_secret_access_key = s\n';
    const home = useEnvironmentOf({ env: REGION, files: { 'elsewhere/keys': keys } });
    process.env.AWS_SHARED_CREDENTIALS_FILE = join(home, 'elsewhere/keys');
    expect((await requestOf('sqs')).signedBy).toBe('AKIAELSEWHERE');
    process.env.AWS_ENDPOINT_URL = EMULATOR_URL;
    expect((await requestOf('sqs')).signedBy).toBe('test');
  });

  row('`HOME`, `USERPROFILE`, `HOMEDRIVE`, `HOMEPATH`', async () => {
    const credentials = '[default]\naws_access_key_id = AKIAHOME\naws_secret_access_key = s\n';
    useEnvironmentOf({ env: REGION, credentials });
    expect((await requestOf('sqs')).signedBy).toBe('AKIAHOME');
    await expectTestKeys({ credentials });
  });

  row('`role_arn` with `source_profile` or `credential_source`', async () => {
    const user = { env: { AWS_PROFILE: 'role' }, config: PROFILES };
    expect(await contactedHosts(user)).toEqual(['sts.eu-west-1.amazonaws.com:443']);
    const ofVariables = `[profile variables]\n${ROLE}credential_source = Environment\n`;
    expect(await contactedHosts({ env: { ...KEYS, AWS_PROFILE: 'variables' }, config: ofVariables })).toEqual([
      'sts.eu-west-1.amazonaws.com:443',
    ]);
  });

  row('`AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN`, `AWS_ROLE_SESSION_NAME`', async () => {
    const home = useEnvironmentOf({ files: { token: 'a.b.c' } });
    const env = {
      AWS_WEB_IDENTITY_TOKEN_FILE: join(home, 'token'),
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/x',
      AWS_ROLE_SESSION_NAME: 'name',
    };
    expect(await contactedHosts({ env })).toEqual(['sts.eu-west-1.amazonaws.com:443']);
    // The program that listens there could use the token like the credentials themselves.
    const sts = await serve((_, response) => response.end());
    expect(await contactedHosts({ env: { ...env, AWS_ENDPOINT_URL_STS: sts.url } })).toEqual([
      'sts.eu-west-1.amazonaws.com:443',
    ]);
    expect(sts.requests).toEqual([]);
    await expectTestKeys({ env });
  });

  row('`sso_session`, `sso_start_url` and what belongs to them', async () => {
    const user = { env: { AWS_PROFILE: 'sso' }, config: PROFILES };
    expect(await contactedHosts({ ...user, files: { [SSO_CACHE]: SSO_TOKEN } })).toEqual([
      'portal.sso.eu-west-1.amazonaws.com:443',
    ]);
    useEnvironmentOf({ ...user, env: { ...user.env, ...REGION } });
    await expect(requestOf('sqs')).rejects.toThrow(/aws sso login/);
  });

  row('`credential_process`', async () => {
    useEnvironmentOf({ env: { ...REGION, AWS_PROFILE: 'process' }, config: PROFILES });
    expect((await requestOf('sqs')).signedBy).toBe('ASIAPROCESS');
  });

  row('`AWS_LOGIN_CACHE_DIRECTORY`', async () => {
    useEnvironmentOf({
      env: { ...REGION, AWS_PROFILE: 'login', AWS_LOGIN_CACHE_DIRECTORY: '/nowhere' },
      config: PROFILES,
    });
    await expect(requestOf('sqs')).rejects.toThrow('Failed to load token from /nowhere/');
  });

  row('`AWS_CONTAINER_CREDENTIALS_FULL_URI`, `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`', async () => {
    const container = await serve((_, response) => json(response, CONTAINER_KEYS));
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/keys` };
    useEnvironmentOf({ env: { ...env, ...REGION } });
    expect((await requestOf('sqs')).signedBy).toBe('ASIACONTAINER');
    const requested = container.requests.length;
    await expectTestKeys({ env });
    await expectTestKeys({ env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/keys' } });
    expect(container.requests).toHaveLength(requested);
  });

  row('`AWS_CONTAINER_AUTHORIZATION_TOKEN`, `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`', async () => {
    const container = await serve((_, response) => json(response, CONTAINER_KEYS));
    const env = { ...REGION, AWS_CONTAINER_CREDENTIALS_FULL_URI: container.url };
    useEnvironmentOf({ env: { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'by variable' } });
    await requestOf('sqs');
    const home = useEnvironmentOf({ env, files: { token: 'by file' } });
    process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = join(home, 'token');
    await requestOf('sqs');
    expect(container.requests.map(({ headers }) => headers.authorization)).toEqual(['by variable', 'by file']);
  });

  row('`AWS_EC2_METADATA_V1_DISABLED`', async () => {
    const instance = await serve((_, response) => response.writeHead(404).end());
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: instance.url, AWS_EC2_METADATA_DISABLED: '' };
    useEnvironmentOf({ env: { ...env, ...REGION, AWS_EC2_METADATA_V1_DISABLED: 'true' } });
    await expect(requestOf('sqs')).rejects.toThrow();
    // Always with a token, which version 1 of the metadata service does not have.
    expect(new Set(instance.requests.map(({ url }) => url))).toEqual(new Set(['/latest/api/token']));
  });

  row('`AWS_BEARER_TOKEN_<SERVICE>`', async () => {
    const env = { AWS_BEARER_TOKEN_SQS: 'secret', AWS_BEARER_TOKEN_DYNAMODB: 'secret', AWS_BEARER_TOKEN_S3: 'secret' };
    useEnvironmentOf({ env: { ...KEYS, ...REGION, ...env } });
    expect((await requestOf('sqs')).headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /);
    await expectTestKeys({ env });
  });

  row('`MOVIE_LOAD_TRUST_ENDPOINT`', async () => {
    useEnvironmentOf({ env: { ...KEYS, ...TOKEN, AWS_ENDPOINT_URL: EMULATOR_URL, MOVIE_LOAD_TRUST_ENDPOINT: 'true' } });
    const { signedBy, headers } = await requestOf('sqs');
    expect([signedBy, headers['x-amz-security-token']]).toEqual([KEYS.AWS_ACCESS_KEY_ID, TOKEN.AWS_SESSION_TOKEN]);
    await expectTestKeys({ env: { ...KEYS, MOVIE_LOAD_TRUST_ENDPOINT: 'false' } });
    useEnvironmentOf({ env: { MOVIE_LOAD_TRUST_ENDPOINT: 'yes' } });
    await expect(loadAwsSettings(process.env)).rejects.toThrow(/MOVIE_LOAD_TRUST_ENDPOINT/);
  });
});

const CONTAINER_KEYS = {
  AccessKeyId: 'ASIACONTAINER',
  SecretAccessKey: 'secret',
  Token: 'token',
  Expiration: '2999-01-01T00:00:00Z',
};

describe('a call without access', () => {
  test('advises what to do when AWS gets no credentials', async () => {
    useEnvironmentOf({ env: REGION });
    const settings = await loadAwsSettings(process.env);
    const error: unknown = await requestOf('sqs').catch((thrown: unknown) => thrown);
    expect(credentialsError(error, settings)).toBeInstanceOf(MovieLoadError);
    expect(credentialsError(error, settings)?.message).toMatch(
      /^AWS eu-west-1 gave no access .*AWS_PROFILE.*aws sso login/,
    );
  });

  test('suggests MOVIE_LOAD_TRUST_ENDPOINT when an endpoint that is not AWS refuses the test keys', async () => {
    const refusing = await serve((_, response) =>
      response.writeHead(403).end('<Error><Code>InvalidAccessKeyId</Code><Message>who?</Message></Error>'),
    );
    useEnvironmentOf({ env: { AWS_ENDPOINT_URL: refusing.url } });
    const settings = await loadAwsSettings(process.env);
    const error: unknown = await call(await clientsOf(), 's3').catch((thrown: unknown) => thrown);
    expect(credentialsError(error, settings)?.message).toContain('MOVIE_LOAD_TRUST_ENDPOINT=true');
  });

  test('searches for credentials once for all clients of a process', async () => {
    const container = await serve((_, response) => json(response, CONTAINER_KEYS));
    useEnvironmentOf({ env: { ...REGION, AWS_CONTAINER_CREDENTIALS_FULL_URI: container.url } });
    const { sqs, dynamodb, s3, poll } = await clientsOf();
    await Promise.all([sqs, dynamodb, s3, poll].map((client) => client.config.credentials()));
    expect(container.requests).toHaveLength(1);
  });
});
