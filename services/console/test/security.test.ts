import { describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { guard } from '../src/security.ts';

const app = new Hono();
app.use(guard({ port: () => 8080, hosts: ['console.example:443', 'proxy.example:8443'] }));
app.get('/api/jobs', (c) => c.json({ ok: true }));
app.post('/api/jobs', (c) => c.json({ ok: true }));
app.post('/elsewhere', (c) => c.json({ ok: true }));

const OWN = { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080', 'content-type': 'application/json' };
const statusOf = async (method: string, headers: Record<string, string>) => {
  const body = method === 'POST' ? '{}' : undefined;
  const response = await app.request('http://127.0.0.1/api/jobs', { method, headers, ...(body && { body }) });
  return response.status;
};

describe('the guard', () => {
  test.each(['127.0.0.1:8080', 'localhost:8080', '[::1]:8080', 'console.example:443'])(
    'accepts the host %s',
    async (host) => {
      expect(await statusOf('GET', { host })).toBe(200);
    },
  );

  test.each([
    'evil.example:8080',
    'localhost.evil.example:8080',
    '127.0.0.1.evil.example:8080',
    'evil.localhost:8080',
    'localhost:8080@evil.example',
    'host.docker.internal:8080',
    '0.0.0.0:8080',
    '[::]:8080',
    '[::ffff:127.0.0.1]:8080',
    '127.1:8080',
    '2130706433:8080',
    '0x7f000001:8080',
    '127.0.0.1',
    '127.0.0.1:8081',
    '127.0.0.180',
    'evilproxy.example:8443',
    'evil.proxy.example:8443',
    'evilconsole.example',
    'x127.0.0.1:8080',
    'localhost80',
    '',
  ])('refuses the host "%s"', async (host) => {
    expect(await statusOf('GET', { host })).toBe(421);
  });

  test('knows its names where browsers leave out the port: on 80, and behind TLS on 443', async () => {
    const onPort80 = new Hono();
    onPort80.use(guard({ port: () => 80, hosts: ['console.example'] }));
    onPort80.all('/api/jobs', (c) => c.json({ ok: true }));
    const status = async (headers: Record<string, string>, method = 'GET') =>
      (await onPort80.request('http://127.0.0.1/api/jobs', { method, headers })).status;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', 'localhost:80', 'console.example', 'CONSOLE.example:443']) {
      expect(await status({ host })).toBe(200);
    }
    for (const host of ['evil.example', '127.0.0.1:8080', 'console.example:8080'])
      expect(await status({ host })).toBe(421);
    const change = { host: '127.0.0.1', origin: 'http://127.0.0.1', 'content-type': 'application/json' };
    expect(await status(change, 'POST')).toBe(200);
    expect(await statusOf('GET', { host: 'console.example' })).toBe(200);
  });

  test('accepts a HEAD request like a GET request', async () => {
    expect(await statusOf('HEAD', { host: OWN.host })).toBe(200);
    expect(await statusOf('HEAD', { host: OWN.host, 'sec-fetch-site': 'cross-site' })).toBe(403);
  });

  test('accepts a change from its own page', async () => {
    expect(await statusOf('POST', OWN)).toBe(200);
    expect(await statusOf('POST', { ...OWN, 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await statusOf('POST', { ...OWN, host: 'LocalHost:8080', origin: 'http://LocalHost:8080' })).toBe(200);
  });

  test.each(['http', 'https'])('accepts a change from the page under a further name over %s', async (scheme) => {
    const host = 'proxy.example:8443';
    expect(await statusOf('POST', { ...OWN, host, origin: `${scheme}://${host}` })).toBe(200);
  });

  test.each([
    ['another origin', { ...OWN, origin: 'http://evil.example' }],
    ['another scheme', { ...OWN, origin: 'https://127.0.0.1:8080' }],
    ['another port', { ...OWN, origin: 'http://127.0.0.1:3000' }],
    ['a port that begins like its own', { ...OWN, origin: 'http://127.0.0.1:80801' }],
    ['no origin', { host: OWN.host, 'content-type': 'application/json' }],
    ['the null origin', { ...OWN, origin: 'null' }],
    ['another site', { ...OWN, 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { ...OWN, 'sec-fetch-site': 'same-site' }],
  ])('refuses a change from %s', async (_, headers) => {
    expect(await statusOf('POST', headers)).toBe(403);
  });

  test('accepts the media type of JSON in upper and lower case', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON']) {
      expect(await statusOf('POST', { ...OWN, 'content-type': type })).toBe(200);
    }
  });

  test('refuses changes from other sites also outside of the API', async () => {
    for (const site of ['cross-site', 'same-site', 'none']) {
      const headers = { ...OWN, 'sec-fetch-site': site };
      const response = await app.request('http://127.0.0.1/elsewhere', { method: 'POST', headers, body: '{}' });
      expect([site, response.status]).toEqual([site, 403]);
    }
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp', ''])(
    'refuses a body of type "%s"',
    async (type) => {
      expect(await statusOf('POST', { ...OWN, 'content-type': type })).toBe(415);
    },
  );

  test('refuses reads from other sites', async () => {
    expect(await statusOf('GET', { host: OWN.host, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await statusOf('GET', { host: OWN.host, 'sec-fetch-site': 'same-site' })).toBe(403);
    for (const origin of ['http://evil.example', 'http://127.0.0.1:3000', 'null']) {
      expect(await statusOf('GET', { host: OWN.host, origin, upgrade: 'websocket', connection: 'upgrade' })).toBe(403);
    }
    expect(await statusOf('GET', { host: OWN.host, 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await statusOf('GET', { host: OWN.host })).toBe(200);
  });

  test('refuses reads after a redirect of another site, and prefetches', async () => {
    expect(await statusOf('GET', { host: OWN.host, 'sec-fetch-site': 'none' })).toBe(403);
    for (const name of ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']) {
      expect(await statusOf('GET', { host: OWN.host, 'sec-fetch-site': 'same-origin', [name]: 'prefetch' })).toBe(403);
      expect(await statusOf('POST', { ...OWN, [name]: 'prefetch' })).toBe(403);
    }
  });

  test('refuses other methods', async () => {
    for (const method of ['DELETE', 'PUT', 'PATCH', 'OPTIONS'])
      expect([method, await statusOf(method, OWN)]).toEqual([method, 405]);
  });

  test('adds a strict content security policy to responses and refusals', async () => {
    for (const [host, status] of [
      [OWN.host, 200],
      ['evil.example:8080', 421],
    ] as const) {
      const response = await app.request('http://127.0.0.1/api/jobs', { headers: { host } });
      expect(response.status).toBe(status);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toContain('unsafe');
    }
  });
});
