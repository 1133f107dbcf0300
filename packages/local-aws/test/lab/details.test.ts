// The lab's rules, clock and histories without HTTP: their limits and combinations.

import { describe, expect, test } from '@jest/globals';
import { FaultRules, MessageHistories } from '../../src/index.ts';
import { LabClock } from '../../src/lab/clock.ts';
import { isBatchOperation, nearestOperation } from '../../src/lab/operation-names.ts';
import { createTestEngine } from '../support/engine.ts';

describe('fault rules', () => {
  const reset = { operation: 's3:*', fault: 'reset' };

  test('delay a call by the sum of all matching delays', () => {
    const faults = new FaultRules();
    faults.add([20, 300].map((delay_ms) => ({ operation: 's3:Get*', delay_ms })));
    expect([faults.delayMs('s3:GetObject'), faults.delayMs('s3:PutObject')]).toEqual([320, 0]);
  });

  test('either delay a call or fail it, and accept only the members that belong to that', () => {
    const add = (rule: object) => () => new FaultRules().add({ operation: '*', ...rule });
    for (const fault of ['error', 'throttle', 'reset', 'unprocessed', 'refuse_entries']) {
      expect(add({ fault })).not.toThrow();
      expect(add({ fault, delay_ms: 1 })).toThrow('are two rules');
      const belongs = (member: object, ...faults: string[]) => {
        const adding = expect(add({ fault, ...member }));
        if (faults.includes(fault)) adding.not.toThrow();
        else adding.toThrow(`belongs to the fault ${faults.join(' or ')}`);
      };
      belongs({ when: 'after' }, 'error', 'reset');
      belongs({ status: 500 }, 'error');
      belongs({ code: 'Code' }, 'error');
      belongs({ entries: 2 }, 'unprocessed', 'refuse_entries');
    }
    expect(add({ delay_ms: 0 })).toThrow('"delay_ms" must be a whole number from 1 to 60000, not 0');
    expect(add({ delay_ms: 1, when: 'after' })).toThrow('belongs to the fault');
    expect(add({})).toThrow('neither "delay_ms" nor "fault"');
  });

  test('have no members of other names', () => {
    for (const name of ['timesX', 'Times', 'time', 'delay', 'operations', 'when ', 'toString']) {
      const rule = { ...reset, [name]: 1 };
      expect(() => new FaultRules().add(rule)).toThrow(`"${name}" is not a member of a rule`);
    }
  });

  test('are limited to 100 in all', () => {
    const faults = new FaultRules();
    for (let rule = 0; rule < 100; rule += 1) faults.add(reset);
    expect(() => faults.add(reset)).toThrow('There is room for 0 more fault rules');
  });

  test('accept the largest allowed values and nothing beyond', () => {
    const faults = new FaultRules();
    const all = { operation: '*', fault: 'refuse_entries', entries: 25, times: 1_000_000, probability: 1 };
    const others = [
      { operation: '*', delay_ms: 60_000 },
      { operation: '*', fault: 'error', status: 599, code: 'x'.repeat(80) },
    ];
    expect(faults.add([all, ...others])).toHaveLength(3);
    const [slow, failing] = others;
    for (const [name, beyond] of Object.entries({
      entries: { ...all, entries: 26 },
      times: { ...all, times: 1_000_001 },
      probability: { ...all, probability: 1.01 },
      delay_ms: { ...slow, delay_ms: 60_001 },
      status: { ...failing, status: 600 },
      code: { ...failing, code: 'x'.repeat(81) },
    })) {
      expect(() => faults.add(beyond)).toThrow(`"${name}" must be`);
    }
  });

  test('are listed as a copy, which later strikes do not change', () => {
    const faults = new FaultRules();
    faults.add(reset);
    const before = faults.list();
    faults.before('s3:GetObject');
    expect([before[0]?.struck, faults.list()[0]?.struck]).toEqual([0, 1]);
  });

  test('throttle as each service does', () => {
    const faults = new FaultRules();
    faults.add({ operation: '*', fault: 'throttle' });
    expect(['sqs:SendMessage', 'dynamodb:PutItem', 's3:PutObject'].map((name) => faults.before(name))).toMatchObject([
      { status: 403, code: 'RequestThrottled' },
      { status: 400, code: 'ThrottlingException' },
      { status: 503, code: 'SlowDown' },
    ]);
  });
});

