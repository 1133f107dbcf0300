// Histories: how they make room, are found and are heard. Fault rules: extreme probabilities, and which of two strikes.

import { expect, test } from '@jest/globals';
import { FaultRules, MessageHistories } from '../../src/index.ts';
import { callerName } from '../../src/lab/history.ts';
import { createTestEngine } from '../support/engine.ts';

test('a removed message history makes room for as many events as it had', () => {
  const histories = new MessageHistories(6);
  const { create, send, receive } = createTestEngine({ onEvent: (event) => histories.add(event, 'app/tester') });
  const url = create('q.fifo');
  const ids = () => histories.find({}).map((one) => one.deduplication_id);
  send(url, 'x', 'g', 'a');
  for (const _ of [1, 2, 3]) receive(url, { VisibilityTimeout: 0 });
  for (const id of ['b', 'c']) send(url, 'x', id, id);
  expect([ids(), histories.forgotten]).toEqual([['a', 'b', 'c'], 0]);
  // One event too many: the first message is removed with its four events, which makes room for three more.
  for (const id of ['d', 'e', 'f', 'g']) send(url, 'x', id, id);
  expect([ids(), histories.forgotten]).toEqual([['b', 'c', 'd', 'e', 'f', 'g'], 1]);
});

test('a history is found by its message’s id and by its group, and only if both match when both are given', () => {
  const histories = new MessageHistories();
  const { create, send } = createTestEngine({ onEvent: (event) => histories.add(event, undefined) });
  const url = create('q.fifo');
  const { MessageId } = send(url, 'x', 'g', 'one');
  send(url, 'x', 'h', 'two');
  const findIds = (query: object) => histories.find(query).map((one) => one.deduplication_id);
  expect(findIds({ messageId: MessageId })).toEqual(['one']);
  expect(findIds({ group: 'h' })).toEqual(['two']);
  expect(findIds({ group: 'h', messageId: MessageId })).toEqual([]);
  expect(findIds({ max: 1 })).toEqual(['one']);
});

test('an event of a call without a user agent has no caller', () => {
  const histories = new MessageHistories();
  const { create, send } = createTestEngine({ onEvent: (event) => histories.add(event, undefined) });
  send(create('q.fifo'), 'x', 'g');
  expect(histories.find({})[0]?.events).toMatchObject([{ by: null }]);
});

test.each([
  ['aws-sdk-js/3.1175.0 ua/2.1 os/linux#6 lang/js md/nodejs#24 api/sqs#3.1175.0 app/consumer-2', 'consumer-2'],
  ['aws-cli/2.31.2 md/awscrt#0.27 exec-env/x', 'aws-cli/2.31.2'],
  ['Boto3/1.40 md/Botocore#1.40', 'Boto3/1.40'],
  ['', 'unknown'],
])('the caller with the user agent %j is %s', (userAgent, name) => {
  expect(callerName(userAgent)).toBe(name);
});

test('a query without a limit returns 100 messages, the oldest first', () => {
  const histories = new MessageHistories();
  const { create, send } = createTestEngine({ onEvent: (event) => histories.add(event, undefined) });
  const url = create('q.fifo');
  for (let at = 0; at < 101; at += 1) send(url, 'x', 'g', String(at));
  const findIds = (query: object = {}) => histories.find(query).map((one) => one.deduplication_id);
  expect(findIds()).toEqual(Array.from({ length: 100 }, (_, at) => String(at)));
  expect(findIds({ max: 1000 })).toHaveLength(101);
  expect(findIds({ max: 2 })).toEqual(['0', '1']);
});

test('a message of a standard queue has no group and no deduplication id in its history', () => {
  const histories = new MessageHistories();
  const { engine, create } = createTestEngine({ onEvent: (event) => histories.add(event, 'app/tester') });
  const { MessageId } = engine.call('SendMessage', { QueueUrl: create('q'), MessageBody: 'x' });
  const event = { kind: 'sent', at: engine.now(), queue: 'q', by: 'tester', until: null, receives: 0 };
  expect(histories.find({})).toEqual([
    { message_id: MessageId, group: null, deduplication_id: null, events: [event], events_left_out: 0 },
  ]);
});

test('every listener gets each event with its message', () => {
  const histories = new MessageHistories();
  const heard: unknown[] = [];
  for (const name of ['one', 'other']) {
    histories.onEvent(({ kind, queue }, message) => heard.push([name, kind, queue, message.body]));
  }
  const { create, send } = createTestEngine({ onEvent: (event) => histories.add(event, undefined) });
  send(create('q'), 'x', 'g');
  expect(heard).toEqual(['one', 'other'].map((name) => [name, 'sent', 'q', 'x']));
});

test('a fault rule’s probability must be over 0, because with 0 the rule would never strike', () => {
  const rule = (probability: number) => ({ operation: 's3:*', fault: 'reset', probability });
  const faults = new FaultRules(() => 0);
  expect(() => faults.add(rule(0))).toThrow('"probability" must be over 0');
  faults.add(rule(0.000_001));
  expect(faults.before('s3:GetObject')).toBe('reset');
  const never = new FaultRules(() => 0.999_999);
  never.add(rule(1));
  expect(never.before('s3:GetObject')).toBe('reset');
});

test('the first matching fault rule strikes until it is used up, and only this rule counts the strike', () => {
  const faults = new FaultRules();
  const [first] = faults.add({ operation: 's3:Get*', fault: 'error', code: 'First', times: 2 });
  faults.add({ operation: 's3:*', fault: 'error', code: 'Second' });
  const codes = (count: number) => Array.from({ length: count }, () => Object(faults.before('s3:GetObject')).code);
  const struck = () => faults.list().map((rule) => rule.struck);
  expect([codes(2), struck()]).toEqual([
    ['First', 'First'],
    [2, 0],
  ]);
  expect([codes(1), struck()]).toEqual([['Second'], [2, 1]]);
  expect([faults.clear(first?.id), faults.clear(first?.id), faults.clear()]).toEqual([1, 0, 1]);
  expect(faults.add({ operation: 's3:*', fault: 'reset' })).toMatchObject([{ id: 3 }]);
});
