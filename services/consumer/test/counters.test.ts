import { describe, expect, test } from '@jest/globals';
import { countCompleted, countsOf, createConsumerCounters } from '../src/counters.ts';

describe('a consumer’s counters', () => {
  test('are 0 at its start', () => {
    const { dead_lettered_by_reason, heartbeats_failed, completed_jobs, ...counts } = countsOf(
      createConsumerCounters(),
    );
    expect([dead_lettered_by_reason, heartbeats_failed, completed_jobs]).toEqual([{}, {}, []]);
    expect(new Set(Object.values(counts))).toEqual(new Set([0]));
  });

  test('are reported, each under its own name', () => {
    const counters = Object.assign(createConsumerCounters(), {
      receivedMessages: 1,
      redelivered: 2,
      storedMessages: 3,
      storedMovies: 4,
      repeatedMovies: 14,
      slices: 5,
      droppedMessages: 6,
      assembledMovies: 16,
      newerVersion: 7,
      released: 8,
      inFlight: 9,
      objectParts: 12,
      partSeconds: 13.5,
    });
    counters.deadLettered.set('not_json', 10).set('wrong_shape', 11);
    counters.heartbeatsFailed.set('call_failed', 14).set('messages_lost', 15);
    countCompleted(counters, 'a job');
    expect(countsOf(counters)).toEqual({
      received_messages: 1,
      redelivered: 2,
      stored_messages: 3,
      stored_movies: 4,
      repeated_movies: 14,
      slices: 5,
      dropped_messages: 6,
      assembled_movies: 16,
      newer_version: 7,
      released: 8,
      in_flight: 9,
      object_parts: 12,
      object_part_seconds: 13.5,
      dead_lettered: 21,
      dead_lettered_by_reason: { not_json: 10, wrong_shape: 11 },
      heartbeats_failed: { call_failed: 14, messages_lost: 15 },
      completed: 1,
      completed_jobs: ['a job'],
    });
  });

  test('in a report do not change when the consumer continues', () => {
    const counters = createConsumerCounters();
    const before = countsOf(counters);
    countCompleted(counters, 'a job');
    counters.deadLettered.set('not_json', 1);
    counters.heartbeatsFailed.set('call_failed', 1);
    expect(before).toEqual(countsOf(createConsumerCounters()));
  });

  test('name the last hundred jobs, and count all of them', () => {
    const counters = createConsumerCounters();
    for (let job = 0; job < 100; job++) countCompleted(counters, `job ${job}`);
    expect(counters.lastCompleted).toHaveLength(100);
    countCompleted(counters, 'job 100');
    expect([counters.completedJobs, countsOf(counters).completed]).toEqual([101, 101]);
    expect(counters.lastCompleted).toHaveLength(100);
    expect([counters.lastCompleted[0], counters.lastCompleted.at(-1)]).toEqual(['job 1', 'job 100']);
    for (let job = 101; job < 250; job++) countCompleted(counters, `job ${job}`);
    expect(countsOf(counters)).toMatchObject({ completed: 250, completed_jobs: counters.lastCompleted });
    expect(counters.lastCompleted).toHaveLength(100);
  });
});
