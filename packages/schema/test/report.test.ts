import { describe, expect, test } from '@jest/globals';
import { addCounts, NO_COUNTS, serviceReportSchema } from '../src/index.ts';

const report = {
  ...NO_COUNTS,
  sent_messages: 1,
  sent_movies: 2,
  stored_movies: 3,
  repeated_movies: 12,
  assembled_movies: 4,
  redelivered: 5,
  dead_lettered: 6,
  object_parts: 11,
  write_units: 7.5,
  read_units: 8.5,
  calls: { 'sqs:SendMessageBatch': 9, 'dynamodb:Query': 10 },
};

describe('the counts of several processes', () => {
  test('are all 0 without any process', () => {
    const { calls, ...sums } = addCounts([]);
    expect(calls).toEqual({});
    expect(new Set(Object.values(sums))).toEqual(new Set([0]));
  });

  test('are added up, each under its own name, operations in alphabetical order', () => {
    const { calls, ...sums } = addCounts([report, report, { ...NO_COUNTS, calls: { 's3:PutObject': 1 } }]);
    expect(sums).toEqual({
      sent_messages: 2,
      sent_movies: 4,
      stored_movies: 6,
      repeated_movies: 24,
      assembled_movies: 8,
      redelivered: 10,
      dead_lettered: 12,
      object_parts: 22,
      write_units: 15,
      read_units: 17,
    });
    expect(Object.entries(calls)).toEqual([
      ['dynamodb:Query', 20],
      ['s3:PutObject', 1],
      ['sqs:SendMessageBatch', 18],
    ]);
  });
});

describe('a report', () => {
  const report = {
    ...{ kind: 'report', service: 'consumer', instance: 'i', at: 1, peak_rss_bytes: 1, cpu_seconds: 0, final: false },
  };
  const takes = (name: string, ...values: readonly unknown[]) =>
    values.map((value) => serviceReportSchema.safeParse({ ...report, [name]: value }).success);

  test('counts these numbers, with 0 for missing ones', () => {
    const numbers = Object.entries(NO_COUNTS).flatMap(([name, value]) => (value === 0 ? [name] : []));
    expect(numbers.toSorted()).toEqual([
      ...['assembled_movies', 'completed', 'dead_lettered', 'dropped_messages', 'in_flight', 'newer_version'],
      ...['object_part_seconds', 'object_parts', 'oldest_message_seconds', 'read_units', 'received_messages'],
      ...['redelivered', 'released', 'repeated_movies', 'sent_messages', 'sent_movies', 'slices', 'stored_messages'],
      ...['stored_movies', 'write_units'],
    ]);
    for (const name of numbers) expect([name, ...takes(name, 0, 1, -1, '1')]).toEqual([name, true, true, false, false]);
  });

  test('counts these by name', () => {
    const named = Object.entries(NO_COUNTS).flatMap(([name, value]) =>
      value !== null && typeof value === 'object' && !Array.isArray(value) ? [name] : [],
    );
    expect(named.toSorted()).toEqual([
      ...['breakers_open', 'calls', 'dead_lettered_by_reason', 'failed_calls', 'heartbeats_failed', 'throttled_calls'],
    ]);
    for (const name of named) {
      expect([name, ...takes(name, {}, { a: 1 }, { a: -1 }, { a: 0.5 }, 1)]).toEqual([
        ...[name, true, true, false, false, false],
      ]);
    }
  });

  test('is of one of three services, and has its use of memory and CPU', () => {
    expect(takes('service', 'producer', 'consumer', 'console', 'other')).toEqual([true, true, true, false]);
    for (const name of Object.keys(report)) expect([name, ...takes(name, undefined)]).toEqual([name, false]);
    expect(takes('peak_rss_bytes', 0, 2 ** 40, -1)).toEqual([true, true, false]);
  });
});
