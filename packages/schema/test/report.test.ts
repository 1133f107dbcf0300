import { describe, expect, test } from '@jest/globals';
import { addCounts, NO_COUNTS } from '../src/index.ts';

const one = {
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
  test('are none of none', () => {
    const { calls, ...sums } = addCounts([]);
    expect(calls).toEqual({});
    expect(new Set(Object.values(sums))).toEqual(new Set([0]));
  });

  test('are added up, each under its own name, operations in alphabetical order', () => {
    const { calls, ...sums } = addCounts([one, one, { ...NO_COUNTS, calls: { 's3:PutObject': 1 } }]);
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
