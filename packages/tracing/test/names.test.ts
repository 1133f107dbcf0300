// Names of attributes, as OpenTelemetry's conventions have them.
import { expect, it } from '@jest/globals';
import { ATTRIBUTE, messagingAttributes } from '@movie-load/tracing';
import { callAttributes } from '../src/names.ts';

it('of messages: the queue, what is done with them, and how many there are', () => {
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

it('of calls: the service and its operation, and of a table that it is a database', () => {
  const rpc = (method: string) => ({ 'rpc.system.name': 'aws-api', 'rpc.method': method });
  expect(callAttributes('sqs:SendMessageBatch')).toEqual(rpc('sqs/SendMessageBatch'));
  expect(callAttributes('s3:PutObject')).toEqual(rpc('s3/PutObject'));
  expect(callAttributes('dynamodb:UpdateItem')).toEqual({
    ...rpc('dynamodb/UpdateItem'),
    'db.system.name': 'aws.dynamodb',
    'db.operation.name': 'UpdateItem',
  });
});

it('of our own are below movie_load, each its own', () => {
  const names = Object.values(ATTRIBUTE);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^movie_load\.[a-z.]+$/.test(name))).toEqual([]);
});
