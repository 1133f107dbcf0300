import { expect, test } from '@jest/globals';
import { awsCliLine, sqsArguments } from '../src/aws-cli.ts';
import type { LabQueueRequest } from '../src/lab/index.ts';

const URL = 'http://127.0.0.1:4566/000000000000/lab';
const handle = { receipt_handle: 'AQEB+/=' };
const send = { action: 'send', body: 'hello', group: 'a', deduplication_id: 'once' } as const;

test.each<[LabQueueRequest, string]>([
  [
    { action: 'create', queue: 'lab', visibility: 30 },
    'create-queue --queue-name lab --attributes VisibilityTimeout=30',
  ],
  [
    { action: 'create', queue: 'lab.fifo', visibility: 0 },
    'create-queue --queue-name lab.fifo --attributes VisibilityTimeout=0,FifoQueue=true',
  ],
  [
    { action: 'status', queue: 'lab' },
    `get-queue-attributes --queue-url ${URL} --attribute-names ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible ApproximateNumberOfMessagesDelayed`,
  ],
  [{ action: 'remove', queue: 'lab' }, `delete-queue --queue-url ${URL}`],
  [
    { action: 'create', queue: 'fifo-lab', visibility: 1 },
    'create-queue --queue-name fifo-lab --attributes VisibilityTimeout=1',
  ],
  [{ ...send, queue: 'lab' }, `send-message --queue-url ${URL} --message-body hello`],
  [
    { ...send, queue: 'lab.fifo' },
    `send-message --queue-url ${URL} --message-body hello --message-group-id a --message-deduplication-id once`,
  ],
  [
    { action: 'receive', queue: 'lab', max: 7, wait: 3 },
    `receive-message --queue-url ${URL} --max-number-of-messages 7 --wait-time-seconds 3 --attribute-names All`,
  ],
  [
    { action: 'receive', queue: 'lab', max: 1, wait: 0, visibility: 0 },
    `receive-message --queue-url ${URL} --max-number-of-messages 1 --wait-time-seconds 0 --visibility-timeout 0 --attribute-names All`,
  ],
  [
    { action: 'extend', queue: 'lab', visibility: 60, ...handle },
    `change-message-visibility --queue-url ${URL} --receipt-handle AQEB+/= --visibility-timeout 60`,
  ],
  [
    { action: 'release', queue: 'lab', ...handle },
    `change-message-visibility --queue-url ${URL} --receipt-handle AQEB+/= --visibility-timeout 0`,
  ],
  [{ action: 'delete', queue: 'lab', ...handle }, `delete-message --queue-url ${URL} --receipt-handle AQEB+/=`],
])('the request %j becomes a line of the AWS CLI', (request, line) => {
  expect(awsCliLine(undefined, sqsArguments(request, URL))).toBe(`aws sqs ${line}`);
});

test.each([
  ['hello', 'hello'],
  ['two words', "'two words'"],
  ["it's o'clock", "'it'\\''s o'\\''clock'"],
  ['$HOME;rm', "'$HOME;rm'"],
  ['', "''"],
])('the argument %j is quoted as one shell word; the option of the endpoint comes first', (body, word) => {
  expect(awsCliLine('http://127.0.0.1:4566', ['send-message', '--message-body', body])).toBe(
    `aws --endpoint-url http://127.0.0.1:4566 sqs send-message --message-body ${word}`,
  );
});
