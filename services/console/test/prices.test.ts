import { expect, test } from '@jest/globals';
import { AWS_PRICES } from '@movie-load/aws';
import { estimateJob } from '@movie-load/queue';
import { planJob } from '@movie-load/schema';
import { STEPS } from '../src/page/views/flow-steps.ts';
import { listPrices, priceOfPlan } from '../src/prices.ts';

test('each call of SQS and S3 has its list price, and AbortMultipartUpload is free', () => {
  const { usd_per_call, usd_per_write_unit, usd_per_read_unit } = listPrices();
  const pricesOf = (service: string) =>
    Object.entries(usd_per_call).flatMap(([call, usd]) => (call.startsWith(`${service}:`) && usd > 0 ? [usd] : []));
  expect(usd_per_call['sqs:ReceiveMessage']).toBe(AWS_PRICES.sqsFifoRequest);
  expect(new Set(pricesOf('sqs'))).toEqual(new Set([AWS_PRICES.sqsFifoRequest]));
  expect(usd_per_call['s3:UploadPart']).toBe(AWS_PRICES.s3Put);
  expect(new Set(pricesOf('s3'))).toEqual(new Set([AWS_PRICES.s3Put]));
  expect(Object.keys(usd_per_call).filter((call) => usd_per_call[call] === 0)).toEqual(['s3:AbortMultipartUpload']);
  // Every call in the page's drawing has a price, except those that DynamoDB bills by units.
  const drawn = STEPS.flatMap(({ calls }) => calls).filter((call) => !call.startsWith('dynamodb:'));
  expect(drawn.filter((call) => usd_per_call[call] === undefined)).toEqual([]);
  expect([usd_per_write_unit, usd_per_read_unit]).toEqual([AWS_PRICES.dynamodbWriteUnit, AWS_PRICES.dynamodbReadUnit]);
  expect(Object.keys(usd_per_call).filter((name) => name.startsWith('dynamodb'))).toEqual([]);
});

test('a plan costs what the estimate says, line by line', () => {
  const plan = planJob({ nonce: 'p', movies: 1000, movies_per_message: 1, seed: 3, generator: 1 });
  const { sqs, dynamodb, s3, list_price } = estimateJob(plan);
  const view = priceOfPlan(plan);
  expect(view.lines.map(({ count, usd }) => [count, usd])).toEqual([
    [sqs.billed_requests, list_price.sqs_usd],
    [dynamodb.write_units, list_price.dynamodb_usd],
    [s3.puts, list_price.s3_usd],
  ]);
  expect([view.messages, view.usd]).toEqual([1000, list_price.usd]);
  expect(view.lines.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(view.usd, 10);
});
