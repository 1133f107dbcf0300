// Reads from the traces in a job's slices which consumers stored its messages, in how many batches and how fast.
import type { StoredCounts } from '@movie-load/operations';
import { type JobItem, shapeOf } from '@movie-load/schema';
import type { Session } from '../../session.ts';

export interface ConsumerCounts {
  readonly consumer: string;
  readonly messages: number;
  /** Messages with a receive count over 1. */
  readonly redelivered: number;
  /** From the send to the start of the slice's write. Its end is not known, because the write contains the trace. */
  readonly p50_ms: number;
  readonly p99_ms: number;
}

const CONCURRENT_GROUPS = 16;
const MAX_CONSUMERS = 1000;
const OTHERS = '(others)';

export interface JobTraces {
  readonly consumers: ConsumerCounts[];
  readonly stored: StoredCounts;
}

export async function readConsumers({ jobs, signal }: Session, job: JobItem): Promise<JobTraces> {
  /** By consumer, `counts` has the number of messages by rounded milliseconds: it does not grow with every message. */
  const byConsumer = new Map<string, { counts: Map<number, number>; messages: number; redelivered: number }>();
  const { groups } = shapeOf(job.plan);
  const stored = { messages: 0, deliveries: 0, batches: 0 };
  let nextGroup = 0;
  const readGroups = async () => {
    for (let group = nextGroup++; group < groups; group = nextGroup++) {
      const receivesByNumber = new Map<number, number>();
      const batches = new Set<string>();
      for await (const { number, stored_by, sent_ms, stored_ms, receives } of jobs.traces(job, group, { signal })) {
        receivesByNumber.set(number, Math.max(receivesByNumber.get(number) ?? 0, receives));
        // The messages of one write have the same time and the same consumer.
        batches.add(`${stored_ms} ${stored_by}`);
        const name = byConsumer.has(stored_by) || byConsumer.size < MAX_CONSUMERS ? stored_by : OTHERS;
        const entry = byConsumer.get(name) ?? { counts: new Map(), messages: 0, redelivered: 0 };
        byConsumer.set(name, entry);
        // Clocks of SQS and of the consumer may differ, which can make the difference negative.
        const ms = roundToThreeDigits(Math.max(0, stored_ms - sent_ms));
        entry.counts.set(ms, (entry.counts.get(ms) ?? 0) + 1);
        entry.messages += 1;
        if (receives > 1) entry.redelivered += 1;
      }
      stored.messages += receivesByNumber.size;
      stored.deliveries += receivesByNumber.values().reduce((sum, receives) => sum + receives, 0);
      stored.batches += batches.size;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_GROUPS }, readGroups));
  const consumers = [...byConsumer]
    .map(([consumer, { counts, messages, redelivered }]) => {
      const quantileMs = (share: number) => quantile(counts, Math.min(messages - 1, Math.floor(messages * share)));
      return { consumer, messages, redelivered, p50_ms: quantileMs(0.5), p99_ms: quantileMs(0.99) };
    })
    .toSorted((a, b) => a.consumer.localeCompare(b.consumer));
  return { consumers, stored };
}

/** Rounds to three digits. */
function roundToThreeDigits(ms: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(ms) || 1)) - 2);
  return Math.round(ms / step) * step;
}

/** The value at this index of the sorted list of all values, of which the map has the count of each distinct value. */
function quantile(counts: ReadonlyMap<number, number>, index: number): number {
  let countSoFar = 0;
  for (const [ms, count] of [...counts].sort(([a], [b]) => a - b)) {
    countSoFar += count;
    if (index < countSoFar) return ms;
  }
  return 0;
}