test('fault rules for a part of a batch strike, and count, only batches of their service', () => {
  const faults = new FaultRules();
  faults.add([
    { operation: '*', fault: 'unprocessed' },
    { operation: 'sqs:*', fault: 'refuse_entries', entries: 2 },
  ]);
  const operations = ['sqs:SendMessage', 'dynamodb:PutItem', 's3:PutObject', 'sqs:SendMessageBatch'];
  const strikes = [...operations, 'dynamodb:BatchWriteItem'].map((operation) => faults.entries(operation));
  expect(strikes).toEqual([undefined, undefined, undefined, { entries: 2 }, { entries: 1 }]);
  expect(faults.list().map(({ struck }) => struck)).toEqual([1, 1]);
});

test('isBatchOperation distinguishes batches from single calls and from batches of another service', () => {
  const sqs = ['SendMessageBatch', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch', 'SendMessage'];
  expect(sqs.map((name) => isBatchOperation(`sqs:${name}`, 'sqs'))).toEqual([true, true, true, false]);
  const dynamodb = ['BatchWriteItem', 'BatchGetItem', 'TransactWriteItems'];
  expect(dynamodb.map((name) => isBatchOperation(`dynamodb:${name}`, 'dynamodb'))).toEqual([true, true, false]);
  expect(isBatchOperation('sqs:SendMessageBatch', 'dynamodb')).toBe(false);
  expect(isBatchOperation('dynamodb:BatchGetItem', 'sqs')).toBe(false);
});

test.each([
  ['sqs:SendMessag', 'sqs:SendMessage'],
  ['sqs:SendMessagee', 'sqs:SendMessage'],
  ['sqs:SendMessageee', undefined],
  ['SendMessa', undefined],
])('the nearest operation to %s is %s', (name, near) => {
  expect(nearestOperation(name)).toBe(near);
});

test('the clock moves forward by at most 60 days in all, and reports each move to each listener', () => {
  const clock = new LabClock({ now: () => 1000 });
  const days = 24 * 60 * 60 * 1000;
  const told: string[] = [];
  for (const listener of ['first', 'second']) clock.onMoved(() => told.push(listener));
  clock.forward(59 * days);
  clock.forward(days);
  expect(() => clock.forward(1)).toThrow('60 days ahead at most');
  expect([clock.now(), clock.offsetMs]).toEqual([1000 + 60 * days, 60 * days]);
  expect(told).toEqual(['first', 'second', 'first', 'second']);
});

describe('message histories', () => {
  function start(maxEvents?: number) {
    const histories = new MessageHistories(maxEvents);
    const setup = createTestEngine({ onEvent: (event) => histories.add(event, 'x app/tester') });
    return { ...setup, histories, url: setup.create('q.fifo', { MessageRetentionPeriod: '60' }) };
  }
  const ids = (histories: MessageHistories, deduplicationId: string, max?: number) =>
    histories.find({ deduplicationId, max }).map((one) => one.deduplication_id);

  test('are found by patterns whose parts follow each other without overlap', () => {
    const { histories, send, url } = start();
    for (const id of ['aba', 'ababa', 'abcab', 'xaba']) send(url, 'x', 'g', id);
    expect(ids(histories, 'aba')).toEqual(['aba']);
    expect(ids(histories, 'ab*ba')).toEqual(['ababa']);
    expect(ids(histories, 'a*b*b')).toEqual(['abcab']);
    expect(ids(histories, '*b*b*')).toEqual(['ababa', 'abcab']);
    expect(ids(histories, '*', 2)).toEqual(['aba', 'ababa']);
  });

  test('have no caller for events caused by time', () => {
    const { histories, send, receive, pass, url } = start();
    send(url, 'x', 'g');
    pass(60);
    receive(url);
    expect(histories.find({})[0]?.events).toMatchObject([
      { kind: 'sent', by: 'tester' },
      { kind: 'expired', by: null },
    ]);
  });

  test('count only the events that they still have', () => {
    // Room for the 200 events that a message keeps of 300, and for one of another message.
    const { histories, send, url } = start(201);
    for (let time = 0; time < 300; time += 1) send(url, 'x', 'g', 'again');
    send(url, 'x', 'g', 'another');
    expect(histories.forgotten).toBe(0);
    send(url, 'x', 'g', 'one-too-many');
    expect(histories.forgotten).toBe(1);
  });
});
