// The reports of a service to its parent. A parent that has ended or never reads a report delays nothing.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type ServiceReport, serviceReportSchema } from '@movie-load/schema';
import { type Reporter, startReporter } from '../src/reporter.ts';

type SendCallback = (error: Error | null) => void;
/** How the channel to the parent handles a report; set by the test. */
let handleReport: (report: ServiceReport, callback: SendCallback) => void;
let reports: ServiceReport[];
let reporter: Reporter | undefined;
const { send, connected } = process;

beforeEach(() => {
  reports = [];
  handleReport = (_, callback) => callback(null);
  jest.useFakeTimers();
  const fakeSend = (report: ServiceReport, _: undefined, __: object, callback: SendCallback) => {
    reports.push(serviceReportSchema.parse(report));
    handleReport(report, callback);
    return true;
  };
  Object.assign(process, { send: fakeSend, connected: true });
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
    expect(reports).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(reports).toHaveLength(1);
    jest.advanceTimersByTime(999);
    expect(reports).toHaveLength(5);
    report();
    expect(reports.map(({ stored_movies, final }) => [stored_movies, final])).toEqual(
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
    expect(reports.map(({ final }) => final)).toEqual([false, true]);
  });

  test('is the only one when a service ends at once', async () => {
    await start().stop();
    jest.advanceTimersByTime(10_000);
    expect(reports.map(({ final }) => final)).toEqual([true]);
  });

  test('is awaited until the channel has accepted it', async () => {
    const receivedCallback = Promise.withResolvers<SendCallback>();
    handleReport = (_, done) => receivedCallback.resolve(done);
    let isDone = false;
    const stopped = start()
      .stop()
      .then(() => {
        isDone = true;
      });
    const done = await receivedCallback.promise;
    await Promise.resolve();
    expect(isDone).toBe(false);
    done(null);
    await stopped;
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is awaited for a second when the channel never accepts it', async () => {
    handleReport = () => {};
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

  test.each<[string, typeof handleReport]>([
    [
      'throws',
      () => {
        throw new Error('ERR_IPC_CHANNEL_CLOSED');
      },
    ],
    ['fails', (_, callback) => callback(new Error('EPIPE'))],
  ])('is over at once when the channel %s', async (_, how) => {
    handleReport = how;
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
  expect([reports, jest.getTimerCount()]).toEqual([[], 0]);
});
