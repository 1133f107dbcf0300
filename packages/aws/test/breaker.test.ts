import { describe, expect, test } from '@jest/globals';
import { createVirtualClock, longestWaits } from '@movie-load/testing';
import { createBreaker } from '../src/breaker.ts';

function setUp() {
  const clock = createVirtualClock();
  const controller = new AbortController();
  const probes: number[] = [];
  const changes: boolean[] = [];
  let healthy = false;
  const started = clock.now();
  const breaker = createBreaker({
    dependency: 'dynamodb',
    clock,
    random: longestWaits,
    signal: controller.signal,
    probe: async () => {
      probes.push(clock.now() - started);
      if (!healthy) throw new Error('still away');
    },
    onChange: (open) => changes.push(open),
  });
  const fail = (times: number) => {
    for (let time = 0; time < times; time++) breaker.failed(new Error('away'));
  };
  const heal = () => {
    healthy = true;
  };
  return { clock, breaker, probes, changes, fail, heal, controller };
}

describe('a breaker', () => {
  test('opens after nine failures in a row; a success begins a new row', async () => {
    const { breaker, fail } = setUp();
    fail(8);
    breaker.succeeded();
    fail(8);
    expect(breaker.open).toBe(false);
    fail(1);
    expect(breaker.open).toBe(true);
  });

  test('probes after 1 to 30 seconds each, until a probe succeeds', async () => {
    const { clock, breaker, probes, changes, fail, heal } = setUp();
    fail(9);
    await clock.advance(10 * 60_000);
    const gaps = probes.map((at, index) => at - (probes[index - 1] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
    expect(gaps.at(-1)).toBeGreaterThan(29_000);
    heal();
    await clock.advance(30_000);
    expect(breaker.open).toBe(false);
    expect(changes).toEqual([true, false]);
    const count = probes.length;
    await clock.advance(60_000);
    expect(probes).toHaveLength(count);
  });

  test('makes waiters wait until it closes', async () => {
    const { clock, breaker, fail, heal } = setUp();
    await breaker.whenClosed();
    fail(9);
    let passed = false;
    const waiting = breaker.whenClosed().then(() => {
      passed = true;
    });
    await clock.advance(60_000);
    expect(passed).toBe(false);
    heal();
    await clock.advance(30_000);
    await waiting;
  });

  test('closes when another call succeeds', async () => {
    const { clock, breaker, probes, fail } = setUp();
    fail(9);
    breaker.succeeded();
    expect(breaker.open).toBe(false);
    await clock.advance(60_000);
    expect(probes).toEqual([]);
  });

  test('releases a waiter whose signal aborts, and stops probing when the process ends', async () => {
    const { clock, breaker, probes, fail, controller } = setUp();
    fail(9);
    const waiter = new AbortController();
    const waiting = expect(breaker.whenClosed(waiter.signal)).rejects.toThrow('enough');
    waiter.abort(new Error('enough'));
    await waiting;
    controller.abort();
    await clock.advance(60_000);
    expect(probes).toEqual([]);
  });

  test('waits a second, and then up to 1, 2, 4 … 29 seconds more, for each probe', async () => {
    const { clock, probes, fail } = setUp();
    fail(9);
    await clock.advance(5 * 60_000);
    const gaps = probes.map((at, index) => at - (probes[index - 1] ?? 0));
    expect(gaps.slice(0, 7)).toEqual([2000, 3000, 5000, 9000, 17_000, 30_000, 30_000]);
  });

  test('counts from 0 again after it was closed, by a probe or by a call', async () => {
    for (const closes of ['a call', 'a probe']) {
      const { clock, breaker, changes, fail, heal } = setUp();
      fail(9);
      if (closes === 'a call') breaker.succeeded();
      else {
        heal();
        await clock.advance(2000);
      }
      expect(breaker.open).toBe(false);
      fail(8);
      expect(breaker.open).toBe(false);
      fail(1);
      expect(breaker.open).toBe(true);
      expect(changes).toEqual([true, false, true]);
    }
  });

  test('reports opening and closing once: further failures and successes change nothing', () => {
    const { breaker, changes, fail } = setUp();
    fail(30);
    breaker.succeeded();
    breaker.succeeded();
    expect(changes).toEqual([true, false]);
  });

  test('neither opens nor probes after the process has ended', async () => {
    const { clock, breaker, probes, changes, fail, controller } = setUp();
    controller.abort();
    fail(20);
    await clock.advance(60_000);
    expect([breaker.open, probes, changes]).toEqual([false, [], []]);
  });

  test('keeps a waiter waiting when it opens again before the waiter continues', async () => {
    const { breaker, fail, clock, heal } = setUp();
    fail(9);
    let passed = false;
    const waiting = breaker.whenClosed().then(() => {
      passed = true;
    });
    breaker.succeeded();
    fail(9);
    await clock.advance(1000);
    expect(passed).toBe(false);
    heal();
    await clock.advance(30_000);
    await waiting;
  });

  test('does not wait when the waiter’s signal is aborted already', async () => {
    const { breaker } = setUp();
    await expect(breaker.whenClosed(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  test('reports no probe result after the process has ended', async () => {
    const clock = createVirtualClock();
    const ended = new AbortController();
    const changes: boolean[] = [];
    const answer = Promise.withResolvers<void>();
    const breaker = createBreaker({
      dependency: 's3',
      clock,
      random: longestWaits,
      signal: ended.signal,
      probe: () => answer.promise,
      onChange: (open) => changes.push(open),
    });
    for (let time = 0; time < 9; time++) breaker.failed(new Error('unreachable'));
    await clock.advance(2000);
    ended.abort();
    answer.resolve();
    await clock.advance(1000);
    expect([breaker.open, changes]).toEqual([true, [true]]);
  });

  test('reports its dependency, and the last failure when it opens', () => {
    const reported: unknown[][] = [];
    const breaker = createBreaker({
      dependency: 's3',
      clock: createVirtualClock(),
      random: longestWaits,
      signal: new AbortController().signal,
      probe: async () => undefined,
      onChange: (...change) => reported.push(change),
    });
    const errors = Array.from({ length: 9 }, (_, index) => new Error(`failure ${index}`));
    for (const error of errors) breaker.failed(error);
    breaker.succeeded();
    expect(breaker.dependency).toBe('s3');
    expect(reported).toEqual([
      [true, errors[8]],
      [false, undefined],
    ]);
  });
});
