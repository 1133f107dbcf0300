// SQS's texts for refusals, word by word: clients show them to people, and some programs parse them.

import { describe, expect, test } from '@jest/globals';
import { createTestEngine } from './support/engine.ts';

function refusing() {
  const of = createTestEngine();
  const [standard, fifo] = [of.create('q'), of.create('q.fifo')];
  const refusalOf = (operation: string, input: Readonly<Record<string, unknown>>, QueueUrl = standard): string => {
    try {
      of.engine.call(operation, { QueueUrl, ...input });
      return '';
    } catch (error) {
      return Object(error).message;
    }
  };
  return { ...of, standard, fifo, refusalOf };
}

const INVALID = (parameter: string, value: unknown, reason: string) =>
  `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`;
const sent = (more: object = {}) => ({ MessageBody: 'x', ...more });
const attribute = (value: object, name = 'a') => sent({ MessageAttributes: { [name]: value } });
const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const entries = (...Ids: string[]) => ({ Entries: Ids.map((Id) => ({ Id, MessageBody: 'x' })) });

describe('SQS’s words', () => {
  const FIFO_TYPE = 'The request includes a parameter that is not valid for this queue type.';
  const ids = (name: string) => `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
  const SIGNS =
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF';
  const ENTRY_ID =
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.';
  test.each<[string, string, Readonly<Record<string, unknown>>, string]>([
    ['no body', 'SendMessage', {}, 'The request must contain the parameter MessageBody.'],
    ['a forbidden character in a body', 'SendMessage', { MessageBody: '\0' }, SIGNS],
    [
      'a long body',
      'SendMessage',
      { MessageBody: 'x'.repeat(1_048_577) },
      'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
    ],
    [
      'an id for a standard queue',
      'SendMessage',
      sent({ MessageDeduplicationId: 'd' }),
      INVALID('MessageDeduplicationId', 'd', FIFO_TYPE),
    ],
    [
      'a group with a space',
      'SendMessage',
      sent({ MessageGroupId: 'a b' }),
      INVALID('MessageGroupId', 'a b', ids('MessageGroupId')),
    ],
    [
      'an attribute without a type',
      'SendMessage',
      attribute({ StringValue: 'v' }),
      "Message (user) attribute 'a' must contain a non-empty attribute type.",
    ],
    [
      'an attribute of a wrong type',
      'SendMessage',
      attribute({ DataType: 'Text', StringValue: 'v' }),
      "The type of message (user) attribute 'a' is invalid. You must use only the following supported type prefixes: Binary, Number, String.",
    ],
    [
      'an attribute without a value',
      'SendMessage',
      attribute({ DataType: 'Number' }),
      "Message (user) attribute 'a' must contain a non-empty value of type 'Number'.",
    ],
    [
      'an attribute that is not a number',
      'SendMessage',
      attribute({ DataType: 'Number', StringValue: 'x' }),
      "Can't cast the value of message (user) attribute 'a' to a number.",
    ],
    ['a forbidden character in an attribute', 'SendMessage', attribute(text('\0')), SIGNS],
    [
      'an attribute with AWS’s prefix',
      'SendMessage',
      attribute(text('v'), 'AWS.x'),
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. Additionally, they cannot start or end with '.'.",
    ],
    [
      'an attribute with a space',
      'SendMessage',
      attribute(text('v'), 'a b'),
      'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ',
    ],
    [
      'eleven attributes',
      'SendMessage',
      sent({ MessageAttributes: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`a${at}`, text('v')])) }),
      'Number of message attributes [11] exceeds the allowed maximum [10].',
    ],
    [
      'an attribute with a list',
      'SendMessage',
      attribute({ ...text('v'), StringListValues: ['v'] }),
      'Message attribute list values in SendMessage operation are not supported.',
    ],
    [
      'another system attribute',
      'SendMessage',
      sent({ MessageSystemAttributes: { Other: text('v') } }),
      INVALID('MessageSystemAttributes', 'Other', 'Unknown system attribute.'),
    ],
    ['no entry', 'SendMessageBatch', { Entries: [] }, 'There should be at least one entry in the request.'],
    ['a repeated entry', 'SendMessageBatch', entries('a', 'a'), 'Id a repeated.'],
    ['an entry with a forbidden character', 'SendMessageBatch', entries('a.b'), ENTRY_ID],
    [
      'eleven entries',
      'SendMessageBatch',
      entries(...'abcdefghijk'),
      'Maximum number of entries per request are 10. You have sent 11.',
    ],
    [
      'a large batch',
      'SendMessageBatch',
      { Entries: ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600_000) })) },
      'Batch requests cannot be longer than 1048576 bytes. You have sent 1200000 bytes.',
    ],
    ['an unknown name', 'ReceiveMessage', { AttributeNames: ['Other'] }, 'Unknown Attribute Other.'],
    [
      'a long wait',
      'ReceiveMessage',
      { WaitTimeSeconds: 21 },
      INVALID('WaitTimeSeconds', 21, 'Must be >= 0 and <= 20, if provided.'),
    ],
    [
      'an unknown handle',
      'DeleteMessage',
      { ReceiptHandle: 'x' },
      'The input receipt handle "x" is not a valid receipt handle.',
    ],
    [
      'no visibility',
      'ChangeMessageVisibility',
      { ReceiptHandle: 'x' },
      'The request must contain the parameter VisibilityTimeout.',
    ],
    ['an unknown attribute', 'GetQueueAttributes', { AttributeNames: ['Other'] }, 'Unknown Attribute Other.'],
    ['an unknown attribute to set', 'SetQueueAttributes', { Attributes: { Other: '1' } }, 'Unknown Attribute Other.'],
    [
      'an attribute of FIFO queues',
      'SetQueueAttributes',
      { Attributes: { DeduplicationScope: 'queue' } },
      'You can specify the DeduplicationScope only when FifoQueue is set to true.',
    ],
    [
      'an existing name with other attributes',
      'CreateQueue',
      { QueueName: 'q', Attributes: { DelaySeconds: '1' } },
      'A queue already exists with the same name and a different value for attribute DelaySeconds',
    ],
    ['a missing queue', 'GetQueueUrl', { QueueName: 'none' }, 'The specified queue does not exist.'],
    ['no operation', 'Nothing', {}, 'The action Nothing is not valid for this endpoint.'],
    [
      'a missing source',
      'StartMessageMoveTask',
      { SourceArn: 'arn:aws:sqs:us-east-1:000000000000:none' },
      "The resource that you specified for the SourceArn parameter doesn't exist.",
    ],
    [
      'a source that is not a dead-letter queue',
      'StartMessageMoveTask',
      { SourceArn: 'arn:aws:sqs:us-east-1:000000000000:q' },
      'Source queue must be configured as a Dead Letter Queue.',
    ],
    ['an unknown task', 'CancelMessageMoveTask', { TaskHandle: 'x' }, 'Value for parameter TaskHandle is invalid.'],
  ])('are used to refuse %s', (_, operation, input, message) => {
    expect(refusing().refusalOf(operation, input)).toBe(message);
  });

  test.each<[string, object, string]>([
    ['no group', { MessageDeduplicationId: 'd' }, 'The request must contain the parameter MessageGroupId.'],
    [
      'no id',
      { MessageGroupId: 'g' },
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    ],
    [
      'a delay of a single message',
      { MessageGroupId: 'g', MessageDeduplicationId: 'd', DelaySeconds: 1 },
      INVALID('DelaySeconds', 1, 'The request include parameter that is not valid for this queue type.'),
    ],
  ])('are used by a FIFO queue to refuse %s', (_, more, message) => {
    const { refusalOf, fifo } = refusing();
    expect(refusalOf('SendMessage', sent(more), fifo)).toBe(message);
  });
});

test('SQS’s words are used for a deleted message, one in flight for twelve hours, and an early purge', () => {
  const { engine, refusalOf, send, receive, standard, pass } = refusing();
  const change = (ReceiptHandle: string | undefined, VisibilityTimeout = 1) =>
    refusalOf('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout });
  send(standard, 'x', 'g');
  const handle = receive(standard, { VisibilityTimeout: 100 })[0]?.ReceiptHandle;
  pass(1);
  expect(change(handle, 43_200)).toBe(
    INVALID('VisibilityTimeout', 43_200, 'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]'),
  );
  engine.call('DeleteMessage', { QueueUrl: standard, ReceiptHandle: handle });
  expect(change(handle)).toBe(
    INVALID('ReceiptHandle', handle, 'Message does not exist or is not available for visibility timeout change.'),
  );
  engine.call('PurgeQueue', { QueueUrl: standard });
  expect(refusalOf('PurgeQueue', {})).toBe('Only one PurgeQueue operation on q is allowed every 60 seconds.');
});

test('SQS’s words are used for an invalid queue attribute', () => {
  const { refusalOf, fifo } = refusing();
  const set = (Attributes: object, of?: string) => refusalOf('SetQueueAttributes', { Attributes }, of);
  expect(set({ DelaySeconds: '901' })).toBe('Invalid value for the parameter DelaySeconds.');
  expect(set({ FifoThroughputLimit: 'perMessageGroupId' }, fifo)).toBe(
    'The perMessageGroupId value for FifoThroughputLimit is allowed only when the value for DeduplicationScope is messageGroup.',
  );
  expect(set({ KmsMasterKeyId: 'k', SqsManagedSseEnabled: 'true' })).toBe(
    'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
  );
  expect(set({ FifoQueue: 'false' }, fifo)).toBe(
    'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
  );
  expect(set({ FifoQueue: 'true' })).toBe('Unknown Attribute FifoQueue.');
  expect(refusalOf('SetQueueAttributes', {})).toBe('The request must contain the parameter Attributes.');
});

describe('an invalid redrive policy', () => {
  const policy = (of: object | string) => {
    const RedrivePolicy = typeof of === 'string' ? of : JSON.stringify(of);
    return { RedrivePolicy, refusalOf: refusing().refusalOf('SetQueueAttributes', { Attributes: { RedrivePolicy } }) };
  };
  const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const to = (name: string, maxReceiveCount: unknown = 1) => ({ deadLetterTargetArn: arn(name), maxReceiveCount });

  test.each<[object | string, string]>([
    [{ maxReceiveCount: 1 }, 'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.'],
    [{ deadLetterTargetArn: arn('q') }, 'Redrive policy does not contain mandatory attribute: maxReceiveCount.'],
    [{ deadLetterTargetArn: 'q', maxReceiveCount: 1 }, 'Invalid value for deadLetterTargetArn.'],
    [to('q', 0), 'Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.'],
    [to('none'), 'Dead letter target does not exist.'],
    [to('q.fifo'), 'Dead-letter queue must be same type of queue as the source.'],
  ])('%j is refused with the reason: %s', (given, reason) => {
    const { refusalOf, RedrivePolicy } = policy(given);
    expect(refusalOf).toContain(`for parameter RedrivePolicy is invalid. Reason: ${reason}`);
    expect(refusalOf).toContain(RedrivePolicy.slice(0, 10));
  });
});
