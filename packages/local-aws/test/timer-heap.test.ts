// The heap of due times: the earliest first, whatever was removed in between.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Message } from '../src/sqs/message.ts';
import { TimerHeap } from '../src/sqs/timer-heap.ts';

function messageDueAt(ms: number): Message {
  const draft = { body: '', bodyMd5: '', attributes: undefined, traceHeader: undefined };
  const message = new Message(
    { idBase: '', idNumber: 1 },
    1,
    { ...draft, groupId: undefined, deduplicationId: undefined },
    0,
  );
  message.dueAt = ms;
  return message;
}

test('a timer heap returns messages by their due times, without removed ones', () => {
  const times = fc.array(fc.nat(40), { maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(times, fc.array(fc.nat(60), { maxLength: 30, size: 'max' }), (dueTimes, removals) => {
      const heap = new TimerHeap();
      const messages = dueTimes.map(messageDueAt);
      for (const message of messages) heap.push(message);
      const removed = new Set(removals.map((index) => messages[index]).filter((message) => message !== undefined));
      for (const message of removed) heap.remove(message);
      const left = messages.filter((message) => !removed.has(message)).map((message) => message.dueAt);
      const out: number[] = [];
      for (let due = heap.popDue(100); due !== undefined; due = heap.popDue(100)) out.push(due.dueAt);
      expect(out).toEqual(left.toSorted((a, b) => a - b));
    }),
    { numRuns: 500 },
  );
});

test('a timer heap keeps messages that are not due', () => {
  const heap = new TimerHeap();
  expect(heap.push(messageDueAt(5))).toBe(true);
  expect(heap.push(messageDueAt(7))).toBe(false);
  expect(heap.popDue(4)).toBeUndefined();
  expect(heap.popDue(5)?.dueAt).toBe(5);
  expect(heap.nextDueAt).toBe(7);
});
