import { describe, expect, test } from '@jest/globals';
import { UsageError } from '@movie-load/schema';
import { z } from 'zod';
import { hosts, list, readSettings, serviceEnvironment, settingNames, wholeNumber } from '../src/settings.ts';

const read = (schema: z.ZodType, VALUE?: string) => {
  try {
    return (readSettings(z.object({ VALUE: schema }), { VALUE }) as { VALUE: unknown }).VALUE;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message;
  }
};

describe('a whole number', () => {
  test.each([
    ['1', 1],
    ['64', 64],
    [' 7 ', 7],
    ['007', 7],
  ])('is read from %j as %i', (text, value) => {
    expect(read(wholeNumber(1, 64), text)).toBe(value);
  });

  test.each([
    ['0', '0'],
    ['65', '65'],
    ['-1', '"-1"'],
    ['1.5', '"1.5"'],
    ['1e3', '"1e3"'],
    ['0x10', '"0x10"'],
    ['many', '"many"'],
    ['9'.repeat(16), `"${'9'.repeat(16)}"`],
    ['a\u001b[31m', '"a\\u001b[31m"'],
    ['x'.repeat(50), `"${'x'.repeat(40)}"`],
  ])('is refused, with the text, when it is %j', (text, shown) => {
    expect(read(wholeNumber(1, 64), text)).toBe(
      `A setting is wrong: VALUE must be a whole number from 1 to 64, not ${shown}`,
    );
  });
});

test('a whole number may have fifteen digits', () => {
  expect(read(wholeNumber(0, Number.MAX_SAFE_INTEGER), '9'.repeat(15))).toBe(999_999_999_999_999);
});

describe('settings', () => {
  const schema = z.object({ A: wholeNumber(1, 9), B: wholeNumber(1, 9).default(4), C: z.string().optional() });

  test('have their defaults where they are unset or empty; other variables are not read', () => {
    expect(readSettings(schema, { A: '3', B: '', C: undefined, D: 'x' })).toEqual({ A: 3, B: 4 });
  });

  test('are reported as not set when they are missing; all problems are reported together, one a line', () => {
    expect(() => readSettings(schema, {})).toThrow('A setting is wrong: A is not set');
    expect(() => readSettings(schema, { B: '0' })).toThrow(
      '2 settings are wrong:\n  A is not set\n  B must be a whole number from 1 to 9, not 0',
    );
    expect(() => readSettings(schema, { A: '', B: 'x' })).toThrow(
      expect.objectContaining({ problems: ['A is not set', 'B must be a whole number from 1 to 9, not "x"'] }),
    );
  });

  test('of every service are checked, and by default the server listens only for this machine', () => {
    expect(readSettings(serviceEnvironment, {})).toEqual({ LOG_LEVEL: 'info', HTTP_HOST: '127.0.0.1', HTTP_NAMES: [] });
    expect(readSettings(serviceEnvironment, { HTTP_PORT: '0', LOG_LEVEL: 'silent' })).toMatchObject({ HTTP_PORT: 0 });
    expect(readSettings(serviceEnvironment, { HTTP_PORT: '65535' })).toMatchObject({ HTTP_PORT: 65_535 });
    const host = 'h'.repeat(255);
    expect(readSettings(serviceEnvironment, { HTTP_HOST: host })).toMatchObject({ HTTP_HOST: host });
    expect(() => readSettings(serviceEnvironment, { HTTP_HOST: `${host}h` })).toThrow('A setting is wrong: HTTP_HOST ');
    expect(() => readSettings(serviceEnvironment, { HTTP_PORT: '65536' })).toThrow('HTTP_PORT must be');
    expect(() => readSettings(serviceEnvironment, { LOG_LEVEL: 'loud' })).toThrow(
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
    );
  });

  test('have names, also when the schema has a transformation; command-line options are not among them', () => {
    const options = z.object({ A: z.string(), '--a': z.string() });
    expect(settingNames(options)).toEqual(['A']);
    expect(settingNames(options.transform((value) => value))).toEqual(['A']);
    expect(settingNames(z.string())).toEqual([]);
  });
});

describe('a list', () => {
  test.each([
    [undefined, []],
    ['a', ['a']],
    [' a , b,,c ,', ['a', 'b', 'c']],
  ])('is read from %j', (text, value) => {
    expect(read(list, text)).toEqual(value);
  });

  test('has 4,096 characters at most', () => {
    expect(read(list, 'x'.repeat(4096))).toHaveLength(1);
    expect(read(list, 'x'.repeat(4097))).toMatch(/^A setting is wrong: VALUE /);
  });

  test('of host names accepts any case, with or without a port', () => {
    expect(read(hosts, 'Console.Example.com, 127.0.0.1:8080,[::1]:9,a_b')).toEqual([
      'console.example.com',
      '127.0.0.1:8080',
      '[::1]:9',
      'a_b',
    ]);
    for (const wrong of ['http://a', 'a/b', 'a:b', 'a b', 'a:123456', '[::1', 'é']) {
      expect(read(hosts, `good.example,${wrong}`)).toMatch(
        /^A setting is wrong: VALUE\.1 takes names as clients call this server by/,
      );
    }
  });
});
