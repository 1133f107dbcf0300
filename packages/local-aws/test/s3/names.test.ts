// Names that S3 accepts, and the bucket, key and query in a URL.
import { expect, test } from '@jest/globals';
import { targetOf } from '../../src/http/s3-target.ts';
import { isBucketName } from '../../src/s3/names.ts';

test('isBucketName accepts the shortest and longest names, and those that only resemble reserved ones', () => {
  const names = ['abc', 'a-b', 'a.b', '1a2', 'a'.repeat(63), '1.2.3', 's3alias', 'a-s3aliases', 'sthree', 'xn-a'];
  expect(names.filter((name) => !isBucketName(name))).toEqual([]);
});

test.each([
  ['too short or too long', ['', 'ab', 'a'.repeat(64)]],
  ['not valid in a host name', ['Abc', 'a_b', 'a b', 'äbc', '-ab', 'ab-', 'a..b', '.ab', 'ab.', 'a.-b']],
  ['IP addresses', ['1.2.3.4', '192.168.100.200']],
  ['reserved by their prefix', ['xn--abc', 'sthree-abc', 'amzn-s3-demo-abc']],
  ['reserved by their suffix', ['abc-s3alias', 'abc--ol-s3', 'abc.mrap', 'abc--x-s3', 'abc--table-s3']],
])('isBucketName refuses names that are %s', (_, names) => {
  expect(names.filter(isBucketName)).toEqual([]);
});

test('the first of repeated parameters counts, key and query are decoded, and + is a space only in the query', () => {
  const target = targetOf({
    method: 'GET',
    path: '/bucket/a%20key+with/parts',
    query: 'prefix=first&prefix=second&empty&a+b=c%2Bd&equals=x=y',
    headers: {},
  });
  expect(target).toMatchObject({ bucket: 'bucket', key: 'a key+with/parts' });
  expect([...target.query]).toEqual([
    ['prefix', 'first'],
    ['empty', ''],
    ['a b', 'c+d'],
    ['equals', 'x=y'],
  ]);
});
