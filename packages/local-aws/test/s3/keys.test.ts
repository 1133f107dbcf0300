// Keys in UTF-8 byte order, and pages of them.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareUtf8, SortedKeys } from '../../src/s3/sorted-keys.ts';
import { createTestS3 } from '../support/s3.ts';

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
/** Characters around the positions where the orders of UTF-8 and JavaScript differ. */
const character = fc.constantFrom('a', 'b', '/', '\u00e4', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{1f600}');
const key = fc.array(character, { minLength: 1, maxLength: 5 }).map((characters) => characters.join(''));

test('keys are sorted by their bytes', () => {
  fc.assert(fc.property(key, key, (a, b) => Math.sign(compareUtf8(a, b)) === Math.sign(byBytes(a, b))));
});

test('adding and removing keys in any order leaves them sorted and distinct', () => {
  const step = fc.record({ key, add: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const keys = new SortedKeys();
      const expected = new Set<string>();
      for (const { key: one, add } of steps) {
        if (add) keys.add(one);
        else keys.delete(one);
        if (add) expected.add(one);
        else expected.delete(one);
      }
      expect([...keys.from(() => false)]).toEqual([...expected].sort(byBytes));
    }),
  );
});

test('thousands of keys added out of order are listed in order', () => {
  const keys = new SortedKeys();
  const names = Array.from({ length: 5000 }, (_, i) => `k${(i * 7919) % 5003}`);
  for (const name of names) keys.add(name);
  expect([...keys.from(() => false)]).toEqual([...names].sort());
  for (const name of names) keys.delete(name);
  expect([...keys.from(() => false)]).toEqual([]);
});

test('keys removed in a row leave no empty block for later keys', () => {
  const keys = new SortedKeys();
  const name = (number: number) => `k${String(number).padStart(5, '0')}`;
  const names = Array.from({ length: 3000 }, (_, at) => name(at));
  for (const one of names) keys.add(one);
  for (const one of names.slice(400, 2500)) keys.delete(one);
  const left = [...names.slice(0, 400), ...names.slice(2500)];
  expect([...keys.from(() => false)]).toEqual(left);
  expect(keys.from((one) => one <= name(399)).next().value).toBe(name(2500));
  for (const at of [450, 1500, 2499]) keys.add(name(at));
  for (const at of [0, 399, 2999]) keys.delete(name(at));
  const expected = [...left, ...[450, 1500, 2499].map(name)].filter((one) => ![0, 399, 2999].map(name).includes(one));
  expect([...keys.from(() => false)]).toEqual(expected.sort());
  expect([...keys.from((one) => one < name(1500))]).toEqual(expected.filter((one) => one >= name(1500)));
});

interface Page {
  readonly IsTruncated: boolean;
  readonly KeyCount: number;
  readonly Contents?: readonly { readonly Key: string }[];
  readonly CommonPrefixes?: readonly { readonly Prefix: string }[];
  readonly NextContinuationToken?: string;
}

