// The progress of a job: totals of the services’ reports, bars, plain lines, and the times of its stages.
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { NO_COUNTS, type ServiceReport } from '@movie-load/schema';
import { barLines, createProgress, plainProgress } from '../src/commands/start/progress.ts';
import { createStopwatch } from '../src/commands/start/stopwatch.ts';
import { createReportTotals } from '../src/processes/report-totals.ts';
import { bar, barLine } from '../src/progress-bar.ts';

const report = (extra: Partial<ServiceReport>): ServiceReport => ({
  ...NO_COUNTS,
  kind: 'report',
  service: 'consumer',
  instance: 'one',
  at: 0,
  peak_rss_bytes: 0,
  cpu_seconds: 0,
  final: false,
  ...extra,
});

describe('the totals', () => {
  test('include only the last report of each process', () => {
    const totals = createReportTotals();
    totals.add(report({ instance: 'one', stored_movies: 5, calls: { 'sqs:ReceiveMessage': 1 }, peak_rss_bytes: 9 }));
    totals.add(report({ instance: 'one', stored_movies: 8, calls: { 'sqs:ReceiveMessage': 2 }, peak_rss_bytes: 7 }));
    totals.add(report({ instance: 'two', stored_movies: 4, calls: { 'sqs:ReceiveMessage': 3, 's3:PutObject': 1 } }));
    totals.add(report({ service: 'producer', instance: 'one', sent_movies: 20, peak_rss_bytes: 3 }));
    expect(totals.current()).toMatchObject({
      stored_movies: 12,
      sent_movies: 20,
      calls: { 's3:PutObject': 1, 'sqs:ReceiveMessage': 5 },
      peak_rss_bytes: { producer: 3, consumer: 7 },
    });
  });
});

const totals = (sent: number, stored: number, parts: number, redelivered = 0) => {
  const reports = createReportTotals();
  reports.add(report({ sent_movies: sent, stored_movies: stored, object_parts: parts, redelivered }));
  return reports.current();
};

describe('the progress bars', () => {
  test('are filled to the given fraction, in eighths of a character', () => {
    expect(bar(0, 4)).toBe('    ');
    expect(bar(0.5, 4)).toBe('██  ');
    expect(bar(0.53125, 4)).toBe('██▏ ');
    expect(bar(1, 4)).toBe('████');
    expect(bar(7, 4)).toBe('████');
  });

  test('show rates, remaining time and redeliveries, and fit into the terminal', () => {
    const lines = barLines({ movies: 1000, parts: 16, totals: totals(1000, 500, 3, 3), elapsedMs: 2000 }, 70);
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^enqueued .*100% +1,000 +500\/s$/);
    expect(lines[1]).toMatch(/^stored .* 50% +500 +250\/s +2 s left$/);
    expect(lines[2]).toMatch(/^object .* 18% +3 of 16 parts$/);
    expect(lines[3]).toBe('3 redelivered');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(70);
  });
});

test.each([
  [1, '  1 s left'],
  [89, '  89 s left'],
  [90, '  2 min left'],
  [120, '  2 min left'],
  [121, '  3 min left'],
])('the estimate for %i seconds is shown in a readable unit', (seconds, text) => {
  const state = { label: 'sent', done: 10, total: 10 + 10 * seconds, elapsedMs: 1000 };
  expect(barLine(state, 200).endsWith(text)).toBe(true);
});

/** A full bar is ten to forty columns wide, unless the terminal is too narrow for the label and ten more. */
test.each([
  [1, 0],
  [20, 10],
  [61, 10],
  [80, 19],
  [101, 40],
  [300, 40],
])('the bars fit into %i columns, and a full bar has %i', (columns, width) => {
  const lines = barLines({ movies: 1000, parts: 16, totals: totals(1000, 0, 0), elapsedMs: 2000 }, columns);
  for (const line of lines.slice(0, 3)) expect(line.length).toBeLessThanOrEqual(columns);
  expect(lines[0]?.match(/█/g) ?? []).toHaveLength(width);
});

describe('live progress', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('is drawn ten times a second at most, and once at its end', async () => {
    const drawn: string[] = [];
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 90, rows: 24 });
    stream.on('data', (text) => drawn.push(String(text)));
    const progress = await createProgress(stream as unknown as NodeJS.WriteStream);
    let now = 1000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const shown = (sent: number) => drawn.join('').includes(` ${sent} `);
    for (const [ms, sent] of [
      [0, 11],
      [99, 22],
      [1, 33],
      [50, 44],
    ] as const) {
      now += ms;
      progress.update({ movies: 100, parts: 1, totals: totals(sent, 0, 0), elapsedMs: 1000 });
    }
    expect([11, 22, 33, 44].map(shown)).toEqual([true, false, true, false]);
    progress.end();
    expect(shown(44)).toBe(true);
  });
});

describe('plain progress', () => {
  test('prints a line a second at most, and the last line without delay', () => {
    const lines: string[] = [];
    let now = 0;
    const progress = plainProgress(
      (line) => lines.push(line),
      () => now,
    );
    progress.update({ movies: 10, parts: 2, totals: totals(1, 0, 0), elapsedMs: 0 });
    now = 500;
    progress.update({ movies: 10, parts: 2, totals: totals(5, 0, 0), elapsedMs: 0 });
    now = 1000;
    progress.update({ movies: 10, parts: 2, totals: totals(9, 4, 0, 2), elapsedMs: 0 });
    now = 1100;
    progress.update({ movies: 10, parts: 2, totals: totals(10, 12, 3, 2), elapsedMs: 0 });
    progress.end();
    progress.end();
    expect(lines).toEqual([
      'enqueued 1, stored 0 of 10 movies, object 0 of 2 parts',
      'enqueued 9, stored 4 of 10 movies, object 0 of 2 parts, redelivered 2',
      'enqueued 10, stored 10 of 10 movies, object 2 of 2 parts, redelivered 2',
    ]);
  });
});

describe('the stopwatch', () => {
  test('uses the instants of the job for the total and those of the reports for the stages', () => {
    const stopwatch = createStopwatch(10);
    const at = (ms: number) => Date.parse('2026-11-25T09:00:00.000Z') + ms;
    stopwatch.update(totals(4, 0, 0), at(100));
    stopwatch.update(totals(10, 4, 0), at(500));
    stopwatch.update(totals(10, 10, 0), at(1500));
    stopwatch.update(totals(10, 10, 10), at(3000));
    const times = stopwatch.times({
      started_on: '2026-11-25T09:00:00.000Z',
      completed_on: '2026-11-25T09:00:02.000Z',
    });
    expect(times).toEqual({ seconds: { enqueue: 0.5, store: 1.5, total: 2 }, movies_per_second: 5 });
  });
});
