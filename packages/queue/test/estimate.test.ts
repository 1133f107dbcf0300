import { describe, expect, test } from '@jest/globals';
import { MAX_MOVIES } from '@movie-load/schema';
import { estimateJob } from '../src/index.ts';
import { planFor } from './support.ts';

describe('the estimate of a job', () => {
  test('one movie a message: a tenth of a call each, 0.305 write units, about $0.35 a million', () => {
    const million = estimateJob(planFor(1_000_000));
    expect(million).toMatchObject({ messages: 1_000_000, groups: 5000, sqs: { sends: 100_000, deletes: 100_000 } });
    expect(million.dynamodb.write_units / 1_000_000).toBeCloseTo(0.305, 2);
    expect(million.list_price.usd).toBeCloseTo(0.35, 2);
    expect(estimateJob(planFor(1000)).dynamodb.write_units / 1000).toBeCloseTo(0.35, 1);
  });

  test('packed: four times as cheap', () => {
    const packed = estimateJob(planFor(1_000_000, 325));
    expect(packed.messages).toBe(3077);
    expect(packed.message_bytes).toBeLessThan(64 * 1024);
    expect(packed.dynamodb.write_units / 1_000_000).toBeLessThan(0.15);
    expect(packed.list_price.usd).toBeLessThan(0.1);
  });

  test('the smallest and the largest job', () => {
    expect(estimateJob(planFor(1))).toMatchObject({ messages: 1, groups: 1, sqs: { sends: 1 }, s3: { puts: 1 } });
    const largest = estimateJob(planFor(MAX_MOVIES, 5000));
    expect(largest.sqs.sends).toBe(20_000);
    expect(largest.list_price.usd).toBeGreaterThan(5);
    expect(largest.list_price).toMatchObject({ region: 'us-east-1', as_of: 'November 2026' });
  });
});
