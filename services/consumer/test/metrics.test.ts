import { expect, test } from '@jest/globals';
import type { ReceivedMessage } from '@movie-load/aws';
import { NO_COUNTS, type ServiceReport } from '@movie-load/schema';
import { createConsumerMetrics, METRIC_ROWS } from '../src/metrics.ts';

const START = 1_750_000_000_000;
const current = (): ServiceReport => ({
  ...NO_COUNTS,
  kind: 'report',
  service: 'consumer',
  instance: 'a',
  at: START,
  peak_rss_bytes: 1,
  cpu_seconds: 0,
  final: false,
});
const sent = (sentOn: number) => ({ sentOn, receiveCount: 2 }) as ReceivedMessage;

async function boundsOf(): Promise<number[]> {
  const { sent_to_stored } = await createConsumerMetrics(current).report();
  return sent_to_stored.flatMap(({ seconds }) => seconds ?? []);
}

test('the buckets that dashboards query exist', async () => {
  expect(await boundsOf()).toEqual([
    ...[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 12, 15, 20, 25, 30, 33, 40, 50, 60, 65, 75, 90, 120, 130, 150, 180],
    ...[240, 300, 330, 400, 500, 600, 900, 1200, 1800, 3600],
  ]);
  const text = await createConsumerMetrics(current).text();
  const receives = [...text.matchAll(/^movie_load_message_receives_bucket\{le="([^"]+)"\}/gm)].map(([, le]) => le);
  expect(receives).toEqual(['1', '2', '3', '4', '5', '6', '8', '10', '+Inf']);
});

test.each([10, 30, 60, 120, 300])(
  'the latency histogram has a bucket just above the visibility timeout of %i s',
  async (timeout) => {
    const bounds = await boundsOf();
    expect(bounds).toContain(timeout);
    const next = bounds.find((bound) => bound > timeout) ?? Number.NaN;
    expect(next).toBeLessThanOrEqual(timeout * 1.2);
  },
);

test('the latency histogram has no bucket wider than twice its lower bound, up to an hour', async () => {
  const bounds = await boundsOf();
  expect(bounds.at(-1)).toBe(3600);
  // The width of a bucket is the difference to the bound before it.
  for (const [at, bound] of bounds.entries()) expect(bound).toBeLessThanOrEqual(3 * (bounds[at - 1] ?? bound));
});

test('the report has the longest latency of the last seconds, not of all time', async () => {
  let now = START;
  const metrics = createConsumerMetrics(current, () => now);
  expect(await metrics.report()).toMatchObject({ sent_to_stored_max_seconds: null });
  metrics.stored(sent(START - 61_500), START);
  metrics.stored(sent(START - 100), START);
  expect(await metrics.report()).toMatchObject({ sent_to_stored_max_seconds: 61.5 });
  now += 60_000;
  expect(await metrics.report()).toMatchObject({ sent_to_stored_max_seconds: null });
});

test('a message with a future time has the latency 0', async () => {
  const metrics = createConsumerMetrics(current, () => START);
  metrics.stored(sent(START + 5000), START);
  expect(await metrics.report()).toMatchObject({ sent_to_stored_max_seconds: 0 });
});

test('each metric is read from its own field of the report', () => {
  const labelled = (count: number) => ({ some: count });
  const report: ServiceReport = {
    ...current(),
    received_messages: 1,
    redelivered: 2,
    stored_messages: 3,
    released: 4,
    newer_version: 5,
    dropped_messages: 6,
    stored_movies: 7,
    repeated_movies: 8,
    object_parts: 9,
    object_part_seconds: 10,
    assembled_movies: 11,
    slices: 12,
    completed: 13,
    write_units: 14,
    read_units: 15,
    dead_lettered_by_reason: labelled(16),
    calls: labelled(17),
    failed_calls: labelled(18),
    throttled_calls: labelled(19),
    in_flight: 20,
    heartbeats_failed: labelled(21),
    oldest_message_seconds: 22,
    breakers_open: labelled(23),
  };
  expect(METRIC_ROWS.map(({ name, kind = 'counter', label, read }) => [name, kind, label, read(report)])).toEqual([
    ['messages_received', 'counter', undefined, 1],
    ['messages_redelivered', 'counter', undefined, 2],
    ['messages_stored', 'counter', undefined, 3],
    ['messages_released', 'counter', undefined, 4],
    ['messages_newer_version', 'counter', undefined, 5],
    ['messages_dropped', 'counter', undefined, 6],
    ['movies_stored', 'counter', undefined, 7],
    ['movies_repeated', 'counter', undefined, 8],
    ['object_parts', 'counter', undefined, 9],
    ['object_part_seconds', 'counter', undefined, 10],
    ['movies_assembled', 'counter', undefined, 11],
    ['slices_written', 'counter', undefined, 12],
    ['jobs_completed', 'counter', undefined, 13],
    ['dynamodb_write_units', 'counter', undefined, 14],
    ['dynamodb_read_units', 'counter', undefined, 15],
    ['messages_dead_lettered', 'counter', 'reason', { some: 16 }],
    ['aws_requests', 'counter', 'operation', { some: 17 }],
    ['aws_requests_failed', 'counter', 'operation', { some: 18 }],
    ['aws_requests_throttled', 'counter', 'operation', { some: 19 }],
    ['messages_in_flight', 'gauge', undefined, 20],
    ['heartbeats_failed', 'counter', 'reason', { some: 21 }],
    ['oldest_message_age_seconds', 'gauge', undefined, 22],
    ['breaker_open', 'gauge', 'dependency', { some: 23 }],
  ]);
});

test('deliveries and latencies are counted in their buckets', async () => {
  const metrics = createConsumerMetrics(current, () => START);
  metrics.stored(sent(START - 61_500), START);
  const text = await metrics.text();
  for (const line of [
    'movie_load_message_receives_bucket{le="1"} 0',
    'movie_load_message_receives_bucket{le="2"} 1',
    'movie_load_sent_to_stored_seconds_bucket{le="60"} 0',
    'movie_load_sent_to_stored_seconds_bucket{le="65"} 1',
    'movie_load_sent_to_stored_seconds_sum 61.5',
  ])
    expect(text).toContain(`${line}\n`);
  expect(text).toContain('process_cpu_seconds_total');
  const { sent_to_stored } = await metrics.report();
  expect(sent_to_stored.filter(({ messages }) => messages > 0).map(({ seconds }) => seconds)).toContain(65);
  expect(sent_to_stored.at(-1)).toEqual({ seconds: null, messages: 1 });
});
