// Names as S3 takes them, and what a request's address says.
import { expect, test } from '@jest/globals';
import { targetOf } from '../../src/http/s3-target.ts';
import { isBucketName } from '../../src/s3/names.ts';

test.each([['abc', 'a-b', 'a.b', '1a2', 'a'.repeat(63), '1.2.3', 's3alias', 'a-s3aliases', 'sthree', 'xn-a']])(
  '%j and the like are names of buckets',
  (...names) => {
    expect(names.filter((name) => !isBucketName(name))).toEqual([]);
  },
);

test.each([
  ['too short or too long', ['', 'ab', 'a'.repeat(64)]],
  ['letters that a host has not', ['Abc', 'a_b', 'a b', 'äbc', '-ab', 'ab-', 'a..b', '.ab', 'ab.', 'a.-b']],
  ['an address', ['1.2.3.4', '192.168.100.200']],
  ['beginnings that AWS keeps', ['xn--abc', 'sthree-abc', 'amzn-s3-demo-abc']],
  ['ends that AWS keeps', ['abc-s3alias', 'abc--ol-s3', 'abc.mrap', 'abc--x-s3', 'abc--table-s3']],
])('%s: no names of buckets', (_, names) => {
  expect(names.filter(isBucketName)).toEqual([]);
});

test('the first of several parameters of a name counts; a key is what the path says', () => {
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
