// The restarts of a service of `up`.
import { describe, expect, test } from '@jest/globals';
import { UsageError } from '@movie-load/schema';
import { createInstantClock, createVirtualClock } from '@movie-load/testing';
import { keepRunning } from '../src/commands/up/keep-running.ts';
import type { ServiceExit, ServiceProcess } from '../src/processes/service.ts';

/** A service that ends when the test says so. */
function service() {
  const { promise: exited, resolve } = Promise.withResolvers<ServiceExit>();
  const process: ServiceProcess = {
    name: 'console',
    service: 'console',
    pid: 1,
    report: undefined,
    exit: undefined,
    exited,
    url: Promise.resolve(undefined),
    lastProblem: () => 'why',
    kill: () => undefined,
  };
  return { process, end: resolve };
}

describe('a service of `up`', () => {
  test('is restarted when it ends, until `up` ends', async () => {
    const stop = new AbortController();
    const started: ReturnType<typeof service>[] = [];
    const again = Promise.withResolvers<void>();
    const logged: string[] = [];
    const restarted = keepRunning({
      start() {
        started.push(service());
        if (started.length === 2) again.resolve();
        const last = started.at(-1);
        if (last === undefined) throw new Error('none');
        return last.process;
      },
      signal: stop.signal,
      log: (line) => logged.push(line),
    });
    started[0]?.end({ code: 1, signal: null });
    await again.promise;
    expect(logged).toEqual(['The console ended with code 1: why\nIt is restarted in 1 s.']);
    expect(restarted.current()).toBe(started[1]?.process);
    // It ended at once again, so that the next pause is longer; `up` ends during it.
    started[1]?.end({ code: 1, signal: null });
    await started[1]?.process.exited;
    await new Promise(setImmediate);
    expect(logged[1]).toContain('It is restarted in 2 s.');
    stop.abort();
    await new Promise(setImmediate);
    expect([started.length, logged.length]).toEqual([2, 2]);
  });

  test('is restarted after growing pauses, half a minute at most, while it fails; a healthy run resets them', async () => {
    const clock = createVirtualClock();
    const stop = new AbortController();
    const started: ReturnType<typeof service>[] = [];
    const pauses: number[] = [];
    keepRunning({
      start() {
        const one = service();
        started.push(one);
        return one.process;
      },
      signal: stop.signal,
      log: (line) => pauses.push(Number(/restarted in (\d+) s\.$/.exec(line)?.[1])),
      clock,
    });
    // How long each runs, in addition to the half minute at the end of the previous turn.
    for (const lastsMs of [0, 0, 0, 0, 0, 0, 30_000, 30_001, 0]) {
      const before = started.length;
      await clock.advance(lastsMs);
      started.at(-1)?.end({ code: 1, signal: null });
      await clock.advance(0);
      await clock.advance(1000 * (pauses.at(-1) ?? Number.NaN));
      expect(started.length).toBe(before + 1);
      await clock.advance(30_000);
      expect(started.length).toBe(before + 1);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 1, 2]);
    stop.abort();
  });

  test('is not logged as ended when `up` itself ends', async () => {
    const stop = new AbortController();
    const logged: string[] = [];
    const one = service();
    const started: string[] = [];
    keepRunning({
      start() {
        started.push(one.process.name);
        return one.process;
      },
      signal: stop.signal,
      log: (line) => logged.push(line),
    });
    stop.abort();
    one.end({ code: null, signal: 'SIGTERM' });
    await one.process.exited;
    await new Promise(setImmediate);
    expect([started, logged]).toEqual([['console'], []]);
  });

  test('is not restarted when its settings are wrong', async () => {
    const one = service();
    let starts = 0;
    const kept = keepRunning({
      start() {
        starts += 1;
        return one.process;
      },
      signal: new AbortController().signal,
      log: () => undefined,
      clock: createInstantClock(),
    });
    one.end({ code: 2, signal: null });
    await expect(kept.failed).rejects.toThrow(UsageError);
    await new Promise(setImmediate);
    expect(starts).toBe(1);
  });
});
