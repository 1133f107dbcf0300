// What the page derives from a run's events: the messages' states, the counts, and the lines of events.
import { describe, expect, test } from '@jest/globals';
import type { RunEvent } from '../src/learn-api.ts';
import { runStateAfter } from '../src/page/learn/run-state.ts';
import { labelsText } from '../src/page/learn/timeline-lines.ts';

const message = (
  second: number,
  kind: string,
  label: string,
  {
    by = null,
    until = null,
    receives = 0,
    queue = 'q.fifo',
    group = label.slice(0, 1),
  }: Partial<{
    by: string | null;
    until: number | null;
    receives: number;
    queue: string;
    group: string;
  }> = {},
): RunEvent => ({
  ...{ event: 'message', second, message_id: `id-${label}`, label, group, queue, kind, by },
  ...{ hidden_until: until, receives },
});
const received = (second: number, label: string, by: string, until: number, receives = 1) =>
  message(second, 'received', label, { by, until, receives });

const states = (events: readonly RunEvent[]) =>
  runStateAfter(events, { calls: false }).queues.map(({ messages }) =>
    messages.map(({ label, state, by }) => [label, state, by]),
  );

const sent = [message(0, 'sent', 'A1'), message(0, 'sent', 'A2'), message(0, 'sent', 'B1')];

describe('the state of messages', () => {
  test('shows that an in-flight message locks the rest of its group, and no other group', () => {
    expect(states([...sent, received(0, 'A1', 'consumer 1', 10)])).toEqual([
      [
        ['A1', 'in_flight', 'consumer 1'],
        ['A2', 'locked', null],
        ['B1', 'waiting', null],
      ],
    ]);
  });

  test('shows a message as visible after its timeout, whether or not SQS has reported it', () => {
    const later: RunEvent = { event: 'note', second: 10, text: 'ten seconds later' };
    expect(states([...sent, received(0, 'A1', 'consumer 1', 10), later])[0]?.slice(0, 2)).toEqual([
      ['A1', 'waiting', null],
      ['A2', 'waiting', null],
    ]);
  });

  test('follows extensions, deletions and moves', () => {
    const taken = [message(0, 'sent', 'A1'), received(0, 'A1', 'c', 10)];
    const extended = message(5, 'extended', 'A1', { by: 'c', until: 15 });
    const late: RunEvent = { event: 'note', second: 12, text: '' };
    expect(states([...taken, extended, late])).toEqual([[['A1', 'in_flight', 'c']]]);
    expect(states([...taken, message(6, 'deleted', 'A1', { by: 'c' })])).toEqual([[['A1', 'deleted', 'c']]]);
    const moved = [message(6, 'moved', 'A1'), message(6, 'arrived', 'A1', { queue: 'dlq.fifo' })];
    expect(states([...taken, ...moved])).toEqual([[['A1', 'moved', null]], [['A1', 'waiting', null]]]);
  });

  test('shows no locks in a standard queue', () => {
    const standard = [message(0, 'sent', 'A1', { queue: 'q' }), message(0, 'sent', 'A2', { queue: 'q' })];
    const held = message(0, 'received', 'A1', { queue: 'q', by: 'you', until: 9, receives: 1 });
    expect(states([...standard, held])[0]?.map(([, state]) => state)).toEqual(['in_flight', 'waiting']);
  });
});

test('messages and calls (not those of the lesson itself) are counted, watched values have their times', () => {
  const call = (operation: string, by = 'consumer 1'): RunEvent => ({
    ...{ event: 'call', second: 1, by, operation, entries: null, failed: null },
  });
  const value = (second: number, n: number): RunEvent => ({ event: 'value', second, name: 'waiting', value: n });
  const { counts, values } = runStateAfter(
    [
      ...sent,
      received(0, 'A1', 'c', 10),
      received(11, 'A1', 'd', 21, 2),
      call('sqs:ReceiveMessage'),
      call('dynamodb:GetItem', 'the lesson'),
      value(1, 5),
      value(2, 7),
    ],
    { calls: false },
  );
  const count = Object.fromEntries(counts.map((one) => [one.name, one.count]));
  expect(count).toMatchObject({ Sent: 3, Received: 2, 'Received again': 1, 'Calls of SQS': 1, 'Calls of DynamoDB': 0 });
  expect(values).toEqual([
    {
      name: 'waiting',
      points: [
        { second: 1, value: 5 },
        { second: 2, value: 7 },
      ],
    },
  ]);
});

describe('the list of events', () => {
  const failed: RunEvent = {
    ...{ event: 'call', second: 3, by: 'consumer 1', operation: 'dynamodb:UpdateItem', entries: null },
    failed: 'TimeoutError',
  };
  const well: RunEvent = {
    ...{ event: 'call', second: 3, by: 'consumer 1', operation: 'sqs:DeleteMessageBatch', entries: 2, failed: null },
  };

  test('combines events of one kind at one moment in one line', () => {
    const { lines } = runStateAfter([...sent, received(1, '0', 'c', 11), received(1, '1', 'c', 11)], { calls: false });
    expect(lines.map(({ text }) => text)).toEqual(['sent A1, A2, B1', 'received 0–1, hidden until 11 s']);
  });

  test('shows failed calls always, and other calls on request', () => {
    const texts = (calls: boolean) => runStateAfter([well, failed], { calls }).lines.map(({ text }) => text);
    expect(texts(false)).toEqual(['dynamodb:UpdateItem: TimeoutError']);
    expect(texts(true)).toEqual(['sqs:DeleteMessageBatch (2)', 'dynamodb:UpdateItem: TimeoutError']);
  });

  test('cuts a long list of labels, and shows consecutive numbers as a range', () => {
    expect(labelsText(['0', '1', '2', '7', '8', 'x'])).toBe('0–2, 7–8, x');
    expect(labelsText(['0', '9', '8', '1'])).toBe('0–1, 8–9');
    expect(labelsText(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e, f … (7 messages)');
  });
});
