// The targets of the benchmark: which results reach them, and which miss them.
import { describe, expect, test } from '@jest/globals';
import type { ReplicaRow } from '@movie-load/aws';
import { type Results, ratiosOf } from '../src/results.ts';
import { targetsOf } from '../src/targets.ts';
import { ROWS, resultsOf, rowOf } from './results-support.ts';

const verdictOf = (results: Results, what: RegExp) =>
  targetsOf(results).find((target) => what.test(target.what))?.holds;

describe('a target', () => {
  test('holds at its limit, is missed beyond it, and is open where nothing was measured', () => {
    const results = resultsOf({ idle_calls_a_minute: 5 });
    // At least 6 times the textbook (packed: 100 times) and 0.9 of the SDK's rate (0.6); at most 2.5 calls per 1,000
    // movies, packed, and 4 calls of an idle consumer.
    expect(verdictOf(results, /against the textbook, one a message/)).toBe(true);
    expect(verdictOf(results, /against the textbook, packed/)).toBe(false);
    expect(verdictOf(results, /SDK, one a message/)).toBe(false);
    expect(verdictOf(results, /SDK, packed/)).toBe(true);
    expect(verdictOf(results, /calls per 1,000 movies, packed/)).toBe(false);
    expect(verdictOf(results, /idle consumer/)).toBe(false);
    expect(verdictOf(resultsOf({ idle_calls_a_minute: 4 }), /idle consumer/)).toBe(true);
    expect(verdictOf(results, /embedded SQS/)).toBeUndefined();
  });

  test('compares for the embedded SQS the slowest call, and receives among few and among many messages', () => {
    const depth = (waiting: number, receives: number) => ({
      waiting,
      'receive ten/s': receives,
      'send/s': 9000,
      'rss MB': 200,
    });
    const results = (deep: number) => resultsOf({ embedded_sqs: [depth(5000, 8000), depth(1_000_000, deep)] });
    expect(verdictOf(results(7600), /embedded SQS over HTTP/)).toBe(true);
    expect(verdictOf(results(7600), /embedded SQS: rate of receives/)).toBe(true);
    expect(verdictOf(results(4900), /embedded SQS over HTTP/)).toBe(false);
    expect(verdictOf(results(4900), /embedded SQS: rate of receives/)).toBe(false);
  });
});

const replica = (mode: ReplicaRow['mode'], processes: number, seconds: number): ReplicaRow => ({
  mode,
  movies: 1_000_000,
  object_parts: mode === 'packed' ? 16 : 1,
  processes,
  stretch: 2,
  seconds,
  times_one: 80 / seconds,
  cores: 1,
  machine_cores: 1,
  consumer_cpu_seconds: 12,
  server_cpu_seconds: 7,
  calls: 2000,
});

describe('the replicas row', () => {
  const replicas = [
    replica('one a message', 1, 80),
    replica('one a message', 8, 10),
    replica('packed', 1, 80),
    replica('packed', 8, 16),
  ];

  test('has a target in each mode', () => {
    const results = resultsOf({ replicas, ratios: ratiosOf(ROWS, replicas) });
    expect(results.ratios).toMatchObject({ replicas_8: 8, replicas_8_packed: 5 });
    expect(verdictOf(results, /8 replicas .* one a message/)).toBe(true);
    expect(verdictOf(results, /8 replicas .* packed/)).toBe(false);
    expect(verdictOf(resultsOf(), /8 replicas .* packed/)).toBeUndefined();
  });
});

/** Results in which each value with a target is at its limit, or beyond it. */
function resultsAtLimits(isBeyond: boolean): Results {
  const value = (limit: number, beyond: number) => (isBeyond ? beyond : limit);
  const run = (movies: number, packed: boolean, rss_mb: number, more: object = {}) => ({
    ...{ movies, packed, object_mb: 100, wall_seconds: 60, overhead_seconds: 60 },
    ...{ producer_rss_mb: rss_mb, consumer_rss_mb: rss_mb, ...more },
  });
  return resultsOf({
    rows: [
      rowOf('ours, one a message', 1, {
        calls_per_1000: value(515, 515.1),
        write_units_per_movie: value(0.32, 0.33),
        usd_per_million: value(0.36, 0.37),
      }),
      rowOf('ours, packed', 1, {
        calls_per_1000: value(2.5, 2.51),
        write_units_per_movie: value(0.14, 0.15),
        usd_per_million: value(0.1, 0.11),
      }),
    ],
    ratios: {
      ...ratiosOf(ROWS, []),
      ...{ vs_textbook: value(6, 5.9), vs_textbook_packed: value(100, 99) },
      ...{ vs_ceiling: value(0.9, 0.89), vs_ceiling_packed: value(0.6, 0.59) },
      ...{ replicas_8: value(6.5, 6.4), replicas_8_packed: value(6.5, 6.4) },
    },
    idle_calls_a_minute: value(4, 5),
    embedded_sqs: [
      { waiting: 5000, 'receive ten/s': 10_000, 'send/s': value(5000, 4999) },
      { waiting: 1_000_000, 'receive ten/s': value(8500, 8400), 'rss MB': 1 },
    ],
    runs: [
      run(1000, false, 1, { wall_seconds: value(4, 4.1), overhead_seconds: value(1.5, 1.6) }),
      ...[true, false].flatMap((packed) => [run(100_000, packed, 166.7), run(1_000_000, packed, value(200, 202))]),
      run(7_600_000, true, value(256, 257), { object_mb: 1000 }),
    ],
    localstack: [
      rowOf('textbook', 100),
      rowOf('ours, one a message', value(600, 590)),
      rowOf('ceiling through our clients, one a message', 706),
      rowOf('ours, packed', value(850, 840)),
      rowOf('ceiling through our clients, packed', 1000),
    ],
  });
}

test('each of the 29 targets holds at its limit and is missed just beyond it', () => {
  const [held, missed] = [targetsOf(resultsAtLimits(false)), targetsOf(resultsAtLimits(true))];
  expect(held).toHaveLength(29);
  expect(held.filter(({ holds }) => holds !== true)).toEqual([]);
  expect(missed.filter(({ holds }) => holds !== false)).toEqual([]);
  const textOf = (targets: typeof held, what: RegExp) => {
    const found = targets.find((target) => what.test(target.what));
    return found && [found.measured, found.target];
  };
  expect(textOf(held, /against the textbook, one a message/)).toEqual(['6', 'at least 6']);
  expect(textOf(held, /^consumer, packed: peak RSS at 1,000,000 movies/)).toEqual(['200 MB', 'at most 200 MB']);
  expect(textOf(targetsOf(resultsOf()), /^consumer, packed: peak RSS at 1,000,000 movies/)).toEqual([
    '–',
    'at most 200 MB',
  ]);
});

test('the target on LocalStack is the ceiling of the same calls, in each mode', () => {
  const localstack = [
    rowOf('textbook', 100),
    rowOf('ours, one a message', 850),
    rowOf('ceiling through our clients, one a message', 1000),
    rowOf('ours, packed', 14_000),
    rowOf('ceiling through our clients, packed', 20_000),
  ];
  const results = resultsOf({ localstack });
  expect(verdictOf(results, /LocalStack.*ceiling.*one a message/)).toBe(true);
  expect(verdictOf(results, /LocalStack.*ceiling.*packed/)).toBe(false);
  expect(verdictOf(results, /LocalStack.*textbook, packed/)).toBeUndefined();
  expect(verdictOf(resultsOf(), /LocalStack.*ceiling.*packed/)).toBeUndefined();
});
