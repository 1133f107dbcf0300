// Tests the functions that compute the page's texts for receivers, calls, times, sizes and prices.
import { describe, expect, test } from '@jest/globals';
import type { ConsumerView } from '../src/api.ts';
import {
  formatBytes,
  formatCount,
  formatDollars,
  formatDuration,
  formatRate,
  formatRemaining,
} from '../src/page/format.ts';
import { findConsumer, receiverName } from '../src/page/receivers.ts';
import { callsOf, plannedOf, STEPS, totalCalls } from '../src/page/views/flow-steps.ts';

const consumer = (name: string, instance: string | null): ConsumerView => ({
  name,
  instance,
  url: null,
  state: 'gone',
  stored_movies: 0,
  repeated_movies: 0,
  redelivered: 0,
  dead_lettered: 0,
  in_flight: 0,
  rate: 0,
  controllable: true,
});

test.each([
  [43_000, '43 s'],
  [42_001, '43 s'],
  [0, '0 s'],
  [-5000, '0 s'],
  [99_000, '99 s'],
  [600_000, '10 min'],
])('a remaining time of %i ms is shown as %s', (ms, words) => {
  expect(formatRemaining(1_000_000 + ms, 1_000_000)).toBe(words);
});

test('a receiver is shown by the name of its consumer; a receiver that is not a consumer keeps its own name', () => {
  const consumers = [consumer('consumer 1', 'host-1-aaaa'), consumer('consumer 12', null)];
  expect(findConsumer('consumer-1', consumers)?.instance).toBe('host-1-aaaa');
  expect(receiverName('host-1-aaaa', consumers)).toBe('consumer 1');
  expect(receiverName('consumer-12', consumers)).toBe('consumer 12');
  expect(findConsumer('consumer-2', consumers)).toBeUndefined();
  expect(receiverName('aws-cli/2.15', consumers)).toBe('aws-cli/2.15');
});

describe('the calls of a step', () => {
  const step = (id: string) => STEPS.find((one) => one.id === id) ?? STEPS[0];
  const none = { producer: null, consumer: null, console: null };
  const planned = plannedOf([
    { messages: 1000, planned_sends: 100 },
    { messages: 5, planned_sends: 1 },
  ]);

  test('for sending are what the plans require, or what the producer reports if that is more', () => {
    expect(planned).toEqual({ jobs: 2, messages: 1005, sends: 101 });
    const send = step('send');
    if (!send) throw new Error('no steps');
    const sends = (calls: number | null) => {
      const producer = calls === null ? null : { 'sqs:SendMessageBatch': calls };
      return totalCalls(callsOf(send, { calls: { ...none, producer }, planned }) ?? []);
    };
    expect([null, 0, 20, 140].map(sends)).toEqual([101, 101, 101, 140]);
  });

  test('are all of DynamoDB in the step Read, and all of S3 in the step that assembles the object', () => {
    const services = (id: string) => new Set(step(id)?.calls.map((operation) => operation.split(':')[0]));
    expect([services('read'), services('assemble')]).toEqual([new Set(['dynamodb']), new Set(['s3'])]);
  });

  test('are unknown where the consumers do not report', () => {
    const store = step('store');
    if (!store) throw new Error('no steps');
    expect(callsOf(store, { calls: none, planned })).toBeNull();
  });
});

test.each([
  [999, '999 ms'],
  [59_940, '59.9 s'],
  [59_960, '1 min 0 s'],
  [119_700, '2 min 0 s'],
  [7_199_400, '119 min 59 s'],
  [7_200_000, '2 h 0 min'],
])('a time of %i ms is shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [999, '999 B'],
  [999_940, '999.9 KB'],
  [999_999, '1 MB'],
  [999_999_999, '1 GB'],
])('a size of %i bytes is shown as %s', (count, text) => {
  expect(formatBytes(count)).toBe(text);
});

test.each([
  [0, '0 movies'],
  [1, '1 movie'],
  [2, '2 movies'],
  [12_345, '12,345 movies'],
])('a count of %i is shown as %s', (count, text) => {
  expect(formatCount(count, 'movie')).toBe(text);
});

test.each([
  [0, '0'],
  [9.94, '9.9'],
  [10.4, '10'],
  [1234.5, '1,235'],
])('a rate of %d is shown as %s', (each, text) => {
  expect(formatRate(each)).toBe(text);
});

test.each([
  [0, '$0'],
  [0.000_05, '$5.0 × 10⁻⁵'],
  [0.000_1, '$0.0001'],
  [0.123_45, '$0.1235'],
  [1, '$1.00'],
  [12.345, '$12.35'],
])('a price of %d dollars is shown as %s', (usd, text) => {
  expect(formatDollars(usd)).toBe(text);
});
