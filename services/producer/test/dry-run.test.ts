// The output of `--dry-run`: the numbers of the estimate, formatted for people.
import { expect, test } from '@jest/globals';
import { GENERATOR_VERSION } from '@movie-load/movies';
import { estimateJob } from '@movie-load/queue';
import { planJob } from '@movie-load/schema';
import { dryRunText } from '../src/dry-run.ts';

const planOf = (movies: number, movies_per_message = 1) =>
  planJob({ nonce: 'dry', movies, movies_per_message, seed: 7, generator: GENERATOR_VERSION });

test('a dry run of 1,000 movies prints these rows', () => {
  const plan = planOf(1000);
  const { list_price, message_bytes, object_bytes, dynamodb, sqs } = estimateJob(plan);
  expect(dryRunText(plan, false).split('\n')).toEqual([
    'The plan. Nothing was sent; counts are without faults and with full receives.',
    '  movies          1,000, 1 a message, seed 7',
    `  messages        1,000 of about ${message_bytes} bytes`,
    '  message groups  50',
    '  SQS calls       100 sends, 100 receives, 100 deletes',
    `                  billed as ${sqs.billed_requests} requests of 64 KB`,
    `  DynamoDB items  ${dynamodb.items}`,
    `  write units     ${dynamodb.write_units} (and ${dynamodb.read_units} read units for the object)`,
    `  S3              1 PUT requests for an object of about ${Math.round(object_bytes / 1000)} KB`,
    `  AWS list price  $0.00038 (us-east-1, ${list_price.as_of}; SQS $0.00015,`,
    '                  DynamoDB $0.00023, S3 $0.000005; no compute, storage, transfer)',
    '',
  ]);
});

test.each([
  [1_000_000, 325, ['1,000,000, 325 a message', '3,077 of about 48.0 KB', 'object of about 148 MB', '$0.083 (']],
  [1_000_000, 1, ['$0.35 (us-east-1', 'SQS $0.15,', 'DynamoDB $0.20, S3 $0.00012;']],
  [6760, 1, ['object of about 1.0 MB']],
  [509_300, 1, ['DynamoDB $0.10,']],
  [100_000_000, 1, ['10,000,000 sends', 'object of about 14.8 GB', '$34.64 (us-east-1', 'SQS $15.00,', 'S3 $0.0099;']],
])('a dry run of %i movies has units that are easy to read', (movies, perMessage, words) => {
  const text = dryRunText(planOf(movies, perMessage), false);
  for (const word of words) expect(text).toContain(word);
});

test('a dry run for programs is one line with the plan and the whole estimate', () => {
  const plan = planOf(1000);
  const text = dryRunText(plan, true);
  expect(text.endsWith('\n') && !text.slice(0, -1).includes('\n')).toBe(true);
  expect(JSON.parse(text)).toEqual({ plan, ...estimateJob(plan) });
});
