// The legal requests from which the fuzz makes hostile ones.

import { expect, test } from '@jest/globals';
import { DYNAMODB_OPERATIONS } from '../src/dynamodb/engine.ts';
import { S3_OPERATIONS } from '../src/s3/engine.ts';
import { SQS_OPERATIONS } from '../src/sqs/engine.ts';
import { OPERATIONS } from './fuzz/operations.ts';

test.each([
  ['sqs', SQS_OPERATIONS],
  ['sqs-query', SQS_OPERATIONS],
  ['dynamodb', DYNAMODB_OPERATIONS],
  ['s3', S3_OPERATIONS],
])('the fuzz has a legal request for each operation of %s', (service, operations) => {
  const requests = OPERATIONS.map((legalFor) => legalFor({ queue: 'q', table: 't', bucket: 'b' }));
  const covered = requests.filter((request) => request.service === service).map(({ operation }) => operation);
  expect(operations.filter((operation) => !covered.includes(operation))).toEqual([]);
});
