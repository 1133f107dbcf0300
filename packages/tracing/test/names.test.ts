// Names of attributes by OpenTelemetry's conventions.
import { expect, it } from '@jest/globals';
import { ATTRIBUTE, messagingAttributes } from '@movie-load/tracing';
import { callAttributes } from '../src/names.ts';

it('attributes of messages have the queue, the operation and the number of messages', () => {
  for (const operation of ['send', 'process'] as const) {
    expect(messagingAttributes('movie-load.fifo', operation, 7)).toEqual({
      'messaging.system': 'aws_sqs',
      'messaging.destination.name': 'movie-load.fifo',
      'messaging.operation.name': operation,
      'messaging.operation.type': operation,
      'messaging.batch.message_count': 7,
    });
  }
});

it('attributes of calls have the service and its operation; those of DynamoDB have the database too', () => {
  const rpc = (method: string) => ({ 'rpc.system.name': 'aws-api', 'rpc.method': method });
  expect(callAttributes('sqs:SendMessageBatch')).toEqual(rpc('sqs/SendMessageBatch'));
  expect(callAttributes('s3:PutObject')).toEqual(rpc('s3/PutObject'));
  expect(callAttributes('dynamodb:UpdateItem')).toEqual({
    ...rpc('dynamodb/UpdateItem'),
    'db.system.name': 'aws.dynamodb',
    'db.operation.name': 'UpdateItem',
  });
});

it('our own attributes have distinct names that begin with movie_load', () => {
  const names = Object.values(ATTRIBUTE);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^movie_load\.[a-z.]+$/.test(name))).toEqual([]);
});
