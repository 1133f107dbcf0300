import { describe, expect, test } from '@jest/globals';
import { hideCredentials, secretsOf } from '../src/index.ts';

const token = 'FwoGZXIvYXdzEBYaDP+/9Zl0ab==';
// AWS's answer to a wrong secret key quotes the request in its canonical form.
const quoted = `The Canonical String for this request should have been
'POST
/

host:sqs.us-east-1.amazonaws.com
x-amz-security-token:${token}

host;x-amz-security-token
e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'`;

describe('credentials in a text', () => {
  test('are removed from a request that AWS quotes, and nothing else of it', () => {
    expect(hideCredentials(quoted, [])).toBe(quoted.replace(token, '[removed]'));
  });

  test('are removed from JSON, which stays JSON', () => {
    const line = JSON.stringify({ message: quoted, headers: { 'x-amz-security-token': token }, next: 1 });
    const hidden = hideCredentials(line, []);
    expect(hidden).not.toContain(token);
    expect(JSON.parse(hidden)).toEqual({
      message: quoted.replace(token, '[removed]'),
      headers: { 'x-amz-security-token': '[removed]' },
      next: 1,
    });
    expect(hideCredentials(JSON.stringify({ text: line }), [])).not.toContain(token);
  });

  test('are removed from addresses and headers', () => {
    const signature = 'ab12'.repeat(16);
    expect(
      hideCredentials(`https://b/k?X-Amz-Security-Token=${encodeURIComponent(token)}&X-Amz-Signature=${signature}`, []),
    ).toBe('https://b/k?X-Amz-Security-Token=[removed]&X-Amz-Signature=[removed]');
    expect(hideCredentials(`SignedHeaders=host, Signature=${signature}`, [])).not.toContain(signature);
    expect(hideCredentials(`X-Amz-Security-Token: ${token}`, [])).toBe('X-Amz-Security-Token: [removed]');
  });

  test('are removed everywhere when they are known, unless they are too short to be secrets', () => {
    const env = { AWS_SECRET_ACCESS_KEY: 'test', AWS_SESSION_TOKEN: token, HOME: '/home/of/a-user' };
    expect(secretsOf(env)).toEqual([token, 'test']);
    expect(hideCredentials(`a test of ${token}, ${token} in /home/of/a-user`, secretsOf(env))).toBe(
      'a test of [removed], [removed] in /home/of/a-user',
    );
  });
});
