// Every refusal of DynamoDB in the form that clients get: namespace, status, and the spelling of the message member.

import { expect, test } from '@jest/globals';
import { DynamoDbError } from '../../src/index.ts';

test.each([
  ['ValidationException', 'com.amazon.coral.validate', 400, 'message'],
  ['SerializationException', 'com.amazon.coral.service', 400, 'Message'],
  ['UnknownOperationException', 'com.amazon.coral.service', 400, 'message'],
  ['AccessDeniedException', 'com.amazon.coral.service', 400, 'Message'],
  ['ThrottlingException', 'com.amazon.coral.availability', 400, 'message'],
  ['InternalServerError', 'com.amazonaws.dynamodb.v20120810', 500, 'message'],
  ['ResourceNotFoundException', 'com.amazonaws.dynamodb.v20120810', 400, 'message'],
  ['ResourceInUseException', 'com.amazonaws.dynamodb.v20120810', 400, 'message'],
  ['TableNotFoundException', 'com.amazonaws.dynamodb.v20120810', 400, 'message'],
  ['LimitExceededException', 'com.amazonaws.dynamodb.v20120810', 400, 'message'],
  ['ConditionalCheckFailedException', 'com.amazonaws.dynamodb.v20120810', 400, 'message'],
  ['TransactionCanceledException', 'com.amazonaws.dynamodb.v20120810', 400, 'Message'],
  ['TransactionConflictException', 'com.amazonaws.dynamodb.v20120810', 400, 'message'],
  ['IdempotentParameterMismatchException', 'com.amazonaws.dynamodb.v20120810', 400, 'message'],
  ['ItemCollectionSizeLimitExceededException', 'com.amazonaws.dynamodb.v20120810', 400, 'message'],
  ['ProvisionedThroughputExceededException', 'com.amazonaws.dynamodb.v20120810', 400, 'message'],
] as const)('%s has the namespace %s, the status %d and its text in “%s”', (code, namespace, status, member) => {
  const error = new DynamoDbError(code, 'Why.', { Item: {} });
  expect([error.code, error.status]).toEqual([code, status]);
  expect(error.body()).toEqual({ __type: `${namespace}#${code}`, [member]: 'Why.', Item: {} });
});
