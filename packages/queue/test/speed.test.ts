// The arithmetic of a consumer's and a producer's speed, with round numbers in place of the measured ones.
import { describe, expect, test } from '@jest/globals';
import { MAX_MOVIES, partsOf, shapeOf } from '@movie-load/schema';
import { type Speed, speedOf, type Timings, throughput } from '../src/capacity/speed.ts';
import { estimateJob } from '../src/index.ts';
import { planFor } from './support.ts';

const TIMINGS: Timings = {
  latency_ms: { sqs: 10, dynamodb: 4, s3: 30 },
  consumer_cpu: {
    'one a message': { call_ms: 2, stored_movie_us: 500, assembled_movie_us: 20 },
    packed: { call_ms: 1.25, stored_movie_us: 100, assembled_movie_us: 10 },
  },
  producer_cpu: {
    'one a message': { call_ms: 1, sent_movie_us: 200 },
    packed: { call_ms: 0.5, sent_movie_us: 40 },
  },
};

interface Numbers {
  readonly movies: number;
  readonly perMessage?: number;
  readonly receives: number;
  readonly messageBytes: number;
  readonly objectBytes: number;
}

function speed(
  { movies, perMessage = 1, receives, messageBytes, objectBytes }: Numbers,
  timings: Timings = TIMINGS,
): Speed {
  const plan = planFor(movies, perMessage);
  const estimate = estimateJob(plan);
  const sqs = { ...estimate.sqs, sends: receives, receives };
  return speedOf(plan, { ...estimate, message_bytes: messageBytes, object_bytes: objectBytes, sqs }, timings);
}

function expectSpeed(found: Speed, expected: Partial<Speed>): void {
  for (const [name, value] of Object.entries(expected)) {
    expect([name, Number(found[name as keyof Speed].toPrecision(6))]).toEqual([name, value]);
  }
}

test('a closed system of two requests, and of three, has the throughput of mean value analysis', () => {
  // Alone each takes 100 ms, and the thread is busy in a tenth of them: the second waits 1 ms more.
  expect(throughput(1, 90, 10)).toBeCloseTo(1000 / 100, 9);
  expect(throughput(2, 90, 10)).toBeCloseTo(2000 / 101, 9);
  expect(throughput(3, 90, 10)).toBeCloseTo(29.360465, 6);
});

describe('the speed of a job', () => {
  test('of one part, one movie a message, is the sum of its calls', () => {
    const numbers = { movies: 1000, receives: 100, messageBytes: 400, objectBytes: 170_000 };
    // A receive is two calls to SQS, and to DynamoDB a batch, a ledger, half a node and half a page: 20 + 12 ms. A
    // hundredth of the object's PutObject and of its 2 ms on the line: 0.32 ms. 5.01 calls of 1.25 ms and ten movies:
    // 11.36 ms of CPU.
    expectSpeed(speed(numbers), {
      receivesAtOnce: 8,
      moviesPerReceive: 10,
      receiveMs: 43.6825,
      consumerMoviesPerSecond: 874.633,
      consumerCpuShare: 0.993801,
      producerMoviesPerSecond: 3878.32,
      // A receive, COMPLETE, 10 ms for the movies, 50 pages 16 at once, PutObject and 2 ms on the line.
      endSeconds: 0.102183,
    });
  });

  test('of two groups has two batches sent at once, and two pages read', () => {
    const numbers = { movies: 20, receives: 2, messageBytes: 400, objectBytes: 3400 };
    expect(shapeOf(planFor(20)).groups).toBe(2);
    expectSpeed(speed(numbers), { producerMoviesPerSecond: 1538.46, receiveMs: 64.245, endSeconds: 0.102485 });
  });

  test('of several parts, packed, includes pages of a mebibyte, recorded parts, and a completed upload', () => {
    const numbers = { movies: 1_000_000, perMessage: 325, receives: 308 };
    expect(partsOf(planFor(1_000_000, 325))).toEqual({ parts: 16, groupsPerPart: 4 });
    // Three mebibytes of a receive are more than the budget of characters, and one receive there must be.
    expectSpeed(speed({ ...numbers, messageBytes: 300_000, objectBytes: 62 * 3 * 1024 ** 2 }), {
      receivesAtOnce: 1,
      moviesPerReceive: 3246.75,
      receiveMs: 403.716,
      consumerMoviesPerSecond: 8042.17,
      consumerCpuShare: 0.899839,
      producerMoviesPerSecond: 24_904.1,
      endSeconds: 1.34891,
    });
    // A byte more is a page more of each group.
    expectSpeed(speed({ ...numbers, messageBytes: 100_000, objectBytes: 62 * 3 * 1024 ** 2 + 1 }), {
      receivesAtOnce: 2,
      receiveMs: 404.773,
      consumerMoviesPerSecond: 8879.84,
      consumerCpuShare: 0.994254,
      endSeconds: 1.35797,
    });
  });

  test('of packed movies has no negative time a movie, however much a message costs', () => {
    const numbers = { movies: 1_000_000, perMessage: 325, receives: 308, messageBytes: 100_000 };
    const { 'one a message': single, packed } = TIMINGS.consumer_cpu;
    // 40 ms a message are more than 325 packed movies take.
    const consumer_cpu = { packed, 'one a message': { ...single, stored_movie_us: 40_000 } };
    const found = speed({ ...numbers, objectBytes: 62 * 3 * 1024 ** 2 }, { ...TIMINGS, consumer_cpu });
    expectSpeed(found, { receiveMs: 478.641, consumerMoviesPerSecond: 7380.45 });
  });

  test('of more than a thousand parts includes two pages of their list', () => {
    expect(partsOf(planFor(MAX_MOVIES, 325)).parts).toBe(1539);
    const numbers = { movies: MAX_MOVIES, perMessage: 325, receives: 30_770, messageBytes: 48_000, objectBytes: 15e9 };
    expectSpeed(speed(numbers), { receivesAtOnce: 4, receiveMs: 400.94, endSeconds: 1.39338 });
  });
});