describe('pages of a list', () => {
  /** All entries, read in pages of at most `MaxKeys`. */
  function walk(bucket: ReturnType<typeof createTestS3>, more: object, MaxKeys: number): string[] {
    const entries: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = bucket.call('ListObjectsV2', { ...more, MaxKeys, ContinuationToken }) as unknown as Page;
      const keys = (page.Contents ?? []).map(({ Key }) => Key);
      const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix);
      expect(page.KeyCount).toBe(keys.length + prefixes.length);
      expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
      entries.push(...[...keys, ...prefixes].sort(byBytes));
      expect(page.NextContinuationToken !== undefined).toBe(page.IsTruncated);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return entries;
  }

  test('miss and repeat nothing at any size, for any prefix and delimiter', () => {
    const options = {
      keys: fc.uniqueArray(key, { maxLength: 40 }),
      prefix: fc.oneof(fc.constant(''), key),
      delimiter: fc.constantFrom('', '/', 'a', 'ab'),
      size: fc.integer({ min: 1, max: 7 }),
    };
    fc.assert(
      fc.property(fc.record(options), ({ keys, prefix, delimiter, size }) => {
        const bucket = createTestS3();
        for (const one of keys) bucket.put(one);
        const rolled = keys
          .filter((one) => one.startsWith(prefix))
          .map((one) => {
            const at = delimiter === '' ? -1 : one.indexOf(delimiter, prefix.length);
            return at === -1 ? one : one.slice(0, at + delimiter.length);
          });
        const expected = [...new Set(rolled)].sort(byBytes);
        expect(walk(bucket, { Prefix: prefix, Delimiter: delimiter }, size)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('count a prefix once, and continue after it when the marker is the prefix or a key within it', () => {
    const bucket = createTestS3();
    for (const one of ['a/1', 'a/2', 'b', 'c/1']) bucket.put(one);
    const list = (more: object) => bucket.call('ListObjects', { Delimiter: '/', ...more });
    expect(list({ MaxKeys: 1 })).toMatchObject({
      CommonPrefixes: [{ Prefix: 'a/' }],
      NextMarker: 'a/',
      IsTruncated: true,
    });
    expect(list({ Marker: 'a/', MaxKeys: 1 })).toMatchObject({ Contents: [{ Key: 'b' }], NextMarker: 'b' });
    expect(list({ Marker: 'a/1', MaxKeys: 1 })).toMatchObject({ Contents: [{ Key: 'b' }] });
    expect(list({ Marker: 'b' })).toMatchObject({ CommonPrefixes: [{ Prefix: 'c/' }], IsTruncated: false });
  });

  test('ignore a delimiter within the prefix', () => {
    const bucket = createTestS3();
    for (const one of ['a/b', 'a/c/1', 'a/c/2', 'b/c']) bucket.put(one);
    for (const operation of ['ListObjects', 'ListObjectsV2', 'ListObjectVersions']) {
      const { CommonPrefixes, ...list } = bucket.call(operation, { Prefix: 'a/', Delimiter: '/' });
      expect([CommonPrefixes, list.Contents ?? list.Versions]).toMatchObject([[{ Prefix: 'a/c/' }], [{ Key: 'a/b' }]]);
    }
    const after = bucket.call('ListObjects', { Prefix: 'a/', Delimiter: '/', Marker: 'a/b', MaxKeys: 1 });
    expect(after).toMatchObject({ CommonPrefixes: [{ Prefix: 'a/c/' }], IsTruncated: false });
  });

  test('encode keys on request, by bytes and without encoding slashes', () => {
    const bucket = createTestS3();
    bucket.put('ä b+c/d~\u0001');
    const [encoded] = bucket.call('ListObjectsV2', { EncodingType: 'url' }).Contents as { Key: string }[];
    expect(encoded?.Key).toBe('%C3%A4+b%2Bc/d%7E%01');
    expect(bucket.refused('ListObjects', { EncodingType: 'other' })).toBe('InvalidArgument');
  });

  test('are refused with a wrong token or a negative size, and have at most 1,000 keys', () => {
    const bucket = createTestS3();
    bucket.put('k');
    expect(bucket.refused('ListObjectsV2', { ContinuationToken: '' })).toBe('InvalidArgument');
    expect(bucket.refused('ListObjectsV2', { ContinuationToken: 'no token' })).toBe('InvalidArgument');
    expect(bucket.refused('ListObjectsV2', { MaxKeys: -1 })).toBe('InvalidArgument');
    expect(bucket.call('ListObjectsV2', { MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
    for (let at = 0; at < 1000; at += 1) bucket.put(`k${at}`);
    const most = { MaxKeys: 1000, KeyCount: 1000, IsTruncated: true };
    for (const more of [{ MaxKeys: 5000 }, {}]) expect(bucket.call('ListObjectsV2', more)).toMatchObject(most);
  });

  test('of versions have one version of each key, the latest; pages of the second API have owners only on request', () => {
    const bucket = createTestS3();
    for (const body of ['first', 'second one']) bucket.put('k', body);
    const { owner } = bucket.engine;
    const version = { Key: 'k', VersionId: 'null', IsLatest: true, Owner: owner, Size: 10 };
    expect(bucket.call('ListObjectVersions').Versions).toMatchObject([version]);
    expect(bucket.call('ListObjects').Contents).toMatchObject([{ Key: 'k', Owner: owner }]);
    const listed = (FetchOwner?: boolean) => Object(bucket.call('ListObjectsV2', { FetchOwner }).Contents)[0];
    expect([listed().Owner, listed(false).Owner, listed(true).Owner]).toEqual([undefined, undefined, owner]);
  });

  test('begin after start-after, unless there is a token', () => {
    const bucket = createTestS3();
    for (const one of ['a', 'b', 'c']) bucket.put(one);
    const first = bucket.call('ListObjectsV2', { StartAfter: 'a', MaxKeys: 1 });
    expect(first).toMatchObject({ Contents: [{ Key: 'b' }], StartAfter: 'a' });
    const rest = bucket.call('ListObjectsV2', { StartAfter: 'a', ContinuationToken: first.NextContinuationToken });
    expect(rest).toMatchObject({ Contents: [{ Key: 'c' }] });
    expect(rest.StartAfter).toBeUndefined();
    const other = bucket.call('ListObjectsV2', { StartAfter: 'z', ContinuationToken: first.NextContinuationToken });
    expect(other).toMatchObject({ Contents: [{ Key: 'c' }] });
  });
});
