// The reports of a service to its parent. A parent that has ended or never reads a report delays nothing.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type ServiceReport, serviceReportSchema } from '@movie-load/schema';
import { type Reporter, startReporter } from '../src/reporter.ts';

type Taken = (error: Error | null) => void;
/** How the channel to the parent handles a report; set by the test. */
let take: (report: ServiceReport, taken: Taken) => void;
let sent: ServiceReport[];
let reporter: Reporter | undefined;
const { send, connected } = process;

beforeEach(() => {
  sent = [];
  take = (_, taken) => taken(null);
  jest.useFakeTimers();
  const replaced = (report: ServiceReport, _: undefined, __: object, taken: Taken) => {
    sent.push(serviceReportSchema.parse(report));
    take(report, taken);
    return true;
  };
  Object.assign(process, { send: replaced, connected: true });
});
afterEach(async () => {
  await reporter?.stop();
  reporter = undefined;
  jest.useRealTimers();
  Object.assign(process, { send, connected });
});

let stored = 0;
const counters = {
  calls: new Map([['sqs:ReceiveMessage', 3]]),
  failures: new Map([['sqs:ReceiveMessage', 2]]),
  throttles: new Map([['sqs:ReceiveMessage', 1]]),
  writeUnits: 1.5,
  readUnits: 2.5,
};

function start(): Reporter {
  stored = 0;
  reporter = startReporter({
    service: 'consumer',
    instance: 'one',
    counters,
    read: () => ({ stored_movies: ++stored }),
  });
  return reporter;
}

describe('a report', () => {
  test('has the counters, and the process’ use of memory and CPU', () => {
    const { user, system } = process.cpuUsage();
    const report = start().current();
    expect(report.at).toBe(Date.now());
    expect(serviceReportSchema.parse(report)).toMatchObject({
      service: 'consumer',
      instance: 'one',
      stored_movies: 1,
      calls: { 'sqs:ReceiveMessage': 3 },
      failed_calls: { 'sqs:ReceiveMessage': 2 },
      throttled_calls: { 'sqs:ReceiveMessage': 1 },
      write_units: 1.5,
      read_units: 2.5,
      final: false,
    });
    const later = process.cpuUsage();
    expect(report.cpu_seconds).toBeGreaterThanOrEqual((user + system) / 1e6);
    expect(report.cpu_seconds).toBeLessThanOrEqual((later.user + later.system) / 1e6);
    expect(report.peak_rss_bytes).toBeGreaterThan(1024 * 1024);
  });

  test('is sent at the start, four times a second, and on request', () => {
    const { report } = start();
    expect(sent).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(sent).toHaveLength(1);
    jest.advanceTimersByTime(999);
    expect(sent).toHaveLength(5);
    report();
    expect(sent.map(({ stored_movies, final }) => [stored_movies, final])).toEqual(
      [1, 2, 3, 4, 5, 6].map((movies) => [movies, false]),
    );
  });
});

describe('the last report', () => {
  test('is sent once, however often the reporter is stopped, and no report follows', async () => {
    const { stop } = start();
    jest.advanceTimersByTime(1);
    const stops = [stop(), stop()];
    await Promise.all(stops);
    jest.advanceTimersByTime(10_000);
    expect(sent.map(({ final }) => final)).toEqual([false, true]);
  });

  test('is the only one when a service ends at once', async () => {
    await start().stop();
    jest.advanceTimersByTime(10_000);
    expect(sent.map(({ final }) => final)).toEqual([true]);
  });

  test('is awaited until the channel has accepted it', async () => {
    const taken = Promise.withResolvers<Taken>();
    take = (_, done) => taken.resolve(done);
    let isDone = false;
    const stopped = start()
      .stop()
      .then(() => {
        isDone = true;
      });
    const done = await taken.promise;
    await Promise.resolve();
    expect(isDone).toBe(false);
    done(null);
    await stopped;
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is awaited for a second when the channel never accepts it', async () => {
    take = () => {};
    let isDone = false;
    const stopped = start()
      .stop()
      .then(() => {
        isDone = true;
      });
    await jest.advanceTimersByTimeAsync(999);
    expect(isDone).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await stopped;
  });

  test.each<[string, typeof take]>([
    [
      'throws',
      () => {
        throw new Error('ERR_IPC_CHANNEL_CLOSED');
      },
    ],
    ['fails', (_, taken) => taken(new Error('EPIPE'))],
  ])('is over at once when the channel %s', async (_, how) => {
    take = how;
    await start().stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});

test.each([
  ['was started without a channel', { send: undefined }],
  ['has lost its parent', { connected: false }],
])('a process that %s sends nothing', async (_, changes) => {
  Object.assign(process, changes);
  const { report, stop } = start();
  report();
  jest.advanceTimersByTime(1000);
  await stop();
  expect([sent, jest.getTimerCount()]).toEqual([[], 0]);
});
