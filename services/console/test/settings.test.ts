import { describe, expect, test } from '@jest/globals';
import { readSettings } from '@movie-load/service';
import { consoleEnvironment } from '../src/settings.ts';

const hosts = (CONSOLE_HOSTS: string) => readSettings(consoleEnvironment, { CONSOLE_HOSTS }).CONSOLE_HOSTS;

describe('CONSOLE_HOSTS', () => {
  test('takes names in any case, with a port or without', () => {
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
