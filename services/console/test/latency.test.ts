import { describe, expect, test } from '@jest/globals';
import { addBuckets, bucketsBetween, quantile } from '../src/latency.ts';

describe('quantiles', () => {
  const buckets = new Map([
    [0.1, 50],
    [1, 90],
    [Number.POSITIVE_INFINITY, 100],
  ]);

  test('are interpolated within a bucket', () => {
    expect(quantile(buckets, 0.5)).toBeCloseTo(0.1);
    expect(quantile(buckets, 0.7)).toBeCloseTo(0.55);
  });

  test('in the open bucket are its lower bound', () => {
    expect(quantile(buckets, 0.99)).toBe(1);
  });

  test('need observations', () => {
    expect(quantile(new Map(), 0.5)).toBeNull();
    expect(quantile(bucketsBetween(buckets, buckets), 0.5)).toBeNull();
  });

  test('of several consumers come from their summed buckets', () => {
    const all = new Map<number, number>();
    addBuckets(all, buckets);
    addBuckets(
      all,
      new Map([
        [0.1, 100],
        [1, 100],
        [Number.POSITIVE_INFINITY, 100],
      ]),
    );
    expect(quantile(all, 0.75)).toBeCloseTo(0.1);
  });

  test('after a restart count from zero', () => {
    expect(bucketsBetween(new Map([[1, 50]]), new Map([[1, 3]])).get(1)).toBe(0);
  });
});
