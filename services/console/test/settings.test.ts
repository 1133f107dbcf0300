import { describe, expect, test } from '@jest/globals';
import { readSettings } from '@movie-load/service';
import { consoleEnvironment } from '../src/settings.ts';

const hosts = (CONSOLE_HOSTS: string) => readSettings(consoleEnvironment, { CONSOLE_HOSTS }).CONSOLE_HOSTS;

test('the interval of the reads is from 100 ms to one minute, and one second by default', () => {
  const every = (POLL_MS: string) => readSettings(consoleEnvironment, { POLL_MS }).POLL_MS;
  expect([every(''), every('100'), every('60000')]).toEqual([1000, 100, 60_000]);
  for (const wrong of ['0', '99', '60001'])
    expect(() => every(wrong)).toThrow('POLL_MS must be a whole number from 100');
});

test('the producer, the consumers and `up` are configured by http(s) addresses', () => {
  const read = (env: Record<string, string>) => readSettings(consoleEnvironment, env);
  for (const name of ['PRODUCER_URL', 'CONTROL_URL']) {
    for (const url of ['http://127.0.0.1:8081', 'https://host/below'])
      expect(read({ [name]: url })).toMatchObject({ [name]: url });
  }
  expect(read({ CONSUMER_URLS: 'http://consumer:9464, https://[::1]:9464/below' }).CONSUMER_URLS).toEqual([
    'http://consumer:9464',
    'https://[::1]:9464/below',
  ]);
  expect(read({}).CONSUMER_URLS).toEqual([]);
  for (const wrong of ['consumer:9464', 'consumer', 'ftp://consumer', 'http://a, b']) {
    for (const name of ['CONSUMER_URLS', 'PRODUCER_URL', 'CONTROL_URL'])
      expect(() => read({ [name]: wrong })).toThrow(name);
  }
});

test('a token of `up` has at least 16 characters, and traces are accepted only if the setting says so', () => {
  const read = (env: Record<string, string>) => readSettings(consoleEnvironment, env);
  expect(read({ CONTROL_TOKEN: 'x'.repeat(16) }).CONTROL_TOKEN).toHaveLength(16);
  expect(() => read({ CONTROL_TOKEN: 'x'.repeat(15) })).toThrow('CONTROL_TOKEN');
  expect([read({}).CONSOLE_TRACES, read({ CONSOLE_TRACES: 'true' }).CONSOLE_TRACES]).toEqual(['false', 'true']);
  expect(() => read({ CONSOLE_TRACES: 'yes' })).toThrow('CONSOLE_TRACES must be true or false');
});

describe('CONSOLE_HOSTS', () => {
  test('accepts names in any case, with or without a port', () => {
    expect(hosts('Console.Example.COM, 127.0.0.1:8080,[::1]:8080')).toEqual([
      'console.example.com',
      '127.0.0.1:8080',
      '[::1]:8080',
    ]);
  });

  test.each(['http://console.example', 'https://console.example:443/', 'console.example/path', 'a b', '*.example'])(
    'refuses %s in a sentence',
    (text) => {
      expect(() => hosts(text)).toThrow(/without http:\/\/ and path, e\.g\. console\.example\.com/);
    },
  );
});
