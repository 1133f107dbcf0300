import { describe, expect, test } from '@jest/globals';
import { hideCredentials, secretsOf, urlWithoutSecrets } from '../src/index.ts';

const PASSWORD = 'pÄss/w:rd@1+"x';
const ENCODED = encodeURIComponent(PASSWORD);
const ENDPOINT = `https://me:${ENCODED}@aws.example:4566/base?token=tOkEn%2Fvalue`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('an address with a password and a token', () => {
  test.each([
    ['whole', ENDPOINT],
    ['in a sentence', `Nothing answers at ${ENDPOINT}. Is it running?`],
    ['in a query', `https://other.example/?QueueUrl=${encodeURIComponent(ENDPOINT)}&x=1`],
    ['the password alone', `refused: ${PASSWORD}`],
    ['the password as it is written', `refused: ${ENCODED}`],
    ['the token alone', 'refused: tOkEn/value'],
    ['the token as it is written', 'refused: tOkEn%2Fvalue'],
    ['as a header', `authorization: Basic ${base64(`me:${PASSWORD}`)}`],
    ['as a header of the written password', `Basic ${base64(`me:${ENCODED}`)}`],
    ['in base64', base64(PASSWORD)],
    ['in base64 for addresses', Buffer.from('tOkEn/value').toString('base64url')],
    ['in JSON', JSON.stringify({ endpoint: ENDPOINT, next: 1 })],
  ])('is hidden %s', (_, text) => {
    const secrets = secretsOf({ AWS_ENDPOINT_URL_SQS: `http://first.example, ${ENDPOINT}` });
    const hidden = hideCredentials(text, secrets);
    expect(hidden).toContain('[removed]');
    // The beginnings of the password and of the token in all these forms.
    const encoded = [base64('me:p').slice(0, 5), base64(PASSWORD).slice(0, 12), base64('tOkEn/')];
    for (const secret of ['pÄss', 'p%C3%84ss', 'tOkEn', ...encoded]) expect(hidden).not.toContain(secret);
    if (text.startsWith('{')) expect(JSON.parse(hidden)).toMatchObject({ next: 1 });
  });

  test.each([
    ['http://u:short@h/', 'http://[removed]@h/'],
    ['amqps://u:p@ss@h', 'amqps://[removed]@h'],
    ['a http%3A%2F%2Fu%3Ap%40h%2Fx b', 'a http%3A%2F%2F[removed]%40h%2Fx b'],
    ['GET /x?a=1&access_token=abc&b=2', 'GET /x?a=1&access_token=[removed]&b=2'],
    ['{"Authorization":"Bearer abcdefgh"}', '{"Authorization":"Bearer [removed]"}'],
    ['Authorization: Basic YTpi', 'Authorization: Basic [removed]'],
    ['authorization = bearer a-b_c.d~e', 'authorization = bearer [removed]'],
    ['{\\"authorization\\" : \\"Bearer abc\\"}', '{\\"authorization\\" : \\"Bearer [removed]\\"}'],
  ])('is hidden also where it is not from the environment: %s', (text, hidden) => {
    expect(hideCredentials(text, [])).toBe(hidden);
  });

  test('is hidden also where it is a user name without a password', () => {
    const secrets = secretsOf({ HTTPS_PROXY: 'https://aToken%2FofMine@proxy.example:8080' });
    expect(hideCredentials('aToken/ofMine, aToken%2FofMine', secrets)).toBe('[removed], [removed]');
    expect(secretsOf({ HTTPS_PROXY: 'https://some-user:password@proxy.example' })).not.toContain('some-user');
  });

  test('has its secrets found in every form of address', () => {
    const secretsIn = (variable: string) => secretsOf({ VARIABLE: variable });
    // A value without a name, several values, and a value with `=`.
    expect(secretsIn('http://h/?secret-alone')).toContain('secret-alone');
    expect(secretsIn('http://h/?a=First-Value&b=second=value')).toEqual(
      expect.arrayContaining(['First-Value', 'second=value']),
    );
    // As the person wrote it, although it is encoded otherwise in an address.
    expect(secretsIn('http://u:pa%ss^word@h')).toEqual(expect.arrayContaining(['pa%ss^word', 'pa%ss%5Eword']));
    // In a header: user and password decoded, and as they are written.
    expect(secretsIn('http://m%40il:a-password@h')).toEqual(
      expect.arrayContaining(
        [base64('m@il:a-password'), base64('m%40il:a-password')].map((one) => one.replace(/=+$/, '')),
      ),
    );
    // In a list with other texts.
    expect(secretsIn('not one, http://u:a-password@h none')).toContain('a-password');
    expect(secretsIn('mailto:me?subject=greetings-to-all')).toEqual([]);
    // Secrets have at least six characters.
    expect(secretsIn('http://h/?a=aB3dE')).not.toContain('aB3dE');
    expect(secretsIn('http://h/?a=aB3dE6')).toContain('aB3dE6');
  });

  test.each([
    ...['token', 'access_token', 'secret', 'password', 'passwd', 'pwd', 'api_key', 'api-key', 'apikey', 'x-api-key'],
    ...['access_key', 'access-key', 'accesskey', 'AccessKeyId', 'auth', 'X-Amz-Signature', 'credential', 'sig.token'],
  ])('is hidden in the %s of a query', (name) => {
    expect(hideCredentials(`GET /x?a=1&${name}=abc&b=2`, [])).toBe(`GET /x?a=1&${name}=[removed]&b=2`);
    expect(hideCredentials(`GET /x?${name}=abc#b "next"`, [])).toBe(`GET /x?${name}=[removed]#b "next"`);
  });

  test('is the only text that is changed', () => {
    const env = {
      AWS_ENDPOINT_URL: 'http://test:test@127.0.0.1:4566',
      PRODUCER_URL: 'http://127.0.0.1:8081/?debug=true&n=123456',
    };
    const text = '{"test":true,"n":123456,"url":"http://127.0.0.1:4566/000000000000/movie-load.fifo","mail":"me@here"}';
    expect(hideCredentials(text, secretsOf(env))).toBe(text);
  });

  test('is shown without them', () => {
    expect(urlWithoutSecrets(ENDPOINT)).toBe('https://aws.example:4566/base');
    expect(urlWithoutSecrets('http://127.0.0.1:4566')).toBe('http://127.0.0.1:4566');
    expect(urlWithoutSecrets('not one')).toBe('an address');
  });
});
