import { describe, expect, test } from '@jest/globals';
import { estimateJob } from '@movie-load/queue';
import { type JobPlan, planJob } from '@movie-load/schema';
import { jobUsage, usageText } from '../src/index.ts';

const planOf = (movies: number, movies_per_message = 1) =>
  planJob({ nonce: 'used', movies, movies_per_message, seed: 3, generator: 1 });

/** The counts of a job stored without a failure, in full batches. */
function asPlanned(plan: JobPlan) {
  const { messages, sqs } = estimateJob(plan);
  return { messages, deliveries: messages, batches: sqs.receives };
}

describe('what a job used', () => {
  test.each([
    ['single', planOf(1000)],
    ['packed, in parts', planOf(1_000_000, 325)],
  ])('equals the estimate when nothing failed and all batches were full: %s', (_, plan) => {
    const { sqs, dynamodb, s3, list_price } = estimateJob(plan);
    const used = jobUsage(plan, true, asPlanned(plan));
    expect(used).toMatchObject({
      sqs_requests: sqs.sends + sqs.receives + sqs.deletes,
      write_units: dynamodb.write_units,
      read_units: dynamodb.read_units,
      s3_requests: s3.puts,
    });
    expect(used.usd).toBeCloseTo(list_price.usd, 10);
  });

  test('exceeds the estimate when messages were delivered again or stored in small batches', () => {
    const plan = planOf(1000);
    const stored = asPlanned(plan);
    const planned = jobUsage(plan, true, stored);
    const again = jobUsage(plan, true, { ...stored, deliveries: 3 * stored.deliveries });
    expect(again.sqs_requests - planned.sqs_requests).toBe(2 * stored.batches);
    expect(again.write_units).toBe(planned.write_units);
    expect(again.usd).toBeGreaterThan(planned.usd);
    const small = jobUsage(plan, true, { ...stored, batches: 2 * stored.batches });
    expect(small.write_units - planned.write_units).toBe(2 * stored.batches);
    expect(small.dynamodb_requests - planned.dynamodb_requests).toBe(2 * stored.batches);
    expect(small.usd).toBeGreaterThan(planned.usd);
    // Fewer batches than were planned: no slice was saved.
    const few = jobUsage(plan, true, { ...stored, batches: stored.batches - 20 });
    expect(few.write_units).toBe(planned.write_units);
    // Each small batch needs its own receive and delete.
    expect(small.sqs_requests - planned.sqs_requests).toBe(2 * stored.batches);
  });

  test('grows with the stored movies; an object of one part counts once it is complete', () => {
    const plan = planOf(1000);
    const half = jobUsage(plan, false, { messages: 500, deliveries: 500, batches: 50 });
    expect(half).toMatchObject({ sqs_requests: 150, s3_requests: 0, read_units: 0 });
    expect(half.write_units * 2).toBeCloseTo(jobUsage(plan, true, asPlanned(plan)).write_units, -1);
    // For 500 messages: 50 batches twice, half of 50 groups twice, and the creation of the job, which is completed at
    // the end.
    expect(half.dynamodb_requests).toBe(2 * 50 + 50 + 1);
    expect(jobUsage(plan, true, asPlanned(plan)).dynamodb_requests).toBe(2 * 100 + 2 * 50 + 2);
    const none = jobUsage(plan, false, { messages: 0, deliveries: 0, batches: 0 });
    expect(none).toMatchObject({ sqs_requests: 0, write_units: 0, usd: 0 });
  });

  test('grows part by part for an object of several parts', () => {
    const plan = planOf(1_000_000, 325);
    const { messages, deliveries, batches } = asPlanned(plan);
    const whole = jobUsage(plan, true, asPlanned(plan));
    const quarter = { messages: messages / 4, deliveries: deliveries / 4, batches: batches / 4 };
    const part = jobUsage(plan, false, quarter);
    for (const name of ['read_units', 's3_requests', 'write_units'] as const)
      expect([name, part[name]]).toEqual([name, expect.closeTo(whole[name] / 4, -1)]);
    expect(part.s3_requests).toBe(Math.round(whole.s3_requests / 4));
    // Two per batch, two per group, two for each of the 16 parts; one to create and one to complete the job.
    const { groups } = estimateJob(plan);
    expect(whole.dynamodb_requests).toBe(2 * batches + 2 * groups + 2 * 16 + 2);
    // Nothing failed, so that the price of a quarter is a quarter of the estimated price.
    const { sqs_usd, dynamodb_usd, s3_usd } = estimateJob(plan).list_price;
    expect(part.usd).toBeCloseTo((sqs_usd + dynamodb_usd + s3_usd) / 4, 4);
  });

  test.each([
    [0.000_38, '$0.00038 ('],
    [0.009_94, '$0.0099 ('],
    [0.083_2, '$0.08 ('],
    [34.6351, '$34.64 ('],
  ])('has the price %d in a readable form', (usd, text) => {
    expect(usageText({ ...jobUsage(planOf(1000), true, asPlanned(planOf(1000))), usd })).toContain(text);
  });

  test('has one line for people, which names what it leaves out', () => {
    const text = usageText(jobUsage(planOf(1000), true, asPlanned(planOf(1000))));
    expect(text).toMatch(
      /^about 6\d\d AWS calls, 3\d\d write units, \d+ read units: \$0\.000\d+ \(list price in us-east-1/,
    );
    expect(text).toContain('without repeated calls, empty receives and heartbeats');
  });
});
