// From sent to stored at a tenth of full load: messages arrive evenly, each slice's notes tell when it went to DynamoDB (they
// are part of what is written, so the write itself is not in it).
import { setTimeout as delay } from 'node:timers/promises';
import {
  awsSettingsFrom,
  createClients,
  openObjects,
  openQueue,
  openTable,
  provision,
  systemClock,
  systemRandom,
} from '@movie-load/aws';
import { createJobStore } from '@movie-load/jobs';
import { sendJob } from '@movie-load/queue';
import { type JobShape, jobIdOf, messagesOfGroup, shapeOf } from '@movie-load/schema';
import { ours } from './contenders.ts';
import { openEndpoint } from './endpoint.ts';
import { environmentOf, planOf } from './measure.ts';

export interface Latency {
  readonly movies_per_second: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

const SECONDS = 15;
const BATCH = 10;
const LIMIT_MS = 120_000;

/** Every message of the job once: the first batch of each group, then the second of each, and so on. */
function batchesOf(shape: JobShape): { group: number; numbers: number[] }[] {
  const batches: { group: number; numbers: number[] }[] = [];
  for (let offset = 0, more = true; more; offset += BATCH) {
    more = false;
    for (let group = 0; group < shape.groups; group++) {
      const { first, count } = messagesOfGroup(shape, group);
      const size = Math.min(BATCH, count - offset);
      if (size <= 0) continue;
      more = true;
      batches.push({ group, numbers: Array.from({ length: size }, (_, index) => first + offset + index) });
    }
  }
  return batches;
}

/** One movie a message, batches of ten at an even pace, one consumer process. */
export async function measureLatency(moviesPerSecond: number): Promise<Latency> {
  const endpoint = await openEndpoint();
  const env = environmentOf(endpoint.url);
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { env: {} });
  const movies = Math.max(200, Math.round(moviesPerSecond * SECONDS));
  const plan = planOf({ movies, packed: false });
  const job = { job_id: jobIdOf(plan), plan };
  const shape = shapeOf(plan);
  try {
    await provision(clients, settings);
    const consumer = ours()({ plan, env });
    const queue = await openQueue(clients, settings.queue);
    const batches = batchesOf(shape);
    // Its first long poll: starting is not what is measured.
    while (!(await endpoint.records())['sqs:ReceiveMessage']) await delay(50);
    const from = performance.now();
    // Each batch is a sending of its own, at its own moment; groups take turns.
    const sendings: Promise<unknown>[] = [];
    for (const [turn, batch] of batches.entries()) {
      await delay(Math.max(0, from + (turn * SECONDS * 1000) / batches.length - performance.now()));
      const common = { clock: systemClock, random: systemRandom, started_on: new Date(0).toISOString() };
      sendings.push(sendJob({ queue, plan, groups: [batch], ...common }));
    }
    await Promise.all(sendings);
    const store = createJobStore({
      table: openTable(clients, settings.table),
      objects: openObjects(clients, settings.bucket),
      clock: systemClock,
      random: systemRandom,
      instance: 'bench',
      leaseMs: 60_000,
    });
    const limit = AbortSignal.timeout(LIMIT_MS);
    while ((await store.job(job.job_id))?.status !== 'COMPLETE') await delay(100, undefined, { signal: limit });
    const latencies: number[] = [];
    for (let group = 0; group < shape.groups; group++) {
      for await (const { sent_ms, stored_ms } of store.traces(job, group)) latencies.push(stored_ms - sent_ms);
    }
    await consumer.stop();
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { movies_per_second: Math.round(movies / SECONDS), p50_ms: at(0.5), p99_ms: at(0.99) };
  } finally {
    clients.destroy();
    await endpoint.stop();
  }
}
