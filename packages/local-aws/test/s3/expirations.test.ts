// Which objects a bucket's lifecycle rules expire, and when.

import { describe, expect, test } from '@jest/globals';
import { expirationOf } from '../../src/s3/expiration.ts';

const object = (more: object = {}) => ({
  key: 'logs/a',
  bytes: 100,
  lastModified: Date.UTC(2026, 0, 1, 12),
  attributes: { tags: new Map(Object.entries({ kind: 'log', age: 'old' })) },
  ...more,
});
const expiration = (rules: object[], more?: object): string | undefined =>
  expirationOf(Object({ lifecycle: { rules } }), Object(object(more)));
const rule = (Filter: object | undefined, more: object = {}) => ({
  ID: 'r',
  Status: 'Enabled',
  ...(Filter && { Filter }),
  Expiration: { Days: 7 },
  ...more,
});

describe('the filter of a lifecycle rule', () => {
  const tag = (Key: string, Value: string) => ({ Key, Value });
  test.each<[object, boolean]>([
    [{}, true],
    [{ Prefix: 'logs/' }, true],
    [{ Prefix: 'log/' }, false],
    [{ ObjectSizeGreaterThan: 99 }, true],
    [{ ObjectSizeGreaterThan: 100 }, false],
    [{ ObjectSizeLessThan: 101 }, true],
    [{ ObjectSizeLessThan: 100 }, false],
    [{ Tag: tag('kind', 'log') }, true],
    [{ Tag: tag('kind', 'other') }, false],
    [{ Tag: tag('absent', 'log') }, false],
    [{ And: { Prefix: 'logs/', Tags: [tag('kind', 'log'), tag('age', 'old')] } }, true],
    [{ And: { Prefix: 'logs/', Tags: [tag('kind', 'log'), tag('age', 'new')] } }, false],
    [{ And: { Prefix: 'other/', Tags: [tag('kind', 'log')] } }, false],
    [{ And: { ObjectSizeGreaterThan: 10, ObjectSizeLessThan: 100 } }, false],
  ])('%j applies to the object: %s', (filter, isMet) => {
    expect(expiration([rule(filter)]) !== undefined).toBe(isMet);
  });

  test('may apply to an empty object', () => {
    expect(expiration([rule({})], { bytes: 0 })).toBeDefined();
    expect(expiration([rule({ ObjectSizeGreaterThan: 0 })], { bytes: 0 })).toBeUndefined();
  });

  test('may be the older Prefix of the rule', () => {
    expect(expiration([rule(undefined, { Prefix: 'logs/' })])).toBeDefined();
    expect(expiration([rule(undefined, { Prefix: 'other/' })])).toBeUndefined();
  });
});

test('a lifecycle rule applies while it is enabled and sets an expiration', () => {
  expect(expiration([rule({})])).toBeDefined();
  expect(expiration([])).toBeUndefined();
  expect(expirationOf(Object({}), Object(object()))).toBeUndefined();
  expect(expiration([rule({}, { Status: 'Disabled' })])).toBeUndefined();
  expect(expiration([rule({}, { Expiration: undefined })])).toBeUndefined();
  expect(expiration([rule({}, { Expiration: { ExpiredObjectDeleteMarker: true } })])).toBeUndefined();
});

test('days end at the following midnight, a date is used unchanged, and the first applicable rule is reported', () => {
  const header = (date: string, id = 'r') => `expiry-date="${date} 00:00:00 GMT", rule-id="${id}"`;
  expect(expiration([rule({})])).toBe(header('Fri, 09 Jan 2026'));
  expect(expiration([rule({})], { lastModified: Date.UTC(2026, 0, 1) })).toBe(header('Fri, 09 Jan 2026'));
  expect(expiration([rule({})], { lastModified: Date.UTC(2026, 0, 1) - 1 })).toBe(header('Thu, 08 Jan 2026'));
  const date = { Expiration: { Date: new Date(Date.UTC(2026, 5, 1)) } };
  const rules = [rule({ Prefix: 'other/' }, { ID: 'first' }), rule({}, { ID: 'second', ...date }), rule({})];
  expect(expiration(rules)).toBe(header('Mon, 01 Jun 2026', 'second'));
});
