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

  test('packed: less than 0.15 write units a movie, and less than $0.10 a million', () => {
    const packed = estimateJob(planFor(1_000_000, 325));
    expect(packed.messages).toBe(3077);
    expect(packed.message_bytes).toBeLessThan(64 * 1024);
    expect(packed.dynamodb.write_units / 1_000_000).toBeLessThan(0.15);
    expect(packed.list_price.usd).toBeLessThan(0.1);
  });

  test('the smallest job has one of everything; the largest has 20,000 sends and the prices’ region and date', () => {
    expect(estimateJob(planFor(1))).toMatchObject({ messages: 1, groups: 1, sqs: { sends: 1 }, s3: { puts: 1 } });
    const largest = estimateJob(planFor(MAX_MOVIES, 5000));
    expect(largest.sqs.sends).toBe(20_000);
    expect(largest.list_price.usd).toBeGreaterThan(5);
    expect(largest.list_price).toMatchObject({ region: 'us-east-1', as_of: 'November 2026' });
  });

  // The arithmetic, number by number: one message, one that is not full, a last message that is not full, a job just
  // over one write of its object, packed messages, messages of which nine are a batch, more than a thousand parts,
  // and messages of which a batch holds only one.
  test.each([
    [1, 1, [1, 1, 385, 141, 1, 3, 3, 7, 1, 1]],
    [10, 325, [1, 1, 1727, 1490, 1, 3, 3, 8, 1, 1]],
    [25, 1, [25, 3, 396, 3728, 3, 9, 7, 15, 3, 1]],
    [1003, 2, [502, 51, 546, 148342, 51, 153, 103, 257, 51, 1]],
    [40_000, 1, [40000, 200, 405, 5915920, 4000, 12000, 4201, 12204, 1800, 1]],
    [60_000, 325, [185, 62, 47996, 8873880, 62, 1054, 127, 7534, 1850, 5]],
    [1_000_000, 325, [3077, 62, 48001, 147898000, 308, 5236, 387, 122565, 30585, 19]],
    [1_000_000, 702, [1425, 48, 103381, 147898000, 190, 5890, 398, 122542, 30543, 19]],
    [100_000_000, 325, [307693, 1539, 48008, 14789800000, 30770, 523090, 32317, 12249274, 3053853, 1543]],
    [1_000_000, 5000, [200, 50, 734747, 147898000, 200, 5000, 468, 122690, 30550, 20]],
  ])('of %d movies, %d a message, is exact', (movies, perMessage, expected) => {
    const { messages, groups, message_bytes, object_bytes, sqs, dynamodb, s3, list_price } = estimateJob(
      planFor(movies, perMessage),
    );
    expect([sqs.receives, sqs.deletes]).toEqual([sqs.sends, sqs.sends]);
    expect([
      ...[messages, groups, message_bytes, object_bytes, sqs.sends, sqs.billed_requests],
      ...[dynamodb.items, dynamodb.write_units, dynamodb.read_units, s3.puts],
    ]).toEqual(expected);
    // $0.50 a million requests of SQS, $0.625 and $0.125 a million units, $5 a million writes to S3.
    expect(list_price.sqs_usd).toBeCloseTo(sqs.billed_requests * 5e-7, 12);
    expect(list_price.dynamodb_usd).toBeCloseTo(dynamodb.write_units * 6.25e-7 + dynamodb.read_units * 1.25e-7, 12);
    expect(list_price.s3_usd).toBeCloseTo(s3.puts * 5e-6, 12);
    expect(list_price.usd).toBeCloseTo(list_price.sqs_usd + list_price.dynamodb_usd + list_price.s3_usd, 12);
  });
});
