// The report of a process while it starts, works and fails: its oldest message by the clock of the queue, and its
// breakers.
import { describe, expect, test } from '@jest/globals';
import { countsOf, createConsumerCounters } from '../src/counters.ts';
import { currentCounts } from '../src/current-counts.ts';
import { received } from './support.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 25);
const moment = { now: NOW, uptimeMs: 50_000 };
/** A process whose last receive returned at this time of its pollers’ clock, and whose queue has this time. */
const processOf = (lastReceive: number | undefined, queueNow: number | undefined = NOW) => ({
  clients: { queueTime: { now: () => queueNow, observe: () => undefined } },
  pollers: { lastReceive },
});
const sent = (sentOn: number) => [received('a', { sentOn })];

describe('the counts of a process', () => {
  test('are its consumer’s counts alone before it has found its queue', () => {
    const counters = createConsumerCounters();
    counters.storedMovies = 7;
    expect(currentCounts(counters, {}, moment)).toEqual({
      ...countsOf(counters),
      stored_movies: 7,
      oldest_message_seconds: 0,
      breakers_open: {},
    });
  });

  test('have every breaker, open ones as 1', () => {
    const breakers = { sqs: { open: false }, dynamodb: { open: true }, s3: { open: false } };
    const { breakers_open } = currentCounts(createConsumerCounters(), { consumer: { breakers } }, moment);
    expect(breakers_open).toEqual({ sqs: 0, dynamodb: 1, s3: 0 });
  });
});

describe('the age of the oldest message', () => {
  test('is by the queue’s clock; by this machine’s clock before the queue has answered', () => {
    const counters = createConsumerCounters();
    counters.unfinished.begin(sent(NOW - HOUR - 5000));
    const age = (queueNow: number | undefined) =>
      currentCounts(counters, { ...processOf(1, queueNow) }, moment).oldest_message_seconds;
    expect(age(NOW - HOUR)).toBe(5);
    expect(currentCounts(counters, {}, moment).oldest_message_seconds).toBe(3605);
    const unanswered = { clients: { queueTime: { now: () => undefined, observe: () => undefined } } };
    expect(currentCounts(counters, unanswered, moment).oldest_message_seconds).toBe(3605);
  });

  test('counts a released message until a receive has returned after its delay', () => {
    const age = (lastReceive: number | undefined) => {
      const counters = createConsumerCounters();
      counters.unfinished.release(sent(NOW - 90_000), NOW - 10_000);
      return currentCounts(counters, processOf(lastReceive), moment).oldest_message_seconds;
    };
    expect(age(undefined)).toBe(90);
    expect(age(30_000)).toBe(90);
    expect(age(39_999)).toBe(90);
    expect(age(40_001)).toBe(0);
    expect(age(45_000)).toBe(0);
  });
});
