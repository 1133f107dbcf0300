// The latency of a message at a tenth of full load: messages arrive evenly, and the server reports when each was
// deleted, which every consumer does after storing and counting its movies.
import { setTimeout as delay } from 'node:timers/promises';
import { systemRandom } from '@movie-load/aws';
import { sendJob } from '@movie-load/queue';
import { type JobShape, messagesOfGroup, shapeOf } from '@movie-load/schema';
import type { Contender } from './contender.ts';
import { planOf } from './measure.ts';
import { sleepOrFail, untilEmpty, withEndpoint } from './provisioned.ts';
import type { RowDefinition } from './rows.ts';

/** Milliseconds from sent to stored, counted and deleted. */
export interface Latency {
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** The slowest message: in our consumer one of the last batch, which is deleted after the object is written. */
  readonly max_ms: number;
}

const SECONDS = 8;
const BATCH_SIZE = 10;
/**
 * With 400 messages the p99 is the fourth slowest one. With fewer, a single message could decide it, such as the only
 * message of a packed job's last group.
 */
const MIN_MESSAGES = 400;
const LIMIT_MS = 120_000;

/** All messages of a job in batches: the first batch of each group, then the second batch of each, and so on. */
export function batchesInTurn(shape: JobShape): { group: number; numbers: number[] }[] {
  const batches: { group: number; numbers: number[] }[] = [];
  for (let offset = 0, hasMore = true; hasMore; offset += BATCH_SIZE) {
    hasMore = false;
    for (let group = 0; group < shape.groups; group++) {
      const { first, count } = messagesOfGroup(shape, group);
      const size = Math.min(BATCH_SIZE, count - offset);
      if (size <= 0) continue;
      hasMore = true;
      batches.push({ group, numbers: Array.from({ length: size }, (_, index) => first + offset + index) });
    }
  }
  return batches;
}

/** Sends batches of up to ten messages at an even pace, in movies per second, to the processes of a row. */
export function measureLatency(row: RowDefinition, moviesPerSecond: number): Promise<Latency> {
  const perMessage = planOf(row.job).movies_per_message;
  const movies = Math.max(MIN_MESSAGES * perMessage, Math.round(moviesPerSecond * SECONDS));
  const plan = planOf({ ...row.job, movies });
  return withEndpoint({}, async ({ endpoint, env, queue }) => {
    const contenders: Contender[] = [];
    try {
      for (let index = 0; index < row.processes; index++) contenders.push(row.start({ plan, env }, index));
      // Waits until all processes have started, so that their start is not measured. On the empty queue our consumer
      // makes one receive, a long poll of 20 s; every other row has one process.
      while (((await endpoint.records())['sqs:ReceiveMessage']?.calls ?? 0) < row.processes)
        await sleepOrFail(contenders, 50);
      await endpoint.reset();
      const batches = batchesInTurn(shapeOf(plan));
      const intervalMs = (1000 * movies) / moviesPerSecond / batches.length;
      const startMs = performance.now();
      const commonOptions = { random: systemRandom, started_on: new Date(0).toISOString() };
      const sends: Promise<unknown>[] = [];
      // Each batch is sent separately at its own moment; groups take turns.
      for (const [index, batch] of batches.entries()) {
        await delay(Math.max(0, startMs + index * intervalMs - performance.now()));
        sends.push(sendJob({ queue, plan, groups: [batch], ...commonOptions }));
      }
      await Promise.all(sends);
      await untilEmpty(queue, contenders, { everyMs: 100, limitMs: LIMIT_MS });
      const sorted = (await endpoint.latencies()).toSorted((a, b) => a - b);
      const percentile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return { p50_ms: percentile(0.5), p99_ms: percentile(0.99), max_ms: sorted.at(-1) ?? 0 };
    } finally {
      await Promise.all(contenders.map((contender) => contender.stop()));
    }
  });
}
