import { describe, expect, test } from '@jest/globals';
import { bucketsBetween, quantile, sumOf } from '../src/latency.ts';

const OPEN = Number.POSITIVE_INFINITY;

describe('quantiles', () => {
  const buckets = new Map([
    [0.1, 50],
    [1, 90],
    [OPEN, 100],
  ]);

  test('are interpolated within a bucket', () => {
    expect(quantile(buckets, 0.5)).toBeCloseTo(0.1);
    expect(quantile(buckets, 0.7)).toBeCloseTo(0.55);
  });

  test('within the open bucket are its lower bound, or between that and the largest value', () => {
    expect(quantile(buckets, 0.99)).toBe(1);
    expect(quantile(buckets, 0.95, 3)).toBeCloseTo(2);
    expect(quantile(buckets, 1, 3)).toBe(3);
  });

  test('are never greater than the largest value', () => {
    // All were delivered again after a visibility timeout of 60 s, in a job of 66 s.
    const redelivered = new Map([
      [60, 0],
      [300, 1000],
      [OPEN, 1000],
    ]);
    expect(quantile(redelivered, 0.99)).toBeGreaterThan(290);
    expect(quantile(redelivered, 0.5, 61)).toBeCloseTo(60.5);
    expect(quantile(redelivered, 0.99, 61)).toBeLessThanOrEqual(61);
    expect(quantile(redelivered, 0.99, 2)).toBe(2);
  });

  test('accept buckets in any order; with q = 0 an empty first bucket gives its bound', () => {
    expect(quantile(new Map([...buckets].reverse()), 0.7)).toBeCloseTo(0.55);
    expect(
      quantile(
        new Map([
          [1, 0],
          [2, 5],
          [OPEN, 5],
        ]),
        0,
      ),
    ).toBe(1);
  });

  test('are null without observations', () => {
    expect(quantile(new Map(), 0.5)).toBeNull();
    expect(quantile(bucketsBetween(buckets, buckets), 0.5)).toBeNull();
    expect(quantile(sumOf([]), 0.5)).toBeNull();
  });

  test('for several consumers are computed from their summed buckets', () => {
    const fast = new Map([
      [0.1, 100],
      [1, 100],
      [OPEN, 100],
    ]);
    // 150 of 200 messages took up to 0.1 s. The quantiles of the two consumers are about 0.66 s and 0.075 s.
    expect(quantile(sumOf([buckets, fast]), 0.75)).toBeCloseTo(0.1);
  });

  test('count each message once when consumers of two releases have different buckets', () => {
    const older = new Map([
      [60, 10],
      [300, 30],
      [OPEN, 30],
    ]);
    const newer = new Map([
      [60, 0],
      [65, 20],
      [300, 20],
      [OPEN, 20],
    ]);
    expect([...sumOf([older, newer])]).toEqual([
      [60, 10],
      [65, 30],
      [300, 50],
      [OPEN, 50],
    ]);
  });

  test('of what was added between two reports use the differences, which are 0 (not negative) after a restart', () => {
    expect([...bucketsBetween(new Map([[1, 50]]), new Map([[1, 53]]))]).toEqual([[1, 3]]);
    const restarted = bucketsBetween(new Map([[1, 50]]), new Map([[1, 3]]));
    expect([...restarted]).toEqual([[1, 0]]);
    expect(quantile(restarted, 0.5)).toBeNull();
  });
});
