// Every refusal of SQS in the form that clients get: shape and status in the JSON protocol, code in the Query protocol.
// They are those of the service's model (`aws.protocols#awsQueryError`) and of answers that were recorded.

import { expect, test } from '@jest/globals';
import { SqsError } from '../src/index.ts';

const OF_SQS = 'com.amazonaws.sqs#';
const OF_CORAL = 'com.amazon.coral.service#';
const PREFIX = 'AWS.SimpleQueueService.';

test.each([
  ['QueueDoesNotExist', `${OF_SQS}QueueDoesNotExist`, `${PREFIX}NonExistentQueue`, 400],
  ['QueueNameExists', `${OF_SQS}QueueNameExists`, 'QueueAlreadyExists', 400],
  ['BatchEntryIdsNotDistinct', `${OF_SQS}BatchEntryIdsNotDistinct`, `${PREFIX}BatchEntryIdsNotDistinct`, 400],
  ['BatchRequestTooLong', `${OF_SQS}BatchRequestTooLong`, `${PREFIX}BatchRequestTooLong`, 400],
  ['EmptyBatchRequest', `${OF_SQS}EmptyBatchRequest`, `${PREFIX}EmptyBatchRequest`, 400],
  ['InvalidBatchEntryId', `${OF_SQS}InvalidBatchEntryId`, `${PREFIX}InvalidBatchEntryId`, 400],
  [
    'TooManyEntriesInBatchRequest',
    `${OF_SQS}TooManyEntriesInBatchRequest`,
    `${PREFIX}TooManyEntriesInBatchRequest`,
    400,
  ],
  ['MessageNotInflight', `${OF_SQS}MessageNotInflight`, `${PREFIX}MessageNotInflight`, 400],
  ['PurgeQueueInProgress', `${OF_SQS}PurgeQueueInProgress`, `${PREFIX}PurgeQueueInProgress`, 403],
  ['UnsupportedOperation', `${OF_SQS}UnsupportedOperation`, `${PREFIX}UnsupportedOperation`, 400],
  ['ReceiptHandleIsInvalid', `${OF_SQS}ReceiptHandleIsInvalid`, 'ReceiptHandleIsInvalid', 404],
  ['InvalidAttributeName', `${OF_SQS}InvalidAttributeName`, 'InvalidAttributeName', 400],
  ['InvalidAttributeValue', `${OF_SQS}InvalidAttributeValue`, 'InvalidAttributeValue', 400],
  ['InvalidMessageContents', `${OF_SQS}InvalidMessageContents`, 'InvalidMessageContents', 400],
  ['InvalidAddress', `${OF_SQS}InvalidAddress`, 'InvalidAddress', 404],
  ['OverLimit', `${OF_SQS}OverLimit`, 'OverLimit', 403],
  ['ResourceNotFoundException', `${OF_SQS}ResourceNotFoundException`, 'ResourceNotFoundException', 404],
  ['InvalidParameterValue', `${OF_CORAL}InvalidParameterValueException`, 'InvalidParameterValue', 400],
  ['MissingParameter', `${OF_CORAL}MissingRequiredParameterException`, 'MissingParameter', 400],
  ['InvalidAction', `${OF_CORAL}UnknownOperationException`, 'InvalidAction', 400],
  ['SerializationException', `${OF_CORAL}SerializationException`, 'MalformedInput', 400],
  ['InternalFailure', `${OF_CORAL}InternalFailure`, 'InternalFailure', 500],
] as const)('the error %s has its shape, its Query code and its status', (name, shape, queryCode, status) => {
  const error = new SqsError(name);
  expect(error).toMatchObject({ name, code: name, shape, queryCode, status, isSenderFault: status < 500 });
  expect(error.shapeName).toBe(shape.split('#')[1]);
  expect(error.message).toMatch(/^[A-Z]/);
  expect(new SqsError(name, 'Why.').message).toBe('Why.');
});
