// The results that the benchmark computes from its measurements.
import { expect, test } from '@jest/globals';
import { groupOfMessage, shapeOf } from '@movie-load/schema';
import { constantsOf } from '../src/constants.ts';
import { batchesInTurn } from '../src/latency.ts';
import { planOf } from '../src/measure.ts';
import { usdPerMillion } from '../src/price.ts';
import { ratiosOf } from '../src/results.ts';
import { ROWS } from './results-support.ts';

test('our rows are compared with the ceilings of their mode, and with the one textbook row', () => {
  expect(ratiosOf(ROWS, [])).toEqual({
    vs_textbook: 6,
    vs_textbook_packed: 80,
    vs_ceiling: 0.75,
    vs_ceiling_packed: 0.8,
    vs_own_clients: 0.5,
    vs_own_clients_packed: 0.5,
    vs_http: 0.25,
    vs_http_packed: 0.4,
    replicas_8: null,
    replicas_8_packed: null,
  });
});

test('the cost of a step is that of whole jobs, less that of its calls and of storing alone', () => {
  const { consumer_cpu, server_cpu, producer_cpu, consumer_rss_mb } = constantsOf({
    callCpuMs: { consumer: 0.5, server: 0.25 },
    complete: {
      'one a message': {
        movies: 1000,
        calls: 400,
        cpuSeconds: { consumer: 0.233, server: 0.1 },
        peakRssBytes: 2 ** 27,
      },
      packed: { movies: 1_000_000, calls: 2000, cpuSeconds: { consumer: 12, server: 7 }, peakRssBytes: 2 ** 28 },
    },
    storedOnly: { movies: 500_000, calls: 1000, cpuSeconds: { consumer: 4.5, server: 2.25 }, peakRssBytes: 0 },
    sending: {
      'one a message': { movies: 1000, calls: 100, cpuSeconds: 0.06 },
      packed: { movies: 1_000_000, calls: 300, cpuSeconds: 0.1 },
    },
  });
  expect(consumer_cpu.packed).toEqual({ call_ms: 0.5, stored_movie_us: 8, assembled_movie_us: 3 });
  expect(consumer_cpu['one a message']).toEqual({ call_ms: 0.5, stored_movie_us: 30, assembled_movie_us: 3 });
  expect(server_cpu.packed).toEqual({ call_ms: 0.25, stored_movie_us: 4, assembled_movie_us: 2.5 });
  expect(producer_cpu['one a message']).toEqual({ call_ms: 0.5, sent_movie_us: 10 });
  expect(consumer_rss_mb).toEqual({ 'one a message': 128, packed: 256 });
  // A negative cost is noise.
  expect(producer_cpu.packed.sent_movie_us).toBe(0);
  expect(server_cpu['one a message'].stored_movie_us).toBe(0);
});

test('a price covers requests, write units and reads of the assembly; bodies are billed per 64 KB', () => {
  const usd = (packed: boolean, calls: Record<string, number>, writeUnits = 0) =>
    usdPerMillion({ movies: 1000, packed }, { movies: 1000, calls, writeUnits });
  expect(usd(false, { 'sqs:DeleteMessageBatch': 1000 })).toBeCloseTo(0.5);
  expect(usd(false, {}, 1000)).toBeCloseTo(0.625);
  // A send of four messages of some 45 KB each is billed as three requests.
  expect(usd(true, { 'sqs:SendMessageBatch': 1 }) / usd(true, { 'sqs:DeleteMessageBatch': 1 })).toBeCloseTo(3);
  expect(usd(false, { 'sqs:GetQueueAttributes': 0 })).toBe(0);
  expect(usd(false, { 's3:PutObject': 1000 })).toBeCloseTo(5);
  // Reads of objects and of single items are not counted.
  expect(usd(false, { 's3:GetObject': 1000, 'dynamodb:GetItem': 1000 })).toBe(0);
  // Each query reads at least a unit; the 1,000 movies have 135,000 bytes, which are 33 units of 4 KB.
  expect(usd(false, { 'dynamodb:Query': 1000 })).toBeCloseTo(0.125);
  expect(usd(false, { 'dynamodb:Query': 1 })).toBeCloseTo((33 * 0.125) / 1000, 4);
});

test('a job at the limits of calls and write units, which other tests guard, meets its price target', () => {
  const single = usdPerMillion(
    { movies: 30_000, packed: false },
    {
      movies: 30_000,
      writeUnits: 0.32 * 30_000,
      calls: {
        'sqs:SendMessageBatch': 3000,
        'sqs:ReceiveMessage': 3010,
        'sqs:DeleteMessageBatch': 3000,
        'dynamodb:Query': 150,
        's3:PutObject': 1,
      },
    },
  );
  expect(single).toBeLessThan(0.36);
  const packed = usdPerMillion(
    { movies: 200_000, packed: true },
    {
      movies: 200_000,
      writeUnits: 0.14 * 200_000,
      calls: {
        'sqs:SendMessageBatch': 62,
        'sqs:ReceiveMessage': 70,
        'sqs:DeleteMessageBatch': 62,
        'dynamodb:Query': 62,
        's3:CreateMultipartUpload': 1,
        's3:UploadPart': 4,
        's3:ListParts': 1,
        's3:CompleteMultipartUpload': 1,
      },
    },
  );
  expect(packed).toBeLessThan(0.1);
});

test('paced sending has every message once, at most ten of a group per batch, and serves groups in turn', () => {
  const shape = shapeOf(planOf({ movies: 1234, packed: false }));
  const batches = batchesInTurn(shape);
  expect(batches.flatMap(({ numbers }) => numbers).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 1234 }, (_, number) => number),
  );
  expect(Math.max(...batches.map(({ numbers }) => numbers.length))).toBe(10);
  for (const { group, numbers } of batches) {
    expect(new Set(numbers.map((number) => groupOfMessage(shape, number)))).toEqual(new Set([group]));
  }
  expect(batches.slice(0, shape.groups).map(({ group }) => group)).toEqual(
    Array.from({ length: shape.groups }, (_, group) => group),
  );
  // The second batch of a group comes after the first one of every group, and so on.
  const turns = batches.map(({ numbers }) => Math.floor(((numbers[0] ?? 0) % shape.groupSize) / 10));
  expect(turns).toEqual(turns.toSorted((a, b) => a - b));
  expect(turns.at(-1)).toBeGreaterThan(0);
});
