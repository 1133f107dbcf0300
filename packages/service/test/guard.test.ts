import { hostname } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { createApp, createLogger, programsOnly, type ServerNames } from '../src/index.ts';

const log = createLogger({ service: 'test', instance: 'test', level: 'silent' });

async function ask(serverNames: ServerNames, headers: Record<string, string>, method = 'GET'): Promise<number> {
  const app = createApp({ log, guard: programsOnly(serverNames) });
  app.get('/metrics', (c) => c.text('metrics'));
  app.post('/metrics', (c) => c.text('changed'));
  return (await app.request('http://127.0.0.1/metrics', { method, headers })).status;
}

const LOOPBACK = { host: '127.0.0.1' };
const CONTAINER = { host: '0.0.0.0', names: ['consumer', 'metrics.example:9464'] };
const OWN_HOSTS = [
  '127.0.0.1:9464',
  '127.0.0.1',
  '127.0.0.2:1',
  'localhost:9464',
  'LOCALHOST',
  'localhost.:9464',
  '[::1]:9464',
];
const FOREIGN = [
  'evil.example:9464',
  'localhost.evil.example:9464',
  '127.0.0.1.evil.example',
  'evil.localhost',
  'localhost@evil.example',
  'localhost:9464:1',
  'host.docker.internal:9464',
  '0.0.0.0:9464',
  '[::]:9464',
  '[0:0:0:0:0:0:0:0]:9464',
  '[::ffff:0.0.0.0]:9464',
  '127.1:9464',
  '2130706433:9464',
  '0x7f000001:9464',
  '[::1',
  'a b',
  '',
];

describe('a service accepts a request', () => {
  test.each(OWN_HOSTS)('to %s, wherever it listens', async (host) => {
    expect([await ask(LOOPBACK, { host }), await ask(CONTAINER, { host })]).toEqual([200, 200]);
  });

  test.each(FOREIGN)('not to "%s", wherever it listens', async (host) => {
    expect([await ask(LOOPBACK, { host }), await ask(CONTAINER, { host })]).toEqual([421, 421]);
  });

  test.each(['172.18.0.5:9464', '[fd00::5]:9464', '[::ffff:172.18.0.5]:9464', `${hostname()}:9464`])(
    'to %s only where it listens for other machines',
    async (host) => {
      for (const loopback of ['127.0.0.1', '::1', 'localhost'])
        expect(await ask({ host: loopback }, { host })).toBe(421);
      for (const open of ['0.0.0.0', '::', '172.18.0.5']) expect(await ask({ host: open }, { host })).toBe(200);
    },
  );

  test('to its own host name in any case, whole, and only where it listens for other machines', async () => {
    const serverNames = { host: '0.0.0.0', hostName: 'Laptop-7.local' };
    for (const host of ['laptop-7.local:9464', 'LAPTOP-7.LOCAL']) expect(await ask(serverNames, { host })).toBe(200);
    for (const host of ['laptop-7:9464', 'laptop-7.local.evil.example'])
      expect(await ask(serverNames, { host })).toBe(421);
    expect(await ask({ ...serverNames, host: 'localhost' }, { host: 'laptop-7.local' })).toBe(421);
  });

  test('or refuses it with the names that are accepted and the setting for more', async () => {
    const app = createApp({ log, guard: programsOnly(LOOPBACK) });
    const answer = await app.request('/', { headers: { host: 'other' } });
    expect(await answer.json()).toMatchObject({
      title: 'Not a name of this server',
      detail: expect.stringMatching(/^Call it by 127\.0\.0\.1 or localhost\. HTTP_NAMES \(a comma list\)/),
    });
  });

  test('to the names of HTTP_NAMES, with any port unless they have one', async () => {
    for (const host of ['consumer', 'consumer:9464', 'Consumer:1', 'metrics.example:9464']) {
      expect(await ask(CONTAINER, { host })).toBe(200);
      expect(await ask(LOOPBACK, { host })).toBe(421);
    }
    expect(await ask(CONTAINER, { host: 'metrics.example:1' })).toBe(421);
    expect(await ask(CONTAINER, { host: 'consumer.evil.example:9464' })).toBe(421);
  });
});

describe('a browser’s request', () => {
  const host = '127.0.0.1:9464';
  test.each<[string, Record<string, string>]>([
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { 'sec-fetch-site': 'same-site' }],
    ['a page of this port', { 'sec-fetch-site': 'same-origin' }],
    ['a form', { origin: 'http://127.0.0.1:9464' }],
    ['a page without an origin', { origin: 'null' }],
    ['a prefetch', { 'sec-fetch-site': 'none', 'sec-purpose': 'prefetch' }],
    ['a prefetch of an older browser', { 'x-moz': 'prefetch' }],
    ['a preview', { purpose: 'prefetch' }],
    ['a preview of Safari', { 'x-purpose': 'preview' }],
  ])('for %s is refused', async (_, headers) => {
    for (const method of ['GET', 'POST', 'HEAD']) expect(await ask(LOOPBACK, { host, ...headers }, method)).toBe(403);
  });

  test('is refused with a hint to the console', async () => {
    const app = createApp({ log, guard: programsOnly(LOOPBACK) });
    const answer = await app.request('/', { headers: { host, origin: 'null' } });
    expect(await answer.json()).toMatchObject({
      ...{ status: 403, title: 'Not for web pages' },
      detail: 'This interface is for programs. The console is for browsers.',
    });
  });

  test('from the address bar is answered', async () => {
    expect(await ask(LOOPBACK, { host, 'sec-fetch-site': 'none' })).toBe(200);
  });
});
