// The requests for the learner's own queue and their limits, the responses, and the clock of the embedded AWS.
import { expect, test } from '@jest/globals';
import { clockSchema, labQueueRequestSchema, labQueueResponseSchema, MAX_FORWARD_MS } from '../src/lab/index.ts';

const requests = {
  create: { action: 'create', queue: 'lab', visibility: 30 },
  status: { action: 'status', queue: 'lab' },
  remove: { action: 'remove', queue: 'lab' },
  send: { action: 'send', queue: 'lab', body: 'hello', group: 'a', deduplication_id: 'once' },
  receive: { action: 'receive', queue: 'lab', max: 1, wait: 0 },
  extend: { action: 'extend', queue: 'lab', receipt_handle: 'h', visibility: 30 },
  release: { action: 'release', queue: 'lab', receipt_handle: 'h' },
  delete: { action: 'delete', queue: 'lab', receipt_handle: 'h' },
};
const takes = (request: object, field: string, ...values: readonly unknown[]) =>
  values.map((value) => labQueueRequestSchema.safeParse({ ...request, [field]: value }).success);

test.each(Object.entries(requests))(
  'a %s request is accepted for a FIFO and a standard queue, and refused with a wrong name or a further field',
  (_, request) => {
    expect(labQueueRequestSchema.parse(request)).toEqual(request);
    expect(takes(request, 'queue', 'lab.fifo', 'x'.repeat(75), `${'x'.repeat(75)}.fifo`)).toEqual([true, true, true]);
    expect(takes(request, 'queue', '', 'x'.repeat(76), 'a b', 'a.b', 'lab.fifo.fifo', 'ä')).toEqual(
      Array(6).fill(false),
    );
    expect(takes(request, 'other', 1)).toEqual([false]);
    expect(takes(request, 'action', 'purge')).toEqual([false]);
  },
);

test('a visibility timeout is from 0 s to twelve hours, and an extension is at least 1 s', () => {
  const visibilities = [-1, 0, 1, 43_200, 43_201, 1.5];
  for (const request of [requests.create, requests.receive])
    expect(takes(request, 'visibility', ...visibilities)).toEqual([false, true, true, true, false, false]);
  expect(takes(requests.extend, 'visibility', ...visibilities)).toEqual([false, false, true, true, false, false]);
});

test('a receive requests one to ten messages, and waits for 20 seconds at most', () => {
  expect(takes(requests.receive, 'max', 0, 1, 10, 11)).toEqual([false, true, true, false]);
  expect(takes(requests.receive, 'wait', -1, 0, 20, 21)).toEqual([false, true, true, false]);
});

test('a message has a body of up to 2,000 characters, a group and an id', () => {
  expect(takes(requests.send, 'body', '', 'x', 'x'.repeat(2000), 'x'.repeat(2001))).toEqual([false, true, true, false]);
  for (const field of ['group', 'deduplication_id']) {
    expect(takes(requests.send, field, '!', '~'.repeat(128))).toEqual([true, true]);
    expect(takes(requests.send, field, '', 'a b', 'ä', 'x'.repeat(129), undefined)).toEqual(Array(5).fill(false));
  }
});

test('an action on a receipt handle is refused without one', () => {
  for (const request of [requests.extend, requests.release, requests.delete])
    expect(takes(request, 'receipt_handle', '', 'h', 'h'.repeat(1024), 'h'.repeat(1025), undefined)).toEqual([
      ...[false, true, true, false, false],
    ]);
});

test('a response is read with the result of its action, or with the reason of SQS’s refusal', () => {
  const answer = { aws_cli: 'aws sqs …', refused: null };
  const message = { message_id: 'm', group: null, receives: 1, body: 'hello', receipt_handle: 'h' };
  for (const more of [
    {},
    { refused: 'ReceiptHandleIsInvalid' },
    { created: { queue_url: 'http://127.0.0.1:4566/0/lab' } },
    { messages: [message, { ...message, group: 'g' }] },
    { status: { waiting: 1, in_flight: 2, delayed: 3 } },
    { sent: { message_id: 'm', sequence_number: null } },
  ])
    expect(labQueueResponseSchema.parse({ ...answer, ...more })).toEqual({ ...answer, ...more });
});

test('the limit of the clock is 60 days ahead, and its time is an ISO date', () => {
  expect(MAX_FORWARD_MS / (24 * 60 * 60 * 1000)).toBe(60);
  expect(clockSchema.safeParse({ now: '2026-11-25T00:00:00.000Z', offset_ms: 0 }).success).toBe(true);
  expect(clockSchema.safeParse({ now: 'now', offset_ms: 0 }).success).toBe(false);
});
